"""Lists of records that people keep by name, for themselves or for everybody."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from core.errors import StorageError
from core.person import STUDIO, Person
from core.stores.views import RecordView, ViewStore

#: Letters of a name.
LONGEST = 60


class Views:
    """The verbs of kept lists; thread-safe."""

    def __init__(self, store: ViewStore, person: Person = STUDIO) -> None:
        self._store = store
        self._person = person

    def by(self, person: Person) -> Views:
        """The same lists, in the hands of ``person``."""
        mine = copy.copy(self)
        mine._person = person
        return mine

    def all(self) -> list[RecordView]:
        """This person's lists and everybody's, by name."""
        return self._store.of(self._person.name)

    def named(self, name: str) -> RecordView | None:
        """The list of that name: this person's own before everybody's; ``None`` where there is none."""
        found = [view for view in self.all() if view.name == name]
        return next((view for view in found if not view.shared), found[0] if found else None)

    def keep(self, name: str, address: Mapping[str, Any]) -> RecordView:
        """Keep a list as this person's own; theirs of that name is replaced. Raises StorageError for what is no name."""
        return self._keep(RecordView(_checked(name), address, self._person.name))

    def share(self, name: str, address: Mapping[str, Any]) -> RecordView:
        """Keep a list as everybody's; that of the same name is replaced. Raises StorageError for what is no name."""
        return self._keep(RecordView(_checked(name), address))

    def remove(self, name: str) -> None:
        """Drop a list of this person's own."""
        self._store.remove(name, self._person.name)

    def unshare(self, name: str) -> None:
        """Drop one of everybody's."""
        self._store.remove(name, "")

    def _keep(self, view: RecordView) -> RecordView:
        self._store.keep(view)
        return view


def _checked(name: str) -> str:
    told = " ".join(name.split())
    if not told or len(told) > LONGEST:
        raise StorageError(f"Give the list a name of 1 to {LONGEST} letters.")
    return told
