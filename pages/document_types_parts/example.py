"""An example to draw the fields on: a box around a value names its field, a box around a table its columns."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

import streamlit as st

from core.declared.definition import FieldDefinition
from core.declared.example import NothingThere, name_for, propose_field, propose_table
from core.errors import StudioError, TypeDefinitionError
from core.evidence import Box, PageText
from core.extraction import Extraction, PageRef
from core.review.edits import as_text
from pages.document_types_parts.trial import try_draft, words_of
from pages.document_types_parts.type_draft import DRAWN, EXAMPLE, TypeDraft
from pages.shared.desk import OpenDocument
from pages.shared.frame import plain
from pages.shared.intake import draw_drop_zone, draw_troubles
from pages.shared.session import get_desk
from pages.shared.viewer import draw_example_pages

_VALUE, _TABLE, _COLUMN = "A value", "A table", "A column"
#: An example shows so many of its pages.
_MOST_PAGES = 10


def draw_example(draft: TypeDraft) -> None:
    """The example's pages on the left, what was drawn and what it reads there on the right."""
    draw_troubles()
    documents = [document for document in get_desk().documents if document.page_count]
    if not documents:
        wanted = f"the value that {draft.base.title} lacks" if draft.base else "each value that you want"
        st.markdown(f"**Drop one document of this kind**: draw a box around {plain(wanted)}.")
        draw_drop_zone("An example")
        return
    document = _choose(documents)
    side, main = st.columns([7, 5], gap="large")
    try:
        pages = words_of(document)
        found = _tried(draft, document)
        with side:
            mode = _draw_pages(draft, document, pages, found)
    except StudioError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    with main:
        _draw_drawn(draft, found, mode)


def _choose(documents: list[OpenDocument]) -> OpenDocument:
    names = {document.sha256: document.name for document in documents}
    with st.container(horizontal=True, vertical_alignment="bottom", key="type_example_bar"):
        last = st.session_state.get(EXAMPLE)
        chosen = st.selectbox(
            "Example",
            list(names),
            index=list(names).index(last) if last in names else len(names) - 1,
            format_func=names.__getitem__,
            key="type_example",
            width=320,
        )
        with st.popover("Another document", icon=":material/add:", key="type_add_example"):
            draw_drop_zone("Another example")
    st.session_state[EXAMPLE] = chosen
    return next(document for document in documents if document.sha256 == chosen)


def _tried(draft: TypeDraft, document: OpenDocument) -> Extraction | None:
    """What the draft reads on the example; ``None`` while it is not sound."""
    try:
        return try_draft(document, draft.definition())
    except TypeDefinitionError:
        return None


def _draw_pages(draft: TypeDraft, document: OpenDocument, pages: tuple[PageText, ...], found: Extraction | None) -> str:
    modes = [_VALUE, _TABLE] if draft.base is None else [_VALUE, *([_COLUMN] if draft.base.tables else [])]
    mode = st.segmented_control(
        "What the next box is around",
        modes,
        default=_VALUE,
        required=True,
        key="type_draw_mode" if draft.base is None else "type_draw_mode_added",
    )
    refs = [PageRef(page, document.rotations.get(page, 0)) for page in range(1, document.page_count + 1)]
    note = st.session_state.get(DRAWN)
    draw_example_pages(
        f"type-{draft.name}-{document.sha256}",
        document.sha256,
        refs[:_MOST_PAGES],
        found,
        {_TABLE: "the table’s columns", _COLUMN: "a column with its head"}.get(str(mode), "a new field"),
        note if note and note["document"] == document.sha256 else None,
        lambda drawn: _take(draft, document, pages, mode, drawn),
    )
    return str(mode)


