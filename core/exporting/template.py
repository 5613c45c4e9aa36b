"""Text with the names of values in braces: ``Invoice {invoice_number} of {invoice_date:%d.%m.%Y}``.

Made by hand and not by ``str.format``, which would reach into objects: a layout comes from a file, and its names are looked up in
one table and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property
from typing import Any

_NAMED = re.compile(r"\{([a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?)(?::([^{}]{1,30}))?\}")


class Template:
    """A text with places for values. Raises ValueError for braces that are no place; two braces stand for one."""

    def __init__(self, text: str) -> None:
        self.text = text
        rest = _NAMED.sub("", text.replace("{{", "").replace("}}", ""))
        if "{" in rest or "}" in rest:
            raise ValueError(f"“{text[:60]}” has a brace that names nothing: write {{name}} or {{name:format}}")

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names that it asks for."""
        return tuple(match[1] for match in _NAMED.finditer(self._bare))

    @property
    def _bare(self) -> str:
        return self.text.replace("{{", "\0").replace("}}", "\1")

    @property
    def only(self) -> tuple[str, str | None] | None:
        """Name and format where the text is one place and nothing else; ``None`` otherwise."""
        match = _NAMED.fullmatch(self.text)
        return (match[1], match[2]) if match else None

    def fill(self, value_of: Callable[[str], Any], written: Callable[[Any, str | None], str]) -> str:
        """The text with each place filled by what ``value_of`` gives for its name, as ``written`` writes it. KeyErrors of
        ``value_of`` pass through."""
        filled = _NAMED.sub(lambda match: written(value_of(match[1]), match[2]), self._bare)
        return filled.replace("\0", "{").replace("\1", "}")
