"""An Office package made harmless before any program opens it: nothing too large, no macros, nothing that leads outside."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass

from core.documents.office.kinds import SHEETS, UNREADABLE
from core.errors import BrokenDocument, DocumentTooLarge
from core.settings import Limits

_MEGABYTE = 1_000_000
_MOST_PARTS = 5_000
#: Cells with something in them, in all sheets: an invoice has hundreds.
MOST_CELLS = 100_000
#: A sheet's XML of more is nothing that somebody wrote.
_LARGEST_SHEET = 60 * _MEGABYTE
_LARGEST_RELATIONS = 4 * _MEGABYTE
_CELL = re.compile(rb"<(?:\w+:)?(?:v|is)[\s>]")
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
#: How the main parts of templates and of documents with macros are called, and how a plain one is.
_PLAIN_TYPES = (
    (
        b"application/vnd.ms-word.document.macroEnabled.main",
        b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main",
    ),
    (
        b"application/vnd.ms-word.template.macroEnabledTemplate.main",
        b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main",
    ),
    (
        b"application/vnd.ms-excel.sheet.macroEnabled.main",
        b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main",
    ),
    (
        b"application/vnd.ms-excel.template.macroEnabled.main",
        b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main",
    ),
    (b"wordprocessingml.template.main", b"wordprocessingml.document.main"),
    (b"spreadsheetml.template.main", b"spreadsheetml.sheet.main"),
)
_MACROS = ("vbaproject", "vbadata", "/activex/", "xl/macrosheets/", "basic/", "scripts/")
_OUTSIDE = "It refers to files or addresses outside, which were not fetched."
_HAD_MACROS = "It has macros, which were left out."


@dataclass(frozen=True, slots=True)
class Package:
    """A package without what could do harm, and sentences on what was left out."""

    data: bytes
    remarks: tuple[str, ...] = ()


def harmless(data: bytes, kind: str, name: str, limits: Limits) -> Package:
    """The package without macros and without what leads outside (links that somebody may click stay). Raises BrokenDocument,
    DocumentTooLarge."""
    try:
        parts = _parts(data, name, limits)
    except UNREADABLE as error:
        raise BrokenDocument(
            name, "this Office file is damaged and cannot be read: get it again from its sender."
        ) from error
    if kind in SHEETS:
        _check_cells(parts, name)
    remarks: list[str] = []
    kept: dict[str, bytes] = {}
    for part, content in parts.items():
        if any(mark in f"/{part}".lower() for mark in _MACROS):
            remarks.append(_HAD_MACROS)
        elif part.endswith(".rels"):
            kept[part], outside = _inside_only(content, name)
            remarks += [_OUTSIDE] if outside else []
        else:
            kept[part] = _plain(content) if part == "[Content_Types].xml" else content
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        for part, content in kept.items():
            package.writestr(part, content, zipfile.ZIP_STORED if part == "mimetype" else None)
    return Package(out.getvalue(), tuple(dict.fromkeys(remarks)))


def _parts(data: bytes, name: str, limits: Limits) -> dict[str, bytes]:
    """The parts, unpacked no further than they may be, whatever size they claim."""
    left = limits.unpacked_megabytes * _MEGABYTE
    parts: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        entries = package.infolist()
        if len(entries) > _MOST_PARTS:
            raise DocumentTooLarge(
                name, f"it has more than {_MOST_PARTS:,} parts, which no invoice needs: save it as PDF."
            )
        for entry in entries:
            if entry.is_dir():
                continue
            with package.open(entry) as part:
                content = part.read(left + 1)
            left -= len(content)
            if left < 0:
                raise DocumentTooLarge(
                    name,
                    f"its content unpacks to more than {limits.unpacked_megabytes} MB, which no invoice needs: "
                    "save it as PDF, or raise the limit in the settings.",
                )
            parts[entry.filename.replace("\\", "/")] = content
    return parts


def _check_cells(parts: dict[str, bytes], name: str) -> None:
    sheets = [content for part, content in parts.items() if re.search(r"sheets/[^/]+\.xml$", part)]
    cells = 0
    for content in sheets:
        cells += sum(1 for _ in _CELL.finditer(content)) if len(content) <= _LARGEST_SHEET else MOST_CELLS + 1
    if cells > MOST_CELLS:
        raise DocumentTooLarge(
            name,
            f"its sheets hold more than {MOST_CELLS:,} cells, which no invoice needs: save the invoice's sheet by itself.",
        )


def _inside_only(content: bytes, name: str) -> tuple[bytes, bool]:
    """Relationships that fetch nothing from outside and run nothing; and whether something would have been fetched."""
    if len(content) > _LARGEST_RELATIONS:
        raise DocumentTooLarge(name, "it refers to thousands of other parts, which no invoice needs: save it as PDF.")
    from lxml import etree

    try:
        root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    except etree.XMLSyntaxError as error:
        raise BrokenDocument(
            name, "this Office file is damaged and cannot be read: get it again from its sender."
        ) from error
    outside = False
    for relation in list(root.iter(_RELATION)):
        kind = relation.get("Type", "").rpartition("/")[2].lower()
        if relation.get("TargetMode", "").lower() == "external" and kind != "hyperlink":
            outside = True
            relation.set("Target", "about:blank")  # a part that names it would miss it
        elif any(mark in f"/{relation.get('Target', '')}".lower() for mark in _MACROS):
            root.remove(relation)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True, standalone=True), outside


def _plain(content: bytes) -> bytes:
    for special, plain in _PLAIN_TYPES:
        content = content.replace(special, plain)
    return content
