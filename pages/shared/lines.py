"""The tables of a document: to edit, add and delete rows in, and the totals that follow, offered and never forced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.extraction import Extraction
from core.review.edits import Row, as_text, tidy
from core.review.stops import Stop, stops
from core.review.trust import is_confirmed, trust
from core.schema.document_type import Table
from core.schema.fields import FieldInfo
from core.schema.path import Path
from core.studio import Reviewed
from pages.shared import keys
from pages.shared.form import draw_block, draw_note, notes_with_proposal
from pages.shared.frame import get_studio, plain
from pages.shared.questions import draw_question
from pages.shared.session import ask_focus, confirm, get_edits, keep_edits
from pages.shared.signs import SEVERITY_LEVEL

if TYPE_CHECKING:
    import pandas as pd

#: Rows shown at once; a longer table scrolls.
MOST_ROWS = 16
STATE = "state"
REMOVE = "remove"
_NUMBERS = ("money", "quantity")
_LEVEL_WORDS = {"sure": "✓ sure", "check": "▲ check", "doubtful": "■ doubtful", "absent": "– empty"}


def draw_lines(run_id: str, extraction: Extraction, reviewed: Reviewed) -> None:
    """Each table and, below it, what the checks say of its lines.

    A table has a fixed number of rows: only so does Streamlit keep the cursor where it is while the state of each
    line is worked out anew. A line is added by the button and removed by its last cell.
    """
    questions = stops(reviewed.extraction)
    for table in extraction.type.tables:
        _draw_table(run_id, extraction, reviewed, questions, table)


def _draw_table(
    run_id: str, extraction: Extraction, reviewed: Reviewed, questions: Sequence[Stop], table: Table
) -> None:
    edits = get_edits(run_id)
    rows = edits.rows(extraction.values, table)
    key = partial(keys.of_table, extraction.type, table)
    with st.container(horizontal=True, vertical_alignment="bottom", key=key("lines_bar")):
        st.markdown(f"##### {table.title}", width="content")
        st.space("stretch")
        if rows:
            _draw_choice(extraction, table)
            _draw_insert(run_id, extraction, table, len(rows))
        st.button(
            f"Add a {table.row_title.lower()}",
            key=key("add_line"),
            icon=":material/add:",
            type="tertiary",
            on_click=_add,
            args=(run_id, extraction, table),
        )
    columns = columns_shown(run_id, extraction, table)
    if rows:
        with st.container(key=key("table_rows")):
            st.data_editor(
                _table(rows, reviewed.extraction, table),
                key=_editor(run_id, extraction, table),
                num_rows="fixed",
                hide_index=True,
                height="auto" if len(rows) <= MOST_ROWS else 35 * MOST_ROWS,
                column_config=_columns(columns),
                column_order=[STATE, *(info.name for info in columns), REMOVE],
            )
    elif not is_folded(table):
        st.caption(f"No {table.row_title.lower()} was found. Add one, or draw a box around its words.")
    _draw_confirm(run_id, extraction, questions, table)
    _draw_offers(run_id, extraction, reviewed, questions, table)
    _draw_changes(run_id, reviewed, table)


def _editor(run_id: str, extraction: Extraction, table: Table) -> str:
    """The key of a table's editor: a new revision begins it anew."""
    return keys.of_table(extraction.type, table, keys.lines_editor(run_id, get_edits(run_id).revision))


def is_folded(table: Table) -> bool:
    """Whether most documents have no row of a table: nothing is said where this one has none."""
    return all(info.secondary for info in table.columns)


def columns_shown(run_id: str, extraction: Extraction, table: Table) -> tuple[FieldInfo, ...]:
    """The columns of a table that are shown: those that most documents have, those with a value in some row, and what the
    person chose."""
    rows = get_edits(run_id).rows(extraction.values, table)
    chosen = st.session_state.get(_chosen_key(extraction, table)) or ()
    folded = is_folded(table)
    return tuple(
        info
        for info in table.columns
        if folded or not info.secondary or info.name in chosen or any(row[info.name] for row in rows)
    )


def _chosen_key(extraction: Extraction, table: Table) -> str:
    return keys.of_table(extraction.type, table, "columns_chosen")


def _draw_choice(extraction: Extraction, table: Table) -> None:
    """The columns that are shown only where they hold something, to be shown all the same."""
    further = {info.name: info.title for info in table.columns if info.secondary}
    if not further or is_folded(table):
        return
    with st.popover(
        "Columns", icon=":material/view_column:", type="tertiary", key=keys.of_table(extraction.type, table, "columns")
    ):
        st.multiselect(
            "Show also while empty",
            list(further),
            format_func=lambda name: further[name],
            key=_chosen_key(extraction, table),
        )


