"""How the versions of a prompt did, and what differs between two of them."""

from __future__ import annotations

from html import escape

import streamlit as st

from core.prompt import Prompt
from core.prompts import DiffLine, PromptRecord, compare_prompts
from pages.parts.frame import get_studio

_MARKS = {"-": "gone", "+": "new", " ": "same", "…": "cut"}


def draw_versions(prompt: Prompt) -> None:
    """A row a version with its runs, accuracy and cost; below, the difference of two."""
    book = get_studio().prompts
    versions, records = book.versions(prompt.name), book.records()
    rows = [_row(version, records.get(version.label)) for version in versions]
    st.dataframe(
        rows,
        hide_index=True,
        key="prompt_versions",
        column_config={
            "Values right": st.column_config.NumberColumn(
                format="percent", help="In saved records: values that nobody had to change."
            ),
            "Cost a run": st.column_config.NumberColumn(format="$%.5f"),
            "Made (UTC)": st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm"),
            "Repairs": st.column_config.NumberColumn(help="Replies that had to be asked for again."),
        },
    )
    if len(versions) < 2:
        st.caption("An edit makes a second version; what differs is then shown here.")
        return
    numbers = [version.version for version in versions]
    with st.container(horizontal=True):
        old = st.selectbox("From version", numbers, index=1, key=f"prompt_old_{prompt.name}_{len(numbers)}", width=150)
        new = st.selectbox("to version", numbers, index=0, key=f"prompt_new_{prompt.name}_{len(numbers)}", width=150)
    lines = compare_prompts(book.get(prompt.name, old), book.get(prompt.name, new))
    if lines:
        st.html(diff_html(lines))
    else:
        st.caption("They are alike.")


def diff_html(lines: list[DiffLine]) -> str:
    """The lines of a difference as a table, every text escaped."""
    rows = "".join(
        f'<div class="diff-{_MARKS[line.mark]}"><span>{escape(line.mark)}</span><code>{escape(line.text)}</code></div>'
        for line in lines
    )
    return f'<div class="prompt-diff">{rows}</div>'


def _row(version: Prompt, record: PromptRecord | None) -> dict[str, object]:
    record = record or PromptRecord(version.label)
    return {
        "Version": "as it ships" if version.version == 0 else str(version.version),
        "Made (UTC)": version.created_at.replace(tzinfo=None) if version.created_at else None,
        "Runs": record.runs,
        "Saved": record.saved,
        "Values right": record.accuracy,
        "Cost a run": float(record.cost_per_run) if record.cost_per_run is not None else None,
        "Repairs": record.repairs,
        "Examples": len(version.examples),
        "Notes": version.notes,
    }
