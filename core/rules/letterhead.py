"""The address that stands below a name at the head of a page, where no label announces it."""

from __future__ import annotations

import re
from typing import NamedTuple

from core.page.layout import Segment, Token
from core.rules.addresses import has_street_word, is_contact, is_registration, is_street, is_town
from core.rules.names import Name
from core.rules.reading import Reading

#: So many lines below a name are looked at.
_LINES = 8
#: What parts the pieces of a line (12 High Street · Leeds · office@acme.example).
_PARTS = re.compile(r"\s*[·•|]\s*")


class Below(NamedTuple):
    """An address as printed, its parts joined by a comma, and its tokens."""

    text: str
    tokens: tuple[Token, ...]


def address_below(reading: Reading, name: Name) -> Below | None:
    """The lines of an address right below ``name``, from the first that names a street or a town to the town."""
    layout = reading.layouts[name.page]
    if (small := _sender_line(reading, name)) is not None:
        return small
    last = max(name.tokens, key=lambda token: token.y1)
    start = next((line.index for line in layout.lines if last in line.tokens), None)
    if start is None:
        return None
    parts: list[str] = []
    tokens: list[Token] = []
    for line in layout.lines[start + 1 : start + 1 + _LINES]:
        segment = max(line.segments, key=lambda one: _overlap(one, name))
        found = _places(segment.text) if _overlap(segment, name) > 0 else []
        if not found or reading.dates_in(segment.tokens):
            if parts:
                break
            continue
        parts += found
        tokens += [token for token in segment.tokens if any(token.text.strip(",;.") in part for part in found)]
        if is_town(found[-1]) and not is_street(found[-1]):
            break
    return Below(", ".join(part.strip(" ,;") for part in parts), tuple(tokens)) if parts else None


def _sender_line(reading: Reading, name: Name) -> Below | None:
    """The line in small print over a letter's window that gives the sender (Acme Ltd · 12 High Street, Leeds)."""
    for segment in reading.layouts[name.page].segments:
        if segment.text.startswith(name.text) and len(segment.text) > len(name.text):
            rest = segment.text[len(name.text) :].strip(" ·•|,-–")
            parts = _places(rest)
            if parts and any(map(is_town, (*parts, *rest.split(",")))):
                start = len(name.text.split())
                return Below(", ".join(part.strip(" ,;") for part in parts), tuple(segment.tokens[start:]))
    return None


def _overlap(segment: Segment, name: Name) -> float:
    x0, x1 = min(token.x0 for token in name.tokens), max(token.x1 for token in name.tokens)
    return min(segment.x1, x1) - max(segment.x0, x0)


def _places(text: str) -> list[str]:
    """The parts of a line that are of an address."""
    return [
        part
        for part in _PARTS.split(text)
        if not is_contact(part)
        and not is_registration(part)
        and (is_street(part) or is_town(part) or has_street_word(part))
    ]
