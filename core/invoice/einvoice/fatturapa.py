"""FatturaPA, the Italian e-invoice (FPA12 and FPR12, earlier versions, and the simplified invoice FSM10)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations
from typing import Any

from core.extraction import Charge
from core.invoice.document_type import item_path
from core.invoice.einvoice.syntax import Syntax
from core.invoice.einvoice.values import Paid, Values, charge, paid_and_due, plain_number, taxes
from core.invoice.einvoice.xml import join_address, text_at
from core.invoice.model import Invoice, LineItem

_HEAD, _BODY = "FatturaElettronicaHeader", "FatturaElettronicaBody"
_DOCUMENT = f"{_BODY}/DatiGenerali/DatiGeneraliDocumento"
_SIMPLIFIED = "FatturaElettronicaSemplificata"
#: Credit notes, plain and simplified.
_CREDIT_NOTES = frozenset({"TD04", "TD08"})
#: A payment that was kept back from money that the vendor had received already.
_PAID_ALREADY = "MP22"
#: The postcode that addresses abroad are given.
_NO_POSTCODE = "00000"
_CENT = Decimal("0.01")
_WITHHELD = "Ritenuta"
_Amounts = list[tuple[str, Decimal]]


def _read(root: Any, values: Values) -> Invoice:
    """The invoice in a FatturaPA tree; ``values`` reads what is typed."""
    buyer = f"{_HEAD}/CessionarioCommittente"
    return Invoice(
        invoice_number=text_at(root, f"{_DOCUMENT}/Numero"),
        invoice_date=values.date_at("invoice_date", root, f"{_DOCUMENT}/Data"),
        due_date=values.date_at("due_date", root, f"{_BODY}/DatiPagamento/DettaglioPagamento/DataScadenzaPagamento"),
        vendor_name=_name(root, f"{_HEAD}/CedentePrestatore"),
        customer_name=_name(root, buyer),
        billing_address=_address(root, f"{buyer}/Sede", f"{buyer}/AltriDatiIdentificativi/Sede"),
        shipping_address=_address(root, f"{_BODY}/DatiGenerali/DatiTrasporto/IndirizzoResa"),
        order_date=_order_date(root, values),
        currency=values.currency_at("currency", root, f"{_DOCUMENT}/Divisa"),
        purchase_order_number=text_at(root, f"{_BODY}/DatiGenerali/DatiOrdineAcquisto/IdDocumento"),
        vendor_tax_id=_tax_id(root, f"{_HEAD}/CedentePrestatore"),
        customer_tax_id=_tax_id(root, buyer),
        iban=text_at(root, f"{_BODY}/DatiPagamento/DettaglioPagamento/IBAN"),
        taxes=taxes(
            root.iterfind(f"{_BODY}/DatiBeniServizi/DatiRiepilogo"),
            values,
            ("AliquotaIVA",),
            ("ImponibileImporto",),
            ("Imposta",),
        ),
        **(_simplified(root, values) if root.tag == _SIMPLIFIED else _sums_and_lines(root, values)),
    )


def _name(root: Any, party: str) -> str | None:
    """A firm's name, or a person's, in every version's place."""
    for place in (f"{party}/DatiAnagrafici/Anagrafica", f"{party}/AltriDatiIdentificativi", party):
        person = " ".join(filter(None, (text_at(root, f"{place}/Nome"), text_at(root, f"{place}/Cognome"))))
        if name := text_at(root, f"{place}/Denominazione") or person:
            return name
    return None


def _tax_id(root: Any, party: str) -> str | None:
    """A party's VAT number with its country, else its tax code, in every version's place."""
    for place in (f"{party}/DatiAnagrafici", f"{party}/IdentificativiFiscali", party):
        number = text_at(root, f"{place}/IdFiscaleIVA/IdCodice")
        if number:
            return f"{text_at(root, f'{place}/IdFiscaleIVA/IdPaese') or ''}{number}"
        if code := text_at(root, f"{place}/CodiceFiscale"):
            return code
    return None


def _address(root: Any, *paths: str) -> str | None:
    place = next((found for path in paths if (found := root.find(path)) is not None), None)
    if place is None:
        return None
    street = " ".join(filter(None, (text_at(place, "Indirizzo"), text_at(place, "NumeroCivico"))))
    postcode = text_at(place, "CAP")
    return join_address(
        [street],
        None if postcode == _NO_POSTCODE else postcode,
        text_at(place, "Comune"),
        text_at(place, "Provincia"),
        text_at(place, "Nazione"),
    )


