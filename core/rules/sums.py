"""The amounts that a label may announce: beside it, or in the column beneath it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations

from core.notation.amounts import Amount
from core.notation.currencies import currency_of, is_code
from core.page.layout import Line, Segment, Token
from core.rules.labels import Label
from core.rules.reading import Reading
from core.schema.values import is_amount

#: What labels of sums may announce.
KINDS = {"subtotal", "tax", "total_amount", "amount_due", "discount", "shipping", "rounding", "paid"}
#: Labels below this weight mean several things.
_STRONG = 0.8
#: The rule of a row that is one of several under its heading.
ONE_OF_SEVERAL = "beneath, one of several"
#: Amounts that no label announces, but whose row adds up to the total.
ROW_OF_TAX = "row of net, tax and gross"
_PROVEN = 0.7
_CENT = Decimal("0.011")
_HIGHEST_RATE = 30
#: A row of a tax table has no more amounts.
_MOST_IN_ROW = 7
#: Rows of a column of amounts follow each other within this many heights of its heading.
_ROW_GAP = 3.2


@dataclass(frozen=True, slots=True)
class Sum:
    """One reading of an amount of the document, where it stands and why it was taken."""

    kind: str
    value: Decimal
    tokens: tuple[Token, ...]
    page: int
    line: int
    score: float
    rule: str
    label: str
    currency: str | None = None
    weak: bool = False
    """Whether its label says no more than that it is a sum."""


def sums_of(reading: Reading, label: Label) -> Iterator[Sum]:
    """The amounts that ``label`` may announce."""
    beside = list(_amounts_beside(reading, label))
    money = [(amount, segment) for amount, segment in beside if not amount.percent]
    money = [found for found in money if not _is_count(reading, found[0])] or (
        [] if label.kind == "tax" else [found for found in money[-1:] if not _is_year(found[0])]
    )
    for rank, (amount, segment) in enumerate(reversed(money)):
        factor = (1.0 if rank == 0 else 0.75**rank) * _nearness(label, amount, segment)
        yield _sum(reading, label, amount, segment, factor, "beside")
    if money or not label.segment.tokens:
        return
    if reading.is_cell(label) or any(amount.percent for amount, _ in beside):
        yield from _column_sums(reading, label)


def _column_sums(reading: Reading, label: Label) -> Iterator[Sum]:
    """The amounts under a heading: the only row, or the last one where it adds up those above it. Rows of several tax
    rates without such a row are parts of the document's sums; their taxes together are its tax."""
    rows = list(_amounts_beneath(reading, label))
    values = [amount.value for amount, _ in rows]
    if len(rows) < 2:
        for amount, segment in rows:
            yield _sum(reading, label, amount, segment, 0.9, "beneath")
        return
    total = sum(values[:-1], Decimal(0)) == values[-1]
    for rank, (amount, segment) in enumerate(rows):
        if total and rank == len(rows) - 1:
            yield _sum(reading, label, amount, segment, 1.0, "sum of its column")
        else:
            yield _sum(reading, label, amount, segment, 0.85 if rank == 0 else 0.7, ONE_OF_SEVERAL)
    if label.kind == "tax" and not total:
        first = _sum(reading, label, *rows[0], 0.8, "sum of the rates")
        yield replace(first, value=sum(values, Decimal(0)))


def _amounts_beside(reading: Reading, label: Label) -> Iterator[tuple[Amount, Segment]]:
    first = label.segment.tokens[label.end - 1]
    following = [other for other in reading.labels_of[label.page, label.segment.index] if other.start >= label.end]
    border = min(
        (other.segment.tokens[other.start].x0 for other in following if other.weight > 0.5 and other.kind != "other"),
        default=float("inf"),
    )
    for amount in reading.amounts_in(label.page, label.segment):
        # the label may end in the amount's currency (Total RM 10.00)
        number = next(token for token in amount.tokens if any(map(str.isdigit, token.text)))
        if number.x0 >= first.x1 - 1e-6 and number.x0 < border:
            yield amount, label.segment
    if border != float("inf"):
        return
    layout = reading.layouts[label.page]
    for segment in layout.right_of(label.segment) or layout.level_with(label.segment):
        other = reading.label_starting(label.page, segment)
        if (
            other is not None
            and other.kind in KINDS | {"other", "not_total"}
            and not _is_money_cell(reading, label.page, segment)
        ):
            break
        inner = [found for found in reading.labels_of.get((label.page, segment.index), ()) if found.start]
        end = min((segment.tokens[found.start].x0 for found in inner if found.weight > 0.5), default=float("inf"))
        for amount in reading.amounts_in(label.page, segment):
            if amount.tokens[0].x0 < end:
                yield amount, segment
        if end < float("inf"):
            # the next label stands so close behind this one's value that they share a cell
            break


