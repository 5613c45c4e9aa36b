"""The contract of an OCR engine: a picture of a page in, words with boxes out.

To add one: write a file beside this one with a class that has these members and an options model, and add a line to
``core/ocr/registry.py``. Heavy imports belong inside :meth:`Engine.read` or the constructor, never at module level.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from core.cancelling import IsCancelled
from core.documents import Document
from core.evidence import PageText, Word
from core.extraction import PageRef
from core.extractor import Availability
from core.recipe import OcrRecipe

if TYPE_CHECKING:
    from PIL.Image import Image

#: Asks whether the person has cancelled the run.
Cancel = Callable[[], bool]


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


@dataclass(frozen=True, slots=True)
class PagesRead:
    """What reading the pages gave: the texts of the pages that could be read, how many came from the cache, and the
    sentence of each page that failed (by page number)."""

    texts: tuple[PageText, ...]
    cached: int = 0
    failed: Mapping[int, str] = field(default_factory=dict)


class PageReader(Protocol):
    """Turns chosen pages into words, through the cache."""

    def read(
        self, document: Document, pages: Sequence[PageRef], recipe: OcrRecipe, cancelled: IsCancelled
    ) -> Generator[tuple[int, int], None, PagesRead]:
        """Read ``pages``; yields (pages ready, pages in all) as each is ready and returns them in the order asked for.
        Raises Cancelled; raises a StudioError when no page at all could be read."""
