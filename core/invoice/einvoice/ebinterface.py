"""ebInterface, the Austrian e-invoice, versions 3 to 6: names that changed are tried one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from core.extraction import Charge
from core.invoice.document_type import item_path
from core.invoice.einvoice.kind import language_of
from core.invoice.einvoice.syntax import Syntax
from core.invoice.einvoice.values import Paid, Values, charge, paid_and_due, plain_number, price_of_one, taxes, unit_of
from core.invoice.einvoice.xml import join_address, text_at
from core.invoice.model import Invoice, LineItem

_CREDIT_NOTES = frozenset({"CreditMemo", "SubsequentCredit"})
_BUYER = "InvoiceRecipient"
#: Where the sums by rate are: versions 5 and 6, version 4, version 3.
_RATES = ("Tax/TaxItem", "Tax/VAT/VATItem", "Tax/VAT/Item")
_TAXED, _TAX, _RATE = ("TaxableAmount", "TaxedAmount"), ("TaxAmount", "Amount"), ("TaxPercent", "VATRate", "TaxRate")
_CENT = Decimal("0.01")
#: What is added to a line or to all lines, and what is taken off; in the lines the names have an ending.
_ADDED, _TAKEN_OFF = ("Surcharge", "OtherVATableTax"), ("Reduction",)
_ENDING = "ListLineItem"


def _read(root: Any, values: Values) -> Invoice:
    """The invoice in an ebInterface tree; ``values`` reads what is typed."""
    rates = [node for path in _RATES for node in root.iterfind(path)]
    return Invoice(
        invoice_number=text_at(root, "InvoiceNumber"),
        invoice_date=values.date_at("invoice_date", root, "InvoiceDate"),
        due_date=values.date_at("due_date", root, "PaymentConditions/DueDate"),
        vendor_name=_name(root, "Biller"),
        customer_name=_name(root, _BUYER),
        billing_address=_address(root, f"{_BUYER}/Address"),
        shipping_address=_address(root, "Delivery/Address"),
        order_date=values.date_at("order_date", root, f"{_BUYER}/OrderReference/ReferenceDate"),
        customer_id=text_at(root, f"{_BUYER}/BillersInvoiceRecipientID"),
        subtotal=_added([values.number_at("subtotal", node, *_TAXED) for node in rates]),
        tax=_added([_tax_of(node, values) for node in rates]),
        total_amount=values.number_at("total_amount", root, "TotalGrossAmount"),
        currency=values.currency("currency", root.get("InvoiceCurrency")),
        line_items=tuple(_line(node, index, values) for index, node in enumerate(_lines(root))),
        purchase_order_number=text_at(root, f"{_BUYER}/OrderReference/OrderID"),
        vendor_tax_id=_tax_id(root, "Biller"),
        customer_tax_id=_tax_id(root, _BUYER),
        iban=text_at(root, ".//BeneficiaryAccount/IBAN"),
        payment_terms=text_at(root, "PaymentConditions/Comment"),
        taxes=taxes(rates, values, _RATE, _TAXED, _TAX),
    )


def _tax_id(root: Any, party: str) -> str | None:
    """A party's VAT id; eight zeros stand for none."""
    number = text_at(root, f"{party}/VATIdentificationNumber")
    return number if number and number.strip("0") else None


