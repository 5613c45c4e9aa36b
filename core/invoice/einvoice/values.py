"""The typed values of an invoice XML. One that is not what its field asks for is left out and told of; the others stay."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from core.extraction import Charge, Finding, too_long
from core.invoice.document_type import INVOICE, TAXES
from core.invoice.einvoice.xml import text_at
from core.invoice.model import Invoice, TaxLine
from core.schema.values import MOST_DIGITS, is_amount

#: A decimal as XML writes it, or with a small exponent, as programs do that keep amounts in floating point.
_NUMBER = re.compile(r"[+-]?(?:\d{1,99}(?:\.\d{0,99})?|\.\d{1,99})(?:[eE][+-]?\d{1,2})?")
#: Where a value may stand below its element, the likeliest first.
Paths = tuple[str, ...]
#: How people write units that UN/ECE recommendation 20 has codes for.
UNITS = {
    **dict.fromkeys(("C62", "H87", "EA", "PCE", "NAR", "NMP"), "pcs"),
    **{"HUR": "h", "MIN": "min", "DAY": "d", "WEE": "wk", "MON": "mo", "ANN": "yr", "LS": "lump sum", "P1": "%"},
    **{"KGM": "kg", "GRM": "g", "TNE": "t", "MTR": "m", "CMT": "cm", "MMT": "mm", "KMT": "km", "KTM": "km"},
    **{"MTK": "m²", "MTQ": "m³", "LTR": "l", "MLT": "ml", "KWH": "kWh", "SET": "set", "PR": "pair", "XPK": "pack"},
}
#: What formats call a charge that is a rounding.
_ROUNDINGS = frozenset({"Rounding", "Arrotondamento"})
#: So much of a wrong value is quoted.
_QUOTED = 40
_TOLERANCE = Decimal("0.02")
#: A line's total may be off by this share where it is rounded (to whole forints) or holds what is stated nowhere; the
#: price that is not divided is then off by so many times as much.
_NEARLY, _FAR = Decimal("0.05"), 10


class Values:
    """Reads the values of one XML; ``findings`` tells what was left out. ``field`` is the path that a value is meant for."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.derived: set[str] = set()
        """Paths of values that the XML does not state and that follow from others in it."""

    def number_at(self, field: str, node: Any, *paths: str, decimals: int = 2) -> Decimal | None:
        """The number at the first of ``paths`` that has a text, without trailing zeros beyond ``decimals``."""
        return self.number(field, text_at(node, *paths), decimals)

    def number(self, field: str, text: str | None, decimals: int = 2) -> Decimal | None:
        """The number that ``text`` is, without trailing zeros beyond ``decimals``."""
        if not text:
            return None
        plain = text.replace(" ", "").replace(",", ".")
        if not _NUMBER.fullmatch(plain):
            self._left_out(field, text, "an amount belongs")
            return None
        value = _tidy(_fitted(Decimal(plain)), decimals)
        if is_amount(value):
            return value
        self.findings.append(too_long(INVOICE, field, text))
        return None

    def price_at(
        self, field: str, stated: Decimal | None, quantity: Decimal | None, goods: Decimal | None
    ) -> Decimal | None:
        """``stated``; where that is zero beside ``goods`` that are not, it is no price but a gap: the line's total without
        its charges by its quantity, where that comes out even."""
        if stated != 0 or not quantity or not goods:
            return stated
        each = _tidy(round(goods / quantity, 4), 2)
        if each * quantity != goods:
            return None
        self.derived.add(field)
        return each

    def date_at(self, field: str, node: Any, *paths: str) -> date | None:
        """The date at the first of ``paths``: ``20200201`` or ISO, a time behind it ignored."""
        text = text_at(node, *paths)
        if text is None:
            return None
        compact = text[:10].replace("-", "")[:8]
        try:
            return date(int(compact[:4]), int(compact[4:6]), int(compact[6:8]))
        except ValueError:
            self._left_out(field, text, "a date belongs")
            return None

    def currency_at(self, field: str, node: Any, *paths: str) -> str | None:
        """The ISO 4217 code at the first of ``paths``."""
        return self.currency(field, text_at(node, *paths))

    def currency(self, field: str, text: str | None) -> str | None:
        """The ISO 4217 code that ``text`` is."""
        if text is None or re.fullmatch(r"[A-Za-z]{3}", text):
            return text
        self._left_out(field, text, "a currency of three letters belongs")
        return None

    def _left_out(self, field: str, text: str, what: str) -> None:
        quoted = text if len(text) <= _QUOTED else f"{text[:_QUOTED]}…"
        sentence = f"{INVOICE.title_of(field)}: the invoice XML holds “{quoted}”, where {what}; it was left out."
        self.findings.append(Finding("unreadable", "warning", sentence, (field,)))


