"""The invoice form: a field for every header value, with its confidence, its findings and what was extracted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import streamlit as st

from core.extraction import Extraction, Finding
from core.review.edits import as_text, tidy
from core.review.stops import Stop, stops
from core.review.trust import findings_of, percent, reasons_for, sure_from, trust
from core.schema.fields import FieldInfo
from core.schema.path import is_cell
from core.studio import Reviewed
from pages.shared import keys
from pages.shared.frame import get_studio, plain
from pages.shared.questions import draw_question, is_alone
from pages.shared.session import ask_focus, get_edits, is_echo, put, set_widget, take
from pages.shared.signs import COLOURS, ICONS

_PLACEHOLDERS = {"date": "YYYY-MM-DD", "currency": "ISO code"}

#: Fields beside each other; fewer where the room is narrow.
_COLUMNS = {"Document": 3, "Parties": 2, "Reference": 3, "Amounts": 4, "Payment": 3}
#: The kinds whose field grows with what stands in it: what is cut cannot be checked.
GROWING = frozenset({"address", "text"})


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What the form is drawn from: what was extracted, what now stands, the texts that cannot be read, what is asked."""

    extraction: Extraction
    reviewed: Reviewed
    errors: Mapping[str, str]
    questions: Sequence[Stop]


def draw_form(run_id: str, extraction: Extraction, reviewed: Reviewed, errors: dict[str, str]) -> None:
    """Draw the header's fields in their groups. ``extraction`` is what was extracted, ``reviewed`` what now stands."""
    questions = stops(reviewed.extraction)
    drawn = _Drawn(extraction, reviewed, errors, questions)
    _draw_walk(questions)
    _draw_general(run_id, reviewed.extraction, questions)
    asked = {path for stop in questions for path in stop.paths}
    shown, folded = split_fields(
        extraction.type.header, lambda info: info.name in asked or extraction.value_at(info.name) is not None
    )
    for group, members in groupby(shown, key=lambda info: info.group):
        st.markdown(f"##### {group}")
        _draw_group(run_id, group, list(members), drawn)
    if folded:
        edits = get_edits(run_id)
        typed = any(edits.text_at(extraction.values, info.name) for info in folded)
        with st.expander("More fields", expanded=typed, key="more_fields"):
            _draw_group(run_id, "more", folded, drawn)


def split_fields(
    fields: Sequence[FieldInfo], has: Callable[[FieldInfo], bool]
) -> tuple[list[FieldInfo], list[FieldInfo]]:
    """The fields that a form shows, and those that it folds: what most documents do not print and this one does not have."""
    folded = [info for info in fields if info.secondary and not has(info)]
    return [info for info in fields if info not in folded], folded


def _draw_group(run_id: str, group: str, fields: list[FieldInfo], drawn: _Drawn) -> None:
    grid = st.grid(columns=_COLUMNS.get(group, 3), min_column_width=120, gap=("xsmall", "small"))
    for info in fields:
        with grid.cell(), st.container(key=f"cell_{info.kind}_{info.name}", gap=None):
            _draw_field(run_id, info, drawn)
    _draw_shared(run_id, group, fields, drawn)


def _draw_walk(questions: Sequence[Stop]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="walk_bar"):
        if questions:
            count = len(questions)
            st.markdown(f":orange[:material/error:] {count} open question{'s' if count > 1 else ''}")
            st.space("stretch")
            st.caption("Looks right: Alt+Y", width="content")
            st.button(
                "Next question",
                key="next_doubtful",
                icon=":material/arrow_downward:",
                shortcut="Alt+N",
                on_click=ask_focus,
                args=(None,),
            )
        else:
            st.markdown(":green[:material/check_circle:] No question is open.")


def _draw_general(run_id: str, extraction: Extraction, questions: Sequence[Stop]) -> None:
    """What is to be said of the document as a whole."""
    with st.container(key="notes_general", gap="xsmall"):
        for stop in questions:
            if stop.path is None:
                draw_question(run_id, stop, extraction)


