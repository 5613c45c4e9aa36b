"""Every miss in a list; the one chosen beside its page, with truth and value and where both stand."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import streamlit as st

from core.accuracy import CAUSES, Evaluated, Measured, Miss, Place
from core.errors import StudioError
from pages.accuracy_parts.state import Shown
from pages.accuracy_parts.tables import field_title, miss_row, percent_columns, titles_in
from pages.shared import keys
from pages.shared.frame import get_studio, plain
from pages.shared.pictures import address

#: Pixels of the page's picture, whole and cut out.
_WHOLE, _CUT = 1100, 1800
#: How much of the page a cut shows around a place: shares of its width and height.
_AROUND_X, _AROUND_Y = 0.12, 0.03
#: Rows of the list that are in sight, and its height in pixels where it has more.
_MOST_ROWS, _HEIGHT = 15, 560
#: Columns that have to be in sight beside the page, in pixels.
_WIDTHS = {
    title: st.column_config.TextColumn(width=width)
    for title, width in (("Field", 118), ("Truth", 138), ("Value", 138), ("Cause", 94), ("Case", 110))
}
_ALL = "All"

Found = tuple[Measured, Miss]


def draw_misses(shown: Shown) -> None:
    """The list on the left, the chosen miss on the right."""
    found = [(one, miss) for one in shown.result.documents for miss in one.misses]
    if not found:
        st.success("Nothing was missed.", icon=":material/task_alt:")
        return
    left, right = st.columns([11, 10], gap="medium")
    with left:
        listed = _draw_filters(found, titles_in(shown.result))
        chosen = _draw_list(listed, shown.result.evaluation_id)
    if chosen is not None:
        with right, st.container(key="accuracy_miss"):
            _draw_miss(shown.result, *chosen)


def _draw_filters(found: list[Found], titles: Mapping[str, str]) -> list[Found]:
    fields = list(dict.fromkeys(miss.name for _, miss in found))
    causes = [cause for cause in CAUSES if any(miss.cause == cause for _, miss in found)]
    cases = list(dict.fromkeys(one.case_id for one, _ in found))
    with st.container(horizontal=True, gap="small", key="accuracy_filters"):
        field = st.selectbox(
            "Field",
            [_ALL, *fields],
            format_func=lambda name: name if name == _ALL else field_title(name, titles),
            key=keys.MISS_FIELD,
        )
        cause = st.selectbox("Cause", [_ALL, *causes], key=keys.MISS_CAUSE)
        case = st.selectbox("Document", [_ALL, *cases], key=keys.MISS_CASE)
    return [
        (one, miss)
        for one, miss in found
        if field in (_ALL, miss.name) and cause in (_ALL, miss.cause) and case in (_ALL, one.case_id)
    ]


def _draw_list(listed: list[Found], evaluation_id: str) -> Found | None:
    if not listed:
        st.markdown("No miss matches these filters.")
        return None
    rows = [miss_row(one, miss) for one, miss in listed]
    filters = "-".join(str(st.session_state.get(key)) for key in (keys.MISS_FIELD, keys.MISS_CAUSE, keys.MISS_CASE))
    picked: Any = st.dataframe(
        rows,
        hide_index=True,
        key=f"accuracy_misses_{evaluation_id}_{filters}",
        height="content" if len(rows) <= _MOST_ROWS else _HEIGHT,
        on_select="rerun",
        selection_mode=["single-row", "single-cell"],
        column_order=("Field", "Truth", "Value", "Cause", "Case", "Confidence"),
        column_config={**percent_columns(rows), **_WIDTHS},
    )
    places = [row for row, _ in picked.selection.cells] or picked.selection.rows
    count = len(listed)
    st.caption(f"{count:,} miss{'' if count == 1 else 'es'} · choose one to see it on its page")
    return listed[places[0]] if places and places[0] < len(listed) else listed[0]


def _draw_miss(result: Evaluated, one: Measured, miss: Miss) -> None:
    row = miss_row(one, miss)
    st.markdown(f"##### {plain(row['Field'])} · {plain(one.case_id)}")
    truth, value = st.columns(2, gap="small")
    with truth:
        st.html(_words("Truth", miss.truth, "Not on the page", "truth"))
    with value:
        st.html(_words("Value", miss.value, "None was given", "value"))
    sure = "" if miss.confidence is None else f" The studio was {100 * miss.confidence:.0f} % sure of its value."
    st.markdown(f"**{miss.cause.capitalize()}.** {plain(CAUSES[miss.cause])}{sure}")
    try:
        document = _document(result, one)
    except StudioError as error:
        st.warning(plain(str(error)), icon=":material/hide_image:")
        return
    if miss.truth is not None and miss.stands is None:
        st.caption("The truth was not found among the words that were read.")
    _draw_cut(document, "The truth stands here", miss.stands, "truth")
    _draw_cut(document, "The value was taken here", miss.taken, "value")
    _draw_page(document, miss)


def _words(title: str, text: str | None, missing: str, kind: str) -> str:
    body = f"<b>{escape(text)}</b>" if text is not None else f"<i>{escape(missing)}</i>"
    return f'<div class="miss-words {kind}"><span>{title}</span>{body}</div>'


def _document(result: Evaluated, one: Measured) -> str:
    """The document's SHA-256, once the studio has it at hand. Raises StudioError."""
    studio = get_studio()
    if one.document is None:
        data, name = studio.accuracy.bytes_of(result, one.case_id)
        return studio.open(data, name).sha256
    try:
        studio.document(one.document)
    except StudioError:
        data, name = studio.accuracy.bytes_of(result, one.case_id)
        studio.open(data, name)
        studio.document(one.document)
    return one.document


