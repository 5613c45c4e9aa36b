"""Which evaluation is shown and with what it is compared; the command that gives the same; everything to take away."""

from __future__ import annotations

import shlex

import streamlit as st

from core.accuracy import Evaluated
from core.stores.evaluations import EvaluationRow
from pages.accuracy_parts.state import Shown
from pages.accuracy_parts.tables import draw_downloads
from pages.shared import keys
from pages.shared.frame import get_studio, plain
from pages.shared.times import local_time, local_zone


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
    note, command = _how_again(shown.result)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="accuracy_command"):
        st.caption(f"{count:,} document{'' if count == 1 else 's'} · {note}", width="content")
        if command:
            st.code(command, language=None, width="stretch")


def _how_again(result: Evaluated) -> tuple[str, str]:
    """What is to be said of the recipe, and the command that gives the same figures."""
    name, command = result.recipe.name, result.command
    if get_studio().accuracy.recipe(name) == result.recipe:
        return f"recipe “{plain(name)}” · the same figures by", command
    file = f"--recipe {shlex.quote(f'{name}.json')}"
    note = f"recipe “{plain(name)}” was changed since; with it as it was (see Download), the same figures by"
    return note, command.replace(f"--recipe {shlex.quote(name)}", file)


def _title(row: EvaluationRow) -> str:
    return f"{row.name} · {row.recipe.name} · {local_time(row.at, local_zone())}"
