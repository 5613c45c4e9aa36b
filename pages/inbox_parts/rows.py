"""The rows of the Inbox in the browser: a picture, what the document says, and how it stands. What moves is put into its place there,
without a run of the page, so that a choice or a place in the list is never lost. Document text is only ever text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import streamlit as st

from core.document_types import SHIPPED
from core.stores.inbox import InboxItem, InboxPage, InboxQuery, ItemState
from pages.inbox_parts.choosing import chosen, nonce, take_choice
from pages.inbox_parts.query import chosen_states, packed, sort_by, toggle_state, unpacked
from pages.inbox_parts.words import STATE_WORDS, age_words, report_words, state_words
from pages.shared.frame import get_studio
from pages.shared.pictures import address
from pages.shared.watch import Glance, draw_watch, token_of, watched

ROWS = "inbox_rows"
#: The item that somebody wants to open; the page does it, as only it may go elsewhere.
OPENING = "inbox_opening"
#: How often the browser looks, in ms: while something is on its way, and for what others do.
_OFTEN, _SELDOM = 1_000, 5_000
#: What changed longer ago was drawn, or seen at an earlier look.
_RECENT = timedelta(seconds=20)
_HERE = Path(__file__).parent
_PICTURE = 112

_COLUMNS = (
    ("name", "Document"),
    ("type_name", "Type"),
    ("vendor", "Vendor"),
    ("total", "Total"),
    ("state", "State"),
    ("doubts", "Doubt"),
    ("who", "Who"),
    ("arrived_at", "Age"),
)


@cache
def _component() -> Any:
    """The browser side, registered once a process. It stands in the page itself: what is watched is found there."""
    css, js = ((_HERE / f"rows.{kind}").read_text(encoding="utf-8") for kind in ("css", "js"))
    return st.components.v2.component("inbox_rows", css=css, js=js, isolate_styles=False)


def draw_rows(query: InboxQuery, listed: InboxPage) -> None:
    """Draw a page of items, and keep it true."""
    studio = get_studio()
    now = datetime.now(UTC)
    counts = studio.inbox.counts(query)
    _component()(
        key=ROWS,
        data={
            "columns": [{"name": name, "title": title} for name, title in _COLUMNS],
            "sort": query.sort,
            "descending": query.descending,
            "states": [
                {"state": state, "words": words, "count": counts.get(state, 0), "chosen": state in chosen_states()}
                for state, words in STATE_WORDS.items()
            ],
            "rows": [_row(item, now) for item in listed.rows],
            "chosen": [item.item_id for item in listed.rows if item.item_id in chosen()],
            "nonce": nonce(),
        },
        on_choice_change=lambda: take_choice(st.session_state[ROWS].choice),
        on_sort_change=lambda: sort_by(str(st.session_state[ROWS].sort)),
        on_state_change=lambda: toggle_state(str(st.session_state[ROWS].state)),
        on_open_change=_wish,
    )


def draw_live(query: InboxQuery, listed: InboxPage) -> None:
    """Have the browser look after what is drawn."""
    idle = get_studio().inbox.is_idle()
    draw_watch("inbox", packed(query), _glance(query, listed, idle), every=_SELDOM if idle else _OFTEN)


def _wish() -> None:
    st.session_state[OPENING] = [str(st.session_state[ROWS].open)]


@watched("inbox")
def look_at_inbox(subject: str) -> Glance:
    """How what a page lists stands; ``subject`` is the packed query."""
    query = unpacked(subject)
    inbox = get_studio().inbox
    return _glance(query, inbox.search(query), inbox.is_idle())


def _glance(query: InboxQuery, listed: InboxPage, idle: bool) -> Glance:
    """The page is drawn anew when other rows are to be listed, and once when the work is over; else what changed is put into its
    place."""
    now, inbox = datetime.now(UTC), get_studio().inbox
    parts: dict[str, str] = {}
    for item in listed.rows:
        if item.active or now - item.changed_at < _RECENT:
            parts |= _parts(item, now)
    parts |= {f"inbox_count_{_slug(state)}": f"{count:,}" for state, count in _all_counts(query).items()}
    for report in inbox.reports(3):
        if report.active or now - report.changed_at < _RECENT:
            batch_id = report.batch.batch_id
            parts |= {
                f"batch_words_{batch_id}": escape(report_words(report)),
                f"batch_bar_{batch_id}": bar_html(report),
            }
    return Glance(token_of([[item.item_id for item in listed.rows], listed.total, idle]), parts)


def _all_counts(query: InboxQuery) -> dict[ItemState, int]:
    found = get_studio().inbox.counts(query)
    return {state: found.get(state, 0) for state in STATE_WORDS}


def bar_html(report: Any) -> str:
    """How far a batch is, in colours of its states."""
    done = (
        ("good", report.states.get("approved", 0) + report.states.get("saved", 0)),
        ("warn", report.states.get("needs review", 0)),
        ("bad", report.states.get("failed", 0) + report.states.get("rejected", 0)),
    )
    return "".join(f'<i class="{kind}" style="flex:{count}"></i>' for kind, count in done if count) + (
        f'<i style="flex:{rest}"></i>' if (rest := report.count - sum(count for _, count in done)) else ""
    )


def _row(item: InboxItem, now: datetime) -> dict[str, Any]:
    return {"id": item.item_id, "name": item.name, **_parts(item, now, plain=True)}


def _parts(item: InboxItem, now: datetime, plain: bool = False) -> dict[str, str]:
    """The two live places of a row: its picture and its cells."""
    names = ("picture", "cells") if plain else (f"item_picture_{item.item_id}", f"item_{item.item_id}")
    return dict(zip(names, (_picture(item), _cells(item, now)), strict=True))


def _picture(item: InboxItem) -> str:
    if not item.page_count:  # not opened yet, or invoice XML, which has no page
        return f'<span class="no_picture">{"XML" if item.page_count == 0 else ""}</span>'
    first = item.pages[0] if item.pages else None
    source = address(item.document, first.number if first else 1, first.rotation if first else 0)
    return f'<img loading="lazy" alt="" src="{escape(source)}?w={_PICTURE}">'


def _cells(item: InboxItem, now: datetime) -> str:
    job = get_studio().inbox.progress(item) if item.state == "reading" else None
    below = " · ".join(text for text in (item.number, _pages(item), item.within) if text)
    words = state_words(item, job)
    age = escape(f"{item.arrived_at:%Y-%m-%d %H:%M} UTC")
    return (
        f'<span class="c_name"><button type="button" class="open" title="{escape(item.name)}: open it in the Studio">'
        f"{escape(item.name)}</button><small>{escape(below)}</small></span>"
        f"<span>{escape(_type(item))}</span>"
        f'<span class="c_vendor" title="{escape(item.vendor)}">{escape(item.vendor)}</span>'
        f'<span class="c_total">{escape(_amount(item))}</span>'
        f'<span class="c_state s_{_slug(item.state)}{" busy" if item.active else ""}"><b>{escape(words)}</b>{_why(item)}</span>'
        f"<span>{_doubt(item)}</span><span>{escape(item.who)}</span>"
        f'<span class="c_age" title="{age}">{age_words(item.arrived_at, now)}</span>'
    )


#: The states of which a row says more than their name.
_SAYING = ("failed", "rejected", "waiting", "saved", "approved")


def _why(item: InboxItem) -> str:
    sentence = item.sentence.removeprefix(f"{item.name}: ") if item.state in _SAYING else ""
    return f'<small title="{escape(item.sentence)}">{escape(sentence)}</small>' if sentence else ""


def _doubt(item: InboxItem) -> str:
    if not item.doubts or item.state not in ("needs review", "approved"):
        return ""
    count = f"{item.doubts} question{'' if item.doubts == 1 else 's'}"
    return f'<b class="doubt">{count}</b><small title="{escape(item.worst)}">{escape(item.worst)}</small>'


def _pages(item: InboxItem) -> str:
    if item.pages and item.page_count and len(item.pages) < item.page_count:
        return f"{len(item.pages)} of {item.page_count} pages"
    return f"{item.page_count} pages" if (item.page_count or 0) > 1 else ""


def _type(item: InboxItem) -> str:
    if item.document_type:
        return item.document_type
    return next((kind.title.lower() for kind in SHIPPED if kind.name == item.type_name), item.type_name)


def _amount(item: InboxItem) -> str:
    if item.total is None:
        return ""
    places = max(2, -int(item.total.normalize().as_tuple().exponent))
    return f"{item.total:,.{places}f} {item.currency}".strip()


def _slug(state: str) -> str:
    return state.replace(" ", "_")
