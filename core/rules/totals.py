"""The document's amounts: subtotal, tax and total, read from labels and solved with arithmetic.

Every label offers candidates; the choice is the reading in which subtotal, tax, shipping, discount and total agree,
and among those the best labelled one. What no label announces stays empty: no amount is worked out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import product

from core.rules.reading import Reading
from core.rules.sums import KINDS, ONE_OF_SEVERAL, Sum, rows_of_tax, sums_of
from core.schema.values import is_amount

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
#: The rule of a sum over several rates.
_JOINT = "sum of the rates"


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
    sums = [found for label in reading.labels if label.kind in KINDS for found in sums_of(reading, label)]
    by_kind = {kind: _best(_sensible([found for found in sums if found.kind == kind])) for kind in KINDS}
    totals = by_kind["total_amount"] + [
        replace(found, score=found.score * _DUE_WEIGHT) for found in by_kind["amount_due"]
    ]
    totals = _repeated(_best(totals))
    for found in rows_of_tax(reading, {total.value for total in totals}):
        by_kind[found.kind].append(found)
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


def _sensible(sums: list[Sum]) -> list[Sum]:
    """``sums`` without numbers too long to be one (a barcode beside its label), where others are left."""
    return [found for found in sums if is_amount(found.value)] or sums


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
        if total.rule == ONE_OF_SEVERAL and total.value < largest:
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
