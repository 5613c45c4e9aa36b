"""The words of a type that ships, as those of a declared one: by what paper calls its fields, a section a language.

A file of words (TOML) has a section for each language. In it stand the ``headings`` with which such a document calls itself, and
under a field's name (``table.column`` for a column) the words by which it is called. The section ``values`` says what a field
may say where no word announces it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from core.declared.definition import FieldDefinition, TableDefinition, TypeDefinition
from core.schema.document_type import DocumentType
from core.schema.fields import FieldInfo

#: The sections that are no languages, and what a language has beside fields.
_VALUES, HEADINGS = "values", "headings"


class _Worded(FieldDefinition):
    """A field with the words of all languages, which are more than a person may type."""

    labels: tuple[str, ...] = ()


class _Titled(TypeDefinition):
    """A type with the headings of all languages."""

    headings: tuple[str, ...] = ()


def definition_of(
    kind: DocumentType,
    language: str | None = None,
    heads: Mapping[str, Iterable[str]] | None = None,
    named_only: bool = False,
) -> TypeDefinition:
    """``kind`` by its fields and words (:func:`words_of`). ``heads`` are further words for columns by name, whatever the table;
    ``named_only`` leaves out header fields for which there are no words. Raises ValueError where the file names what the type does
    not have."""
    words = words_of(kind, language)
    fields = [_field(info, words.get(info.name, ())) for info in kind.header]
    tables = [
        TableDefinition(
            name=table.name,
            title=table.title,
            row_title=table.row_title,
            columns=tuple(
                _field(info, (*words.get(f"{table.name}.{info.name}", ()), *(heads or {}).get(info.name, ())))
                for info in table.columns
            ),
        )
        for table in kind.tables
    ]
    kept = [field for field in fields if field.labels] if named_only else fields
    return _Titled(
        name=kind.key,
        title=kind.title,
        titles=kind.titles,
        headings=words.get(HEADINGS, ()),
        fields=tuple(kept or fields[:1]),
        tables=tuple(tables),
    )


@cache
def words_of(kind: DocumentType, language: str | None = None) -> Mapping[str, tuple[str, ...]]:
    """The words by field, and the ``headings``: those of ``language`` and of English, which many documents mix with their own; of
    all languages where the file does not know it. Raises ValueError."""
    known = {HEADINGS, *_paths(kind)}
    found: dict[str, tuple[str, ...]] = {}
    sections = _file(kind)
    spoken = {language, "en"} if language in sections else sections.keys()
    for section, named in sections.items():
        if section == _VALUES or section not in spoken:
            continue
        if strange := sorted(named.keys() - known):
            raise ValueError(f"{kind.words}: [{section}] names {strange[0]}, which is no field of {kind.name}.")
        for name, words in named.items():
            found[name] = tuple(dict.fromkeys((*found.get(name, ()), *words)))
    return found


def values_of(kind: DocumentType) -> Mapping[str, Sequence[str]]:
    """What header fields may say where no word announces it. Raises ValueError."""
    named: Mapping[str, Sequence[str]] = _file(kind).get(_VALUES, {})
    if strange := sorted(named.keys() - set(_paths(kind))):
        raise ValueError(f"{kind.words}: [{_VALUES}] names {strange[0]}, which is no field of {kind.name}.")
    return named


@cache
def _file(kind: DocumentType) -> Mapping[str, Mapping[str, Sequence[str]]]:
    return tomllib.loads(kind.words.read_text(encoding="utf-8")) if kind.words else {}


def _paths(kind: DocumentType) -> Iterable[str]:
    yield from (info.name for info in kind.header)
    yield from (f"{table.name}.{info.name}" for table in kind.tables for info in table.columns)


def _field(info: FieldInfo, words: Iterable[str]) -> FieldDefinition:
    return _Worded(
        name=info.name,
        title=info.title,
        kind=info.kind,
        group=info.group or "Document",
        required=info.required,
        labels=tuple(dict.fromkeys(words)),
    )
