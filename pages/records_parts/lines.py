"""The tables of a saved record, each to edit, add and delete in, and what the checks say of the lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from core.extraction import Finding
from core.review.edits import Row
from core.review.trust import by_severity
from core.schema.document_type import Table
from core.schema.path import Path
from core.stores.records import Record
from core.studio import Reviewed
from pages.records_parts.draft import Draft, mark_reviewed
from pages.shared import keys
from pages.shared.frame import plain
from pages.shared.signs import COLOURS, ICONS, SEVERITY_LEVEL

if TYPE_CHECKING:
    import pandas as pd

#: Kinds of fields whose figures stand at the right.
FIGURES = frozenset({"money", "quantity"})
_BASES = "record_lines_bases"


def draw_lines(order: Record, draft: Draft, reviewed: Reviewed, errors: dict[str, str]) -> None:
    """Each table, and below it what could not be read and what the checks say."""
    for table in order.type.tables:
        empty = all(info.secondary for info in table.columns) and not order.type.rows(order.values, table)
        if empty and table.name not in draft.edits.tables:
            with st.expander(table.title, key=f"record_more_{table.name}"):
                _draw_table(order, draft, reviewed, errors, table)
        else:
            _draw_table(order, draft, reviewed, errors, table)


def _draw_table(order: Record, draft: Draft, reviewed: Reviewed, errors: dict[str, str], table: Table) -> None:
    st.markdown(f"##### {table.title}")
    key = keys.of_table(order.type, table, f"record_lines_{order.order_id}_{draft.edits.revision}")
    bases: dict[str, list[Row]] = st.session_state.setdefault(_BASES, {})
    if key not in st.session_state or key not in bases:
        bases[key] = draft.edits.rows(order.values, table)
    with st.container(key=keys.of_table(order.type, table, "record_lines")):
        st.data_editor(
            _frame(bases[key], table),
            key=key,
            num_rows="dynamic",
            hide_index=True,
            column_config=_columns(table),
            column_order=_shown(table, bases[key]),
            on_change=_commit_lines,
            args=(order, draft, table, key),
        )
    with st.container(key=keys.of_table(order.type, table, "notes_record_lines"), gap="xsmall"):
        for path, sentence in errors.items():
            if Path.parse(path).table == table.name:
                st.markdown(f":red[:material/error: {order.type.title_of(path)}: {plain(sentence)}]")
        draw_findings([f for f in reviewed.extraction.findings if _is_of(table, f)])


def _is_of(table: Table, finding: Finding) -> bool:
    return bool(finding.fields) and Path.parse(finding.fields[0]).table == table.name


def draw_findings(findings: list[Finding]) -> None:
    """Findings one below the other, gravest first."""
    for finding in by_severity(findings):
        level = SEVERITY_LEVEL[finding.severity]
        mark = ":material/info:" if finding.severity == "info" else ICONS[level]
        colour = "gray" if finding.severity == "info" else COLOURS[level]
        st.markdown(f":{colour}[{mark} {plain(finding.message)}]")


def _shown(table: Table, rows: list[Row]) -> list[str]:
    """The columns that most documents have, and those with a value in some row."""
    folded = all(info.secondary for info in table.columns)
    return [
        info.name for info in table.columns if folded or not info.secondary or any(row.get(info.name) for row in rows)
    ]


def _columns(table: Table) -> dict[str, Any]:
    return {
        info.name: st.column_config.TextColumn(
            info.title,
            help=info.description,
            alignment="right" if info.kind in FIGURES else "left",
            width=92 if info.kind in FIGURES else None,
        )
        for info in table.columns
    }


def _frame(rows: list[Row], table: Table) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(rows, columns=[info.name for info in table.columns], dtype=str)


def rows_after(table: Table, base: list[Row], change: dict[str, Any]) -> list[Row]:
    """The table's rows after the editor's changes: cells edited, rows deleted, rows added."""
    rows = [dict(row) for row in base]
    for index, edited in change.get("edited_rows", {}).items():
        rows[int(index)] |= {cell: _text(value) for cell, value in edited.items()}
    deleted = set(change.get("deleted_rows", []))
    kept = [row for index, row in enumerate(rows) if index not in deleted]
    added = [{info.name: _text(row.get(info.name)) for info in table.columns} for row in change.get("added_rows", [])]
    return kept + added


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _commit_lines(order: Record, draft: Draft, table: Table, key: str) -> None:
    draft.edits.set_rows(order.values, table, rows_after(table, st.session_state[_BASES][key], st.session_state[key]))
    mark_reviewed(order, draft)
