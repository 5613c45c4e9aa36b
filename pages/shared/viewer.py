"""The page view: the page's picture with a box around every value found, linked both ways with the form.

The link lives in the browser (``viewer.js``): lighting a box costs no rerun. Pictures come by address, so that a
rerun sends boxes only.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from core.extraction import Extraction
from core.models import field_of
from core.review.edits import title_of
from core.review.trust import can_confirm, doubtful_paths, trust
from pages.shared import keys
from pages.shared.frame import get_studio
from pages.shared.lines import table_columns
from pages.shared.pictures import address
from pages.shared.session import ask_focus, confirm

_HERE = Path(__file__).parent


@cache
def _component() -> Any:
    """The browser side, registered once a process."""
    html, css, js = ((_HERE / f"viewer.{kind}").read_text(encoding="utf-8") for kind in ("html", "css", "js"))
    return st.components.v2.component("page_view", html=html, css=css, js=js)


def draw_viewer(run_id: str, extraction: Extraction, focus: dict[str, Any] | None) -> str | None:
    """Draw it. ``focus`` asks the browser to go to a field; gives the path of a box that was clicked while its field
    was not on the screen (another tab is open)."""
    sizes = page_sizes(extraction)
    pages = [
        {
            "number": ref.number,
            "ratio": sizes[ref.number][1] / sizes[ref.number][0],
            "address": address(extraction.document, ref.number, ref.rotation),
        }
        for ref in extraction.pages
    ]
    doubtful = [{"path": path, "field": field_key(path)} for path in doubtful_paths(extraction)]
    result = _component()(
        key=keys.VIEWER,
        data={
            "id": run_id,
            "pages": pages,
            "boxes": boxes_of(extraction),
            "doubtful": doubtful,
            "focus": focus,
            "columns": table_columns(),
        },
        on_go_change=lambda: None,
        on_confirm_change=lambda: None,
    )
    if isinstance(result.confirm, str):
        _confirm(run_id, extraction, result.confirm)
    return result.go if isinstance(result.go, str) else None


def _confirm(run_id: str, extraction: Extraction, path: str) -> None:
    """Take the value at ``path`` as right and go on to the next doubtful one."""
    doubtful = doubtful_paths(extraction)
    if path not in doubtful or not can_confirm(extraction, path):
        return
    place = doubtful.index(path)
    following = [*doubtful[place + 1 :], *doubtful[:place]]
    confirm(run_id, (path,))
    if following:
        ask_focus(following[0])
    st.rerun()


def page_sizes(extraction: Extraction) -> dict[int, tuple[float, float]]:
    """Width and height of every chosen page in page units, also of one that could not be read. Raises a StudioError
    when the document is no longer there."""
    sizes = {text.page: (text.width, text.height) for text in extraction.page_texts}
    for ref in extraction.pages:
        if ref.number not in sizes:
            page = get_studio().document(extraction.document).page(ref.number, ref.rotation)
            sizes[ref.number] = (page.width, page.height)
    return sizes


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
                    "kind": "line" if path.startswith("line_items.") else "header",
                    "label": f"{title_of(path)} · {sure.words}",
                    "at": [box.x0 / width, box.y0 / height, box.x1 / width, box.y1 / height],
                }
            )
    return boxes


def field_key(path: str) -> str:
    """The widget key of a header field; a line-item cell has none of its own."""
    return f"line_{path}" if path.startswith("line_items.") else keys.field(field_of(path).name)
