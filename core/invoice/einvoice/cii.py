"""UN/CEFACT Cross Industry Invoice: Factur-X, ZUGFeRD 1 and 2, XRechnung CII, in every profile.

ZUGFeRD 1 names some elements otherwise; each path is therefore given by its last, telling parts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from core.extraction import Charge
from core.invoice.document_type import item_path
from core.invoice.einvoice.kind import coded_kind, doubt_of_code, stated_language, stated_payment
from core.invoice.einvoice.syntax import Syntax
from core.invoice.einvoice.values import Values, charge, plain_number, price_of_one, summed_charges, taxes, unit_of
from core.invoice.einvoice.xml import fuller, join_address, text_at
from core.invoice.model import Invoice, LineItem

_LINE = ".//IncludedSupplyChainTradeLineItem"
_SUMS = (
    ".//SpecifiedTradeSettlementHeaderMonetarySummation",
    "SpecifiedSupplyChainTradeTransaction/ApplicableSupplyChainTradeSettlement/"
    "SpecifiedTradeSettlementMonetarySummation",
)
#: An order has the quantity that is asked for, its answer the one that was agreed.
_QUANTITIES = (".//BilledQuantity", ".//AgreedQuantity", ".//RequestedQuantity")
_AGREEMENTS = (".//ApplicableHeaderTradeAgreement", ".//ApplicableSupplyChainTradeAgreement")
_SETTLEMENTS = (".//ApplicableHeaderTradeSettlement", ".//ApplicableSupplyChainTradeSettlement")
_LINE_SETTLEMENTS = ("SpecifiedLineTradeSettlement", "SpecifiedSupplyChainTradeSettlement")
_SETTLEMENT_SUMS = ("SpecifiedTradeSettlementHeaderMonetarySummation", "SpecifiedTradeSettlementMonetarySummation")
_IDS = ("IssuerAssignedID", "ID")
_RATES = ("RateApplicablePercent", "ApplicablePercent")
#: Lines of XRechnung's extension that only group or inform; their amounts stand in other lines.
_NOT_INVOICED = frozenset({"GROUP", "INFORMATION"})


def read_cii(root: Any, values: Values) -> Invoice:
    """The invoice in a CII tree; ``values`` reads what is typed."""
    head = _first(root, "ExchangedDocument", "HeaderExchangedDocument")
    values.findings += doubt_of_code(root)
    currency = values.currency_at("currency", root, ".//InvoiceCurrencyCode", ".//OrderCurrencyCode")
    sums = _first(root, *_SUMS)
    buyer = _first(root, ".//BuyerTradeParty")
    order = _first(root, ".//BuyerOrderReferencedDocument")
    return Invoice(
        invoice_number=text_at(head, "ID"),
        invoice_date=values.date_at("invoice_date", head, "IssueDateTime"),
        due_date=values.date_at("due_date", root, ".//SpecifiedTradePaymentTerms/DueDateDateTime"),
        vendor_name=text_at(root, ".//SellerTradeParty/Name"),
        customer_name=text_at(buyer, "Name"),
        billing_address=_address(buyer),
        shipping_address=_address(_first(root, ".//ShipToTradeParty")),
        order_date=values.date_at("order_date", order, "FormattedIssueDateTime", "IssueDateTime"),
        customer_id=text_at(buyer, "ID"),
        subtotal=values.number_at("subtotal", sums, "TaxBasisTotalAmount"),
        tax=values.number("tax", _in_currency(sums, "TaxTotalAmount", currency)),
        total_amount=values.number("total_amount", _in_currency(sums, "GrandTotalAmount", currency)),
        currency=currency,
        line_items=tuple(_line(node, index, values) for index, node in enumerate(invoiced_lines(root))),
        purchase_order_number=text_at(
            _first(root, *(f"{path}/BuyerOrderReferencedDocument" for path in _AGREEMENTS)), *_IDS
        ),
        vendor_tax_id=_tax_id(_first(root, ".//SellerTradeParty")),
        customer_tax_id=_tax_id(buyer),
        iban=text_at(root, ".//PayeePartyCreditorFinancialAccount/IBANID"),
        payment_terms=text_at(root, ".//SpecifiedTradePaymentTerms/Description"),
        taxes=taxes(
            [row for settlement in _all(root, _SETTLEMENTS) for row in settlement.iterfind("ApplicableTradeTax")],
            values,
            _RATES,
            ("BasisAmount",),
            ("CalculatedAmount",),
        ),
    )


def _tax_id(party: Any) -> str | None:
    """A party's VAT id, else the number that its tax office knows it by."""
    numbers = {node.get("schemeID"): text_at(node, ".") for node in party.iterfind("SpecifiedTaxRegistration/ID")}
    return numbers.get("VA") or numbers.get("FC")


def invoiced_lines(root: Any) -> list[Any]:
    """The elements of the invoice's line items, in order."""
    return [node for node in root.iterfind(_LINE) if _is_invoiced(node)]


