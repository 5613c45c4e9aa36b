"""A document in one paragraph, of what was read of it alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from core.extraction import Extraction
from core.notation.writing import text_of
from core.status import STATUS_WORDS

#: Rows and findings that are named, and letters of a row.
_MOST, _LONGEST = 3, 60


def summarise(extraction: Extraction) -> dict[str, Any]:
    """The paragraph, with what it stands on."""
    return {
        "summary": " ".join(_sentences(extraction)),
        "type": extraction.type_name,
        "language": extraction.language,
        "verdict": STATUS_WORDS[extraction.verdict],
    }


def _sentences(extraction: Extraction) -> Iterator[str]:
    kind, values = extraction.type, extraction.values
    said = {info.name: text for info in kind.header if (text := text_of(getattr(values, info.name, None)))}
    customer = next((said[name] for name, block in kind.blocks.items() if block == "customer" and name in said), "")
    issuer, day = said.get(kind.issuer, ""), said.get(kind.issued_on, "")
    told = [(extraction.document_type or kind.title).capitalize(), said.get(kind.identifier, "")]
    told += [f"of {issuer}" if issuer else "", f"to {customer}" if customer else "", f"dated {day}" if day else ""]
    yield " ".join(part for part in told if part) + "."
    if rows := _rows(extraction):
        yield rows
    yield from _listed(extraction, said, "money")
    yield from _listed(extraction, {name: text for name, text in said.items() if name != kind.issued_on}, "date")
    wrong = [finding.message for finding in extraction.findings if finding.severity != "info"]
    if wrong:
        yield f"To be looked at: {' '.join(wrong[:_MOST])}"


def _listed(extraction: Extraction, said: Mapping[str, str], kind: str) -> Iterator[str]:
    """The header values of a kind, by their titles."""
    found = [
        f"{info.title} {said[info.name]}" for info in extraction.type.header if info.kind == kind and info.name in said
    ]
    currency = said.get(extraction.type.parts.get("currency", ""), "")
    if found:
        yield f"{', '.join(found)}{f' ({currency})' if currency and kind == 'money' else ''}."


def _rows(extraction: Extraction) -> str:
    kind, table = extraction.type, extraction.type.main_table
    rows = kind.rows(extraction.values, table)
    if table is None or not rows:
        return ""
    column = next((info.name for info in table.columns if info.kind in ("text", "name")), "")
    names = [text_of(getattr(row, column, None))[:_LONGEST] for row in rows[:_MOST]]
    told = "; ".join(name for name in names if name)
    more = "; …" if told and len(rows) > _MOST else ""
    return f"{len(rows)} {'line' if len(rows) == 1 else 'lines'}{f' ({told}{more})' if told else ''}."
