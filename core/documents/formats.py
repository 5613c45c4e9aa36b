"""What a file is, by its first bytes; what its suffix says is a remark."""

from __future__ import annotations

import re
from pathlib import PurePath

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
}

_TITLES = {
    "application/pdf": "PDF",
    "image/png": "PNG picture",
    "image/jpeg": "JPEG picture",
    "image/tiff": "TIFF picture",
    "image/webp": "WebP picture",
    "image/bmp": "BMP picture",
    "application/xml": "XML file",
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
    (re.compile(rb"PK\x03\x04"), "an Office document or a zip archive", "save it as PDF, or unpack it"),
    (re.compile(rb"\xd0\xcf\x11\xe0"), "an old Office document or an Outlook message", "save it as PDF"),
    (re.compile(rb"\{\\rtf"), "a rich text document", "save it as PDF"),
    (re.compile(rb"GIF8[79]a"), "a GIF picture", "save it as PNG"),
    (re.compile(rb"....ftyp(?:hei|hev|mif|msf|avif)", re.DOTALL), "a HEIC or AVIF photo", "save it as JPEG"),
    (re.compile(rb"%!PS"), "a PostScript file", "convert it to PDF"),
    (re.compile(rb"\xff\x0a|....JXL |....jP  ", re.DOTALL), "a JPEG XL or JPEG 2000 picture", "save it as JPEG or PNG"),
    (re.compile(rb"\s*<(?:!doctype\s+)?html", re.IGNORECASE), "a web page", "print it to PDF"),
    (re.compile(rb"\x1f\x8b|7z\xbc\xaf|Rar!"), "an archive", "unpack it first"),
)
#: A PDF's header may stand behind a little rubbish; readers accept it within the first kilobyte.
_PDF_HEAD = 1024


def media_type_of(data: bytes, name: str) -> str:
    """The media type of ``data``. Raises UnsupportedDocument when it is not one of ours, BrokenDocument when it is
    nothing that the suffix of ``name`` promises."""
    found = _by_content(data)
    if found is None:
        raise _unknown(data, name, PurePath(name).suffix.lower())
    if found == "application/xml" and (kind := xml_kind(data)) is not XmlKind.INVOICE:
        what = (
            f"this XML is {kind.value}, which is not read here" if kind.value else "this XML is no CII or UBL invoice"
        )
        raise UnsupportedDocument(name, f"{what}: add the invoice's PDF or picture instead.")
    return found


def remark_on(media_type: str, name: str) -> str | None:
    """A sentence where ``name`` says something else than the content, or nothing at all."""
    suffix = PurePath(name).suffix.lower()
    if FORMATS.get(suffix) == media_type:
        return None
    called = f"though its name ends in {suffix}" if suffix else "which its name does not say"
    return f"The file's content is a {_TITLES[media_type]}, {called}: it was read as what it is."


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
    return "application/xml" if is_xml(data) else None


def _unknown(data: bytes, name: str, suffix: str) -> UnsupportedDocument | BrokenDocument:
    for pattern, what, advice in _STRANGERS:
        if pattern.match(data[:512]):
            return UnsupportedDocument(name, f"this is {what}, which is not read here: {advice} and add it again.")
    if suffix in FORMATS:
        title = _TITLES[FORMATS[suffix]]
        return BrokenDocument(name, f"the content is not a {title}; the file is damaged: get it again from its sender.")
    return UnsupportedDocument(name, "this kind of file is not read here: add a PDF, PNG, JPEG, TIFF, WebP or BMP.")
