"""What the invoice's checks look at beside the values: tax rates, amounts and adjustments that the page prints."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import combinations, product
from operator import mul

from core.evidence import union
from core.examination.case import Examination
from core.invoice.document_type import LINE_ITEMS, item_path
from core.invoice.model import Invoice

#: How words begin (case-folded) that name what stands between a sum of lines and a total, in the languages we read.
_ADJUSTMENT = re.compile(
    r"\b(?:discount|rebate|allowance|voucher|coupon|shipping|freight|delivery|postage|handling|surcharge|charge|fee\b|fees"
    r"|rounding|round\b|rndg|deposit|tip\b|service|rabatt|nachlass|gutschein|bonus|versand|fracht|porto|liefer|verpackung"
    r"|zuschlag|abschlag|zu-|gebühr|rundung|pfand|skonto|transport|remise|ristourne|escompte|livraison|frais|port\b|arrondi"
    r"|consigne|descuento|dto\b|envío|envio|portes|gastos|redondeo|retención|irpf|sconto|spedizione|spese|trasporto"
    r"|arrotondamento|ritenuta|korting|verzend|bezorg|toeslag|afronding|statiegeld|desconto|frete|despesas|seguro"
    r"|arredondamento|ecotax|eco\b)|rabatt\b|nachlass\b|zuschlag\b|kosten\b|gebühr\b|値引|送料"
)
_TAX = re.compile(
    r"\b(?:ust|mwst|vat|tva|iva|btw|tax|gst|hst|sst|taxe|steuer|impost|impuest|moms|icms|iss\b|igv|umsatzst|mehrwertst)|税"
)
_PERCENT = re.compile(r"(?<![\d.,])(\d{1,2}(?:[.,]\d{1,3})?)\s?%")
_SHARE = re.compile(r"(?<![\d.,])\d{1,2}(?:[.,]\d{1,3})?(?![\d.,])")
_AMOUNT = re.compile(r"(?<![\d.,])\d{1,3}(?:[.,'’ ]\d{3})*[.,]\d{2}(?!\d|\s?%)|(?<![\d.,])\d+[.,]\d{2}(?!\d|\s?%)")
_WHOLE_AT_END = re.compile(r"(?<![\d.,])\d{1,6}$")
_MOST_ADJUSTMENTS = 10


@dataclass(frozen=True)
class InvoiceExamination(Examination):
    """One invoice under examination."""

    @property
    def invoice(self) -> Invoice:
        """Its values."""
        assert isinstance(self.values, Invoice)
        return self.values

    def charged(self, line: int | None = None) -> Decimal:
        """What the XML adds to (below zero: takes off) a line, or the sum of all lines."""
        kinds = ("charge", "allowance")
        return sum((one.amount for one in self.charges if one.line == line and one.kind in kinds), Decimal(0))

    @cached_property
    def after_tax(self) -> Decimal:
        """What the XML adds to (below zero: takes off) the sum with tax before it comes to the total."""
        return sum((one.amount for one in self.charges if one.kind == "after tax"), Decimal(0))

    @cached_property
    def tax_rates(self) -> tuple[Decimal, ...]:
        """Percentages printed on lines that speak of tax and of no discount; without 0, smallest first."""
        texts = (line.text for line in self.lines if "%" in line.text)
        near_tax = (text for text in texts if _TAX.search(text) and not _ADJUSTMENT.search(text))
        return tuple(sorted({_decimal(found) for text in near_tax for found in _PERCENT.findall(text)} - {Decimal(0)}))

    @cached_property
    def percentages(self) -> tuple[Decimal, ...]:
        """Every percentage printed on the pages; without 0, smallest first."""
        return tuple(sorted({_decimal(found) for found in _PERCENT.findall(self.text)} - {Decimal(0)}))

    @cached_property
    def amounts(self) -> frozenset[Decimal]:
        """Every amount with two decimals printed on the pages, without sign."""
        return frozenset(_decimal(found) for found in _AMOUNT.findall(self.text))

    @cached_property
    def adjustments(self) -> tuple[Decimal, ...]:
        """Amounts printed below the line items on lines that name a discount, shipping, a fee or a rounding, or right
        below such a heading; each once, without sign."""
        after = self._end_of_items()
        texts = [line.text for line in self.lines if (line.page, line.y) > after]
        found: set[Decimal] = set()
        for text, below in zip(texts, (*texts[1:], ""), strict=False):
            if _ADJUSTMENT.search(text):
                printed = _AMOUNT.findall(text)[-1:] or _WHOLE_AT_END.findall(text) or _AMOUNT.findall(below)
                found.update(map(_decimal, printed))
        return tuple(sorted(found - {Decimal(0)}))[-_MOST_ADJUSTMENTS:]

    def _end_of_items(self) -> tuple[int, float]:
        """Page and height of the lowest line total that was found."""
        places = (self.evidence.get(item_path(at, "total_price")) for at in range(len(self.invoice.line_items)))
        return max(((found.page, found.boxes[-1].y1) for found in places if found), default=(0, 0.0))

    def explains(self, difference: Decimal, tolerance: Decimal) -> bool:
        """Whether one to three printed adjustments, added or taken off, make up ``difference``."""
        return any(
            abs(sum(map(mul, chosen, signs)) - difference) <= tolerance
            for count in (1, 2, 3)
            for chosen in combinations(self.adjustments, count)
            for signs in product((1, -1), repeat=count)
        )

    def row_text(self, position: int) -> str:
        """Everything that stands beside the evidence of line item ``position`` (from 0)."""
        found = [self.evidence.get(item_path(position, info.name)) for info in LINE_ITEMS.columns]
        boxes = [(item.page, box) for item in found if item for box in item.boxes]
        if not boxes:
            return ""
        number = boxes[0][0]
        band = union(box for page, box in boxes if page == number)
        words = next((page.words for page in self.pages if page.page == number), ())
        return " ".join(word.text for word in words if band.y0 <= word.box.center[1] <= band.y1)


def printed_shares(row: str) -> set[Decimal]:
    """Numbers in a row that may be a percentage (a column ``Disc. %`` prints them without the sign)."""
    return {value for found in _SHARE.findall(row) if 0 < (value := _decimal(found)) < 100}


def _decimal(text: str) -> Decimal:
    """A printed number whose last separator is the decimal one."""
    whole, separator, fraction = re.sub(r"[\s'’]", "", text).replace(",", ".").rpartition(".")
    return Decimal(f"{whole.replace('.', '') or 0}.{fraction}") if separator else Decimal(fraction)
