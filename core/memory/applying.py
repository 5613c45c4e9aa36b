"""Rules of a vendor applied to what was read of its document: they propose, and what they propose is judged like the rest."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from core.evidence import PageText
from core.extraction import Candidate, Finding, Learnt, Provenance
from core.extractor import Extracted
from core.memory.anchors import READABLE, Placed, find_anchored
from core.memory.columns import cells_of, read_rows
from core.memory.subject import Subject, subject_of
from core.notation.folding import squeeze
from core.notation.sameness import is_right
from core.notation.writing import text_of
from core.schema.fields import FieldInfo
from core.stores.vendors import Anchor, ColumnHead, DateOrder, Vendor, VendorRule, Wanted
from core.validation.registry import rules_of

#: The extractor that learnt values name, and their rule.
MEMORY, LEARNT = "vendor memory", "learnt"
#: How much a value is believed that comes from a rule on trial and from one that two documents agree with.
_ON_TRIAL, _PROVEN = 0.6, 0.95
#: Until a second document agrees, a rule stays silent where the reader was at least this sure of what was corrected.
TRIED_BELOW = 0.96
#: From so many documents on the issuer's name is taken though it is not printed as wanted.
_UNPRINTED_FROM = 2
_IN_FIGURES = re.compile(r"(?<!\d)\d{1,2}\s?[./\-]\s?\d{1,2}\s?[./\-]\s?(?:\d{4}|\d{2})(?!\d)")


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a rule says of a field: the value, and where it stands (``None``: the rule does not say)."""

    rule: VendorRule
    field: str
    value: Any
    placed: Placed | None = None


# --- what rules say -----------------------------------------------------------------------------------------------


def proposals_of(rule: VendorRule, subject: Subject) -> Iterator[Proposal]:
    """What one rule says of a document."""
    habit = rule.habit
    if isinstance(habit, Wanted):
        info = subject.info(habit.field)
        unprinted = rule.agreed >= _UNPRINTED_FROM and habit.field == subject.kind.issuer
        if info is not None and (unprinted or is_printed(subject, info, habit.value)):
            yield Proposal(rule, info.name, habit.value)
    elif isinstance(habit, Anchor):
        info = subject.info(habit.field)
        placed = find_anchored(subject.sheets, info, habit) if info is not None and info.kind in READABLE else None
        if info is not None and placed is not None:
            yield Proposal(rule, info.name, placed.value, placed)
    elif isinstance(habit, DateOrder):
        yield from _other_days(rule, habit, subject)


def is_printed(subject: Subject, info: FieldInfo, value: str) -> bool:
    """Whether a name, an address or a currency stands on the pages: as it is, or an address part by part. A name may be
    misread a little."""
    if info.kind == "currency":
        return bool(subject.search.matches(info, value))
    if info.kind == "address":
        parts = [key for part in value.split(",") if (key := squeeze(part))]
        return bool(parts) and all(part in subject.text for part in parts)
    if squeeze(value) in subject.text:
        return True
    return info.name == subject.kind.issuer and subject.search.locate(info, value, None, None) is not None


def _other_days(rule: VendorRule, habit: DateOrder, subject: Subject) -> Iterator[Proposal]:
    """The dates in figures read the vendor's way."""
    if habit.month_first == subject.sheets.notation.month_first:
        return
    for info in subject.kind.header:
        day = getattr(subject.values, info.name)
        if info.kind != "date" or not isinstance(day, date) or day.day > 12 or day.day == day.month:
            continue
        places = subject.search.matches(info, day)
        if places and all(_IN_FIGURES.search(place.page.text(place.tokens)) for place in places):
            yield Proposal(rule, info.name, date(day.year, day.day, day.month))


def chosen(rules: Sequence[VendorRule], subject: Subject) -> dict[str, Proposal]:
    """Of each field what the best rule says: one that more documents agree with before one on trial. Rules that two documents
    each agree with and that say two things say nothing."""
    found: dict[str, list[Proposal]] = {}
    for rule in sorted(rules, key=_rank):
        for one in proposals_of(rule, subject):
            found.setdefault(one.field, []).append(one)
    return {field: some[0] for field, some in found.items() if not _is_contested(subject, some)}


def _rank(rule: VendorRule) -> tuple[bool, int, int]:
    return rule.state != "active", -rule.agreed, -rule.helped


def _is_contested(subject: Subject, some: Sequence[Proposal]) -> bool:
    info = subject.kind.field_of(some[0].field)
    equals = [one for one in some if _rank(one.rule)[:2] == _rank(some[0].rule)[:2]]
    return any(not same(info, some[0].value, one.value) for one in equals)


def same(info: FieldInfo, wanted: Any, got: Any) -> bool:
    """Whether two values of a field are one."""
    return got is not None and is_right(info, wanted, got)


# --- taking -------------------------------------------------------------------------------------------------------


