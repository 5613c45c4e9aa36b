"""A model's reply while it arrives: the fields that are complete, and the raw text."""

from __future__ import annotations

from html import escape

from core.document_types import USUAL
from core.llm.reply import fields_so_far


def reply_html(reply: str) -> str:
    """What has come so far: fields on the left, raw JSON on the right."""
    raw = f'<pre class="arriving-raw" data-follow>{escape(reply)}</pre>'
    return f'<div class="reply">{fields_html(fields_so_far(reply, USUAL))}{raw}</div>'


def fields_html(found: dict[str, str]) -> str:
    """The complete fields as a table. Their texts are a document's words: escaped."""
    rows = "".join(
        f"<div><span>{escape(USUAL.title_of(path))}</span><b>{escape(value)}</b></div>" for path, value in found.items()
    )
    return f'<div class="arriving" aria-live="polite">{rows or "<i>The reply begins …</i>"}</div>'
