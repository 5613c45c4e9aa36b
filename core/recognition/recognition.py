"""A document's kind by its title, the labels on it and its shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from core.document_types import USUAL
from core.extraction import Finding
from core.notation.folding import fold
from core.page.layout import Layout
from core.recognition.titles import NO_NAMES, Names, Title, find_titles, is_invoices, is_name, says_no

#: Another document's name is the title where it is this much larger than ours (a quotation says “Invoice to” as well).
_PLAINLY = 1.5
#: A longer sentence speaks of more than the document.
_LONGEST_DENIAL = 60
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


def recognise(reading: Labelled, names: Names = NO_NAMES) -> Recognition:
    """What the document of ``reading`` is. Documents that do not say what they are pass for invoices, at a low score; only
    one that plainly is something else is ``other``. ``names`` are what documents of further types call themselves."""
    if not any(layout.lines for layout in reading.layouts):
        return Recognition("invoice", 0.0)
    if denial := _denial(reading):
        return Recognition("other", 0.8, denial, "slip")
    titles = list(find_titles(reading.layouts[0], names))
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
    numbered = next((title for title in titles if title.kind == "other" and title.numbered and title.large), None)
    if numbered and not ours and not any(is_invoices(label.text) for label in reading.number_labels):
        return Recognition("other", 0.7, numbered.text, numbered.other)
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


def _heaviest(titles: list[Title]) -> Recognition:
    votes: dict[str, float] = {}
    for title in titles:
        votes[title.kind] = max(votes.get(title.kind, 0.0), title.weight)
    kind = max(votes, key=lambda name: votes[name])
    rest = max((weight for name, weight in votes.items() if name != kind), default=0.0)
    best = max((title for title in titles if title.kind == kind), key=lambda title: title.weight)
    return Recognition(kind, round(0.6 + 0.35 * (votes[kind] - rest) / votes[kind], 2), best.text)


def _denial(reading: Labelled) -> str:
    """The words with which the document says that it is no invoice (“This is not a tax invoice”), or ``""``."""
    for layout in reading.layouts:
        for segment in layout.segments:
            key = "".join(token.key for token in segment.tokens)
            if len(key) <= _LONGEST_DENIAL and says_no(key):
                return segment.text
    return ""


def _has_number(reading: Labelled) -> bool:
    """Whether a label announces an invoice's number; the mere word “invoice” does not."""
    return any(not is_name(fold(label.text)) for label in reading.number_labels)


def _is_running_text(reading: Labelled) -> bool:
    words = sum(1 for layout in reading.layouts for _ in layout.tokens)
    return words >= _LETTER_WORDS and not reading.prints_cents
