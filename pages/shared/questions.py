"""The open questions at their fields: what is asked, what else stands on the page to choose from, and a yes."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.evidence import Box, Evidence
from core.extraction import Candidate, Extraction
from core.review.stops import Stop, StopKind, stops
from core.review.trust import Level
from core.schema.path import is_cell
from pages.shared.frame import plain
from pages.shared.session import ask_focus, confirm, take
from pages.shared.signs import COLOURS, ICONS

#: What a yes says, by what is asked.
_YES: dict[StopKind, str] = {"doubt": "Looks right", "empty": "Not on the page", "document": "Seen"}
_STANDS = "It stands so on the page"
#: A digit chooses among these: no more than nine.
_MOST = 9
#: What the field's own words tell already.
_TOLD: frozenset[StopKind] = frozenset({"doubt", "missing", "unread"})
#: Most characters of a value on its button.
_LONGEST = 44


def draw_question(run_id: str, stop: Stop, extraction: Extraction, text: str = "") -> None:
    """Draw a question. ``extraction`` is what was extracted, ``text`` what now stands in its first field."""
    level: Level = "check" if stop.kind in ("doubt", "empty", "finding") else "doubtful"
    if stop.kind not in _TOLD:
        st.markdown(f":{COLOURS[level]}[{ICONS[level]} {plain(stop.sentence)}]")
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key=f"question_{_name(stop)}"):
        _draw_members(stop)
        if stop.path:
            _draw_choices(run_id, stop, stop.path, extraction, text)
        if stop.answers:
            yes = _YES.get(stop.kind, _STANDS)
            key = f"confirm_{_name(stop)}"
            about: dict[str, Any] = {"icon": ":material/check:", "type": "tertiary"}
            st.button(yes, key=key, on_click=confirm, args=(run_id, stop.answers), **about)


def _draw_members(stop: Stop) -> None:
    """The amounts of a sum, each a way to its field, and by how much it is off."""
    for place, member in enumerate(stop.members):
        sign = {1: "+ " if place else "", -1: "− ", 0: "= "}[member.sign]
        words = f"{sign}{plain(member.name)} {member.value}"
        if member.path:
            key = f"member_{_name(stop)}_{place}"
            st.button(words, key=key, type="tertiary", on_click=ask_focus, args=(member.path,))
        else:
            st.markdown(words, width="content")
    if stop.difference is not None:
        st.markdown(f"**difference {stop.difference}**", width="content")


def _draw_choices(run_id: str, stop: Stop, path: str, extraction: Extraction, text: str) -> None:
    alone = len(stop.paths) == 1 and not is_cell(path)
    for place, offer in enumerate(stop.offers[:_MOST], start=1):
        choice, own = offer.candidate, offer.path == path
        if own and choice.value == text:
            continue
        about = "" if alone and own else f"{extraction.type.title_of(offer.path).lower()} "
        st.button(
            f":gray[{place}] {about}{plain(_short(choice.value))}",
            key=other_key(path, place),
            help=plain(choice.label) or None,
            on_click=take,
            args=(run_id, offer.path, choice.value, extraction, _place_of(choice)),
        )


def other_key(path: str, place: int) -> str:
    """The key of the value offered under the number ``place`` (from 1) where the field at ``path`` is asked about."""
    return f"other_{path.replace('.', '_')}_{place}"


def offered_places(extraction: Extraction) -> list[dict[str, Any]]:
    """Where the values stand that are offered, as fractions of their page, by the key of their button."""
    sizes = {text.page: (text.width, text.height) for text in extraction.page_texts}
    found = []
    for stop in stops(extraction):
        for place, choice in enumerate((offer.candidate for offer in stop.offers[:_MOST]), start=1):
            if stop.path and choice.box and choice.page in sizes:
                (width, height), (x0, y0, x1, y1) = sizes[choice.page], choice.box
                at = [x0 / width, y0 / height, x1 / width, y1 / height]
                found.append({"key": other_key(stop.path, place), "page": choice.page, "at": at})
    return found


def _place_of(choice: Candidate) -> Evidence | None:
    if choice.page is None or choice.box is None:
        return None
    return Evidence(choice.page, (Box(*choice.box),), choice.text, 1.0, "exact")


def _name(stop: Stop) -> str:
    return stop.path.replace(".", "_") if stop.path else f"document_{stop.check}"


def _short(value: str) -> str:
    return value if len(value) <= _LONGEST else f"{value[: _LONGEST - 1]}…"


def is_alone(stop: Stop) -> bool:
    """Whether a question is about one field of the header only: it is drawn right at it."""
    return len(stop.paths) == 1 and not is_cell(stop.paths[0])
