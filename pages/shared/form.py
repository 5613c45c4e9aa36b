"""The invoice form: a field for every header value, with its confidence, its findings and what was extracted."""

from __future__ import annotations

from collections.abc import Collection
from itertools import groupby
from typing import Any

import streamlit as st

from core.extraction import Extraction, Finding
from core.models import FieldInfo, header_fields, title_of, value_at
from core.review.edits import as_text, tidy
from core.review.trust import UNREAD, by_severity, can_confirm, doubtful_paths, findings_of, reasons_for, trust
from core.studio import Reviewed
from pages.shared import keys
from pages.shared.frame import get_studio, plain
from pages.shared.session import ask_focus, confirm, get_edits, keep_edits
from pages.shared.signs import COLOURS, ICONS, SEVERITY_LEVEL

_PLACEHOLDERS = {"date": "YYYY-MM-DD", "currency": "ISO code"}

#: Fields beside each other; fewer where the room is narrow.
_COLUMNS = {"Document": 3, "Parties": 2, "Reference": 3, "Amounts": 4}

#: Checks that a field's own words already tell ("Missing", "not found on the page", "derived").
_TOLD = frozenset({"required", "not_on_page", "derived", UNREAD})


def draw_form(run_id: str, extraction: Extraction, reviewed: Reviewed, errors: dict[str, str]) -> None:
    """Draw the header's fields in their groups. ``extraction`` is what was extracted, ``reviewed`` what now stands."""
    _draw_walk(reviewed.extraction)
    _draw_general(reviewed.extraction)
    for group, members in groupby(header_fields(), key=lambda info: info.group):
        fields = list(members)
        st.markdown(f"##### {group}")
        grid = st.grid(columns=_COLUMNS.get(group, 3), min_column_width=120, gap=("xsmall", "small"))
        for info in fields:
            with grid.cell(), st.container(key=f"cell_{info.kind}_{info.name}", gap=None):
                _draw_field(run_id, info, extraction, reviewed, errors.get(info.name))
        _draw_shared(run_id, group, fields, extraction, reviewed)


def _draw_walk(extraction: Extraction) -> None:
    doubtful = doubtful_paths(extraction)
    with st.container(horizontal=True, vertical_alignment="center", key="walk_bar"):
        if doubtful:
            count = len(doubtful)
            st.markdown(f":orange[:material/error:] {count} value{'s' if count > 1 else ''} to look at")
            st.space("stretch")
            st.caption("Looks right: Alt+Y", width="content")
            st.button(
                "Next doubtful",
                key="next_doubtful",
                icon=":material/arrow_downward:",
                shortcut="Alt+N",
                on_click=ask_focus,
                args=(None,),
            )
        else:
            st.markdown(":green[:material/check_circle:] Nothing doubtful is left.")


def _draw_general(extraction: Extraction) -> None:
    """What the checks say of the document as a whole."""
    general = [finding for finding in extraction.findings if not finding.fields and finding.severity != "info"]
    with st.container(key="notes_general", gap="xsmall"):
        for finding in by_severity(general):
            level = SEVERITY_LEVEL[finding.severity]
            st.markdown(f":{COLOURS[level]}[{ICONS[level]} {plain(finding.message)}]")


def _draw_field(run_id: str, info: FieldInfo, extraction: Extraction, reviewed: Reviewed, error: str | None) -> None:
    key = keys.field(info.name)
    text = get_edits(run_id).text_at(extraction.invoice, info.name)
    if st.session_state.get(key) != text:  # set only where it differs: what is being typed elsewhere stays
        st.session_state.setdefault(keys.UNSEEN, {})[key] = st.session_state.get(key)
        st.session_state[key] = text
    about: dict[str, Any] = {
        "key": key,
        "placeholder": _PLACEHOLDERS.get(info.kind, ""),
        "on_change": _commit,
        "args": (run_id, info.name, extraction),
    }
    title = f"{info.title}{' *' if info.required else ''}"
    if info.kind == "address":  # grows with what stands in it: an address that is cut cannot be checked
        st.text_area(title, height="content", **about)
    else:
        st.text_input(title, **about)
    _draw_trust(run_id, info, reviewed.extraction, error)
    own = [finding for finding in worth_showing(reviewed.extraction, info.name) if len(finding.fields) == 1]
    for index, finding in enumerate([] if error else own):
        draw_finding(run_id, finding, extraction, text, f"use_{info.name}_{index}")
    if info.name in reviewed.was or error:
        _draw_before(run_id, info.name, extraction)


