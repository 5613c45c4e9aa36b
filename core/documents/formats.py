"""What a file is, by its first bytes; what its suffix says is a remark."""

from __future__ import annotations

import re
from pathlib import PurePath

from core.documents.mail.reading import is_mail
from core.documents.office.kinds import (
    DOC,
    DOCM,
    DOCX,
    HTML,
    ODS,
    ODT,
    RTF,
    SUFFIXES,
    XLS,
    XLSM,
    XLSX,
    office_kind,
    office_trouble,
)
from core.documents.signed import is_signed, unsigned
from core.documents.xml_kinds import XmlKind, is_xml, xml_kind
from core.errors import BrokenDocument, UnsupportedDocument

#: The suffixes that can be opened, with their media types.
FORMATS: dict[str, str] = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".webp": "image/webp",
    ".bmp": "image/bmp",
    ".xml": "application/xml",
    ".p7m": "application/xml",
    ".xsig": "application/xml",
    ".docx": DOCX,
    ".xlsx": XLSX,
    ".docm": DOCM,
    ".xlsm": XLSM,
    ".doc": DOC,
    ".xls": XLS,
    ".odt": ODT,
    ".ods": ODS,
    ".rtf": RTF,
    ".html": HTML,
    ".htm": HTML,
}

_TITLES = {
    "application/pdf": "PDF",
    "image/png": "PNG picture",
    "image/jpeg": "JPEG picture",
    "image/tiff": "TIFF picture",
    "image/webp": "WebP picture",
    "image/bmp": "BMP picture",
    "application/xml": "XML file",
    DOCX: "Word document",
    XLSX: "Excel workbook",
    DOCM: "Word document with macros",
    XLSM: "Excel workbook with macros",
    DOC: "Word document of the old kind",
    XLS: "Excel workbook of the old kind",
    ODT: "OpenDocument text",
    ODS: "OpenDocument spreadsheet",
    RTF: "rich text document",
    HTML: "web page",
}
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"II+\0", "image/tiff"),
    (b"MM\0+", "image/tiff"),
)
#: Files that people try, which are not read here: how they begin, what they are, and what to do.
_STRANGERS = (
    (re.compile(rb"PK\x03\x04"), "a zip archive", "unpack it, or drop it into the Inbox"),
    (re.compile(rb"GIF8[79]a"), "a GIF picture", "save it as PNG"),
    (re.compile(rb"....ftyp(?:hei|hev|mif|msf|avif)", re.DOTALL), "a HEIC or AVIF photo", "save it as JPEG"),
    (re.compile(rb"%!PS"), "a PostScript file", "convert it to PDF"),
    (re.compile(rb"\xff\x0a|....JXL |....jP  ", re.DOTALL), "a JPEG XL or JPEG 2000 picture", "save it as JPEG or PNG"),
    (re.compile(rb"\x1f\x8b|7z\xbc\xaf|Rar!"), "an archive", "unpack it first"),
)
#: A PDF's header may stand behind a little rubbish; readers accept it within the first kilobyte.
_PDF_HEAD = 1024


def media_type_of(data: bytes, name: str) -> str:
    """The media type of ``data``. Raises UnsupportedDocument when it is not one of ours, BrokenDocument when it is
    nothing that the suffix of ``name`` promises."""
    if is_signed(data):
        data = _from_its_envelope(data, name)
    found = _by_content(data)
    if found is None:
        raise _unknown(data, name, PurePath(name).suffix.lower())
    if found == "application/xml" and (kind := xml_kind(data)) is not XmlKind.INVOICE:
        raise UnsupportedDocument(name, f"this XML is {kind.value}: add the invoice's PDF or picture instead.")
    return found


def _from_its_envelope(data: bytes, name: str) -> bytes:
    """The XML in a signed envelope. Raises UnsupportedDocument where something else is in it."""
    inside = unsigned(data)
    if is_xml(inside):
        return inside
    what = _article(_TITLES.get(_by_content(inside) or "", "file that is no invoice XML"))
    sentence = (
        f"this is a signed envelope (p7m) with {what} in it: take it out with your signature program and add that."
    )
    raise UnsupportedDocument(
        name, sentence if inside is not data else "this signed envelope (p7m) is empty or damaged."
    )


def remark_on(media_type: str, name: str) -> str | None:
    """A sentence where ``name`` says something else than the content, or nothing at all."""
    suffix = PurePath(name).suffix.lower()
    if FORMATS.get(suffix) == media_type:
        return None
    called = f"though its name ends in {suffix}" if suffix else "which its name does not say"
    return f"The file's content is {_article(_TITLES[media_type])}, {called}: it was read as what it is."


def _article(title: str) -> str:
    return f"{'an' if title[0] in 'aeiouX' else 'a'} {title}"


def _by_content(data: bytes) -> str | None:
    for signature, media_type in _SIGNATURES:
        if data.startswith(signature):
            return media_type
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[:2] == b"BM" and len(data) > 26 and data[6:10] == b"\0\0\0\0":
        return "image/bmp"
    if b"%PDF-" in data[:_PDF_HEAD]:
        return "application/pdf"
    return "application/xml" if is_xml(data) else office_kind(data)


def _unknown(data: bytes, name: str, suffix: str) -> UnsupportedDocument | BrokenDocument:
    if is_mail(data):
        return UnsupportedDocument(
            name, "this is a mail: drop it into the Inbox or the Studio, where what is attached is read."
        )
    if (told := office_trouble(data)) is not None:
        return UnsupportedDocument(name, f"this is {told}.")
    for pattern, what, advice in _STRANGERS:
        if suffix in SUFFIXES.values() and data.startswith(b"PK"):
            break  # it was an Office file
        if pattern.match(data[:512]):
            return UnsupportedDocument(name, f"this is {what}, which is not read here: {advice} and add it again.")
    if suffix in FORMATS:
        title = _TITLES[FORMATS[suffix]]
        return BrokenDocument(
            name, f"the content is not {_article(title)}; the file is damaged: get it again from its sender."
        )
    return UnsupportedDocument(
        name,
        "this kind of file is not read here: add a PDF, PNG, JPEG, TIFF, WebP, BMP, Word or Excel file, or a mail.",
    )
