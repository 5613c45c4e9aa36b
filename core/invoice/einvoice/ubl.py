"""OASIS UBL 2: Invoice and CreditNote (XRechnung UBL, Peppol BIS, OIOUBL, EHF); and its first version, which the Swedish
Svefaktura is written in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from core.extraction import Charge
from core.invoice.document_type import item_path
from core.invoice.einvoice.kind import coded_kind, doubt_of_code, stated_language, stated_payment
from core.invoice.einvoice.syntax import Syntax
from core.invoice.einvoice.values import Values, charge, plain_number, price_of_one, summed_charges, taxes, unit_of
from core.invoice.einvoice.xml import fuller, join_address, text_at
from core.invoice.model import Invoice, LineItem
from core.notation.checked import is_iban

_RATES = ("TaxCategory/Percent", "Percent")
_QUANTITIES = ("InvoicedQuantity", "CreditedQuantity")
_PRICES = ("Price/PriceAmount", "Item/BasePrice/PriceAmount")
#: What UBL 1 and Svefaktura call otherwise.
_FIRST_NAMES = {
    "BuyerParty": "AccountingCustomerParty",
    "SellerParty": "AccountingSupplierParty",
    "InvoiceCurrencyCode": "DocumentCurrencyCode",
    "LegalTotal": "LegalMonetaryTotal",
    "TaxExclusiveTotalAmount": "TaxExclusiveAmount",
    "TaxInclusiveTotalAmount": "TaxInclusiveAmount",
    "TotalTaxAmount": "TaxAmount",
    "DuePaymentDate": "PaymentDueDate",
}
_ZERO = re.compile(r"[+-]?[0.,]+")


def read_ubl(root: Any, values: Values) -> Invoice:
    """The invoice in a UBL tree; ``values`` reads what is typed."""
    _modernise(root)
    values.findings += doubt_of_code(root)
    currency = values.currency_at("currency", root, "DocumentCurrencyCode")
    buyer = "AccountingCustomerParty/Party"
    return Invoice(
        invoice_number=text_at(root, "ID"),
        invoice_date=values.date_at("invoice_date", root, "IssueDate"),
        due_date=values.date_at("due_date", root, "DueDate", "PaymentMeans/PaymentDueDate"),
        vendor_name=_name(root, "AccountingSupplierParty/Party"),
        customer_name=_name(root, buyer),
        billing_address=_address(root, f"{buyer}/PostalAddress", f"{buyer}/Address"),
        shipping_address=_address(root, "Delivery/DeliveryLocation/Address", "Delivery/DeliveryAddress"),
        order_date=values.date_at("order_date", root, "OrderReference/IssueDate"),
        customer_id=text_at(
            root, "AccountingCustomerParty/CustomerAssignedAccountID", f"{buyer}/PartyIdentification/ID"
        ),
        subtotal=values.number_at("subtotal", root, "LegalMonetaryTotal/TaxExclusiveAmount"),
        tax=values.number("tax", _tax(root, currency)),
        total_amount=values.number_at(
            "total_amount", root, "LegalMonetaryTotal/TaxInclusiveAmount", "LegalMonetaryTotal/PayableAmount"
        ),
        currency=currency,
        line_items=tuple(_line(node, index, values) for index, node in enumerate(invoiced_lines(root))),
        purchase_order_number=text_at(root, "OrderReference/ID", "OrderReference/BuyersID"),
        vendor_tax_id=_tax_id(root, "AccountingSupplierParty/Party"),
        customer_tax_id=_tax_id(root, buyer),
        iban=_iban(root),
        payment_terms=text_at(root, "PaymentTerms/Note"),
        taxes=taxes(_tax_rows(root, currency), values, _RATES, ("TaxableAmount",), ("TaxAmount",)),
    )


def _tax_id(root: Any, party: str) -> str | None:
    """A party's VAT id, else another number of its tax schemes."""
    schemes = root.findall(f"{party}/PartyTaxScheme")
    schemes.sort(key=lambda scheme: text_at(scheme, "TaxScheme/ID") != "VAT")
    return next((number for scheme in schemes if (number := text_at(scheme, "CompanyID"))), None)


def _iban(root: Any) -> str | None:
    """The first account to pay to that is an IBAN."""
    accounts = (text_at(node, ".") for node in root.iterfind("PaymentMeans/PayeeFinancialAccount/ID"))
    return next((account for account in accounts if account and is_iban(account)), None)


def _tax_rows(root: Any, currency: str | None) -> list[Any]:
    """The taxes by rate, in the invoice's currency."""
    total = _tax_total(root, currency)
    return [] if total is None else total.findall("TaxSubtotal")