def _order_date(root: Any, values: Values) -> date | None:
    return values.date_at("order_date", root, f"{_BODY}/DatiGenerali/DatiOrdineAcquisto/Data")


def _sums_and_lines(root: Any, values: Values) -> dict[str, Any]:
    """The sums by rate added up, which FatturaPA does not state together, and the lines."""
    by_rate = root.findall(f"{_BODY}/DatiBeniServizi/DatiRiepilogo")
    subtotal = _added("subtotal", by_rate, "ImponibileImporto", values)
    tax = _added("tax", by_rate, "Imposta", values)
    total = values.number_at("total_amount", root, f"{_DOCUMENT}/ImportoTotaleDocumento")
    if total is None and not text_at(root, f"{_DOCUMENT}/ImportoTotaleDocumento"):
        total = None if subtotal is None or tax is None else subtotal + tax
    lines = tuple(_line(node, index, values) for index, node in enumerate(_lines(root)))
    return {"subtotal": subtotal, "tax": tax, "total_amount": total, "line_items": lines}


def _simplified(root: Any, values: Values) -> dict[str, Any]:
    """A simplified invoice: its lines are priced with tax, which may be told by its rate alone."""
    rows = root.findall(f"{_BODY}/DatiBeniServizi")
    lines = tuple(
        LineItem(
            description=text_at(row, "Descrizione"),
            total_price=values.number_at(item_path(index, "total_price"), row, "Importo"),
        )
        for index, row in enumerate(rows)
    )
    untold = [row for row in rows if text_at(row, "DatiIVA/Imposta") is None and text_at(row, "Natura") is None]
    tax = None if untold else _added("tax", rows, "DatiIVA/Imposta", values)
    return {"tax": tax, "total_amount": _added("total_amount", rows, "Importo", values), "line_items": lines}


def _added(field: str, nodes: list[Any], path: str, values: Values) -> Decimal | None:
    """The sum of what the nodes have at ``path``; nothing where one cannot be read."""
    amounts = [values.number_at(field, node, path) for node in nodes if text_at(node, path)]
    if not nodes or any(amount is None for amount in amounts):
        return None
    return sum((amount for amount in amounts if amount is not None), Decimal("0.00"))


def _lines(root: Any) -> list[Any]:
    """The elements of the invoiced lines: texts are written as lines without quantity and amount."""
    return [node for node in root.iterfind(f"{_BODY}/DatiBeniServizi/DettaglioLinee") if not _is_text(node)]


def _is_text(node: Any) -> bool:
    amounts = (plain_number(node, "PrezzoUnitario"), plain_number(node, "PrezzoTotale"))
    return not any(amounts) and text_at(node, "Quantita") is None


def _line(node: Any, index: int, values: Values) -> LineItem:
    return LineItem(
        description=text_at(node, "Descrizione"),
        quantity=values.number_at(item_path(index, "quantity"), node, "Quantita", decimals=0),
        unit_price=values.number_at(item_path(index, "unit_price"), node, "PrezzoUnitario"),
        total_price=values.number_at(item_path(index, "total_price"), node, "PrezzoTotale"),
        article_number=text_at(node, "CodiceArticolo/CodiceValore"),
        unit=text_at(node, "UnitaMisura"),
        tax_rate=values.number_at(item_path(index, "tax_rate"), node, "AliquotaIVA", decimals=0),
    )


def _charges(root: Any) -> Iterator[Charge]:
    """What is added and taken off: the pension fund's share, costs beside the lines, discounts of lines, and of what may
    stand between the sum with tax and the total (stamp duty, rounding, a tax withheld) what makes up their difference."""
    for fund in root.iterfind(f"{_DOCUMENT}/DatiCassaPrevidenziale"):
        yield from charge("charge", "Cassa previdenziale", plain_number(fund, "ImportoContributoCassa"))
    for by_rate in root.iterfind(f"{_BODY}/DatiBeniServizi/DatiRiepilogo"):
        yield from charge("charge", "Spese accessorie", plain_number(by_rate, "SpeseAccessorie"))
        yield from charge("charge", "Arrotondamento", plain_number(by_rate, "Arrotondamento"))
    for position, line in enumerate(_lines(root)):
        yield from _line_charges(line, position)
    for name, amount in _between(root):
        yield from charge("after tax", name, amount)