def table_columns(columns: Sequence[FieldInfo]) -> list[dict[str, Any]]:
    """The columns of a table that are shown, in order, with their titles and widths in pixels; ``cell`` marks those of a line's own
    values."""
    cells = [{"name": info.name, "title": info.title, "width": _width(info), "cell": True} for info in columns]
    state, remove = (
        {"name": name, "title": "", "width": width, "cell": False} for name, width in ((STATE, 80), (REMOVE, 38))
    )
    return [state, *cells, remove]


def _width(info: FieldInfo) -> int:
    return 86 if info.kind in _NUMBERS else 200 if info.kind == "text" else 100


def _columns(columns: Sequence[FieldInfo]) -> dict[str, Any]:
    width = {column["name"]: column["width"] for column in table_columns(columns)}
    config: dict[str, Any] = {
        STATE: st.column_config.TextColumn("State", disabled=True, width=width[STATE], help="How sure the line is"),
        REMOVE: st.column_config.CheckboxColumn("✕", width=width[REMOVE], help="Tick to remove the line"),
    }
    for info in columns:
        side: Any = "right" if info.kind in _NUMBERS else "left"
        config[info.name] = st.column_config.TextColumn(
            info.title, alignment=side, width=width[info.name], help=info.description
        )
    return config


def _table(rows: list[Row], extraction: Extraction, table: Table) -> pd.DataFrame:
    import pandas as pd

    frame = pd.DataFrame(rows, columns=[info.name for info in table.columns], dtype=str)
    frame.insert(0, STATE, [_LEVEL_WORDS[line_level(extraction, table, index)] for index in range(len(rows))])
    frame[REMOVE] = False
    return frame


def line_level(extraction: Extraction, table: Table, index: int) -> str:
    """The level of a whole line: that of its most doubtful cell, or of the gravest finding that names one."""
    if index >= len(extraction.type.rows(extraction.values, table)):
        return "absent"
    paths = [table.path(index, info.name) for info in table.columns]
    doubted = {path for path in paths if not is_confirmed(extraction, path)}
    levels = {trust(extraction, path).level for path in paths} - {"absent"}
    levels |= {SEVERITY_LEVEL[f.severity] for f in extraction.findings if doubted & set(f.fields)}
    return next((level for level in ("doubtful", "check", "sure") if level in levels), "absent")


def rows_after(rows: list[Row], change: dict[int, dict[str, Any]]) -> list[Row]:
    """The rows after the editor's changes: cells edited, and lines ticked for removal gone."""
    after = []
    for index, row in enumerate(rows):
        edited = change.get(index, {})
        if not edited.get(REMOVE):
            after.append({cell: _text(edited.get(cell, text)) for cell, text in row.items()})
    return after


def _text(value: object) -> str:
    return "" if value is None else str(value)


def take_changes(run_id: str, extraction: Extraction) -> None:
    """Take over what was typed into the tables since the last run, before anything is drawn of them."""
    states = {table.name: st.session_state.get(_editor(run_id, extraction, table)) for table in extraction.type.tables}
    for table in extraction.type.tables:
        state = states[table.name]
        if state and state["edited_rows"]:
            _take_changes(run_id, extraction, table, state)


def _take_changes(run_id: str, extraction: Extraction, table: Table, state: Mapping[str, Any]) -> None:
    edits, studio = get_edits(run_id), get_studio()
    before = edits.rows(extraction.values, table)
    rows = rows_after(before, state["edited_rows"])
    if len(rows) < len(before):
        edits.revision += 1
        edits.forget_drawn(table)
        edits.confirmed = {path for path in edits.confirmed if Path.parse(path).table != table.name}
    else:
        for index, cells in state["edited_rows"].items():
            for cell in cells.keys() & rows[index].keys():
                path = table.path(index, cell)
                rows[index][cell] = tidy(
                    path, rows[index][cell], lambda at, text: studio.parse_value(at, text, extraction)
                )
                if rows[index][cell] != before[index][cell]:
                    edits.drawn.pop(path, None)
                    edits.confirmed.discard(path)
    if rows != before:
        edits.set_rows(extraction.values, table, rows)
        keep_edits(run_id, edits)


