"""The line items: a table to edit, add and delete in, and the totals that follow, offered and never forced."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from core.extraction import Extraction
from core.models import item_fields, item_path
from core.studio import Reviewed
from pages.parts import keys
from pages.parts.confidence import SEVERITY_LEVEL, by_severity, trust
from pages.parts.edits import Row, as_text, rows_of, tidy, title_of
from pages.parts.form import draw_finding
from pages.parts.frame import get_studio, plain
from pages.parts.session import get_edits, keep_edits

if TYPE_CHECKING:
    import pandas as pd

STATE = "state"
_NUMBERS = ("money", "quantity")
_LEVEL_WORDS = {"sure": "✓ sure", "check": "▲ check", "doubtful": "■ doubtful", "absent": ""}


def draw_lines(run_id: str, extraction: Extraction, reviewed: Reviewed, errors: dict[str, str]) -> None:
    """The table and, below it, what the checks say of its lines."""
    edits = get_edits(run_id)
    key = keys.lines_editor(run_id, edits.revision)
    bases: dict[str, list[Row]] = st.session_state.setdefault(keys.LINES_BASE, {})
    if key not in st.session_state or key not in bases:
        bases[key] = edits.rows(extraction.invoice)
    st.markdown("##### Line items")
    with st.container(key="line_items"):
        st.data_editor(
            _table(bases[key], reviewed.extraction),
            key=key,
            num_rows="dynamic",
            hide_index=True,
            height="auto",
            column_config=_columns(),
            on_change=_commit,
            args=(run_id, key, extraction),
        )
    _draw_errors(errors)
    _draw_offers(run_id, extraction, reviewed)
    _draw_changes(run_id, reviewed)


def _columns() -> dict[str, Any]:
    config: dict[str, Any] = {
        STATE: st.column_config.TextColumn("", disabled=True, width=76, help="How sure the line is")
    }
    for info in item_fields():
        numeric = info.kind in _NUMBERS
        config[info.name] = st.column_config.TextColumn(
            info.title, alignment="right" if numeric else "left", width=88 if numeric else 215, help=info.description
        )
    return config


def _table(rows: list[Row], extraction: Extraction) -> pd.DataFrame:
    import pandas as pd

    names = [STATE, *(info.name for info in item_fields())]
    states = [_LEVEL_WORDS[line_level(extraction, index)] for index in range(len(rows))]
    return pd.DataFrame(
        [{STATE: state, **row} for state, row in zip(states, rows, strict=True)], columns=names, dtype=str
    )


def line_level(extraction: Extraction, index: int) -> str:
    """The level of a whole line: that of its most doubtful cell, or of the gravest finding that names one."""
    if index >= len(extraction.invoice.line_items):
        return "absent"
    paths = [item_path(index, info.name) for info in item_fields()]
    levels = {trust(extraction, path).level for path in paths} - {"absent"}
    levels |= {SEVERITY_LEVEL[f.severity] for f in extraction.findings if set(paths) & set(f.fields)}
    return next((level for level in ("doubtful", "check", "sure") if level in levels), "absent")


def rows_after(base: list[Row], change: dict[str, Any]) -> list[Row]:
    """The table's rows after the editor's changes: cells edited, rows deleted, rows added."""
    cells = [info.name for info in item_fields()]
    rows = [dict(row) for row in base]
    for index, edited in change.get("edited_rows", {}).items():
        rows[int(index)] |= {cell: _text(value) for cell, value in edited.items() if cell in cells}
    deleted = set(change.get("deleted_rows", []))
    rows = [row for index, row in enumerate(rows) if index not in deleted]
    return rows + [{cell: _text(added.get(cell)) for cell in cells} for added in change.get("added_rows", [])]


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _commit(run_id: str, key: str, extraction: Extraction) -> None:
    edits, studio = get_edits(run_id), get_studio()
    base = st.session_state[keys.LINES_BASE][key]
    known = {tuple(row.values()) for row in (*base, *rows_of(extraction.invoice))}
    rows = rows_after(base, st.session_state[key])
    for index, row in enumerate(rows):
        if tuple(row.values()) not in known:
            for cell, text in row.items():
                row[cell] = tidy(
                    item_path(index, cell), text, lambda at, typed: studio.parse_value(at, typed, extraction)
                )
    edits.set_rows(extraction.invoice, rows)
    edits.drawn = {path: found for path, found in edits.drawn.items() if not path.startswith("line_items.")}
    keep_edits(run_id, edits)


def _draw_errors(errors: dict[str, str]) -> None:
    for path, sentence in errors.items():
        if path.startswith("line_items."):
            st.markdown(f":red[:material/error: {title_of(path)}: {plain(sentence)}]")


def _draw_offers(run_id: str, extraction: Extraction, reviewed: Reviewed) -> None:
    """What the checks say of single lines, each with its proposal as a click."""
    found = [
        f
        for f in by_severity(list(reviewed.extraction.findings))
        if f.fields and f.fields[0].startswith("line_items.") and (f.severity != "info" or f.proposed is not None)
    ]
    with st.container(key="lines_notes", gap="xsmall"):
        for index, finding in enumerate(found):
            text = get_edits(run_id).text_at(extraction.invoice, finding.fields[0])
            draw_finding(run_id, finding, extraction, text, f"offer_{index}")


def _draw_changes(run_id: str, reviewed: Reviewed) -> None:
    changed = {path: was for path, was in reviewed.was.items() if path.startswith("line_items.")}
    if get_edits(run_id).lines is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="lines_changed"):
        words = [f"{title_of(path)} was {plain(as_text(was)) or 'nothing'}" for path, was in list(changed.items())[:6]]
        more = f" and {len(changed) - 6} more" if len(changed) > 6 else ""
        st.caption(("; ".join(words) + more) if words else "Lines were removed.")
        st.button(
            "Put the lines back",
            key="restore_lines",
            icon=":material/undo:",
            type="tertiary",
            on_click=_restore,
            args=(run_id,),
        )


def _restore(run_id: str) -> None:
    edits = get_edits(run_id)
    edits.lines = None
    edits.revision += 1
    keep_edits(run_id, edits)
