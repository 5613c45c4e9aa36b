"""A change of the gates in words, as the trail keeps it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from core.gates import Gates, TypeGate
from core.notation.writing import text_of

_STORES = {"database": "the database", "workbook": "the Excel workbook"}


def describe_change(before: Gates, after: Gates) -> list[str]:
    """What is otherwise in ``after``, a phrase each."""
    return list(_changes(before, after))


def limits_words(most: Mapping[str, Decimal]) -> str:
    """Limits of amounts: ``5000 EUR, 100 of any other currency``."""
    return (
        ", ".join(
            f"{text_of(limit)} {currency or 'of any other currency'}"
            for currency, limit in sorted(most.items(), reverse=True)
        )
        or "none"
    )


def _changes(before: Gates, after: Gates) -> Iterator[str]:
    for name in sorted({*before.types, *after.types}):
        was, now = before.types.get(name, TypeGate()), after.types.get(name, TypeGate())
        for what, then, told in _of_type(was, now):
            if then != told:
                yield f"{name}: {what} {then} → {told}"
    for what, then_names, names in (("always", before.always, after.always), ("never", before.never, after.never)):
        yield from (f"{name} {what} reviewed" for name in names if name not in then_names)
        yield from (f"{name} no longer {what} reviewed" for name in then_names if name not in names)
    if before.save_to != after.save_to:
        yield f"saves itself to {_stores(before.save_to)} → {_stores(after.save_to)}"


def _of_type(was: TypeGate, now: TypeGate) -> Iterator[tuple[str, str, str]]:
    yield "amounts, numbers and dates from", _percent(was.approve_at), _percent(now.approve_at)
    yield "names and texts from", _percent(was.others_at), _percent(now.others_at)
    yield "required", _names(was.required), _names(now.required)
    yield "fields at least", str(was.least_values), str(now.least_values)
    yield "amounts unseen up to", limits_words(was.most), limits_words(now.most)


def _percent(share: float | None) -> str:
    return "as usual" if share is None else f"{round(share * 100, 1):g}%"


def _names(names: tuple[str, ...] | None) -> str:
    return "as usual" if names is None else ", ".join(names) or "none"


def _stores(names: tuple[str, ...]) -> str:
    return " and ".join(_STORES.get(name, name) for name in names) or "nowhere"
