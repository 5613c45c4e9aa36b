"""Invoice XML as a tree without namespaces, parsed so that a hostile file can do nothing: no DTD, no entities, no
network, no huge trees. And the values in it: dates, amounts, texts."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

from core.errors import ExtractionError

#: Larger files are no invoices.
LARGEST_XML = 20_000_000
_ROOTS = {"CrossIndustryInvoice": "cii", "CrossIndustryDocument": "cii", "Invoice": "ubl", "CreditNote": "ubl"}
_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_SIGNS = (b"CrossIndustryInvoice", b"CrossIndustryDocument", _UBL.encode())
_HEAD = 65_536
_TOLERANCE = Decimal("0.02")
_CODE = re.compile(r"(?=\S*\d)\S{1,16}")
_NUMBER = re.compile(r"[+-]?(?:\d{1,15}(?:\.\d{0,10})?|\.\d{1,10})")


def looks_like_invoice(data: bytes) -> bool:
    """Whether ``data`` is meant as invoice XML, by content: markup that names one of the invoice formats early."""
    head = data[:_HEAD].replace(b"\0", b"")
    return head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<") and any(sign in head for sign in _SIGNS)


def parse_invoice(data: bytes, name: str) -> tuple[str, Any]:
    """The syntax (``cii`` or ``ubl``) and the root element, its tags without namespaces.

    Raises ExtractionError when it is not well-formed, declares a document type, or is not an invoice.
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
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ExtractionError(f"The invoice XML {name} is damaged: {error.msg}.", raw_text(data)) from error
    if root.getroottree().docinfo.doctype:
        raise ExtractionError(
            f"The invoice XML {name} declares a document type, which no invoice needs.", raw_text(data)
        )
    tag = etree.QName(root)
    syntax = _ROOTS.get(tag.localname)
    if syntax is None or (syntax == "ubl" and not (tag.namespace or "").startswith(_UBL)):
        raise ExtractionError(f"The XML {name} is no invoice: its root is “{tag.localname}”.", raw_text(data))
    for element in root.iter(etree.Element):
        element.tag = etree.QName(element).localname
    return syntax, root


def raw_text(data: bytes) -> str:
    """The XML as text, for the raw tab."""
    utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    return data.decode("utf-16" if utf16 else "utf-8-sig", errors="replace")


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


def number_at(node: Any, *paths: str, decimals: int = 2) -> Decimal | None:
    """The number at the first of ``paths``, without trailing zeros beyond ``decimals``. Raises ExtractionError."""
    text = text_at(node, *paths)
    return None if text is None else parse_number(text, decimals)


def parse_number(text: str, decimals: int = 2) -> Decimal:
    """An XML decimal, without trailing zeros beyond ``decimals``. Raises ExtractionError."""
    plain = text.replace(" ", "").replace(",", ".")
    if not _NUMBER.fullmatch(plain):
        raise ExtractionError(f"The invoice XML holds “{text[:40]}” where an amount belongs.")
    value = Decimal(plain)
    if value != value.to_integral_value() or decimals:
        places = max(decimals, len(plain.partition(".")[2].rstrip("0")))
        return value.quantize(Decimal(1).scaleb(-places))
    return value.to_integral_value()


def date_at(node: Any, *paths: str) -> date | None:
    """The date at the first of ``paths``: ``20200201`` or ISO, a time behind it ignored. Raises ExtractionError."""
    text = text_at(node, *paths)
    if text is None:
        return None
    compact = text[:10].replace("-", "")[:8]
    try:
        return date(int(compact[:4]), int(compact[4:6]), int(compact[6:8]))
    except ValueError:
        raise ExtractionError(f"The invoice XML holds “{text[:40]}” where a date belongs.") from None


def price_of_one(price: Decimal | None, basis: Decimal | None, quantity: Decimal | None, total: Decimal | None) -> Any:
    """The price of one unit where XML prices ``basis`` units at once. Some programs write the line's quantity as the
    basis by mistake, so the price is divided only where the line's total says so."""
    if price is None or not basis or basis == 1 or quantity is None or total is None:
        return price
    each = price / basis
    if abs(quantity * price - total) <= _TOLERANCE or abs(quantity * each - total) > _TOLERANCE:
        return price
    return parse_number(f"{each:.6f}")


#: Countries whose addresses put the postcode behind the town.
_POSTCODE_LAST = frozenset({"US", "CA", "GB", "IE", "AU", "NZ", "IN", "ZA", "SG", "MY", "PH", "HK"})


def join_address(
    lines: list[str | None], postcode: str | None, town: str | None, region: str | None, country: str | None
) -> str | None:
    """An address as it is written in its country, without the name and the country: ``street, postcode town``."""
    parts = [town, region, postcode] if country in _POSTCODE_LAST else [postcode, town]
    place = " ".join(part for part in parts if part)
    return ", ".join(part for part in (*lines, place) if part) or None
