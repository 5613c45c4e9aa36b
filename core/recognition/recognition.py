"""A document's type by its title, the labels on it and its shape."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from core.extraction import Finding
from core.notation.folding import fold
from core.page.layout import Layout, Segment
from core.rules.reading import Reading

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
#: Running text has so many words and hardly an amount.
_LETTER_WORDS = 60


class Recognition(NamedTuple):
    """A document's type (one of :data:`core.prompt.DOCUMENT_TYPES`, or ``other``), how sure that is (0 to 1), what it calls
    itself as printed, and for ``other`` what that is in English."""

    document_type: str
    score: float
    title: str = ""
    other: str = ""


class _Title(NamedTuple):
    kind: str
    other: str
    text: str
    weight: float
    large: bool


def recognise(reading: Reading) -> Recognition:
    """What the document of ``reading`` is. Documents that do not say what they are pass for invoices, at a low score; only
    one that plainly is something else is ``other``."""
    if not any(layout.lines for layout in reading.layouts):
        return Recognition("invoice", 0.0)
    titles = list(_titles(reading.layouts[0]))
    ours = [title for title in titles if title.kind != "other"]
    best = max(titles, key=lambda title: title.weight, default=None)
    other = best if best is not None and best.kind == "other" and best.large else None
    if reading.is_receipt and other is None and not (best and best.kind == "credit note"):
        return Recognition("receipt", 0.8, ours[0].text if ours else "")
    small = max((title.weight for title in ours), default=0.0)
    if other and other.weight > _PLAINLY * small and not _has_number(reading):
        return Recognition("other", 0.8, other.text, other.other)
    if ours:
        return _heaviest(ours)
    if reading.of_kind("invoice_number", "total_amount", "amount_due", "subtotal", "tax"):
        return Recognition("invoice", 0.6 if reading.of_kind("invoice_number") else 0.4)
    return Recognition("other", 0.6, "", "letter") if _is_running_text(reading) else Recognition("invoice", 0.2)


def doubt_of(found: Recognition) -> Finding | None:
    """A finding for a document that plainly is no invoice: nothing should be paid on it unseen."""
    if found.document_type != "other":
        return None
    if found.title:
        sentence = f"This calls itself “{found.title}”: it looks like a {found.other}, not an invoice."
    else:
        sentence = "This looks like a letter, not an invoice: it names no invoice number, total or tax."
    return Finding("document_type", "warning", sentence, ("invoice_number",))


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
        if not found or rest > _LONGEST:
            continue
        kind, other = found
        size = min(segment.height / layout.text_height, _LARGEST)
        weight = size * (1.0 if rest == 0 else 0.7)
        yield _Title(kind, other, words, weight, size >= _LARGE)


def _named(segment: Segment) -> tuple[tuple[str, str] | None, str, int]:
    """The kind that the longest phrase at the segment's beginning names, the phrase as printed, and how many words
    follow it."""
    tokens = segment.tokens
    for end in range(min(len(tokens), 5), 0, -1):
        key = "".join(token.key for token in tokens[:end])
        if found := _phrases().get(key):
            text = " ".join(token.text for token in tokens[:end]).strip(" :#")
            return found, text, sum(1 for token in tokens[end:] if token.key)
    if found := _phrases().get(fold(segment.text.replace(" ", ""))):  # a title in s p a c e d letters
        return found, segment.text, 0
    return None, "", 0


def _has_number(reading: Reading) -> bool:
    """Whether a label announces an invoice's number; the mere word “invoice” does not."""
    return any(fold(label.text) not in _phrases() for label in reading.of_kind("invoice_number"))


def _is_running_text(reading: Reading) -> bool:
    words = sum(1 for layout in reading.layouts for _ in layout.tokens)
    return words >= _LETTER_WORDS and not reading.prints_cents


@cache
def _phrases() -> dict[str, tuple[str, str]]:
    """Folded phrase -> (kind, what an “other” is)."""
    data = tomllib.loads(Path(__file__).with_name("titles.toml").read_text(encoding="utf-8"))
    others = data.pop("other")
    phrases = {fold(phrase): ("other", name) for name, found in others.items() for phrase in found}
    return phrases | {fold(phrase): (kind, "") for kind, found in data.items() for phrase in found}
