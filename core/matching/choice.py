"""Which of the places that match is meant: where the extractor took the value, else the item's own row, else the
order in which invoices are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Any

from core.evidence import Box, Evidence, PageText
from core.extraction import Provenance
from core.invoice.document_type import INVOICE, LINE_ITEMS, item_path
from core.invoice.model import Invoice, LineItem
from core.matching.candidate import Candidate
from core.matching.finders import FINDERS, RESORTS
from core.matching.index import PageIndex
from core.matching.rows import find_row
from core.matching.texts import find_inside
from core.schema.fields import FieldInfo, FieldKind

#: These stand at the end of an invoice: of several places the last is meant.
_AT_THE_END = frozenset({"subtotal", "tax", "total_amount"})
_ELSEWHERE = 1e6


def find_evidence(
    invoice: Invoice, pages: Sequence[PageText], provenance: Mapping[str, Provenance]
) -> dict[str, Evidence]:
    """Where every value of ``invoice`` stands on ``pages``; a value that stands nowhere has no entry.

    ``provenance`` (by path) may name page and box where the extractor took a value: of several places that match, the
    one there wins. Cells of a line item are only accepted on the item's own row.
    """
    search = Search(pages)
    if not search.indexes:
        return {}
    found: dict[str, Evidence] = {}
    for info in INVOICE.header:
        value = getattr(invoice, info.name)
        if value is None:
            continue
        chosen = search.locate(info, value, *_place(provenance.get(info.name)))
        if chosen:
            found[info.name] = chosen.evidence()
    taken: set[tuple[int, int]] = set()
    for position, item in enumerate(invoice.line_items):
        for path, chosen in _locate_item(search, position, item, provenance, taken).items():
            found[path] = chosen.evidence()
            taken.update((chosen.page.number, token) for token in chosen.tokens)
    return found


def find_value(
    path: str, value: Any, pages: Sequence[PageText], near: Box | None = None, page: int | None = None
) -> Evidence | None:
    """Where one value stands: at best on ``page`` (from 1) and close to ``near``. ``None`` if it stands nowhere.
    Raises KeyError for an unknown path."""
    info = INVOICE.field_of(path)
    chosen = None if value is None else Search(pages).locate(info, value, page, near)
    return chosen.evidence() if chosen else None


class Search:
    """The pages of one document, searched; equal values are looked up once."""

    def __init__(self, pages: Sequence[PageText]) -> None:
        self.indexes = [PageIndex(page) for page in pages if page.words]
        self._known: dict[tuple[FieldKind, Any], list[Candidate]] = {}

    def locate(self, info: FieldInfo, value: Any, page: int | None, near: Box | None) -> Candidate | None:
        """The best place of one value, cheapest means first."""
        candidates = self.matches(info, value) or self.resorts(info, value, page, near)
        return _choose(info, candidates, page, near)

    def matches(self, info: FieldInfo, value: Any) -> list[Candidate]:
        """Every place where ``value`` stands as it is or in another notation."""
        key = (info.kind, value)
        if key not in self._known:
            find = FINDERS[info.kind]
            self._known[key] = [candidate for index in self.indexes for candidate in find(value, index)]
        return self._known[key]

    def resorts(self, info: FieldInfo, value: Any, page: int | None, near: Box | None) -> list[Candidate]:
        """Where a text stands that could not be matched as it is: inside the box ``near``, in pieces, or similarly."""
        if not isinstance(value, str):
            return []
        if near is not None:
            here = [index for index in self.indexes if page in (None, index.number)]
            inside = [found for index in here for found in find_inside(value, index, near)]
            if inside:
                return inside
        for resort in RESORTS.get(info.kind, ()):
            found = [candidate for index in self.indexes for candidate in resort(value, index)]
            if found:
                return found
        return []


def _place(known: Provenance | None) -> tuple[int | None, Box | None]:
    if known is None:
        return None, None
    return known.page, Box(*known.box) if known.box else None


def _choose(info: FieldInfo, candidates: Sequence[Candidate], page: int | None, near: Box | None) -> Candidate | None:
    if len(candidates) <= 1:
        return candidates[0] if candidates else None
    if near is not None:
        return min(candidates, key=lambda candidate: (_away(candidate, page, near), -candidate.score))
    here = [candidate for candidate in candidates if candidate.page.number == page] or candidates
    best = max(candidate.score for candidate in here)
    # another notation of the same value is as good a place as the plain one
    good = [candidate for candidate in here if candidate.score >= best - 0.05]
    if len(good) > 1 and info.kind in ("name", "text"):
        good.sort(key=lambda candidate: len(candidate.page.lines(candidate.tokens)))
        return good[0]  # on one line rather than by chance across two
    return good[-1] if info.name in _AT_THE_END else good[0]


def _away(candidate: Candidate, page: int | None, near: Box) -> float:
    """How far a candidate is from ``near``, in page units; another page is far."""
    if page is not None and candidate.page.number != page:
        return _ELSEWHERE
    box = candidate.box
    return max(near.x0 - box.x1, box.x0 - near.x1, 0.0) + max(near.y0 - box.y1, box.y0 - near.y1, 0.0)


def _locate_item(
    search: Search,
    position: int,
    item: LineItem,
    provenance: Mapping[str, Provenance],
    taken: Set[tuple[int, int]],
) -> dict[str, Candidate]:
    """The places of one line's cells by path: each where the extractor took it, the others together on one row."""
    found: dict[str, Candidate] = {}
    loose: dict[str, list[Candidate]] = {}
    for info in LINE_ITEMS.columns:
        path, value = item_path(position, info.name), getattr(item, info.name)
        if value is None:
            continue
        page, near = _place(provenance.get(path))
        if near is None:
            loose[info.name] = search.matches(info, value) or search.resorts(info, value, None, None)
        elif (chosen := search.locate(info, value, page, near)) and _away(chosen, page, near) <= 2 * near.height:
            found[path] = chosen
    row = find_row(loose, taken) if loose else {}
    return found | {item_path(position, cell): chosen for cell, chosen in row.items()}
