"""What was read of the parts of a document, as one invoice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from core.extraction import Finding
from core.invoice.document_type import INVOICE
from core.invoice.model import Invoice, LineItem
from core.llm.schema import InvoiceAnswer
from core.notation.folding import fold
from core.rules.lexicon import load_lexicon
from core.schema.fields import FieldInfo


class Merged(NamedTuple):
    """The invoice of several readings, and where they disagree."""

    reading: InvoiceAnswer
    findings: tuple[Finding, ...] = ()


def merge(readings: Sequence[InvoiceAnswer], text: str) -> Merged:
    """``readings`` of consecutive parts as one. A header value is the first that was read, an amount of the totals the
    last one (sums in between are carried over); other values that were read are findings. Line items follow each other;
    sums carried over are none, nor is a line that two parts read and ``text`` (all pages) prints but once."""
    findings: list[Finding] = []
    values: dict[str, Any] = {}
    for info in INVOICE.header:
        found = [value for reading in readings if (value := getattr(reading.invoice, info.name)) is not None]
        if found:
            values[info.name] = found[-1] if info.kind == "money" else found[0]
            findings += _conflict(info, values[info.name], found)
    invoice = Invoice(**values, line_items=tuple(_items(readings, text)))
    first = readings[0]
    named = next((reading.document_type for reading in readings if reading.document_type != "other"), "other")
    return Merged(InvoiceAnswer(document_type=named, language=first.language, invoice=invoice), tuple(findings))


def _conflict(info: FieldInfo, taken: Any, found: Sequence[Any]) -> Iterator[Finding]:
    if info.kind == "money":
        return  # sums of earlier pages differ by nature; the checks compare the last one with the lines
    others = list(dict.fromkeys(str(value) for value in found if fold(str(value)) != fold(str(taken))))
    if others:
        sentence = f"{info.title}: the document was read in parts, which differ: “{taken}” and “{others[0]}”."
        yield Finding("parts", "warning", sentence, (info.name,), others[0])


def _items(readings: Sequence[InvoiceAnswer], text: str) -> Iterator[LineItem]:
    printed = fold(text.replace("\n", " "))
    last: LineItem | None = None
    taken: Counter[LineItem] = Counter()
    for reading in readings:
        for position, item in enumerate(reading.invoice.line_items):
            again = position == 0 and item == last and _times(item, printed) <= taken[item]
            if again or is_carried(item):
                continue
            taken[item] += 1
            last = item
            yield item


def _times(item: LineItem, printed: str) -> int:
    """How often a line's description stands in the folded text; once for what cannot be looked for."""
    key = fold(item.description or "").replace("\n", "")
    return printed.count(key) if key else 1


def is_carried(item: LineItem) -> bool:
    """Whether a line is no item but a sum carried over from page to page."""
    key = fold(item.description or "").rstrip("0123456789")
    return item.quantity is None and key in load_lexicon().carry