def _add(run_id: str, extraction: Extraction, table: Table) -> None:
    edits = get_edits(run_id)
    rows = edits.rows(extraction.values, table)
    edits.tables[table.name] = [*rows, {info.name: "" for info in table.columns}]
    edits.revision += 1
    keep_edits(run_id, edits)
    ask_focus(table.path(len(rows), table.columns[0].name))


def _draw_insert(run_id: str, extraction: Extraction, table: Table, count: int) -> None:
    """A line between others: where, and what it says first (an empty line would be none)."""
    key = partial(keys.of_table, extraction.type, table)
    with (
        st.popover("Insert", icon=":material/playlist_add:", type="tertiary", key=key("insert_line")),
        st.form(key("insert_form"), clear_on_submit=True, border=False),
    ):
        st.selectbox(f"Before {table.row_title.lower()}", range(1, count + 1), key=key("insert_before"))
        st.text_input(table.columns[0].title, key=key("insert_words"))
        st.form_submit_button("Insert", key=key("insert_submit"), on_click=_insert, args=(run_id, extraction, table))


def _insert(run_id: str, extraction: Extraction, table: Table) -> None:
    key = partial(keys.of_table, extraction.type, table)
    words = str(st.session_state.get(key("insert_words")) or "").strip()
    if not words:
        return
    edits, index = get_edits(run_id), int(st.session_state[key("insert_before")]) - 1
    edits.insert_row(extraction.values, table, index, {table.columns[0].name: words})
    keep_edits(run_id, edits)
    ask_focus(table.path(index, table.columns[-1 if len(table.columns) < 2 else 1].name))


def _draw_confirm(run_id: str, extraction: Extraction, questions: Sequence[Stop], table: Table) -> None:
    """A click for each line with doubtful values, to say that it is right as it stands."""
    doubted: dict[int, list[str]] = {}
    for stop in questions:
        if stop.kind == "doubt" and stop.path and (place := Path.parse(stop.path)).table == table.name:
            doubted.setdefault(place.row, []).extend(stop.answers)
    key = partial(keys.of_table, extraction.type, table)
    with st.container(horizontal=True, vertical_alignment="center", gap="xxsmall", key=key("lines_confirm")):
        for line, paths in list(doubted.items())[:MOST_ROWS]:
            st.button(
                f"{table.row_title} {line + 1} looks right",
                key=key(f"confirm_line_{line}"),
                icon=":material/check:",
                type="tertiary",
                on_click=confirm,
                args=(run_id, paths),
            )


def _draw_offers(
    run_id: str, extraction: Extraction, reviewed: Reviewed, questions: Sequence[Stop], table: Table
) -> None:
    """What is asked about lines, and the notes that propose a value for one."""
    cells = [path for path, _, _ in reviewed.extraction.walk() if Path.parse(path).table == table.name]
    edits, key = get_edits(run_id), partial(keys.of_table, extraction.type, table)
    with st.container(key=key("lines_notes"), gap="xsmall"):
        draw_block(cells)
        for stop in questions:
            if stop.kind != "doubt" and stop.path in cells:
                draw_question(run_id, stop, extraction, edits.text_at(extraction.values, stop.path))
        notes = [finding for path in cells for finding in notes_with_proposal(reviewed.extraction, path)]
        for index, finding in enumerate(notes):
            draw_note(
                run_id, finding, extraction, edits.text_at(extraction.values, finding.fields[0]), key(f"offer_{index}")
            )


def _draw_changes(run_id: str, reviewed: Reviewed, table: Table) -> None:
    changed = {path: was for path, was in reviewed.was.items() if Path.parse(path).table == table.name}
    if table.name not in get_edits(run_id).tables:
        return
    key = partial(keys.of_table, reviewed.extraction.type, table)
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key=key("lines_changed")):
        words = [
            f"{reviewed.extraction.type.title_of(path)} was {plain(as_text(was)) or 'nothing'}"
            for path, was in list(changed.items())[:6]
        ]
        more = f" and {len(changed) - 6} more" if len(changed) > 6 else ""
        st.caption(("; ".join(words) + more) if words else "Lines were removed.")
        st.button(
            "Put the lines back",
            key=key("restore_lines"),
            icon=":material/undo:",
            type="tertiary",
            on_click=_restore,
            args=(run_id, table),
        )


def _restore(run_id: str, table: Table) -> None:
    edits = get_edits(run_id)
    edits.tables.pop(table.name, None)
    edits.revision += 1
    keep_edits(run_id, edits)
