"""The table of taxes: rows of rate, base and tax that are printed near the sums, taken where they add up to the tax."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import permutations

from core.notation.amounts import Amount
from core.page.layout import Line, Token
from core.rules.reading import Reading
from core.rules.sums import Sum
from core.rules.totals import Totals

_CENT, _HIGHEST_RATE = Decimal("0.011"), 40
_MOST_IN_ROW, _MOST_ROWS, _CENTS = 7, 8, 2
_RULE_ROW, _RULE_SUMS = "row of rate, base and tax", "rate beside the tax"


@dataclass(frozen=True, slots=True)
class TaxRow:
    """One rate with what is printed of its base and its tax; ``page`` is an index from 0."""

    page: int
    rate: Decimal
    rate_tokens: tuple[Token, ...]
    base: Decimal | None
    base_tokens: tuple[Token, ...]
    amount: Decimal
    amount_tokens: tuple[Token, ...]
    rule: str


def read_taxes(reading: Reading, totals: Totals, items: Collection[tuple[int, int]]) -> list[TaxRow]:
    """The rows, in page order; none where they do not add up to the document's tax. ``items`` are the lines of line items
    (page and line, from 0), which may have a rate and a tax of their own."""
    if totals.tax is None:
        return []
    rows = list(_rows(reading, items))
    for chosen in (_by_rate(rows), _last_of(rows)):
        if chosen and _adds_up(chosen, totals):
            return chosen
    if single := _beside_tax(reading, totals, totals.tax):
        return [single]
    bare = _by_rate(list(_bare_rows(reading, items)))
    return bare if len(bare) > 1 and _adds_up(bare, totals) else []


def _adds_up(rows: Sequence[TaxRow], totals: Totals) -> bool:
    """Whether the rows make the tax, and their bases (with what is untaxed) no more than the subtotal."""
    tax = totals.tax.value if totals.tax else Decimal(0)
    if abs(sum((row.amount for row in rows), Decimal(0)) - tax) > _CENT:
        return False
    bases = sum((row.base for row in rows if row.base is not None), Decimal(0))
    whole = totals.subtotal or totals.total
    return whole is None or abs(bases) <= abs(whole.value) + _CENT


def _by_rate(rows: Sequence[TaxRow]) -> list[TaxRow]:
    """The first row of each rate."""
    found: dict[Decimal, TaxRow] = {}
    for row in rows:
        found.setdefault(row.rate, row)
    return list(found.values())[:_MOST_ROWS]


def _last_of(rows: Sequence[TaxRow]) -> list[TaxRow]:
    """The last row of each rate: parts of a document may sum up their taxes before its end."""
    return list({row.rate: row for row in rows}.values())[:_MOST_ROWS]


def _rows(reading: Reading, items: Collection[tuple[int, int]]) -> Iterator[TaxRow]:
    for page, layout in enumerate(reading.layouts):
        for number, line in enumerate(layout.lines):
            if (page, number) not in items and (row := _row(reading, page, line)):
                yield row


def _row(reading: Reading, page: int, line: Line) -> TaxRow | None:
    """The rate, base and tax of one line: a rate and two amounts of which it makes one of the other."""
    numbers = [amount for segment in line.segments for amount in reading.amounts_in(page, segment)]
    if len(numbers) < 3:
        return None
    numbers = numbers[:_MOST_IN_ROW]
    money = [one for one in numbers if one.decimals == 2 and not one.percent]
    rates = [one for one in numbers if one.percent] or [one for one in numbers if _is_rate(one)]
    for rate in rates:
        for base, tax in permutations([one for one in money if one is not rate], 2):
            exact = abs(base.value * rate.value / 100 - tax.value) <= _CENT
            if exact and (tax.value or not rate.value) and base.value and abs(tax.value) < abs(base.value):
                return TaxRow(page, rate.value, rate.tokens, base.value, base.tokens, tax.value, tax.tokens, _RULE_ROW)
    return None


def _bare_rows(reading: Reading, items: Collection[tuple[int, int]]) -> Iterator[TaxRow]:
    """Rates with their tax alone, on lines of their own that name a tax (VAT 20 %: 20.00)."""
    for label in reading.of_kind("tax"):
        line = reading.layouts[label.page].lines[label.segment.line]
        if (label.page, line.index) in items:
            continue
        numbers = [amount for segment in line.segments for amount in reading.amounts_in(label.page, segment)]
        rates = [one for one in numbers if one.percent]
        money = [one for one in numbers if not one.percent and one.decimals == _CENTS]
        if len(rates) == len(money) == 1:
            rate, tax = rates[0], money[0]
            yield TaxRow(label.page, rate.value, rate.tokens, None, (), tax.value, tax.tokens, _RULE_SUMS)


def _is_rate(amount: Amount) -> bool:
    return amount.currency is None and 0 <= amount.value < _HIGHEST_RATE


def _beside_tax(reading: Reading, totals: Totals, tax: Sum) -> TaxRow | None:
    """The only rate that stands beside the document's tax and makes it of the subtotal, which is its base then."""
    subtotal = totals.subtotal
    if subtotal is None or not tax.value or not tax.tokens:
        return None
    line = reading.layouts[tax.page].lines[tax.line]
    for segment in line.segments:
        for one in reading.amounts_in(tax.page, segment):
            if one.percent and abs(subtotal.value * one.value / 100 - tax.value) <= _CENT:
                base = subtotal.tokens if subtotal.page == tax.page else ()
                return TaxRow(tax.page, one.value, one.tokens, subtotal.value, base, tax.value, tax.tokens, _RULE_SUMS)
    return None
