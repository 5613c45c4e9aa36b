"""Versions of prompts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from core.prompt import Prompt


@dataclass(frozen=True, slots=True)
class PromptSummary:
    """A prompt's name with its newest version and the document types whose default one of its versions is."""

    name: str
    newest: int
    versions: int
    default_for: tuple[str, ...] = ()


class Prompts(Protocol):
    """Versions of prompts, never changed once stored."""

    def summaries(self) -> list[PromptSummary]:
        """Every prompt, by name."""

    def versions(self, name: str) -> list[Prompt]:
        """Every version of a prompt, newest first; empty for an unknown name."""

    def get(self, name: str, version: int | None = None) -> Prompt:
        """One version (``None``: the newest). Raises RecordMissing."""

    def add(self, prompt: Prompt) -> Prompt:
        """Store ``prompt`` as the next version of its name; gives it with its number and time."""

    def defaults(self) -> dict[str, tuple[str, int]]:
        """(name, version) of the default prompt by document type."""

    def set_default(self, document_type: str, name: str, version: int) -> None:
        """Make a version the default of a document type. Raises RecordMissing."""

    def remove_default(self, document_type: str) -> None:
        """Back to the prompt that ships."""
