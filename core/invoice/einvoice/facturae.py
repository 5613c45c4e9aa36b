"""Facturae, the Spanish e-invoice, versions 3.0 to 3.2.2, signed (XAdES) or not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from core.extraction import Charge
from core.invoice.document_type import item_path
from core.invoice.einvoice.kind import language_of
from core.invoice.einvoice.syntax import Syntax
from core.invoice.einvoice.values import Paid, Values, charge, paid_and_due, plain_number, taxes
from core.invoice.einvoice.xml import join_address, text_at
from core.invoice.model import Invoice, LineItem

_INVOICE = "Invoices/Invoice"
_HEAD, _ISSUE, _SUMS = f"{_INVOICE}/InvoiceHeader", f"{_INVOICE}/InvoiceIssueData", f"{_INVOICE}/InvoiceTotals"
_LINE = f"{_INVOICE}/Items/InvoiceLine"
#: Codes of units that are written otherwise than by their number.
_UNITS = {"01": "pcs", "02": "h", "03": "kg", "04": "l", "26": "m²", "25": "m"}
#: Lists of discounts and of charges, of the whole invoice and of a line, with the name of what is in them.
_OFF = (("GeneralDiscounts/Discount", "Discount"), ("DiscountsAndRebates/Discount", "Discount"))
_ON = (("GeneralSurcharges/Charge", "Charge"), ("Charges/Charge", "Charge"))


def _read(root: Any, values: Values) -> Invoice:
    """The invoice in a Facturae tree; ``values`` reads what is typed."""
    return Invoice(
        invoice_number=_number(root),
        invoice_date=values.date_at("invoice_date", root, f"{_ISSUE}/IssueDate"),
        due_date=values.date_at("due_date", root, f"{_INVOICE}/PaymentDetails/Installment/InstallmentDueDate"),
        vendor_name=_name(root, "Parties/SellerParty"),
        customer_name=_name(root, "Parties/BuyerParty"),
        billing_address=_address(root, "Parties/BuyerParty"),
        order_date=_order_date(root, values),
        subtotal=values.number_at("subtotal", root, f"{_SUMS}/TotalGrossAmountBeforeTaxes"),
        tax=values.number_at("tax", root, f"{_SUMS}/TotalTaxOutputs"),
        total_amount=values.number_at("total_amount", root, f"{_SUMS}/InvoiceTotal"),
        currency=values.currency_at(
            "currency", root, f"{_ISSUE}/InvoiceCurrencyCode", "FileHeader/Batch/InvoiceCurrencyCode"
        ),
        line_items=tuple(_line(node, index, values) for index, node in enumerate(root.iterfind(_LINE))),
        purchase_order_number=_order_number(root),
        vendor_tax_id=text_at(root, "Parties/SellerParty/TaxIdentification/TaxIdentificationNumber"),
        customer_tax_id=text_at(root, "Parties/BuyerParty/TaxIdentification/TaxIdentificationNumber"),
        iban=text_at(root, f"{_INVOICE}/PaymentDetails/Installment/AccountToBeCredited/IBAN"),
        taxes=taxes(
            root.iterfind(f"{_INVOICE}/TaxesOutputs/Tax"),
            values,
            ("TaxRate",),
            ("TaxableBase/TotalAmount",),
            ("TaxAmount/TotalAmount",),
        ),
    )


def _number(root: Any) -> str | None:
    """The number with its series before it, as both together name an invoice in Spain."""
    number, series = text_at(root, f"{_HEAD}/InvoiceNumber"), text_at(root, f"{_HEAD}/InvoiceSeriesCode")
    if not number or not series or number.casefold().startswith(series.casefold()):
        return number or series
    return f"{series}{'-' if series[-1].isalnum() else ''}{number}"


def _name(root: Any, party: str) -> str | None:
    """A firm's name, or a person's with both surnames."""
    person = f"{party}/Individual"
    names = (text_at(root, f"{person}/{part}") for part in ("Name", "FirstSurname", "SecondSurname"))
    return text_at(root, f"{party}/LegalEntity/CorporateName") or " ".join(filter(None, names)) or None


def _address(root: Any, party: str) -> str | None:
    kinds = ("LegalEntity", "Individual")
    found = (root.find(f"{party}/{kind}/{place}") for kind in kinds for place in ("AddressInSpain", "OverseasAddress"))
    place = next((one for one in found if one is not None), None)
    if place is None:
        return None
    return join_address(
        [text_at(place, "Address"), text_at(place, "PostCodeAndTown")],
        text_at(place, "PostCode"),
        text_at(place, "Town"),
        None,
        None,
    )


def _order_date(root: Any, values: Values) -> date | None:
    """The day of the customer's order, where all lines that name one name the same."""
    days = {day for line in root.iterfind(_LINE) if (day := text_at(line, "ReceiverTransactionDate"))}
    return values.date_at("order_date", root, f"{_LINE}/ReceiverTransactionDate") if len(days) == 1 else None


def _order_number(root: Any) -> str | None:
    """The number of the customer's order, where all lines that name one name the same."""
    numbers = {one for line in root.iterfind(_LINE) if (one := text_at(line, "ReceiverTransactionReference"))}
    return numbers.pop() if len(numbers) == 1 else None


def _line(node: Any, index: int, values: Values) -> LineItem:
    def number_at(cell: str, *paths: str, decimals: int = 2) -> Decimal | None:
        return values.number_at(item_path(index, cell), node, *paths, decimals=decimals)

    return LineItem(
        description=text_at(node, "ItemDescription"),
        quantity=number_at("quantity", "Quantity", decimals=0),
        unit_price=number_at("unit_price", "UnitPriceWithoutTax"),
        total_price=number_at("total_price", "GrossAmount", "TotalCost"),
        article_number=text_at(node, "ArticleCode"),
        unit=_UNITS.get(text_at(node, "UnitOfMeasure") or ""),
        tax_rate=number_at("tax_rate", "TaxesOutputs/Tax/TaxRate", decimals=0),
    )


def _charges(root: Any) -> Iterator[Charge]:
    """What is added and taken off: discounts and charges, and the tax that the customer withholds (IRPF)."""
    for sums in root.iterfind(_SUMS):
        yield from _listed(sums, None)
        if withheld := plain_number(sums, "TotalTaxesWithheld"):
            yield from charge("after tax", "Withheld tax", -withheld)
        yield from charge("prepaid", None, plain_number(sums, "TotalPaymentsOnAccount"))
    for position, line in enumerate(root.iterfind(_LINE)):
        yield from _listed(line, position)


def _listed(node: Any, line: int | None) -> Iterator[Charge]:
    for path, name in _OFF:
        for one in node.iterfind(path):
            yield from charge("allowance", text_at(one, f"{name}Reason"), plain_number(one, f"{name}Amount"), line)
    for path, name in _ON:
        for one in node.iterfind(path):
            yield from charge("charge", text_at(one, f"{name}Reason"), plain_number(one, f"{name}Amount"), line)


def _kind(root: Any, total: Decimal | None) -> str:
    """A correction that comes to less than nothing gives money back."""
    return "credit note" if total is not None and total < 0 else "invoice"


def _payment(root: Any, total: Decimal | None) -> Paid:
    due = plain_number(root, f"{_SUMS}/TotalExecutableAmount", f"{_SUMS}/TotalOutstandingAmount")
    return paid_and_due(plain_number(root, f"{_SUMS}/TotalPaymentsOnAccount"), due)


def _language(root: Any) -> str | None:
    return language_of(text_at(root, f"{_ISSUE}/LanguageName")) or "es"


FACTURAE = Syntax("Facturae", _read, _charges, _kind, _payment, _language)
