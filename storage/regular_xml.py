"""A sheet's XML in the plain form that every spreadsheet program writes, and that reading by tags counts on."""

from __future__ import annotations

import re
from typing import Any
from xml.parsers import expat

from storage.cells import letters_of, place_of

_ROOT = re.compile(rb"\s*(?:<\?xml[^>]*\?>)?\s*<worksheet\b")
_ENCODING = re.compile(rb'encoding=["\']([\w-]+)')
_ROW = re.compile(rb"<row\b[^>]*>")
_CELL = re.compile(rb"<c\b[^>]*>")
_PLACE = re.compile(rb'\br="')


def regular(data: bytes) -> bytes:
    """``data`` as UTF-8 without comments, CDATA and prefixes, a position on every row and cell; unchanged where it is
    so already. Raises ValueError for what is not a sheet."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    return data if _is_regular(data) else _rewritten(data)


def _is_regular(data: bytes) -> bool:
    encoding = _ENCODING.search(data, 0, 200)
    if not _ROOT.match(data) or (encoding and encoding[1].lower() not in (b"utf-8", b"us-ascii")):
        return False
    if b"<!" in data or data.find(b"<?", 1) >= 0:
        return False
    # A program that gives positions gives all of them: the first cells tell.
    return all(_PLACE.search(tag) for tag in _ROW.findall(data)) and all(
        _PLACE.search(tag) for tag in _CELL.findall(data, 0, 100_000)
    )


def _rewritten(data: bytes) -> bytes:
    from lxml import etree

    root = parse_xml(data)
    main = etree.QName(root).namespace
    if etree.QName(root).localname != "worksheet" or main is None:
        raise ValueError("not a worksheet")
    others = {prefix: name for prefix, name in root.nsmap.items() if prefix and name != main}
    plain = etree.Element(root.tag, root.attrib, nsmap={None: main, **others})
    plain.extend(list(root))
    for row in plain.iter(f"{{{main}}}row"):
        _number_row(row, main)
    etree.cleanup_namespaces(plain, keep_ns_prefixes=list(others))
    return bytes(etree.tostring(plain, xml_declaration=True, encoding="UTF-8", standalone=True))


def _number_row(row: Any, main: str) -> None:
    """Positions where they lack: one after the row, or the cell, before."""
    before = row.getprevious()
    row.set("r", row.get("r") or str(int(before.get("r")) + 1 if before is not None else 1))
    place = 0
    for cell in row.iterchildren(f"{{{main}}}c"):
        place = place_of(cell.get("r").rstrip("0123456789")) if cell.get("r") else place + 1
        cell.set("r", f"{letters_of(place)}{row.get('r')}")


def well_formed(data: bytes) -> bytes:
    """``data``, which every XML reader accepts. Raises ValueError."""
    try:
        expat.ParserCreate().Parse(data, True)
    except expat.ExpatError as error:
        raise ValueError(str(error)) from error
    return data


def parse_xml(data: bytes) -> Any:
    """The root of an XML part; nothing is fetched and no entity of its own is expanded. Raises ValueError."""
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=True, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(str(error)) from error
    if root.getroottree().docinfo.doctype:
        raise ValueError("a workbook's part has a DOCTYPE")
    return root


def attribute(element: Any, name: str) -> str:
    """An attribute that must be there. Raises ValueError."""
    value = element.get(name)
    if value is None:
        raise ValueError(f"{element.tag} without {name}")
    return str(value)


def child(element: Any, name: str) -> Any:
    """The child element ``name`` (in any namespace), which must be there. Raises ValueError."""
    found = element.find(f"{{*}}{name}")
    if found is None:
        raise ValueError(f"{element.tag} without {name}")
    return found
