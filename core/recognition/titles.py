"""What a document calls itself: the titles in the upper part of a page, in the languages that are read."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from core.notation.folding import fold
from core.page.layout import Layout, Segment, Token

#: A title in print this many times as tall as the text counts that much, and no more than that.
_LARGEST = 2.5
#: A title stands in this upper part of the first page.
_TOP = 0.5
#: What calls itself something else, without being large, may only name another document (“Delivery note: 4711”).
_LARGE = 1.2
#: A title followed by more than this many words is the beginning of a sentence.
_LONGEST = 3
#: What stands beneath a label is so many text heights away at most.
_NEAR = 1.5
#: A title that quotes an invoice is no longer than this after its own words.
_LONGEST_QUOTE = 6
#: A title has so many words at most.
_WORDS = 5
_BOTH = frozenset({"/", "&", "+", "and", "und", "et", "y", "e", "en"})
#: Compounds that name an invoice of some kind (Mietrechnung, Huurfactuur).
_COMPOUNDS = ("rechnung", "factuur", "faktura")
_COMPOUND = 8
#: A title behind another's name on its line is set in print this many times as tall.
_TALLER = 1.2
#: What may stand between a title and its number (Lieferschein Nr. 4711), folded.
_SIGNS = frozenset({"", "no", "nr", "n", "num", "number", "nummer", "numero", "numer", "nro"})
#: How labels begin that speak of an invoice, folded.
_INVOICES = ("inv", "rechnung", "factu", "fattura", "faktur", "fatura")
#: A count before a title: 3. Mahnung, 2nd reminder, 1er rappel.
_COUNT = re.compile(r"^\d{1,2}(?:\.|st|nd|rd|th|er|ère|e|ème|a|ª|º|°)?$", re.IGNORECASE)


class Called(NamedTuple):
    """What a phrase names: a kind of invoice (``invoice``, ``credit note``, ``receipt``), or ``other`` with what that is in English."""

    kind: str
    other: str = ""


#: What documents of further types call themselves: folded phrase -> what that is told as.
Names = Mapping[str, str]
NO_NAMES: Names = MappingProxyType({})


class Title(NamedTuple):
    """``alone``: nothing follows it in its cell; ``numbered``: nothing but its number does; ``valued``: a number or date beside or beneath
    it, so that it may be a label (Delivery note: 4711). ``weight`` grows with its size."""

    kind: str
    other: str
    text: str
    weight: float
    large: bool
    alone: bool
    valued: bool
    numbered: bool = False


class _Named(NamedTuple):
    """A title with its words as printed, the tokens that it is set in, and those that follow it."""

    called: Called
    text: str
    tokens: Sequence[Token]
    following: Sequence[Token] = ()


def find_titles(layout: Layout, names: Names = NO_NAMES) -> Iterator[Title]:
    """The segments of a page that are or begin with a document's name, or end with one in larger print (a house's name with the title
    close behind it)."""
    for segment in layout.segments:
        if segment.y0 > _TOP * layout.height:
            continue
        named = _named(segment, names)
        if named is None:
            continue
        found, rest = named.called, sum(1 for token in named.following if token.key)
        quotes = rest > 0 and _quotes_invoice(segment.tokens, rest)
        if rest > (_LONGEST_QUOTE if quotes else _LONGEST):
            continue
        size = min(segment.height / layout.text_height, _LARGEST)
        alone = rest == 0 or (found.kind == "other" and quotes)
        weight = size * (1.0 if alone else 0.7)
        valued = not quotes and _has_value(layout, segment)
        numbered = rest > 0 and _is_its_number(named.following)
        yield Title(found.kind, found.other, named.text, weight, size >= _LARGE, alone, valued, numbered)


def find_number(layout: Layout, names: Iterable[str]) -> str:
    """The number that a page gives itself under one of its ``names`` (folded): “Delivery note 4711”, “Delivery note no.: 4711”;
    empty where there is none."""
    own = tuple(names)
    for segment in layout.segments:
        start = next(
            (end for end in range(min(len(segment.tokens), _WORDS), 0, -1) if _key(segment.tokens[:end]) in own), 0
        )
        if not start:
            continue
        near = [segment.tokens[start:]]
        near += [other.tokens for other in (*layout.right_of(segment)[:1], *layout.below(segment, _NEAR)[:1])]
        for tokens in near:
            if number := next((text for token in tokens[:3] if _is_number(text := token.text.strip(" :#,;"))), ""):
                return number
    return ""


def phrases_for(other: str) -> frozenset[str]:
    """The folded phrases by which what is told as ``other`` is known."""
    return frozenset(phrase for phrase, called in _phrases().items() if called.other == other)


def called(words: str) -> Called | None:
    """What ``words`` name, where they are a document's name that ships."""
    return _phrases().get(fold(words))


def says_no(segment_key: str) -> bool:
    """Whether folded words say that this is no invoice (“This is not a tax invoice”)."""
    return segment_key.startswith(_denials())


