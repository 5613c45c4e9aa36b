"""Drawing on the page view: the words in a box go into the field at hand, with that box as their evidence, and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.errors import StudioError
from core.evidence import Box, Evidence
from core.extraction import Extraction
from core.review.before import Before, before, put_back
from core.review.edits import Edits, tidy
from core.schema.path import Path, is_cell
from pages.shared import keys
from pages.shared.frame import get_studio
from pages.shared.pictures import page_sizes
from pages.shared.session import ask_focus, get_edits, keep_edits


@dataclass(frozen=True, slots=True)
class Drawn:
    """What became of the last box: ``words`` tell it at the box (``at``, fractions of its page). ``text`` is what was
    put into the field, ``was`` what stood there; ``None`` where nothing was put. ``nonce`` counts the boxes."""

    nonce: int
    run_id: str
    page: int
    at: tuple[float, float, float, float]
    words: str
    text: str = ""
    was: Before | None = None


def draw_words(run_id: str, extraction: Extraction, drawn: Any) -> None:
    """Put the words in a box into a field. ``drawn`` comes from the browser: ``path``, ``page``, ``at``; what is no box
    of this document is not taken."""
    try:
        path, page = str(drawn["path"]), int(drawn["page"])
        x0, y0, x1, y1 = (min(max(float(part), 0.0), 1.0) for part in drawn["at"])
        _check(extraction, get_edits(run_id), path)
        width, height = page_sizes(extraction)[page]
    except (KeyError, TypeError, ValueError, StudioError):
        return
    box = Box(x0 * width, y0 * height, x1 * width, y1 * height)
    place = _count(), run_id, page, (x0, y0, x1, y1)
    found = _read(extraction, page, box)
    if isinstance(found, str):
        st.session_state[keys.DRAWN] = Drawn(*place, found)
        return
    text, was = _fill(run_id, extraction, path, found)
    st.session_state[keys.DRAWN] = Drawn(*place, f"{extraction.type.title_of(path)}: {text}", text, was)


def undo_words(run_id: str, extraction: Extraction) -> None:
    """Take back what the last box put into its field."""
    drawn: Drawn | None = st.session_state.get(keys.DRAWN)
    if drawn is None or drawn.was is None or not _stands(drawn, run_id, extraction):
        return
    edits = get_edits(run_id)
    put_back(edits, extraction.values, drawn.was)
    keep_edits(run_id, edits)
    st.session_state[keys.DRAWN] = None


def drawn_note(run_id: str, extraction: Extraction) -> dict[str, Any] | None:
    """What the page view tells of the last box; nothing once its text was changed."""
    drawn: Drawn | None = st.session_state.get(keys.DRAWN)
    if drawn is None or not _stands(drawn, run_id, extraction):
        return None
    about = {"nonce": drawn.nonce, "page": drawn.page, "at": list(drawn.at), "words": drawn.words}
    return {**about, "undo": drawn.was is not None}


def box_on_page(drawn: dict[str, Any], scale: float) -> Box:
    """A canvas box in page units; ``scale`` is page units a canvas pixel."""
    left, top = drawn["left"], drawn["top"]
    return Box(left * scale, top * scale, (left + drawn["width"]) * scale, (top + drawn["height"]) * scale)


def _check(extraction: Extraction, edits: Edits, path: str) -> None:
    """Raises KeyError or ValueError for a path that is no field of the header and no cell of a table's rows, or of the one
    after them."""
    extraction.type.field_of(path)
    place = Path.parse(path)
    if place.is_cell and place.row > len(edits.rows(extraction.values, extraction.type.table(place.table))):
        raise KeyError(path)


def _count() -> int:
    count: int = st.session_state.get(keys.DRAWN_COUNT, 0) + 1
    st.session_state[keys.DRAWN_COUNT] = count
    return count


def _stands(drawn: Drawn, run_id: str, extraction: Extraction) -> bool:
    if drawn.run_id != run_id:
        return False
    return drawn.was is None or get_edits(run_id).text_at(extraction.values, drawn.was.path) == drawn.text


def _read(extraction: Extraction, page: int, box: Box) -> Evidence | str:
    """The words in the box, or the sentence that says why there are none."""
    studio = get_studio()
    ref = next(ref for ref in extraction.pages if ref.number == page)
    try:
        found = studio.read_region(studio.document(extraction.document), ref, box, extraction)
    except StudioError as error:
        return str(error)
    return found or "No words were found in this box: draw it a little larger."


def _fill(run_id: str, extraction: Extraction, path: str, found: Evidence) -> tuple[str, Before]:
    """Put the words into the field; gives the text that now stands there, and what stood there."""
    studio, edits = get_studio(), get_edits(run_id)
    was = before(edits, extraction.values, path)
    text = tidy(path, " ".join(found.text.split("\n")), lambda at, typed: studio.parse_value(at, typed, extraction))
    edits.set_text(extraction.values, path, text, found)
    keep_edits(run_id, edits)
    if not is_cell(path):
        ask_focus(path)
    return text, was
