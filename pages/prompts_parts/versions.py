"""How the versions of a prompt did, and what differs between two of them."""

from __future__ import annotations

from html import escape

import streamlit as st

from core.prompt import Prompt
from core.prompts import DiffLine, compare_prompts
from core.stores.bills import PromptRecord
from pages.shared.frame import get_studio

_MARKS = {"-": "gone", "+": "new", " ": "same", "…": "cut"}


def draw_versions(prompt: Prompt) -> None:
    """A row a version with its runs, accuracy and cost; below, the difference of two."""
    book = get_studio().prompts
    versions = book.versions(prompt.name)
    records = book.records(versions)
    rows = [_row(version, records.get(version.label)) for version in versions]
    st.dataframe(
        rows,
        hide_index=True,
        key="prompt_versions",
        placeholder="",
        column_config={
            "Values right": st.column_config.NumberColumn(
                format="percent", help="In saved records: values that nobody had to change."
            ),
            "Cost a run": st.column_config.NumberColumn(format="$%.5f"),
            "Made (UTC)": st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm", width=135),
            "Repairs": st.column_config.NumberColumn(help="Replies that had to be asked for again."),
        },
    )
    if len(versions) < 2:
        st.caption("An edit makes a second version; what differs is then shown here.")
        return
    numbers = [version.version for version in versions]
    with st.container(horizontal=True):
        old = _choose("From version", numbers, 1, f"prompt_old_{prompt.name}_{len(numbers)}")
        new = _choose("to version", numbers, 0, f"prompt_new_{prompt.name}_{len(numbers)}")
    lines = compare_prompts(book.get(prompt.name, old), book.get(prompt.name, new))
    if lines:
        st.html(diff_html(lines))
    else:
        st.caption("They are alike.")


def _choose(label: str, numbers: list[int], index: int, key: str) -> int:
    return st.selectbox(label, numbers, index=index, format_func=_title, key=key, width=150)


def _title(version: int) -> str:
    """A version as people call it."""
    return "as it ships" if version == 0 else str(version)


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
        "Version": _title(version.version),
        "Made (UTC)": version.created_at.replace(tzinfo=None) if version.created_at else None,
        "Runs": record.runs,
        "Saved": record.saved,
        "Values right": record.accuracy,
        "Cost a run": float(record.cost_per_run) if record.cost_per_run is not None else None,
        "Repairs": record.repairs,
        "Examples": len(version.examples),
        "Notes": version.notes,
    }
