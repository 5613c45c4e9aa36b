"""The declared types that there are: kept in versions, looked up by name, fixed in a recipe as a run begins."""

from __future__ import annotations

from core.declared.definition import TypeDefinition
from core.declared.yaml_text import make_definition, read_type, write_type
from core.document_types import SHIPPED, USUAL, type_declared, type_for
from core.errors import TypeDefinitionError
from core.recipe import AUTO, Recipe
from core.schema.document_type import DocumentType
from core.stores.types import TypeStore


class TypeShelf:
    """The verbs of the Document types page and the command line."""

    def __init__(self, store: TypeStore) -> None:
        self._store = store

    def declared(self) -> list[TypeDefinition]:
        """The newest version of every declared type, by title."""
        return [definition for definition in self._store.newest() if not definition.extends]

    def types(self) -> list[DocumentType]:
        """Every type that a document can be read as: those that ship, with what a person added to them, then the declared
        ones."""
        newest = self._store.newest()
        added = {definition.name: definition for definition in newest if definition.extends}
        shipped = [type_for(kind.name, added.get(kind.name)) for kind in SHIPPED]
        return [*shipped, *(type_declared(definition) for definition in newest if not definition.extends)]

    def extension(self, name: str, version: int | None = None) -> TypeDefinition | None:
        """What a person added to the type called ``name`` that ships (``None``: as it is now); ``None`` for nothing."""
        found = self._store.get(name, version)
        return found if found and found.extends else None

    def version_of(self, name: str, version: int) -> DocumentType | None:
        """A type as its ``version`` declared it, also where it is out of use; ``None`` where there is none."""
        found = self._store.get(name, version)
        return type_declared(found) if found else None

    def named(self, name: str, version: int | None = None) -> TypeDefinition:
        """A declared type (``None``: its newest version). Raises TypeDefinitionError."""
        found = self._store.get(name, version)
        if found is None:
            known = ", ".join(definition.name for definition in self.declared()) or "none yet"
            raise TypeDefinitionError(f"There is no document type “{name}” here. Declared are: {known}.")
        return found

    def keep(self, definition: TypeDefinition) -> TypeDefinition:
        """Store ``definition`` as the newest version of its name; what says the same as the newest is not stored again.
        Raises TypeDefinitionError where the name is one that ships, or what is added to such a type is not sound."""
        if definition.extends:
            make_definition(definition.model_dump(mode="json"))
            if definition.name != definition.extends:
                raise TypeDefinitionError(f"What is added to “{definition.extends}” bears its name.")
        elif any(shipped.name == definition.name for shipped in SHIPPED):
            raise TypeDefinitionError(f"“{definition.name}” is a type that ships: give yours another name.")
        if definition.name == AUTO:
            raise TypeDefinitionError(f"“{AUTO}” leaves the type to what a page says: give yours another name.")
        newest = self._store.get(definition.name)
        if newest and newest.model_copy(update={"version": 1}) == definition.model_copy(update={"version": 1}):
            return newest
        return self._store.add(definition)

    def remove(self, name: str) -> None:
        """Take a declared type out of use; what was read with it stays readable. Raises TypeDefinitionError."""
        self.named(name)
        self._store.retire(name)

    def export(self, name: str) -> str:
        """A declared type as YAML. Raises TypeDefinitionError."""
        return write_type(self.named(name))

    def take_in(self, data: bytes) -> TypeDefinition:
        """Keep the type in a YAML text. Raises TypeDefinitionError with what is not sound."""
        return self.keep(read_type(data))

    def reading_as(self, recipe: Recipe, name: str) -> Recipe:
        """``recipe`` for documents of the type called ``name``, or (AUTO) of what their pages say. Raises TypeDefinitionError where there is
        none."""
        if name != AUTO and all(shipped.name != name for shipped in SHIPPED):
            self.named(name)
        return recipe.model_copy(update={"type_name": name, "declared": None})

    def pin(self, recipe: Recipe) -> Recipe:
        """``recipe`` with the declared type that it names, with what was added to one that ships, or with all of these where it chooses
        among them, as they are now: what is read with it never changes afterwards. Raises TypeDefinitionError where there is none of that
        name."""
        if recipe.chooses_type:
            return recipe if recipe.among else recipe.model_copy(update={"among": tuple(self._store.newest())})
        name = recipe.type_name or USUAL.name
        if recipe.declared and recipe.declared.name == name:
            return recipe
        if any(shipped.name == name for shipped in SHIPPED):
            added = self.extension(name)
            return recipe if added == recipe.declared else recipe.model_copy(update={"declared": added})
        return recipe.model_copy(update={"declared": self.named(name)})