def worth_showing(extraction: Extraction, path: str) -> list[Finding]:
    """The findings beside the field at ``path``: mere notes without a proposal, and what the field's own words tell,
    stand on the Checks tab only."""
    found = [finding for finding in findings_of(extraction, path) if finding.check not in _TOLD]
    return [finding for finding in found if finding.severity != "info" or finding.proposed is not None]


def draw_block(paths: Collection[str]) -> None:
    """Why the last save was stopped, at the field of ``paths`` that stopped it."""
    path, sentence = st.session_state.get(keys.BLOCKED) or ("", "")
    if path in paths:
        st.markdown(f":red[:material/block: **{plain(sentence)}**]")


def _draw_trust(run_id: str, info: FieldInfo, extraction: Extraction, error: str | None) -> None:
    draw_block([info.name])
    if error:
        st.markdown(f":red[:material/error: {plain(error)}]")
        return
    sure = trust(extraction, info.name)
    missing = sure.level == "absent" and info.required
    level = "doubtful" if missing else sure.level
    with st.container(horizontal=True, vertical_alignment="center", gap="xxsmall", key=f"trust_{info.name}"):
        why = reasons_for(extraction, info.name)
        st.markdown(f":{COLOURS[level]}[{ICONS[level]} {sure.words}]", width="content", help=_listed(why))
        if can_confirm(extraction, info.name):
            st.button(
                "Looks right",
                key=f"confirm_{info.name}",
                icon=":material/check:",
                type="tertiary",
                on_click=confirm,
                args=(run_id, (info.name,)),
            )


def _listed(why: list[str]) -> str | None:
    """Reasons as a list for a tooltip; ``None`` where there are none."""
    return "\n".join(f"- {plain(reason)}" for reason in why) or None


def _draw_shared(run_id: str, group: str, fields: list[FieldInfo], extraction: Extraction, reviewed: Reviewed) -> None:
    """Findings that touch several fields, once, below the group of the first of them."""
    edits = get_edits(run_id)
    with st.container(key=f"notes_{group.lower()}", gap="xsmall"):
        for info in fields:
            shared = [f for f in worth_showing(reviewed.extraction, info.name) if len(f.fields) > 1]
            for index, finding in enumerate(shared):
                if finding.fields[0] == info.name:
                    text = edits.text_at(extraction.invoice, info.name)
                    draw_finding(run_id, finding, extraction, text, f"use_{info.name}_shared_{index}")


def draw_finding(run_id: str, finding: Finding, extraction: Extraction, text: str, key: str) -> None:
    """A finding's sentence, and its proposal as a click where it differs from ``text``, what stands now."""
    level = SEVERITY_LEVEL[finding.severity]
    icon = ":material/info:" if finding.severity == "info" else ICONS[level]
    colour = "gray" if finding.severity == "info" else COLOURS[level]
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.markdown(f":{colour}[{icon} {plain(finding.message)}]", width="content")
        if finding.proposed is not None and finding.proposed != text:
            path = finding.fields[0]
            alone = len(finding.fields) == 1 and not path.startswith("line_items.")
            target = "Use" if alone else f"Set {title_of(path).lower()} to"
            st.button(
                f"{target} {plain(finding.proposed)}",
                key=key,
                icon=":material/auto_fix_high:",
                on_click=take,
                args=(run_id, path, finding.proposed, extraction),
            )


def _draw_before(run_id: str, path: str, extraction: Extraction) -> None:
    before = as_text(value_at(extraction.invoice, path))
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


def put(run_id: str, path: str, text: str, extraction: Extraction) -> None:
    """Put a text into a field or cell and keep it."""
    edits = get_edits(run_id)
    edits.set_text(extraction.invoice, path, text)
    keep_edits(run_id, edits)


def take(run_id: str, path: str, text: str, extraction: Extraction) -> None:
    """Put a text that a check proposed into a field or cell."""
    put(run_id, path, text, extraction)
    edits = get_edits(run_id)
    edits.proposed[path] = text
    keep_edits(run_id, edits)


def mark_seen() -> None:
    """The page was drawn to its end: the browser now holds every text that was set."""
    st.session_state.pop(keys.UNSEEN, None)


def _commit(run_id: str, path: str, extraction: Extraction) -> None:
    key = keys.field(path)
    # A run that is cut short after a text was set leaves the old one in the browser, which sends it back as if typed.
    if key in (unseen := st.session_state.get(keys.UNSEEN, {})) and st.session_state.get(key) == unseen[key]:
        return
    typed = str(st.session_state.get(key) or "")
    studio = get_studio()
    put(run_id, path, tidy(path, typed, lambda at, text: studio.parse_value(at, text, extraction)), extraction)
