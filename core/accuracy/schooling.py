"""What memory of vendors is worth: the documents of each vendor read in order, the truth of each revealed as its correction
before the next, beside the same documents read without memory."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from core.evaluation.cases import Case
from core.evaluation.outcome import Compared, Outcome, compare
from core.evaluation.scoring import true_lines
from core.extraction import Extraction
from core.memory.marks import marks_of
from core.memory.memory import VendorMemory
from core.notation.sameness import is_right
from core.page.layout import Layout
from core.review import review
from core.review.standing import confirmed
from core.schema.path import is_cell

#: Documents of a vendor from this one on are counted together.
LAST_PLACE = 3


@dataclass(slots=True)
class Place:
    """The documents that had as many of their vendor's before them, with and without memory: their wrong and missing values of
    the header and of lines, values that memory made wrong and right, how many passed, with a wrong critical value among them, and
    of how many the vendor was ``known``, or ``mistaken`` for another."""

    seen: int
    documents: int = 0
    header: list[int] = field(default_factory=lambda: [0, 0])
    lines: list[int] = field(default_factory=lambda: [0, 0])
    right_before: int = 0
    spoiled: int = 0
    mended: int = 0
    passed: list[int] = field(default_factory=lambda: [0, 0])
    passed_wrong: list[int] = field(default_factory=lambda: [0, 0])
    spoiled_values: list[str] = field(default_factory=list)
    known: int = 0
    mistaken: int = 0

    def note(self, case: Case, plain: Extraction, learnt: Extraction) -> None:
        """Count one document."""
        outcomes = [_outcome(case, one) for one in (plain, learnt)]
        self.documents += 1
        for at, (one, outcome) in enumerate(zip((plain, learnt), outcomes, strict=True)):
            cells = sum(is_cell(value.path) for value in outcome.misses)
            self.lines[at] += cells
            self.header[at] += len(outcome.misses) - cells
            self.passed[at] += one.verdict == "approved"
            self.passed_wrong[at] += one.verdict == "approved" and bool(outcome.wrong_critical)
        before, after = (_header(outcome) for outcome in outcomes)
        self.right_before += sum(value.right for value in before.values())
        lost = [path for path, value in before.items() if value.right and not (path in after and after[path].right)]
        self.spoiled += len(lost)
        self.spoiled_values += [f"{case.case_id} {path}" for path in lost]
        self.mended += sum(value.right and not (path in before and before[path].right) for path, value in after.items())


def _outcome(case: Case, extraction: Extraction) -> Outcome:
    return compare(case.truth, extraction.values.model_dump())


def _header(outcome: Outcome) -> dict[str, Compared]:
    return {value.path: value for value in outcome.values if not is_cell(value.path)}


def attend(
    memory: VendorMemory,
    cases: Sequence[Case],
    plain: Callable[[Case], Extraction],
    read: Callable[[Case], Extraction],
    wrong: float = 0.0,
    tell: Callable[[str], None] = lambda line: None,
) -> list[Place]:
    """The places of all ``cases``, a vendor's documents in the order given. ``plain`` gives a case read without memory, ``read``
    with it; ``memory`` is empty at first. A share ``wrong`` of the corrections is spoilt."""
    places = [Place(seen) for seen in range(LAST_PLACE + 1)]
    for vendor, group in _by_vendor(cases):
        for seen, case in enumerate(group):
            read_now = read(case)
            places[min(seen, LAST_PLACE)].note(case, plain(case), read_now)
            laid_out = [Layout(page.as_read()) for page in read_now.page_texts]
            known = memory.recall(marks_of(plain(case).values, read_now.candidates, laid_out)).vendor
            learned = memory.learn(case.case_id, read_now, _corrected(case, read_now, wrong))
            if known is not None and learned is not None:
                right = known.vendor_id == learned.vendor.vendor_id
                places[min(seen, LAST_PLACE)].known += right
                places[min(seen, LAST_PLACE)].mistaken += not right
            tell(f"{vendor}: {case.case_id}, learnt {len(learned.rules) if learned else 0}")
    return places


def _by_vendor(cases: Iterable[Case]) -> list[tuple[str, list[Case]]]:
    groups: dict[str, list[Case]] = {}
    for case in cases:
        groups.setdefault(case.vendor, []).append(case)
    return sorted(groups.items())


def _corrected(case: Case, read: Extraction, wrong: float) -> Extraction:
    """The reading as a person leaves it who knows the truth, and errs in a share ``wrong`` of the values."""
    visible = case.truth["meta"]["visible"]
    header = [info for info in read.type.header if visible.get(info.name) in (True, "absent")]
    chance = random.Random(f"{case.case_id}-wrong")  # noqa: S311 (no secret)
    typed: dict[str, Any] = {}
    for info in header:
        right = case.truth.get(info.name) if visible[info.name] is True else None
        typed[info.name] = _mistaken(read, info.name, right) if chance.random() < wrong else right
    table = read.type.main_table
    if table is not None and isinstance(visible.get(table.name), list):
        typed[table.name] = [
            {name: line.values.get(name) for name, seen in line.visible.items() if seen is True}
            for line in true_lines(case.truth, table)
        ]
    told = read.type.model.model_validate(typed)
    values = read.values.model_copy(update={name: getattr(told, name) for name in typed})
    reviewed = review(read, values, today=date.today())
    paths = [
        path
        for path, _, _ in read.type.walk(values)
        if path in typed or (is_cell(path) and table and table.name in typed)
    ]
    return confirmed(reviewed, paths).extraction


def _mistaken(read: Extraction, name: str, right: Any) -> Any:
    """Another value that the page offers for the field; the right one where it offers none."""
    info = read.type.field_of(name)
    others = (one.value for one in read.candidates.get(name, ()) if right and not is_right(info, right, one.value))
    return next(others, right)


def render_places(places: Sequence[Place]) -> str:
    """The places as a table."""
    head = (
        "seen before",
        "documents",
        "header errors",
        "lines' errors",
        "right made wrong",
        "passed",
        "of them wrong",
        "vendor known",
        "mistaken",
    )
    lines = ["  ".join(f"{title:>16}" for title in head)]
    for place in [*places, _together(places)]:
        if place.documents:
            cells = (
                "all" if place.seen < 0 else f"{place.seen}{'+' if place.seen == LAST_PLACE else ''}",
                str(place.documents),
                _change(place.header),
                _change(place.lines),
                f"{place.spoiled} of {place.right_before}",
                f"{place.passed[0]} -> {place.passed[1]}",
                f"{place.passed_wrong[0]} -> {place.passed_wrong[1]}",
                str(place.known),
                str(place.mistaken),
            )
            lines.append("  ".join(f"{cell:>16}" for cell in cells))
    spoiled = [value for place in places for value in place.spoiled_values]
    return "\n".join([*lines, *(f"    made wrong: {value}" for value in spoiled)])


def _change(errors: Sequence[int]) -> str:
    share = f" ({100 * (errors[1] - errors[0]) / errors[0]:+.0f} %)" if errors[0] else ""
    return f"{errors[0]} -> {errors[1]}{share}"


def _together(places: Sequence[Place]) -> Place:
    whole = Place(-1)
    for place in places:
        whole.documents += place.documents
        whole.right_before += place.right_before
        whole.spoiled += place.spoiled
        whole.mended += place.mended
        whole.known += place.known
        whole.mistaken += place.mistaken
        for name in ("header", "lines", "passed", "passed_wrong"):
            mine, theirs = getattr(whole, name), getattr(place, name)
            mine[:] = [one + other for one, other in zip(mine, theirs, strict=True)]
    return whole


def places_json(places: Sequence[Place]) -> list[dict[str, Any]]:
    """The places as JSON values; of each pair the first is without memory."""
    return [
        {
            "seen": place.seen,
            "documents": place.documents,
            "header_errors": place.header,
            "line_errors": place.lines,
            "right_without": place.right_before,
            "made_wrong": place.spoiled,
            "made_right": place.mended,
            "passed": place.passed,
            "passed_wrong": place.passed_wrong,
            "vendor_known": place.known,
            "vendor_mistaken": place.mistaken,
        }
        for place in places
    ]