def _fitted(value: Decimal) -> Decimal:
    """``value``, its decimals rounded where there are more of them than an amount may have digits."""
    kept = MOST_DIGITS - max(1, value.adjusted() + 1)
    _, _, exponent = value.as_tuple()
    if not isinstance(exponent, int) or -exponent <= kept or kept < 0:
        return value
    return round(value, kept)


def _tidy(value: Decimal, decimals: int) -> Decimal:
    """The number without trailing zeros beyond ``decimals``, and with at least so many where it has a fraction."""
    whole, _, fraction = f"{value:f}".partition(".")
    fraction = fraction.rstrip("0")
    places = fraction.ljust(decimals, "0") if fraction or decimals else ""
    return Decimal(f"{whole}.{places}" if places else whole or "0")


def price_of_one(
    price: Decimal | None,
    basis: Decimal | None,
    quantity: Decimal | None,
    goods: Decimal | None,
) -> Decimal | None:
    """The price of one unit where XML prices ``basis`` units at once; ``goods`` is the line's total without its own charges
    and allowances. Some programs write the line's quantity as the basis by mistake, so the price is divided only where
    the total says so: to the cent, or nearly and the undivided price is far off."""
    if price is None or not basis or basis == 1 or quantity is None or goods is None:
        return price
    each = _tidy(round(price / basis, 6), 2)
    if not is_amount(each):
        return price
    off, off_each = abs(quantity * price - goods), abs(quantity * each - goods)
    holds = off_each <= _TOLERANCE or (off_each <= abs(goods) * _NEARLY and off_each * _FAR < off)
    return each if holds and off > _TOLERANCE else price


def charge(
    kind: Literal["charge", "allowance", "prepaid", "rounding", "after tax"],
    name: str | None,
    amount: Decimal | None,
    line: int | None = None,
) -> Iterator[Charge]:
    """One charge, an allowance and what was prepaid below zero; an amount that is missing, or that cannot be read, is none:
    the sums then say that something is missing."""
    if amount:
        yield Charge(kind, name or kind.capitalize(), -amount if kind in ("allowance", "prepaid") else amount, line)


def summed_charges(sums: Any) -> Iterator[Charge]:
    """The sums of charges and of allowances, as profiles and programs give them that list none of them."""
    yield from charge("charge", None, plain_number(sums, "ChargeTotalAmount"))
    yield from charge("allowance", None, plain_number(sums, "AllowanceTotalAmount"))


def plain_number(node: Any, *paths: str) -> Decimal | None:
    """The number at the first of ``paths`` that has a text, where it can be read and nobody is to be told if not."""
    return Values().number_at("total_amount", node, *paths)


def taxes(rows: Iterable[Any], values: Values, rate: Paths, base: Paths, amount: Paths) -> tuple[TaxLine, ...]:
    """The rows of a table of taxes, from their elements: where each has its rate, its base and its tax."""
    found = (
        TaxLine(
            rate=values.number_at(TAXES.path(index, "rate"), row, *rate, decimals=0),
            base=values.number_at(TAXES.path(index, "base"), row, *base),
            amount=values.number_at(TAXES.path(index, "amount"), row, *amount),
        )
        for index, row in enumerate(rows)
    )
    return tuple(line for line in found if line != TaxLine())


def adjusted(invoice: Invoice, charges: Sequence[Charge]) -> Invoice:
    """``invoice`` with what its ``charges`` come to: discount, charges and rounding of the document, and each line's discount."""

    def summed(kind: str, line: int | None = None) -> Decimal | None:
        chosen = (one for one in charges if one.line == line and _kind_of(one) == kind)
        return sum((abs(one.amount) if kind == "allowance" else one.amount for one in chosen), Decimal(0)) or None

    lines = (
        item.model_copy(update={"discount": summed("allowance", line)}) for line, item in enumerate(invoice.line_items)
    )
    sums = {"discount": summed("allowance"), "shipping": summed("charge"), "rounding": summed("rounding")}
    return invoice.model_copy(update={**sums, "line_items": tuple(lines)})


def _kind_of(charge: Charge) -> str:
    return "rounding" if charge.name in _ROUNDINGS else charge.kind


def unit_of(node: Any, *paths: str) -> str | None:
    """The unit of the quantity at the first of ``paths`` that names one, as people write it: codes of UN/ECE recommendation 20
    by their symbols."""
    found = (one for path in paths for one in node.iterfind(path))
    code = next(
        (code for one in found for name in ("unitCode", "quantityUnitCode", "Unit") if (code := one.get(name))), None
    )
    return UNITS.get(code.strip(), code.strip()) if code and code.strip() else None


class Paid(NamedTuple):
    """What of a total is paid already (never zero) and what is left, by the names of the invoice's fields."""

    paid_amount: Decimal | None = None
    amount_due: Decimal | None = None


def paid_and_due(paid: Decimal | None, due: Decimal | None) -> Paid:
    """What is paid and what is left, as far as it is stated."""
    return Paid(paid or None, due)
