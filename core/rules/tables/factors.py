"""Quantity and price of a row that no header explains: on its line or beside it, proven by their product."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from core.notation import Notation
from core.notation.amounts import Amount, find_amounts
from core.page.layout import Line, Token
from core.rules.tables.items import multiplies
from core.rules.tables.money_rows import MoneyRow, part_line
from core.rules.tables.quantities import without_unit_sign

#: Units of a till's rows have no more letters.
_UNIT = 4
#: A row of more numbers is no row of goods: among so many any amount is somebody's product.
_MOST_NUMBERS = 24
#: So many rows at least make a column of counts.
_ENOUGH = 2
_LETTERS = re.compile(r"[^\W\d_]{2}")
WORD = re.compile(r"[^\W\d_]{3}|[\u3040-\u9fff]{2}")
TIMES = re.compile(r"^(?:(\d+(?:[.,]\d+)?)[x×*@]|[x×*@](\d+(?:[.,]\d+)?)|[x×*@à])$", re.IGNORECASE)
#: How many (2個) and what each costs (単268) on receipts without blanks.
_COUNTED = re.compile(r"^\s*[（(]?[x×@]?(\d+)[個点コケヶ本枚袋缶][x×*]?[)）]?$", re.IGNORECASE)
_EACH = re.compile(
    r"^\s*[（(]?[x×]?(?:単価?|@)(?:[¥￥$€£]|RM)?(\d[\d,]*?(?:[.,]\d\d)?(?:\.\d{3,4})?)円?[)）]?$", re.IGNORECASE
)
#: A comma with two digits behind it parts the cents.
_POINT = re.compile(r",(?=\d\d$)")


def find_factors(row: MoneyRow, habit: Notation, taken: Collection[int] = ()) -> None:
    """Quantity and price on the row's own line, or on a line of numbers just above or below it that is not one of
    ``taken``: those of other rows."""
    if take_factors(row, row.numbers, row.label):
        return
    lines = row.layout.lines
    below = row.line.index + 1
    if below < len(lines) and _is_mark(lines[below]) and is_next_to(lines[below], row.line):
        below += 1
    for index in (below, row.line.index - 1):
        if (
            index in taken
            or not 0 <= index < len(lines)
            or not is_next_to(lines[index], lines[below - 1] if index == below else row.line)
        ):
            continue
        line = part_line(lines[index])
        tokens = line.tokens
        numbers = [amount for segment in line.segments for amount in find_amounts(segment.tokens, habit)]
        if len(_texts(tokens)) <= 1 and take_factors(row, numbers, tokens):
            return


def take_factors(row: MoneyRow, numbers: Sequence[Amount], tokens: Sequence[Token]) -> bool:
    """Finds two of ``numbers`` (a quantity may be glued to its ×) whose product is the row's amount; of several pairs
    the one that stands closest together. Takes them out of the row's label."""
    found = min(_factors(row, numbers, tokens), key=lambda pair: _apart(*pair), default=None)
    if found is None:
        return False
    quantity, price = found
    row.quantity, row.price = without_unit_sign(quantity), price
    if price.tokens[0] in row.label:
        used = {*quantity.tokens, *price.tokens}
        before = [token for token in row.label if token.x1 <= quantity.tokens[0].x0]
        if quantity.tokens[0].text.startswith("(") and any(WORD.search(token.text) for token in before):
            # in brackets they are a part of the text
            return True
        # behind the text, what stands between quantity and price is a unit
        texted = any(WORD.search(token.text) for token in before)
        between = [token for token in row.label if quantity.tokens[-1].x1 <= token.x0 < price.tokens[0].x0]
        words = [token for token in between if WORD.search(token.text)]
        times = bool(between) and TIMES.match(between[-1].text.lstrip("¬ ")) is not None
        if not texted and times and len(words) == 1 and len(words[0].text) <= _UNIT:
            # 10 PCS x 6.80: what stands before the sign is a unit, what stands behind it (2 x Menu 29,90) the text
            row.label = [token for token in row.label if token not in between]
        row.label = before if texted else [token for token in row.label if token.x0 < price.tokens[0].x0]
        row.label = [token for token in row.label if token not in used and not TIMES.match(token.text)]
    return True


