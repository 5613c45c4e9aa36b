"""Records as files to take away, in whatever form somebody needs them."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath
from typing import Any, Literal, Protocol

from core.documents.base import Document
from core.errors import DocumentError, EInvoiceLacking, RecordMissing, StudioError
from core.exporting.delimited import write_table
from core.exporting.shelf import LayoutShelf
from core.stores.files import Files
from core.stores.records import Record

_ZIP, _XML = "application/zip", ("xml", "application/xml")
#: What leaves records out says so in a file of this name.
LEFT_OUT = "left_out.csv"


@dataclass(frozen=True, slots=True)
class ExportForm:
    """A form of a file: ``name`` for programs, ``title`` and ``about`` for people, its suffix and media type."""

    name: str
    title: str
    about: str
    suffix: str
    media_type: str
    group: Literal["tables", "e-invoices", "documents", "layouts"] = "tables"
    alone: tuple[str, str] | None = None
    """Suffix and media type of one record's file, where that is no zip."""


#: The forms that do not hang on a layout.
FORMS = (
    ExportForm(
        "xlsx",
        "Excel",
        "The sheets of the workbook: a row a record, a row a line.",
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    ExportForm("csv", "CSV", "A zip of the same tables as CSV.", "zip", _ZIP),
    ExportForm("json", "JSON", "Every value, with what it was read from.", "json", "application/json"),
    ExportForm("ubl", "UBL", "E-invoices by EN 16931 in UBL 2.1, one XML a record.", "zip", _ZIP, "e-invoices", _XML),
    ExportForm("cii", "CII", "E-invoices by EN 16931 in CII, one XML a record.", "zip", _ZIP, "e-invoices", _XML),
    ExportForm(
        "facturx",
        "Factur-X / ZUGFeRD",
        "Each document as a PDF with its e-invoice inside, also where it was a scan.",
        "zip",
        _ZIP,
        "e-invoices",
        ("pdf", "application/pdf"),
    ),
    ExportForm("originals", "Original files", "The documents as they came.", "zip", _ZIP, "documents"),
)


class WriteXml(Protocol):
    """Makes an e-invoice of a record. Raises EInvoiceLacking."""

    def __call__(self, record: Record, form: Literal["cii", "ubl"]) -> bytes: ...


@dataclass(frozen=True, slots=True)
class ExportParts:
    """What :class:`Exports` works with."""

    tables: Callable[[Iterator[Record], str], bytes]
    layouts: LayoutShelf
    files: Files
    document: Callable[[str], Document]
    write_xml: WriteXml
    lacking: Callable[[Record], tuple[str, ...]]
    """What an e-invoice of a record would have to say and the record does not; no XML is made for that."""
    embed_xml: Callable[[bytes, bytes], bytes]
    pdf_of: Callable[[Document, Sequence[tuple[int, int]]], bytes]


class Exports:
    """Makes files of records."""

    def __init__(self, parts: ExportParts) -> None:
        self._parts = parts

    def forms(self) -> tuple[ExportForm, ...]:
        """Every form, the layouts last."""
        layouts = (
            ExportForm(layout.name, layout.title, layout.description, layout.suffix, "text/csv", "layouts")
            for layout in self._parts.layouts.layouts()
        )
        return (*FORMS, *layouts)

    def make(self, records: Iterator[Record], form: str) -> bytes:
        """``records`` as the file that ``form`` names. Records of which none can be made are left out and told of in
        ``left_out.csv`` in the zip. Raises LayoutError for a form that there is not, StorageError for more rows than a sheet has."""
        match form:
            case "xlsx" | "csv" | "json":
                return self._parts.tables(records, form)
            case "ubl" | "cii":
                xml: Literal["cii", "ubl"] = form
                return _zip((f"{_stem(each)}.xml", partial(self._parts.write_xml, each, xml), each) for each in records)
            case "facturx":
                return _zip((f"{_stem(each)}.pdf", partial(self.facturx, each), each) for each in records)
            case "originals":
                return _zip(self._originals(records))
        return write_table(self._parts.layouts.named(form), list(records))

    def one(self, record: Record, form: str, trail: Sequence[Mapping[str, Any]] = ()) -> bytes:
        """One record in a form: an e-invoice as the file itself, not a zip of one; JSON with its ``trail``. Raises EInvoiceLacking, DocumentError and what
        :meth:`make` raises."""
        match form:
            case "ubl" | "cii":
                return self._parts.write_xml(record, form)
            case "facturx":
                return self.facturx(record)
            case "json":
                (told,) = json.loads(self.make(iter([record]), form))
                return json.dumps([told | {"trail": list(trail)}], ensure_ascii=False, indent=1).encode()
        return self.make(iter([record]), form)

    def lacking(self, record: Record) -> tuple[str, ...]:
        """What an e-invoice of the record would have to say and the record does not; empty where one can be made."""
        return self._parts.lacking(record)

    def facturx(self, record: Record) -> bytes:
        """The record's pages as a PDF that carries its e-invoice. Raises EInvoiceLacking, DocumentError, RecordMissing."""
        xml = self._parts.write_xml(record, "cii")
        if record.document is None:
            raise EInvoiceLacking(["a document"])
        document = self._parts.document(record.document)
        pages = [(page.number, page.rotation) for page in record.pages]
        return self._parts.embed_xml(self._parts.pdf_of(document, pages), xml)

    def _originals(self, records: Iterable[Record]) -> Iterator[tuple[str, Callable[[], bytes], Record]]:
        done: set[str] = set()
        for record in records:
            if record.document is None or record.document in done:
                continue
            done.add(record.document)
            yield (
                f"{_stem(record)}{self._suffix(record.document)}",
                partial(self._parts.files.load, record.document),
                record,
            )

    def _suffix(self, sha256: str) -> str:
        """The suffix of a kept document's name; none where it cannot be opened any more."""
        try:
            return PurePath(self._parts.document(sha256).name).suffix.lower()
        except StudioError:
            return ""


def _zip(files: Iterable[tuple[str, Callable[[], bytes], Record]]) -> bytes:
    """A zip of the files that can be made, and of what the others lack."""
    buffer = io.BytesIO()
    left: list[tuple[Record, str]] = []
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, make, record in files:
            try:
                data = make()
            except (EInvoiceLacking, DocumentError, RecordMissing) as error:
                left.append((record, str(error)))
                continue
            archive.writestr(name, data)
        if left:
            archive.writestr(LEFT_OUT, _told(left))
    return buffer.getvalue()


def _told(left: Sequence[tuple[Record, str]]) -> bytes:
    rows = [("OrderID", "Why"), *((str(record.order_id), why) for record, why in left)]
    return "".join(f"{number};{json.dumps(why, ensure_ascii=False)}\r\n" for number, why in rows).encode("utf-8-sig")


def _stem(record: Record) -> str:
    """A file's name of letters that every system takes: the order and the document's own number."""
    number = getattr(record.values, record.type.identifier, None) if record.type.identifier else None
    safe = "".join(char if char.isalnum() or char in "-_" else "_" for char in str(number or ""))[:60].strip("_")
    return f"{record.order_id or 0:06d}{f'-{safe}' if safe else ''}"