def take(vendor: Vendor, extracted: Extracted, pages: Sequence[PageText]) -> tuple[Extracted, tuple[Learnt, ...]]:
    """``extracted`` with what the vendor's rules know better, and what they changed. Values that XML states, that the
    document's sums confirm, or that another field has, are left alone."""
    subject = subject_of(extracted, pages)
    usable = [rule for rule in vendor.rules if speaks(rule)]
    taken = [one for one in chosen(usable, subject).values() if _may_take(subject, one)]
    with_rows, learnt_rows = _take_rows(vendor, usable, subject, extracted)
    if not taken:
        return with_rows, learnt_rows
    extracted = with_rows
    changes = {one.field: one.value for one in taken}
    values = extracted.values.model_copy(update=changes)
    provenance = {**extracted.provenance, **{one.field: _source(subject, one) for one in taken}}
    candidates = dict(extracted.candidates)
    for one in taken:
        candidates[one.field] = _with_before(candidates.get(one.field, ()), getattr(subject.values, one.field))
    findings = (*extracted.findings, *(_doubt(vendor, subject, one) for one in taken if one.rule.state == "trial"))
    learnt = (*learnt_rows, *(_note(subject, one) for one in taken))
    return replace(extracted, values=values, provenance=provenance, candidates=candidates, findings=findings), learnt


def speaks(rule: VendorRule) -> bool:
    """Whether a rule may change a reading: an active one, or one on trial for what the reader was not sure of."""
    return rule.state == "active" or (rule.state == "trial" and rule.habit.sure < TRIED_BELOW)


def _may_take(subject: Subject, one: Proposal) -> bool:
    info, before = subject.kind.field_of(one.field), getattr(subject.values, one.field)
    if same(info, one.value, before) and not (
        info.kind == "name" and before != one.value and one.rule.state == "active"
    ):
        return False
    if info.kind in ("name", "identifier") and any(
        same(info, one.value, getattr(subject.values, other.name))
        for other in subject.kind.header
        if other.kind == info.kind and other.name != info.name and isinstance(one.rule.habit, Anchor)
    ):
        return False
    return not (isinstance(one.value, Decimal) and one.field in rules_of(subject.values).confirmed(subject.values))


def _source(subject: Subject, one: Proposal) -> Provenance:
    score = _PROVEN if one.rule.state == "active" else _ON_TRIAL
    label = one.rule.habit.label if isinstance(one.rule.habit, Anchor) else ""
    if one.placed is None:
        return Provenance(MEMORY, LEARNT, label, score)
    box = subject.sheets.box(one.placed)
    number = subject.sheets.layouts[one.placed.page].number
    return Provenance(MEMORY, LEARNT, label, score, False, number, (box.x0, box.y0, box.x1, box.y1))


def _with_before(known: Sequence[Candidate], before: Any) -> tuple[Candidate, ...]:
    """The candidates with what was read by itself among them, so that it can be taken back."""
    text = text_of(before)
    if before is None or any(one.value.casefold() == text.casefold() for one in known):
        return tuple(known)
    return (Candidate(text, text, "as read"), *known)


def _doubt(vendor: Vendor, subject: Subject, one: Proposal) -> Finding:
    before = getattr(subject.values, one.field)
    title = subject.kind.field_of(one.field).title
    sentence = (
        f"{title} “{text_of(one.value)}” is what one earlier document of {vendor.name} taught: is it right here too?"
    )
    return Finding(LEARNT, "warning", sentence, (one.field,), text_of(before) if before is not None else None)


def _note(subject: Subject, one: Proposal) -> Learnt:
    before = getattr(subject.values, one.field)
    return Learnt(one.field, one.rule.habit.kind, text_of(before) if before is not None else None, one.rule.paid)


# --- rows of tables -----------------------------------------------------------------------------------------------


def _take_rows(
    vendor: Vendor, usable: Sequence[VendorRule], subject: Subject, extracted: Extracted
) -> tuple[Extracted, tuple[Learnt, ...]]:
    """``extracted`` with its main table read by the heads that were learnt, where sums confirm no fewer of its values then."""
    rules = [rule for rule in usable if isinstance(rule.habit, ColumnHead)]
    table = subject.kind.main_table
    if not rules or table is None:
        return extracted, ()
    rows = read_rows(subject, [rule.habit for rule in rules if isinstance(rule.habit, ColumnHead)])
    cells = cells_of(rows, table)
    before = subject.kind.rows(subject.values, table)
    try:
        after = tuple(table.model.model_validate(row) for row in cells)
    except ValidationError:  # a number that no amount can be
        return extracted, ()
    values = subject.values.model_copy(update={table.name: after})
    sums = rules_of(values).confirmed
    if after == before or not after or len(sums(values)) < len(sums(subject.values)):
        return extracted, ()
    provenance = {path: one for path, one in extracted.provenance.items() if not path.startswith(f"{table.name}.")}
    score = _PROVEN if all(rule.state == "active" for rule in rules) else _ON_TRIAL
    for number, row in enumerate(rows):
        for name, cell in row.cells().items():
            box = (cell.box.x0, cell.box.y0, cell.box.x1, cell.box.y1)
            provenance[table.path(number, name)] = Provenance(
                MEMORY, cell.rule, cell.label, min(score, cell.score), False, cell.page, box
            )
    findings = extracted.findings
    if score == _ON_TRIAL:
        sentence = (
            f"The columns are read as one earlier document of {vendor.name} taught: are the lines right here too?"
        )
        changed = next((table.path(at, info.name) for at in range(len(after)) for info in table.columns), "")
        findings = (*findings, Finding(LEARNT, "warning", sentence, (changed,)))
    kept = json.dumps([{name: text_of(value) for name, value in row if value is not None} for row in before])
    changed_extracted = replace(extracted, values=values, provenance=provenance, findings=findings)
    return changed_extracted, (Learnt(table.name, "column", kept),)
