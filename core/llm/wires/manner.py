"""The manner in which a model is asked, and the plainer one to take when the provider refuses it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from core.llm.provider import Question, Strictness

#: From the strictest to the loosest way of holding a reply to a schema.
LADDER: tuple[Strictness, ...] = ("schema", "tool", "json", "none")

_WORDS: dict[Strictness, str] = {
    "schema": "a JSON schema",
    "tool": "a tool call",
    "json": "JSON mode",
    "none": "the prompt's words alone",
}

#: What a refusal is about: the format of the reply, a parameter that is not known, streaming.
_FORMAT = re.compile(
    r"response_format|json_schema|json_object|output_config|output_format|schema|structured|grammar|\btools?\b|tool_",
    re.I,
)
_UNKNOWN = re.compile(r"not support|unsupported|unrecogni|unknown|unexpected|extra (?:fields|inputs)", re.I)
_STREAM = re.compile(r"\bstream", re.I)


@dataclass(frozen=True)
class Quirks:
    """What a provider of a known wire does differently. ``strict`` is a pattern of models that take ``strict: true``,
    ``length`` the name of the parameter for the longest reply, ``ladder`` the ways it knows of holding a reply to a
    schema, ``account`` whether the headers that the SDK's own environment variables ask for are meant for it."""

    strict: str = ""
    length: str = "max_completion_tokens"
    ladder: tuple[Strictness, ...] = LADDER
    account: bool = False

    def is_strict(self, model: str) -> bool:
        """Whether ``model`` takes ``strict: true``."""
        return bool(self.strict and re.search(self.strict, model))


@dataclass(frozen=True)
class Manner:
    """How a model is asked. ``notes`` say what was given up to come here."""

    strictness: Strictness = "schema"
    strict: bool = True
    temperature: bool = True
    streams: bool = True
    length: str = "max_completion_tokens"
    notes: tuple[str, ...] = field(default=())


def _not_strict(manner: Manner, refusal: str) -> Manner | None:
    asked = manner.strict and manner.strictness == "schema"
    return replace(manner, strict=False) if asked and re.search(r"\bstrict\b", refusal) else None


def _looser(manner: Manner, ladder: tuple[Strictness, ...]) -> Manner | None:
    below = ladder[ladder.index(manner.strictness) + 1 :]
    if not below:
        return None
    looser = below[0]
    note = f"The model cannot be held to {_WORDS[manner.strictness]}; it was asked by {_WORDS[looser]}."
    return replace(manner, strictness=looser, notes=(*manner.notes, note))


def plainer(
    manner: Manner, refusal: str, question: Question, *, streaming: bool, ladder: tuple[Strictness, ...] = LADDER
) -> Manner | None:
    """The manner to take after the provider refused ``manner`` with ``refusal`` (its words as they came).

    ``None`` where the refusal is about something else, or nothing is left to give up.
    """
    has_schema = question.schema is not None
    if "temperature" in refusal and question.temperature is not None and manner.temperature:
        return replace(manner, temperature=False)
    if re.search(rf"\b{manner.length}\b", refusal) and _UNKNOWN.search(refusal):
        other = "max_tokens" if manner.length == "max_completion_tokens" else "max_completion_tokens"
        return replace(manner, length=other)
    if streaming and has_schema and manner.streams and _STREAM.search(refusal):
        return replace(manner, streams=False)
    if has_schema and _FORMAT.search(refusal):
        return _not_strict(manner, refusal) or _looser(manner, ladder)
    return None
