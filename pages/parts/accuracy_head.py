"""Which evaluation is shown and with what it is compared; the command that gives the same; everything to take away."""

from __future__ import annotations

import streamlit as st

from core.stores import EvaluationRow
from pages.parts import keys
from pages.parts.accuracy_state import Shown
from pages.parts.accuracy_tables import draw_downloads
from pages.parts.frame import get_studio, plain
from pages.parts.records_table import utc_time


def draw_head(shown: Shown) -> None:
    """Draw it."""
    rows = {row.evaluation_id: row for row in shown.rows}
    here = shown.result.evaluation_id
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="accuracy_head"):
        st.selectbox(
            "Result",
            list(rows) if here in rows else [here, *rows],
            format_func=lambda key: _title(rows[key]) if key in rows else "An earlier evaluation",
            key=keys.ACCURACY_RESULT,
            width=400,
        )
        st.selectbox(
            "Compare with",
            [None, *(key for key in rows if key != here)],
            format_func=lambda key: _title(rows[key]) if key else "nothing",
            key=keys.ACCURACY_OTHER,
            placeholder="nothing",
            width=400,
        )
        st.space("stretch")
        draw_downloads(shown)
    count = len(shown.result.documents)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="accuracy_command"):
        st.caption(
            f"{count:,} document{'' if count == 1 else 's'} · {_recipe_note(shown)} · the same figures by",
            width="content",
        )
        if shown.result.command:
            st.code(shown.result.command, language=None, width="stretch")


def _title(row: EvaluationRow) -> str:
    return f"{row.name} · {row.recipe.name} · {utc_time(row.at)}"


def _recipe_note(shown: Shown) -> str:
    recipe = shown.result.recipe
    now = get_studio().accuracy.recipes().get(recipe.name)
    if now is None:
        return f"the recipe “{plain(recipe.name)}” is gone since"
    same = now.model_copy(update={"name": ""}) == recipe.model_copy(update={"name": ""})
    return f"recipe “{plain(recipe.name)}”" + ("" if same else ", which was changed since")
