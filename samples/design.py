"""How an invoice looks: the choices of one design, drawn from a seed or set by hand."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel.dates import format_date

from samples.invoices import Invoice
from samples.sheet import Colour
from samples.vocabulary import vocabulary

HEADERS = ("plain", "band", "centred", "letter")
PARTIES = ("columns", "boxed", "stacked")
FACTS = ("list", "strip", "inline")
TABLES = ("ruled", "zebra", "borderless", "grid")
MARKS = ("ring", "leaf", "bars", "tile")
FACES = (("helv", "hebo"), ("helv", "hebo"), ("tiro", "tibo"))
ACCENTS: tuple[Colour, ...] = (
    (0.10, 0.32, 0.46),
    (0.55, 0.20, 0.18),
    (0.13, 0.40, 0.29),
    (0.36, 0.23, 0.49),
    (0.78, 0.43, 0.11),
    (0.20, 0.22, 0.27),
)


@dataclass(frozen=True, slots=True)
class Notation:
    """How one invoice writes amounts and dates; ``money`` is a form such as ``{amount} {sign}``."""

    locale: str
    date_form: str
    thousands: str
    decimal: str
    money: str
    sign: str
    code: str

    def number(self, value: Decimal, places: int = 2) -> str:
        """A number with its marks: ``1.234,50``."""
        text = f"{value:,.{places}f}"
        return text.replace(",", "\0").replace(".", self.decimal).replace("\0", self.thousands)

    def amount(self, value: Decimal) -> str:
        """A number with the currency's sign or code."""
        return self.money.format(amount=self.number(value), sign=self.sign, code=self.code)

    def day(self, day: date) -> str:
        """A date."""
        return str(format_date(day, self.date_form, locale=self.locale))


@dataclass(frozen=True, slots=True)
class Design:
    """Every choice of a page's look. ``columns`` of the table in order; ``signs`` puts the currency on every amount
    of the table, not on the totals alone."""

    header: str
    parties: str
    facts: str
    table: str
    columns: tuple[str, ...]
    accent: Colour
    mark: str
    face: str
    bold: str
    labels: dict[str, str]
    notation: Notation
    signs: bool = False


def make_design(seed: int, invoice: Invoice, **chosen: object) -> Design:
    """The design of this seed for ``invoice``; ``chosen`` sets some of its choices by hand."""
    chance = random.Random(f"design-{seed}")  # noqa: S311 (no secret)
    face, bold = chance.choice(FACES)
    words = vocabulary(invoice.language)["labels"]
    choices: dict[str, object] = {
        "header": chance.choice(HEADERS),
        "parties": chance.choice(PARTIES),
        "facts": chance.choice(FACTS),
        "table": chance.choice(TABLES),
        "columns": _columns(chance, invoice),
        "accent": chance.choice(ACCENTS),
        "mark": chance.choice(MARKS),
        "face": face,
        "bold": bold,
        "labels": {key: chance.choice(forms) for key, forms in words.items()},
        "notation": _notation(chance, invoice),
        "signs": chance.random() < 0.3,
    }
    return Design(**{**choices, **chosen})  # type: ignore[arg-type]


def _columns(chance: random.Random, invoice: Invoice) -> tuple[str, ...]:
    optional = {
        "position": chance.random() < 0.4,
        "code": chance.random() < 0.35,
        "unit": chance.random() < 0.4,
        "discount": any(line.discount for line in invoice.lines),
        "tax_rate": len(invoice.taxes) > 1 or chance.random() < 0.3,
    }
    order = ("position", "code", "description", "quantity", "unit", "unit_price", "discount", "tax_rate", "total")
    return tuple(column for column in order if optional.get(column, True))


def _notation(chance: random.Random, invoice: Invoice) -> Notation:
    region = invoice.region
    thousands, decimal = chance.choice(region.numbers)
    return Notation(
        locale=region.locale,
        date_form=chance.choice(region.dates),
        thousands=thousands,
        decimal=decimal,
        money=chance.choice(region.money),
        sign=region.sign,
        code=region.currency,
    )
