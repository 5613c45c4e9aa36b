"""The contract of an OCR engine: a picture of a page in, words with boxes out.

To add one: write a file beside this one with a class that has these members and an options model, and add a line to
``core/ocr/registry.py``. Heavy imports belong inside :meth:`Engine.read` or the constructor, never at module level.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from core.evidence import Word
from core.extractor import Availability
from core.recipe import OcrRecipe

if TYPE_CHECKING:
    from PIL.Image import Image


class Engine(Protocol):
    """Reads pictures. One instance is used by one thread at a time."""

    name: str

    def availability(self) -> Availability:
        """Whether it can run here and, if not, what is missing. Cheap: loads no model."""

    def languages(self) -> tuple[str, ...]:
        """ISO 639-1 codes of the languages it reads well here."""

    def read(self, image: Image, recipe: OcrRecipe) -> list[Word]:
        """The words of an RGB picture, in pixel coordinates and reading order.

        Raises EngineUnavailable when it cannot run; it never returns an empty page in place of an error.
        """
