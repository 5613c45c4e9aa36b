"""What an e-invoice adds and takes off between its lines and what is due: charges, allowances, what was prepaid, rounding."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from core.extraction import Charge
from core.invoice.einvoice import cii, ubl
from core.invoice.einvoice.values import Values
from core.invoice.einvoice.xml import text_at

_SETTLEMENTS = (".//ApplicableHeaderTradeSettlement", ".//ApplicableSupplyChainTradeSettlement")
_LINE_SETTLEMENTS = ("SpecifiedLineTradeSettlement", "SpecifiedSupplyChainTradeSettlement")
_SUMS = ("SpecifiedTradeSettlementHeaderMonetarySummation", "SpecifiedTradeSettlementMonetarySummation")


def cii_charges(root: Any) -> Iterator[Charge]:
    """The charges of a CII tree."""
    for settlement in _at(root, _SETTLEMENTS):
        yield from _cii(settlement, None)
        for service in settlement.iterfind("SpecifiedLogisticsServiceCharge"):
            yield from _charge("charge", text_at(service, "Description"), text_at(service, "AppliedAmount"), None)
        for sums in _at(settlement, _SUMS):
            yield from _charge("prepaid", None, text_at(sums, "TotalPrepaidAmount"), None)
            yield from _charge("rounding", None, text_at(sums, "RoundingAmount"), None)
    for position, line in enumerate(cii.invoiced_lines(root)):
        for settlement in _at(line, _LINE_SETTLEMENTS):
            yield from _cii(settlement, position)


def ubl_charges(root: Any) -> Iterator[Charge]:
    """The charges of a UBL tree."""
    yield from _ubl(root, None)
    yield from _charge("prepaid", None, text_at(root, "LegalMonetaryTotal/PrepaidAmount"), None)
    yield from _charge("rounding", None, text_at(root, "LegalMonetaryTotal/PayableRoundingAmount"), None)
    for position, line in enumerate(ubl.invoiced_lines(root)):
        yield from _ubl(line, position)


def _at(node: Any, paths: tuple[str, ...]) -> list[Any]:
    return [found for path in paths for found in node.iterfind(path)]


def _cii(settlement: Any, line: int | None) -> Iterator[Charge]:
    for node in settlement.iterfind("SpecifiedTradeAllowanceCharge"):
        kind = _kind(text_at(node, "ChargeIndicator"))
        yield from _charge(kind, text_at(node, "Reason"), text_at(node, "ActualAmount"), line)


def _ubl(parent: Any, line: int | None) -> Iterator[Charge]:
    for node in parent.iterfind("AllowanceCharge"):
        kind = _kind(text_at(node, "ChargeIndicator"))
        yield from _charge(kind, text_at(node, "AllowanceChargeReason"), text_at(node, "Amount"), line)


def _kind(indicator: str | None) -> Literal["charge", "allowance"]:
    return "charge" if indicator in ("true", "1") else "allowance"


def _charge(
    kind: Literal["charge", "allowance", "prepaid", "rounding"],
    name: str | None,
    text: str | None,
    line: int | None,
) -> Iterator[Charge]:
    """One charge; an amount that cannot be read is none: the sums then say that something is missing."""
    amount = Values().number("total_amount", text)
    if amount:
        signed = -amount if kind in ("allowance", "prepaid") else amount
        yield Charge(kind, name or kind.capitalize(), signed, line)
