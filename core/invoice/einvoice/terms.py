"""An invoice's values as the business terms of EN 16931 (BT-1, BG-25 …), from which an e-invoice is written, or what it lacks for that.

Nothing is invented: what the standard demands and the record does not say is named, and no file is made. What follows from the
record is derived: a country from a VAT id, one rate for all lines from tax and net amount, a line's price from its amount.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from core.invoice.einvoice.units import unit_code
from core.invoice.model import Invoice, LineItem
from core.notation.folding import fold
from core.rules.countries import country_names

#: UNTDID 1001: commercial invoice, credit note. UNTDID 4461: SEPA credit transfer, credit transfer.
_INVOICE, _CREDIT_NOTE, _SEPA, _TRANSFER = "380", "381", "58", "30"
#: What sums may differ by where every line was rounded.
_ROUNDING = Decimal("0.02")
_VAT_ID = re.compile(r"([A-Z]{2})[A-Z0-9+*]{2,16}")
_POSTCODE_TOWN = re.compile(r"(?:[A-Z]{1,2}-)?(\d{4,6}|\d{2}-\d{3}|\d{3} \d{2}|\d{4} ?[A-Z]{2})\s+(\D.*)")
#: VAT ids of Greece and Northern Ireland begin with letters that are no country's.
_COUNTRIES = {"EL": "GR", "XI": "GB"}


@dataclass
class Terms:
    """The business terms, by their number; ``lacking`` says in a few words each what the standard demands and the record does not
    say. Only with nothing lacking are the terms whole."""

    terms: dict[str, Any] = field(default_factory=dict)
    lacking: list[str] = field(default_factory=list)


def terms_of(invoice: Invoice, *, credit_note: bool) -> Terms:
    """The terms of an invoice or a credit note. Its amounts are told as above zero in a credit note, whose kind says the rest."""
    return _Writer(invoice, credit_note).write()


class _Writer:
    def __init__(self, invoice: Invoice, credit_note: bool) -> None:
        self._invoice = invoice
        total = invoice.total_amount
        self._credit = credit_note or (total is not None and total < 0)
        self._sign = -1 if total is not None and total < 0 else 1
        self._told = Terms()

    def write(self) -> Terms:
        invoice = self._invoice
        self._need(invoice.invoice_number, "invoice number")
        self._need(invoice.invoice_date, "invoice date")
        self._need(invoice.currency, "currency")
        self._need(invoice.vendor_name, "vendor")
        self._need(invoice.customer_name, "customer")
        self._need(invoice.total_amount, "total")
        self._put("BT-1", invoice.invoice_number)
        self._put("BT-2", invoice.invoice_date)
        self._put("BT-3", _CREDIT_NOTE if self._credit else _INVOICE)
        self._put("BT-5", invoice.currency)
        self._put("BT-9", invoice.due_date)
        self._put("BT-13", invoice.purchase_order_number)
        self._put("BT-20", invoice.payment_terms)
        self._write_parties()
        self._write_account()
        if invoice.total_amount is not None and invoice.currency:
            self._write_amounts()
        return self._told

    def _put(self, term: str, value: Any) -> None:
        if value is not None:
            self._told.terms[term] = value

    def _need(self, value: Any, name: str) -> None:
        if value is None:
            self._told.lacking.append(name)

    # --- parties -----------------------------------------------------------------------------------------------------

    def _write_parties(self) -> None:
        invoice = self._invoice
        seller, home = (
            _tax_id(invoice.vendor_tax_id),
            _country_of_id(invoice.vendor_tax_id) or _of_account(invoice.iban),
        )
        if "vat_identifier" not in seller:
            self._told.lacking.append("vendor's VAT id, with the letters of its country")
        elif home is None:
            self._told.lacking.append("vendor's country")
        self._put("BG-4", {"name": invoice.vendor_name or "", "country_code": home, **seller})
        buyer: dict[str, Any] = {"name": invoice.customer_name or "", **_tax_id(invoice.customer_tax_id)}
        address = _address(invoice.billing_address, _country_of_id(invoice.customer_tax_id) or home)
        if invoice.customer_id:
            buyer["identifiers"] = {None: invoice.customer_id}
        self._put("BG-7", {**buyer, **address})
        if invoice.shipping_address and (there := _address(invoice.shipping_address, address.get("country_code"))):
            self._put("BG-13", {"name": invoice.customer_name or "", **there})

    def _write_account(self) -> None:
        if iban := self._invoice.iban:
            self._put("BT-81", _SEPA if self._invoice.currency == "EUR" else _TRANSFER)
            self._put("BT-84", "".join(iban.split()))

    # --- amounts -----------------------------------------------------------------------------------------------------

    def _write_amounts(self) -> None:
        invoice = self._invoice
        rounding = self._amount(invoice.rounding) or Decimal(0)
        gross = self._amount(invoice.total_amount, needed=True) - rounding
        if invoice.tax is None:
            self._told.lacking.append("tax (0 where there is none)")
            return
        tax = self._amount(invoice.tax, needed=True)
        lines = [(item, amount) for item in invoice.line_items if (amount := self._line_amount(item)) is not None]
        if not lines or len(lines) < len(invoice.line_items):
            self._told.lacking.append("line items, each with its amount")
            return
        taken, added = abs(invoice.discount or Decimal(0)), abs(invoice.shipping or Decimal(0))
        of_lines = sum((amount for _, amount in lines), Decimal(0))
        net = of_lines - taken + added
        if abs(net + tax - gross) > _ROUNDING:
            why = (
                " (the lines' amounts have the tax in them)"
                if tax and abs(of_lines - taken + added - gross) <= _ROUNDING
                else ""
            )
            self._told.lacking.append(f"sums that hold: {net} and tax {tax} are not {gross}{why}")
            return
        # What rounding line by line has left stands in the rounding of the whole.
        self._write_sums(of_lines, taken, added, tax, rounding + gross - net - tax)
        self._write_taxed(lines, net, tax, taken, added)

    def _amount(self, value: Decimal | None, *, needed: bool = False) -> Decimal:
        if value is None:
            return Decimal(0) if needed else value  # type: ignore[return-value]
        return _cents(value * self._sign)

    def _line_amount(self, item: LineItem) -> Decimal | None:
        if item.total_price is not None:
            return self._amount(item.total_price)
        if item.quantity is None or item.unit_price is None:
            return None
        return self._amount(item.quantity * item.unit_price - (item.discount or Decimal(0)))

    def _write_sums(self, lines: Decimal, taken: Decimal, added: Decimal, tax: Decimal, rounding: Decimal) -> None:
        paid = abs(self._invoice.paid_amount or Decimal(0))
        net = lines - taken + added
        sums = {"BT-106": lines, "BT-109": net, "BT-110": tax, "BT-112": net + tax}
        sums |= {term: amount for term, amount in (("BT-107", taken), ("BT-108", added), ("BT-113", paid)) if amount}
        if rounding:
            sums["BT-114"] = rounding
        due = net + tax - paid + rounding
        if due > 0 and not (self._invoice.due_date or self._invoice.payment_terms):
            self._told.lacking.append("due date or payment terms")
        self._told.terms |= {term: _text(amount) for term, amount in {**sums, "BT-115": due}.items()}

    def _write_taxed(
        self, lines: list[tuple[LineItem, Decimal]], net: Decimal, tax: Decimal, taken: Decimal, added: Decimal
    ) -> None:
        only = self._only_rate(net, tax)
        rates = [item.tax_rate if item.tax_rate is not None else only for item, _ in lines]
        if any(rate is None for rate in rates) or (only is None and (taken or added)):
            self._told.lacking.append("tax rate of each line")
            return
        bases: dict[Decimal, Decimal] = defaultdict(Decimal)
        for (_, amount), rate in zip(lines, rates, strict=True):
            bases[rate] += amount  # type: ignore[index]
        if only is not None:
            bases[only] += added - taken
        taxes = self._tax_by_rate(bases, tax)
        if taxes is None:
            self._told.lacking.append("tax rates that make the tax")
            return
        self._told.terms["BG-23"] = [
            {
                "BT-116": _text(bases[rate]),
                "BT-117": _text(taxes[rate]),
                "BT-118": _category(rate),
                "BT-119": _plain(rate),
            }
            for rate in bases
        ]
        for term, amount, reason in (("BG-20", taken, "Discount"), ("BG-21", added, "Shipping and charges")):
            if amount and only is not None:
                charged = {"amount": _text(amount), "reason": reason}
                self._told.terms[term] = [charged | {"vat_category_code": _category(only), "vat_rate": _plain(only)}]
        self._told.terms["BG-25"] = [
            _line(number, item, amount, rate or Decimal(0))
            for number, ((item, amount), rate) in enumerate(zip(lines, rates, strict=True), 1)
        ]

    def _only_rate(self, net: Decimal, tax: Decimal) -> Decimal | None:
        """The rate of everything, where there is but one: as the lines or the table of taxes say, or as tax and net tell."""
        told = {item.tax_rate for item in self._invoice.line_items if item.tax_rate is not None}
        told |= {row.rate for row in self._invoice.taxes if row.rate is not None}
        if told:
            return next(iter(told)) if len(told) == 1 else None
        if not tax:
            return Decimal(0)
        if not net:
            return None
        for step in (Decimal(1), Decimal("0.1")):
            rate = (tax / net * 100 / step).quantize(Decimal(1), ROUND_HALF_UP) * step
            if 0 < rate < 50 and abs(net * rate / 100 - tax) <= _ROUNDING:
                return rate
        return None

    def _tax_by_rate(self, bases: Mapping[Decimal, Decimal], tax: Decimal) -> dict[Decimal, Decimal] | None:
        """What each rate makes, as printed or worked out; what rounding leaves goes to the largest. ``None`` where it is more."""
        printed = {
            row.rate: row.amount for row in self._invoice.taxes if row.rate is not None and row.amount is not None
        }
        found = {
            rate: self._amount(printed[rate], needed=True) if rate in printed else _cents(base * rate / 100)
            for rate, base in bases.items()
        }
        left = tax - sum(found.values(), Decimal(0))
        if abs(left) > max(_ROUNDING, Decimal("0.01") * len(self._invoice.line_items)):
            return None
        largest = max(found, key=lambda rate: abs(found[rate]))
        found[largest] += left
        return found


def _line(number: int, item: LineItem, amount: Decimal, rate: Decimal) -> dict[str, Any]:
    quantity, taken = item.quantity or Decimal(1), abs(item.discount or Decimal(0))
    if (amount < 0) != (quantity < 0):  # a price is never below zero: the quantity says that it goes back
        quantity = -quantity
    price = abs(item.unit_price) if item.unit_price is not None else None
    if price is None or abs(abs(price * quantity) - taken - abs(amount)) > _ROUNDING:
        price, taken = abs(amount / quantity), Decimal(0)
        price = price.quantize(Decimal("0.0001"), ROUND_HALF_UP)
    told: dict[str, Any] = {
        "BT-126": str(number),
        "BT-129": _plain(quantity),
        "BT-130": unit_code(item.unit),
        "BT-131": _text(amount),
        "BT-146": _plain(price),
        "BT-151": _category(rate),
        "BT-152": _plain(rate),
        "BT-153": item.description or item.article_number or f"Line {number}",
    }
    if taken:
        told["BG-27"] = [{"amount": _text(taken), "reason": "Discount"}]
    if item.article_number:
        told["BT-155"] = item.article_number
    return told


def _category(rate: Decimal) -> str:
    """UNCL 5305: standard rate, or zero rated."""
    return "S" if rate else "Z"


def _cents(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _text(value: Decimal) -> str:
    return format(_cents(value), "f")


def _plain(value: Decimal) -> str:
    return format(value.normalize(), "f")


def _tax_id(printed: str | None) -> dict[str, str]:
    """A VAT id where it has the letters of a country, else a tax number of its own land."""
    bare = re.sub(r"[\s.\-/]", "", printed or "").upper()
    if not bare:
        return {}
    return {"vat_identifier": bare} if _VAT_ID.fullmatch(bare) else {"tax_identifier": (printed or "").strip()}


def _country_of_id(printed: str | None) -> str | None:
    match = _VAT_ID.fullmatch(re.sub(r"[\s.\-/]", "", printed or "").upper())
    return _COUNTRIES.get(match[1], match[1]) if match else None


def _of_account(iban: str | None) -> str | None:
    return iban.strip()[:2].upper() if iban and iban.strip()[:2].isalpha() else None


def _address(printed: str | None, usual: str | None) -> dict[str, str]:
    """An address as the standard's parts. A country that it does not name is ``usual``: within a land people leave it out."""
    parts = [part.strip() for part in (printed or "").split(",") if part.strip()]
    found: dict[str, str] = {}
    if parts and (code := country_names().get(fold(parts[-1]))):
        usual, parts = code, parts[:-1]
    if usual:
        found["country_code"] = usual
    for index, part in enumerate(parts):
        if match := _POSTCODE_TOWN.fullmatch(part):
            found |= {"postcode": match[1], "city": match[2].strip()}
            parts = [*parts[:index], *parts[index + 1 :]]
            break
    found |= dict(_address_lines(parts))
    return found


def _address_lines(parts: list[str]) -> Iterator[tuple[str, str]]:
    yield from zip(("addr_l1", "addr_l2"), parts, strict=False)
    if len(parts) > 2:
        yield "addr_l3", ", ".join(parts[2:])
