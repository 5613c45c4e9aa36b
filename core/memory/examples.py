"""Corrections of a vendor's reviewed documents, as a model that reads its next one is shown them: a difference, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from core.evidence import Box
from core.extraction import Extraction, Finding
from core.extractor import Correction
from core.memory.anchors import LEVEL, READABLE, propose_anchors
from core.memory.applying import LEARNT, is_printed, same
from core.memory.learning import names_on, place_of, places_of
from core.memory.lessons import Lesson
from core.memory.subject import Subject, subject_of_lesson
from core.notation.writing import text_of
from core.schema.document_type import DocumentType
from core.stores.vendors import Anchor, Example, RuleState, VendorRule

#: Corrections are shown of so many reviewed documents at most, so many of each.
_MOST_DOCUMENTS, _MOST_OF_ONE = 2, 6


def learn_examples(
    known: Sequence[VendorRule], lessons: Mapping[str, Lesson], forgotten: Iterable[object]
) -> tuple[VendorRule, ...]:
    """The corrections of the latest lessons (by run, oldest first) that taught one: those ``known`` with how they did so far."""
    before = {place_of(rule.habit): rule for rule in known if isinstance(rule.habit, Example)}
    found: list[VendorRule] = []
    documents = 0
    for run_id in reversed(tuple(lessons)):
        habits = [one for one in _corrections_of(run_id, lessons[run_id]) if one not in forgotten][:_MOST_OF_ONE]
        if habits and documents < _MOST_DOCUMENTS:
            documents += 1
            found += [before.get(place_of(habit), VendorRule(habit)) for habit in habits]
    return tuple(found)


def _corrections_of(run_id: str, lesson: Lesson) -> Iterator[Example]:
    """Where a person had to put something else than the model read (or the rules, where no model was asked)."""
    if lesson.exact:
        return
    subject, names = subject_of_lesson(lesson), names_on(lesson)
    for name, right in lesson.truth.items():
        info = lesson.kind.field_of(name)
        gave = lesson.given.get(name)
        if info.kind == "currency" or (gave is not None and same(info, right, gave)):
            continue
        where = _where(subject, name, right, names)
        if where:
            yield Example(name, text_of(gave), text_of(right), where, run_id)


def _where(subject: Subject, name: str, right: object, names: Sequence[str]) -> str:
    """Why a value is right, in words; empty where it stands nowhere on the pages. Of the ``names`` on it nothing is said."""
    info = subject.kind.field_of(name)
    places = places_of(subject.search, info, right)
    if not places:
        return "it is printed so" if isinstance(right, str) and is_printed(subject, info, right) else ""
    found = propose_anchors(subject.sheets, info, places) if info.kind in READABLE else []
    anchors = [one for one in found if not any(one.words in name for name in names)]
    return f"it stands {_side(anchors[0])} “{anchors[0].label}”" if anchors else "it stands so on the page"


def _side(anchor: Anchor) -> str:
    if abs(anchor.down) < LEVEL:
        return "behind"
    return "below" if anchor.down > 0 else "above"


def corrections_for(
    rules: Sequence[VendorRule], kind: DocumentType, alike: Mapping[str, Lesson]
) -> tuple[tuple[VendorRule, Correction], ...]:
    """What a model is shown that reads a document of ``kind``: corrections of the lessons ``alike`` in layout."""
    titles = {info.name: info.title for info in kind.header}
    return tuple(
        (rule, Correction(titles[habit.field], habit.gave, habit.right, habit.where))
        for rule in rules
        if isinstance(habit := rule.habit, Example)
        and rule.state != "retired"
        and habit.field in titles
        and habit.lesson in alike
    )


def is_hidden(lesson: Lesson, name: str, texts: Sequence[str], boxes: Sequence[tuple[int, Box]]) -> bool:
    """Whether one of the ``texts`` of a field stands where something is hidden (page from 1, box in page units as read)."""
    if not boxes:
        return False
    subject = subject_of_lesson(lesson)
    info = subject.kind.field_of(name)
    for text in filter(None, texts):
        value = getattr(lesson.kind.model.model_validate({name: text}), name)
        for found in subject.search.matches(info, value):
            if any(page == found.page.number and _meet(box, found.box) for page, box in boxes):
                return True
    return False


def _meet(one: Box, other: Box) -> bool:
    return one.x0 < other.x1 and other.x0 < one.x1 and one.y0 < other.y1 and other.y0 < one.y1


def tallied(rules: Sequence[VendorRule], read: Extraction, reviewed: Extraction) -> tuple[VendorRule, ...]:
    """``rules`` with how the corrections did that a model was shown before it read what was now ``reviewed``: it helped where the
    field is right now, it hurt where the model took over a value of the earlier document."""
    shown = set(read.examples)
    return tuple(_tallied(rule, read, reviewed) if key_of(rule) in shown else rule for rule in rules)


def key_of(rule: VendorRule) -> str:
    """What names a correction in a run that was shown it; empty for other rules."""
    return f"{rule.habit.lesson}:{rule.habit.field}" if isinstance(rule.habit, Example) else ""


def _tallied(rule: VendorRule, read: Extraction, reviewed: Extraction) -> VendorRule:
    habit = rule.habit
    assert isinstance(habit, Example)
    info = read.type.field_of(habit.field)
    got, right = read.value_at(habit.field), reviewed.value_at(habit.field)
    helped, hurt, tied, agreed = rule.helped, rule.hurt, rule.tied, rule.agreed
    if right is not None and same(info, right, got):
        helped, agreed = helped + 1, agreed + 1
    elif text_of(got) and text_of(got) in (habit.right, habit.gave):
        hurt += 1
    else:
        tied += 1
    state: RuleState = "retired" if hurt > helped or hurt > 1 else "active" if helped and not hurt else rule.state
    return replace(rule, state=state, helped=helped, hurt=hurt, tied=tied, agreed=agreed)


def doubts(vendor: str, rules: Iterable[VendorRule], values: object, kind: DocumentType) -> Iterator[Finding]:
    """A question for each value that a model gave after it was shown a correction that is on trial."""
    for name in dict.fromkeys(
        rule.habit.field for rule in rules if isinstance(rule.habit, Example) and rule.state == "trial"
    ):
        value = getattr(values, name, None)
        if value is not None:
            sentence = (
                f"{kind.field_of(name).title} “{text_of(value)}” is what a model read that was shown a correction of an earlier "
                f"document of {vendor}: is it right here too?"
            )
            yield Finding(LEARNT, "warning", sentence, (name,))