def _first(node: Any, *paths: str) -> Any:
    """The first element at any of ``paths``; an empty one where there is none."""
    for path in paths:
        found = node.find(path)
        if found is not None:
            return found
    return node.makeelement("none")


def _in_currency(sums: Any, tag: str, currency: str | None) -> str | None:
    """An amount that may also be given in the tax authority's currency: the one in the invoice's."""
    amounts = sums.findall(tag)
    matching = [amount for amount in amounts if amount.get("currencyID") in (None, currency)] or amounts
    return (matching[0].text or "").strip() if matching else None


def _address(party: Any) -> str | None:
    place = _first(party, "PostalTradeAddress")
    return join_address(
        [text_at(place, line) for line in ("LineOne", "LineTwo", "LineThree")],
        text_at(place, "PostcodeCode"),
        text_at(place, "CityName"),
        text_at(place, "CountrySubDivisionName"),
        text_at(place, "CountryID"),
    )


def _is_invoiced(node: Any) -> bool:
    """Whether a line has a product or an amount (ZUGFeRD 1 also puts notes into lines of their own)."""
    if text_at(node, "AssociatedDocumentLineDocument/LineStatusReasonCode") in _NOT_INVOICED:
        return False
    return text_at(node, "SpecifiedTradeProduct/Name", ".//LineTotalAmount", ".//BilledQuantity") is not None


def _line(node: Any, index: int, values: Values) -> LineItem:
    def number_at(cell: str, start: Any, *paths: str, decimals: int = 2) -> Decimal | None:
        return values.number_at(item_path(index, cell), start, *paths, decimals=decimals)

    product = _first(node, "SpecifiedTradeProduct")
    price = _first(node, ".//NetPriceProductTradePrice")
    quantity = number_at("quantity", node, *_QUANTITIES, decimals=0)
    total = number_at("total_price", node, ".//LineTotalAmount")
    asked, basis = number_at("unit_price", price, "ChargeAmount"), number_at("unit_price", price, "BasisQuantity")
    charged = sum((one.amount for one in _line_charges(node, index)), Decimal(0))
    goods = None if total is None else total - charged
    each = price_of_one(asked, basis, quantity, goods)
    return LineItem(
        description=fuller(text_at(product, "Name"), text_at(product, "Description")),
        quantity=quantity,
        unit_price=values.price_at(item_path(index, "unit_price"), each, quantity, goods),
        total_price=total,
        article_number=text_at(product, "SellerAssignedID"),
        unit=unit_of(node, *_QUANTITIES),
        tax_rate=number_at(
            "tax_rate",
            node,
            *(f"{path}/ApplicableTradeTax/{rate}" for path in _LINE_SETTLEMENTS for rate in _RATES),
            decimals=0,
        ),
    )


def cii_charges(root: Any) -> Iterator[Charge]:
    """What a CII tree adds and takes off: charges, allowances, what was prepaid, rounding."""
    for settlement in _all(root, _SETTLEMENTS):
        listed = [*_signed(settlement, list(_allowances_and_charges(settlement, None))), *_services(settlement)]
        yield from listed
        for sums in _all(settlement, _SETTLEMENT_SUMS):
            if not listed:
                yield from summed_charges(sums)
            yield from charge("prepaid", None, plain_number(sums, "TotalPrepaidAmount"))
            yield from charge("rounding", None, plain_number(sums, "RoundingAmount"))
    for position, line in enumerate(invoiced_lines(root)):
        yield from _line_charges(line, position)


def _services(settlement: Any) -> Iterator[Charge]:
    for service in settlement.iterfind("SpecifiedLogisticsServiceCharge"):
        yield from charge("charge", text_at(service, "Description"), plain_number(service, "AppliedAmount"))


def _line_charges(line: Any, position: int) -> Iterator[Charge]:
    for settlement in _all(line, _LINE_SETTLEMENTS):
        yield from _allowances_and_charges(settlement, position)


def _all(node: Any, paths: tuple[str, ...]) -> list[Any]:
    return [found for path in paths for found in node.iterfind(path)]


def _allowances_and_charges(settlement: Any, line: int | None) -> Iterator[Charge]:
    for node in settlement.iterfind("SpecifiedTradeAllowanceCharge"):
        added = text_at(node, "ChargeIndicator") in ("true", "1")
        amount = plain_number(node, "ActualAmount")
        yield from charge("charge" if added else "allowance", text_at(node, "Reason"), amount, line)


def _signed(settlement: Any, charges: list[Charge]) -> Iterator[Charge]:
    """``charges`` of the whole document, their allowances the other way round where the sum of allowances says that a
    program wrote them below zero."""
    allowed = sum((one.amount for one in charges if one.kind == "allowance"), Decimal(0))
    stated = next((plain_number(sums, "AllowanceTotalAmount") for sums in _all(settlement, _SETTLEMENT_SUMS)), None)
    for one in charges:
        turned = one.kind == "allowance" and allowed and stated == allowed
        yield replace(one, amount=-one.amount) if turned else one


CII = Syntax("UN/CEFACT CII", read_cii, cii_charges, coded_kind, stated_payment, stated_language)
