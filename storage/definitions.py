"""What a person had added to a type that ships as a record was saved: kept once, however many records share it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import lru_cache

from sqlalchemy import Connection, insert, select

from core.declared.definition import TypeDefinition
from core.document_types import type_declared
from core.schema.document_type import DocumentType
from storage.tables import DEFINITIONS


def keep_definitions(connection: Connection, kinds: Iterable[DocumentType]) -> None:
    """Keep what was added to ``kinds``, where it is not kept yet."""
    told = {digest: text for kind in kinds if (digest := digest_of(kind)) and (text := _text_of(kind))}
    if not told:
        return
    known = connection.execute(select(DEFINITIONS.c.digest).where(DEFINITIONS.c.digest.in_(told))).scalars()
    missing = sorted(told.keys() - set(known))
    if missing:
        rows = [{"digest": digest, "definition": told[digest]} for digest in missing]
        connection.execute(insert(DEFINITIONS), rows)


def digest_of(kind: DocumentType) -> str | None:
    """By what the definition of what was added to ``kind`` is found; ``None`` for nothing."""
    text = _text_of(kind)
    return hashlib.sha256(text.encode()).hexdigest() if text else None


def kinds_of(connection: Connection, digests: Iterable[str | None]) -> Mapping[str, DocumentType]:
    """The types by the digests of what was added to them."""
    wanted = {digest for digest in digests if digest}
    if not wanted:
        return {}
    rows = connection.execute(select(DEFINITIONS).where(DEFINITIONS.c.digest.in_(wanted)))
    return {row.digest: _kind_of(row.definition) for row in rows}


def _text_of(kind: DocumentType) -> str:
    return kind.extension.model_dump_json() if kind.extension else ""


@lru_cache(maxsize=256)
def _kind_of(text: str) -> DocumentType:
    return type_declared(TypeDefinition.model_validate_json(text))