def _is_money_cell(reading: Reading, page: int, segment: Segment) -> bool:
    amounts = reading.amounts_in(page, segment)
    return bool(amounts) and amounts[0].tokens[0] is segment.tokens[0]


def _amounts_beneath(reading: Reading, label: Label) -> Iterator[tuple[Amount, Segment]]:
    """The column of amounts under a label, down to the next label in that column."""
    layout = reading.layouts[label.page]
    if (label.page, label.segment.line) in reading.table_heads:
        return
    head = reading.cell_of(label)
    left, right = head.x0, reading.cell_end(label)
    bottom = head.y1
    decimals: int | None = None
    for line in layout.lines[label.segment.line + 1 :]:
        if line.y0 - bottom > _ROW_GAP * head.height:
            return
        for segment in line.segments:
            if segment.overlap_x(head) < 0.2 and not (left <= segment.x0 and segment.x1 <= right):
                continue
            money = [amount for amount in reading.amounts_in(label.page, segment) if not amount.percent]
            money = [amount for amount in money if not _is_in_number(segment, amount)]
            money = [amount for amount in money if label.kind != "tax" or not _is_count(reading, amount)]
            if not money and reading.label_starting(label.page, segment) is not None:
                return
            if money:
                bottom = segment.y1
                amount = min(money, key=lambda found: _off_centre(found, head))
                if decimals is not None and amount.decimals != decimals:
                    return
                decimals = amount.decimals
                yield amount, segment


def _is_in_number(segment: Segment, amount: Amount) -> bool:
    """Whether a bare whole number is the end of a telephone's or an account's (03-7805 7889)."""
    at = segment.tokens.index(amount.tokens[0])
    before = segment.tokens[at - 1].text if at else ""
    return amount.decimals == 0 and amount.currency is None and "-" in before and any(map(str.isdigit, before))


def _off_centre(amount: Amount, segment: Segment) -> float:
    return abs(amount.tokens[0].x0 + amount.tokens[-1].x1 - segment.x0 - segment.x1)


def _nearness(label: Label, amount: Amount, segment: Segment) -> float:
    """Less than 1 where other words stand between label and amount (Total 6% supplies 14.50): they narrow it down."""
    if segment is not label.segment:
        between = label.segment.tokens[label.end :]
    else:
        between = [token for token in segment.tokens[label.end :] if token.x0 < amount.tokens[0].x0]
    words = [
        token
        for token in between
        if len(token.key) > 2 and token.key.isalpha() and currency_of(token.text.strip("():")) is None
    ]
    return 0.6 if label.kind in {"total_amount", "subtotal"} and words else 1.0


def _is_count(reading: Reading, amount: Amount) -> bool:
    """Whether a number is no money in a document that prints its money with decimals."""
    return amount.currency is None and amount.decimals == 0 and reading.prints_cents and amount.value != 0


def _is_year(amount: Amount) -> bool:
    """Whether a bare number is the year of a date in a sentence."""
    return amount.currency is None and amount.decimals == 0 and 1990 <= amount.value <= 2099


