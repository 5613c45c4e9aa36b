"""The document types there are. To add one that ships, make its package: a folder of ``core/`` whose ``document_type.py`` has
the ``TYPE`` is found here."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, PlainSerializer, SerializationInfo

from core.declared.building import build, extend, type_built_for
from core.declared.definition import TypeDefinition
from core.invoice.document_type import INVOICE
from core.schema.document_type import DocumentType


def types_in(folder: Path, package: str) -> Iterator[DocumentType]:
    """The types that the packages of ``folder``, itself the package called ``package``, bring: the ``TYPE`` of each one's
    ``document_type.py``, by name."""
    for found in pkgutil.iter_modules([str(folder)]):
        if found.ispkg and (folder / found.name / "document_type.py").is_file():
            kind = getattr(import_module(f"{package}.{found.name}.document_type"), "TYPE", None)
            yield from (kind,) if kind else ()


SHIPPED: tuple[DocumentType, ...] = (INVOICE, *types_in(Path(__file__).parent, "core"))
#: What a document is read as where nobody says otherwise, and what was kept before there were types.
USUAL = INVOICE


def kinds() -> tuple[str, ...]:
    """What a document may call itself, over all types, such as ``credit note``."""
    return tuple(dict.fromkeys(kind for found in SHIPPED for kind in found.told_kinds))


def type_named(name: str) -> DocumentType:
    """The type called ``name``. Raises ValueError with a sentence where there is none."""
    for found in SHIPPED:
        if found.name == name:
            return found
    raise ValueError(f"There is no document type “{name}” here: it may come from another version of the studio.")


def type_for(name: str | None, declared: TypeDefinition | None = None) -> DocumentType:
    """What a recipe that says ``name`` and carries ``declared`` reads documents as. Raises ValueError with a sentence."""
    if declared is not None and name in (None, declared.name):
        return type_declared(declared)
    return type_named(name) if name else USUAL


def type_declared(definition: TypeDefinition) -> DocumentType:
    """The type that ``definition`` declares, or one that ships with what it adds. Raises ValueError with a sentence."""
    return extend(type_named(definition.extends), definition) if definition.extends else build(definition)


def type_of(values: BaseModel) -> DocumentType:
    """The type that ``values`` are of. Raises ValueError for a model of none."""
    if declared := type_built_for(type(values)):
        return declared
    for found in SHIPPED:
        if isinstance(values, found.model):
            return found
    raise ValueError(f"{type(values).__name__} is the model of no document type.")


#: Under these names kept values say their type, where it is not the usual one, and how it was declared.
_TYPE, _DECLARED = "type_name", "declared"


def _revived(values: Any) -> Any:
    if not isinstance(values, dict):
        return values
    told = dict(values)
    declared = told.pop(_DECLARED, None)
    definition = TypeDefinition.model_validate(declared) if declared else None
    return type_for(told.pop(_TYPE, None), definition).model.model_validate(told)


def _kept(values: BaseModel | None, info: SerializationInfo) -> dict[str, Any] | None:
    if values is None:
        return None
    kind = type_of(values)
    told = values.model_dump(mode=info.mode)
    if kind is USUAL:
        return told
    declared = {_DECLARED: kind.declared.model_dump(mode="json")} if kind.declared else {}
    return {_TYPE: kind.name, **declared, **told}


#: The values of a document of any type, in what is kept as JSON.
Values = Annotated[Any, BeforeValidator(_revived), PlainSerializer(_kept)]
