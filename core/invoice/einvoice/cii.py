"""UN/CEFACT Cross Industry Invoice: Factur-X, ZUGFeRD 1 and 2, XRechnung CII, in every profile.

ZUGFeRD 1 names some elements otherwise; each path is therefore given by its last, telling parts.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from core.invoice.document_type import item_path
from core.invoice.einvoice.values import Values, price_of_one
from core.invoice.einvoice.xml import fuller, join_address, text_at
from core.invoice.model import Invoice, LineItem

_LINE = ".//IncludedSupplyChainTradeLineItem"
_SUMS = (
    ".//SpecifiedTradeSettlementHeaderMonetarySummation",
    "SpecifiedSupplyChainTradeTransaction/ApplicableSupplyChainTradeSettlement/"
    "SpecifiedTradeSettlementMonetarySummation",
)
#: Lines of XRechnung's extension that only group or inform; their amounts stand in other lines.
_NOT_INVOICED = frozenset({"GROUP", "INFORMATION"})


def read_cii(root: Any, values: Values) -> Invoice:
    """The invoice in a CII tree; ``values`` reads what is typed."""
    head = _first(root, "ExchangedDocument", "HeaderExchangedDocument")
    currency = values.currency_at("currency", root, ".//InvoiceCurrencyCode")
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
    )


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
    def number_at(cell: str, start: Any, path: str, decimals: int = 2) -> Decimal | None:
        return values.number_at(item_path(index, cell), start, path, decimals=decimals)

    product = _first(node, "SpecifiedTradeProduct")
    price = _first(node, ".//NetPriceProductTradePrice")
    quantity = number_at("quantity", node, ".//BilledQuantity", 0)
    total = number_at("total_price", node, ".//LineTotalAmount")
    asked, basis = number_at("unit_price", price, "ChargeAmount"), number_at("unit_price", price, "BasisQuantity")
    return LineItem(
        description=fuller(text_at(product, "Name"), text_at(product, "Description")),
        quantity=quantity,
        unit_price=price_of_one(asked, basis, quantity, total),
        total_price=total,
    )
