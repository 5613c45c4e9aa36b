"""What an Office file is, told by what is in its package without opening any of it."""

from __future__ import annotations

import io
import re
import zipfile
import zlib

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
DOCM = "application/vnd.ms-word.document.macroenabled.12"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XLSM = "application/vnd.ms-excel.sheet.macroenabled.12"
DOC = "application/msword"
XLS = "application/vnd.ms-excel"
ODT = "application/vnd.oasis.opendocument.text"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
RTF = "application/rtf"
HTML = "text/html"

#: How the files are called that LibreOffice is given.
SUFFIXES = {
    DOCX: ".docx",
    DOCM: ".docx",
    XLSX: ".xlsx",
    XLSM: ".xlsx",
    DOC: ".doc",
    XLS: ".xls",
    ODT: ".odt",
    ODS: ".ods",
    RTF: ".rtf",
}
#: Those that are read without LibreOffice too.
OWN = frozenset((DOCX, DOCM, XLSX, XLSM, HTML))
SHEETS = frozenset((XLSX, XLSM, XLS, ODS))
#: Those that are a zip of parts.
PACKAGES = frozenset((DOCX, DOCM, XLSX, XLSM, ODT, ODS))

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CONTENT_TYPES = "[Content_Types].xml"
#: The type of the main part of each kind, in [Content_Types].xml; the first that is there.
_MAIN_PARTS = (
    (b"ms-word.document.macroEnabled.main", DOCM),
    (b"ms-word.template.macroEnabledTemplate.main", DOCM),
    (b"wordprocessingml.document.main", DOCX),
    (b"wordprocessingml.template.main", DOCX),
    (b"ms-excel.sheet.macroEnabled.main", XLSM),
    (b"ms-excel.template.macroEnabled.main", XLSM),
    (b"spreadsheetml.sheet.main", XLSX),
    (b"spreadsheetml.template.main", XLSX),
)
_MOST_TYPES = 1_000_000
_PROTECTED = "an Office document that is protected by a password: open it, save it without one, and add it again"
#: What Python raises where a zip, or a part of it, is damaged.
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    RuntimeError,
    NotImplementedError,
    OSError,
    EOFError,
    ValueError,
    KeyError,
)
_HTML = re.compile(rb"\s*(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html[\s>])", re.IGNORECASE | re.DOTALL)
_MARKS = b"\xef\xbb\xbf"


def office_kind(data: bytes) -> str | None:
    """The media type of an Office file or a web page; ``None`` for anything else."""
    if data.startswith(b"PK\x03\x04"):
        return _packed_kind(data)
    if data.startswith(_OLE):
        return None if _has_stream(data, "EncryptedPackage") else _compound_kind(data)
    if data.startswith(b"{\\rtf"):
        return RTF
    return HTML if _HTML.match(data[:4096].removeprefix(_MARKS)) else None


def office_trouble(data: bytes) -> str | None:
    """What a file of an Office program is that cannot be read at all, with what to do; ``None`` for other files."""
    if data.startswith(_OLE):
        if _has_stream(data, "EncryptedPackage"):
            return _PROTECTED
        if _has_stream(data, "PowerPoint Document"):
            return "a presentation, which is not read here: save it as PDF and add it again"
        return "an old Office document of a kind that is not read here: save it as PDF and add it again"
    if not data.startswith(b"PK\x03\x04"):
        return None
    types = _types_in(data)
    if b"presentationml" in types or b"opendocument.presentation" in types:
        return "a presentation, which is not read here: save it as PDF and add it again"
    if b"sheet.binary" in types:
        return "an Excel workbook in binary form (.xlsb), which is not read here: save it as .xlsx and add it again"
    if b"<manifest:" in types and b"encryption-data" in types:
        return _PROTECTED
    return "an Office document that is not read here: save it as PDF and add it again" if types else None


def is_message(data: bytes) -> bool:
    """Whether these are the bytes of an Outlook message (.msg)."""
    return data.startswith(_OLE) and _has_stream(data, "__properties_version1.0")


def _packed_kind(data: bytes) -> str | None:
    types = _types_in(data)
    if b"encryption-data" in types:
        return None
    for mark, kind in _MAIN_PARTS:
        if mark in types:
            return kind
    for kind in (ODT, ODS):
        if f'"{kind}"'.encode() in types or types.strip() == kind.encode():
            return kind
    return None


def _types_in(data: bytes) -> bytes:
    """What a package says of the types of its parts; empty for a zip that is no package."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = set(package.namelist())
            for name in (_CONTENT_TYPES, "META-INF/manifest.xml", "mimetype"):
                if name in names and ("mimetype" in names or name == _CONTENT_TYPES):
                    with package.open(name) as part:
                        return part.read(_MOST_TYPES)
    except UNREADABLE:
        pass
    return b""


def _compound_kind(data: bytes) -> str | None:
    if _has_stream(data, "WordDocument"):
        return DOC
    return XLS if _has_stream(data, "Workbook") or _has_stream(data, "Book") else None


def _has_stream(data: bytes, name: str) -> bool:
    """Whether a compound file lists a stream of this name: names stand in its directory as UTF-16, ended by a zero."""
    return f"{name}\0".encode("utf-16-le") in data