def invoiced_lines(root: Any) -> list[Any]:
    """The elements of the invoice's line items, in order."""
    lines = [*root.iterfind("InvoiceLine"), *root.iterfind("CreditNoteLine")]
    return [node for node in lines if not _is_heading(node)]


def _name(root: Any, party: str) -> str | None:
    person = f"{party}/Person"
    full = " ".join(filter(None, (text_at(root, f"{person}/FirstName"), text_at(root, f"{person}/FamilyName"))))
    registered, trading = (
        text_at(root, f"{party}/PartyLegalEntity/RegistrationName"),
        text_at(root, f"{party}/PartyName/Name"),
    )
    return fuller(registered, trading) or full or None


def _modernise(root: Any) -> None:
    """Give the elements of UBL 1 the names that they have in UBL 2."""
    for element in root.iter(*_FIRST_NAMES) if root.find("SellerParty") is not None else ():
        element.tag = _FIRST_NAMES[element.tag]


def _address(root: Any, *paths: str) -> str | None:
    place = next((found for path in paths if (found := root.find(path)) is not None), None)
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


def _tax(root: Any, currency: str | None) -> str | None:
    """The tax total in the invoice's currency (a second one may be in the tax authority's)."""
    total = _tax_total(root, currency)
    return None if total is None else text_at(total, "TaxAmount")


def _tax_total(root: Any, currency: str | None) -> Any:
    totals = root.findall("TaxTotal")
    for total in totals:
        amount = total.find("TaxAmount")
        if amount is not None and amount.get("currencyID") in (None, currency):
            return total
    return totals[0] if totals else None


def _is_heading(node: Any) -> bool:
    """Section titles and notes are written as lines that invoice nothing: no quantity and no amount."""
    amounts = (text_at(node, "InvoicedQuantity", "CreditedQuantity"), text_at(node, "LineExtensionAmount"))
    return all(amount is None or _ZERO.fullmatch(amount) for amount in amounts)


def _line(node: Any, index: int, values: Values) -> LineItem:
    def number_at(cell: str, *paths: str, decimals: int = 2) -> Decimal | None:
        return values.number_at(item_path(index, cell), node, *paths, decimals=decimals)

    quantity = number_at("quantity", *_QUANTITIES, decimals=0)
    total = number_at("total_price", "LineExtensionAmount")
    price, basis = number_at("unit_price", *_PRICES), number_at("unit_price", "Price/BaseQuantity")
    charged = sum((one.amount for one in _allowances_and_charges(node, index)), Decimal(0))
    goods = None if total is None else total - charged
    each = price_of_one(price, basis, quantity, goods)
    return LineItem(
        description=fuller(text_at(node, "Item/Name"), text_at(node, "Item/Description")),
        quantity=quantity,
        unit_price=values.price_at(item_path(index, "unit_price"), each, quantity, goods),
        total_price=total,
        article_number=text_at(node, "Item/SellersItemIdentification/ID"),
        unit=unit_of(node, *_QUANTITIES),
        tax_rate=number_at("tax_rate", "Item/ClassifiedTaxCategory/Percent", "Item/TaxCategory/Percent", decimals=0),
    )


def ubl_charges(root: Any) -> Iterator[Charge]:
    """What a UBL tree adds and takes off: charges, allowances, what was prepaid, rounding."""
    listed = list(_allowances_and_charges(root, None))
    yield from listed
    sums = root.find("LegalMonetaryTotal")
    if not listed and sums is not None:
        yield from summed_charges(sums)
    yield from charge("prepaid", None, plain_number(root, "LegalMonetaryTotal/PrepaidAmount"))
    yield from charge("rounding", None, plain_number(root, "LegalMonetaryTotal/PayableRoundingAmount"))
    yield from charge("after tax", "Rounding", plain_number(root, "LegalMonetaryTotal/RoundOffAmount"))
    for position, line in enumerate(invoiced_lines(root)):
        yield from _allowances_and_charges(line, position)


def _allowances_and_charges(parent: Any, line: int | None) -> Iterator[Charge]:
    for node in parent.iterfind("AllowanceCharge"):
        added = text_at(node, "ChargeIndicator") in ("true", "1")
        reason, amount = text_at(node, "AllowanceChargeReason"), plain_number(node, "Amount")
        yield from charge("charge" if added else "allowance", reason, amount, line)


UBL = Syntax("UBL", read_ubl, ubl_charges, coded_kind, stated_payment, stated_language)
