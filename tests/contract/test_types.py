"""Declared types in both databases: versions that never change, the newest in use, what is out of use still there."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core.declared.shelf import TypeShelf
from core.errors import TypeDefinitionError
from core.recipe import Recipe
from storage.database import Database
from storage.types import SqlTypes
from tests.core.declared.test_definition import TIMESHEET


@pytest.fixture
def store(open_store: Callable[[str], Database], database_url: str) -> SqlTypes:
    """The store on an empty database of each kind."""
    return SqlTypes(open_store(database_url))


def test_versions_count_up_and_stay(store: SqlTypes) -> None:
    """The newest is in use; an earlier one is there for what was read with it."""
    changed = TIMESHEET.model_copy(update={"title": "Weekly timesheet"})
    assert [store.add(TIMESHEET).version, store.add(changed).version] == [1, 2]
    assert [found.title for found in store.newest()] == ["Weekly timesheet"]
    first = store.get("timesheet", 1)
    assert first == TIMESHEET
    assert store.get("timesheet", 9) is None


def test_what_is_out_of_use_is_no_longer_offered_and_still_there(store: SqlTypes) -> None:
    """A new version takes the name into use again, with the next number."""
    store.add(TIMESHEET)
    store.retire("timesheet")
    assert (store.newest(), store.get("timesheet")) == ([], None)
    assert store.get("timesheet", 1) == TIMESHEET
    assert store.add(TIMESHEET).version == 2
    assert [found.version for found in store.newest()] == [2]


def test_the_shelf_keeps_what_changed_and_fixes_it_in_a_recipe(store: SqlTypes) -> None:
    """The same again is no new version; a recipe keeps the version that it was fixed with."""
    shelf = TypeShelf(store)
    assert [shelf.keep(TIMESHEET).version, shelf.keep(TIMESHEET).version] == [1, 1]
    fixed = shelf.pin(shelf.reading_as(Recipe(), "timesheet"))
    changed = shelf.keep(TIMESHEET.model_copy(update={"title": "Weekly timesheet"}))
    assert (fixed.declared, shelf.pin(fixed).declared) == (TIMESHEET, TIMESHEET)
    again = shelf.pin(shelf.reading_as(fixed, "timesheet"))
    assert (again.declared, again.digest != fixed.digest) == (changed, True)
    assert shelf.pin(Recipe()) == Recipe()


def test_names_that_are_taken_or_missing_are_told(store: SqlTypes) -> None:
    """In a sentence each."""
    shelf = TypeShelf(store)
    with pytest.raises(TypeDefinitionError, match="is a type that ships"):
        shelf.keep(TIMESHEET.model_copy(update={"name": "invoice"}))
    with pytest.raises(TypeDefinitionError, match=r"no document type “wage”.*none yet"):
        shelf.reading_as(Recipe(), "wage")
    with pytest.raises(TypeDefinitionError):
        shelf.remove("timesheet")
