"""The table of providers: who we connect to, with which keys, and the models that ship."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict


class ProviderEntry(BaseModel):
    """One provider of ``providers.toml`` (the members are explained there)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    wire: Literal["openai", "groq", "anthropic"]
    base_url: str
    keys: tuple[str, ...]
    address: tuple[str, ...] = ()
    needs_key: bool = True
    own_key: bool = False
    """The key is for the person's own address and always goes there (a local server, Azure)."""
    model: str = ""
    models: tuple[str, ...] = ()
    quirks: dict[str, Any] = {}


@cache
def providers() -> dict[str, ProviderEntry]:
    """Every provider that ships, by the name that recipes use."""
    table = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return {name: ProviderEntry.model_validate(entry) for name, entry in table.items()}
