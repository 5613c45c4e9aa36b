"""Documents of the types that ship beside the invoice: by the type's own words, and by the rules of invoices where it has fields
of one. First comes what the type's own reader took, then what its file of words calls by a name, then what the rules make of
the page."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from importlib import import_module
from typing import Any

from core.declared.extractor import read_declared
from core.declared.labelled import NUMBERS
from core.declared.words import definition_of, values_of, words_of
from core.evidence import PageText
from core.extraction import Candidate as Other
from core.extraction import Provenance
from core.extractor import Extracted
from core.notation.currencies import currency_of
from core.notation.folding import fold
from core.page.layout import Segment
from core.rules.candidates import find_candidates
from core.rules.extractor import Drafting, draft_invoice, strange_language
from core.rules.header import Candidate
from core.rules.lexicon import load_lexicon
from core.rules.reading import Reading
from core.schema.document_type import DocumentType, Table

#: How the columns of an invoice's table are called in models, where that is otherwise than in the files of words.
_COLUMNS = {"article": "article_number"}
#: Columns of invoices that no model has by such a name.
_OTHERS = frozenset({"position", "gross", "date", "tax_amount"})
#: How sure a value is that no word announces.
_UNANNOUNCED = 0.6
_PHRASE = 4
#: A count that stands in one piece with its unit (4 pcs).
_COUNT = re.compile(r"^[\d.,]+\s+")
#: So many other values are kept for a field.
_SHOWN = 6


def read_of_type(pages: Sequence[PageText], kind: DocumentType) -> Extracted:
    """The document on ``pages`` as one of ``kind``. What the page does not print is ``None``."""
    if kind.like_invoice is None:
        return read_declared(pages, definition_of(kind), kind)
    draft = draft_invoice(Reading(pages, load_lexicon()))
    for name, found in draft.header.items():
        if name not in draft.values:
            draft.take(name, found.value, found)
    before = dict(draft.provenance)
    if kind.reader:
        import_module(kind.reader).read_more(draft)
    own = frozenset(name for name, known in draft.provenance.items() if before.get(name) is not known)
    _take_values(draft, kind)
    by_words = read_declared(
        pages, definition_of(kind, draft.reading.language, _heads(draft.reading), named_only=True), kind
    )
    return _Joined(draft, own, by_words, kind).extracted()


def _heads(reading: Reading) -> Mapping[str, list[str]]:
    """The words that head the columns of an invoice's table in the document's language and in English, by column."""
    found: dict[str, list[str]] = defaultdict(list)
    for word, known in reading.lexicon.columns.items():
        meant = [kinds for kinds in (known.get(reading.language or ""), known.get("en")) if kinds]
        if word in NUMBERS or any(kinds[0] == "position" for kinds in meant):
            continue  # a running number's head is no quantity's
        for kinds in meant:
            if kinds[0] not in _OTHERS:
                found[_COLUMNS.get(kinds[0], kinds[0])].append(word)
    return found


def _take_values(draft: Drafting, kind: DocumentType) -> None:
    """Takes what stands on the page of the values that a field is known to have (Visa, Cash), the last one: a till prints how it
    was paid at its end."""
    for name, words in values_of(kind).items():
        keys = {fold(word) for word in words}
        found = [
            (page, segment, end)
            for page, layout in enumerate(draft.reading.layouts)
            for segment in layout.segments
            if (end := _begins_with(segment, keys))
        ]
        if found and name not in draft.values:
            page, segment, end = found[-1]
            tokens = tuple(segment.tokens[:end])
            text = " ".join(token.text for token in tokens).strip(" :.*")
            draft.take(name, text, Candidate(name, text, tokens, page, _UNANNOUNCED, "known value", ""))


def _begins_with(segment: Segment, keys: set[str]) -> int:
    """How many words of a segment are one of ``keys``, where nothing but figures follows them; 0 where they are none."""
    tokens = segment.tokens
    for end in range(min(_PHRASE, len(tokens)), 0, -1):
        if "".join(token.key for token in tokens[:end]) in keys:
            rest = [token.text for token in tokens[end:]]
            bare = all(any(map(str.isdigit, text)) or not text.isalpha() or currency_of(text) for text in rest)
            return end if bare else 0
    return 0


class _Joined:
    """Joins what the invoice's rules and the type's words read."""

    def __init__(self, draft: Drafting, own: Set[str], by_words: Extracted, kind: DocumentType) -> None:
        self.draft, self.own, self.by_words, self.kind = draft, own, by_words, kind
        self.values: dict[str, Any] = {}
        self.provenance: dict[str, Provenance] = {}

    def extracted(self) -> Extracted:
        """The document."""
        for info in self.kind.header:
            for value, known in self._sources(info.name):
                if value is not None and known is not None:
                    value = self._without_heading(value) if info.kind == "name" else value
                    self.values[info.name], self.provenance[info.name] = value, known
                    break
        for table in self.kind.tables:
            self._take_rows(table)
        draft, reading = self.draft, self.draft.reading
        doubt = strange_language(reading)
        return Extracted(
            self.kind.model.model_validate(self.values),
            json.dumps(self._raw(), ensure_ascii=False),
            self.provenance,
            reading.language,
            findings=(*self.by_words.findings, *([doubt] if doubt else ())),
            document_type=self.kind.told_kinds[0],
            notation=reading.notation,
            candidates=self._candidates(draft),
            layouts=tuple(reading.layouts),
        )

    def _sources(self, name: str) -> Iterator[tuple[Any, Provenance | None]]:
        """What a header field may be, with why, the first to be taken first."""
        if name in self.own:
            yield self.draft.values.get(name), self.draft.provenance.get(name)
        if name in words_of(self.kind, self.draft.reading.language):
            yield getattr(self.by_words.values, name), self.by_words.provenance.get(name)
        for called in (name, (self.kind.like_invoice or {}).get(name, name)):
            yield self.draft.values.get(called), self.draft.provenance.get(called)

    def _without_heading(self, name: str) -> str:
        """A name without what the document calls itself, where that stands on its line."""
        words = name.split()
        headings = {fold(words) for words in words_of(self.kind).get("headings", ())}
        for end in range(1, len(words)):
            if fold("".join(words[end:])) in headings:
                return " ".join(words[:end])
        return name

    def _take_rows(self, table: Table) -> None:
        """The rows that the rules read, with what the words find beside them; the words' rows where the type's have no amounts."""
        columns = [info.name for info in table.columns]
        ruled = self._ruled(table, columns)
        worded = _rows(self.by_words.provenance, self.by_words.values, table, columns)
        has_amounts = any(info.kind == "money" for info in table.columns)
        first, second = (ruled, worded) if ruled and (has_amounts or not worded) else (worded, ruled)
        taken = {
            known.box
            for name, known in self.provenance.items()
            if known.box and (name in self.own or self.by_words.provenance.get(name) is known)
        }
        needed = () if has_amounts else tuple(info.name for info in table.columns if info.required)
        joined = (_with_beside(row, second) for row in first if not _is_of_header(row, taken))
        rows = [row for row in joined if all(name in row for name in needed)]
        self.values[table.name] = tuple({name: value for name, (value, _) in row.items()} for row in rows)
        for at, row in enumerate(rows):
            self.provenance |= {table.path(at, name): known for name, (_, known) in row.items()}

    def _ruled(self, table: Table, columns: Sequence[str]) -> list[_Row]:
        read: Mapping[str, Sequence[Any]] = {"line_items": self.draft.items, "taxes": self.draft.taxes}
        holder = type("Rows", (), {table.name: tuple(read.get(table.name, ()))})
        return _rows(self.draft.provenance, holder, table, columns)

    def _candidates(self, draft: Drafting) -> dict[str, tuple[Other, ...]]:
        """What else each header field may be."""
        found = find_candidates(draft.reading, draft.weighed, draft.totals.candidates, draft.names, draft.parties)
        like = self.kind.like_invoice or {}
        others: dict[str, tuple[Other, ...]] = {}
        for info in self.kind.header:
            some = (*self.by_words.candidates.get(info.name, ()), *found.get(like.get(info.name, info.name), ()))
            distinct = {one.value.casefold(): one for one in reversed(some)}
            if distinct:
                others[info.name] = tuple(reversed(distinct.values()))[:_SHOWN]
        return others

    def _raw(self) -> dict[str, Any]:
        header = [
            {"field": one.field, "value": str(one.value), "label": one.label, "rule": one.rule}
            for one in self.draft.weighed[: 4 * _SHOWN]
        ]
        return {
            "type": self.kind.name,
            "language": self.draft.reading.language,
            "header": header,
            "by_words": json.loads(self.by_words.raw)["header"],
        }


#: The cells of one row with why each is there.
_Row = dict[str, tuple[Any, Provenance]]


def _rows(provenance: Mapping[str, Provenance], values: Any, table: Table, columns: Sequence[str]) -> list[_Row]:
    found: list[_Row] = []
    for at, row in enumerate(getattr(values, table.name)):
        cells = {name: (getattr(row, name, None), provenance.get(table.path(at, name))) for name in columns}
        found.append({name: (value, known) for name, (value, known) in cells.items() if value is not None and known})
    return found


def _is_of_header(row: _Row, taken: Set[object]) -> bool:
    """Whether the amount of a row is one of the header's: a tip that stands among the goods."""
    known = row.get("total_price", (None, None))[1]
    return known is not None and known.box in taken


def _with_beside(row: _Row, others: Sequence[_Row]) -> _Row:
    """``row`` with the cells that it lacks of the one of ``others`` that stands at its height."""
    level = next((other for other in others if _are_level(row, other)), {})
    joined = {**{name: cell for name, cell in level.items() if name not in row}, **row}
    if "unit" in joined:
        unit, known = joined["unit"]
        joined["unit"] = _COUNT.sub("", unit), known
    return joined


def _are_level(row: _Row, other: _Row) -> bool:
    ours, theirs = _band(row), _band(other)
    if ours is None or theirs is None or ours[0] != theirs[0]:
        return False
    return ours[1] <= (theirs[1] + theirs[2]) / 2 <= ours[2] or theirs[1] <= (ours[1] + ours[2]) / 2 <= theirs[2]


def _band(row: _Row) -> tuple[int, float, float] | None:
    """The page of a row and its upper and lower edge there."""
    places = [(known.page, known.box) for _, known in row.values() if known.page is not None and known.box is not None]
    if not places:
        return None
    page = places[0][0]
    boxes = [box for at, box in places if at == page]
    return page, min(box[1] for box in boxes), max(box[3] for box in boxes)
