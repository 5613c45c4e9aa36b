"""One row of a comparison: the pages of a document that make one invoice, and its truth where there is one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.extraction import PageRef


@dataclass(frozen=True, slots=True)
class Row:
    """What is read: ``document`` is the file's SHA-256, ``pages`` the chosen pages with the person's turns, ``truth`` the
    folder of a case (:mod:`core.evaluation.cases`), or an empty text."""

    document: str
    name: str
    pages: tuple[PageRef, ...]
    truth: str = ""

    def to_mapping(self) -> dict[str, Any]:
        """As JSON values, as the store keeps rows."""
        pages = [[page.number, page.rotation] for page in self.pages]
        return {"document": self.document, "name": self.name, "pages": pages, "truth": self.truth}

    @classmethod
    def from_mapping(cls, kept: Mapping[str, Any]) -> Row:
        """The row that was kept so. Raises LookupError, TypeError for something else."""
        pages = tuple(PageRef(number, rotation) for number, rotation in kept["pages"])
        return cls(kept["document"], kept["name"], pages, kept.get("truth") or "")
