"""What a document and a page are, whatever the file behind them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from core.evidence import Box, Word
from core.settings import Limits

if TYPE_CHECKING:
    from PIL.Image import Image


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file embedded in a PDF."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Picture:
    """A rendered page: an RGB picture and how many of its pixels make one page unit."""

    image: Image
    scale: float


@dataclass(frozen=True, slots=True)
class TextLayer:
    """What a page says of itself without OCR: its words in reading order, the share of the page under pictures, and
    the share of its characters that are drawn invisibly (both 0 to 1)."""

    words: list[Word]
    picture_share: float = 0.0
    hidden_share: float = 0.0


class Page(Protocol):
    """One page as shown, turned clockwise by ``rotation`` degrees. Sizes and boxes are in page units."""

    number: int
    rotation: int
    width: float
    height: float

    def render(self, dpi: int = 200, clip: Box | None = None) -> Picture:
        """The page (or the part inside ``clip``) as a picture. A PDF is drawn at ``dpi``; an image keeps its own pixels.
        Raises PageTooLarge, BrokenDocument."""

    def preview(self, width: int) -> bytes:
        """A JPEG of the page ``width`` pixels wide, for thumbnails and the page view.
        Raises PageTooLarge, BrokenDocument."""

    def words(self) -> list[Word]:
        """The text layer's words in reading order; empty for an image or a page without one. Raises BrokenDocument."""

    def covered(self) -> list[Box]:
        """Where the page's own text lies under a picture that was painted over it; empty where the page is a scan, whose
        text lies so by design. Raises BrokenDocument."""

    def text_layer(self) -> TextLayer:
        """The words with what is needed to judge whether they can be trusted. Raises BrokenDocument."""


class Document(Protocol):
    """An opened document. Safe to use from several threads; pages are read only when asked for."""

    name: str
    sha256: str
    media_type: str
    size: int
    page_count: int
    data: bytes
    repaired: bool
    """Whether it was damaged and could be opened only by repairing it: parts may be missing."""

    remarks: tuple[str, ...] = ()
    """Sentences on what the file is, where it is not what it seems."""

    made_pages: str | None
    """The pages that were made of a file that has none of its own, as they are to be kept with it: what was found lies on these."""

    def page(self, number: int, rotation: int = 0) -> Page:
        """Page ``number`` (from 1), turned clockwise by ``rotation`` (a multiple of 90). Raises PageRangeError,
        BrokenDocument."""

    def attachments(self) -> list[Attachment]:
        """Files embedded in the PDF (bounded by the limits); the document itself for bare XML."""


class OpenDocument(Protocol):
    """Makes a document of bytes."""

    def __call__(self, data: bytes, name: str, limits: Limits | None = None, password: str | None = None) -> Document:
        """Open a document. What it is, is told by its bytes; a suffix that says something else is one of its remarks.
        Raises a DocumentError whose sentence says what to do."""
