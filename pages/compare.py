"""The Compare page: documents x recipes, side by side, judged and voted on."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.errors import RecordMissing, StudioError
from core.stores.comparisons import Comparison
from pages.compare_parts.document import draw_document
from pages.compare_parts.matrix import draw_live, draw_matrix, is_active
from pages.compare_parts.recipes import draw_recipes
from pages.compare_parts.setup import draw_setup
from pages.compare_parts.sources import draw_troubles
from pages.compare_parts.state import open_comparison, opened_comparison, opened_row
from pages.shared import keys
from pages.shared.frame import get_studio, plain
from pages.shared.session import get_desk, keep_desk

_STYLE = Path(__file__).parent / "compare_parts" / "style.css"


def draw_page() -> None:
    """Draw the comparison that is open, else the choice of what to compare."""
    st.html(_STYLE)
    wanted = opened_comparison()
    try:
        kept = get_studio().comparison.get(wanted) if wanted else None
    except RecordMissing as error:
        open_comparison(None)
        st.warning(plain(str(error)), icon=":material/history:")
        kept = None
    except StudioError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    if kept is None:
        draw_setup()
    else:
        draw_troubles()
        _draw_comparison(kept)


def _draw_comparison(kept: Comparison) -> None:
    desk = get_desk()
    desk.note_comparison(kept.comparison_id, {row["document"]: row["name"] for row in kept.rows})
    keep_desk(desk)
    comparator = get_studio().comparison
    cells = comparator.cells(kept)
    active = is_active(cells)
    draw_live(kept.comparison_id, active)
    documents, recipes = st.tabs(["Documents", "Recipes"], key=keys.COMPARE_TABS, on_change="rerun")
    if documents.open:
        with documents:
            draw_matrix(kept.comparison_id, active)
            row = opened_row(len(kept.rows))
            compared = comparator.document(kept, row, cells, comparator.votes(kept))
            draw_document(kept, row, compared)
    if recipes.open:
        with recipes:
            draw_recipes(kept, comparator.documents(kept, cells))


draw_page()
