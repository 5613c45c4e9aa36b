"""The document's amounts: subtotal, tax and total, read from labels and solved with arithmetic.

Every label offers candidates; the choice is the reading in which subtotal, tax, shipping, discount and total agree,
and among those the best labelled one. What no label announces stays empty: no amount is worked out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import product

from core.rules.amounts import Amount
from core.rules.currencies import currency_of
from core.rules.labels import Label
from core.rules.layout import Segment, Token
from core.rules.reading import Reading

_KINDS = {"subtotal", "tax", "total_amount", "amount_due", "discount", "shipping", "rounding", "paid"}
#: Labels below this weight mean several things.
_STRONG = 0.8
#: What is due may be less than the total, so its label is worth less as one of the total.
_DUE_WEIGHT = 0.55
#: What is labelled as a total may be the sum before tax, where tax and another total follow.
_AS_SUBTOTAL = 0.3
#: A total is likely from this score on.
_LIKELY = 0.5
_TOLERANCE = Decimal("0.021")
_AGREES = 1.0
_PARTLY_AGREES = 0.6
_MANY = 7
#: The rule of a row that is one of several under its heading.
_JOINT = "sum of the rates"
_ONE_OF_SEVERAL = "beneath, one of several"
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


@dataclass(frozen=True, slots=True)
class Totals:
    """The chosen amounts; ``agree`` says whether they add up."""

    subtotal: Sum | None
    tax: Sum | None
    total: Sum | None
    agree: bool
    candidates: tuple[Sum, ...]


def read_totals(reading: Reading) -> Totals:
    """Subtotal, tax and total of the document, each ``None`` where the page does not print it."""
    sums = [found for label in reading.labels if label.kind in _KINDS for found in _sums(reading, label)]
    by_kind = {kind: _best([found for found in sums if found.kind == kind]) for kind in _KINDS}
    totals = by_kind["total_amount"] + [
        replace(found, score=found.score * _DUE_WEIGHT) for found in by_kind["amount_due"]
    ]
    totals = _repeated(_best(totals))
    if any(found.value > 0 for found in totals):
        # a tax that is in the amount may be printed in brackets, which is no sign
        by_kind["tax"] = [_without_brackets(found) for found in by_kind["tax"]]
    taxes = by_kind["tax"] + _joined(by_kind["tax"])
    subtotals = (
        by_kind["subtotal"]
        + _joined(by_kind["subtotal"])
        + [replace(found, score=found.score * _AS_SUBTOTAL) for found in by_kind["total_amount"]]
    )
    best: tuple[float, Sum | None, Sum | None, Sum | None, bool] = (-1.0, None, None, None, False)
    extras = _extras(by_kind)
    largest = max((found.value for found in totals if found.score > _LIKELY), default=Decimal(0))
    for subtotal, tax, total in product([None, *subtotals], [None, *taxes], [None, *totals]):
        score, agree = _judge(subtotal, tax, total, extras, largest)
        if score > best[0]:
            best = (score, subtotal, tax, total, agree)
    subtotal, tax, total = best[1], best[2], best[3]
    total = _with_service(total, by_kind) or total
    if subtotal is not None and subtotal.rule == _JOINT:
        # it helps to prove the taxes; printed it is nowhere
        subtotal = None
    if total is None and subtotal is not None and tax is not None:
        total = _completing(reading, subtotal, tax)
    elif total is None and subtotal is not None and subtotal.weak:
        # a bare “Sum” with nothing after it is what the document comes to
        total = replace(subtotal, kind="total_amount")
        subtotal = None
    return Totals(subtotal, tax, total, best[4], tuple(sums))


def _with_service(total: Sum | None, by_kind: dict[str, list[Sum]]) -> Sum | None:
    """What is due where a service charge printed between it and the total makes the difference (a restaurant's bill)."""
    if total is None or total.kind != "total_amount":
        return None
    for due in by_kind["amount_due"]:
        between = [found for found in by_kind["shipping"] if total.line < found.line < due.line]
        if any(due.value == total.value + found.value > total.value for found in between):
            return replace(due, kind="total_amount")
    return None


def _without_brackets(tax: Sum) -> Sum:
    return replace(tax, value=abs(tax.value)) if tax.tokens[0].text.startswith("(") else tax


def _completing(reading: Reading, subtotal: Sum, tax: Sum) -> Sum | None:
    """The printed amount that is the sum of subtotal and tax, below them, though no known label announces it."""
    wanted = subtotal.value + tax.value
    for page in range(subtotal.page, len(reading.layouts)):
        for segment in reading.layouts[page].segments:
            if (page, segment.line) <= (subtotal.page, subtotal.line):
                continue
            for amount in reading.amounts_in(page, segment):
                if amount.value == wanted and amount.decimals == 2:
                    score = 0.8 * min(subtotal.score, tax.score)
                    return Sum(
                        "total_amount", wanted, amount.tokens, page, segment.line, score, "completes the sum", ""
                    )
    return None


def _judge(
    subtotal: Sum | None, tax: Sum | None, total: Sum | None, extras: set[Decimal], largest: Decimal
) -> tuple[float, bool]:
    """How good a reading is, and whether it adds up. ``largest`` is the greatest amount labelled as a total."""
    score = sum(found.score for found in (subtotal, tax, total) if found is not None)
    spots = [found.tokens[0] for found in (subtotal, tax, total) if found is not None]
    if len({(token.word, token.x0, token.y0) for token in spots}) < len(spots):
        return -1.0, False
    if total is None:
        return score, False
    if subtotal is not None and tax is not None:
        gap = total.value - subtotal.value - tax.value
        if total.rule == _ONE_OF_SEVERAL and total.value < largest:
            return score - 0.4, False
        if abs(gap) <= _TOLERANCE:
            return score + _AGREES, True
        if any(abs(gap - extra) <= _TOLERANCE for extra in extras):
            return score + _AGREES * 0.9, True
        return (-1.0 if subtotal.kind == "total_amount" else score - 0.4), False
    if subtotal is not None:
        if subtotal.kind == "total_amount":
            return -1.0, False
        gap = total.value - subtotal.value
        if abs(gap) <= _TOLERANCE or any(abs(gap - extra) <= _TOLERANCE for extra in extras):
            return score + 0.3, True
        return score - (0.2 if abs(total.value) < abs(subtotal.value) else 0.0), False
    if tax is not None and abs(tax.value) > abs(total.value) * Decimal("0.45"):
        return score - 0.5, False
    return score, False


def _extras(by_kind: dict[str, list[Sum]]) -> set[Decimal]:
    """What may lie between subtotal plus tax and total: shipping more, discount less, each alone or together."""
    shipping = {Decimal(0), *(found.value for found in by_kind["shipping"])}
    shipping.add(sum({found.line: found.value for found in by_kind["shipping"]}.values(), Decimal(0)))
    discount = {Decimal(0), *(abs(found.value) for found in by_kind["discount"])}
    rounding = {Decimal(0), *(found.value for found in by_kind["rounding"])}
    rounding |= {-value for value in rounding}
    found = {more - less + tiny for more, less, tiny in product(shipping, discount, rounding)}
    return {extra for extra in found if extra}


def _sums(reading: Reading, label: Label) -> Iterator[Sum]:
    """The amounts that ``label`` may announce."""
    beside = list(_amounts_beside(reading, label))
    money = [(amount, segment) for amount, segment in beside if not amount.percent]
    money = [found for found in money if not _is_count(reading, found[0])] or (
        [] if label.kind == "tax" else money[-1:]
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
            yield _sum(reading, label, amount, segment, 0.85 if rank == 0 else 0.7, _ONE_OF_SEVERAL)
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
        if amount.tokens[0].x0 >= first.x1 - 1e-6 and amount.tokens[0].x0 < border:
            yield amount, label.segment
    if border != float("inf"):
        return
    layout = reading.layouts[label.page]
    for segment in layout.right_of(label.segment) or layout.level_with(label.segment):
        other = reading.label_starting(label.page, segment)
        if (
            other is not None
            and other.kind in _KINDS | {"other", "not_total"}
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
            if not money and reading.label_starting(label.page, segment) is not None:
                return
            if money:
                bottom = segment.y1
                amount = min(money, key=lambda found: _off_centre(found, head))
                if decimals is not None and amount.decimals != decimals:
                    return
                decimals = amount.decimals
                yield amount, segment


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
        amount.currency,
        label.weight < _STRONG,
    )


def _best(sums: Sequence[Sum]) -> list[Sum]:
    return sorted(sums, key=lambda found: -found.score)[:_MANY]


def _repeated(sums: Sequence[Sum]) -> list[Sum]:
    """A total that several labels name is likelier."""
    values = [found.value for found in sums]
    largest = max((abs(value) for value in values), default=Decimal(0))
    return [
        replace(
            found, score=found.score + 0.1 * min(values.count(found.value) - 1, 2) + 0.1 * (abs(found.value) == largest)
        )
        for found in sums
    ]


def _names_total(taxes: Sequence[Sum]) -> bool:
    return any(tax.label.casefold().startswith("total") or tax.label.casefold().endswith("total") for tax in taxes)


def _joined(taxes: Sequence[Sum]) -> list[Sum]:
    """The sum of several rates' taxes (or nets) that stand on lines of their own."""
    lines: dict[tuple[int, int], Sum] = {}
    beside = [tax for tax in taxes if tax.rule == "beside"]
    for tax in beside if len(beside) > 1 else taxes:
        lines.setdefault((tax.page, tax.line), tax)
    each = [tax for tax in lines.values() if tax.value]
    if len(each) < 2:
        return []
    first = each[0]
    value = sum((tax.value for tax in each), Decimal(0))
    halves = len(each) == 2 and each[0].value == each[1].value and each[0].label != each[1].label
    # a state's half and the federation's (CGST, SGST) belong together without any sum to prove it
    score = min(tax.score for tax in each) * 0.9 + (0.2 if halves and not _names_total(each) else 0.0)
    return [replace(first, value=value, score=score, rule=_JOINT, label=" + ".join(tax.label for tax in each))]
