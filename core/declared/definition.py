"""A document type as a person declares it: its fields, tables and checks as plain data, kept, exported and imported whole."""

from __future__ import annotations

import keyword
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from core.declared.relation import Relation, parse_relation
from core.schema.fields import FieldKind

#: The most fields, columns, tables, checks, and words for one field.
MOST_FIELDS, MOST_COLUMNS, MOST_TABLES, MOST_CHECKS, MOST_WORDS = 60, 20, 5, 40, 40
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
#: What a model's own attributes are called, and so no field can be.
_TAKEN = frozenset(dir(BaseModel))


def _usable(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(
            f"“{name[:40]}” cannot be a name: small letters, digits and _ only, a letter first, 40 at most"
        )
    if name in _TAKEN or keyword.iskeyword(name) or name.startswith("model_"):
        raise ValueError(f"“{name}” is a word with another meaning here: choose another name")
    return name


def _words(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tidy for word in words if (tidy := " ".join(word.split()))))


Name = Annotated[str, AfterValidator(_usable)]
Title = Annotated[str, Field(min_length=1, max_length=60)]
Words = Annotated[
    tuple[Annotated[str, Field(max_length=80)], ...], Field(max_length=MOST_WORDS), AfterValidator(_words)
]


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FieldDefinition(_Frozen):
    """One field of the header, or one column of a table. ``labels`` are the words by which paper calls it, in whatever
    language, beside its title; ``mask`` is what its value looks like (:mod:`core.declared.mask`); ``allowed`` the only
    values that it may have, where there are such."""

    name: Name
    title: Title
    description: str = Field("", max_length=300)
    kind: FieldKind = "text"
    group: str = Field("Document", max_length=40)
    required: bool = False
    labels: Words = ()
    mask: str = Field("", max_length=60)
    allowed: Words = ()

    @property
    def called(self) -> tuple[str, ...]:
        """Every word by which paper may call it."""
        return tuple(dict.fromkeys((*self.labels, self.title)))


class TableDefinition(_Frozen):
    """A table: each row has its ``columns``, of which those that a row must have to be one are ``required``."""

    name: Name
    title: Title
    row_title: str = Field("Row", min_length=1, max_length=40)
    columns: tuple[FieldDefinition, ...] = Field(min_length=1, max_length=MOST_COLUMNS)

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        _once((column.name for column in self.columns), f"column of {self.title}")
        return self


class TypeDefinition(_Frozen):
    """A document type. ``headings`` are the words with which such a document calls itself. ``checks`` are relations between
    its fields (:mod:`core.declared.relation`). ``version`` counts the changes; whatever was read names the one it was
    read with.

    Where ``extends`` names a type that ships (its own name then), ``fields`` are header fields that a person added to it, and
    ``tables`` further columns of its tables; its checks may speak of both (:func:`core.declared.building.extend`)."""

    name: Name
    extends: str = Field("", max_length=40, exclude_if=lambda extends: not extends)
    title: Title
    titles: str = Field("", max_length=60)
    description: str = Field("", max_length=300)
    version: int = Field(1, ge=1)
    headings: Words = ()
    fields: tuple[FieldDefinition, ...] = Field(max_length=MOST_FIELDS)
    tables: tuple[TableDefinition, ...] = Field((), max_length=MOST_TABLES)
    checks: tuple[Annotated[str, Field(max_length=200)], ...] = Field((), max_length=MOST_CHECKS)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        _once([*(field.name for field in self.fields), *(table.name for table in self.tables)], "field")
        if self.extends:
            self.relations()  # what they speak of, only the type that is extended can tell
            return self
        if not self.fields:
            raise ValueError("a document type needs at least one field")
        known = set(self.names())
        for relation in self.relations():
            if unknown := sorted(relation.names - known):
                raise ValueError(f"the check “{relation.text}” speaks of {unknown[0]}, which is no field of this type")
            relation.refuse_unfit(self.kind_of)
        return self

    def names(self) -> Iterator[str]:
        """What a check may name: header fields, and columns as ``table.column``."""
        yield from (field.name for field in self.fields)
        yield from (f"{table.name}.{column.name}" for table in self.tables for column in table.columns)

    def kind_of(self, name: str) -> FieldKind:
        """The kind of what a check calls ``name``. Raises KeyError."""
        return self._by_name()[name].kind

    def title_of(self, name: str) -> str:
        """The title of what a check calls ``name``. Raises KeyError."""
        return self._by_name()[name].title

    def _by_name(self) -> dict[str, FieldDefinition]:
        columns = {f"{table.name}.{column.name}": column for table in self.tables for column in table.columns}
        return {field.name: field for field in self.fields} | columns

    def relations(self) -> tuple[Relation, ...]:
        """Its checks, parsed. Raises ValueError with a sentence."""
        return tuple(parse_relation(text) for text in self.checks)


def _once(names: Iterable[str], what: str) -> None:
    for name, count in Counter(names).items():
        if count > 1:
            raise ValueError(f"there are {count} of “{name}”: each {what} has a name of its own")
