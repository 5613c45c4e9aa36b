"""The document's amounts: subtotal, tax and total, read from labels and solved with arithmetic.

Every label offers candidates; the choice is the reading in which subtotal, tax, shipping, discount and total agree,
and among those the best labelled one. What no label announces stays empty: no amount is worked out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import product

from core.notation.folding import fold
from core.rules.reading import Reading
from core.rules.settled import LAST, due_sums, last_sums, paid_for, parts, rounded_total, settle
from core.rules.sums import KINDS, ONE_OF_SEVERAL, Sum, gross_of, in_one_currency, largest_amount, rows_of_tax, sums_of
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
#: What the lines add up to is worth this much more as the subtotal or the total.
_LINES = 0.25
#: Words (folded) at either end of a label that make it the sum of the taxes, not one of them.
_SUMMED = (
    "total",
    "suma",
    "summa",
    "summe",
    "gesamt",
    "razem",
    "celkem",
    "spolu",
    "yhteensa",
    "osszesen",
    "totalt",
    "ialt",
    "toplam",
)
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


def read_totals(reading: Reading, lines: Decimal | None = None, currency: str | None = None) -> Totals:
    """Subtotal, tax and total of the document, each ``None`` where the page does not print it. ``lines`` is what its line
    items add up to: of several amounts the likelier is the one that they make. ``currency`` is the document's: sums that
    are repeated in another one are left out."""
    sums = [found for label in reading.labels if label.kind in KINDS for found in sums_of(reading, label)]
    sums += due_sums(reading)
    sums = in_one_currency(sums, currency)
    by_kind = {kind: _best(_sensible([found for found in sums if found.kind == kind])) for kind in KINDS}
    totals = by_kind["total_amount"] + [
        replace(found, score=found.score * _DUE_WEIGHT) for found in by_kind["amount_due"] if found.value
    ]
    settled = settle(by_kind["paid"], by_kind["amount_due"], lines)
    bare = [found for found in by_kind["subtotal"] if found.weak]
    rows = list(rows_of_tax(reading, {found.value for found in (*totals, *bare)} | settled.proven))
    if not rows and (largest := largest_amount(reading)) is not None:
        # a table of taxes whose headings stand over none of its amounts
        rows = list(rows_of_tax(reading, {largest}))
        totals += [found for net, duty in rows for found in gross_of(reading, net, duty)]
    gross = {net.value + tax.value for net, tax in rows}
    totals += last_sums(by_kind, settled, gross)
    if not any(found.value in settled.proven for found in totals):
        totals += list(paid_for(reading, settled.proven, by_kind["paid"]))[:_MANY]
    if not totals and reading.of_kind("total_amount"):
        totals = list(paid_for(reading, settled.likely, by_kind["paid"]))[:_MANY]
    if not totals:
        totals = list(_completing(reading, by_kind["subtotal"], by_kind["tax"]))
    totals = [
        replace(found, score=found.score + settled.adds(found) + _LINES * (found.value == lines))
        for found in _repeated(_best(totals))
    ]
    wanted = {found.value for found in totals}
    for net, duty in rows:
        if net.value + duty.value in wanted:
            by_kind["subtotal"].append(net)
            by_kind["tax"].append(duty)
    if any(found.value > 0 for found in totals):
        # a tax that is in the amount may be printed in brackets, which is no sign
        by_kind["tax"] = [_without_brackets(found) for found in by_kind["tax"]]
    taxes = by_kind["tax"] + _joined(by_kind["tax"])
    subtotals = (
        [replace(found, score=found.score + _LINES * (found.value == lines)) for found in by_kind["subtotal"]]
        + _joined(by_kind["subtotal"])
        + [replace(found, score=found.score * _AS_SUBTOTAL) for found in by_kind["total_amount"]]
    )
    best: tuple[float, Sum | None, Sum | None, Sum | None, bool] = (-1.0, None, None, None, False)
    extras = _extras(by_kind)
    greatest = max((found.value for found in totals if found.score > _LIKELY), default=Decimal(0))
    partial = parts([*by_kind["total_amount"], *by_kind["amount_due"], *by_kind["subtotal"]])
    for chosen in product([None, *subtotals], [None, *taxes], [None, *totals]):
        score, agree = _judge(*chosen, extras, greatest, partial)
        if score > best[0]:
            best = (score, *chosen, agree)
    _, subtotal, tax, total, _ = best
    total = _with_service(total, by_kind) or total
    if total is not None:
        total = rounded_total(total, by_kind) or total
    if subtotal is not None and subtotal.rule == _JOINT:
        # it helps to prove the taxes; printed it is nowhere
        subtotal = None
    if total is None and subtotal is not None and subtotal.weak:
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


def _completing(reading: Reading, subtotals: Sequence[Sum], taxes: Sequence[Sum]) -> Iterator[Sum]:
    """The printed amounts that are the sum of a subtotal and a tax, below them, though no known label announces them."""
    wanted = {net.value + tax.value: (net, tax) for net in reversed(subtotals) for tax in reversed(taxes) if tax.value}
    for page, layout in enumerate(reading.layouts if wanted else ()):
        for segment in layout.segments:
            for amount in reading.amounts_in(page, segment):
                if amount.value not in wanted or amount.decimals != 2:
                    continue
                net, tax = wanted[amount.value]
                if (page, segment.line) > (net.page, net.line):
                    score = 0.8 * min(net.score, tax.score)
                    yield Sum(
                        "total_amount", amount.value, amount.tokens, page, segment.line, score, "completes the sum", ""
                    )


def _judge(
    subtotal: Sum | None,
    tax: Sum | None,
    total: Sum | None,
    extras: set[Decimal],
    largest: Decimal,
    partial: set[Decimal],
) -> tuple[float, bool]:
    """How good a reading is, and whether it adds up. ``largest`` is the greatest amount labelled as a total, ``partial`` are
    those that only are a part of a larger one."""
    score = sum(found.score for found in (subtotal, tax, total) if found is not None)
    spots = [found.tokens[0] for found in (subtotal, tax, total) if found is not None]
    if len({(token.word, token.x0, token.y0) for token in spots}) < len(spots):
        return -1.0, False
    if total is None:
        return score, False
    if total.rule == LAST and subtotal is not None and (subtotal.page, subtotal.line) >= (total.page, total.line):
        return (score - 0.4, False) if not total.weak else (score, False)
    if total.value in partial:
        return score - 0.4, False
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
    return any((key := fold(tax.label)).startswith(_SUMMED) or key.endswith(_SUMMED) for tax in taxes)


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
    halves = halves and each[0].rule == each[1].rule
    # a state's half and the federation's (CGST, SGST) belong together without any sum to prove it
    score = min(tax.score for tax in each) * 0.9 + (0.2 if halves and not _names_total(each) else 0.0)
    return [replace(first, value=value, score=score, rule=_JOINT, label=" + ".join(tax.label for tax in each))]
