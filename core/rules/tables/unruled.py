"""Items that no header announces: receipts, and lists of texts with an amount at the right edge.

Rows are lines whose last number is money and stands in one column with the others. They are items where they add up to
a sum that is printed under them, or where quantity × price says so; nothing is made of numbers that only look alike.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import accumulate, combinations, takewhile

from core.notation import Notation
from core.page.layout import Layout, Token
from core.rules.tables.factors import (
    TIMES,
    WORD,
    drop_ordinals,
    find_factors,
    is_next_to,
    take_leading_quantity,
    take_trailing_quantities,
)
from core.rules.tables.items import ItemRow, multiplies, number_cell, text_cell
from core.rules.tables.money_rows import MoneyRow, main_column, money_rows
from core.rules.tables.pump import take_pump
from core.rules.tables.words import TableWords

#: Fewer rows than this are believed only where a printed sum bears them out.
_ENOUGH = 2
#: A sum that differs by no more than this share is taken for that of the rows with a tax or a misread digit.
_NEAR = Decimal("0.3")
_CENTS = re.compile(r"\d[.,]\d\d\b")
#: No tax has a higher rate; amounts that differ by no more are the same; quantity, price, net and rate stand before a gross amount.
_HIGHEST_RATE, _CENT, _NET_AND_GROSS = 30, Decimal("0.011"), 4
#: A date, a time or the number of the document.
_REFERENCE = re.compile(r"\d[-/.]\d{1,2}[-/.]\d{2}|\d:\d\d|\[?\d{6,}\]?$")
_AT = re.compile(r"^@\d+[.,]\d\d$")
_BARCODE = re.compile(r"^\d{7,}$")


def read_without_header(pages: Sequence[Layout], words: TableWords, habit: Notation) -> list[ItemRow]:
    """The items that prove themselves by their numbers; empty where none do."""
    rows = [row for page in pages for row in money_rows(page, words, habit)]
    _mark_called_sums(rows, words)
    _mark_taxes(rows)
    _take_nets(rows)
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
            find_factors(row, habit, {other.line.index for other in run if other.layout is row.layout})
        take_leading_quantity(row)
    take_trailing_quantities(run)
    if not proven and (len(run) < _ENOUGH or not (any(row.price for row in run) or _nearly(run, sums))):
        return []
    drop_ordinals(run)
    goods = [row for row in run if row.kind in ("item", "charge") or (proven and _is_coupon(row))]
    below = _texts_below(goods, [*goods, *(row for row in rows if row.kind == "sum")])
    return [_item(row, proven, below) for row in goods]


def _is_coupon(row: MoneyRow) -> bool:
    """Whether a row takes an amount off that stands for itself; a rate reduces the row above it."""
    return row.amount.value < 0 and not any("%" in token.text for token in row.line.tokens)


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
    """Whether each row of numbers without a text of its own has one right below, the last row too, and not above."""
    priced = {(id(row.layout), row.line.index) for row in rows}
    bare = [row for row in goods if not _own_text(row)]
    above, below = (all(_is_text(row, step, priced) for row in bare) for step in (-1, 1))
    return bool(bare) and below and not (above and not _is_nearer_below(bare))


def _is_nearer_below(bare: Sequence[MoneyRow]) -> bool:
    """Whether the line below each row is clearly nearer than the one above it."""
    for row in bare:
        lines, at = row.layout.lines, row.line.index
        if 2 * (lines[at + 1].y0 - row.line.y1) > row.line.y0 - lines[at - 1].y1 - row.layout.text_height / 2:
            return False
    return True


def _is_text(row: MoneyRow, step: int, priced: set[tuple[int, int]]) -> bool:
    """Whether the line above (``step`` -1) or below a row may be its text: it names something and is no row of numbers,
    no date and no number of the document."""
    index = row.line.index + step
    lines = row.layout.lines
    if not 0 <= index < len(lines) or (id(row.layout), index) in priced or not is_next_to(lines[index], row.line):
        return False
    texts = [token.text for token in lines[index].tokens]
    return any(map(WORD.search, texts)) and not any(map(_REFERENCE.search, texts)) and len(lines[index].segments) < 3


def _mark_called_sums(rows: Sequence[MoneyRow], words: TableWords) -> None:
    """Rows that are called like a total (Final Total) or like a column (Qty) are sums where their amount is that of the
    rows above them, or is printed as a sum elsewhere."""
    sums = {row.amount.value for row in rows if row.kind == "sum"}
    for at, row in enumerate(rows):
        label = [token for token in row.label if any(map(str.isalpha, token.text))]
        if row.kind != "item" or not (words.ends_in_total(label) or words.names_columns_only(label)):
            continue
        above = [other.amount.value for other in rows[:at] if other.kind in ("item", "discount")]
        if row.amount.value in sums or row.amount.value in list(accumulate(reversed(above))):
            row.kind = "sum"


def _mark_taxes(rows: Sequence[MoneyRow]) -> None:
    """Rows whose amount is a rate, printed on them, of an amount on them that other rows come to are a tax, whatever they are
    called (Tax (S) 150.00 19  28.50): no goods."""
    for at, row in enumerate(rows):
        if row.kind != "item" or len(row.numbers) < 2:
            continue
        others = [other.amount.value for other in rows[:at] if other.kind == "item"]
        known = {*(other.amount.value for other in rows if other is not row), *accumulate(reversed(others))}
        bases = [number.value for number in row.numbers if number.decimals == 2 and number.value in known]
        rates = [
            number.value for number in row.numbers if 0 < number.value <= _HIGHEST_RATE and number.value not in bases
        ]
        if any(abs(base * rate / 100 - row.amount.value) <= _CENT for base in bases for rate in rates):
            row.kind = "none"


def _take_nets(rows: Sequence[MoneyRow]) -> None:
    """Rows that end in their net, rate, tax and gross are worth their net: what quantity and price make."""
    for row in rows:
        if row.kind != "item" or len(row.numbers) < _NET_AND_GROSS:
            continue
        rates = [number.value for number in row.numbers if number.percent]
        for at, net in enumerate(row.numbers[2:], 2):
            grown = any(abs(net.value * (100 + rate) / 100 - row.amount.value) <= _CENT for rate in rates if rate)
            factors = row.numbers[:at]
            made = any(multiplies(one.value, other.value, net.value) for one, other in combinations(factors, 2))
            if net.decimals == 2 and grown and made:
                start = net.tokens[0].x0
                row.amount, row.numbers = net, list(factors)
                row.label = [token for token in row.label if token.x1 <= start]
                break


def _sections(rows: Sequence[MoneyRow]) -> list[MoneyRow]:
    """The goods from the top that add up to the sum right below them; further goods with a sum of their own belong to them
    where the sum of all is printed too (food and drinks). Empty where the first goods do not add up."""
    sums = {row.amount.value for row in rows if row.kind == "sum"}
    found: list[MoneyRow] = []
    best: list[MoneyRow] = []
    at = 0
    while at < len(rows):
        goods = list(takewhile(lambda row: row.kind != "sum", rows[at:]))
        following = list(takewhile(lambda row: row.kind not in ("item", "none"), rows[at + len(goods) :]))
        summed = _summed(goods, {row.amount.value for row in following if row.kind == "sum"})
        if not summed:
            break
        found += summed
        if not best or _total_of(found) in sums:
            best = list(found)
        at += len(goods) + len(following)
    return best


def _summed(goods: Sequence[MoneyRow], sums: set[Decimal]) -> list[MoneyRow]:
    """The rows at the end of ``goods`` that add up to one of ``sums``: the most that do; one alone only where it is all."""
    lines = [row for row in goods if row.kind in ("item", "discount")]
    totals = list(accumulate(row.amount.value for row in reversed(lines)))
    fitting = [count for count, total in enumerate(totals, 1) if total and total in sums]
    most = max(fitting, default=0)
    return lines[len(lines) - most :] if most > 1 or most == len(lines) else []


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
    goods = _sections(rows)
    if goods and _total_of(best) != _total_of(goods):
        return goods, True
    first = next((at for at, row in enumerate(rows) if row.kind == "sum" and at), len(rows))
    charged = [row for row in rows[:first] if row.kind not in ("none", "sum")]
    if len(charged) > len(best) and _total_of(charged) in sums:
        # postage among the goods, before any sum
        return charged, True
    every = [row for row in rows[:first] if row.kind in ("item", "discount")]
    end = max((at for at, row in enumerate(rows) if row.kind == "sum"), default=0)
    whole = [row for row in rows[:end] if row.kind in ("item", "discount")]
    for run in (every, whole):
        if len(run) > len(best) and _is_taxed(run, sums):
            return run, True
    return (best, True) if best else (every, False)


def _mark_nameless_sums(rows: Sequence[MoneyRow]) -> None:
    """Amounts that are the sum of the two or more right above them are sums where they have no text or, with three or more
    above, where no row of goods follows before a sum: their label was misread."""
    for at, row in enumerate(rows):
        if row.kind != "item":
            continue
        named = any(token.text.isalnum() for token in row.label)
        after = rows[at + 1].kind if at + 1 < len(rows) else "sum"
        if named and (after == "item" or any(number.decimals for number in row.numbers)):
            continue
        above = list(accumulate(other.amount.value for other in reversed(rows[:at])))
        if row.amount.value in above[2 if named else 1 :]:
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
            if len(run) > len(best) and _is_summed(run, rows, total) and not _shares_out(run, rows, total):
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


def _shares_out(run: Sequence[MoneyRow], rows: Sequence[MoneyRow], total: Decimal) -> bool:
    """Whether a run below the goods and their sum only says how it was paid."""
    at = rows.index(run[0])
    above = [row.kind for row in rows[:at]]
    if above.count("item") < _ENOUGH or "sum" not in above:
        return False
    return len(run) == 1 or (above[-1] == "sum" and rows[at - 1].amount.value == total)


def _nearly(run: Sequence[MoneyRow], sums: set[Decimal]) -> bool:
    """Whether a printed sum is not far from that of the run: a tax was added, or OCR misread an amount."""
    total = sum(row.amount.value for row in run)
    return any(abs(total - found) <= abs(found) * _NEAR for found in sums)


def _item(row: MoneyRow, proven: bool, below: bool) -> ItemRow:
    proven = proven and (row.amount.value != 0 or row.quantity is not None)  # of nothing a sum proves nothing
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
    named = any(WORD.search(token.text) or (_is_short_name(token) and not row.price) for token in own)
    return own if named else []


def _is_short_name(token: Token) -> bool:
    """Whether a short word may name goods (7up, PPF): a single letter is a tax mark."""
    return len(token.text) > 1 and token.text[-1].isalpha() and not TIMES.match(token.text)


def _text_above(row: MoneyRow) -> list[list[Token]]:
    """The text on the line above a row, and on the one above that where it broke off but a mark; empty where there is
    none."""
    lines = row.layout.lines
    found: list[list[Token]] = []
    for index in range(row.line.index - 1, max(row.line.index - 3, -1), -1):
        above = lines[index].tokens
        cents = any(_CENTS.search(token.text) for token in above if not token.text.startswith("@"))
        if not is_next_to(lines[index], lines[index + 1]) or cents:
            break
        found.insert(0, _words(above))
        if any(WORD.search(token.text) for token in above):
            return found
    return []


def _words(tokens: Sequence[Token]) -> list[Token]:
    return [token for token in tokens if not _BARCODE.match(token.text) and not _AT.match(token.text)]