def _sum(reading: Reading, label: Label, amount: Amount, segment: Segment, factor: float, rule: str) -> Sum:
    layout = reading.layouts[label.page]
    pages = len(reading.layouts)
    score = label.weight * factor
    if amount.currency is None and amount.decimals != 2:
        score *= 0.85 if amount.decimals == 0 else 0.6
    if label.start:
        score *= 0.9
    # totals stand at the end of a document
    depth = (label.page + label.segment.y0 / max(layout.height, 1e-6)) / pages
    score *= 0.85 + 0.15 * min(depth * 1.2, 1.0)
    return Sum(
        label.kind,
        amount.value,
        amount.tokens,
        label.page,
        segment.line,
        score,
        rule,
        label.text,
        amount.currency or _currency_in(" ".join(token.text for token in label.segment.tokens[label.end :][:3])),
        label.weight < _STRONG,
    )


def in_one_currency(sums: Sequence[Sum], currency: str | None) -> list[Sum]:
    """``sums`` without those that are printed or labelled in another currency than ``currency``, where some are in that."""
    named = [(found, found.currency or _currency_in(found.label)) for found in sums]
    if not any(code == currency for _, code in named):
        return list(sums)
    return [found for found, code in named if code in (None, currency)]


def _currency_in(label: str) -> str | None:
    codes = [word.strip("():") for word in label.split()]
    return next((code for code in codes if is_code(code)), None)


def rows_of_tax(reading: Reading, totals: Collection[Decimal]) -> Iterator[tuple[Sum, Sum]]:
    """Net and tax of each printed row that holds net and tax, in either order, and one of ``totals``, which they add up to;
    or their rate in its place, or nothing else behind the word for a sum: the arithmetic says what no label beside them
    does (the last row of a till's tax table, a row of a form)."""
    wanted = {total for total in totals if total > 0}
    for page, layout in enumerate(reading.layouts if wanted else ()):
        for number, line in enumerate(layout.lines):
            numbers = [amount for segment in line.segments for amount in reading.amounts_in(page, segment)]
            amounts = [amount for amount in numbers if amount.decimals == 2 and not amount.percent]
            for one, other in combinations(amounts[:_MOST_IN_ROW], 2):
                net, tax = (one, other) if one.value > other.value else (other, one)
                gross = net.value + tax.value
                if gross not in wanted or not 0 < tax.value <= net.value / 2:
                    continue
                shown = any(amount.value == gross for amount in amounts)
                shown = shown or (len(amounts) == 2 and _is_labelled_sum(reading, page, line))
                if shown or any(_is_rate(amount, net.value, tax.value) for amount in numbers):
                    yield (
                        Sum("subtotal", net.value, net.tokens, page, number, _PROVEN, ROW_OF_TAX, "", None),
                        Sum("tax", tax.value, tax.tokens, page, number, _PROVEN, ROW_OF_TAX, "", None),
                    )


def largest_amount(reading: Reading) -> Decimal | None:
    """The greatest amount with cents on the pages."""
    found = (
        amount.value
        for page, layout in enumerate(reading.layouts)
        for segment in layout.segments
        for amount in reading.amounts_in(page, segment)
        if amount.decimals == 2 and not amount.percent and is_amount(amount.value)
    )
    return max(found, default=None)


def gross_of(reading: Reading, net: Sum, tax: Sum) -> Iterator[Sum]:
    """The total printed on the row that holds ``net`` and ``tax``, which no label announces."""
    line = reading.layouts[net.page].lines[net.line]
    for segment in line.segments:
        for amount in reading.amounts_in(net.page, segment):
            if amount.value == net.value + tax.value and amount.decimals == 2:
                yield Sum(
                    "total_amount",
                    amount.value,
                    amount.tokens,
                    net.page,
                    net.line,
                    _PROVEN,
                    ROW_OF_TAX,
                    "",
                    amount.currency,
                )


def _is_labelled_sum(reading: Reading, page: int, line: Line) -> bool:
    """Whether ``line`` begins with the label of a sum."""
    label = reading.label_starting(page, line.segments[0])
    return label is not None and label.kind in {"subtotal", "total_amount"}


def _is_rate(amount: Amount, net: Decimal, tax: Decimal) -> bool:
    """Whether ``amount`` is the rate that makes ``tax`` of ``net``, to the cent."""
    return 0 < amount.value < _HIGHEST_RATE and abs(net * amount.value / 100 - tax) <= _CENT
