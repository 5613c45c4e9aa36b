"""What is hidden before a document is sent to a model: kinds of data and names in every document, places in this one."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.recipe import Redaction
from core.redaction import KINDS
from pages.parts.desk import OpenDocument
from pages.parts.drawing import box_on_page
from pages.parts.frame import get_studio, plain
from pages.parts.pictures import draw as draw_picture

#: Pixels across the page on which places are drawn.
_WIDTH = 640
_INK: dict[str, Any] = {"stroke_color": "#000000", "stroke_width": 1, "fill_color": "rgba(0, 0, 0, 0.75)"}


def draw_hiding(document: OpenDocument) -> None:
    """How much is hidden, and where that is chosen."""
    chosen = get_studio().defaults.redaction.joined(document.hidden)
    count = len(chosen.kinds) + len(chosen.names) + len(chosen.boxes)
    title = f"Hidden: {count}" if count else "Hide something"
    with st.popover(title, icon=":material/visibility_off:", key="hide"):
        st.caption(
            "What is hidden is replaced by a placeholder in the text and painted over in the picture before anything is "
            "sent. In the reply your values are put back here."
        )
        st.markdown("**In every document**")
        redaction = get_studio().defaults.redaction
        st.multiselect(
            "Kinds of data",
            list(KINDS),
            default=[kind for kind in redaction.kinds if kind in KINDS],
            format_func=lambda kind: KINDS[kind][0],
            key="hide_kinds",
            on_change=_keep,
        )
        st.multiselect(
            "Names and other words",
            list(redaction.names),
            default=list(redaction.names),
            accept_new_options=True,
            placeholder="Type a name and press Enter",
            key="hide_names",
            on_change=_keep,
        )
        st.markdown("**In this document**")
        places = len(document.hidden.boxes)
        st.caption(f"{places} place{'' if places == 1 else 's'} hidden." if places else "No place is hidden.")
        if st.button("Draw places", key="hide_draw", icon=":material/ink_eraser:", disabled=not document.page_count):
            _ask_places(document)


def _keep() -> None:
    typed = st.session_state
    names = tuple(dict.fromkeys(" ".join(name.split()) for name in typed["hide_names"] if name.strip()))
    redaction = Redaction(kinds=tuple(typed["hide_kinds"]), names=names)
    studio = get_studio()
    studio.configure(studio.defaults.model_copy(update={"redaction": redaction}))


def _ask_places(document: OpenDocument) -> None:
    @st.dialog("Places that are hidden", width="large")
    def ask() -> None:
        _draw_places(document)

    ask()


def _draw_places(document: OpenDocument) -> None:
    from streamlit_drawable_canvas import boxes_to_drawing, st_canvas

    pages = list(range(1, document.page_count + 1))
    page = st.selectbox("Page", pages, key="hide_page", width=100) if len(pages) > 1 else 1
    turned = get_studio().document(document.sha256).page(page, document.rotations.get(page, 0))
    scale = turned.width / _WIDTH
    st.caption("Draw a box over each place. To take one away, choose it with the arrow and press Delete.")
    mode = st.segmented_control(
        "Tool",
        ["labeled_rect", "transform"],
        default="labeled_rect",
        format_func={
            "labeled_rect": ":material/ink_eraser: Hide",
            "transform": ":material/arrow_selector_tool: Change",
        }.__getitem__,
        key="hide_mode",
        label_visibility="collapsed",
        required=True,
    )
    result = st_canvas(
        background_image=draw_picture(document.sha256, page, document.rotations.get(page, 0), _WIDTH),
        width=_WIDTH,
        height=round(turned.height / scale),
        drawing_mode=mode or "labeled_rect",
        label="hidden",
        font_size=12,
        initial_drawing=boxes_to_drawing(_on_canvas(document.hidden, page, scale), **_INK),
        **_INK,
        key=f"hide_canvas_{document.sha256[:8]}_{page}",
        max_display_height=560,
    )
    if st.button("Keep", key="hide_keep", type="primary"):
        drawn = [box_on_page(box, scale) for box in result.boxes or ()]
        others = [box for box in document.hidden.boxes if box[0] != page]
        document.hidden = Redaction(boxes=(*others, *((page, *box) for box in drawn)))
        st.rerun()
    if document.hidden.boxes:
        st.caption(plain(f"{len(document.hidden.boxes)} kept so far, on all pages."))


def _on_canvas(hidden: Redaction, page: int, scale: float) -> list[dict[str, Any]]:
    """The places of a page as the canvas draws boxes, in its pixels."""
    return [
        {"left": x0 / scale, "top": y0 / scale, "width": (x1 - x0) / scale, "height": (y1 - y0) / scale}
        for number, x0, y0, x1, y1 in hidden.boxes
        if number == page
    ]
