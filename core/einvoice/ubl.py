"""OASIS UBL 2: Invoice and CreditNote (XRechnung UBL, Peppol BIS)."""

from __future__ import annotations

from typing import Any

from core.einvoice.xml import date_at, fuller, join_address, number_at, price_of_one, text_at
from core.models import Invoice, LineItem


def read_ubl(root: Any) -> Invoice:
    """The invoice in a UBL tree. Raises ExtractionError for a broken date or amount."""
    currency = text_at(root, "DocumentCurrencyCode")
    buyer = "AccountingCustomerParty/Party"
    lines = [*root.iterfind("InvoiceLine"), *root.iterfind("CreditNoteLine")]
    return Invoice(
        invoice_number=text_at(root, "ID"),
        invoice_date=date_at(root, "IssueDate"),
        due_date=date_at(root, "DueDate", "PaymentMeans/PaymentDueDate"),
        vendor_name=_name(root, "AccountingSupplierParty/Party"),
        customer_name=_name(root, buyer),
        billing_address=_address(root, f"{buyer}/PostalAddress"),
        shipping_address=_address(root, "Delivery/DeliveryLocation/Address"),
        order_date=date_at(root, "OrderReference/IssueDate"),
        customer_id=text_at(
            root, "AccountingCustomerParty/CustomerAssignedAccountID", f"{buyer}/PartyIdentification/ID"
        ),
        subtotal=number_at(root, "LegalMonetaryTotal/TaxExclusiveAmount"),
        tax=_tax(root, currency),
        total_amount=number_at(root, "LegalMonetaryTotal/TaxInclusiveAmount", "LegalMonetaryTotal/PayableAmount"),
        currency=currency,
        line_items=tuple(_line(node) for node in lines if not _is_heading(node)),
    )


def _name(root: Any, party: str) -> str | None:
    person = f"{party}/Person"
    full = " ".join(filter(None, (text_at(root, f"{person}/FirstName"), text_at(root, f"{person}/FamilyName"))))
    registered, trading = (
        text_at(root, f"{party}/PartyLegalEntity/RegistrationName"),
        text_at(root, f"{party}/PartyName/Name"),
    )
    return fuller(registered, trading) or full or None


def _address(root: Any, path: str) -> str | None:
    place = root.find(path)
    if place is None:
        return None
    street = " ".join(filter(None, (text_at(place, "StreetName"), text_at(place, "BuildingNumber"))))
    lines = [street, text_at(place, "AdditionalStreetName"), *_free_lines(place)]
    return join_address(
        lines,
        text_at(place, "PostalZone"),
        text_at(place, "CityName"),
        text_at(place, "CountrySubentityCode", "CountrySubentity"),
        text_at(place, "Country/IdentificationCode"),
    )


def _free_lines(place: Any) -> list[str | None]:
    return [text_at(line, "Line") for line in place.iterfind("AddressLine")]


def _tax(root: Any, currency: str | None) -> Any:
    """The tax total in the invoice's currency (a second one may be in the tax authority's)."""
    totals = root.findall("TaxTotal")
    for total in totals:
        amount = total.find("TaxAmount")
        if amount is not None and amount.get("currencyID") in (None, currency):
            return number_at(total, "TaxAmount")
    return number_at(totals[0], "TaxAmount") if totals else None


def _is_heading(node: Any) -> bool:
    """Section titles and notes are written as lines that invoice nothing: no quantity and no amount."""
    quantity = number_at(node, "InvoicedQuantity", "CreditedQuantity")
    return not quantity and not number_at(node, "LineExtensionAmount")


def _line(node: Any) -> LineItem:
    quantity = number_at(node, "InvoicedQuantity", "CreditedQuantity", decimals=0)
    total = number_at(node, "LineExtensionAmount")
    return LineItem(
        description=fuller(text_at(node, "Item/Name"), text_at(node, "Item/Description")),
        quantity=quantity,
        unit_price=price_of_one(
            number_at(node, "Price/PriceAmount"), number_at(node, "Price/BaseQuantity"), quantity, total
        ),
        total_price=total,
    )
