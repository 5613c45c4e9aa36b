"""A comparison to take away: an Excel workbook, the matrix as CSV, a report that needs nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import streamlit as st

from core.comparison.report import report_of
from core.comparison.tables import tables_of, value_table
from core.stores.comparisons import Comparison
from pages.shared.frame import get_studio

_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def draw_downloads(kept: Comparison) -> None:
    """The downloads; a file is made when it is asked for."""
    forms: tuple[tuple[str, str, str, Callable[[], bytes]], ...] = (
        ("Excel (four sheets)", "xlsx", _EXCEL, lambda: excel_of(kept.comparison_id)),
        ("CSV of all values", "csv", "text/csv", lambda: csv_of(kept.comparison_id)),
        ("Report (HTML)", "html", "text/html", lambda: html_of(kept.comparison_id)),
    )
    with st.popover("Download", icon=":material/download:", key="compare_download"):
        for title, suffix, media_type, make in forms:
            st.download_button(
                title,
                make,
                file_name=f"comparison-{date.today().isoformat()}.{suffix}",
                mime=media_type,
                key=f"compare_as_{suffix}",
                on_click="ignore",
                width="stretch",
            )


def excel_of(comparison_id: str) -> bytes:
    """Recipes, readings, values and findings, a sheet each."""
    comparator = get_studio().comparison
    kept = comparator.get(comparison_id)
    documents = comparator.documents(kept)
    return get_studio().export_tables(tables_of(kept, documents, comparator.totals(kept, documents)), "xlsx")


def csv_of(comparison_id: str) -> bytes:
    """The values as each recipe has them."""
    comparator = get_studio().comparison
    kept = comparator.get(comparison_id)
    return get_studio().export_table(value_table(kept, comparator.documents(kept)), "csv")


def html_of(comparison_id: str) -> bytes:
    """Everything in one file that needs no network."""
    comparator = get_studio().comparison
    kept = comparator.get(comparison_id)
    documents = comparator.documents(kept)
    return report_of(kept, documents, comparator.totals(kept, documents))
