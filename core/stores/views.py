"""Lists of records that people keep by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class RecordView:
    """A list kept by name: ``address`` says what it is narrowed to, its columns and order (JSON values by name). ``owner`` is whose
    it is; everybody's where that is empty."""

    name: str
    address: Mapping[str, Any]
    owner: str = ""

    @property
    def shared(self) -> bool:
        """Whether it is everybody's."""
        return not self.owner


class ViewStore(Protocol):
    """Keeps them; two people may call theirs the same."""

    def of(self, owner: str) -> list[RecordView]:
        """Those of a person and everybody's, by name."""

    def keep(self, view: RecordView) -> None:
        """Keep one; that of the same name and owner is replaced."""

    def remove(self, name: str, owner: str) -> None:
        """Drop one; nothing happens where there is none."""
