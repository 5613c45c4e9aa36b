"""A folder somewhere, from which files are taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Placed:
    """A file of a place: its path below it (with slashes), its bytes, and what changes when it does."""

    path: str
    size: int
    stamp: str


class Place(Protocol):
    """A folder on this machine, or at an address."""

    name: str
    """What it is called, without anything secret."""

    def files(self) -> list[Placed]:
        """All files in it, by path. Raises StorageError where it does not answer."""

    def read(self, path: str) -> bytes:
        """The bytes of a file. Raises StorageError."""

    def move(self, path: str, folder: str) -> str:
        """Move a file into a folder of the place, its own folders with it; gives its new path, which is another where something
        lies there. Raises StorageError."""

    def write(self, path: str, text: str) -> None:
        """Write a text file. Raises StorageError."""
