"""How much was, or would be, deleted, in words."""

from __future__ import annotations

from collections.abc import Mapping


def describe_counts(counts: Mapping[str, int]) -> str:
    """How much, in words: ``2 documents, 1 record``."""
    told = [f"{count:,} {title if count != 1 else _one(title)}" for title, count in counts.items() if count]
    return ", ".join(told) or "nothing"


def _one(title: str) -> str:
    return title.replace("calls", "call", 1) if title.startswith("calls ") else title.removesuffix("s")