def _draw_cut(document: str, title: str, place: Place | None, kind: str) -> None:
    """The part of the page around a place."""
    if place is None:
        return
    x0, y0 = (max(min(box[side] for box in place.boxes) - room, 0) for side, room in ((0, _AROUND_X), (1, _AROUND_Y)))
    x1, y1 = (min(max(box[side] for box in place.boxes) + room, 1) for side, room in ((2, _AROUND_X), (3, _AROUND_Y)))
    wide, high = x1 - x0, y1 - y0
    at = f"left:{-100 * x0 / wide:.3f}%;top:{-100 * y0 / high:.3f}%;width:{100 / wide:.3f}%;height:{100 / high:.3f}%"
    words = f": “{plain(place.words)}”" if place.words else ""
    st.caption(f"{title}, page {place.page}{words}")
    st.html(
        f'<div class="miss-cut" style="aspect-ratio:{wide / (high * place.ratio):.4f}"><div style="{at}">'
        f"{_picture(document, place, _CUT)}{_boxes(place, kind)}</div></div>"
    )


def _draw_page(document: str, miss: Miss) -> None:
    place = miss.stands or miss.taken
    if place is None:
        return
    both = [(each, kind) for each, kind in ((miss.stands, "truth"), (miss.taken, "value")) if each]
    boxes = "".join(_boxes(each, kind) for each, kind in both if each.page == place.page)
    with st.expander(f"The whole page {place.page}", key="accuracy_whole_page"):
        st.html(
            f'<div class="miss-page" style="aspect-ratio:{1 / place.ratio:.4f}">'
            f"{_picture(document, place, _WHOLE)}{boxes}</div>"
        )


def _picture(document: str, place: Place, width: int) -> str:
    return f'<img alt="The page" src="{escape(address(document, place.page, place.rotation))}?w={width}">'


def _boxes(place: Place, kind: str) -> str:
    return "".join(
        f'<i class="{kind}" style="left:{100 * x0:.3f}%;top:{100 * y0:.3f}%;'
        f'width:{100 * (x1 - x0):.3f}%;height:{100 * (y1 - y0):.3f}%"></i>'
        for x0, y0, x1, y1 in place.boxes
    )
