"""Document types that people declared."""

from __future__ import annotations

from typing import Protocol

from core.declared.definition import TypeDefinition


class TypeStore(Protocol):
    """Versions of declared types, never changed once stored: what was read with one can be shown for ever."""

    def newest(self) -> list[TypeDefinition]:
        """The newest version of every type in use, by title."""

    def get(self, name: str, version: int | None = None) -> TypeDefinition | None:
        """One version of a type (``None``: the newest in use); ``None`` where there is none."""

    def add(self, definition: TypeDefinition) -> TypeDefinition:
        """Store ``definition`` as the next version of its name, in use from now on; gives it with its number."""

    def retire(self, name: str) -> None:
        """Take a type out of use. Its versions stay."""
