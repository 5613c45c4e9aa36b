"""Which of the places that match is meant: where the extractor took the value, else the item's own row, else the
order in which invoices are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.evidence import Box, Evidence, PageText
from core.extraction import Provenance
from core.matching.finders import FINDERS, RESORTS, Candidate, find_inside
from core.matching.index import PageIndex
from core.matching.rows import find_row
from core.models import FieldInfo, Invoice, field_of, header_fields, item_fields, item_path

#: These stand at the end of an invoice: of several places the last is meant.
_AT_THE_END = frozenset({"subtotal", "tax", "total_amount"})


def find_evidence(
    invoice: Invoice, pages: Sequence[PageText], provenance: Mapping[str, Provenance]
) -> dict[str, Evidence]:
    """Where every value of ``invoice`` stands on ``pages``; a value that stands nowhere has no entry.

    ``provenance`` (by path) may name page and box where the extractor took a value: of several places that match, the
    one there wins. Cells of a line item are only accepted on the item's own row.
    """
    indexes = [PageIndex(page) for page in pages if page.words]
    if not indexes:
        return {}
    found: dict[str, Evidence] = {}
    for info in header_fields():
        value = getattr(invoice, info.name)
        if value is None:
            continue
        chosen = _locate(info, value, indexes, *_place(provenance.get(info.name)))
        if chosen:
            found[info.name] = chosen.evidence()
    found.update(_item_evidence(invoice, indexes, provenance))
    return found


def find_value(
    path: str, value: Any, pages: Sequence[PageText], near: Box | None = None, page: int | None = None
) -> Evidence | None:
    """Where one value stands: at best on ``page`` (from 1) and close to ``near``. ``None`` if it stands nowhere.
    Raises KeyError for an unknown path."""
    indexes = [PageIndex(text) for text in pages if text.words]
    if value is None or not indexes:
        return None
    chosen = _locate(field_of(path), value, indexes, page, near)
    return chosen.evidence() if chosen else None


def _place(known: Provenance | None) -> tuple[int | None, Box | None]:
    if known is None:
        return None, None
    return known.page, Box(*known.box) if known.box else None


def _locate(
    info: FieldInfo, value: Any, indexes: Sequence[PageIndex], page: int | None, near: Box | None
) -> Candidate | None:
    """The best place of one value, cheapest means first."""
    candidates = _matches(info, value, indexes)
    if not candidates and isinstance(value, str):
        candidates = _last_resorts(info, value, indexes, page, near)
    return _choose(info, candidates, page, near)


def _matches(info: FieldInfo, value: Any, indexes: Sequence[PageIndex]) -> list[Candidate]:
    find = FINDERS[info.kind]
    return [candidate for index in indexes for candidate in find(value, index)]


def _last_resorts(
    info: FieldInfo, value: str, indexes: Sequence[PageIndex], page: int | None, near: Box | None
) -> list[Candidate]:
    if near is not None:
        inside = [
            found for index in indexes if page in (None, index.number) for found in find_inside(value, index, near)
        ]
        if inside:
            return inside
    for resort in RESORTS.get(info.kind, ()):
        found = [candidate for index in indexes for candidate in resort(value, index)]
        if found:
            return found
    return []


def _choose(info: FieldInfo, candidates: Sequence[Candidate], page: int | None, near: Box | None) -> Candidate | None:
    if len(candidates) <= 1:
        return candidates[0] if candidates else None
    if near is not None:
        return min(candidates, key=lambda candidate: (_away(candidate, page, near), -candidate.score))
    here = [candidate for candidate in candidates if candidate.page.number == page] or candidates
    best = max(candidate.score for candidate in here)
    # another notation of the same value is as good a place as the plain one
    good = [candidate for candidate in here if candidate.score >= best - 0.05]
    return good[-1] if info.name in _AT_THE_END else good[0]


def _away(candidate: Candidate, page: int | None, near: Box) -> float:
    """How far a candidate is from ``near``, in page units; another page is far."""
    box = candidate.box
    across = max(near.x0 - box.x1, box.x0 - near.x1, 0.0)
    down = max(near.y0 - box.y1, box.y0 - near.y1, 0.0)
    elsewhere = page is not None and candidate.page.number != page
    return across + down + (1e6 if elsewhere else 0.0)


def _item_evidence(
    invoice: Invoice, indexes: Sequence[PageIndex], provenance: Mapping[str, Provenance]
) -> dict[str, Evidence]:
    found: dict[str, Evidence] = {}
    taken: set[tuple[int, int]] = set()
    for position, item in enumerate(invoice.line_items):
        row: dict[str, list[Candidate]] = {}
        for info in item_fields():
            path, value = item_path(position, info.name), getattr(item, info.name)
            if value is None:
                continue
            page, near = _place(provenance.get(path))
            if near is None:
                row[info.name] = _matches(info, value, indexes) or _resorts(info, value, indexes)
                continue
            chosen = _locate(info, value, indexes, page, near)
            if chosen and _away(chosen, page, near) <= 2 * near.height:
                found[path] = chosen.evidence()
                taken.update((chosen.page.number, token) for token in chosen.tokens)
        for cell, chosen in find_row(row, taken).items():
            found[item_path(position, cell)] = chosen.evidence()
            taken.update((chosen.page.number, token) for token in chosen.tokens)
    return found


def _resorts(info: FieldInfo, value: Any, indexes: Sequence[PageIndex]) -> list[Candidate]:
    return _last_resorts(info, value, indexes, None, None) if isinstance(value, str) else []