def _draw_field(run_id: str, info: FieldInfo, drawn: _Drawn) -> None:
    extraction, reviewed, error = drawn.extraction, drawn.reviewed, drawn.errors.get(info.name)
    key = keys.field(info.name)
    text = get_edits(run_id).text_at(extraction.values, info.name)
    set_widget(key, text)
    about: dict[str, Any] = {
        "key": key,
        "placeholder": _PLACEHOLDERS.get(info.kind, ""),
        "on_change": _commit,
        "args": (run_id, info.name, extraction),
    }
    title = f"{info.title}{' *' if extraction.requires(info.name) else ''}"
    if info.kind in GROWING:
        st.text_area(title, height="content", **about)
    else:
        st.text_input(title, **about)
    asked = any(info.name in stop.paths for stop in drawn.questions)
    _draw_trust(info, reviewed.extraction, error, asked)
    for stop in drawn.questions:
        if stop.path == info.name and is_alone(stop):
            draw_question(run_id, stop, extraction, text)
    for index, finding in enumerate(notes_with_proposal(reviewed.extraction, info.name)):
        if len(finding.fields) == 1 and not error:
            draw_note(run_id, finding, extraction, text, f"use_{info.name}_{index}")
    if info.name in reviewed.was or error:
        _draw_before(run_id, info.name, extraction)


def notes_with_proposal(extraction: Extraction, path: str) -> list[Finding]:
    """The notes about the field at ``path`` first of all that propose a value: they ask nothing and offer something."""
    return [
        finding
        for finding in findings_of(extraction, path)
        if finding.fields[0] == path and finding.severity == "info" and finding.proposed is not None
    ]


def draw_block(paths: Collection[str]) -> None:
    """Why the last save was stopped, at the field of ``paths`` that stopped it."""
    path, sentence = st.session_state.get(keys.BLOCKED) or ("", "")
    if path in paths:
        st.markdown(f":red[:material/block: **{plain(sentence)}**]")


def _draw_trust(info: FieldInfo, extraction: Extraction, error: str | None, asked: bool) -> None:
    draw_block([info.name])
    if error:
        st.markdown(f":red[:material/error: {plain(error)}]")
        return
    sure = trust(extraction, info.name)
    level = (
        "doubtful" if sure.level == "absent" and extraction.requires(info.name) else "check" if asked else sure.level
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="xxsmall", key=f"trust_{info.name}"):
        why = reasons_for(extraction, info.name)
        if why and sure.level != "absent":
            why.insert(0, f"not asked about from {percent(sure_from(extraction, info.name))}")
        st.markdown(f":{COLOURS[level]}[{ICONS[level]} {sure.words}]", width="content", help=_listed(why))


def _listed(why: list[str]) -> str | None:
    """Reasons as a list for a tooltip; ``None`` where there are none."""
    return "\n".join(f"- {plain(reason)}" for reason in why) or None


def _draw_shared(run_id: str, group: str, fields: list[FieldInfo], drawn: _Drawn) -> None:
    """Questions and notes that touch several fields, once, below the group of the first of them."""
    edits = get_edits(run_id)
    with st.container(key=f"notes_{group.lower()}", gap="xsmall"):
        for info in fields:
            text = edits.text_at(drawn.extraction.values, info.name)
            for stop in drawn.questions:
                if stop.path == info.name and not is_alone(stop):
                    draw_question(run_id, stop, drawn.extraction, text)
            for index, finding in enumerate(notes_with_proposal(drawn.reviewed.extraction, info.name)):
                if len(finding.fields) > 1:
                    draw_note(run_id, finding, drawn.extraction, text, f"use_{info.name}_shared_{index}")


def draw_note(run_id: str, finding: Finding, extraction: Extraction, text: str, key: str) -> None:
    """A note's sentence, and its proposal as a click where it differs from ``text``, what stands now."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.markdown(f":gray[:material/info: {plain(finding.message)}]", width="content")
        if finding.proposed is not None and finding.proposed != text:
            path = finding.fields[0]
            alone = len(finding.fields) == 1 and not is_cell(path)
            target = "Use" if alone else f"Set {extraction.type.title_of(path).lower()} to"
            st.button(
                f"{target} {plain(finding.proposed)}",
                key=key,
                icon=":material/auto_fix_high:",
                on_click=take,
                args=(run_id, path, finding.proposed, extraction),
            )


def _draw_before(run_id: str, path: str, extraction: Extraction) -> None:
    before = as_text(extraction.value_at(path))
    with st.container(horizontal=True, vertical_alignment="center", gap="xxsmall", key=f"was_{path}"):
        st.markdown(f"was: {plain(before)}" if before else "was: nothing", width="content")
        st.button(
            "Put it back",
            key=f"revert_{path}",
            icon=":material/undo:",
            type="tertiary",
            on_click=put,
            args=(run_id, path, before, extraction),
        )


def _commit(run_id: str, path: str, extraction: Extraction) -> None:
    key = keys.field(path)
    if is_echo(key):
        return
    typed = str(st.session_state.get(key) or "")
    studio = get_studio()
    put(run_id, path, tidy(path, typed, lambda at, text: studio.parse_value(at, text, extraction)), extraction)
