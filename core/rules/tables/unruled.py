"""Items that no header announces: receipts, and lists of texts with an amount at the right edge.

Rows are lines whose last number is money and stands in one column with the others. They are items where they add up to
a sum that is printed under them, or where quantity × price says so; nothing is made of numbers that only look alike.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import accumulate, combinations

from core.notation import Notation
from core.page.layout import Layout, Token
from core.rules.tables.factors import (
    WORD,
    drop_ordinals,
    find_factors,
    is_next_to,
    take_leading_quantity,
    take_trailing_quantities,
)
from core.rules.tables.items import ItemRow, number_cell, text_cell
from core.rules.tables.money_rows import MoneyRow, main_column, money_rows
from core.rules.tables.pump import take_pump
from core.rules.tables.words import TableWords

#: Fewer rows than this are believed only where a printed sum bears them out.
_ENOUGH = 2
#: A sum that differs by no more than this share is taken for that of the rows with a tax or a misread digit.
_NEAR = Decimal("0.3")
_CENTS = re.compile(r"\d[.,]\d\d\b")
_BARCODE = re.compile(r"^\d{7,}$")


def read_without_header(pages: Sequence[Layout], words: TableWords, habit: Notation) -> list[ItemRow]:
    """The items that prove themselves by their numbers; empty where none do."""
    rows = [row for page in pages for row in money_rows(page, words, habit)]
    take_pump(rows, habit)
    column = main_column(rows)
    sums = {row.amount.value for row in rows if row.kind == "sum" and row.amount.value}
    run, proven = _best_run(column, sums)
    _join_wrapped(run)
    if not proven and len(column) < len(rows):
        # amounts that stand in no column (ragged print of a receipt) still prove themselves by their sum
        run, proven = max((run, proven), _best_run(rows, sums), key=lambda found: found[1])
    for row in run:
        if row.price is None:
            find_factors(row, habit)
        take_leading_quantity(row)
    take_trailing_quantities(run)
    if not proven and (len(run) < _ENOUGH or not (any(row.price for row in run) or _nearly(run, sums))):
        return []
    drop_ordinals(run)
    goods = [row for row in run if row.kind in ("item", "charge")]
    below = _texts_below(goods, rows)
    return [_item(row, proven, below) for row in goods]


def _join_wrapped(run: Sequence[MoneyRow]) -> None:
    """Puts the first line of a wrapped text, which begins with its quantity, before the row with its amount, which is
    set in: ``1 Full English with`` / ``extra black pudding  13.25``."""
    edge = min((row.left for row in run if row.label and row.label[0].text.isdecimal()), default=None)
    if edge is None:
        return
    for row in run:
        above = row.layout.lines[row.line.index - 1] if row.line.index else None
        indented = row.left > edge + 0.8 * row.layout.text_height
        if (
            above is None
            or not indented
            or not is_next_to(above, row.line)
            or abs(above.x0 - edge) > row.layout.text_height
        ):
            continue
        words = above.tokens
        worded = any(WORD.search(token.text) for token in words[1:])
        if words[0].text.isdecimal() and len(words[0].text) < 3 and worded and not any(map(_has_cents, words)):
            row.label = [*words, *row.label]


def _has_cents(token: Token) -> bool:
    return _CENTS.search(token.text) is not None


def _texts_below(goods: Sequence[MoneyRow], rows: Sequence[MoneyRow]) -> bool:
    """Whether each row of numbers without a text of its own has one right below, the last row too."""
    priced = {(id(row.layout), row.line.index) for row in rows}
    bare = [row for row in goods if not _own_text(row)]
    return bool(bare) and all(
        row.line.index + 1 < len(row.layout.lines)
        and (id(row.layout), row.line.index + 1) not in priced
        and is_next_to(row.layout.lines[row.line.index + 1], row.line)
        and any(WORD.search(token.text) for token in row.layout.lines[row.line.index + 1].tokens)
        for row in bare
    )


def _best_run(rows: Sequence[MoneyRow], sums: set[Decimal]) -> tuple[list[MoneyRow], bool]:
    """The longest stretch of rows that adds up to a printed sum, and whether one does; else the rows before the first
    sum. Rows of one indentation are tried by themselves: what is set in further explains the row above it."""
    _mark_nameless_sums(rows)
    lines = [row for row in rows if row.kind in ("item", "discount")]
    best: list[MoneyRow] = []
    indents = _by_indent(lines)
    for group in [*indents[:1], lines, *indents[1:]]:
        if len(best) < _ENOUGH:
            best = max(best, _longest_sum(group, rows, sums), key=len)
    first = next((at for at, row in enumerate(rows) if row.kind == "sum" and at), len(rows))
    charged = [row for row in rows[:first] if row.kind != "none"]
    if len(charged) > len(best) and _total_of(charged) in sums:
        # postage among the goods, before any sum
        return charged, True
    every = [row for row in rows[:first] if row.kind in ("item", "discount")]
    end = max((at for at, row in enumerate(rows) if row.kind == "sum"), default=0)
    whole = [row for row in rows[:end] if row.kind in ("item", "discount")]
    for run in (every, whole):
        if len(run) > len(best) and _is_taxed(run, sums):
            return run, True
    if best:
        return best, True
    return every, False


def _mark_nameless_sums(rows: Sequence[MoneyRow]) -> None:
    """Amounts without any text that are the sum of the two or more right above them are sums."""
    for at, row in enumerate(rows):
        if row.kind == "item" and not any(token.text.isalnum() for token in row.label):
            above = list(accumulate(other.amount.value for other in reversed(rows[:at])))
            if row.amount.value in above[1:]:
                row.kind = "sum"


def _is_taxed(run: Sequence[MoneyRow], sums: set[Decimal]) -> bool:
    """Whether a printed sum is that of the run and one or two other printed ones: the taxes that were added."""
    total = _total_of(run)
    taxes = sorted(tax for tax in sums if 0 < tax < total * _NEAR)
    added = {*taxes, *(one + other for one, other in combinations(taxes, 2))}
    return any(total + tax in sums for tax in added)


def _total_of(run: Sequence[MoneyRow]) -> Decimal:
    return sum((row.amount.value for row in run), Decimal(0))


def _longest_sum(group: Sequence[MoneyRow], rows: Sequence[MoneyRow], sums: set[Decimal]) -> list[MoneyRow]:
    """The longest stretch of ``group`` that adds up to one of ``sums``."""
    running = [Decimal(0), *accumulate(row.amount.value for row in group)]
    last = {total: at for at, total in enumerate(running)}
    best: Sequence[MoneyRow] = ()
    for start, before in enumerate(running):
        for total in sums:
            run = group[start : last.get(before + total, 0)]
            if len(run) > len(best) and _is_summed(run, rows, total):
                best = run
    return list(best)


def _by_indent(rows: Sequence[MoneyRow]) -> list[list[MoneyRow]]:
    """The rows by where they begin, those furthest left first."""
    groups: dict[int, list[MoneyRow]] = {}
    for row in rows:
        groups.setdefault(round(row.left / (0.8 * row.layout.text_height)), []).append(row)
    return [groups[place] for place in sorted(groups) if len(groups[place]) > 1]


def _is_summed(run: Sequence[MoneyRow], rows: Sequence[MoneyRow], total: Decimal) -> bool:
    """Whether the sum stands after the run, or, for a run of several rows, anywhere."""
    after = rows[rows.index(run[-1]) + 1 :]
    return len(run) > 1 or any(row.kind == "sum" and row.amount.value == total for row in after)


def _nearly(run: Sequence[MoneyRow], sums: set[Decimal]) -> bool:
    """Whether a printed sum is not far from that of the run: a tax was added, or OCR misread an amount."""
    total = sum(row.amount.value for row in run)
    return any(abs(total - found) <= abs(found) * _NEAR for found in sums)


def _item(row: MoneyRow, proven: bool, below: bool) -> ItemRow:
    score = 0.85 if proven else 0.55
    rule = "rows that add up to a printed sum" if proven else "rows of amounts"
    page = row.layout
    lines = _description(row, below)
    factors = "quantity × price = total" if row.price else "number before the text"
    return ItemRow(
        text_cell(page, lines, score, rule) if lines else None,
        number_cell(page, row.quantity, score, factors) if row.quantity else None,
        number_cell(page, row.price, score, factors) if row.price else None,
        number_cell(page, row.amount, score, rule),
    )


def _description(row: MoneyRow, below: bool) -> list[list[Token]]:
    """The row's own text or, where beside quantity and price that is no more than a unit, the line of text above it
    (``below`` it, where the document sets them so)."""
    own = _own_text(row)
    if own:
        return [own]
    if below:
        return [_words(row.layout.lines[row.line.index + 1].tokens)]
    return _text_above(row) or ([words] if (words := _words(row.label)) else [])


def _own_text(row: MoneyRow) -> list[Token]:
    """The text on the row itself; empty where it is no more than a unit or a code."""
    own = _words(row.label)
    named = any(WORD.search(token.text) or (token.text[-1:].isalpha() and not row.price) for token in own)
    return own if named else []


def _text_above(row: MoneyRow) -> list[list[Token]]:
    """The text on the line above a row, and on the one above that where it broke off but a mark; empty where there is
    none."""
    lines = row.layout.lines
    found: list[list[Token]] = []
    for index in range(row.line.index - 1, max(row.line.index - 3, -1), -1):
        above = lines[index].tokens
        if not is_next_to(lines[index], lines[index + 1]) or any(_CENTS.search(token.text) for token in above):
            break
        found.insert(0, _words(above))
        if any(WORD.search(token.text) for token in above):
            return found
    return []


def _words(tokens: Sequence[Token]) -> list[Token]:
    return [token for token in tokens if not _BARCODE.match(token.text)]
