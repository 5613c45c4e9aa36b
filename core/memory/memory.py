"""The verbs of vendor memory: recall what is known of a document's vendor, learn from a review, take back, forget."""

from __future__ import annotations

import hashlib
import json
import threading
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from pydantic import TypeAdapter, ValidationError

from core.document_types import SHIPPED
from core.errors import RuleError
from core.evidence import Box, PageText, around, corners
from core.extraction import Extraction, Finding, Learnt
from core.extractor import Correction, Extracted
from core.homography import apply, invert
from core.memory.applying import same, speaks, take
from core.memory.examples import corrections_for, is_hidden, learn_examples, tallied
from core.memory.history import check_history
from core.memory.learning import contradicting, learn_rules, place_of, try_rule
from core.memory.lessons import Lesson, lesson_from, lesson_json, lesson_of, unlearnt
from core.memory.marks import Mark, Marks, find_marks, fingerprint, likeness
from core.memory.pack import pack, unpack
from core.memory.recognising import Register
from core.memory.showing import place_of_habit
from core.memory.subject import subject_of_lesson
from core.notation.folding import squeeze
from core.notation.mention import Mention
from core.notation.writing import text_of
from core.page.layout import Layout
from core.placing import evidence_as_read
from core.recipe import Redaction
from core.schema.document_type import DocumentType
from core.stores.files import Files
from core.stores.vendors import Anchor, Example, Habit, Place, Vendor, VendorRule, Vendors, Visit, Wanted

#: Under these kinds the reviewed documents, and what a review replaced, are kept.
_LESSON, _BEFORE = "lesson", "lesson-before"
#: So many documents of a vendor are kept to try rules on, so many marks and layouts of it.
_MOST_LESSONS, _MOST_MARKS, _MOST_LAYOUTS, _MOST_VISITS = 8, 40, 3, 24
_ANOTHER_LAYOUT, _SAME_LAYOUT = 0.6, 0.4
#: A mark within so many heights of the text below the customer's name is the customer's.
_OWN_BLOCK = 9.0
_VENDOR = TypeAdapter(Vendor)


@dataclass(frozen=True, slots=True)
class Recalled:
    """What is known of a document's vendor; ``vendor`` is ``None`` for one that is not known."""

    vendor: Vendor | None
    marks: Marks

    @property
    def digest(self) -> str:
        """Names all that can change the reading of a document with these marks; empty where nothing does."""
        if self.vendor is None:
            return ""
        facts = json.dumps(
            [
                self.vendor.vendor_id,
                self.vendor.name,
                sorted(self.vendor.seen),
                [[str(rule.habit), rule.state, rule.agreed, rule.helped] for rule in self.vendor.rules if speaks(rule)],
            ]
        )
        return hashlib.sha256(facts.encode()).hexdigest()[:16]

    def take(self, extracted: Extracted, pages: Sequence[PageText]) -> tuple[Extracted, tuple[Learnt, ...]]:
        """``extracted`` with what the vendor's rules know better, and what they changed."""
        if self.vendor is None or extracted.exact:
            return extracted, ()
        return take(self.vendor, extracted, pages)

    def findings(self) -> tuple[Finding, ...]:
        """What the vendor's earlier documents say of this one."""
        return tuple(check_history(self.vendor, self.marks)) if self.vendor else ()


