"""Exactly what left this machine in a call to a model, and what it cost."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import streamlit as st

from core.call import Call
from core.errors import StudioError
from pages.shared.frame import get_studio, plain
from pages.shared.money import dollars


def draw_sent(call: Call) -> None:
    """The question of ``call`` part by part, its pictures, and the whole as JSON."""
    with st.container(border=True, key=f"sent_{call.call_id}"):
        usage = call.usage
        cached = f" ({usage.cached:,} from the provider's cache)" if usage.cached else ""
        st.markdown(
            f"**{plain(call.provider)}:{plain(call.model)}** · {plain(call.purpose)} · {plain(call.outcome)} · "
            f"{usage.input:,} tokens in{cached}, {usage.output:,} out · {plain(dollars(call.cost))} · {call.seconds:.1f} s"
        )
        if not call.sent:
            st.caption("What was sent was not kept.")
            return
        for title, part in _parts(call.sent):
            st.caption(title)
            if "image" in part:
                _draw_picture(part["image"])
            else:
                text = part.get("text", "")
                st.code(text, language=None, wrap_lines=True, height=240 if len(text) > 1200 else "content")
        with st.expander("All of it as JSON"):
            st.code(json.dumps(call.sent, ensure_ascii=False, indent=2), language="json", height=300)


def _parts(sent: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The texts and pictures of a question in order, with a title each (:func:`core.llm.record.describe`)."""
    if sent.get("system"):
        yield "System prompt", {"text": sent["system"]}
    for message in sent.get("messages", ()):
        for part in message["parts"]:
            yield message["role"].capitalize(), part


def _draw_picture(sha256: str) -> None:
    try:
        data = get_studio().kept_bytes(sha256)
    except StudioError as error:
        st.caption(plain(str(error)))
    else:
        st.image(data, width=420)