def _line_charges(line: Any, position: int) -> Iterator[Charge]:
    """Discounts and surcharges of a line: each on the unit price as the one before it left it."""
    price, quantity = plain_number(line, "PrezzoUnitario"), plain_number(line, "Quantita")
    for node in line.iterfind("ScontoMaggiorazione") if price is not None else ():
        assert price is not None
        by = plain_number(node, "Importo") or price * (plain_number(node, "Percentuale") or Decimal(0)) / 100
        added = text_at(node, "Tipo") == "MG"
        price += by if added else -by
        amount = (by * (1 if quantity is None else quantity)).quantize(_CENT, ROUND_HALF_UP)
        yield from charge("charge" if added else "allowance", "Maggiorazione" if added else "Sconto", amount, position)


def _between(root: Any) -> _Amounts:
    """What stands between the sum with tax and the total, of all that may: the fewest amounts that make up the gap."""
    document = root.find(_DOCUMENT)
    if document is None or root.tag == _SIMPLIFIED:
        return []
    read = _sums_and_lines(root, Values())
    if None in (read["subtotal"], read["tax"], read["total_amount"]):
        return []
    gap = read["total_amount"] - read["subtotal"] - read["tax"]
    known = list(_after_tax(document, read["subtotal"] + read["tax"]))
    for count in range(1, min(len(known), 4) + 1) if gap else ():
        for chosen in combinations(known, count):
            if abs(sum(amount for _, amount in chosen) - gap) <= _CENT:
                return list(chosen)
    return []


def _after_tax(document: Any, taxed: Decimal) -> Iterator[tuple[str, Decimal]]:
    """All that may stand between ``taxed``, the sum with tax, and the total."""
    for path, name in (("DatiBollo/ImportoBollo", "Bollo"), ("Arrotondamento", "Arrotondamento")):
        if amount := plain_number(document, path):
            yield name, amount
    for node in document.iterfind("ScontoMaggiorazione"):
        by = plain_number(node, "Importo") or taxed * (plain_number(node, "Percentuale") or Decimal(0)) / 100
        added = text_at(node, "Tipo") == "MG"
        yield ("Maggiorazione", by) if added else ("Sconto", -by)
    if withheld := _withheld(document):
        yield _WITHHELD, -withheld


def _withheld(document: Any) -> Decimal:
    found = (plain_number(node, "ImportoRitenuta") for node in document.iterfind("DatiRitenuta"))
    return sum((amount for amount in found if amount), Decimal(0))


def _kind(root: Any, _: Decimal | None) -> str:
    return "credit note" if text_at(root, f"{_DOCUMENT}/TipoDocumento") in _CREDIT_NOTES else "invoice"


def _payment(root: Any, total: Decimal | None) -> Paid:
    """What is to be paid: less than the total where a tax is withheld, or paid by the customer itself (split payment).
    Where nothing is said of payment, what is withheld is still taken off."""
    blocks = [list(block.iterfind("DettaglioPagamento")) for block in root.iterfind(f"{_BODY}/DatiPagamento")]
    details = [detail for block in blocks for detail in block]
    due = _paid_by(details, lambda way: way != _PAID_ALREADY)
    if due is not None and total is not None and due > total and len(blocks) > 1:
        due = _paid_by(blocks[0], lambda way: way != _PAID_ALREADY)  # the others are other ways to pay the same
    document = root.find(_DOCUMENT)
    withheld = Decimal(0) if document is None or details else _withheld(document)
    if withheld and total is not None and _WITHHELD not in dict(_between(root)):
        due = total - withheld
    return paid_and_due(_paid_by(details, lambda way: way == _PAID_ALREADY), due)


def _paid_by(details: Iterable[Any], is_meant: Callable[[str | None], bool]) -> Decimal | None:
    amounts = [plain_number(one, "ImportoPagamento") for one in details if is_meant(text_at(one, "ModalitaPagamento"))]
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known else None


FATTURAPA = Syntax("FatturaPA", _read, _charges, _kind, _payment, lambda root: "it")
