"""The page view: the page's picture with a box around every value found, linked both ways with the form.

The link lives in the browser (``viewer.js``): lighting a box costs no rerun. Pictures come by address, so that a
rerun sends boxes only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from core.extraction import Extraction, PageRef
from core.review.stops import stops
from core.review.trust import trust
from core.schema.document_type import DocumentType, Table
from core.schema.fields import FieldInfo
from core.schema.path import is_cell
from pages.shared import keys
from pages.shared.drawing import draw_words, drawn_note, undo_words
from pages.shared.frame import get_studio
from pages.shared.lines import columns_shown, table_columns
from pages.shared.pictures import address, page_sizes
from pages.shared.questions import offered_places
from pages.shared.session import ask_focus, confirm, get_edits

_HERE = Path(__file__).parent


@cache
def _component() -> Any:
    """The browser side, registered once a process."""
    html, css, js = ((_HERE / f"viewer.{kind}").read_text(encoding="utf-8") for kind in ("html", "css", "js"))
    return st.components.v2.component("page_view", html=html, css=css, js=js)


def draw_viewer(run_id: str, extraction: Extraction, current: Extraction, focus: dict[str, Any] | None) -> str | None:
    """Draw what now stands (``current``) of what was extracted (``extraction``). ``focus`` asks the browser to go to a
    field; gives the path of a box that was clicked while its field was not on the screen (another tab is open)."""
    sizes = page_sizes(extraction)
    doubtful = [{"path": stop.path, "field": field_key(stop.path)} for stop in stops(current) if stop.path]
    result = _component()(
        key=keys.VIEWER,
        data={
            "id": run_id,
            "pages": [_page(extraction.document, ref, sizes[ref.number]) for ref in extraction.pages],
            "boxes": boxes_of(current),
            "doubtful": doubtful,
            "focus": focus,
            "tables": tables_of(
                current.type,
                keys.lines_editor(run_id, get_edits(run_id).revision),
                lambda table: columns_shown(run_id, extraction, table),
            ),
            "titles": titles_of(current.type),
            "others": offered_places(current),
            "draws": True,
            "drawn": drawn_note(run_id, extraction),
        },
        on_go_change=lambda: None,
        on_confirm_change=lambda: None,
        on_drawn_change=lambda: draw_words(run_id, extraction, st.session_state[keys.VIEWER]["drawn"]),
        on_undo_drawn_change=lambda: undo_words(run_id, extraction),
    )
    if isinstance(result.confirm, str):
        _confirm(run_id, current, result.confirm)
    return result.go if isinstance(result.go, str) else None


def draw_found(view_id: str, extraction: Extraction) -> None:
    """Draw the pages with the places of what is found on them, to look at and to go from a field to its place and back;
    nothing is drawn or confirmed here. Raises a StudioError when the document is not there."""
    sizes = page_sizes(extraction)
    get_studio().document(extraction.document)
    data = {
        "id": view_id,
        "pages": [_page(extraction.document, ref, sizes[ref.number]) for ref in extraction.pages],
        "boxes": boxes_of(extraction),
        "doubtful": [],
        "others": [],
        "focus": None,
        "tables": tables_of(extraction.type),
        "titles": titles_of(extraction.type),
        "draws": False,
        "drawn": None,
    }
    _component()(key=keys.VIEWER, data=data)


def draw_example_pages(
    view_id: str,
    sha256: str,
    pages: Sequence[PageRef],
    found: Extraction | None,
    title: str,
    note: dict[str, Any] | None,
    on_drawn: Callable[[Any], None],
) -> None:
    """Draw pages on which every drag is a box for ``title`` (``on_drawn`` gets its page and place, as fractions), with the places
    of what was ``found`` so far and the ``note`` on the last box. Raises a StudioError when the document is not there."""
    document = get_studio().document(sha256)
    sizes = [(ref, document.page(ref.number, ref.rotation)) for ref in pages]
    data = {
        "id": view_id,
        "pages": [_page(sha256, ref, (page.width, page.height)) for ref, page in sizes],
        "boxes": boxes_of(found) if found else [],
        "doubtful": [],
        "others": [],
        "focus": None,
        "tables": [],
        "titles": {},
        "draws": True,
        "target": {"path": "example", "title": title},
        "drawn": note,
    }
    key = "type_pages"
    _component()(key=key, data=data, on_drawn_change=lambda: on_drawn(st.session_state[key]["drawn"]))


def tables_of(
    kind: DocumentType, editor: str = "", shown: Callable[[Table], Sequence[FieldInfo]] = lambda table: table.columns
) -> list[dict[str, Any]]:
    """The tables of a type as they stand beside its page: their names, what a row is called, the columns that are ``shown``, and
    the keys of the container and of the ``editor`` of each."""
    return [
        {
            "name": table.name,
            "row": table.row_title,
            "rows": keys.of_table(kind, table, "table_rows"),
            "editor": keys.of_table(kind, table, editor),
            "columns": table_columns(shown(table)),
        }
        for table in kind.tables
    ]


def titles_of(kind: DocumentType) -> dict[str, str]:
    """What header fields are called, by name."""
    return {info.name: info.title for info in kind.header}


def draw_pages(view_id: str, sha256: str, pages: Sequence[PageRef], key: str = keys.VIEWER) -> None:
    """Draw the pictures of pages alone: nothing is found on them yet. ``view_id`` remembers page and zoom. Raises a
    StudioError when the document is not there."""
    document = get_studio().document(sha256)
    shown = []
    for ref in pages:
        page = document.page(ref.number, ref.rotation)
        shown.append(_page(sha256, ref, (page.width, page.height)))
    nothing: dict[str, list[object]] = {name: [] for name in ("boxes", "doubtful", "tables", "others")}
    data: dict[str, object] = {
        "id": view_id,
        "pages": shown,
        **nothing,
        "titles": {},
        "focus": None,
        "draws": False,
        "drawn": None,
    }
    _component()(key=key, data=data)


def _page(sha256: str, ref: PageRef, size: tuple[float, float]) -> dict[str, Any]:
    width, height = size
    return {"number": ref.number, "ratio": height / width, "address": address(sha256, ref.number, ref.rotation)}


def _confirm(run_id: str, extraction: Extraction, path: str) -> None:
    """Say yes to what is asked at ``path`` and go on to the next question."""
    questions = [stop for stop in stops(extraction) if stop.path]
    place = next((at for at, stop in enumerate(questions) if stop.path == path and stop.answers), None)
    if place is None:
        return
    following = [*questions[place + 1 :], *questions[:place]]
    confirm(run_id, questions[place].answers)
    if following:
        ask_focus(following[0].path)
    st.rerun()


def boxes_of(extraction: Extraction) -> list[dict[str, Any]]:
    """A box for each text line of each found value, as fractions of its page, with level and label."""
    sizes = {text.page: (text.width, text.height) for text in extraction.page_texts}
    boxes = []
    for path, evidence in extraction.evidence.items():
        if evidence.page not in sizes:
            continue
        width, height = sizes[evidence.page]
        sure = trust(extraction, path)
        for box in evidence.boxes:
            boxes.append(
                {
                    "path": path,
                    "field": field_key(path),
                    "page": evidence.page,
                    "level": sure.level,
                    "kind": "line" if is_cell(path) else "header",
                    "label": f"{extraction.type.title_of(path)} · {sure.words}",
                    "at": [box.x0 / width, box.y0 / height, box.x1 / width, box.y1 / height],
                }
            )
    return boxes


def field_key(path: str) -> str:
    """The widget key of a header field; a line-item cell has none of its own."""
    return f"line_{path}" if is_cell(path) else keys.field(path)
