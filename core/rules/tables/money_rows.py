"""Lines that end with an amount of money, and the column in which most of a page's amounts stand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import permutations

from core.notation import Notation
from core.notation.amounts import Amount, find_amounts
from core.notation.folding import fold
from core.page.layout import Layout, Line, Segment, Token
from core.rules.tables.words import TableWords

#: Right edges of amounts in one column differ by less than this many text heights.
_ALIGNED = 1.2
#: A whole number from here on is a code rather than money.
_LARGEST = 10_000_000
_RATE = re.compile(r"^%\d{1,2}(?:[.,]\d)?$|^\d{1,2}(?:[.,]\d)?%$")
_CENTS = re.compile(r"\d[.,]\d\d\b")
_WORD = re.compile(r"[^\W\d_]{3}|[\u3040-\u9fff]")
#: Before a charge stands its rate (10% Service Charge).
_PERCENT = re.compile(r"^\d{1,2}(?:[.,]\d{1,2})?%$")
#: No tax is higher than this share of what it is added to.
_HIGHEST_TAX = Decimal("0.3")
_CENT = Decimal("0.02")
_GLUE = re.compile(r"\.{4,}|(?:\.*…)+\.*|(?<=\d)[※軽]+$|(?<=\d)[@x×](?=\d+[.,]\d\d$)|(?<=[個点本枚袋])[x×](?=[¥￥]?\d)")


@dataclass(eq=False)
class MoneyRow:
    """A line that ends with an amount of money. ``label`` is what stands left of its numbers."""

    layout: Layout
    line: Line
    amount: Amount
    numbers: list[Amount]
    label: list[Token]
    kind: str = "item"
    quantity: Amount | None = None
    price: Amount | None = None
    above: list[Token] = field(default_factory=list)

    @property
    def right(self) -> float:
        return self.amount.tokens[-1].x1

    @property
    def left(self) -> float:
        return self.label[0].x0 if self.label else self.line.x0


def money_rows(layout: Layout, words: TableWords, habit: Notation) -> Iterator[MoneyRow]:
    """The lines of a page that end with an amount of money; on a page without cents, with a whole number."""
    cents = any(_CENTS.search(token.text) for token in layout.tokens)
    for line in map(part_line, layout.lines):
        tokens = line.tokens
        if not any(char.isdigit() for token in tokens[-3:] for char in token.text):
            continue
        repair = layout.page.words[tokens[0].word].confidence < 1
        numbers = [amount for segment in line.segments for amount in find_amounts(segment.tokens, habit, repair)]
        while numbers and (numbers[-1].percent or _is_tax_mark(numbers)):
            tokens = tokens[: tokens.index(numbers.pop().tokens[0])]
        if not numbers or not _is_money(numbers[-1], cents) or not _is_last(numbers[-1], tokens):
            continue
        label = _without_rate(line, tokens[: tokens.index(numbers[-1].tokens[0])])
        row = MoneyRow(layout, line, numbers[-1], numbers[:-1], label)
        row.kind = _kind(row, words)
        yield row


def _without_rate(line: Line, label: list[Token]) -> list[Token]:
    """``label`` without the rate of tax at its end: one in a cell of its own, or with the sign in front as Turkish tills
    print it. A percentage that ends the name itself (Chocolate 85%) stays."""
    if len(label) < 2 or not _RATE.match(label[-1].text):
        return label
    apart = any(segment.tokens[0] is label[-1] for segment in line.segments)
    return label[:-1] if apart or label[-1].text.startswith("%") else label


def part_line(line: Line) -> Line:
    """``line`` with amounts set apart from the dots that lead to them (``Postage.......4.50``) and from a tax mark that
    is glued to them (``218※``)."""
    if not any(_GLUE.search(token.text) for token in line.tokens):
        return line
    segments = [
        Segment(run, segment.line, segment.index) for segment in line.segments for run in _parts(segment.tokens) if run
    ]
    return Line(line.index, segments) if segments else line


def _parts(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """``tokens`` cut where leaders and tax marks are."""
    run: list[Token] = []
    for token in tokens:
        glue = _GLUE.search(token.text)
        if glue is None:
            run.append(token)
            continue
        width = (token.x1 - token.x0) / len(token.text)
        before, after = token.text[: glue.start()], token.text[glue.end() :]
        if before:
            run.append(token._replace(text=before, key=fold(before), x1=token.x0 + width * glue.start()))
        yield run
        run = [token._replace(text=after, key=fold(after), x0=token.x1 - width * len(after))] if after else []
    yield run


def _is_money(amount: Amount, cents: bool) -> bool:
    if amount.percent:
        return False
    return amount.decimals == 2 or amount.currency is not None or (not cents and abs(amount.value) < _LARGEST)


def _is_tax_mark(numbers: Sequence[Amount]) -> bool:
    """Whether the last of a line's numbers is a single digit behind an amount with cents: the class of its tax."""
    return len(numbers) > 1 and len(numbers[-1].text) == 1 and numbers[-2].decimals == 2


def _is_last(amount: Amount, tokens: Sequence[Token]) -> bool:
    """Whether no more than marks of its tax (A, SR, ZRL, A *) follow the amount."""
    after = tokens[tokens.index(amount.tokens[-1]) + 1 :]
    if len(after) == 1 and len(after[0].text) == 3:
        return after[0].text.isupper() and after[0].text.isalpha()
    return len(after) < 3 and all(len(token.text) < 3 and not token.text.isdigit() for token in after)


def _kind(row: MoneyRow, words: TableWords) -> str:
    """``sum``, ``charge``, ``discount``, ``none`` (carried over) or ``item``."""
    for segment in row.line.segments:
        tokens = segment.tokens
        if words.carries.length_at(tokens):
            return "none"
        if words.discounts.length_at(tokens):
            return "discount"
        if len(tokens) > 1 and _PERCENT.match(tokens[0].text):
            tokens = tokens[1:]
        if words.is_sum(tokens):
            return "charge" if words.is_charge(tokens) else "sum"
    label = [token for token in row.label if token.key]
    if words.ends_in_sum(label):
        return "sum"
    if row.amount.value <= 0 and words.names_discount(label):
        return "discount"
    return "none" if _is_of_taxes(row, words) else "item"


def _is_of_taxes(row: MoneyRow, words: TableWords) -> bool:
    """Whether the row is one of a table of taxes (SR @ 6%  5.57  0.33): it holds no word, and its last number is the tax
    on another one, or another one with its tax."""
    numbers = {token for number in (*row.numbers, row.amount) for token in number.tokens}
    texts = [token for token in row.line.tokens if token not in numbers and _WORD.search(token.text)]
    if texts and not words.is_tax(texts):
        return False
    last = abs(row.amount.value)
    others = [abs(number.value) for number in row.numbers if number.value]
    if any(number.percent for number in row.numbers):
        return True
    return any(
        (rate <= 100 * _HIGHEST_TAX and abs(base * rate / 100 - last) <= _CENT < last)
        or (abs(base + rate - last) <= _CENT and rate <= base * _HIGHEST_TAX)
        for base, rate in permutations(others, 2)
    )


def main_column(rows: Sequence[MoneyRow]) -> list[MoneyRow]:
    """The rows whose amounts stand in the column that most of them share."""
    places = Counter(round(row.right / row.layout.text_height) for row in rows)
    if not places:
        return []
    best = max(places, key=lambda place: (places[place - 1] + places[place] + places[place + 1], places[place]))
    return [row for row in rows if abs(row.right / row.layout.text_height - best) <= _ALIGNED]
