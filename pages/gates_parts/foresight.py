"""What a change of the gates would have done to the latest documents, before it is saved; and the changes there were."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from core.errors import StudioError
from core.gating.gating import Foreseen
from core.gating.words import describe_change
from pages.gates_parts.draft import base, begin, draft, is_shown, show
from pages.shared.entries import say
from pages.shared.frame import get_studio, plain
from pages.shared.rights import kept_for
from pages.shared.times import local_time, local_zone

_LAST = (50, 200, 1000)
_GROUPS: dict[str, Callable[[Foreseen], bool]] = {
    "Otherwise": lambda one: one.passed != one.passes,
    "Pass": lambda one: one.passes,
    "Pass, found wrong": lambda one: one.passes and one.corrected,
    "Looked at": lambda one: not one.passes,
    "All": lambda one: True,
}


def draw_nothing_changed() -> None:
    """What stands there while nothing is changed."""
    with st.container(key="gates_unchanged"):
        st.markdown("#### What a change would do")
        st.markdown(
            "Change something on the left: before it is kept, you see here which of the latest documents it would have let pass, "
            "and what people found wrong in them."
        )
        st.caption(
            "Gates decide what passes, not what is read: nothing is read again, and what was read before stays as it is."
        )


def draw_change() -> None:
    """What is changed, what that would have done, and then the way to keep it."""
    st.markdown("#### Not kept yet")
    st.markdown("\n".join(f"- {plain(told)}" for told in describe_change(base(), draft())))
    if get_studio().gating.now != base():
        st.warning("Somebody else changed the gates meanwhile.", icon=":material/group:")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        last = st.selectbox(
            "Tried on the last", _LAST, format_func=lambda count: f"{count:,} documents", key="gates_last", width=190
        )
        st.button(
            "See what it changes", key="gates_foresee", type="secondary" if is_shown() else "primary", on_click=show
        )
        st.button("Discard", key="gates_discard", on_click=_discard)
    if not is_shown():
        st.caption("It can be kept once you have seen what it would have done.")
        return
    try:
        with st.spinner("Looking at the latest documents …"):
            found = get_studio().gating.foresee(draft(), last)
    except StudioError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    _draw_foreseen(found)
    st.button(
        "Keep it",
        key="gates_save",
        type="primary",
        icon=":material/check:",
        on_click=_keep,
        **kept_for("gating.change", "It decides about what is read from now on."),
    )


def _draw_foreseen(found: Sequence[Foreseen]) -> None:
    if not found:
        st.info("No document was read yet: there is nothing to try it on.", icon=":material/info:")
        return
    before, after = (sum(getattr(one, name) for one in found) for name in ("passed", "passes"))
    passing = [one for one in found if one.passes]
    seen = [one for one in passing if one.changed is not None or one.rejected]
    wrong, wrong_now = sum(one.corrected for one in passing), sum(one.passed and one.corrected for one in found)
    with st.container(key="gates_figures"):
        left, middle, right = st.columns(3)
        left.metric("Pass now", f"{before:,} of {len(found):,}", border=True, height="stretch")
        middle.metric(
            "Would pass",
            f"{after:,} of {len(found):,}",
            f"{after - before:+,}" if after != before else None,
            delta_color="off",
            border=True,
            height="stretch",
        )
        right.metric(
            "Of these, found wrong",
            f"{wrong:,} of {len(seen):,}",
            f"{wrong - wrong_now:+,}" if wrong != wrong_now else None,
            delta_color="inverse",
            border=True,
            height="stretch",
            help="Of those that would pass and that somebody saved or rejected: how many had a value changed since, or were rejected.",
        )
    groups = {name: [one for one in found if belongs(one)] for name, belongs in _GROUPS.items()}
    which = st.segmented_control(
        "Which",
        list(groups),
        default="Otherwise",
        format_func=lambda name: f"{name} ({len(groups[name]):,})",
        key="gates_which",
        required=True,
        label_visibility="collapsed",
    )
    zone = local_zone()
    rows = [
        {
            "Document": " · ".join(part for part in (one.vendor, one.number) if part) or one.name,
            "Amount": " ".join(part for part in (one.total, one.currency) if part),
            "Now → then": f"{_fate(one.passed)} → {_fate(one.passes)}",
            "Asked first": one.asks,
            "Later": _later(one),
            "Order": f"/records?record={one.order_id}" if one.order_id is not None else None,
            "Read": local_time(one.read_at, zone),
        }
        for one in groups[which or "Otherwise"]
    ]
    st.dataframe(
        rows,
        hide_index=True,
        key="gates_foreseen",
        placeholder="",
        height=min(38 + 35 * max(1, len(rows)), 420),
        column_config={
            "Document": st.column_config.TextColumn(width="medium"),
            "Asked first": st.column_config.TextColumn(width="medium"),
            "Order": st.column_config.LinkColumn(display_text=r"record=(\d+)", width=60),
        },
    )
    if not rows:
        st.caption("None of them.")


def _fate(passes: bool) -> str:
    return "passes" if passes else "looked at"


def _later(one: Foreseen) -> str:
    if one.rejected:
        return "rejected"
    if one.changed is None:
        return "not saved yet"
    return f"{one.changed} value{'' if one.changed == 1 else 's'} corrected" if one.changed else "nothing corrected"


def _keep() -> None:
    try:
        get_studio().gating.change(draft(), base())
    except StudioError as error:
        say(str(error), bad=True)
        return
    begin(get_studio().gating.now)
    say("Kept: it decides about what is read from now on.")


def _discard() -> None:
    begin(get_studio().gating.now)


def draw_history() -> None:
    """Who changed what, when; asked for only while it is open."""
    with st.expander("Changes", key="gates_history", icon=":material/history:", on_change="rerun") as opened:
        if not opened.open:
            return
        zone = local_zone()
        changes = get_studio().gating.changes()
        for event in changes:
            when = local_time(event.at, zone) if event.at else ""
            st.caption(f"{when} · **{plain(event.who)}**")
            st.markdown("\n".join(f"- {plain(told)}" for told in event.told.get("changes", ())))
        if not changes:
            st.caption("The gates are as they came.")
