"""Rules from reviewed documents: what would have mended one is tried on all that are kept of the vendor before it is taken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from core.matching.choice import Search
from core.memory.anchors import READABLE, propose_anchors
from core.memory.applying import is_printed, proposals_of, same
from core.memory.columns import learn_heads, try_head
from core.memory.lessons import Lesson
from core.memory.subject import Subject, subject_of_lesson
from core.notation.folding import fold
from core.notation.writing import text_of
from core.schema.fields import FieldInfo, FieldKind
from core.stores.vendors import Anchor, ColumnHead, DateOrder, Example, Habit, RuleState, VendorRule, Wanted

#: Kinds of fields whose value is the same on every document of a vendor: names, addresses, the currency.
_WANTED: frozenset[FieldKind] = frozenset({"name", "address", "currency"})
#: So many rules are kept for a field, and for a vendor.
_MOST_FOR_FIELD, _MOST = 3, 30
#: A value may stand in so many places; more tell nothing.
_MOST_PLACES = 6


@dataclass(frozen=True, slots=True)
class Tried:
    """A rule with its tally, and the documents of which it said what is right."""

    rule: VendorRule
    documents: frozenset[str]


def learn_rules(
    known: Sequence[VendorRule], lessons: Sequence[Lesson], forgotten: Sequence[Habit]
) -> tuple[VendorRule, ...]:
    """The rules that ``lessons`` (oldest first) uphold: those ``known``, and what the newest teaches. ``forgotten`` are never
    taken."""
    subjects = [subject_of_lesson(lesson) for lesson in lessons]
    before = {place_of(rule.habit): rule for rule in known}
    fresh = [VendorRule(habit) for habit in _taught(lessons[-1], subjects[-1])] if lessons else []
    barred = {place_of(habit) for habit in forgotten}
    columns = [rule for rule in known if isinstance(rule.habit, ColumnHead)]
    others = [rule for rule in known if not isinstance(rule.habit, ColumnHead | Example)]
    rules = [rule for rule in (*others, *fresh) if place_of(rule.habit) not in barred]
    unique = {place_of(rule.habit): rule for rule in reversed(rules)}
    kept = [
        tried for key, rule in unique.items() if (tried := _tried(rule, lessons, subjects, key in before)) is not None
    ]
    heads = [habit for habit in forgotten if isinstance(habit, ColumnHead)]
    learnt = learn_heads(columns, lessons, subjects, heads) if lessons else columns
    return (*_without_contradiction(_best(kept), subjects), *learnt)


def place_of(habit: Habit) -> tuple[Any, ...]:
    """What makes two habits one: all but how sure the reader was."""
    plain = replace(habit, sure=0.0)
    if isinstance(plain, Example):
        return plain.kind, plain.field, plain.lesson
    if isinstance(plain, Anchor):
        return plain.kind, plain.field, plain.words, round(plain.down), round(plain.right / 3), plain.nth
    return (plain.kind, plain)


# --- what one document teaches ------------------------------------------------------------------------------------


def _taught(lesson: Lesson, subject: Subject) -> Iterator[Habit]:
    """What would have read each corrected value of a document right."""
    if lesson.exact:
        return
    for name, right in lesson.truth.items():
        info = lesson.kind.field_of(name)
        before = getattr(lesson.values, name)
        if same(info, right, before):
            continue
        sure = lesson.sure.get(name, 0.0) if before is not None else 0.0
        if info.kind in _WANTED and (info.name == lesson.kind.issuer or is_printed(subject, info, right)):
            yield Wanted(name, text_of(right), sure)
        if info.kind == "date" and _is_swapped(right, before):
            yield DateOrder(not lesson.notation.month_first, sure)
        elif info.kind in READABLE and info.name != lesson.kind.issuer:
            places = places_of(subject.search, info, right)
            names = names_on(lesson)
            yield from (
                replace(one, sure=sure)
                for one in propose_anchors(subject.sheets, info, places)
                if not any(one.words in name for name in names)
            )


def names_on(lesson: Lesson) -> list[str]:
    """The names and addresses of a document, folded: their words are no labels, and say who the customer is."""
    kinds = {info.name: info.kind for info in lesson.kind.header}
    return [
        fold(text)
        for texts in (lesson.read, lesson.right)
        for name, text in texts.items()
        if kinds.get(name) in ("name", "address")
    ]


def _is_swapped(right: Any, before: Any) -> bool:
    if not isinstance(right, date) or not isinstance(before, date):
        return False
    return right.year == before.year and (right.day, right.month) == (before.month, before.day)


def places_of(search: Search, info: FieldInfo, value: Any) -> list[tuple[int, frozenset[int]]]:
    """Where a value stands: page index and its words."""
    pages = {id(index): at for at, index in enumerate(search.indexes)}
    found = search.matches(info, value)[:_MOST_PLACES]
    return [(pages[id(one.page)], frozenset(one.page.owners[token] for token in one.tokens)) for one in found]


# --- the gate -----------------------------------------------------------------------------------------------------


def _tried(rule: VendorRule, lessons: Sequence[Lesson], subjects: Sequence[Subject], was_known: bool) -> Tried | None:
    """``rule`` with its tally on every kept document; ``None`` where it is not to be taken: it mends none, or breaks one."""
    helped = hurt = tied = 0
    agreeing: set[str] = set()
    for lesson, subject in zip(lessons, subjects, strict=True):
        said = {one.field: one.value for one in proposals_of(rule, subject)}
        for field, value in said.items():
            if field not in lesson.truth or lesson.exact:
                continue
            info, right, before = lesson.kind.field_of(field), lesson.truth[field], getattr(lesson.values, field)
            good, was_good = same(info, right, value), same(info, right, before)
            helped += good and not was_good
            hurt += was_good and not good
            tied += good == was_good
            if good:
                agreeing.add(lesson.document)
    if not was_known and (not helped or hurt):
        return None
    state = _state(rule.state, helped, hurt, len(agreeing))
    return Tried(
        replace(rule, state=state, helped=helped, hurt=hurt, tied=tied, agreed=len(agreeing)), frozenset(agreeing)
    )


def _state(before: RuleState, helped: int, hurt: int, agreed: int) -> RuleState:
    if before == "retired" or hurt > helped or hurt > 1:
        return "retired"
    # the documents that agreed may be kept no longer
    return "active" if not hurt and (agreed > 1 or before == "active") else "trial"


def _best(kept: Iterable[Tried]) -> list[VendorRule]:
    """The few best rules of each field: those that more documents agree with, that mend more, and whose words are closest."""
    found: dict[str, list[VendorRule]] = {}
    for tried in sorted(kept, key=lambda tried: _order(tried.rule)):
        habit = tried.rule.habit
        some = found.setdefault(f"{habit.kind}:{getattr(habit, 'field', '')}", [])
        if len(some) < _MOST_FOR_FIELD and not any(_says_as_much(one.habit, habit) for one in some):
            some.append(tried.rule)
    return [rule for some in found.values() for rule in some][:_MOST]


def _says_as_much(one: Habit, other: Habit) -> bool:
    """Whether an anchor on a value's line is another one with words before it (“Our mark”, “mark”)."""
    return (
        isinstance(one, Anchor)
        and isinstance(other, Anchor)
        and (one.down, one.nth) == (other.down, other.nth) == (0.0, other.nth)
        and one.words.endswith(other.words)
    )


