"""The place of one value in a document: a field of its header, or a cell of a row of one of its tables."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

#: A document of many lines has some thousand cells; each is parsed once.
_KNOWN = 8192


class Path(NamedTuple):
    """``field`` alone names a header field; with ``table`` and ``row`` (from 0) it is a column of that row.

    Stored and shown to programs as text, which ``str`` and :meth:`parse` turn into each other: ``total``, or
    ``lines.3.amount``.
    """

    field: str
    table: str = ""
    row: int = -1

    @property
    def is_cell(self) -> bool:
        """Whether it leads into a table."""
        return bool(self.table)

    @property
    def row_number(self) -> int:
        """The row as people count, from 1."""
        return self.row + 1

    @staticmethod
    def parse(text: str) -> Path:
        """The path that ``text`` is. Raises KeyError for what is none."""
        return _parsed(text)

    def __str__(self) -> str:
        return f"{self.table}.{self.row}.{self.field}" if self.table else self.field


@lru_cache(maxsize=_KNOWN)
def _parsed(text: str) -> Path:
    parts = text.split(".")
    if len(parts) == 1:
        return Path(text)
    if len(parts) != 3 or not parts[1].isdecimal():
        raise KeyError(text)
    return Path(parts[2], parts[0], int(parts[1]))


def cell_path(table: str, row: int, field: str) -> str:
    """The path of one cell, as text (``row`` from 0)."""
    return f"{table}.{row}.{field}"


def is_cell(path: str) -> bool:
    """Whether the path ``path`` (as text) leads into a table."""
    return "." in path


def row_of(path: str) -> int | None:
    """The row (from 0) that ``path`` leads into; ``None`` for a header field."""
    parsed = Path.parse(path)
    return parsed.row if parsed.is_cell else None
