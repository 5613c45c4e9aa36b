"""What a model can do, by the shipped table ``models.toml``."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from core.call import ModelName
from core.llm.provider import Capabilities


@cache
def capabilities(name: ModelName) -> Capabilities:
    """What ``name`` can do: the first entry of the table that fits, or the contract's guesses where none does."""
    for provider, model, can in _table():
        if provider.fullmatch(name.provider) and model.search(name.model):
            return can
    return Capabilities()


@cache
def _table() -> tuple[tuple[re.Pattern[str], re.Pattern[str], Capabilities], ...]:
    text = Path(__file__).with_name("models.toml").read_text(encoding="utf-8")
    return tuple(_entry(dict(entry)) for entry in tomllib.loads(text)["model"])


def _entry(entry: dict[str, Any]) -> tuple[re.Pattern[str], re.Pattern[str], Capabilities]:
    provider, model = re.compile(entry.pop("provider")), re.compile(entry.pop("name"), re.IGNORECASE)
    return provider, model, Capabilities(**entry)
