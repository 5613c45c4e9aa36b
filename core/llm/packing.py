"""The pages of a document into questions that a model's window holds. What carries no values goes first, and is told."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from core.llm.messages import PageShown
from core.llm.tokens import count_image, count_text

#: Running text (terms and conditions, a letter) has so many words or more, and fewer amounts and digits than this.
_PROSE_WORDS = 120
_FEW_AMOUNTS = 3
_FEW_DIGITS = 0.04
_AMOUNT = re.compile(r"\d[.,]\d{2}(?!\d)")
#: Tokens around a page: its heading and the blank lines.
_HEADING = 16


class Room(NamedTuple):
    """What one question may hold of a document: tokens and pictures."""

    tokens: int
    pictures: int


class Packed(NamedTuple):
    """The pages of each question, and the numbers of those that are in none."""

    parts: tuple[tuple[PageShown, ...], ...]
    left_out: tuple[int, ...] = ()


def pack(pages: Sequence[PageShown], room: Room) -> Packed:
    """``pages`` in as few questions as they need, in page order. Pages are left out only where that is needed and only
    those that carry no values: the emptiest first. A page that is longer than a question is cut between its lines."""
    if _fits(pages, room):
        return Packed((tuple(pages),))
    kept = list(pages)
    dropped: list[int] = []
    for page in sorted((page for page in pages[1:] if not carries_values(page)), key=_worth):
        kept.remove(page)
        dropped.append(page.number)
        if _fits(kept, room):
            break
    return Packed(tuple(_split(kept, room)), tuple(sorted(dropped)))


def halves(pages: Sequence[PageShown]) -> list[tuple[PageShown, ...]]:
    """Two questions in place of one whose reply was too long; a single page is cut between its lines where it has text
    alone. Only one comes back where it cannot be cut."""
    if len(pages) > 1:
        middle = len(pages) // 2
        return [tuple(pages[:middle]), tuple(pages[middle:])]
    rows = pages[0].text.split("\n")
    if len(rows) < 8 or pages[0].picture:
        return [tuple(pages)]
    middle = len(rows) // 2
    return [(replace(pages[0], text="\n".join(part)),) for part in (rows[:middle], rows[middle:])]


def carries_values(page: PageShown) -> bool:
    """Whether a page may hold values of an invoice: not an empty one, and none of running text without amounts. A page of
    which only the picture is known may."""
    if not page.text.strip():
        return page.picture is not None
    solid = re.sub(r"\s", "", page.text)
    digits = sum(char.isdigit() for char in solid) / max(len(solid), 1)
    prose = len(page.text.split()) >= _PROSE_WORDS and digits < _FEW_DIGITS
    return not (prose and len(_AMOUNT.findall(page.text)) < _FEW_AMOUNTS)


def tokens_of(page: PageShown) -> int:
    """Tokens of a page, roughly."""
    return _HEADING + count_text(page.text) + (count_image(page.picture) if page.picture else 0)


def _worth(page: PageShown) -> int:
    return len(_AMOUNT.findall(page.text))


def _fits(pages: Sequence[PageShown], room: Room) -> bool:
    pictures = sum(page.picture is not None for page in pages)
    return pictures <= room.pictures and sum(map(tokens_of, pages)) <= room.tokens


def _split(pages: Sequence[PageShown], room: Room) -> Iterator[tuple[PageShown, ...]]:
    part: list[PageShown] = []
    for page in pages:
        for piece in _pieces(page, room):
            if part and not _fits([*part, piece], room):
                yield tuple(part)
                part = []
            part.append(piece)
    if part:
        yield tuple(part)


def _pieces(page: PageShown, room: Room) -> Iterator[PageShown]:
    """A page that a question holds, or the pieces of a longer one; its picture goes with the first."""
    if _fits([page], room) or "\n" not in page.text:
        yield page
        return
    rows: list[str] = []
    picture = page.picture
    free = room.tokens - (count_image(picture) if picture else 0)
    used = _HEADING
    for row in page.text.split("\n"):
        size = count_text(row) + 1
        if rows and used + size > free:
            yield PageShown(page.number, "\n".join(rows), picture)
            rows, used, picture, free = [], _HEADING, None, room.tokens
        rows.append(row)
        used += size
    yield PageShown(page.number, "\n".join(rows), picture)
