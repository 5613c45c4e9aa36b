"""Which of the places that match is meant: where the extractor took the value, else the item's own row, else the
order in which documents are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Any

from pydantic import BaseModel

from core.document_types import type_of
from core.evidence import Box, Evidence, PageText
from core.extraction import Provenance
from core.matching.candidate import Candidate
from core.matching.finders import FINDERS, RESORTS
from core.matching.index import PageIndex
from core.matching.rows import find_row
from core.matching.texts import find_inside
from core.schema.document_type import DocumentType, Table
from core.schema.fields import FieldInfo, FieldKind

_ELSEWHERE = 1e6


def find_evidence(
    values: BaseModel, pages: Sequence[PageText], provenance: Mapping[str, Provenance]
) -> dict[str, Evidence]:
    """Where every value of ``values`` stands on ``pages``; a value that stands nowhere has no entry.

    ``provenance`` (by path) may name page and box where the extractor took a value: of several places that match, the
    one there wins. Cells of a table are only accepted on their own row.
    """
    kind = type_of(values)
    search = Search(pages, kind)
    if not search.indexes:
        return {}
    found: dict[str, Evidence] = {}
    for info in kind.header:
        value = getattr(values, info.name)
        if value is None:
            continue
        chosen = search.locate(info, value, *_place(provenance.get(info.name)))
        if chosen:
            found[info.name] = chosen.evidence()
    taken: set[tuple[int, int]] = set()
    for table in kind.tables:
        for row, cells in enumerate(kind.rows(values, table)):
            for path, chosen in _locate_row(search, table, row, cells, provenance, taken).items():
                found[path] = chosen.evidence()
                taken.update((chosen.page.number, token) for token in chosen.tokens)
    return found


def find_value(
    kind: DocumentType,
    path: str,
    value: Any,
    pages: Sequence[PageText],
    near: Box | None = None,
    page: int | None = None,
) -> Evidence | None:
    """Where one value of a document of ``kind`` stands: at best on ``page`` (from 1) and close to ``near``. ``None`` if it stands nowhere.
    Raises KeyError for an unknown path."""
    info = kind.field_of(path)
    chosen = None if value is None else Search(pages, kind).locate(info, value, page, near)
    return chosen.evidence() if chosen else None


class Search:
    """The pages of one document, searched; equal values are looked up once."""

    def __init__(self, pages: Sequence[PageText], kind: DocumentType) -> None:
        self._last_meant = kind.last_meant
        self.indexes = [PageIndex(page) for page in pages if page.words]
        self._known: dict[tuple[FieldKind, Any], list[Candidate]] = {}

    def locate(self, info: FieldInfo, value: Any, page: int | None, near: Box | None) -> Candidate | None:
        """The best place of one value, cheapest means first."""
        candidates = self.matches(info, value) or self.resorts(info, value, page, near)
        return _choose(info, candidates, page, near, last=info.name in self._last_meant)

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


def _choose(
    info: FieldInfo, candidates: Sequence[Candidate], page: int | None, near: Box | None, *, last: bool
) -> Candidate | None:
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
    return good[-1] if last else good[0]


def _away(candidate: Candidate, page: int | None, near: Box) -> float:
    """How far a candidate is from ``near``, in page units; another page is far."""
    if page is not None and candidate.page.number != page:
        return _ELSEWHERE
    box = candidate.box
    return max(near.x0 - box.x1, box.x0 - near.x1, 0.0) + max(near.y0 - box.y1, box.y0 - near.y1, 0.0)


def _locate_row(
    search: Search,
    table: Table,
    row: int,
    cells: BaseModel,
    provenance: Mapping[str, Provenance],
    taken: Set[tuple[int, int]],
) -> dict[str, Candidate]:
    """The places of one row's cells by path: each where the extractor took it, the others together on one row."""
    found: dict[str, Candidate] = {}
    loose: dict[str, list[Candidate]] = {}
    for info in table.columns:
        path, value = table.path(row, info.name), getattr(cells, info.name)
        if value is None:
            continue
        page, near = _place(provenance.get(path))
        if near is None:
            loose[info.name] = search.matches(info, value) or search.resorts(info, value, None, None)
        elif (chosen := search.locate(info, value, page, near)) and _away(chosen, page, near) <= 2 * near.height:
            found[path] = chosen
    placed = find_row(loose, taken, table) if loose else {}
    return found | {table.path(row, cell): chosen for cell, chosen in placed.items()}
