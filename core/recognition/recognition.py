"""A document's type by its title, the labels on it and its shape."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from core.document_types import USUAL
from core.extraction import Finding
from core.notation.folding import fold
from core.page.layout import Layout, Segment, Token

#: A title in print this many times as tall as the text counts that much, and no more than that.
_LARGEST = 2.5
#: A title stands in this upper part of the first page.
_TOP = 0.5
#: What calls itself something else, without being large, may only name another document (“Delivery note: 4711”).
_LARGE = 1.2
#: Another document's name is the title where it is this much larger than ours (a quotation says “Invoice to” as well).
_PLAINLY = 1.5
#: A title followed by more than this many words is the beginning of a sentence.
_LONGEST = 3
#: What stands beneath a label is so many text heights away at most.
_NEAR = 1.5
#: A title that quotes an invoice is no longer than this after its own words.
_LONGEST_QUOTE = 6
_BOTH = frozenset({"/", "&", "+", "and", "und", "et", "y", "e", "en"})
#: Compounds that name an invoice of some kind (Mietrechnung, Huurfactuur).
_COMPOUNDS = ("rechnung", "factuur", "faktura")
_COMPOUND = 8
#: A longer sentence speaks of more than the document.
_LONGEST_DENIAL = 60
#: A count before a title: 3. Mahnung, 2nd reminder, 1er rappel.
_COUNT = re.compile(r"^\d{1,2}(?:\.|st|nd|rd|th|er|ère|e|ème|a|ª|º|°)?$", re.IGNORECASE)
#: Running text has so many words and hardly an amount.
_LETTER_WORDS = 60


class Label(Protocol):
    """A label on the page, such as “Invoice no.”, as printed."""

    @property
    def text(self) -> str:
        """Its words."""


class Labelled(Protocol):
    """What has to be known of a document to tell what it is: its pages as lines, and the labels on them."""

    layouts: list[Layout]

    @property
    def is_receipt(self) -> bool:
        """Whether it is a till receipt."""

    @property
    def prints_cents(self) -> bool:
        """Whether amounts are printed with their cents."""

    @property
    def number_labels(self) -> Sequence[Label]:
        """The labels that announce the document's own number."""

    @property
    def sum_labels(self) -> Sequence[Label]:
        """The labels that announce its sums."""


class Recognition(NamedTuple):
    """A document's type (one of the usual type's kinds, or ``other``), how sure that is (0 to 1), what it calls
    itself as printed, and for ``other`` what that is in English."""

    document_type: str
    score: float
    title: str = ""
    other: str = ""


class _Title(NamedTuple):
    """``alone``: nothing follows it in its cell; ``valued``: a number or date beside or beneath it, so that it may be a
    label (Delivery note: 4711)."""

    kind: str
    other: str
    text: str
    weight: float
    large: bool
    alone: bool
    valued: bool


def recognise(reading: Labelled) -> Recognition:
    """What the document of ``reading`` is. Documents that do not say what they are pass for invoices, at a low score; only
    one that plainly is something else is ``other``."""
    if not any(layout.lines for layout in reading.layouts):
        return Recognition("invoice", 0.0)
    if denial := _denial(reading):
        return Recognition("other", 0.8, denial, "slip")
    titles = list(_titles(reading.layouts[0]))
    ours = [title for title in titles if title.kind != "other"]
    best = max(titles, key=lambda title: title.weight, default=None)
    other = best if best is not None and best.kind == "other" and best.large else None
    if reading.is_receipt and other is None and not (best and best.kind == "credit note"):
        return Recognition("receipt", 0.8, ours[0].text if ours else "")
    small = max((title.weight for title in ours), default=0.0)
    if other and other.weight > _PLAINLY * small and (other.alone or not _has_number(reading)):
        return Recognition("other", 0.8, other.text, other.other)
    plain = next((title for title in titles if title.kind == "other" and title.alone and not title.valued), None)
    if plain and not any(title.alone for title in ours):
        # it quotes an invoice's number, but nothing on it calls itself one
        return Recognition("other", 0.7, plain.text, plain.other)
    if ours:
        return _heaviest(ours)
    if reading.number_labels or reading.sum_labels:
        return Recognition("invoice", 0.6 if reading.number_labels else 0.4)
    return Recognition("other", 0.6, "", "letter") if _is_running_text(reading) else Recognition("invoice", 0.2)


def doubt_of(found: Recognition) -> Finding | None:
    """A finding for a document that plainly is no invoice: nothing should be paid on it unseen."""
    if found.document_type != "other":
        return None
    article = "an" if found.other[:1] in "aeiou" else "a"
    if found.title:
        sentence = f"This calls itself “{found.title}”: it looks like {article} {found.other}, not an invoice."
    else:
        sentence = "This looks like a letter, not an invoice: it names no invoice number, total or tax."
    return Finding("document_type", "warning", sentence, (USUAL.identifier,))