def is_invoices(label: str) -> bool:
    """Whether a label speaks of an invoice by name (“Invoice no.”), not of just any number, nor of a receipt (“Factura simplificada”)."""
    words = label.split()
    names = [found for end in range(1, len(words) + 1) if (found := called(" ".join(words[:end]))) is not None]
    if names and names[-1].kind == "receipt":
        return False
    if any(found.kind in ("invoice", "credit note") for found in names) or fold(label).startswith(_INVOICES):
        return True
    return any(_is_compound(fold(word)) for word in words)  # Handelsrechnung, eRechnung


def is_slips(label: str) -> bool:
    """Whether a label announces the number that only the slip of a till has (“Bon-Nr.”)."""
    return fold(label) in _slips()


def begins_with_other(tokens: Sequence[Token]) -> bool:
    """Whether ``tokens`` begin with the name of a document that is neither invoice nor receipt (“Bon de livraison”)."""
    found = (_phrases().get(_key(tokens[:end])) for end in range(min(len(tokens), _WORDS), 0, -1))
    longest = next((one for one in found if one), None)
    return longest is not None and longest.kind == "other"


def is_name(words: str) -> bool:
    """Whether words, folded, are nothing but a document's name."""
    return words in _phrases()


def _key(tokens: Sequence[Token]) -> str:
    return "".join(token.key for token in tokens)


def _is_number(text: str) -> bool:
    return any(char.isdigit() for char in text) and not text.endswith("%")


def _is_compound(key: str) -> bool:
    return len(key) > _COMPOUND and key.endswith(_COMPOUNDS) and not key.endswith("berechnung")


def _is_its_number(following: Sequence[Token]) -> bool:
    """Whether nothing but a number follows a title, with or without a sign before it (Lieferschein Nr. 8087676)."""
    *signs, last = [token for token in following if token.key]
    return _is_number(last.text) and all(token.key in _SIGNS for token in signs)


def _quotes_invoice(tokens: Sequence[Token], rest: int) -> bool:
    """Whether a title, with its last ``rest`` words, goes on with the invoice that it is about (Mahnung *zur Rechnung 4711*); one that is both at once
    (Delivery note / Invoice) says so with a stroke or an “and”."""
    if any(token.text.strip() in _BOTH for token in tokens):
        return False
    following = [token for token in tokens if token.key][-rest:]
    return any(found.kind == "invoice" for token in following if (found := _phrases().get(token.key)))


def _has_value(layout: Layout, segment: Segment) -> bool:
    """Whether ``segment`` may be a label: a number or a date begins the next cell, or what stands right beneath it, or it
    ends in a colon."""
    if segment.tokens[-1].text.endswith((":", "#")):
        return True
    near = [*layout.right_of(segment)[:1], *layout.below(segment, _NEAR)[:1]]
    begin = [token.text for other in near for token in other.tokens[:2]]
    return any(text.startswith((":", "#")) or any(char.isdigit() for char in text) for text in begin)


def _named(segment: Segment, names: Names) -> _Named | None:
    """The name that the longest phrase at the segment's beginning is (after a count: 3. Mahnung, 2nd reminder), or at its end in
    larger print."""
    tokens = segment.tokens
    start = 1 if len(tokens) > 1 and _COUNT.match(tokens[0].text) else 0
    for end in range(min(len(tokens), start + _WORDS), start, -1):
        if found := _meant(_key(tokens[start:end]), names):
            return _Named(found, _printed(tokens[:end]), tokens[:end], tokens[end:])
    if found := _meant(fold(segment.text.replace(" ", "")), names):  # a title in s p a c e d letters
        return _Named(found, segment.text, tokens)
    if _is_compound(tokens[0].key):
        return _Named(Called("invoice"), tokens[0].text, tokens[:1], tokens[1:])
    return _set_apart(tokens, names)


def _set_apart(tokens: Sequence[Token], names: Names) -> _Named | None:
    """The name at the end of a line in clearly larger print than what stands before it."""
    for start in range(max(1, len(tokens) - _WORDS), len(tokens)):
        before, last = tokens[:start], tokens[start:]
        taller = min(token.height for token in last) >= _TALLER * max(token.height for token in before)
        if taller and (found := _meant(_key(last), names)):
            return _Named(found, _printed(last), last)
    return None


def _printed(tokens: Sequence[Token]) -> str:
    return " ".join(token.text for token in tokens).strip(" :#")


def _meant(key: str, names: Names) -> Called | None:
    return Called("other", names[key]) if key in names else _phrases().get(key)


@cache
def _phrases() -> Mapping[str, Called]:
    """Folded phrase -> what it names."""
    kinds = {kind: found for kind, found in _words().items() if kind not in ("other", "denials", "slips")}
    phrases = {fold(phrase): Called("other", name) for name, found in _words()["other"].items() for phrase in found}
    return phrases | {fold(phrase): Called(kind) for kind, found in kinds.items() for phrase in found}


@cache
def _denials() -> tuple[str, ...]:
    return tuple(fold(phrase) for phrase in _words()["denials"])


@cache
def _slips() -> frozenset[str]:
    return frozenset(fold(phrase) for phrase in _words()["slips"])


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("titles.toml").read_text(encoding="utf-8"))
