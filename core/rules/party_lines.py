"""The lines of a party told apart: which one is the name, which are the address, which are neither."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.page.layout import Token
from core.rules.addresses import (
    has_legal_form,
    has_street_word,
    is_contact,
    is_country,
    is_place,
    is_province,
    is_salutation,
    is_street,
    is_title,
    is_town,
)

#: What may stand around a part of an address and belongs to none.
EDGE = " ,;:·|-–•*\u200b"
#: ``Global number: 4711``: a labelled detail, no name and no street.
_LABELLED = re.compile(r"^[^\W\d_][^:]{2,24}:\s*\S*\d{3}")
#: Words that end an English street or building that has no number.
_UNNUMBERED = frozenset(
    "street road lane avenue drive terrace crescent close court square place house works mill farm estate park centre center "
    "rectory vicarage cottage lodge manor barn priory chapel forge granary stables quay wharf yard buildings boathouse grove gardens green hill row walk mews parade business".split()
)
#: So many words before a street make a name of a line.
_CALLED = 2
#: A postcode on a line of its own, below its town.
_POSTCODE = re.compile(r"^\d{4,6}$")
_BRITISH = re.compile(r"^[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}$")
_SEPARATORS = re.compile(r"\s[·•|*–-]\s|[·•|]|,\s|\s/\s")


@dataclass(frozen=True, slots=True)
class PartyLine:
    """One printed line of a party."""

    text: str
    tokens: tuple[Token, ...]


def line_of(tokens: Sequence[Token]) -> PartyLine:
    """Tokens as one line."""
    return PartyLine(" ".join(token.text for token in tokens).strip(EDGE), tuple(tokens))


def assemble(lines: Sequence[PartyLine]) -> tuple[PartyLine | None, list[PartyLine]] | None:
    """Lines of a block as (name, address lines): contacts and salutations are left out, what stands between the name and
    the street (a department, a person) belongs to neither. ``None`` where nothing is left."""
    kept = _with_title(
        [line for at, line in enumerate(lines) if _belongs(line.text) or (at > 2 and _is_postcode(line))]
    )
    if len(kept) == 1 and is_town(kept[0].text):
        kept = _split(kept[0])
    if not kept:
        return None
    while len(kept) > 1 and len(kept[0].text) < 3:
        kept = kept[1:]
    first = next((at for at, line in enumerate(kept) if at and _begins_address(line.text)), None)
    if first is None and (is_street(kept[0].text) or is_town(kept[0].text)):
        pieces = _split(kept[0])
        if len(pieces) > 1 and not is_street(pieces[0].text):
            return pieces[0], [*pieces[1:], *kept[1:]]
        return None, kept
    if first is None:
        return kept[0], []
    if first > 1 and _BRITISH.match(kept[first].text):
        # a British postcode on a line of its own: the town and what names no street stand above it
        first = 1
    if _is_sure_street(kept[0].text) and not has_legal_form(kept[0].text) and not _is_numbered_name(kept):
        return None, _to_country(kept)
    return kept[0], _to_country(kept[first:])


def _begins_address(text: str) -> bool:
    """Whether a line below the name is the address's first: a street, a town, or anything with a number in it."""
    return is_street(text) or is_town(text) or any(map(str.isdigit, text)) or is_unnumbered(text)


def _is_numbered_name(lines: Sequence[PartyLine]) -> bool:
    """Whether a block's first line that ends in a number is a name (Bluefin Store 2): street and town have lines of their own."""
    first, *rest = (line.text for line in lines)
    # a community of owners is called after its street: the name stands in front of that
    words = first.split()
    called = len(words) > 3 and not has_street_word(" ".join(words[:_CALLED]))
    return (
        len(rest) > 1
        and not first[:1].isdigit()
        and (called or not has_street_word(first))
        and _is_sure_street(rest[0])
        and has_street_word(rest[0])
        and is_town(rest[1])
    )


def _is_sure_street(text: str) -> bool:
    """Whether a block's first line is a street and no name: it has a number, or begins as places do."""
    return is_street(text) and (any(map(str.isdigit, text)) or is_place(text))


def is_unnumbered(text: str) -> bool:
    """Whether a line is an English street or building without a number (Quay Road, The Old Mill)."""
    parts = [[word.strip(EDGE) for word in part.split()] for part in text.split(",")]
    return any(1 < len(words) < 5 and words[-1].casefold() in _UNNUMBERED and words[0][:1].isupper() for words in parts)


def _is_postcode(line: PartyLine) -> bool:
    """Whether a line is a bare postcode, as South African addresses end."""
    return _POSTCODE.match(line.text) is not None


def _with_title(lines: Sequence[PartyLine]) -> list[PartyLine]:
    """Lines without salutations; a person's title on a line of its own (Herrn) goes before the name."""
    kept: list[PartyLine] = []
    title: PartyLine | None = None
    for line in lines:
        if is_salutation(line.text):
            title = line if is_title(line.text) else None
            continue
        if title is not None and not kept:
            line = PartyLine(f"{title.text} {line.text}", (*title.tokens, *line.tokens))
        kept.append(line)
        title = None
    return kept


def _belongs(text: str) -> bool:
    """Whether a line may be a part of a name or an address: no contact, no bare number, no initials."""
    letters = sum(map(str.isalpha, text))
    digits = sum(map(str.isdigit, text))
    if is_contact(text) or letters < 2 or (text.startswith("(") and text.endswith(")")):
        return is_town(text)
    if _LABELLED.match(text) and not is_street(text):
        return False
    return digits < 2 * letters or is_town(text)


def _to_country(lines: Sequence[PartyLine]) -> list[PartyLine]:
    """The address up to its town and country."""
    found: list[PartyLine] = []
    complete = False
    for line in lines:
        if complete and not ends_in_country(line.text) and not is_town(line.text) and not is_province(line.text):
            break
        found.append(line)
        complete = complete or is_town(line.text) or _is_postcode(line)
    return found


def ends_in_country(text: str) -> bool:
    """Whether a line is a country, or a province with its country (Navarra, España)."""
    head, _, last = text.strip(EDGE).rpartition(",")
    return is_country(last.strip(EDGE)) and not any(map(str.isdigit, head))


def _split(line: PartyLine) -> list[PartyLine]:
    """A party on one line (Acme Ltd, 12 High Street, Leeds LS1 5AB), as its parts."""
    parts = [part for part in _SEPARATORS.split(line.text) if part and part.strip(EDGE)]
    pieces: list[PartyLine] = []
    at = 0
    for part in parts:
        words = len(part.split())
        pieces.append(
            line_of(line.tokens[at : at + words])
            if at + words <= len(line.tokens)
            else PartyLine(part.strip(EDGE), line.tokens)
        )
        pieces[-1] = PartyLine(part.strip(EDGE), pieces[-1].tokens)
        at += words
    return pieces
