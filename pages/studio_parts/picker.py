"""The page picker: thumbnails, a range, turns, and groups of pages that are one document each."""

from __future__ import annotations

import math
from collections.abc import Sequence

import streamlit as st

from core.documents import parse_page_range
from core.errors import PageRangeError, StudioError
from core.extraction import PageRef
from core.recognition.parts import Part
from pages.shared import keys
from pages.shared.desk import Desk, OpenDocument, range_text
from pages.shared.frame import plain
from pages.shared.intake import refuse
from pages.shared.pictures import draw as draw_picture
from pages.shared.recipe_choice import draw_recipe, draw_recognised, draw_sending, draw_type, unreadable
from pages.shared.recognised import parts_of, title_of, titles_of_types, type_of
from pages.shared.session import is_echo, set_widget
from pages.shared.starting import start
from pages.studio_parts.split_offer import draw_split_offer, pages_of

#: Thumbnails shown at once: a document of hundreds of pages draws no more than these.
WINDOW = 12
THUMBNAIL_WIDTH = 220


def draw_picker(desk: Desk, document: OpenDocument) -> None:
    """Choose pages, then extract."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="picker_bar"):
        _draw_range(document)
        st.button("All pages", key="all_pages", on_click=_set_all, args=(document,), disabled=document.page_count < 2)
        if document.page_count > 1 and len(document.groups) == 1:
            st.button(
                "Split",
                key="split",
                icon=":material/call_split:",
                on_click=document.add_group,
                help="This file holds several documents: choose the pages of each.",
            )
        st.space("stretch")
        draw_type(document)
        draw_recipe(document)
        _draw_start(desk, document)
    if parts := parts_of(document):
        draw_split_offer(document, parts, lambda: _split(document, parts))
    else:
        draw_recognised(document)
    draw_sending(document)
    if sentence := st.session_state.get(keys.RANGE_ERROR):
        st.markdown(f":red[:material/error: {plain(sentence)}]")
    if len(document.groups) > 1:
        _draw_groups(document)
    _draw_thumbnails(document)
    if page := st.session_state.pop(keys.LOOK, None):
        _show_large(document, page)


def _draw_start(desk: Desk, document: OpenDocument) -> None:
    empty = document.page_count > 0 and any(not group.pages for group in document.groups)
    waiting = [each for each in desk.documents if each.picking]
    if len(waiting) > 1:
        st.button(f"Extract all {len(waiting)} files", key="extract_all", on_click=_extract, args=(waiting, document))
    count = len(document.groups)
    why = "Choose at least one page for every document." if empty else plain(unreadable(document))
    st.button(
        "Extract" if count == 1 else f"Extract {count} documents",
        key="extract",
        type="primary",
        icon=":material/play_arrow:",
        disabled=bool(why),
        help=why or None,
        on_click=_extract,
        args=([document], document),
    )


def _extract(documents: list[OpenDocument], shown: OpenDocument) -> None:
    for document in documents:
        try:
            start(document)
        except StudioError as error:
            refuse(f"{document.name}: {error}")


def _draw_range(document: OpenDocument) -> None:
    group = document.group
    text = range_text(group.pages)
    typed = st.session_state.get(keys.RANGE)
    kept = typed is not None and _pages_of(typed, document) in (group.pages, None)
    set_widget(keys.RANGE, typed if kept else text)
    label = "Pages" if len(document.groups) == 1 else f"Pages of document {document.active + 1}"
    st.text_input(
        label,
        key=keys.RANGE,
        placeholder="1-3,5",
        on_change=_set_range,
        args=(document,),
        width=120,
        disabled=document.page_count == 0,
    )


def _pages_of(text: str, document: OpenDocument) -> list[int] | None:
    """The pages that a range names; ``None`` where it cannot be understood."""
    try:
        return list(parse_page_range(text, document.page_count)) if text.strip() else []
    except PageRangeError:
        return None


def _set_range(document: OpenDocument) -> None:
    if keys.RANGE not in st.session_state or is_echo(keys.RANGE):  # of a document that is no longer shown
        return
    try:
        pages = list(parse_page_range(st.session_state[keys.RANGE], document.page_count))
        document.group.pages = pages
        st.session_state[keys.RANGE_ERROR] = None
        st.session_state[keys.THUMBS] = (pages[0] - 1) // WINDOW + 1
    except PageRangeError as error:
        st.session_state[keys.RANGE_ERROR] = str(error)


def _set_all(document: OpenDocument) -> None:
    document.group.pages = list(range(1, document.page_count + 1))
    _forget_range()


def _forget_range() -> None:
    st.session_state[keys.RANGE_ERROR] = None
    st.session_state.pop(keys.RANGE, None)


def _draw_groups(document: OpenDocument) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="groups_bar"):
        draw_group_choice(document)
        st.button("Add a document", key="split", icon=":material/add:", on_click=document.add_group)
        st.button("One document per page", key="split_by_page", on_click=document.split_by_page)
        if document.active > 0:
            st.button("Join with the one before", key="join_previous", on_click=_join, args=(document,))
        st.button("Remove this one", key="drop_group", type="tertiary", on_click=document.drop_group)
        st.button("Back to one document", key="join", type="tertiary", on_click=document.join_groups)
    st.caption("Each document is read on its own. Click pages to move them into the document that is chosen above.")


def draw_group_choice(document: OpenDocument) -> None:
    """Which document of the file is chosen or shown."""
    numbers = list(range(len(document.groups)))
    active = min(document.active, len(numbers) - 1)
    if st.session_state.get(keys.GROUP) != active:
        st.session_state[keys.GROUP] = active
    st.segmented_control(
        "Documents in this file",
        numbers,
        format_func=lambda number: _group_title(document, number),
        key=keys.GROUP,
        required=True,
        on_change=_choose_group,
        args=(document,),
        label_visibility="collapsed",
    )


def _group_title(document: OpenDocument, number: int) -> str:
    group = document.groups[number]
    pages = range_text(group.pages)
    title = titles_of_types().get(group.type_name) or (title_of(type_of(document, group)) if pages else "Document")
    return f"{number + 1} · {title} · {f'p. {pages}' if pages else 'no pages yet'}"


def _split(document: OpenDocument, parts: Sequence[Part]) -> None:
    document.split(pages_of(parts))
    _forget_range()


def _join(document: OpenDocument) -> None:
    document.join_to_previous()
    _forget_range()


def _choose_group(document: OpenDocument) -> None:
    document.active = st.session_state[keys.GROUP] or 0
    _forget_range()


def _draw_thumbnails(document: OpenDocument) -> None:
    if document.page_count == 0:
        st.info("This file is invoice XML: it has no pages to choose.", icon=":material/code:")
        return
    windows = math.ceil(document.page_count / WINDOW)
    window = min(st.session_state.get(keys.THUMBS) or 1, windows)
    first = (window - 1) * WINDOW + 1
    grid = st.grid(columns="auto", min_column_width=160, gap="small", key="thumb_grid")
    for page in range(first, min(first + WINDOW, document.page_count + 1)):
        with grid.cell(), st.container(key=f"thumb_{page}", gap="xxsmall"):
            _draw_thumbnail(document, page)
    if windows > 1:
        with st.container(horizontal=True, horizontal_alignment="center"):
            st.pagination(windows, key=keys.THUMBS)


def _draw_thumbnail(document: OpenDocument, page: int) -> None:
    try:
        st.image(_thumbnail(document.sha256, page, document.rotations.get(page, 0)), width="stretch")
    except StudioError as error:
        st.caption(plain(f"Page {page} cannot be shown: {error}"))
    st.button(
        "",
        key=f"look_{page}",
        icon=":material/zoom_in:",
        help=f"Look at page {page} in large",
        on_click=_look,
        args=(page,),
    )
    key = f"pick_{page}"
    chosen = page in document.group.pages
    set_widget(key, chosen)
    held = document.groups_of(page) if len(document.groups) > 1 else []
    with st.container(horizontal=True, vertical_alignment="center", gap=None):
        st.checkbox(f"Page {page}", key=key, on_change=_toggle, args=(document, page))
        st.space("stretch")
        for side, degrees in (("left", -90), ("right", 90)):
            st.button(
                "",
                key=f"turn_{side}_{page}",
                icon=f":material/rotate_{side}:",
                type="tertiary",
                help=f"Turn page {page} {side}",
                on_click=document.rotate,
                args=(page, degrees),
            )
    if held:
        st.caption(f"In document {', '.join(map(str, held))}")


def _look(page: int) -> None:
    st.session_state[keys.LOOK] = page


@st.dialog("Page in large", width="large")
def _show_large(document: OpenDocument, page: int) -> None:
    """The page large enough to be read, and its neighbours by turning."""
    from pages.shared.viewer import draw_pages

    last = min(page + WINDOW, document.page_count)
    pages = [PageRef(each, document.rotations.get(each, 0)) for each in range(page, last + 1)]
    try:
        draw_pages(f"large-{document.sha256}-{page}", document.sha256, pages, key="page_preview")
    except StudioError as error:
        st.error(plain(str(error)), icon=":material/error:")


def _toggle(document: OpenDocument, page: int) -> None:
    key = f"pick_{page}"
    ticked = st.session_state.get(key, page in document.group.pages)
    # The browser may send a box late, when the server has forgotten it: it then looks changed and is not.
    if is_echo(key) or ticked == (page in document.group.pages):
        return
    document.toggle(page)
    _forget_range()


@st.cache_data(show_spinner=False, max_entries=600)
def _thumbnail(sha256: str, page: int, rotation: int) -> bytes:
    return draw_picture(sha256, page, rotation, THUMBNAIL_WIDTH)
