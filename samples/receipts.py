"""Receipts made up from a seed: a till's strip of paper, with prices that hold the tax (but in the USA)."""

from __future__ import annotations

import random
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from samples.design import Notation, make_design
from samples.generate import Sample, as_document
from samples.invoices import Invoice, Line, Wishes, make_invoice
from samples.papers import case_of
from samples.scan import Scan
from samples.sheet import INK, Sheet, font, wrap
from samples.vocabulary import vocabulary

_WIDTH, _LEFT, _PITCH = 226.0, 12.0, 12.0
_RIGHT = _WIDTH - _LEFT
_CENT, _FIVE = Decimal("0.01"), Decimal("0.05")
#: How goods are listed: amount behind the name, count and price below it, or columns under heads.
STYLES = ("beside", "below", "columns")
_ON_TOP = frozenset({"US"})


@dataclass(frozen=True, slots=True)
class Till:
    """What a till adds to goods: every amount as printed; 0 where it prints none."""

    subtotal: Decimal
    taxes: dict[Decimal, tuple[Decimal, Decimal]]
    tip: Decimal
    rounding: Decimal
    total: Decimal
    paid_by: str
    given: Decimal


def make_receipt(seed: int, language: str, scan: Scan | None = None, style: str = "") -> Sample:
    """The receipt of this seed; ``style`` is one of STYLES, or any."""
    chance = random.Random(f"receipt-{language}-{seed}")  # noqa: S311 (no secret)
    bought = make_invoice(seed, language, Wishes(chance.randint(1, 7), rates=chance.choice((1, 1, 2))))
    words = {key: chance.choice(forms) for key, forms in vocabulary(language)["receipt"].items() if key != "heads"}
    till = _till(chance, bought, words)
    style = style or chance.choice(STYLES)
    paper = _Strip(bought, till, words, style, chance)
    sheet = paper.draw()
    hidden = () if len(till.taxes) == 1 else ("tax",)
    lines = [paper.shown(line) for line in bought.lines]
    return as_document(sheet, scan, seed, case_of("receipt", bought, paper.truth(), lines, hidden))


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT, ROUND_HALF_UP)


def _till(chance: random.Random, bought: Invoice, words: dict[str, str]) -> Till:
    goods = bought.subtotal
    taxes = {}
    for rate in sorted({line.tax_rate for line in bought.lines}, reverse=True):
        sold = bought.net(rate)
        tax = _cents(sold * rate / 100) if bought.country in _ON_TOP else _cents(sold * rate / (100 + rate))
        taxes[rate] = (sold if bought.country in _ON_TOP else sold - tax, tax)
    total = goods + (sum(tax for _, tax in taxes.values()) if bought.country in _ON_TOP else Decimal(0))
    tip = _cents(total / 10).quantize(Decimal(1)) * Decimal("1.00") if chance.random() < 0.2 else Decimal(0)
    is_cash = chance.random() < 0.45
    rounding = Decimal(0)
    if is_cash and not tip and chance.random() < 0.5:
        rounding = (total / _FIVE).quantize(Decimal(1), ROUND_HALF_UP) * _FIVE - total
    total += tip + rounding
    given = (total / 10).quantize(Decimal(1), ROUND_HALF_UP) * 10 + 10 if is_cash else total
    return Till(goods, taxes, tip, rounding, total, words["cash" if is_cash else "cards"], given)


