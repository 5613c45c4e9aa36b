"""What page clean-up gives: a contract between who cleans pictures and who reads them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.evidence import Upright, Word
from core.homography import IDENTITY, Matrix
from core.recipe import Cleanup

if TYPE_CHECKING:
    from PIL.Image import Image

#: Reads a small picture for whoever has to know which way up a page lies.
Read = Callable[["Image"], list[Word]]


@dataclass(frozen=True, slots=True)
class StepDone:
    """A step that was needed: its name (a field of :class:`core.recipe.Cleanup`) and what it did, for the person."""

    name: str
    detail: str


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A cleaned picture. ``matrix`` brings places on it to the picture as it was, ``upright`` says how the page lies
    with level lines (``None``: as it came); both in pixels. Lines may still run a little aslant on ``image`` itself:
    engines read them so, and pixels that are left alone are sharper. ``steps`` are those that were needed, in order."""

    image: Image
    matrix: Matrix = IDENTITY
    steps: tuple[StepDone, ...] = ()
    upright: Upright | None = None

    @property
    def note(self) -> str:
        """What was done, as one sentence; empty where nothing was."""
        text = ", ".join(step.detail for step in self.steps)
        return f"{text[:1].upper()}{text[1:]}." if text else ""


#: Cleans a picture as far as it needs it and the recipe allows.
Clean = Callable[["Image", Cleanup, Read], Cleaned]


def leave(image: Image, cleanup: Cleanup, read: Read) -> Cleaned:
    """No clean-up at all."""
    return Cleaned(image)
