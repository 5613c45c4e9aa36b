"""What a document's last lines prove of its total: what was handed over less the change, a rounding, its own parts."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations

from core.rules.labels import Label
from core.rules.reading import Reading
from core.rules.sums import Sum, sums_of

#: The rule of a sum that only its place at the end, or the payment, makes the total.
LAST = "last of the sums"
#: The rule of an amount without a label that is what was handed over less the change.
PAID_FOR = "paid less change"
#: Change follows what was handed over within this many lines.
_SOON = 4
#: What a payment proves is worth this much more.
_PROOF = 0.5
_AS_TOTAL = 0.6
_UNLABELLED = 0.5
#: No cash rounding is larger.
_MOST_ROUNDED = Decimal("0.50")


@dataclass(frozen=True, slots=True)
class Settled:
    """Amounts that the payment says were to pay: handed over less change (``proven``), or a single payment (``likely``: it
    may be a part)."""

    proven: frozenset[Decimal]
    likely: frozenset[Decimal]

    def adds(self, found: Sum) -> float:
        """How much the payment speaks for ``found`` as the total. What is due may be just the part that was not paid."""
        known = self.proven | self.likely if found.kind != "amount_due" else self.proven
        return _PROOF if found.value in known else 0.0


def settle(paid: Sequence[Sum], due: Sequence[Sum], lines: Decimal | None) -> Settled:
    """What the amounts labelled as paid, cash or change prove; a payment does where the ``lines`` come to it, or where
    nothing is ``due`` after it."""
    beside = sorted((one for one in paid if one.rule == "beside"), key=_place)
    proven = {
        given.value - change.value
        for given, change in combinations(beside, 2)
        if given.page == change.page
        and 0 < change.line - given.line <= _SOON
        and 0 <= change.value < given.value
        and change.tokens[-1].x1 > given.tokens[0].x0
    }
    single = {one.value for one in beside if one.value > 0} if len(beside) < 2 else set()
    if any(one.value == 0 for one in due):
        proven |= {one.value for one in beside if one.value > 0}
    return Settled(frozenset(proven | (single & {lines})), frozenset(single))


def _place(found: Sum) -> tuple[int, int]:
    return found.page, found.line


def due_sums(reading: Reading) -> Iterator[Sum]:
    """Amounts beside a word for when to pay that has no date behind it: “Due 25.15” on a till's receipt."""
    for label in reading.labels:
        if label.kind == "due_date" and not _names_date(reading, label):
            for found in sums_of(reading, label._replace(kind="amount_due")):
                if found.rule == "beside" and _is_money(found):
                    yield found


def _names_date(reading: Reading, label: Label) -> bool:
    return any(reading.dates_in(place.tokens) for place in reading.places(label) if place.relation != "beneath")


def _is_money(found: Sum) -> bool:
    exponent = found.value.as_tuple().exponent
    return found.currency is not None or exponent == -2


def last_sums(by_kind: Mapping[str, Sequence[Sum]], settled: Settled, gross: Collection[Decimal]) -> Iterator[Sum]:
    """Sums labelled like one before tax that come last: what was paid for them, what an earlier one comes to with tax
    and rounding (Sub total, GST, Rounding, *Net total*), or, for a bare “Sum”, a row of net and tax whose ``gross`` it is,
    says that they are the total."""
    sums = [one for one in by_kind["subtotal"] if one.rule == "beside"]
    more = [one.value for one in by_kind["tax"]]
    tiny = [one.value for one in by_kind["rounding"] if abs(one.value) <= _MOST_ROUNDED]
    steps = {tax + rounding for tax in [Decimal(0), *more] for rounding in [Decimal(0), *tiny, *(-one for one in tiny)]}
    steps.discard(Decimal(0))
    for one in sums:
        earlier = [other for other in sums if _place(other) < _place(one) or one.weak]
        reached = any(other.value + step == one.value for other in earlier for step in steps if other is not one)
        if reached or settled.adds(one) or (one.weak and one.value in gross):
            yield replace(one, kind="total_amount", score=one.score * _AS_TOTAL, rule=LAST)


def paid_for(reading: Reading, amounts: Collection[Decimal], paid: Sequence[Sum]) -> Iterator[Sum]:
    """The places where what was paid for, one of ``amounts``, is printed without any label: above the payment, or in the
    table of taxes."""
    taken = {token for one in paid for token in one.tokens}
    for page, layout in enumerate(reading.layouts):
        for segment in layout.segments:
            for amount in reading.amounts_in(page, segment):
                if amount.value in amounts and amount.decimals == 2 and taken.isdisjoint(amount.tokens):
                    yield Sum(
                        "total_amount", amount.value, amount.tokens, page, segment.line, _UNLABELLED, PAID_FOR, ""
                    )


def rounded_total(total: Sum, by_kind: Mapping[str, Sequence[Sum]]) -> Sum | None:
    """The sum printed below ``total`` that is ``total`` with the rounding printed between them."""
    later = [
        one for kind in ("total_amount", "amount_due", "subtotal") for one in by_kind[kind] if one.rule == "beside"
    ]
    for rounding in by_kind["rounding"]:
        if not 0 < abs(rounding.value) <= _MOST_ROUNDED or _place(rounding) <= _place(total):
            continue
        for one in later:
            step = one.value - total.value
            if _place(one) > _place(rounding) and abs(step) == abs(rounding.value):
                return replace(one, kind="total_amount")
    return None


def parts(sums: Sequence[Sum]) -> set[Decimal]:
    """Amounts labelled as sums of which two make a strongly labelled one below them (a total by rate each, then what is to
    pay): none of them is the document's total."""
    beside = [one for one in sums if one.rule == "beside" and one.value > 0]
    labelled = [one for one in beside if one.kind == "total_amount"]
    found: set[Decimal] = set()
    for whole in beside:
        above = [one for one in labelled if _place(one) < _place(whole)] if not whole.weak else []
        for one, other in combinations(above, 2):
            if one.value != other.value and one.value + other.value == whole.value:
                found |= {one.value, other.value}
    return found
