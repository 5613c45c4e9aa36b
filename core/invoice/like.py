"""Documents of other types that have an invoice's sums: their values as those of an invoice, and its checks of sums for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from pydantic import BaseModel

from core.document_types import type_of
from core.examination.rules import Check
from core.extraction import Finding
from core.invoice import rules
from core.invoice.arithmetic import (
    ROUNDING,
    check_line_totals,
    check_sum_of_lines,
    check_tax_rate,
    check_total,
    confirmed,
    summed,
)
from core.invoice.case import InvoiceExamination
from core.invoice.document_type import INVOICE
from core.invoice.model import Invoice
from core.invoice.rivals import check_other_total
from core.schema.document_type import DocumentType

#: What an invoice has no field for and stands between its sums and its total.
_BETWEEN = ("tip", "rounding", "shipping", "discount")


def as_invoice(values: BaseModel) -> Invoice:
    """The invoice that ``values`` are, as far as they have its fields; sums alone, no number and no day."""
    named = {info.name: getattr(values, info.name, None) for info in INVOICE.header}
    for table in INVOICE.tables:
        columns = [info.name for info in table.columns]
        rows = getattr(values, table.name, ())
        named[table.name] = tuple(
            table.model.model_validate({name: getattr(row, name, None) for name in columns}) for row in rows
        )
    return Invoice.model_validate(named)


def from_invoice(invoice: Invoice, kind: DocumentType) -> BaseModel:
    """The document of ``kind`` that ``invoice`` is (an order that came as XML): what it calls otherwise under its own names."""
    like = kind.like_invoice or {}
    named = {info.name: _held(invoice, info.name, like) for info in kind.header}
    for table in kind.tables:
        columns = [info.name for info in table.columns]
        rows = getattr(invoice, table.name, ())
        named[table.name] = tuple({name: getattr(row, name, None) for name in columns} for row in rows)
    return kind.model.model_validate(named)


def _held(invoice: Invoice, name: str, like: Mapping[str, str]) -> Any:
    own = getattr(invoice, name, None)
    return getattr(invoice, like[name], None) if own is None and name in like else own


@dataclass(frozen=True)
class LikeInvoice(InvoiceExamination):
    """A document with an invoice's sums under examination. Its paths are the invoice's where it has the same fields."""

    @cached_property
    def invoice(self) -> Invoice:
        """Its values as an invoice's."""
        return as_invoice(self.values)

    @cached_property
    def adjustments(self) -> tuple[Decimal, ...]:
        """What the page prints between the sums, and what the values say of it."""
        told = (getattr(self.values, name, None) for name in _BETWEEN)
        return tuple(sorted({*super().adjustments, *(abs(one) for one in told if one)}))


def check_total_like(case: LikeInvoice) -> Iterator[Finding]:
    """Subtotal and tax make the total, as on an invoice; where prices hold the tax, the subtotal with a tip and the like does."""
    subtotal, total = case.invoice.subtotal, case.invoice.total_amount
    between = sum((getattr(case.values, name, None) or Decimal(0) for name in _BETWEEN), Decimal(0))
    if subtotal is None or total is None or not between or abs(subtotal + between - total) > ROUNDING:
        yield from check_total(case)


#: The checks of an invoice's sums, the strongest first: see :data:`core.invoice.rules.CHECKS`.
SUMS: tuple[Check, ...] = (check_total_like, check_sum_of_lines, check_line_totals, check_tax_rate, check_other_total)


def confirmed_like(values: BaseModel) -> frozenset[str]:
    """What an invoice's sums confirm of ``values``."""
    return _own(values, confirmed(as_invoice(values)))


def summed_like(values: BaseModel) -> frozenset[str]:
    """What belongs to one of an invoice's sums that holds in ``values``."""
    return _own(values, summed(as_invoice(values)))


def signs_like(name: str, value: object, values: BaseModel) -> dict[str, float]:
    """What an invoice's values say of one of them."""
    return rules.signs_of(name, value, as_invoice(values))


def _own(values: BaseModel, paths: Any) -> frozenset[str]:
    known = {path for path, _, _ in type_of(values).walk(values)}
    return frozenset(path for path in paths if path in known)
