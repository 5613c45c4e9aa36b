"""What a check looks at: one invoice with its evidence, and facts of the page that are worked out only when asked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import combinations

from core.evidence import Evidence, PageText, Word, union
from core.extraction import Provenance
from core.models import Invoice, item_fields, item_path

#: Word stems (case-folded) that name what stands between a sum of lines and a total, in the languages we read.
ADJUSTMENT_STEMS = (
    *("discount", "rabatt", "nachlass", "remise", "ristourne", "descuento", "dto", "sconto", "korting", "desconto"),
    *("rebate", "abatement", "escompte", "allowance", "bonus", "gutschrift", "voucher", "coupon", "gutschein"),
    *("shipping", "freight", "delivery", "postage", "handling", "versand", "fracht", "porto", "liefer", "verpackung"),
    *("livraison", "frais", "envío", "envio", "transporte", "portes", "gastos", "spedizione", "spese", "trasporto"),
    *(
        "verzend",
        "bezorg",
        "frete",
        "despesas",
        "seguro",
        "surcharge",
        "zuschlag",
        "charge",
        "fee",
        "gebühr",
        "toeslag",
    ),
    *("rounding", "rundung", "arrondi", "redondeo", "arrotondamento", "afronding", "arredondamento", "round", "rndg"),
    *("service", "tip", "deposit", "pfand", "statiegeld", "consigne", "ecotax", "eco", "retención", "irpf", "ritenuta"),
)
_TAX_STEMS = (
    *("ust", "mwst", "vat", "tva", "iva", "btw", "tax", "gst", "steuer", "imposta", "imposto", "impuesto", "moms"),
    *("icms", "iss", "igv", "taxe", "sst", "税"),
)
_PERCENT = re.compile(r"(?<![\d.,])(\d{1,2}(?:[.,]\d{1,3})?)\s?%")
_AMOUNT = re.compile(r"(?<![\d.,])\d{1,3}(?:[.,'’ ]\d{3})*[.,]\d{2}(?!\d|\s?%)|(?<![\d.,])\d+[.,]\d{2}(?!\d|\s?%)")
_MOST_ADJUSTMENTS = 10


@dataclass(frozen=True)
class Case:
    """One invoice under examination."""

    invoice: Invoice
    pages: Sequence[PageText]
    evidence: Mapping[str, Evidence]
    provenance: Mapping[str, Provenance]
    language: str | None
    today: date

    @cached_property
    def text(self) -> str:
        """All words of the pages, joined by blanks."""
        return " ".join(word.text for page in self.pages for word in page.words)

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The text lines as they stand side by side on the page (columns joined), case-folded."""
        return tuple(line for page in self.pages for line in _rows(page.words))

    @cached_property
    def tax_rates(self) -> tuple[Decimal, ...]:
        """Percentages printed on lines that speak of tax, else all printed percentages; without 0, smallest first."""
        near_tax = [line for line in self.lines if "%" in line and _names(line, _TAX_STEMS)]
        rates = {_decimal(found) for line in near_tax or self.lines for found in _PERCENT.findall(line)}
        return tuple(sorted(rate for rate in rates if rate))

    @cached_property
    def percentages(self) -> tuple[Decimal, ...]:
        """Every percentage printed on the pages, without 0."""
        return tuple(sorted({_decimal(found) for found in _PERCENT.findall(self.text)} - {Decimal(0)}))

    @cached_property
    def adjustments(self) -> tuple[Decimal, ...]:
        """Amounts printed on lines that name a discount, shipping, a fee or a rounding; each once, without sign."""
        named = [line for line in self.lines if _names(line, ADJUSTMENT_STEMS)]
        amounts = {_decimal(found) for line in named for found in _AMOUNT.findall(line)[-2:]}
        return tuple(sorted(amount for amount in amounts if amount))[:_MOST_ADJUSTMENTS]

    def explains(self, difference: Decimal, tolerance: Decimal) -> bool:
        """Whether one to three printed adjustments, added or taken off, make up ``difference``."""
        signed = [amount for adjustment in self.adjustments for amount in (adjustment, -adjustment)]
        return any(
            abs(sum(chosen, Decimal(0)) - difference) <= tolerance
            for count in (1, 2, 3)
            for chosen in combinations(signed, count)
        )

    def row_text(self, position: int) -> str:
        """Everything that stands beside the evidence of line item ``position`` (from 0)."""
        found = [self.evidence.get(item_path(position, info.name)) for info in item_fields()]
        boxes = [(item.page, box) for item in found if item for box in item.boxes]
        if not boxes:
            return ""
        number = boxes[0][0]
        band = union(box for page, box in boxes if page == number)
        words = next((page.words for page in self.pages if page.page == number), ())
        return " ".join(word.text for word in words if band.y0 <= word.box.center[1] <= band.y1)


def _names(line: str, stems: Sequence[str]) -> bool:
    return any(stem in line for stem in stems)


def _decimal(text: str) -> Decimal:
    """A printed number whose last separator is the decimal one."""
    whole, separator, fraction = re.sub(r"[\s'’]", "", text).replace(",", ".").rpartition(".")
    return Decimal(f"{whole.replace('.', '') or 0}.{fraction}") if separator else Decimal(fraction)


def _rows(words: Sequence[Word]) -> list[str]:
    """Words side by side at the same height as one line each, from the top down."""
    rows: list[tuple[float, list[Word]]] = []
    for word in sorted(words, key=lambda word: word.box.center[1]):
        middle = word.box.center[1]
        if rows and middle - rows[-1][0] < 0.5 * max(word.box.height, 1e-6):
            rows[-1][1].append(word)
        else:
            rows.append((middle, [word]))
    return [" ".join(word.text for word in sorted(row, key=lambda word: word.box.x0)).casefold() for _, row in rows]
