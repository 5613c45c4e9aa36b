"""Records from elsewhere, looked through before they are brought in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from core.records import describe_duplicate
from core.stores.records import Duplicate, Record
from core.stores.workbook import FoundRows


@dataclass(frozen=True, slots=True)
class Incoming:
    """What a workbook would bring: the ``new`` records, and as (place, sentence) those that are ``there`` already, what is ``not_understood``,
    and cells of new ones that are left ``empty`` as they cannot be their field's value."""

    new: tuple[Record, ...]
    there: tuple[tuple[str, str], ...]
    not_understood: tuple[tuple[str, str], ...]
    empty: tuple[tuple[str, str], ...]


def sort_incoming(found: Iterable[FoundRows], same: Callable[[Record], list[Duplicate]]) -> Incoming:
    """What of ``found`` is new; ``same`` gives what is stored already of a record. Its first version is the one that comes."""
    new: list[Record] = []
    there, odd, empty = [], [], []
    for rows in found:
        if rows.record is None:
            odd.append((rows.place, rows.why))
        elif known := same(rows.record):
            there.append((rows.place, describe_duplicate(known[0])))
        else:
            new.append(replace(rows.record, version=None))
            empty += [(rows.place, sentence) for sentence in rows.unread]
    return Incoming(tuple(new), tuple(there), tuple(odd), tuple(empty))
