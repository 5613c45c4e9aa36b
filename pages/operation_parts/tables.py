"""Where corrections happen, what the documents have in common, where the time goes, and why some could not be read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from core.document_types import USUAL
from core.events import STEPS
from core.schema.path import cell_path
from core.spending import Period
from core.stores.operation import Grouping, Tally
from pages.operation_parts.behind import show
from pages.shared.frame import get_studio

_GROUPS: dict[str, Grouping] = {"Vendor": "vendor", "Type": "type", "Recipe": "recipe", "Person": "who"}
_UNKNOWN = "(not known)"


def draw_corrections(period: Period) -> None:
    """In how many documents each field was changed; a row shows them."""
    found = get_studio().operation.corrections(period)
    if not found:
        st.caption("Nobody changed a value of a record that was saved in this time.")
        return
    fields = list(found)
    rows = [{"Field": _title(field), "Documents in which it was changed": found[field]} for field in fields]
    _draw_rows(
        rows, "operation_corrections", lambda index: show(f"Changed: {_title(fields[index])}", field=fields[index])
    )


def draw_groups(period: Period) -> None:
    """The documents by vendor, type, recipe or person."""
    chosen = st.segmented_control("By", list(_GROUPS), default="Vendor", key="operation_by", required=True) or "Vendor"
    by = _GROUPS[chosen]
    tallies = get_studio().operation.groups(period, by)
    _draw_rows(
        [{chosen: tally.key or _UNKNOWN, **_figures(tally)} for tally in tallies],
        f"operation_groups_{by}",
        lambda index: show(f"{chosen}: {tallies[index].key or _UNKNOWN}", grouping=by, key=tallies[index].key),
    )


def draw_steps(period: Period) -> None:
    """The median seconds of each step; the longest is named."""
    steps = get_studio().operation.steps(period)
    if not steps:
        st.caption("No document of this time was read anew: the cache answered.")
        return
    first = steps[0]
    st.markdown(
        f"The bottleneck is **{_step(first.step)}**: {first.share:.0%} of the time of the latest "
        f"{max(step.documents for step in steps):,} documents."
    )
    rows = [
        {
            "Step": _step(step.step),
            "Seconds (median)": step.median,
            "Share of the time": step.share,
            "Documents": step.documents,
        }
        for step in steps
    ]
    st.dataframe(
        rows,
        hide_index=True,
        key="operation_steps",
        placeholder="",
        column_config={
            "Seconds (median)": st.column_config.NumberColumn(format="%.2f"),
            "Share of the time": st.column_config.ProgressColumn(format="percent", min_value=0, max_value=1),
        },
    )


def draw_causes(period: Period) -> None:
    """Why documents could not be read; a row shows them."""
    causes = get_studio().operation.causes(period)
    if not causes:
        st.caption("Every document of this time could be read.")
        return
    names = list(causes)
    rows = [{"Why": name, "Documents": causes[name]} for name in names]
    _draw_rows(rows, "operation_causes", lambda index: show(names[index], cause=names[index]))


def _figures(tally: Tally) -> dict[str, Any]:
    return {
        "Documents": tally.documents,
        "Passed unseen": tally.ready_rate,
        "Saved": tally.saved,
        "Values corrected": tally.correction_rate,
        "Could not be read": tally.failed,
        "Seconds": tally.seconds / tally.documents,
        "Cost": float(tally.cost / tally.documents),
    }


def _draw_rows(rows: Sequence[dict[str, Any]], key: str, chosen: Callable[[int], None]) -> None:
    picked: Any = st.dataframe(
        rows,
        hide_index=True,
        key=key,
        on_select="rerun",
        selection_mode="single-row",
        placeholder="",
        column_config={
            "Passed unseen": st.column_config.NumberColumn(format="percent"),
            "Values corrected": st.column_config.NumberColumn(format="percent"),
            "Seconds": st.column_config.NumberColumn("Seconds each", format="%.1f"),
            "Cost": st.column_config.NumberColumn("Cost each", format="$%.4f"),
        },
    )
    st.caption("Choose a row to see its documents.")
    seen = f"{key}_seen"
    indices = list(picked.selection.rows[:1])
    if indices and st.session_state.get(seen) != indices:
        chosen(indices[0])
    st.session_state[seen] = indices


def _title(field: str) -> str:
    """What a field is called; its name for one of a type of one's own."""
    table, _, column = field.rpartition(".")
    try:
        title = USUAL.field_of(cell_path(table, 0, column) if table else field).title
    except KeyError:
        return field.replace("_", " ").replace(".", ": ").capitalize()
    return f"{USUAL.table(table).row_title}: {title}" if table else title


def _step(name: str) -> str:
    return STEPS.get(name, name)
