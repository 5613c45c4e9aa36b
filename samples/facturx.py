"""An invoice as CII XML (EN 16931, the form inside Factur-X and ZUGFeRD 2), and that XML put into its PDF."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree

import pymupdf

from samples.invoices import Invoice, Line, Party

FILE_NAME = "factur-x.xml"
_GUIDELINE = "urn:cen.eu:en16931:2017"
_RSM = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
_RAM = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
_UDT = "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"
_PLACE = re.compile(r"(?P<postcode>\d{4} [A-Z]{2}|[\d-]+) (?P<town>.+)")
_UNITS = {"Std": "HUR", "h": "HUR", "m": "MTR", "m²": "MTK"}
_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:fx="urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#">
<fx:DocumentType>INVOICE</fx:DocumentType><fx:DocumentFileName>factur-x.xml</fx:DocumentFileName>
<fx:Version>1.0</fx:Version><fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""


def cii_xml(invoice: Invoice) -> bytes:
    """The invoice as a CrossIndustryInvoice document."""
    for prefix, uri in (("rsm", _RSM), ("ram", _RAM), ("udt", _UDT)):
        ElementTree.register_namespace(prefix, uri)
    root = ElementTree.Element(f"{{{_RSM}}}CrossIndustryInvoice")
    context = ElementTree.SubElement(root, f"{{{_RSM}}}ExchangedDocumentContext")
    _add(_add(context, "GuidelineSpecifiedDocumentContextParameter"), "ID", _GUIDELINE)
    header = ElementTree.SubElement(root, f"{{{_RSM}}}ExchangedDocument")
    _add(header, "ID", invoice.number)
    _add(header, "TypeCode", "380")
    _add_day(_add(header, "IssueDateTime"), invoice.issued)
    deal = ElementTree.SubElement(root, f"{{{_RSM}}}SupplyChainTradeTransaction")
    for position, line in enumerate(invoice.lines, 1):
        _add_line(deal, position, line)
    agreement = _add(deal, "ApplicableHeaderTradeAgreement")
    _add_party(agreement, "SellerTradeParty", invoice.vendor, invoice.vat_id)
    _add_party(agreement, "BuyerTradeParty", invoice.customer)
    delivery = _add(deal, "ApplicableHeaderTradeDelivery")
    if invoice.ship_to:
        _add_party(delivery, "ShipToTradeParty", invoice.ship_to)
    event = _add(_add(delivery, "ActualDeliverySupplyChainEvent"), "OccurrenceDateTime")
    _add_day(event, invoice.issued)
    _add_settlement(_add(deal, "ApplicableHeaderTradeSettlement"), invoice)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True)


def embed(pdf: bytes, xml: bytes) -> bytes:
    """``pdf`` with ``xml`` as its associated file, announced in its metadata."""
    with pymupdf.open(stream=pdf) as document:
        stream, holder = document.get_new_xref(), document.get_new_xref()
        document.update_object(stream, "<</Type/EmbeddedFile/Subtype/text#2Fxml>>")
        document.update_stream(stream, xml)
        document.update_object(
            holder,
            f"<</Type/Filespec/AFRelationship/Alternative/F({FILE_NAME})/UF({FILE_NAME})/Desc(Factur-X invoice)"
            f"/EF<</F {stream} 0 R/UF {stream} 0 R>>>>",
        )
        catalog = document.pdf_catalog()
        document.xref_set_key(catalog, "Names/EmbeddedFiles/Names", f"[({FILE_NAME}) {holder} 0 R]")
        document.xref_set_key(catalog, "AF", f"[{holder} 0 R]")
        document.set_xml_metadata(_XMP)
        return bytes(document.tobytes(garbage=3, deflate=True, no_new_id=True))


def _add(parent: ElementTree.Element, name: str, text: object = None, **attributes: str) -> ElementTree.Element:
    child = ElementTree.SubElement(parent, f"{{{_RAM}}}{name}", attributes)
    if text is not None:
        child.text = str(text)
    return child


def _add_day(parent: ElementTree.Element, day: date) -> None:
    ElementTree.SubElement(parent, f"{{{_UDT}}}DateTimeString", {"format": "102"}).text = f"{day:%Y%m%d}"


def _add_line(deal: ElementTree.Element, position: int, line: Line) -> None:
    item = _add(deal, "IncludedSupplyChainTradeLineItem")
    _add(_add(item, "AssociatedDocumentLineDocument"), "LineID", position)
    product = _add(item, "SpecifiedTradeProduct")
    _add(product, "SellerAssignedID", line.code)
    _add(product, "Name", line.description)
    price = _add(_add(item, "SpecifiedLineTradeAgreement"), "NetPriceProductTradePrice")
    _add(price, "ChargeAmount", line.unit_price)
    _add(
        _add(item, "SpecifiedLineTradeDelivery"), "BilledQuantity", line.quantity, unitCode=_UNITS.get(line.unit, "C62")
    )
    settlement = _add(item, "SpecifiedLineTradeSettlement")
    _add_tax(settlement, line.tax_rate)
    if line.discount:
        allowance = _add(settlement, "SpecifiedTradeAllowanceCharge")
        ElementTree.SubElement(_add(allowance, "ChargeIndicator"), f"{{{_UDT}}}Indicator").text = "false"
        _add(allowance, "ActualAmount", line.quantity * line.unit_price - line.total)
    _add(_add(settlement, "SpecifiedTradeSettlementLineMonetarySummation"), "LineTotalAmount", line.total)


def _add_party(parent: ElementTree.Element, role: str, party: Party, vat_id: str = "") -> None:
    node = _add(parent, role)
    _add(node, "Name", party.name)
    place = _PLACE.fullmatch(party.place)
    address = _add(node, "PostalTradeAddress")
    if place:
        _add(address, "PostcodeCode", place["postcode"])
    _add(address, "LineOne", party.street)
    _add(address, "CityName", place["town"] if place else party.place)
    _add(address, "CountryID", party.country)
    if vat_id:
        _add(_add(node, "SpecifiedTaxRegistration"), "ID", vat_id, schemeID="VA")


def _add_tax(
    parent: ElementTree.Element, rate: Decimal, net: Decimal | None = None, tax: Decimal | None = None
) -> None:
    node = _add(parent, "ApplicableTradeTax")
    if tax is not None:
        _add(node, "CalculatedAmount", tax)
    _add(node, "TypeCode", "VAT")
    if net is not None:
        _add(node, "BasisAmount", net)
    _add(node, "CategoryCode", "S")
    _add(node, "RateApplicablePercent", rate)


def _add_settlement(parent: ElementTree.Element, invoice: Invoice) -> None:
    currency = invoice.region.currency
    _add(parent, "InvoiceCurrencyCode", currency)
    if invoice.iban:
        means = _add(parent, "SpecifiedTradeSettlementPaymentMeans")
        _add(means, "TypeCode", "58")
        _add(_add(means, "PayeePartyCreditorFinancialAccount"), "IBANID", invoice.iban)
    for rate, tax in invoice.taxes.items():
        _add_tax(parent, rate, invoice.net(rate), tax)
    if invoice.due:
        _add_day(_add(_add(parent, "SpecifiedTradePaymentTerms"), "DueDateDateTime"), invoice.due)
    sums = _add(parent, "SpecifiedTradeSettlementHeaderMonetarySummation")
    _add(sums, "LineTotalAmount", invoice.subtotal)
    _add(sums, "TaxBasisTotalAmount", invoice.subtotal)
    _add(sums, "TaxTotalAmount", invoice.tax, currencyID=currency)
    _add(sums, "GrandTotalAmount", invoice.total)
    _add(sums, "DuePayableAmount", invoice.total)
