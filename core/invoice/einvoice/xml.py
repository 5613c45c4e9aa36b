"""Invoice XML as a tree without namespaces, parsed so that a hostile file can do nothing: no DTD, no entities, no
network, no huge trees. And the texts in it."""

from __future__ import annotations

import re
from typing import Any

from core.errors import ExtractionError
from core.invoice.einvoice.text import text_of

#: Larger files are no invoices.
LARGEST_XML = 20_000_000
_ROOTS = {
    "CrossIndustryInvoice": "cii",
    "CrossIndustryDocument": "cii",
    "FatturaElettronica": "fatturapa",
    "FatturaElettronicaSemplificata": "fatturapa",
    "Facturae": "facturae",
    "SCRDMCCBDACIOMessageStructure": "order-x",
}
#: Formats that call their root “Invoice”, by how their namespace begins: UBL 2, UBL 1 and the Swedish Svefaktura.
_UBL = ("urn:oasis:names:specification:ubl:schema:xsd:", "urn:oasis:names:tc:ubl:", "urn:sfti:documents:BasicInvoice:")
_EBINTERFACE = "http://www.ebinterface.at/schema/"
_SIGNS = tuple(sign.encode() for sign in (*_ROOTS, *_UBL, _EBINTERFACE))
#: The elements of which each is an invoice of its own.
_INVOICES = {"fatturapa": "FatturaElettronicaBody", "facturae": "Invoices/Invoice"}
_HEAD = 65_536
_CODE = re.compile(r"(?=\S*\d)\S{1,16}")
#: What the parser says where its own limits stop it.
_BOMB = ("Excessive depth", "amplification", "entity reference loop")
_DECLARATION = re.compile(r"\A<\?xml\b[^>]*\?>")


def looks_like_invoice(data: bytes) -> bool:
    """Whether ``data`` is meant as invoice XML, by content: markup that names one of the invoice formats early."""
    head = data[:_HEAD].replace(b"\0", b"")
    return head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<") and any(sign in head for sign in _SIGNS)


def parse_invoice(data: bytes, name: str) -> tuple[str, Any]:
    """The syntax (a key of :data:`core.invoice.einvoice.SYNTAXES`) and the root element, its tags and attributes without
    namespaces.

    Raises ExtractionError when it is not well-formed, declares a document type, is not an invoice, or holds several.
    """
    if len(data) > LARGEST_XML:
        raise ExtractionError(f"The invoice XML {name} is larger than {LARGEST_XML // 1_000_000} MB.")
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        encoding="utf-8",
    )
    try:
        root = etree.fromstring(_DECLARATION.sub("", raw_text(data)).encode(errors="replace"), parser)
    except etree.XMLSyntaxError as error:
        if any(word in str(error.msg) for word in _BOMB):
            what = "is damaged or no invoice: it nests or repeats itself without end. Get it again from its sender."
            raise ExtractionError(f"The invoice XML {name} {what}", raw_text(data)) from error
        raise ExtractionError(f"The invoice XML {name} is damaged: {error.msg}.", raw_text(data)) from error
    if root.getroottree().docinfo.doctype:
        raise ExtractionError(
            f"The invoice XML {name} declares a document type, which no invoice needs.", raw_text(data)
        )
    tag = etree.QName(root)
    syntax = _syntax_of(tag.localname, tag.namespace or "")
    if syntax is None:
        raise ExtractionError(f"The XML {name} is no invoice: its root is “{tag.localname}”.", raw_text(data))
    for element in root.iter(etree.Element):
        element.tag = element.tag.rpartition("}")[2]
    for attribute in root.xpath("//@*[namespace-uri()]"):
        element, key = attribute.getparent(), attribute.attrname
        element.set(key.rpartition("}")[2], element.attrib.pop(key))
    held = len(root.findall(_INVOICES[syntax])) if syntax in _INVOICES else 1
    if held > 1:
        raise ExtractionError(f"The file {name} holds {held} invoices: open each of them by itself.", raw_text(data))
    return syntax, root


def _syntax_of(root: str, namespace: str) -> str | None:
    if root == "Invoice" and namespace.startswith(_EBINTERFACE):
        return "ebinterface"
    if root in ("Invoice", "CreditNote"):
        return "ubl" if namespace.startswith(_UBL) else None
    return _ROOTS.get(root)


def raw_text(data: bytes) -> str:
    """The XML as text, for the raw tab."""
    return text_of(data)[0]


def text_at(node: Any, *paths: str) -> str | None:
    """The text at the first of ``paths`` that has one, blanks and line breaks joined."""
    for path in paths:
        for found in node.iterfind(path):
            text = " ".join("".join(found.itertext()).split())
            if text:
                return text
    return None


def fuller(name: str | None, other: str | None) -> str | None:
    """``name``, or ``other`` where that says the same and more; both where ``name`` is a mere code."""
    if name is None or other is None:
        return name or other
    if name.casefold() in other.casefold():
        return other
    return f"{name} {other}" if _CODE.fullmatch(name) else name


#: Countries whose addresses put the postcode behind the town.
_POSTCODE_LAST = frozenset({"US", "CA", "GB", "IE", "AU", "NZ", "IN", "ZA", "SG", "MY", "PH", "HK"})


def join_address(
    lines: list[str | None], postcode: str | None, town: str | None, region: str | None, country: str | None
) -> str | None:
    """An address as it is written in its country, without the name and the country: ``street, postcode town``."""
    parts = [town, region, postcode] if country in _POSTCODE_LAST else [postcode, town]
    place = " ".join(part for part in parts if part)
    return ", ".join(part for part in (*lines, place) if part) or None
