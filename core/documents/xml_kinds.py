"""What an XML file is, told by its root element without parsing it."""

from __future__ import annotations

import re
from enum import Enum

_BLANK = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_ROOT = re.compile(r"<(?![?!/])(?:([\w.-]+):)?([\w.-]+)([^>]*)", re.DOTALL)
_HEAD = 65_536


class XmlKind(Enum):
    """The kinds of XML that a document may be; the value says what one is that is not read."""

    INVOICE = "an invoice"
    UBL_OTHER = "a UBL document that is no invoice, which is not read here"
    OTHER = "no invoice in a format that is read here (CII, UBL, FatturaPA, ebInterface, Facturae, Order-X)"


_ROOTS = frozenset(
    "CrossIndustryInvoice CrossIndustryDocument Invoice CreditNote FatturaElettronica FatturaElettronicaSemplificata Facturae "
    "SCRDMCCBDACIOMessageStructure".split()
)


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
    if root[2] in _ROOTS:
        return XmlKind.INVOICE
    is_ubl = "oasis:names:specification:ubl" in _namespace(root[3], root[1])
    return XmlKind.UBL_OTHER if is_ubl else XmlKind.OTHER


def _namespace(attributes: str, prefix: str | None) -> str:
    """The root's own namespace, in lower case."""
    name = f"xmlns:{re.escape(prefix)}" if prefix else "xmlns"
    found = re.search(rf"(?<![\w:-]){name}\s*=\s*[\"']([^\"']*)", attributes)
    return found[1].casefold() if found else ""
