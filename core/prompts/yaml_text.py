"""Prompts as YAML, to be kept in a repository or given to a colleague."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from core.errors import PromptError
from core.prompt import Prompt
from core.yaml_text import Refused, read_entries, write_documents

#: The deepest that a prompt goes (a list of examples of texts), and the most prompts in a file.
_DEEPEST, _MOST = 8, 1000
#: What a file does not say of a prompt: where it is imported it gets a number and a time of its own.
_OURS = {"version", "created_at"}


def write_prompts(prompts: Iterable[Prompt]) -> str:
    """``prompts`` as YAML, a document each, texts as blocks that can be read. Version and time are left out."""
    return write_documents(prompt.model_dump(mode="json", exclude=_OURS) for prompt in prompts)


def read_prompts(data: bytes) -> list[Prompt]:
    """The prompts in a YAML text (a document each, or a list). Raises PromptError with what is wrong and where."""
    try:
        entries = read_entries(data, "prompt", _DEEPEST)
    except Refused as error:
        raise PromptError(str(error)) from error
    if len(entries) > _MOST:
        raise PromptError(f"This file holds {len(entries):,} prompts and the limit is {_MOST:,}: split it.")
    return [_prompt(entry, number) for number, entry in enumerate(entries, 1)]


def _prompt(entry: Any, number: int) -> Prompt:
    which = f"Prompt {number}"
    if not isinstance(entry, dict):
        raise PromptError(f"{which} is no mapping: write name, system and user as keys.")
    try:
        return Prompt.model_validate({key: value for key, value in entry.items() if key not in _OURS})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise PromptError(f"{which} cannot be used: {where}: {first['msg']}.") from error
