"""What stands between the lines and the total beside the tax: a discount, charges such as shipping, a rounding. Taken where the
sums prove it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import product

from core.rules.sums import Sum
from core.rules.totals import Totals

_KINDS = ("discount", "shipping", "rounding")
_CENT = Decimal("0.011")
_MOST = 4


def read_adjustments(totals: Totals, lines: Decimal | None) -> dict[str, Sum]:
    """Discount, charges and rounding by field: those labelled amounts with which the ``lines`` come to the subtotal, or the
    subtotal with its tax to the total. A discount is told above zero."""
    labelled = {kind: _labelled(totals.candidates, kind) for kind in _KINDS}
    if not any(labelled.values()):
        return {}
    for start, target in _steps(totals, lines):
        if abs(start - target) <= _CENT:
            continue
        for chosen in _choices(labelled):
            if abs(start + sum(_signed(kind, found) for kind, found in chosen.items()) - target) <= _CENT:
                return {kind: _told(kind, found) for kind, found in chosen.items()}
    return {}


def _steps(totals: Totals, lines: Decimal | None) -> Iterator[tuple[Decimal, Decimal]]:
    """From which amount to which an adjustment may lead."""
    subtotal, tax, total = (found.value if found else None for found in (totals.subtotal, totals.tax, totals.total))
    if subtotal is not None and total is not None:
        yield subtotal + (tax or Decimal(0)), total
    if lines is not None and subtotal is not None:
        yield lines, subtotal
    if lines is not None and total is not None:
        yield lines, total
        if tax is not None:
            yield lines + tax, total


def _choices(labelled: Mapping[str, Sequence[Sum]]) -> Iterator[dict[str, Sum]]:
    """Each choice of at most one amount a kind, the fewest first."""
    choices = product(*([None, *labelled[kind]] for kind in _KINDS))
    named = ({kind: one for kind, one in zip(_KINDS, chosen, strict=True) if one is not None} for chosen in choices)
    yield from sorted((chosen for chosen in named if chosen), key=len)


def _labelled(sums: Sequence[Sum], kind: str) -> list[Sum]:
    found: dict[Decimal, Sum] = {}
    for one in sums:
        if one.kind == kind and one.rule == "beside" and one.value:
            found.setdefault(one.value, one)
    return list(found.values())[:_MOST]


def _signed(kind: str, found: Sum) -> Decimal:
    return -abs(found.value) if kind == "discount" else found.value


def _told(kind: str, found: Sum) -> Sum:
    return replace(found, value=abs(found.value), score=1.0) if kind == "discount" else replace(found, score=1.0)
