"""Invoices made up from a seed: their numbers add up, their bank and tax numbers have valid check digits."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from stdnum import iban
from stdnum.eu import vat

from samples.vocabulary import REGIONS, Region, vocabulary

_CENT = Decimal("0.01")
VAT_FORMS = {
    "DE": "DE#########",
    "FR": "FR###########",
    "ES": "ESB########",
    "IT": "IT###########",
    "NL": "NL#########B01",
    "PT": "PT5########",
}
#: Bank codes that no bank has, so that no account is real.
IBAN_FORMS = {
    "DE": "DE##00" + "#" * 16,
    "FR": "FR##000" + "#" * 20,
    "ES": "ES##000" + "#" * 17,
    "IT": "IT##X00" + "#" * 20,
    "NL": "NL##NOVA0#########",
    "PT": "PT##000" + "#" * 18,
    "GB": "GB##NOVA" + "#" * 14,
}


@dataclass(frozen=True, slots=True)
class Party:
    """A firm with its address."""

    name: str
    street: str
    place: str
    country: str

    @property
    def address(self) -> str:
        """Street and place, joined by a comma."""
        return f"{self.street}, {self.place}"


@dataclass(frozen=True, slots=True)
class Line:
    """One invoiced line; ``discount`` and ``tax_rate`` in percent, ``unit_price`` before discount."""

    code: str
    description: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    discount: Decimal
    tax_rate: Decimal

    @property
    def total(self) -> Decimal:
        """What the line costs before tax."""
        return _cents(self.quantity * self.unit_price * (100 - self.discount) / 100)


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice as its maker knows it."""

    language: str
    country: str
    vendor: Party
    customer: Party
    ship_to: Party | None
    mail: str
    number: str
    customer_no: str
    issued: date
    due: date | None
    iban: str
    vat_id: str
    lines: tuple[Line, ...] = field(repr=False)

    @property
    def region(self) -> Region:
        """How the vendor's country writes."""
        return REGIONS[self.country]

    @property
    def subtotal(self) -> Decimal:
        """The sum of the lines."""
        return sum((line.total for line in self.lines), Decimal(0))

    @property
    def taxes(self) -> dict[Decimal, Decimal]:
        """The tax of each rate (percent), the highest rate first."""
        rates = sorted({line.tax_rate for line in self.lines}, reverse=True)
        return {rate: _cents(self.net(rate) * rate / 100) for rate in rates}

    def net(self, rate: Decimal) -> Decimal:
        """The sum of the lines taxed at ``rate``."""
        return sum((line.total for line in self.lines if line.tax_rate == rate), Decimal(0))

    @property
    def tax(self) -> Decimal:
        """All taxes together."""
        return sum(self.taxes.values(), Decimal(0))

    @property
    def total(self) -> Decimal:
        """What is to be paid."""
        return self.subtotal + self.tax


@dataclass(frozen=True, slots=True)
class Wishes:
    """What an invoice should have: number of lines, tax rates in use, discounts, a delivery address; the vendor's
    place in the language's list, or any."""

    lines: int = 5
    rates: int = 1
    discounts: bool = False
    ship_to: bool = False
    vendor: int | None = None


def make_invoice(seed: int, language: str, wishes: Wishes | None = None) -> Invoice:
    """The invoice of this seed: the same arguments give the same invoice."""
    chance = random.Random(f"{language}-{seed}")  # noqa: S311 (no secret)
    wishes = wishes or Wishes(
        chance.randint(1, 9), chance.choice((1, 1, 2)), chance.random() < 0.3, chance.random() < 0.3
    )
    words = vocabulary(language)
    vendor = words["vendors"][wishes.vendor] if wishes.vendor is not None else chance.choice(words["vendors"])
    country = vendor["country"]
    customers = [customer for customer in words["customers"] if customer["country"] == country]
    customer, elsewhere = chance.sample(customers if len(customers) > 1 else customers * 2, 2)
    issued = date(2023, 1, 1) + timedelta(days=chance.randrange(900))
    return Invoice(
        language=language,
        country=country,
        vendor=_party(vendor),
        customer=_party(customer),
        ship_to=_party({**elsewhere, "name": customer["name"]}) if wishes.ship_to else None,
        mail=vendor["mail"],
        number=_number(chance, issued),
        customer_no=str(chance.randint(10_000, 99_999)),
        issued=issued,
        due=issued + timedelta(days=chance.choice((10, 14, 30))) if chance.random() < 0.85 else None,
        iban=fill(IBAN_FORMS.get(country), iban.is_valid, chance),
        vat_id=fill(VAT_FORMS.get(country), vat.is_valid, chance),
        lines=_lines(chance, vendor, wishes),
    )


def _party(words: dict[str, Any]) -> Party:
    return Party(words["name"], words["street"], words["place"], words["country"])


def _number(chance: random.Random, issued: date) -> str:
    serial = chance.randint(101, 9899)
    forms = (f"{issued.year}-{serial:04}", f"R{issued:%y}{serial:05}", f"{issued:%Y%m}/{serial}", f"INV-{serial:06}")
    return chance.choice((*forms, f"{100_000 + serial}"))


def _lines(chance: random.Random, vendor: dict[str, Any], wishes: Wishes) -> tuple[Line, ...]:
    rates = REGIONS[vendor["country"]].tax_rates[: wishes.rates]
    goods = [(good, None) for good in vendor["goods"]]
    if wishes.lines > len(goods):
        goods = [(good, variant) for good in vendor["goods"] for variant in vendor["variants"]]
    chosen = sorted(chance.sample(range(len(goods)), min(wishes.lines, len(goods))))
    return tuple(_line(chance, *goods[index], rates, wishes.discounts) for index in chosen)


def _line(
    chance: random.Random, good: list[str], variant: str | None, rates: tuple[Decimal, ...], discounts: bool
) -> Line:
    description, unit, price = good
    return Line(
        code=f"{chance.choice('ABKMT')}{chance.randint(100, 999)}-{chance.randint(10, 99)}",
        description=f"{description}, {variant}" if variant else description,
        quantity=_quantity(chance, unit, Decimal(price)),
        unit=unit,
        unit_price=Decimal(price),
        discount=chance.choice(_DISCOUNTS) if discounts else Decimal(0),
        tax_rate=chance.choice(rates),
    )


_DISCOUNTS = tuple(map(Decimal, ("0", "0", "5", "10", "12.5")))
_BY_MEASURE = frozenset({"h", "Std", "uur", "m", "m²"})


def _quantity(chance: random.Random, unit: str, price: Decimal) -> Decimal:
    """Few of what is dear, many of what is cheap; hours and metres also by halves."""
    most = 4 if price > 150 else 12 if price > 20 else 120
    quantity = Decimal(chance.randint(1, most))
    return quantity + Decimal("0.5") if unit in _BY_MEASURE and chance.random() < 0.5 else quantity


def fill(form: str | None, is_valid: Callable[[str], bool], chance: random.Random) -> str:
    """``form`` with its ``#`` made digits (and ``X`` a letter) such that the check digits are right; empty for none."""
    if form is None:
        return ""
    while True:
        text = "".join(
            str(chance.randrange(10)) if mark == "#" else chance.choice("ABCDEFGHKLMNPR") if mark == "X" else mark
            for mark in form
        )
        if is_valid(text):
            return text


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT, ROUND_HALF_UP)
