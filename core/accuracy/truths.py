"""A saved record as a case: the person's final values are the truth."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from pathlib import PurePath
from typing import Any

from pydantic import BaseModel

from core.document_types import USUAL, type_of
from core.evaluation.outcome import compare
from core.extraction import Extraction
from core.extraction_json import plain
from core.matching import find_evidence
from core.stores.records import Record

_SLUG_LETTERS = 40


def truth_of(order: Record, extraction: Extraction | None, kind: str, page_count: int) -> dict[str, Any]:
    """``truth.json`` of a record: its values with ``meta``. ``extraction`` is the run it came from, where it is kept.

    A value counts as visible where it stands on the page or where the person typed it; one that the person left as it
    was extracted and that stands nowhere (from XML, or worked out) is not scored. An empty field is ``"absent"``.
    """
    invoice = order.values
    values: dict[str, Any] = plain(invoice.model_dump())
    unseen = _unseen(invoice, extraction) if extraction else frozenset[str]()

    def visible(path: str, value: Any) -> object:
        if value is None:
            return "absent"
        return None if path in unseen else True

    kind_of_values = type_of(invoice)
    shown: dict[str, Any] = {
        info.name: visible(info.name, getattr(invoice, info.name)) for info in kind_of_values.header
    }
    for table in kind_of_values.tables:
        shown[table.name] = [
            {cell.name: visible(table.path(place, cell.name), getattr(row, cell.name)) for cell in table.columns}
            for place, row in enumerate(kind_of_values.rows(invoice, table))
        ]
    meta = {
        "language": (extraction.language if extraction else None) or "",
        "kind": kind,
        "vendor_group": (getattr(invoice, kind_of_values.issuer) if kind_of_values.issuer else None) or "",
        "pages": page_count,
        "invoice_pages": [page.number for page in order.pages],
        "rotations": {str(page.number): page.rotation for page in order.pages if page.rotation},
        "visible": shown,
        "order_id": order.order_id,
    }
    if declared := kind_of_values.declared:
        meta["declared"] = declared.model_dump(mode="json", exclude_defaults=True)
    named = {} if kind_of_values.base is USUAL else {"document_type": kind_of_values.name}
    return {**named, **values, "meta": meta}


def _unseen(invoice: BaseModel, extraction: Extraction) -> frozenset[str]:
    """The paths of values that nobody changed and that stand nowhere on the pages that were read."""
    if not extraction.page_texts:
        return frozenset()
    as_read = tuple(text.as_read() for text in extraction.page_texts)
    found = find_evidence(invoice, as_read, {})
    as_extracted = {
        "meta": {
            "visible": _everything(extraction.values),
            "type": extraction.type_name,
            "declared": _declared(extraction),
        },
        **plain(extraction.values.model_dump()),
    }
    unchanged = {path for path, right in compare(as_extracted, plain(invoice.model_dump())).right.items() if right}
    return frozenset(
        path
        for path, _, value in type_of(invoice).walk(invoice)
        if value is not None and path in unchanged - found.keys()
    )


def _declared(extraction: Extraction) -> dict[str, Any] | None:
    declared = extraction.type.declared
    return declared.model_dump(mode="json") if declared else None


def _everything(values: BaseModel) -> dict[str, Any]:
    kind = type_of(values)
    seen: dict[str, Any] = {info.name: True for info in kind.header}
    for table in kind.tables:
        seen[table.name] = [{cell.name: True for cell in table.columns} for _ in kind.rows(values, table)]
    return seen


def kind_of(media_type: str, extraction: Extraction | None) -> str:
    """The kind of a document in the words of the shipped cases: ``einvoice``, ``photo`` (a picture), ``scan`` (a PDF or TIFF
    that OCR read), else ``digital``."""
    if extraction is not None and extraction.extractor == "einvoice":
        return "einvoice"
    if media_type.startswith("image/"):
        return "scan" if media_type == "image/tiff" else "photo"
    recognised = extraction is not None and any(text.recognised for text in extraction.page_texts)
    return "scan" if recognised else "digital"


def case_id_of(name: str, order: Record) -> str:
    """A folder's name for the case of a record: the document's name, and a digest of its bytes and pages, so that the same
    document is the same case."""
    stem = unicodedata.normalize("NFKD", PurePath(name).stem).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-")[:_SLUG_LETTERS].strip("-")
    pages = ",".join(str(page.number) for page in order.pages)
    digest = hashlib.sha256(f"{order.document}:{pages}".encode()).hexdigest()[:8]
    return f"{slug or 'document'}-{digest}"