def _added(amounts: list[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal("0.00")) if known and len(known) == len(amounts) else None


def _tax_of(node: Any, values: Values) -> Decimal | None:
    """The tax of one rate; where it is not written (the schema lets it out) what the rate makes of its base."""
    if text_at(node, *_TAX):
        return values.number_at("tax", node, *_TAX)
    base, rate = plain_number(node, *_TAXED), plain_number(node, *_RATE)
    if base is None or (rate is None and text_at(node, "TaxExemption") is None):
        return None
    return (base * (rate or 0) / 100).quantize(_CENT, ROUND_HALF_UP)


def _name(root: Any, party: str) -> str | None:
    return text_at(root, f"{party}/Address/Name", f"{party}/Contact/Name")


def _address(root: Any, path: str) -> str | None:
    place = root.find(path)
    if place is None:
        return None
    country = place.find("Country")
    street = text_at(place, "Street", "POBox")
    code = country.get("CountryCode") if country is not None else None
    return join_address([street], text_at(place, "ZIP"), text_at(place, "Town"), None, code)


def _lines(root: Any) -> list[Any]:
    return list(root.iterfind("Details/ItemList/ListLineItem"))


def _line(node: Any, index: int, values: Values) -> LineItem:
    def number_at(cell: str, path: str, decimals: int = 2) -> Decimal | None:
        return values.number_at(item_path(index, cell), node, path, decimals=decimals)

    quantity, total = number_at("quantity", "Quantity", 0), number_at("total_price", "LineItemAmount")
    price, priced = number_at("unit_price", "UnitPrice"), node.find("UnitPrice")
    basis = values.number(item_path(index, "unit_price"), priced.get("BaseQuantity") if priced is not None else None)
    charged = sum((one.amount for one in _line_charges(node, index)), Decimal(0))
    return LineItem(
        description=" ".join(filter(None, (text_at(one, ".") for one in node.iterfind("Description")))) or None,
        quantity=quantity,
        unit_price=price_of_one(price, basis, quantity, None if total is None else total - charged),
        total_price=total,
        article_number=text_at(node, "ArticleNumber"),
        unit=unit_of(node, "Quantity"),
        tax_rate=values.number_at(
            item_path(index, "tax_rate"),
            node,
            *(f"{path}{rate}" for path in ("TaxItem/", "") for rate in _RATE),
            decimals=0,
        ),
    )


def _charges(root: Any) -> Iterator[Charge]:
    """What is added and taken off: reductions, surcharges, other taxes (before and after the tax), what was prepaid."""
    for position, line in enumerate(_lines(root)):
        yield from _line_charges(line, position)
    for details in root.iterfind("ReductionAndSurchargeDetails"):
        yield from _listed(details, "", None)
    for other in root.iterfind("Tax/OtherTax"):
        yield from charge("after tax", text_at(other, "Comment"), plain_number(other, "Amount", "TaxAmount"))
    yield from charge("prepaid", None, plain_number(root, "PrepaidAmount"))
    yield from charge("rounding", None, plain_number(root, "RoundingAmount"))


def _line_charges(line: Any, position: int) -> Iterator[Charge]:
    for details in line.iterfind("ReductionAndSurchargeListLineItemDetails"):
        yield from _listed(details, _ENDING, position)


def _listed(details: Any, ending: str, line: int | None) -> Iterator[Charge]:
    for name in (*_ADDED, *_TAKEN_OFF):
        for node in details.iterfind(f"{name}{ending}"):
            yield from charge(
                "charge" if name in _ADDED else "allowance", text_at(node, "Comment"), _amount_of(node), line
            )


def _amount_of(node: Any) -> Decimal | None:
    """The amount of a reduction or surcharge; where it is not written what its percentage makes of its base."""
    if text_at(node, *_TAX):
        return plain_number(node, *_TAX)
    base, share = plain_number(node, "BaseAmount", "TaxableAmount"), plain_number(node, "Percentage", "TaxPercent")
    return None if base is None or share is None else (base * share / 100).quantize(_CENT, ROUND_HALF_UP)


def _kind(root: Any, _: Decimal | None) -> str:
    return "credit note" if root.get("DocumentType") in _CREDIT_NOTES else "invoice"


def _payment(root: Any, total: Decimal | None) -> Paid:
    """What is paid and what is left; below-the-line items (money passed on for others) are in what is left alone."""
    return paid_and_due(plain_number(root, "PrepaidAmount"), plain_number(root, "PayableAmount"))


EBINTERFACE = Syntax("ebInterface", _read, _charges, _kind, _payment, lambda root: language_of(root.get("Language")))
