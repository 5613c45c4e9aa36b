"""A type that ships: its fields to look at."""

from __future__ import annotations

import streamlit as st

from core.schema.document_type import DocumentType
from core.schema.fields import FieldInfo
from pages.shared.frame import plain


def draw_shipped(kind: DocumentType) -> None:
    """The fields and tables of ``kind``, and how to make one like it."""
    st.markdown(f"##### {plain(kind.title)}")
    st.caption(
        "This type ships with the studio, with rules, checks and words of its own in many languages. "
        "“New type” makes one of your own: from nothing, or as a copy of this one."
    )
    _draw_fields(kind.header)
    for table in kind.tables:
        st.markdown(f"**{plain(table.title)}**")
        _draw_fields(table.columns)


def _draw_fields(fields: tuple[FieldInfo, ...]) -> None:
    rows = [
        {
            "Field": info.title,
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
