"""Drawing on the page: a box, a field, and the words inside fill it with that box as their evidence."""

from __future__ import annotations

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.errors import StudioError
from core.evidence import Box, Evidence
from core.extraction import Extraction, PageRef
from core.models import header_fields, item_fields, item_path, value_at
from core.review.edits import tidy, title_of
from core.review.trust import doubtful_paths
from pages.shared import keys
from pages.shared.frame import get_studio, plain
from pages.shared.pictures import draw as draw_picture
from pages.shared.session import ask_focus, get_edits, keep_edits
from pages.shared.viewer import page_sizes

#: Pixels across the canvas at each zoom.
WIDTHS = {"100 %": 560, "150 %": 840, "200 %": 1120}


def draw_canvas(run_id: str, extraction: Extraction, current: Extraction) -> None:
    """Draw the page as a canvas. ``extraction`` is what was extracted, ``current`` what now stands."""
    from streamlit_drawable_canvas import st_canvas

    with st.container(horizontal=True, vertical_alignment="bottom", key="draw_bar"):
        path = _choose_field(current)
        page = _choose_page(extraction)
        zoom = st.selectbox("Zoom", list(WIDTHS), key="draw_zoom", width=100)
        fill = st.empty()
    width, (across, down) = WIDTHS[zoom], page_sizes(extraction)[page.number]
    hint = st.container(key="draw_hint")
    result = st_canvas(
        background_image=draw_picture(extraction.document, page.number, page.rotation, width),
        width=width,
        height=round(width * down / across),
        drawing_mode="labeled_rect",
        label=title_of(path),
        font_size=13,
        stroke_width=2,
        stroke_color="#0f6b66",
        fill_color="rgba(15, 107, 102, 0.14)",
        key=f"canvas_{run_id[:8]}_{page.number}_{width}_{st.session_state.setdefault(keys.CANVAS_ROUND, 0)}",
        max_display_height=720,
    )
    if result.boxes:
        box = box_on_page(result.boxes[-1], across / width)
        _draw_found(run_id, path, _read(run_id, page, box, extraction), extraction, hint, fill)
    else:
        hint.markdown(":material/draw: Draw a box around the words that belong into this field.")


def box_on_page(drawn: dict[str, Any], scale: float) -> Box:
    """A canvas box in page units; ``scale`` is page units a canvas pixel."""
    left, top = drawn["left"], drawn["top"]
    return Box(left * scale, top * scale, (left + drawn["width"]) * scale, (top + drawn["height"]) * scale)


def _choose_field(current: Extraction) -> str:
    lines = len(current.invoice.line_items) + 1
    paths = [info.name for info in header_fields()]
    paths += [item_path(index, info.name) for index in range(lines) for info in item_fields()]
    if st.session_state.get(keys.DRAW_FIELD) not in paths:
        wanting = [path for path in doubtful_paths(current) if path in paths]
        empty = [path for path in paths if value_at(current.invoice, path) is None]
        st.session_state[keys.DRAW_FIELD] = (wanting or empty or paths)[0]
    return st.selectbox("Field", paths, format_func=title_of, key=keys.DRAW_FIELD, width=220)


def _choose_page(extraction: Extraction) -> PageRef:
    pages = {ref.number: ref for ref in extraction.pages}
    if len(pages) == 1:
        return extraction.pages[0]
    if st.session_state.get(keys.DRAW_PAGE) not in pages:
        st.session_state[keys.DRAW_PAGE] = next(iter(pages))
    return pages[st.selectbox("Page", list(pages), key=keys.DRAW_PAGE, width=90)]


def _read(run_id: str, page: PageRef, box: Box, extraction: Extraction) -> Evidence | str:
    """The words in the box, or the sentence that says why there are none; read once a box."""
    held: dict[tuple[str, PageRef, Box], Evidence | str] = st.session_state.setdefault(keys.REGIONS, {})
    place = (run_id, page, box)
    if place not in held:
        studio = get_studio()
        try:
            with st.spinner("Reading the box …"):
                found = studio.read_region(studio.document(extraction.document), page, box, extraction)
            held[place] = found or "No words were found in this box: draw it a little larger."
        except StudioError as error:
            held[place] = str(error)
    return held[place]


def _draw_found(
    run_id: str, path: str, found: Evidence | str, extraction: Extraction, hint: DeltaGenerator, fill: DeltaGenerator
) -> None:
    if isinstance(found, str):
        hint.markdown(f":orange[:material/error: {plain(found)}]")
        return
    hint.markdown(f"In the box: “{plain(found.text)}”")
    fill.button(
        f"Fill {title_of(path).lower()}",
        key="fill",
        icon=":material/input:",
        on_click=_fill,
        args=(run_id, path, found, extraction),
    )


def _fill(run_id: str, path: str, found: Evidence, extraction: Extraction) -> None:
    studio, edits = get_studio(), get_edits(run_id)
    text = tidy(path, " ".join(found.text.split("\n")), lambda at, typed: studio.parse_value(at, typed, extraction))
    edits.set_text(extraction.invoice, path, text, found)
    keep_edits(run_id, edits)
    st.session_state[keys.CANVAS_ROUND] += 1
    st.session_state.pop(keys.DRAW_FIELD, None)
    if not path.startswith("line_items."):
        ask_focus(path)