def _take(draft: TypeDraft, document: OpenDocument, pages: tuple[PageText, ...], mode: str, drawn: Any) -> None:
    """Propose what stands in the box that was drawn; what is no box of this document is not taken."""
    try:
        number = int(drawn["page"])
        page = next(text for text in pages if text.page == number)
        x0, y0, x1, y1 = (min(max(float(part), 0.0), 1.0) for part in drawn["at"])
    except (KeyError, TypeError, ValueError, StopIteration):
        return
    box = Box(x0 * page.width, y0 * page.height, x1 * page.width, y1 * page.height)
    try:
        if mode == _COLUMN and draft.base and (table := draft.base.main_table):
            drawn_columns = propose_table(pages, number, box, draft.names()).columns
            draft.add_columns(table, _unlike(drawn_columns, draft.column_names(table.name)))
        elif mode == _TABLE:
            draft.add_table(propose_table(pages, number, box, draft.names()))
        else:
            draft.add_field(propose_field(pages, number, box, draft.names()))
        words = ""  # what it became stands beside the page; a note would cover the next value
    except NothingThere as error:
        words = str(error)
    count = (st.session_state.get(DRAWN) or {}).get("nonce", 0) + 1
    st.session_state[DRAWN] = {
        "document": document.sha256,
        "nonce": count,
        "page": number,
        "at": [x0, y0, x1, y1],
        "words": words,
        "undo": False,
    }


def _unlike(columns: Sequence[FieldDefinition], taken: Collection[str]) -> list[FieldDefinition]:
    """Columns by names that nobody has; a person says which of them a row must have."""
    return [column.model_copy(update={"name": name_for(column.title, taken), "required": False}) for column in columns]


def _draw_drawn(draft: TypeDraft, found: Extraction | None, mode: str) -> None:
    """The fields so far, each with what it reads on the example."""
    parts = draft.parts["fields"]
    if not parts and not draft.parts["tables"]:
        st.info("Draw a box around a value on the page. Its field is named by the words beside or above it.")
        if draft.base is not None:
            st.caption("What is marked on the page is read already.")
        return
    st.markdown("##### What it reads here")
    for number, part in enumerate(parts):
        value = as_text(found.value_at(part["name"])) if found else ""
        with st.container(key=f"type_read_{number}"):
            title, read, out = st.columns([5, 7, 1], vertical_alignment="center", gap="xsmall")
            title.markdown(f"**{plain(part['title'])}**  \n:small[:gray[{part['kind']}]]")
            read.markdown(plain(value) if value else ":gray[not found]")
            _draw_drop(out, f"type_drop_{number}", part["title"], draft.drop, (part["name"],))
    for table in draft.parts["tables"]:
        _draw_rows(table, found)
        for number, column in enumerate(table["columns"] if draft.base else ()):
            with st.container(key=f"type_column_{number}"):
                title, out = st.columns([12, 1], vertical_alignment="center", gap="xsmall")
                title.markdown(f"**{plain(column['title'])}** :small[:gray[{column['kind']}]]")
                drop = (draft.base.table(table["name"]), column["name"]) if draft.base else ()
                _draw_drop(out, f"type_drop_column_{number}", column["title"], draft.drop_column, drop)
    st.caption(f"Titles, kinds and words are changed under {'Yours' if draft.base else 'Fields'}.")


def _draw_drop(place: Any, key: str, title: str, drop: Callable[..., None], about: tuple[Any, ...]) -> None:
    help_ = f"Take out {title}"
    place.button("", key=key, icon=":material/close:", type="tertiary", help=help_, on_click=drop, args=about)


def _draw_rows(table: dict[str, Any], found: Extraction | None) -> None:
    rows = found.type.rows(found.values, found.type.table(table["name"])) if found else ()
    st.markdown(f"**{plain(table['title'])}** · {len(rows)} {'row' if len(rows) == 1 else 'rows'}")
    columns = {column["name"]: column["title"] for column in table["columns"]}
    shown = [{title: as_text(getattr(row, name)) for name, title in columns.items()} for row in rows]
    if shown:
        st.dataframe(shown, hide_index=True, width="stretch")
