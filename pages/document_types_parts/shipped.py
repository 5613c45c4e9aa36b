"""A type that ships: its fields to look at, and which of them are the person's own."""

from __future__ import annotations

import streamlit as st

from core.schema.document_type import DocumentType
from core.schema.fields import FieldInfo
from pages.shared.frame import plain


def draw_shipped(kind: DocumentType) -> None:
    """The fields and tables of ``kind``, and how to make one like it."""
    st.caption(
        "This type ships with the studio, with rules, checks and words of its own in many languages. "
        "Under “Add a field” it gets the ones that your books need too; “New type” makes another: from nothing, or as a copy."
    )
    _draw_fields(kind.header, kind.added)
    for table in kind.tables:
        st.markdown(f"**{plain(table.title)}**")
        _draw_fields(table.columns, kind.added_columns(table))


def _draw_fields(fields: tuple[FieldInfo, ...], own: tuple[FieldInfo, ...]) -> None:
    rows = [
        {
            "Field": f"{info.title} · yours" if info in own else info.title,
            "Kind": info.kind,
            "Required": "yes" if info.required else "",
            "Section": info.group,
            "What it is": info.description,
        }
        for info in fields
    ]
    if not any(row["Section"] for row in rows):
        rows = [{name: text for name, text in row.items() if name != "Section"} for row in rows]
    st.dataframe(rows, hide_index=True, width="stretch", height="content")