class _Strip:
    """One receipt being drawn."""

    def __init__(self, bought: Invoice, till: Till, words: dict[str, str], style: str, chance: random.Random) -> None:
        self.bought, self.till, self.words, self.style = bought, till, words, style
        self.notation: Notation = make_design(chance.randrange(1000), bought).notation
        self.face = chance.choice(("cour", "helv"))
        self.number = f"{chance.randint(1000, 99_999)}"
        self.time = f"{chance.randint(8, 20):02}:{chance.randint(0, 59):02}"
        self.names_subtotal = chance.random() < 0.5 or bought.country in _ON_TOP
        self.names_tax_id = bool(bought.vat_id) and chance.random() < 0.6
        self.rows: list[tuple[str, ...]] = []

    def draw(self) -> Sheet:
        """The strip, as long as what is on it."""
        self._compose()
        height = 40 + _PITCH * len(self.rows)
        sheet = Sheet(f"{self.bought.vendor.name} {self.number}", _WIDTH, height)
        for at, row in enumerate(self.rows):
            self._write(sheet, 28 + _PITCH * at, row)
        return sheet

    def _write(self, sheet: Sheet, y: float, row: tuple[str, ...]) -> None:
        size = 7.5 if self.face == "cour" else 8.5
        if len(row) == 1:
            sheet.text(
                _WIDTH / 2,
                y,
                row[0],
                min(size, size * (_RIGHT - _LEFT) / max(self._width(row[0], size), 1)),
                self.face,
                INK,
                "centre",
            )
        elif len(row) == 2:
            sheet.text(_LEFT, y, row[0], size, self.face)
            sheet.text(_RIGHT, y, row[1], size, self.face, INK, "right")
        else:
            for x, text, align in zip((_LEFT, 128, 172, _RIGHT), row, ("left", "right", "right", "right"), strict=True):
                sheet.text(x, y, text, size - 1, self.face, INK, align)  # type: ignore[arg-type]

    def _width(self, text: str, size: float) -> float:
        return float(font(self.face).text_length(text, size))

    def _compose(self) -> None:
        bought, words = self.bought, self.words
        self.rows += [(bought.vendor.name,), (bought.vendor.street,), (bought.vendor.place,)]
        if self.names_tax_id:
            self.rows.append((f"{words['tax_id']} {bought.vat_id}",))
        self.rows.append(("",))
        if words["title"]:
            self.rows.append((words["title"],))
        self.rows.append((f"{words['number']} {self.number}", ""))
        self.rows.append((self.notation.day(bought.issued), f"{words['time']} {self.time}".strip()))
        self.rows.append(("",))
        if self.style == "columns":
            self.rows.append(tuple(vocabulary(bought.language)["receipt"]["heads"]))
        for line in bought.lines:
            self._compose_line(line)
        self.rows.append(("",))
        self._compose_sums()
        self.rows += [("",), (words["thanks"],)]

    def _compose_line(self, line: Line) -> None:
        count, price, amount = (
            self._count(line),
            self.notation.number(line.unit_price),
            self.notation.number(line.total),
        )
        room = 62 if self.style == "columns" else 150
        named = wrap(line.description, room, 7.5 if self.face == "cour" else 8.5, self.face)
        if self.style == "columns":
            self.rows.append((named[0], count, price, amount))
        elif self.style == "below":
            self.rows += [(named[0], ""), *((more, "") for more in named[1:]), (f"  {count} x {price}", amount)]
            return
        else:
            self.rows.append((named[0], amount))
        self.rows += [(more, "") for more in named[1:]]

    def _count(self, line: Line) -> str:
        return f"{line.quantity.normalize():f}".replace(".", self.notation.decimal)

    def _compose_sums(self) -> None:
        till, words, number = self.till, self.words, self.notation.number
        on_top = self.bought.country in _ON_TOP
        if self.names_subtotal:
            self.rows.append((words["subtotal"], number(till.subtotal)))
        if on_top:
            self.rows += [(f"Sales tax {number(rate)} %", number(tax)) for rate, (_, tax) in till.taxes.items()]
        if till.tip:
            self.rows.append((words["tip"], number(till.tip)))
        if till.rounding:
            self.rows.append((words["rounding"], number(till.rounding)))
        self.rows.append((f"{words['total']} {self.notation.code}", number(till.total)))
        self.rows.append((till.paid_by, number(till.given)))
        if till.given != till.total:
            self.rows.append((words["change"], number(till.given - till.total)))
        if not on_top:
            self.rows.append(("",))
            for rate, (net, tax) in till.taxes.items():
                self.rows.append((f"{words['tax']} {rate.normalize():f} %  {words['net']} {number(net)}", number(tax)))

    def shown(self, line: Line) -> dict[str, str]:
        """What the strip prints of a line."""
        cells = {"description": line.description, "total_price": str(line.total)}
        if self.style != "beside":
            cells |= {"quantity": f"{line.quantity.normalize():f}", "unit_price": str(line.unit_price)}
        return cells

    def truth(self) -> dict[str, Any]:
        """The header's values."""
        bought, till = self.bought, self.till
        # with prices that hold the tax, what the goods come to is the sum with tax
        return {
            "vendor_name": bought.vendor.name,
            "vendor_address": bought.vendor.address,
            "vendor_tax_id": bought.vat_id if self.names_tax_id else None,
            "receipt_number": self.number,
            "receipt_date": bought.issued.isoformat(),
            "receipt_time": self.time,
            "tax": str(sum((tax for _, tax in till.taxes.values()), Decimal(0))),
            "tip": str(till.tip) if till.tip else None,
            "rounding": str(till.rounding) if till.rounding else None,
            "total_amount": str(till.total),
            "currency": bought.region.currency,
            "payment_method": till.paid_by,
        }
