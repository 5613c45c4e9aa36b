"""The header of a table: one or more lines whose cells name columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from core.page.layout import Layout, Line, Token, overlap_share
from core.rules.tables.words import Name, TableWords, is_rate

#: The first heading of a table of taxes on a receipt (GST Summary, Amount, Tax).
_OF_TAXES = re.compile(r"summary|\b(?:gst|sst|vat|tax)\b", re.IGNORECASE)
NUMERIC = frozenset({"quantity", "unit_price", "total_price", "gross"})
#: Each of these is one column of a table; where a name may mean two of them, the other cells decide.
UNIQUE = ("description", "quantity", "unit_price", "total_price")
#: Lines of a header stand closer than this many text heights.
_BAND_GAP = 0.8
_BAND_LINES = 5


@dataclass(eq=False)
class Column:
    """One column: where its name stands, what it may be, and what it was taken for."""

    x0: float
    x1: float
    label: str
    roles: tuple[str, ...]
    key: str = ""
    role: str = ""
    seed: bool = False


@dataclass
class Header:
    """A table's header. ``first`` and ``last`` are its lines; ``stacked`` means that its lines name different columns
    at the same place: a record takes more than one line (a receipt's). ``inferred`` means that no names are printed and
    the columns were told by their numbers."""

    first: int
    last: int
    columns: list[Column] = field(default_factory=list)
    stacked: bool = False
    inferred: bool = False

    def column(self, role: str) -> Column | None:
        """The first column that was taken for ``role``."""
        return next((column for column in self.columns if column.role == role), None)

    @property
    def signature(self) -> tuple[str, ...]:
        """The roles from left to right: a repeated header has the same."""
        return tuple(column.role for column in self.columns)


def find_headers(layout: Layout, words: TableWords) -> list[Header]:
    """The headers on a page from top to bottom, their columns with roles."""
    headers: list[Header] = []
    for line in layout.lines:
        if headers and line.index <= headers[-1].last:
            continue
        tokens = line.tokens
        numbers = [at for at, token in enumerate(tokens) if any(map(str.isdigit, token.key))]
        if not all(is_rate(tokens, at) for at in numbers):
            continue
        if _is_seed(_names(line, words)) or _is_split_seed(layout, line, words):
            header = _header(layout, line, words)
            _choose_roles(header.columns)
            if _is_header(header):
                headers.append(header)
    return headers


def names_columns(line: Line, words: TableWords) -> bool:
    """Whether a line names the columns of some table, of items or not: three or more cells, hardly one that is unknown."""
    if len(line.segments) < 3 or any(char.isdigit() for token in line.tokens for char in token.key):
        return False
    segments = _names(line, words)
    return sum(1 for names in segments if names and names[0].roles) > 2 and _known_share(segments) > 0.6


def _names(line: Line, words: TableWords) -> list[list[Name]]:
    """The names in a line, by segment."""
    return [words.names_in(segment.tokens) for segment in line.segments]


def _is_seed(segments: Sequence[Sequence[Name]]) -> bool:
    """Whether a line is made of names of columns, at least two, one of them of numbers."""
    names = [name for segment in segments for name in segment]
    known = [name for name in names if name.roles]
    if len(known) < 2 or not any(NUMERIC.intersection(name.roles) for name in known):
        return False
    if len({name.roles[0] for name in known}) < 2:
        return False
    return _known_share(segments) >= 0.5


def _is_split_seed(layout: Layout, line: Line, words: TableWords) -> bool:
    """Whether a line of names is a seed together with the next lines, which it overlaps in height: some names of a
    header are set in the middle of others that take two lines."""
    segments = _names(line, words)
    if not segments or _known_share(segments) < 1:
        return False
    for other in layout.lines[line.index + 1 : line.index + 4]:
        if other.y0 >= line.y1:
            break
        segments += _names(other, words)
    return len(segments) > len(line.segments) and _is_seed(segments)


def _known_share(segments: Sequence[Sequence[Name]]) -> float:
    """The share of segments in which every word names a column."""
    return sum(all(name.roles and not name.more for name in segment) for segment in segments) / len(segments)


def _has_digits(name: Name) -> bool:
    return any(char.isdigit() for token in name.tokens for char in token.text)


def _header(layout: Layout, seed: Line, words: TableWords) -> Header:
    """The header around its fullest line ``seed``: lines close above and below that name columns belong to it."""
    band = [seed]
    for step in (-1, 1):
        edge = seed
        index = seed.index + step
        while 0 <= index < len(layout.lines) and len(band) <= _BAND_LINES:
            line = layout.lines[index]
            if not _continues(edge, line, seed, words):
                break
            band.append(line)
            edge = line
            index += step
    band.sort(key=lambda line: line.index)
    columns: list[Column] = []
    header = Header(band[0].index, band[-1].index)
    for line in band:
        for segment in _names(line, words):
            for name in segment:
                _place(columns, _column(name, line is seed), header, words)
    for column in columns:
        column.roles = column.roles or words.guess(column.key)
    header.columns = sorted(columns, key=lambda column: column.x0 + column.x1)
    return header


def _continues(edge: Line, line: Line, seed: Line, words: TableWords) -> bool:
    """Whether ``line``, next to ``edge``, belongs to the header of ``seed``: most of its cells name columns or, above
    the seed, are a word or two over one of its names."""
    gap = max(line.y0 - edge.y1, edge.y0 - line.y1)
    height = min(edge.y1 - edge.y0, line.y1 - line.y0)
    if gap > _BAND_GAP * height:
        return False
    segments = _names(line, words)
    if any(_has_digits(name) for segment in segments for name in segment):
        return False
    if (len(line.tokens) <= 2 and gap < 0.4 * height and not _is_title(line, seed, words)) or _known_share(
        segments
    ) >= 0.5:
        return True
    over = [
        all(name.roles for name in names)
        or (len(segment.tokens) <= 2 and any(segment.overlap_x(other) > 0.4 for other in seed.segments))
        for names, segment in zip(segments, line.segments, strict=True)
    ]
    return line.index < seed.index and _known_share(segments) > 0 and all(over)


def _is_title(line: Line, seed: Line, words: TableWords) -> bool:
    """Whether a line above the names of columns stands over several of them: the table's title."""
    names = [name for segment in _names(seed, words) for name in segment]
    over = [name for name in names if name.tokens[0].x0 < line.x1 and line.x0 < name.tokens[-1].x1]
    return line.index < seed.index and len(line.segments) == 1 and len(over) > 1


def _column(name: Name, seed: bool) -> Column:
    tokens: Sequence[Token] = name.tokens
    text = " ".join(token.text for token in tokens)
    return Column(tokens[0].x0, tokens[-1].x1, text, name.roles, name.key, seed=seed)


def _place(columns: list[Column], new: Column, header: Header, words: TableWords) -> None:
    """Adds a cell of the header, or joins it with the one that it stands under."""
    for old in columns:
        if overlap_share(old.x0, old.x1, new.x0, new.x1) < 0.5:
            continue
        joined = words.columns.get(old.key + new.key)
        if joined:
            _join(old, new, joined, old.key + new.key)
        elif not new.roles:
            _join(old, new, old.roles, old.key if old.roles else old.key + new.key)
        elif not old.roles or {old.roles[0], new.roles[0]} == {"article", "description"}:
            roles = ("description",) if "description" in (*old.roles[:1], *new.roles[:1]) else new.roles
            _join(old, new, roles, new.key)
        elif NUMERIC.intersection(new.roles[:2]) and (
            old.roles[0] in ("unit", "article") or "description" in old.roles
        ):
            header.stacked = True
            old.x0, old.x1, old.label, old.roles, old.key = new.x0, new.x1, new.label, new.roles, new.key
        elif "description" in new.roles and old.roles[0] in NUMERIC:
            header.stacked = True
        else:
            _join(old, new, old.roles, old.key)
        return
    columns.append(new)


def _join(old: Column, new: Column, roles: tuple[str, ...], key: str) -> None:
    old.x0, old.x1 = min(old.x0, new.x0), max(old.x1, new.x1)
    old.label = f"{old.label} {new.label}"
    old.roles, old.key, old.seed = roles, key, old.seed or new.seed


def _choose_roles(columns: Sequence[Column]) -> None:
    """Gives each column one role: names with one meaning first and of these the fuller ones, then the others
    take what is left."""
    taken: set[str] = set()
    for column in sorted(columns, key=lambda column: (len(column.roles), -len(column.key))):
        free = [role for role in column.roles if role not in taken or role not in (*UNIQUE, "position")]
        column.role = free[0] if free else ("other" if not column.roles else f"second_{column.roles[0]}")
        taken.add(column.role)
    for wanted in UNIQUE:
        if wanted not in taken:
            _fill(columns, wanted)
    _choose_total(columns)


def _choose_total(columns: Sequence[Column]) -> None:
    """Where no name says so, the total is the last of several prices, or a price that no quantity goes with."""
    roles = {column.role for column in columns}
    if roles & {"total_price", "gross"}:
        return
    prices = [column for column in columns if column.role in ("unit_price", "second_unit_price")]
    if len(prices) > 1 or (prices and "quantity" not in roles):
        last = max(prices, key=lambda column: column.x1)
        last.role = "total_price"
        if len(prices) > 1:
            prices.remove(last)
            prices[0].role = "unit_price"


def _fill(columns: Sequence[Column], wanted: str) -> None:
    """Finds a column for a role that none took: one that may have it, or for the description an unknown name."""
    spare = [column for column in columns if wanted in column.roles and column.role not in UNIQUE]
    if not spare and wanted == "description":
        spare = [column for column in columns if column.role == "other"]
        spare.sort(key=lambda column: column.x0 - column.x1)
    if not spare and wanted == "quantity":
        spare = _counted(columns)
    if spare:
        spare[0].role = wanted


def _counted(columns: Sequence[Column]) -> list[Column]:
    """The column of numbers (No.) between description and unit price: rows are numbered in front of their text, so these
    say how many."""
    named = next((column for column in columns if column.role == "description"), None)
    price = next((column for column in columns if column.role == "unit_price"), None)
    if named is None or price is None:
        return []
    return [
        column for column in columns if column.role == "position" and named.x1 <= column.x0 and column.x1 <= price.x0
    ]


def _is_header(header: Header) -> bool:
    """Whether the columns make a table of items, not one of taxes or payments."""
    roles = {column.role for column in header.columns}
    numbers = roles & NUMERIC
    if not numbers:
        return False
    taxed = [column for column in header.columns if {"tax_rate", "tax_amount"}.intersection(column.roles)]
    if len(taxed) > 1 and not roles & {"quantity", "description", "article", "position"}:
        return False
    if roles & {"quantity", "unit_price"}:
        return len(roles & {"quantity", "unit_price", "total_price", "gross", "description", "article"}) >= 2
    description = header.column("description")
    taxes = [column for column in header.columns if column.role in ("tax_rate", "tax_amount")]
    if description is None or not description.roles or len(taxes) > 1:
        return False
    return not (taxes and _OF_TAXES.search(description.label))
