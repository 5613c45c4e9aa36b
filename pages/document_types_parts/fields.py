"""The fields of a type and the columns of its tables, in tables to edit, and its checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, get_args

import streamlit as st

from core.declared.definition import MOST_CHECKS, FieldDefinition, TableDefinition
from core.declared.example import name_for
from core.schema.document_type import Table
from core.schema.fields import FieldKind
from pages.document_types_parts.type_draft import TypeDraft
from pages.shared.frame import plain

_KINDS = list(get_args(FieldKind))
#: Columns of the editor, by the part of a field that they show.
_COLUMNS = ("title", "kind", "labels", "required", "group", "mask", "allowed", "name")
_LISTS = ("labels", "allowed")
_HELP = {
    "labels": "The words by which paper calls it, in any language, with commas between them. Its title counts too.",
    "mask": "What the value looks like: A is a letter, 9 a digit, X either, + more of the same; the rest stands for itself.",
    "allowed": "The only values that it may have, with commas between them.",
    "required": "Whether a document without it needs a look.",
}


def draw_fields(draft: TypeDraft) -> None:
    """Header fields, then each table."""
    st.markdown("##### Fields")
    fields = _edit(draft, "fields", draft.parts["fields"], (), draft.base.names() if draft.base else ())
    draft.change(fields=fields)
    if draft.base is not None:
        for number, shipped in enumerate(draft.base.tables):
            _draw_added_columns(draft, number, shipped)
        return
    tables = []
    for number, table in enumerate(draft.parts["tables"]):
        tables.append(_draw_table(draft, number, table))
    draft.change(tables=tables)
    with st.container(horizontal=True):
        st.button("Add a table", key="type_add_table", icon=":material/add:", on_click=_add_table, args=(draft,))


def _draw_added_columns(draft: TypeDraft, number: int, table: Table) -> None:
    """The columns that are added to a table of a type that ships."""
    st.markdown(f"##### Further columns of {plain(table.title.lower())}")
    known = [*(info.name for info in table.columns), *draft.names()]
    draft.set_columns(table, _edit(draft, f"table_{number}", draft.columns_of(table), ("group",), known))


def _draw_table(draft: TypeDraft, number: int, table: dict[str, Any]) -> dict[str, Any]:
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"type_table_{number}"):
        about = f"{draft.name}_{draft.revision}_{number}"
        title = st.text_input("Table", table["title"], key=f"type_table_title_{about}", max_chars=60, width=260)
        row = st.text_input(
            "One row is called", table["row_title"], key=f"type_table_row_{about}", max_chars=40, width=200
        )
        st.space("stretch")
        st.button(
            "Remove the table",
            key=f"type_drop_table_{number}",
            icon=":material/delete:",
            type="tertiary",
            on_click=draft.drop,
            args=(table["name"],),
        )
    columns = _edit(draft, f"table_{number}", table["columns"], ("group",))
    return table | {"title": title or table["title"], "row_title": row or table["row_title"], "columns": columns}


def _edit(
    draft: TypeDraft, what: str, parts: Sequence[dict[str, Any]], without: Sequence[str], taken: Iterable[str] = ()
) -> list[dict[str, Any]]:
    """A table to edit fields in. It begins with what stood there at the draft's revision, and gives what now stands there;
    ``taken`` are names that no new one gets."""
    import pandas as pd

    key = f"type_{what}_{draft.name}_{draft.revision}"
    base = st.session_state.setdefault(f"{key}_base", [dict(part) for part in parts])
    edited = st.data_editor(
        pd.DataFrame([_row(part) for part in base], columns=list(_COLUMNS)),
        key=key,
        num_rows="dynamic",
        hide_index=True,
        width="stretch",
        column_config={
            "title": st.column_config.TextColumn("Title", required=True, max_chars=60),
            "kind": st.column_config.SelectboxColumn("Kind", options=_KINDS, required=True, default="text"),
            "labels": st.column_config.TextColumn("Words on paper", help=_HELP["labels"], width="medium"),
            "required": st.column_config.CheckboxColumn("Required", default=False, help=_HELP["required"]),
            "group": None if "group" in without else st.column_config.TextColumn("Section", default="Document"),
            "mask": st.column_config.TextColumn("Pattern", help=_HELP["mask"]),
            "allowed": st.column_config.TextColumn("Allowed", help=_HELP["allowed"]),
            "name": None,
        },
    )
    return _fields(edited.to_dict("records"), {part["name"]: part for part in base}, taken)


def _row(part: Mapping[str, Any]) -> dict[str, Any]:
    return {name: ", ".join(part[name]) if name in _LISTS else part[name] for name in _COLUMNS}


def _fields(
    rows: Sequence[Mapping[Any, Any]], known: Mapping[str, dict[str, Any]], others: Iterable[str]
) -> list[dict[str, Any]]:
    """The rows as fields; a new one gets a name of its title. Rows without a title are not there yet."""
    taken = [*(str(row["name"]) for row in rows if row["name"] in known), *others]
    found = []
    for row in rows:
        title = _text(row["title"])
        if not title:
            continue
        name = str(row["name"]) if row["name"] in known else name_for(title, taken)
        taken.append(name)
        told = {part: _told(part, row[part]) for part in _COLUMNS if part != "name"}
        told["kind"] = told["kind"] or "text"
        found.append({**(known.get(name) or _blank(name)), **told, "name": name})
    return found


def _blank(name: str) -> dict[str, Any]:
    return FieldDefinition(name=name, title=name).model_dump(mode="json")


def _told(part: str, value: Any) -> Any:
    if part == "required":
        return value is True
    text = _text(value)
    return [word for piece in text.split(",") if (word := piece.strip())] if part in _LISTS else text


def _text(value: Any) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def _add_table(draft: TypeDraft) -> None:
    column = FieldDefinition(name="description", title="Description")
    title = "Rows" if not draft.parts["tables"] else f"Rows {len(draft.parts['tables']) + 1}"
    draft.add_table(TableDefinition(name=name_for(title, draft.names()), title=title, columns=(column,)))


def draw_checks(draft: TypeDraft) -> None:
    """The checks, a line each, and what they may speak of."""
    text = st.text_area(
        "Checks, a line each",
        "\n".join(draft.parts["checks"]),
        key=f"type_checks_{draft.name}_{draft.revision}",
        height=180,
        placeholder="net + tax = total",
    )
    lines = [line.strip() for line in text.splitlines() if line.strip()][:MOST_CHECKS]
    draft.change(checks=lines)
    st.caption(
        "`net + tax = total` adds up amounts · `sum(rows.amount) = total` a column · `rows.hours * rows.rate = rows.amount` holds "
        "in each row · `begin <= end` puts dates in order · `account needs bank` asks for one where the other is given. "
        "A broken sum stops a document; one that holds makes its amounts surer."
    )
    names = [info.name for info in draft.base.header] if draft.base else []
    names += [
        f"{table.name}.{info.name}" for table in (draft.base.tables if draft.base else ()) for info in table.columns
    ]
    names += [part["name"] for part in draft.parts["fields"]]
    names += [f"{table['name']}.{column['name']}" for table in draft.parts["tables"] for column in table["columns"]]
    if names:
        st.markdown(f"**They may speak of** {plain(', '.join(names))}")
