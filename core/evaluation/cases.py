"""A folder of cases: one folder each, with ``document.<suffix>`` and ``truth.json``."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core import document_types
from core.declared.definition import TypeDefinition
from core.document_types import type_declared
from core.documents import FORMATS
from core.errors import CaseError
from core.evaluation.scoring import type_of_truth
from core.extraction import PageRef
from core.recipe import Recipe
from core.schema.document_type import DocumentType


@dataclass(frozen=True, slots=True)
class Case:
    """One document with its truth."""

    case_id: str
    truth: dict[str, Any]
    document: Path | None
    """``None`` when the folder holds a truth only: enough to score predictions that exist."""

    @property
    def type(self) -> DocumentType:
        """The document type that it is read and scored as."""
        return type_of_truth(self.truth)

    def read_with(self, recipe: Recipe) -> Recipe:
        """``recipe`` as it reads this case: as its type, as it was declared then."""
        if self.type is document_types.USUAL:
            return recipe
        return recipe.reading(self.type.name).with_declared(self.type.declared)

    @property
    def type_title(self) -> str:
        """What its type is called."""
        return str(self.truth["meta"].get("type_title") or self.type.title)

    @property
    def language(self) -> str:
        return str(self.truth["meta"].get("language", ""))

    @property
    def kind(self) -> str:
        return str(self.truth["meta"].get("kind", ""))

    @property
    def vendor(self) -> str:
        """Who issued it, under the name by which layouts of the same vendor are told."""
        return str(self.truth["meta"].get("vendor_group") or self.truth.get(self.type.issuer) or "")

    @property
    def invoice_pages(self) -> tuple[int, ...]:
        """The pages (from 1) that hold the invoice; empty where the truth does not say."""
        return tuple(self.truth["meta"].get("invoice_pages") or ())

    @property
    def invoice_refs(self) -> tuple[PageRef, ...]:
        """Those pages, turned as ``meta.rotations`` (clockwise degrees by page) says."""
        turned = self.truth["meta"].get("rotations") or {}
        return tuple(PageRef(number, turned.get(str(number), 0)) for number in self.invoice_pages)


def load_cases(folder: Path, kinds: Iterable[str] = (), languages: Iterable[str] = ()) -> list[Case]:
    """The cases of ``folder`` by name, those of the kinds and languages named (all where none is).

    Raises CaseError when the folder holds none or a truth cannot be read.
    """
    if not folder.is_dir():
        raise CaseError(f"{folder} is not a folder: name one that holds a folder a case, each with its truth.json.")
    found = [load_case(path.parent) for path in sorted(folder.glob("*/truth.json"))]
    if not found:
        raise CaseError(
            f"{folder} holds no cases: every case is a folder with document.pdf (or a picture) and truth.json."
        )
    return choose_cases(found, kinds, languages)


def choose_cases(found: Sequence[Case], kinds: Iterable[str] = (), languages: Iterable[str] = ()) -> list[Case]:
    """Those of the kinds and languages named (all where none is). Raises CaseError where there is none."""
    kinds, languages = set(kinds), set(languages)
    chosen = [
        case for case in found if (not kinds or case.kind in kinds) and (not languages or case.language in languages)
    ]
    if not chosen:
        have = f"kinds {', '.join(sorted({c.kind for c in found}))}; languages {', '.join(sorted({c.language for c in found}))}"
        raise CaseError(f"No case is of this kind and language; there are {have}.")
    return chosen


def load_case(folder: Path) -> Case:
    """The case in ``folder``. Raises CaseError when its truth cannot be read."""
    try:
        truth = json.loads((folder / "truth.json").read_bytes())
    except (OSError, ValueError, RecursionError):
        truth = None
    if not _can_be_scored(truth):
        raise CaseError(
            f"{folder.name}/truth.json cannot be used: it must be a JSON invoice whose meta.visible says what is scored."
        )
    for table in type_of_truth(truth).tables:
        rows = truth["meta"]["visible"].get(table.name)
        if isinstance(rows, list) and len(rows) != len(truth[table.name]):
            raise CaseError(
                f"{folder.name}/truth.json cannot be used: meta.visible.{table.name} needs one entry a line item."
            )
    documents = sorted(folder.glob("document.*"), key=lambda path: (path.suffix.lower() not in FORMATS, path))
    return Case(folder.name, truth, documents[0] if documents else None)


def _can_be_scored(truth: Any) -> bool:
    """Whether every part of a truth that scoring looks into has its shape: anybody may have written it."""
    if not isinstance(truth, dict) or not isinstance(truth.get("meta"), dict):
        return False
    meta = truth["meta"]
    shaped = (
        isinstance(meta.get("visible"), dict)
        and _each(meta.get("alternatives") or {}, dict, list)
        and _each(meta.get("line_description_alternatives") or [], list, list)
        and _each(meta.get("invoice_pages") or [], list, int)
        and _each(meta.get("rotations") or {}, dict, int)
        and _is_known(meta.get("type"))
        and _can_be_declared(meta.get("declared"))
    )
    return shaped and all(
        _each(rows, list, dict) and _each(truth.get(table.name), list, dict)
        for table in type_of_truth(truth).tables
        if isinstance(rows := meta["visible"].get(table.name), list)
    )


def _is_known(name: Any) -> bool:
    """Whether ``name`` is a document type's, or none."""
    return not name or any(kind.name == name for kind in document_types.SHIPPED)


def _can_be_declared(declared: Any) -> bool:
    """Whether ``declared`` is nothing, or declares a type or what is added to one."""
    try:
        return not declared or type_declared(TypeDefinition.model_validate(declared)) is not None
    except ValueError:
        return False


def _each(value: Any, outer: type[dict[Any, Any]] | type[list[Any]], inner: type) -> bool:
    """Whether ``value`` is an ``outer`` (dict or list) that holds nothing but ``inner``."""
    if not isinstance(value, outer):
        return False
    parts: Iterable[Any] = value.values() if isinstance(value, dict) else value
    return all(isinstance(part, inner) for part in parts)
