"""What a person did in a walk, put into the edits of a run; and two people's edits of one run brought together.

Nobody's text goes under: where somebody else changed the very value since it was seen, theirs stays and the later one is told
(:class:`Clash`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from core.evidence import Box, Evidence
from core.extraction import Extraction
from core.review.edits import Edits, tidy
from core.review.stops import OF_DOCUMENT
from core.schema.path import Path

#: Longest text that is taken into a field.
_LONGEST = 10_000

Parse = Callable[[str, str], object]


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that a person did. ``set``: put ``text`` at ``path``, where ``was`` stood; ``place`` is where it stands on the
    page, ``taken`` whether it was proposed. ``yes``: found right what stands at ``paths`` (a stop's ``answers``)."""

    do: Literal["set", "yes"]
    path: str = ""
    text: str = ""
    was: str = ""
    place: Evidence | None = None
    taken: bool = False
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Clash:
    """A value that two changed: its path and title, the text that somebody else put there and stands, and one's own."""

    path: str
    title: str
    theirs: str
    mine: str


def acts_of(told: object, sizes: Mapping[int, tuple[float, float]]) -> list[Act]:
    """Acts from what a browser says; what is none is left out. ``sizes`` are the pages' in page units: it tells places as
    fractions."""
    return [act for one in told if (act := _act(one, sizes)) is not None] if isinstance(told, list) else []


def _act(told: Any, sizes: Mapping[int, tuple[float, float]]) -> Act | None:
    try:
        if told["do"] == "yes":
            return Act("yes", paths=tuple(str(path) for path in told["paths"]))
        if told["do"] != "set":
            return None
        text, was = (str(told[name])[:_LONGEST] for name in ("text", "was"))
        return Act("set", str(told["path"]), text, was, _place(told.get("place"), sizes), bool(told.get("taken")))
    except (KeyError, TypeError, ValueError):
        return None


def _place(told: Any, sizes: Mapping[int, tuple[float, float]]) -> Evidence | None:
    if not told:
        return None
    page = int(told["page"])
    (width, height), (x0, y0, x1, y1) = sizes[page], (min(max(float(part), 0.0), 1.0) for part in told["at"])
    box = Box(min(x0, x1) * width, min(y0, y1) * height, max(x0, x1) * width, max(y0, y1) * height)
    return Evidence(page, (box,), str(told.get("words", ""))[:_LONGEST], 1.0, "drawn")


def carry_out(edits: Edits, extraction: Extraction, acts: Sequence[Act], parse: Parse) -> list[Clash]:
    """Put ``acts`` into ``edits``, in their order; gives those that met another's change and were not taken."""
    clashes: list[Clash] = []
    for act in acts:
        if act.do == "yes":
            edits.confirmed |= {path for path in act.paths if _is_known(edits, extraction, path)}
        elif _is_known(edits, extraction, act.path):
            clashes += _set(edits, extraction, act, parse)
    return clashes


def _set(edits: Edits, extraction: Extraction, act: Act, parse: Parse) -> Iterator[Clash]:
    text, now = tidy(act.path, act.text.strip(), parse), edits.text_at(extraction.values, act.path)
    if now not in (act.was, text, tidy(act.path, act.was, parse)):
        yield Clash(act.path, extraction.type.title_of(act.path), now, text)
        return
    edits.set_text(extraction.values, act.path, text, act.place)
    if act.taken:
        edits.proposed[act.path] = text


def _is_known(edits: Edits, extraction: Extraction, path: str) -> bool:
    """Whether there is a field or cell at ``path``, or the row after a table's last; or it names a check of the document."""
    if path.startswith(OF_DOCUMENT):
        return True
    try:
        extraction.type.field_of(path)
    except KeyError:
        return False
    place = Path.parse(path)
    return not place.is_cell or place.row <= len(edits.rows(extraction.values, extraction.type.table(place.table)))


def merge(base: Edits, mine: Edits, theirs: Edits, extraction: Extraction) -> tuple[Edits, list[Clash]]:
    """``theirs`` with what ``mine`` changed since ``base``; and what both changed to different texts: there theirs stands."""
    values, kind = extraction.values, extraction.type
    merged = _copy(theirs)
    clashes: list[Clash] = []
    for path in _paths(extraction, base, mine, theirs):
        then, own, now = (each.text_at(values, path) for each in (base, mine, theirs))
        if own in (then, now):
            continue
        if now != then:
            clashes.append(Clash(path, kind.title_of(path), now, own))
            continue
        merged.set_text(values, path, own, mine.drawn.get(path))
        if mine.proposed.get(path) == own:
            merged.proposed[path] = own
    merged.confirmed = (merged.confirmed | (mine.confirmed - base.confirmed)) - (base.confirmed - mine.confirmed)
    if mine.receipt != base.receipt and theirs.receipt == base.receipt:
        merged.receipt, merged.saved = mine.receipt, mine.saved
    merged.revision = max(mine.revision, theirs.revision) + 1
    return merged, clashes


def _paths(extraction: Extraction, *edits: Edits) -> Iterator[str]:
    yield from (info.name for info in extraction.type.header)
    for table in extraction.type.tables:
        longest = max(len(each.rows(extraction.values, table)) for each in edits)
        yield from (table.path(row, info.name) for row in range(longest) for info in table.columns)


def _copy(edits: Edits) -> Edits:
    return Edits(
        dict(edits.texts),
        {name: [dict(row) for row in rows] for name, rows in edits.tables.items()},
        dict(edits.drawn),
        set(edits.confirmed),
        dict(edits.proposed),
        edits.receipt,
        edits.saved,
        edits.revision,
    )