def _heaviest(titles: list[_Title]) -> Recognition:
    votes: dict[str, float] = {}
    for title in titles:
        votes[title.kind] = max(votes.get(title.kind, 0.0), title.weight)
    kind = max(votes, key=lambda name: votes[name])
    rest = max((weight for name, weight in votes.items() if name != kind), default=0.0)
    best = max((title for title in titles if title.kind == kind), key=lambda title: title.weight)
    return Recognition(kind, round(0.6 + 0.35 * (votes[kind] - rest) / votes[kind], 2), best.text)


def _titles(layout: Layout) -> Iterator[_Title]:
    """The segments of a page that are or begin with a document's name."""
    for segment in layout.segments:
        if segment.y0 > _TOP * layout.height:
            continue
        found, words, rest = _named(segment)
        quotes = bool(found) and rest > 0 and _quotes_invoice(segment.tokens, rest)
        if not found or rest > (_LONGEST_QUOTE if quotes else _LONGEST):
            continue
        kind, other = found
        size = min(segment.height / layout.text_height, _LARGEST)
        alone = rest == 0 or (kind == "other" and quotes)
        weight = size * (1.0 if alone else 0.7)
        valued = not quotes and _has_value(layout, segment)
        yield _Title(kind, other, words, weight, size >= _LARGE, alone, valued)


def _quotes_invoice(tokens: Sequence[Token], rest: int) -> bool:
    """Whether a title, with its last ``rest`` words, goes on with the invoice that it is about (Mahnung *zur Rechnung 4711*); one that is both at once
    (Delivery note / Invoice) says so with a stroke or an “and”."""
    if any(token.text.strip() in _BOTH for token in tokens):
        return False
    following = [token for token in tokens if token.key][-rest:]
    return any(_phrases().get(token.key, ("", ""))[0] == "invoice" for token in following)


def _has_value(layout: Layout, segment: Segment) -> bool:
    """Whether ``segment`` may be a label: a number or a date begins the next cell, or what stands right beneath it, or it
    ends in a colon."""
    if segment.tokens[-1].text.endswith((":", "#")):
        return True
    near = [*layout.right_of(segment)[:1], *layout.below(segment, _NEAR)[:1]]
    begin = [token.text for other in near for token in other.tokens[:2]]
    return any(text.startswith((":", "#")) or any(char.isdigit() for char in text) for text in begin)


def _named(segment: Segment) -> tuple[tuple[str, str] | None, str, int]:
    """The kind that the longest phrase at the segment's beginning names (after a count: 3. Mahnung, 2nd reminder), the
    phrase as printed, and how many words follow it."""
    tokens = segment.tokens
    start = 1 if len(tokens) > 1 and _COUNT.match(tokens[0].text) else 0
    for end in range(min(len(tokens), start + 5), start, -1):
        key = "".join(token.key for token in tokens[start:end])
        if found := _phrases().get(key):
            text = " ".join(token.text for token in tokens[:end]).strip(" :#")
            return found, text, sum(1 for token in tokens[end:] if token.key)
    if found := _phrases().get(fold(segment.text.replace(" ", ""))):  # a title in s p a c e d letters
        return found, segment.text, 0
    key = tokens[0].key
    if len(key) > _COMPOUND and key.endswith(_COMPOUNDS) and not key.endswith("berechnung"):
        return ("invoice", ""), tokens[0].text, sum(1 for token in tokens[1:] if token.key)
    return None, "", 0


def _denial(reading: Labelled) -> str:
    """The words with which the document says that it is no invoice (“This is not a tax invoice”), or ``""``."""
    for layout in reading.layouts:
        for segment in layout.segments:
            key = "".join(token.key for token in segment.tokens)
            if len(key) <= _LONGEST_DENIAL and key.startswith(_denials()):
                return segment.text
    return ""


def _has_number(reading: Labelled) -> bool:
    """Whether a label announces an invoice's number; the mere word “invoice” does not."""
    return any(fold(label.text) not in _phrases() for label in reading.number_labels)


def _is_running_text(reading: Labelled) -> bool:
    words = sum(1 for layout in reading.layouts for _ in layout.tokens)
    return words >= _LETTER_WORDS and not reading.prints_cents


@cache
def _phrases() -> dict[str, tuple[str, str]]:
    """Folded phrase -> (kind, what an “other” is)."""
    kinds = {kind: found for kind, found in _words().items() if kind not in ("other", "denials")}
    phrases = {fold(phrase): ("other", name) for name, found in _words()["other"].items() for phrase in found}
    return phrases | {fold(phrase): (kind, "") for kind, found in kinds.items() for phrase in found}


@cache
def _denials() -> tuple[str, ...]:
    return tuple(fold(phrase) for phrase in _words()["denials"])


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("titles.toml").read_text(encoding="utf-8"))