def _factors(row: MoneyRow, numbers: Sequence[Amount], tokens: Sequence[Token]) -> Iterator[tuple[Amount, Amount]]:
    """Pairs of quantity and price that multiply to the row's amount."""
    percent = next((number.value for number in numbers if number.percent), None)
    plain = [number for number in numbers if not number.percent and number.value]
    if len(plain) > _MOST_NUMBERS:
        return
    each = list(_each(tokens))
    marked = {token for price in each for token in price.tokens}
    for quantity in (*_glued(tokens), *(number for number in plain if number.tokens[0] not in marked)):
        for price in (*each, *plain):
            is_price = price.decimals >= 2 or price.currency is not None or row.amount.decimals == 0
            is_money = quantity.decimals == 2 and quantity.currency is not None
            if quantity.tokens[0].x0 == price.tokens[0].x0 or not is_price or is_money:
                continue
            if multiplies(quantity.value, price.value, row.amount.value, percent):
                yield quantity, price


def _apart(quantity: Amount, price: Amount) -> float:
    return abs(quantity.tokens[0].x0 - price.tokens[0].x0)


def _glued(tokens: Sequence[Token]) -> Iterator[Amount]:
    for token in tokens:
        shape = None if _EACH.match(token.text) else TIMES.match(token.text) or _COUNTED.match(token.text)
        digits = next(filter(None, shape.groups()), None) if shape else None
        if digits:
            yield Amount(Decimal(digits.replace(",", ".")), token.text, None, 0, False, (token,))


def _each(tokens: Sequence[Token]) -> Iterator[Amount]:
    for token in tokens:
        if shape := _EACH.match(token.text):
            printed = _POINT.sub(".", shape[1]).replace(",", "")
            decimals = len(printed.partition(".")[2])
            yield Amount(Decimal(printed), token.text, None, decimals, False, (token,))


def _is_mark(line: Line) -> bool:
    """Whether a line holds no more than a tax mark or a currency that found no room behind its amount."""
    return len(line.tokens) < 3 and all(len(token.text) < 4 and not token.text.isdigit() for token in line.tokens)


def _texts(tokens: Sequence[Token]) -> list[Token]:
    """The words among ``tokens`` that are no unit behind a number (``1,2 kg``, ``2.49 /lb``)."""
    return [
        token
        for before, token in pairwise([None, *tokens])
        if token is not None
        and _LETTERS.search(token.text)
        and not TIMES.match(token.text)
        and not (token.text.startswith("/") or (before is not None and before.text[-1].isdigit()))
    ]


def is_next_to(line: Line, other: Line) -> bool:
    gap = max(line.y0 - other.y1, other.y0 - line.y1)
    return gap < 1.2 * (other.y1 - other.y0)


def take_leading_quantity(row: MoneyRow) -> None:
    """``2 Espresso 5,00`` and ``Espresso x2``: a quantity without its price."""
    if row.quantity or len(row.label) < 2:
        return
    ends = [token for token in (row.label[0], row.label[-1]) if TIMES.match(token.text)]
    glued = next(_glued(ends), None)
    first = row.label[0]
    last, times = row.label[-1], row.label[-2]
    sized = len(row.label) > 2 and row.label[-3].text[-1:].isdigit()
    if glued is None and last.text.isdecimal() and len(last.text) < 4 and TIMES.match(times.text) and not sized:
        glued = Amount(Decimal(last.text), last.text, None, 0, False, (last,))
    if glued is None and first.text.isdecimal() and len(first.text) < 3 and not first.text.startswith("0"):
        glued = Amount(Decimal(first.text), first.text, None, 0, False, (first,))
    if glued is not None:
        row.quantity = glued
        row.label = [token for token in row.label if token not in glued.tokens]
        signs = [token for token in (row.label[:1] + row.label[-1:]) if TIMES.match(token.text)]
        row.label = [token for token in row.label if token not in signs]


def take_trailing_quantities(run: Sequence[MoneyRow]) -> None:
    """``Beer    4    23.20``: a column of small whole numbers between text and amount, in most of the rows."""
    counted = [row for row in run if row.quantity is None and _has_count(row)]
    if len(counted) < _ENOUGH or len(counted) < 0.7 * len(run):
        return
    for row in counted:
        last = row.label.pop()
        row.quantity = Amount(Decimal(last.text), last.text, None, 0, False, (last,))


def _has_count(row: MoneyRow) -> bool:
    """Whether a small whole number in a cell of its own ends the row's text."""
    if len(row.label) < 2:
        return False
    last = row.label[-1]
    alone = any(len(segment.tokens) == 1 and segment.tokens[0] == last for segment in row.line.segments)
    return alone and last.text.isdecimal() and len(last.text) < 3 and last.text != "0"


def drop_ordinals(run: Sequence[MoneyRow]) -> None:
    """Leading numbers that only count the rows (1, 2, 3) are no quantities."""
    leading = [row.quantity.value if row.quantity and not row.price else None for row in run]
    if len(run) > 1 and leading == [Decimal(place) for place in range(1, len(run) + 1)]:
        for row in run:
            row.quantity = None