def _order(rule: VendorRule) -> tuple[Any, ...]:
    habit = rule.habit
    near = (abs(habit.down), -len(habit.words), abs(habit.right)) if isinstance(habit, Anchor) else (0.0, 0, 0.0)
    return rule.state == "retired", rule.hurt, -rule.agreed, -rule.helped, near


def _without_contradiction(rules: Sequence[VendorRule], subjects: Sequence[Subject]) -> tuple[VendorRule, ...]:
    """Of two names or addresses that are wanted where both are printed, neither is sure: both go on trial."""
    doubted = {rule.habit for some in contradicting(rules, subjects) for rule in some}
    return tuple(replace(rule, state="trial") if rule.habit in doubted else rule for rule in rules)


def contradicting(rules: Sequence[VendorRule], subjects: Sequence[Subject]) -> list[tuple[VendorRule, ...]]:
    """The rules that want two names or addresses of one field where both are printed."""
    wanted: dict[str, list[VendorRule]] = {}
    for rule in rules:
        if isinstance(rule.habit, Wanted) and rule.state != "retired":
            wanted.setdefault(rule.habit.field, []).append(rule)
    found: dict[tuple[Habit, ...], tuple[VendorRule, ...]] = {}
    for field, some in wanted.items():
        for subject in subjects:
            info = subject.info(field)
            if info is None:
                continue
            said = [rule for rule in some if is_printed(subject, info, rule.habit.value)]  # type: ignore[union-attr]
            if any(not same(info, said[0].habit.value, rule.habit.value) for rule in said[1:]):  # type: ignore[union-attr]
                found[tuple(rule.habit for rule in said)] = tuple(said)
    return list(found.values())


def try_rule(rule: VendorRule, others: Sequence[VendorRule], lessons: Sequence[Lesson]) -> VendorRule:
    """``rule`` with its tally on the kept documents, beside the ``others``: it begins on trial."""
    subjects = [subject_of_lesson(lesson) for lesson in lessons]
    rule = replace(rule, state="trial")
    if isinstance(rule.habit, ColumnHead):
        heads = [one.habit for one in others if isinstance(one.habit, ColumnHead) and one.state != "retired"]
        return try_head(rule, [*heads, rule.habit], lessons, subjects)
    tried = _tried(rule, lessons, subjects, was_known=True)
    assert tried is not None, "a known rule is tried, whatever it does"
    return tried.rule
