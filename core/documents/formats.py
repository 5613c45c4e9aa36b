"""What a file is, by its first bytes; and whether its suffix says the same."""

from __future__ import annotations

import re
from pathlib import PurePath

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
_XML_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_XML_ROOT = re.compile(r"<(?![?!])(?:[\w.-]+:)?([\w.-]+)")
_INVOICE_ROOTS = {"CrossIndustryInvoice", "CrossIndustryDocument", "Invoice", "CreditNote"}
_HEAD = 65_536
#: A PDF's header may stand behind a little rubbish; readers accept it within the first kilobyte.
_PDF_HEAD = 1024


def media_type_of(data: bytes, name: str) -> str:
    """The media type of ``data``. Raises UnsupportedDocument when it is not one of ours or ``name`` has the suffix of
    another format, BrokenDocument when it is nothing that the suffix promises."""
    suffix = PurePath(name).suffix.lower()
    found = _by_content(data)
    if found is None:
        raise _unknown(data, name, suffix)
    if suffix and FORMATS.get(suffix) != found:
        better = PurePath(name).with_suffix(_suffix_of(found)).name
        raise UnsupportedDocument(name, f"the content is a {_TITLES[found]}, not {suffix}: rename it to {better}.")
    if found == "application/xml" and _root_of(data) not in _INVOICE_ROOTS:
        raise UnsupportedDocument(name, "this XML is no CII or UBL invoice: add the invoice's PDF or picture instead.")
    return found


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
    return "application/xml" if _is_xml(data) else None


def _is_xml(data: bytes) -> bool:
    head = data[:256].lstrip(b"".join(_XML_MARKS)).replace(b"\0", b"").lstrip()
    if head.startswith(b"<?xml"):
        return True
    return head.startswith(b"<") and _root_of(data) in _INVOICE_ROOTS


def _root_of(data: bytes) -> str | None:
    head = data[:_HEAD]
    encoding = "utf-16" if head[:2] in _XML_MARKS or b"\0" in head[:4] else "utf-8"
    text = re.sub(r"<!--.*?-->", "", head.decode(encoding, errors="replace"), flags=re.DOTALL)
    match = _XML_ROOT.search(text)
    return match[1] if match else None


def _suffix_of(media_type: str) -> str:
    return next(suffix for suffix, known in FORMATS.items() if known == media_type)


def _unknown(data: bytes, name: str, suffix: str) -> UnsupportedDocument | BrokenDocument:
    for pattern, what, advice in _STRANGERS:
        if pattern.match(data[:512]):
            return UnsupportedDocument(name, f"this is {what}, which is not read here: {advice} and add it again.")
    if suffix in FORMATS:
        title = _TITLES[FORMATS[suffix]]
        return BrokenDocument(name, f"the content is not a {title}; the file is damaged: get it again from its sender.")
    return UnsupportedDocument(name, "this kind of file is not read here: add a PDF, PNG, JPEG, TIFF, WebP or BMP.")
