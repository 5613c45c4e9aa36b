"""What an XML file is, told by its root element without parsing it."""

from __future__ import annotations

import re
from enum import Enum

_BLANK = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_ROOT = re.compile(r"<(?![?!/])(?:([\w.-]+):)?([\w.-]+)([^>]*)", re.DOTALL)
_HEAD = 65_536


class XmlKind(Enum):
    """The kinds of XML that a document may be; the value names one that is not read."""

    INVOICE = "a CII or UBL invoice"
    FATTURAPA = "a FatturaPA invoice"
    EBINTERFACE = "an ebInterface invoice"
    ORDER_X = "an Order-X order"
    UBL_OTHER = "a UBL document that is no invoice"
    OTHER = ""


_ROOTS = {
    "CrossIndustryInvoice": XmlKind.INVOICE,
    "CrossIndustryDocument": XmlKind.INVOICE,
    "Invoice": XmlKind.INVOICE,
    "CreditNote": XmlKind.INVOICE,
    "FatturaElettronica": XmlKind.FATTURAPA,
    "FatturaElettronicaSemplificata": XmlKind.FATTURAPA,
    "SCRDMCCBDACIOMessageStructure": XmlKind.ORDER_X,
}


def is_xml(data: bytes) -> bool:
    """Whether ``data`` begins as XML does, blanks and byte order marks aside. Without a declaration its root must be one
    that we know: a web page is none."""
    head = data[:256].lstrip(_BLANK).replace(b"\0", b"")
    return head.startswith(b"<?xml") or (head.startswith(b"<") and xml_kind(data) is not XmlKind.OTHER)


def xml_kind(data: bytes) -> XmlKind:
    """What the root element says."""
    head = data[:_HEAD]
    encoding = "utf-16" if head[:2] in _UTF16 else "utf-8"
    text = re.sub(r"<!--.*?-->", "", head.decode(encoding, errors="replace").replace("\0", ""), flags=re.DOTALL)
    root = _ROOT.search(text)
    if root is None:
        return XmlKind.OTHER
    kind = _ROOTS.get(root[2], XmlKind.OTHER)
    space = _namespace(root[3], root[1])
    if "ebinterface" in space:
        return XmlKind.EBINTERFACE
    if kind is XmlKind.OTHER and "oasis:names:specification:ubl" in space:
        return XmlKind.UBL_OTHER
    return kind


def _namespace(attributes: str, prefix: str | None) -> str:
    """The root's own namespace, in lower case."""
    name = f"xmlns:{re.escape(prefix)}" if prefix else "xmlns"
    found = re.search(rf"(?<![\w:-]){name}\s*=\s*[\"']([^\"']*)", attributes)
    return found[1].casefold() if found else ""
