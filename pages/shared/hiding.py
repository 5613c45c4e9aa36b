"""What is hidden before a document is sent to a model: kinds of data and names in every document, places in this one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from core.errors import StudioError
from core.evidence import Box
from core.recipe import Redaction
from core.redaction import KINDS
from pages.shared import keys
from pages.shared.choices import keep
from pages.shared.desk import OpenDocument
from pages.shared.drawing import box_on_page
from pages.shared.frame import get_studio
from pages.shared.pictures import draw as draw_picture

#: Pixels across the page on which places are drawn.
_WIDTH = 640
#: Pixels of the page that are seen at once: what is below can be scrolled to, and Keep stays on the screen.
_SHOWN_HEIGHT = 440
_LABEL = "hidden"
_INK: dict[str, Any] = {"stroke_color": "#000000", "stroke_width": 1, "fill_color": "rgba(0, 0, 0, 0.75)"}


def draw_hiding(document: OpenDocument) -> None:
    """How much is hidden, and where that is chosen."""
    hidden = hidden_in(document)
    chosen = get_studio().defaults.redaction.joined(hidden)
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
        places = len(hidden.boxes)
        st.caption(f"{places} place{'' if places == 1 else 's'} hidden." if places else "No place is hidden.")
        if st.button("Draw places", key="hide_draw", icon=":material/ink_eraser:", disabled=not document.page_count):
            _ask_places(document)


def hidden_in(document: OpenDocument) -> Redaction:
    """The places of a document that are hidden, on its pages as they are turned now."""
    try:
        return get_studio().hidden(document.sha256, document.rotations)
    except StudioError:  # the page itself says what is wrong with the document
        return Redaction()


def _keep() -> None:
    typed = st.session_state
    names = tuple(dict.fromkeys(" ".join(name.split()) for name in typed["hide_names"] if name.strip()))
    redaction = Redaction(kinds=tuple(typed["hide_kinds"]), names=names)
    keep("", redaction=redaction)


@dataclass(slots=True)
class _Drawing:
    """What is drawn in the dialog and not kept yet: the places of every page (in page units), and what the canvas of the
    page that is shown began with. ``round`` counts the canvases: each has its own state."""

    boxes: tuple[tuple[int, float, float, float, float], ...]
    page: int = 0
    initial: dict[str, Any] = field(default_factory=dict)
    round: int = 0

    def show(self, page: int, scale: float) -> None:
        """Begin a canvas with what is drawn on ``page``, unless it is the one that is shown."""
        if page != self.page:
            self.page, self.round = page, self.round + 1
            self.initial = _drawing([box[1:] for box in self.boxes if box[0] == page], scale)

    def take(self, drawn: list[Box]) -> None:
        """Take over what stands on the canvas of the page that is shown."""
        others = tuple(box for box in self.boxes if box[0] != self.page)
        self.boxes = (*others, *((self.page, *box) for box in drawn))


def _ask_places(document: OpenDocument) -> None:
    st.session_state[keys.HIDE_DRAFT] = _Drawing(hidden_in(document).boxes)

    @st.dialog("Places that are hidden", width="large")
    def ask() -> None:
        _draw_places(document)

    ask()


def _draw_places(document: OpenDocument) -> None:
    from streamlit_drawable_canvas import st_canvas

    draft: _Drawing = st.session_state[keys.HIDE_DRAFT]
    pages = list(range(1, document.page_count + 1))
    page = st.selectbox("Page", pages, key="hide_page", width=100) if len(pages) > 1 else 1
    turned = get_studio().document(document.sha256).page(page, document.rotations.get(page, 0))
    scale = turned.width / _WIDTH
    draft.show(page, scale)
    st.caption(
        "Draw a box over each place. To take one away, press the pencil above the page, click the box, then the × there."
    )
    st.space("small")  # the canvas' own buttons stand above it
    result = st_canvas(
        background_image=draw_picture(document.sha256, page, document.rotations.get(page, 0), _WIDTH),
        width=_WIDTH,
        height=round(turned.height / scale),
        drawing_mode="labeled_rect",
        label=_LABEL,
        font_size=12,
        initial_drawing=draft.initial,
        **_INK,
        key=f"hide_canvas_{document.sha256[:8]}_{page}_{draft.round}",
        max_display_height=_SHOWN_HEIGHT,
    )
    draft.take([box_on_page(box, scale) for box in result.boxes])
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Keep", key="hide_keep", type="primary"):
            get_studio().hide(document.sha256, Redaction(boxes=draft.boxes), document.rotations)
            st.rerun()
        count = len(draft.boxes)
        if len(pages) > 1 and count:
            st.caption(f"{count} place{'' if count == 1 else 's'} drawn on all pages.")


def _drawing(places: list[tuple[float, float, float, float]], scale: float) -> dict[str, Any]:
    """The places of a page (in page units) as the canvas draws boxes, in its pixels."""
    from streamlit_drawable_canvas import boxes_to_drawing

    boxes = [
        {
            "left": x0 / scale,
            "top": y0 / scale,
            "width": (x1 - x0) / scale,
            "height": (y1 - y0) / scale,
            "label": _LABEL,
        }
        for x0, y0, x1, y1 in places
    ]
    drawing: dict[str, Any] = boxes_to_drawing(boxes, **_INK)
    return drawing