@dataclass(frozen=True, slots=True)
class Learned:
    """What a review taught: the vendor as it is now, and what of its rules is new or has become active, each with where it stands
    on the page."""

    vendor: Vendor
    rules: tuple[VendorRule, ...] = ()
    places: tuple[Place | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """What a model is shown of earlier documents of ``vendor``, and the rules that say so."""

    vendor: str = ""
    rules: tuple[VendorRule, ...] = ()
    corrections: tuple[Correction, ...] = ()


@dataclass(frozen=True, slots=True)
class VendorShown:
    """A vendor's rules as they are looked at: where each stands on a page, in their order; and those that contradict each other."""

    places: tuple[Place | None, ...]
    contradicting: tuple[tuple[VendorRule, ...], ...]


class VendorMemory:
    """What is remembered of vendors. Thread-safe."""

    def __init__(
        self,
        vendors: Vendors,
        files: Files,
        offline: Callable[[Extraction], Extracted | None] = lambda read: None,
        hidden: Callable[[str], Redaction] = lambda sha256: Redaction(),
    ) -> None:
        """``offline`` reads the pages of a run by the rules alone, ``hidden`` gives the places of a document that are masked."""
        self._vendors = vendors
        self._offline = offline
        self._hidden = hidden
        self._files = files
        self._lock = threading.Lock()
        self._known: tuple[int, Register] | None = None

    # --- recalling -------------------------------------------------------------------------------------------------

    @property
    def is_empty(self) -> bool:
        """Whether nothing is remembered."""
        return not self._register().vendors

    def all(self) -> list[Vendor]:
        """Every vendor that is remembered, by name."""
        return self._vendors.all()

    def vendor(self, vendor_id: str) -> Vendor | None:
        """The vendor of this id."""
        return self._register().vendors.get(vendor_id)

    def recall(self, marks: Marks) -> Recalled:
        """What is known of the vendor of a document with these marks."""
        return Recalled(self._register().recognise(marks), marks)

    def _register(self) -> Register:
        version = self._vendors.version()
        with self._lock:
            if self._known is None or self._known[0] != version:
                self._known = version, Register(self._vendors.all())
            return self._known[1]

    # --- learning --------------------------------------------------------------------------------------------------

    def learn(self, run_id: str, read: Extraction, reviewed: Extraction) -> Learned | None:
        """Learn from what a person made of a reading: ``read`` as it was read, ``reviewed`` with what they changed and
        confirmed. ``None`` where the document is of a type that a person made or has no issuer, or its vendor is locked."""
        known = reviewed.type.base in SHIPPED and reviewed.type.issuer
        name = getattr(reviewed.values, reviewed.type.issuer, None) if known else None
        if not name or not read.page_texts:
            return None
        marks = _marks_of_review(reviewed, name)
        before = self._vendor_of(marks, name)
        if before and before.locked:
            return None
        vendor = before or Vendor(uuid.uuid4().hex, name)
        offline = self._offline(read) if read.extractor in read.recipe.models else None
        self._files.keep_json(_LESSON, run_id, lesson_json(lesson_of(read, reviewed, offline)))
        self._files.keep_json(_BEFORE, run_id, _VENDOR.dump_json(vendor).decode())
        lessons = [*(one for one in vendor.lessons if one != run_id), run_id]
        for old in lessons[:-_MOST_LESSONS]:
            self._drop(old)
        vendor = replace(
            vendor,
            marks=_joined(vendor.marks, _own_marks(marks, reviewed, name)),
            seen=_joined(vendor.seen, [mark for mark in sorted(marks.found) if mark[0] in ("iban", "tax")]),
            layouts=_with_layout(vendor.layouts, marks.layout),
            lessons=tuple(lessons[-_MOST_LESSONS:]),
            documents=vendor.documents + (run_id not in vendor.lessons),
        )
        kept = self._lessons_of(vendor)
        earlier = before.rules if before else ()
        learnt = learn_rules(vendor.rules, list(kept.values()), vendor.forgotten)
        shown = learn_examples(tallied(earlier, read, reviewed), kept, vendor.forgotten)
        rules = _with_origin((*learnt, *shown), earlier, run_id, kept.get(run_id))
        after = replace(vendor, rules=rules, course=_gone_on(vendor.course, run_id, read, reviewed))
        self._vendors.put(after)
        news = tuple(rule for rule in _news(earlier, after.rules) if _is_told(rule, kept.get(run_id)))
        return Learned(after, news, tuple(self._place(rule, after) for rule in news))

    def unlearn(self, run_id: str) -> bool:
        """Take back what the review of a run taught, if its vendor learnt nothing since; gives whether it did."""
        kept = self._files.load_json(_BEFORE, run_id)
        before = _vendor_from(kept) if kept else None
        if (
            before and run_id in before.lessons
        ):  # it was reviewed before: what that taught stays, the reading of it is not kept
            before = replace(before, lessons=tuple(one for one in before.lessons if one != run_id))
        now = self.vendor(before.vendor_id) if before else None
        if before is None or now is None or not now.lessons or now.lessons[-1] != run_id:
            return False
        if before.documents:
            self._vendors.put(before)
        else:
            self._vendors.remove(before.vendor_id)
        self._drop(run_id)
        return True

    def _vendor_of(self, marks: Marks, name: str) -> Vendor | None:
        """The vendor that a reviewed document belongs to: of the person's own name for it, or one alike that its identifiers
        point to."""
        from rapidfuzz.fuzz import ratio

        register = self._register()
        named = [one for one in register.vendors.values() if ("name", squeeze(name)) in one.marks]
        if len(named) == 1:
            return named[0]
        found = register.recognise(marks)
        return found if found and ratio(squeeze(found.name), squeeze(name)) >= _ALIKE_NAMES else None

    def _lesson(self, run_id: str) -> Lesson | None:
        kept = self._files.load_json(_LESSON, run_id)
        try:
            return lesson_from(kept) if kept else None
        except ValidationError:  # written by another version of the studio
            return None

    def _drop(self, run_id: str) -> None:
        self._files.forget_json(_LESSON, run_id)
        self._files.forget_json(_BEFORE, run_id)

    # --- the person's ----------------------------------------------------------------------------------------------

    def forget(self, vendor_id: str) -> None:
        """Forget a vendor with all that was learnt of it."""
        vendor = self.vendor(vendor_id)
        for run_id in vendor.lessons if vendor else ():
            self._drop(run_id)
        self._vendors.remove(vendor_id)

    def forget_all(self) -> None:
        """Forget every vendor."""
        for vendor in self.all():
            self.forget(vendor.vendor_id)

    def erase(self, runs: Collection[str], mention: Mention | None = None) -> tuple[str, ...]:
        """Forget what reviews of these runs taught, and every vendor that a name mentions, or of which nothing else is kept; gives
        the names of the vendors that are forgotten."""
        gone = []
        for vendor in self.all():
            named = mention is not None and mention.in_json(_VENDOR.dump_python(vendor, mode="json"))
            left = tuple(one for one in vendor.lessons if one not in runs)
            if named or (vendor.lessons and not left):
                self.forget(vendor.vendor_id)
                gone.append(vendor.name)
            elif left != vendor.lessons:
                kept = {one: lesson for one in left if (lesson := self._lesson(one))}
                for one in vendor.lessons:  # what it was before may know what is to go
                    self._files.forget_json(_BEFORE, one)
                rules = (
                    *learn_rules((), list(kept.values()), vendor.forgotten),
                    *learn_examples((), kept, vendor.forgotten),
                )
                course = tuple(one for one in vendor.course if one.run_id not in runs)
                documents = max(1, vendor.documents - 1)
                self._vendors.put(replace(vendor, lessons=left, rules=rules, documents=documents, course=course))
        return tuple(gone)

    def forget_rule(self, vendor_id: str, rule: VendorRule) -> None:
        """Throw out one rule; it is not learnt again."""
        self._change(
            vendor_id,
            lambda vendor: replace(
                vendor,
                rules=tuple(one for one in vendor.rules if one.habit != rule.habit),
                forgotten=(*vendor.forgotten, rule.habit),
            ),
        )

    def edit_rule(self, vendor_id: str, rule: VendorRule, habit: Habit) -> None:
        """Put ``habit`` in the place of a rule's, on trial; what it was is not learnt again. Raises RuleError where that would make a
        right value of a kept document wrong."""
        vendor = self.vendor(vendor_id)
        if vendor is None or rule not in vendor.rules:
            raise RuleError("This rule changed meanwhile: look at it as it is now.")
        others = [one for one in vendor.rules if one.habit != rule.habit]
        tried = try_rule(replace(rule, habit=habit), others, list(self._lessons_of(vendor).values()))
        if tried.hurt:
            raise RuleError(
                "Not kept: on an earlier document of this vendor it would make a value wrong that was right."
            )
        rules = tuple(tried if one.habit == rule.habit else one for one in vendor.rules)
        self._vendors.put(replace(vendor, rules=rules, forgotten=(*vendor.forgotten, rule.habit)))

    def corrections(self, recalled: Recalled, kind: DocumentType, hiding: Redaction) -> Shown:
        """What a model that reads a document of ``kind`` is shown of its vendor: corrections of documents alike in layout, but
        nothing that stands where something is hidden in this document or in the earlier one."""
        vendor = recalled.vendor
        if vendor is None or not any(isinstance(rule.habit, Example) for rule in vendor.rules):
            return Shown()
        alike = {
            run_id: lesson
            for run_id, lesson in self._lessons_of(vendor).items()
            if likeness(fingerprint(lesson.sheets.layouts), recalled.marks.layout) >= _SAME_LAYOUT
        }
        found = []
        for rule, correction in corrections_for(vendor.rules, kind, alike):
            assert isinstance(rule.habit, Example)
            lesson = alike[rule.habit.lesson]
            boxes = self._boxes_hidden(rule.habit.lesson, lesson, hiding)
            if not is_hidden(lesson, rule.habit.field, (correction.gave, correction.right), boxes):
                found.append((rule, replace(correction, why="it stands so on the page") if boxes else correction))
        return Shown(vendor.name, tuple(rule for rule, _ in found), tuple(one for _, one in found))

    def _boxes_hidden(self, run_id: str, lesson: Lesson, hiding: Redaction) -> list[tuple[int, Box]]:
        """The hidden places on the pages of a lesson as they were read."""
        boxes = [(page, Box(*box)) for page, *box in (*hiding.boxes, *self._hidden(lesson.document).boxes)]
        read = self._read(run_id)
        laid = {page.page: page.upright for page in read.page_texts if page.upright} if read else {}
        return [
            (page, around(apply(invert(laid[page].matrix), corners(box))) if page in laid else box)
            for page, box in boxes
        ]

    def shown(self, vendor: Vendor) -> VendorShown:
        """The rules of a vendor as they are looked at."""
        lessons = self._lessons_of(vendor)
        subjects = [subject_of_lesson(lesson) for lesson in lessons.values()]
        places = tuple(self._place(rule, vendor, lessons) for rule in vendor.rules)
        return VendorShown(places, tuple(contradicting(vendor.rules, subjects)))

    def _lessons_of(self, vendor: Vendor) -> dict[str, Lesson]:
        """The kept documents by their runs, oldest first."""
        return {one: lesson for one in vendor.lessons if (lesson := self._lesson(one))}

    def _place(self, rule: VendorRule, vendor: Vendor, lessons: Mapping[str, Lesson] | None = None) -> Place | None:
        """Where a rule stands on the page that taught it, else on the latest where it shows."""
        kept = lessons if lessons is not None else self._lessons_of(vendor)
        for run_id in dict.fromkeys((rule.learnt_from, *reversed(tuple(kept)))):
            read = self._read(run_id) if run_id in kept else None
            place = place_of_habit(rule.habit, kept[run_id], read) if read else None
            if place is not None:
                return place
        return None

    def _read(self, run_id: str) -> Extraction | None:
        kept = self._files.load_json("run", run_id)
        try:
            return Extraction.model_validate_json(kept) if kept else None
        except ValidationError:  # written by another version of the studio
            return None

    def lock(self, vendor_id: str, locked: bool) -> None:
        """Let a vendor learn no more, or again."""
        self._change(vendor_id, lambda vendor: replace(vendor, locked=locked))

    def export(self) -> bytes:
        """Every vendor as a file for another studio: see :mod:`core.memory.pack`."""
        return pack(self.all())

    def bring_in(self, data: bytes) -> int:
        """Take over the vendors of such a file, their rules on trial; gives how many. What is known here already stays as it
        is. Raises PackError."""
        found = unpack(data)
        for one in found:
            known = next((v for v in self._register().vendors.values() if squeeze(v.name) == squeeze(one.name)), None)
            vendor = known or Vendor(uuid.uuid4().hex, one.name)
            own = {place_of(rule.habit) for rule in vendor.rules} | {place_of(habit) for habit in vendor.forgotten}
            rules = (*vendor.rules, *(rule for rule in one.rules if place_of(rule.habit) not in own))
            marks = _joined(vendor.marks, one.marks)
            self._vendors.put(replace(vendor, marks=marks, layouts=vendor.layouts or one.layouts, rules=rules))
        return len(found)

    def _change(self, vendor_id: str, change: Callable[[Vendor], Vendor]) -> None:
        vendor = self.vendor(vendor_id)
        if vendor is not None:
            self._vendors.put(change(vendor))


#: Two names so alike (0 to 100) are one vendor's where identifiers agree too.
_ALIKE_NAMES = 70


def _marks_of_review(reviewed: Extraction, name: str) -> Marks:
    layouts = [Layout(page.as_read()) for page in reviewed.page_texts]
    return find_marks(layouts, [name])


def _own_marks(marks: Marks, reviewed: Extraction, name: str) -> list[Mark]:
    """The vendor's marks of a document: those that do not stand in a block of somebody else's."""
    others = [
        (found.page, box)
        for path, found in evidence_as_read(reviewed.evidence, reviewed.page_texts).items()
        if path in reviewed.type.blocks
        for box in found.boxes
    ]
    own = [
        mark
        for mark, (page, x, y) in sorted(marks.places.items())
        if not any(
            page == other
            and box.x0 - 2 * box.height <= x
            and 0 <= y - box.y0 <= _OWN_BLOCK * box.height
            and x <= box.x1 + 4 * box.height
            for other, box in others
        )
    ]
    return [("name", squeeze(name)), *own]


def _joined(known: Sequence[Mark], more: Sequence[Mark]) -> tuple[Mark, ...]:
    return tuple(dict.fromkeys((*known, *more)))[:_MOST_MARKS]


def _with_layout(known: tuple[tuple[int, ...], ...], new: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    if not new or any(likeness(new, one) >= _ANOTHER_LAYOUT for one in known):
        return known
    return (*known, new)[-_MOST_LAYOUTS:]


def _with_origin(
    rules: Sequence[VendorRule], known: Sequence[VendorRule], run_id: str, lesson: Lesson | None
) -> tuple[VendorRule, ...]:
    """``rules`` with the run that taught them where they are new, and whether it was a model that had read it right."""
    before = {rule.habit for rule in known}
    return tuple(
        rule if rule.habit in before else replace(rule, learnt_from=run_id, paid=_is_paid(rule, lesson))
        for rule in rules
    )


def _is_told(rule: VendorRule, lesson: Lesson | None) -> bool:
    """Whether a rule is news to the person: what models would be shown is none where no model is asked."""
    return not isinstance(rule.habit, Example) or (lesson is not None and lesson.answered is not None)


def _is_paid(rule: VendorRule, lesson: Lesson | None) -> bool:
    if lesson is None or lesson.answered is None or not isinstance(rule.habit, Anchor | Wanted):
        return False
    field = rule.habit.field
    if field not in lesson.truth:
        return False
    return same(lesson.kind.field_of(field), lesson.truth[field], lesson.given[field])


def _gone_on(course: Sequence[Visit], run_id: str, read: Extraction, reviewed: Extraction) -> tuple[Visit, ...]:
    """``course`` with how the reading of this document went."""
    by_itself, _ = unlearnt(read)
    wrong = without = values = 0
    for info in reviewed.type.base.header:
        right, got = (text_of(found.value_at(info.name)) for found in (reviewed, read))
        values += bool(right)
        wrong += right != got
        without += right != text_of(by_itself.get(info.name))
    visit = Visit(run_id, datetime.now(UTC).date().isoformat(), values, wrong, without)
    return (*(one for one in course if one.run_id != run_id), visit)[-_MOST_VISITS:]


def _news(before: Sequence[VendorRule], after: Sequence[VendorRule]) -> tuple[VendorRule, ...]:
    known = {(rule.habit, rule.state) for rule in before}
    return tuple(rule for rule in after if rule.state != "retired" and (rule.habit, rule.state) not in known)


def _vendor_from(text: str) -> Vendor | None:
    try:
        return _VENDOR.validate_json(text)
    except ValidationError:
        return None
