"""Prompts as versioned assets: what is said to a model, for which documents, with which examples."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field


class Example(BaseModel):
    """One worked example (few-shot): a document's text as it is sent, and the reply that was right (JSON)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = ""
    text: str
    reply: str
    document_type: str | None = None
    vendor: str | None = None


class Prompt(BaseModel):
    """One version of a prompt. A stored version is never changed: an edit is a new version.

    ``system`` and ``user`` may hold the variables ``{{document}}`` (the fenced pages), ``{{fields}}`` (the schema in
    words), ``{{language}}``, ``{{document_type}}`` and ``{{vendor}}``. ``language`` (ISO 639-1), ``document_type`` and ``vendor`` narrow what
    the prompt is for; ``None`` is any.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field("invoice", pattern=r"^[\w][\w .\-]{0,79}$", title="Name")
    version: int = Field(0, ge=0, title="Version")
    """From 1 as stored; 0 is the one that ships."""
    system: str = Field("", title="System prompt")
    user: str = Field("{{document}}", title="User prompt")
    language: str | None = Field(None, max_length=20, title="Language")
    document_type: str | None = Field(None, max_length=40, title="Document type")
    vendor: str | None = Field(None, title="Vendor")
    examples: tuple[Example, ...] = Field((), title="Examples")
    notes: str = Field("", title="Notes")
    created_at: datetime | None = None

    @property
    def label(self) -> str:
        """``name@version``, as runs and calls name it."""
        return f"{self.name}@{self.version}"
