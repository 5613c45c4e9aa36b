"""The line items of a saved record: a table to edit, add and delete in, and what the checks say of the lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from core.extraction import Finding
from core.invoice.document_type import INVOICE, LINE_ITEMS
from core.review.edits import Row
from core.review.trust import by_severity
from core.schema.path import is_cell
from core.stores.records import Record
from core.studio import Reviewed
from pages.records_parts.draft import Draft, mark_reviewed
from pages.shared.frame import plain
from pages.shared.signs import COLOURS, ICONS, SEVERITY_LEVEL

if TYPE_CHECKING:
    import pandas as pd

#: Kinds of fields whose figures stand at the right.
FIGURES = frozenset({"money", "quantity"})
_BASES = "record_lines_bases"


def draw_lines(order: Record, draft: Draft, reviewed: Reviewed, errors: dict[str, str]) -> None:
    """The table, and below it what could not be read and what the checks say."""
    st.markdown("##### Line items")
    key = f"record_lines_{order.order_id}_{draft.edits.revision}"
    bases: dict[str, list[Row]] = st.session_state.setdefault(_BASES, {})
    if key not in st.session_state or key not in bases:
        bases[key] = draft.edits.rows(order.values)
    with st.container(key="record_lines"):
        st.data_editor(
            _table(bases[key]),
            key=key,
            num_rows="dynamic",
            hide_index=True,
            column_config=_columns(),
            on_change=_commit_lines,
            args=(order, draft, key),
        )
    with st.container(key="notes_record_lines", gap="xsmall"):
        for path, sentence in errors.items():
            if is_cell(path):
                st.markdown(f":red[:material/error: {INVOICE.title_of(path)}: {plain(sentence)}]")
        draw_findings([f for f in reviewed.extraction.findings if _is_of_lines(f)])


def _is_of_lines(finding: Finding) -> bool:
    return bool(finding.fields) and is_cell(finding.fields[0])


def draw_findings(findings: list[Finding]) -> None:
    """Findings one below the other, gravest first."""
    for finding in by_severity(findings):
        level = SEVERITY_LEVEL[finding.severity]
        mark = ":material/info:" if finding.severity == "info" else ICONS[level]
        colour = "gray" if finding.severity == "info" else COLOURS[level]
        st.markdown(f":{colour}[{mark} {plain(finding.message)}]")


def _columns() -> dict[str, Any]:
    return {
        info.name: st.column_config.TextColumn(
            info.title,
            help=info.description,
            alignment="right" if info.kind in FIGURES else "left",
            width=92 if info.kind in FIGURES else None,
        )
        for info in LINE_ITEMS.columns
    }


def _table(rows: list[Row]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(rows, columns=[info.name for info in LINE_ITEMS.columns], dtype=str)


def rows_after(base: list[Row], change: dict[str, Any]) -> list[Row]:
    """The table's rows after the editor's changes: cells edited, rows deleted, rows added."""
    rows = [dict(row) for row in base]
    for index, edited in change.get("edited_rows", {}).items():
        rows[int(index)] |= {cell: _text(value) for cell, value in edited.items()}
    deleted = set(change.get("deleted_rows", []))
    kept = [row for index, row in enumerate(rows) if index not in deleted]
    added = [
        {info.name: _text(row.get(info.name)) for info in LINE_ITEMS.columns} for row in change.get("added_rows", [])
    ]
    return kept + added


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _commit_lines(order: Record, draft: Draft, key: str) -> None:
    draft.edits.set_rows(order.values, rows_after(st.session_state[_BASES][key], st.session_state[key]))
    mark_reviewed(order, draft)
