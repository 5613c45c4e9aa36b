"""Worked examples of a prompt, taken from saved records."""

from __future__ import annotations

import streamlit as st

from core.errors import StudioError
from core.prompt import Example, Prompt
from core.stores.records import RecordQuery, RecordSummary
from pages.prompts_parts.list import choose
from pages.shared.entries import say
from pages.shared.frame import get_studio, plain

_OFFERED = 50


def draw_examples(prompt: Prompt) -> None:
    """The version's examples, and the records that can become one. A change makes the next version."""
    st.caption(
        "An example is sent before the document, as a question that was answered well: the page of a saved record and "
        "its values as you corrected them. Each costs its tokens in every call."
    )
    if not prompt.examples:
        st.markdown("No example yet.")
    for number, example in enumerate(prompt.examples):
        _draw_example(prompt, number, example)
    _draw_adding(prompt)


def _draw_example(prompt: Prompt, number: int, example: Example) -> None:
    with st.expander(plain(example.name or f"Example {number + 1}"), icon=":material/school:"):
        page, reply = st.columns(2)
        with page:
            st.code(example.text, language=None, height=260)
        with reply:
            st.code(example.reply, language="json", height=260, wrap_lines=True)
        st.button(
            "Take out",
            key=f"prompt_example_out_{number}",
            icon=":material/delete:",
            on_click=_take_out,
            args=(prompt, number),
        )


def _draw_adding(prompt: Prompt) -> None:
    found = get_studio().search(RecordQuery(size=_OFFERED)).rows
    if not found:
        st.caption("Save a record in the Studio: it can then become an example.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom", key="prompt_add_example"):
        chosen = st.selectbox("From a saved record", found, format_func=_name, key="prompt_example_record", width=460)
        st.button(
            "Add as example", key="prompt_example_add", icon=":material/add:", on_click=_add, args=(prompt, chosen)
        )


def _name(order: RecordSummary) -> str:
    told = [order.values.get(name) for name in (order.type.issuer, order.type.identifier)]
    parts = [f"Order {order.order_id}", *told, order.status]
    return " · ".join(part for part in parts if part)


def _add(prompt: Prompt, order: RecordSummary) -> None:
    try:
        example = get_studio().prompts.example_of(order.order_id)
    except StudioError as error:
        say(str(error), bad=True)
    else:
        _keep(prompt, (*prompt.examples, example), f"Example {example.name} added.")


def _take_out(prompt: Prompt, number: int) -> None:
    left = tuple(example for place, example in enumerate(prompt.examples) if place != number)
    _keep(prompt, left, f"Example {prompt.examples[number].name} taken out.")


def _keep(prompt: Prompt, examples: tuple[Example, ...], notes: str) -> None:
    try:
        kept = get_studio().prompts.keep(prompt.model_copy(update={"examples": examples, "notes": notes}))
    except StudioError as error:
        say(str(error), bad=True)
    else:
        choose(kept.name)
        say(f"{notes} Kept as {kept.label}.")
