"""A table's rows with their cells, and which columns hold quantity, price and total: by the header, and by proof."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import accumulate, combinations, permutations

from core.notation import Notation
from core.notation.amounts import Amount, find_amounts
from core.page.layout import Layout, Line, Token
from core.rules.tables.columns import Grid
from core.rules.tables.items import multiplies
from core.rules.tables.quantities import without_unit_sign

#: So many columns are tried as quantity, price and total.
_CANDIDATES = 8
#: Products with these factors prove nothing.
_TRIVIAL = frozenset({Decimal(0), Decimal(1)})
#: Free of charge is said in so many words.
_FREE = 2
#: The products of this many rows are looked at.
_SAMPLE = 12


@dataclass(eq=False)
class BodyRow:
    """A line of a table with its cells. ``numbers`` are the numbers of each column, by the column's place. A row that is
    ``doubtful`` (a discount, shipping) is an item only where the printed sums say so."""

    layout: Layout
    line: Line
    cells: list[list[Token]]
    numbers: dict[int, list[Amount]]
    doubtful: bool = False

    def number(self, column: int | None) -> Amount | None:
        """The number of a column: its last, as units and rates stand before it."""
        found = self.numbers.get(column, []) if column is not None else []
        return found[-1] if found else None


@dataclass(frozen=True)
class Roles:
    """Which columns (by their place) hold quantity, unit price, total and discount."""

    quantity: int | None
    unit_price: int | None
    total: int | None
    discount: int | None = None


def header_roles(grid: Grid) -> Roles:
    """The roles as the header names them."""
    places = {column.role: at for at, column in reversed(list(enumerate(grid.columns)))}
    total = places.get("total_price", places.get("gross"))
    return Roles(places.get("quantity"), places.get("unit_price"), total, places.get("discount"))


def is_anchor(row: BodyRow, roles: Roles) -> bool:
    """Whether the line holds an item's numbers: its total, or where no column has totals its price or quantity."""
    if roles.total is not None:
        if not row.number(roles.total):
            return _is_free(row, roles)
        return bool(row.number(roles.quantity) or row.number(roles.unit_price)) or _stands_alone(row, roles.total)
    return bool(row.number(roles.unit_price if roles.unit_price is not None else roles.quantity))


def _is_free(row: BodyRow, roles: Roles) -> bool:
    """Whether the line is of goods that cost nothing: a word or a dash stands for the total, in a cell of its own, beside
    a quantity in a cell of its own and a price, if one is printed."""
    quantity = row.number(roles.quantity)
    if quantity is None or roles.total is None:
        return False
    cell = row.cells[roles.total]
    cells = [segment.tokens for segment in row.line.segments]
    counted = any(quantity.tokens[0] is tokens[0] and len(tokens) < _FREE + 2 for tokens in cells)
    if not counted or len(cells) < _FREE + 1 or cell != cells[-1] or len(cell) > _FREE:
        return False
    return bool(row.number(roles.unit_price)) or any(token.key.isalpha() for token in cell)


def _stands_alone(row: BodyRow, column: int) -> bool:
    """Whether the number of a column is a cell of its own, not a number within a sentence."""
    amount = row.number(column)
    if amount is None:
        return False
    first = amount.tokens[0]
    for segment in row.line.segments:
        if first in segment.tokens:
            before = segment.tokens[: segment.tokens.index(first)]
            return not before or (len(row.line.segments) > 1 and all(len(token.text) < 4 for token in before))
    return False


def is_full(row: BodyRow, roles: Roles) -> bool:
    """Whether quantity, price and total are there and agree."""
    quantity, price, total = (row.number(at) for at in (roles.quantity, roles.unit_price, roles.total))
    if not (quantity and price and total) or not quantity.value:
        return False
    discount = row.number(roles.discount)
    return multiplies(quantity.value, price.value, total.value, discount.value if discount else None)


def proven_roles(grid: Grid, anchors: Sequence[BodyRow]) -> Roles:
    """The header's roles where quantity × price = total bears them out; else a second price or total of the header's
    that does so better; else the columns that fit, if they do in most rows."""
    rows = anchors[:_SAMPLE]
    wanted = max(1, (len(rows) + 1) // 2)
    named = [_not_the_balance(roles, rows) for roles in _named_roles(grid)]
    best = max(named, key=lambda roles: sum(is_full(row, roles) for row in rows))
    most = sum(is_full(row, best) for row in rows)
    filled = Counter(at for row in rows for at in row.numbers)
    places = sorted(at for at, _ in filled.most_common(_CANDIDATES))
    if wanted <= most < len(rows):
        return _better_factor(best, places, rows, most)
    if most >= wanted or len(places) < 3:
        return best
    for quantity, price, total in permutations(places, 3):
        trial = Roles(quantity, price, total, best.discount)
        fits = sum(is_full(row, trial) and _is_telling(row, trial) for row in rows)
        if fits >= wanted and (fits, _likeness(trial, named[0])) > (most, _likeness(best, named[0])):
            best, most = trial, fits
    return best


def _better_factor(best: Roles, places: Sequence[int], rows: Sequence[BodyRow], most: int) -> Roles:
    """``best``, or with another column of quantities or prices that multiplies to the total in more of the rows (sold
    beside delivered)."""
    others = [replace(best, quantity=at) for at in places if at != best.unit_price and at != best.total]
    others += [replace(best, unit_price=at) for at in places if at != best.quantity and at != best.total]
    fits = [sum(is_full(row, roles) for row in rows) for roles in others]
    return others[fits.index(max(fits))] if fits and max(fits) > most else best


def _not_the_balance(roles: Roles, rows: Sequence[BodyRow]) -> Roles:
    """``roles`` with the column of charges as the total where its own is the running sum of them."""
    if roles.total is None or len(rows) < 2:
        return roles
    running = [amount.value if (amount := row.number(roles.total)) else None for row in rows]
    for at in {at for row in rows for at in row.numbers} - {roles.total}:
        found = [amount.value if (amount := row.number(at)) else None for row in rows]
        known = [value for value in found if value is not None]
        if len(known) > 1 and len(known) >= len(rows) - 1 and list(accumulate(known)) == running[: len(known)]:
            return replace(roles, total=at)
    return roles


def _named_roles(grid: Grid) -> list[Roles]:
    """The roles as the header names them, first the likeliest; then with its second price, second total or gross
    total."""
    first = header_roles(grid)
    prices = [at for at, column in enumerate(grid.columns) if column.role == "second_unit_price"]
    totals = [at for at, column in enumerate(grid.columns) if column.role in ("second_total_price", "gross")]
    return [
        replace(first, unit_price=price, total=total)
        for total in (first.total, *totals)
        for price in (first.unit_price, *prices)
    ]


def _likeness(roles: Roles, other: Roles) -> int:
    """In how many of quantity, price and total both agree."""
    return sum(getattr(roles, name) == getattr(other, name) for name in ("quantity", "unit_price", "total"))


def _is_telling(row: BodyRow, roles: Roles) -> bool:
    """Whether the row's product says something: factors of one or nothing fit everywhere."""
    factors = (row.number(roles.quantity), row.number(roles.unit_price))
    return all(factor is not None and factor.value not in _TRIVIAL for factor in factors)


def with_points(row: BodyRow, roles: Roles) -> BodyRow:
    """``row`` with the decimal point that OCR lost in its price or its total, where the product asks for one."""
    if is_full(row, roles) or row.layout.confidence_of(row.line.tokens) == 1:
        return row
    for column in (roles.unit_price, roles.total):
        amount = row.number(column)
        if amount is None or column is None:
            continue
        for mended in _pointed(amount, row.numbers[column]):
            trial = BodyRow(row.layout, row.line, row.cells, {**row.numbers, column: [mended]})
            if is_full(trial, roles):
                return trial
    return row


def _pointed(amount: Amount, found: Sequence[Amount]) -> Iterator[Amount]:
    """What a number may be where OCR lost its point (1685) or read a blank for it (16 85, 4. 90)."""
    if not amount.decimals and abs(amount.value) >= 100:
        yield amount._replace(value=amount.value.scaleb(-2), decimals=2)
    if len(found) > 1 and not found[-2].decimals and re.fullmatch(r"\d\d", amount.text):
        whole = found[-2]
        value = abs(whole.value) + amount.value.scaleb(-2)
        yield Amount(value, f"{whole.text} {amount.text}", whole.currency, 2, False, (*whole.tokens, *amount.tokens))


def without_tax_class(found: list[Amount]) -> list[Amount]:
    """The numbers of a cell without a single digit behind an amount with cents: the class of its tax."""
    if len(found) > 1 and len(found[-1].text) == 1 and found[-2].decimals == 2:
        return found[:-1]
    return found


def with_price(row: BodyRow, roles: Roles) -> BodyRow:
    """``row`` with the price that its product asks for, where the cell says per how many it is (``320.00 per 100``)."""
    quantity, total = row.number(roles.quantity), row.number(roles.total)
    if roles.unit_price is None or not (quantity and total) or is_full(row, roles):
        return row
    prices = row.numbers.get(roles.unit_price, [])
    for price, per in permutations(prices, 2):
        if per.value > 0 and multiplies(quantity.value, price.value / per.value, total.value):
            return replace(row, numbers={**row.numbers, roles.unit_price: [price]})
    return row


def with_factors(rows: Sequence[BodyRow], roles: Roles, habit: Notation) -> list[BodyRow]:
    """``rows`` with quantity and price taken from anywhere on their lines, where the columns do not give them but in
    most rows two numbers, in the header's order, multiply to the total: the columns' boundaries were misjudged."""
    if roles.quantity is None or roles.unit_price is None or 2 * sum(is_full(row, roles) for row in rows) >= len(rows):
        return list(rows)
    mended = [row if is_full(row, roles) else _refactored(row, roles, habit) for row in rows]
    return mended if 2 * sum(is_full(row, roles) for row in mended) >= len(rows) else list(rows)


def _has_times(row: BodyRow, left: Amount, right: Amount) -> bool:
    """Whether a sign of multiplication stands between two numbers (1 UN x 18,99)."""
    between = (token for token in row.line.tokens if left.tokens[-1].x1 <= token.x0 < right.tokens[0].x0)
    return any(token.text in {"x", "X", "×", "*"} for token in between)


def _refactored(row: BodyRow, roles: Roles, habit: Notation) -> BodyRow:
    total = row.number(roles.total)
    if total is None or roles.quantity is None or roles.unit_price is None:
        return row
    found = [
        number
        for number in find_amounts(row.line.tokens, habit)
        if not number.percent and number.tokens[0] not in total.tokens
    ]
    # neighbours first: a running or an article number stands further away
    for left, right in sorted(combinations(found, 2), key=lambda pair: pair[1].tokens[0].x0 - pair[0].tokens[-1].x1):
        quantity, price = (left, right) if roles.quantity < roles.unit_price else (right, left)
        trivial = not {quantity.value, price.value}.isdisjoint(_TRIVIAL) and not _has_times(row, left, right)
        if trivial or not multiplies(quantity.value, price.value, total.value):
            continue
        used = {*quantity.tokens, *price.tokens}
        cells = [[token for token in cell if token not in used] for cell in row.cells]
        return BodyRow(
            row.layout,
            row.line,
            cells,
            {**row.numbers, roles.quantity: [without_unit_sign(quantity)], roles.unit_price: [price]},
        )
    return row
