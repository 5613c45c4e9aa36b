"""Pictures by Pillow: one page, or the frames of a TIFF."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from core.documents.base import Attachment, Picture, TextLayer
from core.documents.geometry import cut_to, quarter_turn, turned_size
from core.documents.jpeg import jpeg_of
from core.documents.ranges import check_page
from core.documents.tiff import beginning_at
from core.errors import BrokenDocument, DocumentError, PageTooLarge, TooManyPages
from core.evidence import Box, Word
from core.settings import Limits

if TYPE_CHECKING:
    from PIL.Image import Image

_ORIENTATION = 0x0112
#: EXIF orientation to the Pillow transposition that puts the picture upright.
_UPRIGHT = {
    2: "FLIP_LEFT_RIGHT",
    3: "ROTATE_180",
    4: "FLIP_TOP_BOTTOM",
    5: "TRANSPOSE",
    6: "ROTATE_270",
    7: "TRANSVERSE",
    8: "ROTATE_90",
}
#: The person's clockwise turn to Pillow's counter-clockwise one.
_TURNS = {90: "ROTATE_270", 180: "ROTATE_180", 270: "ROTATE_90"}
#: A longer side than this, in pixels, is no page: a thin strip of few megapixels takes gigabytes to decode.
_LONGEST_SIDE = 32_000
#: How a whole file of a format ends; one that does not is decoded when it is opened, to tell the person at once.
_ENDS = {"image/png": b"IEND", "image/jpeg": b"\xff\xd9"}


@cache
def _pillow() -> Any:
    """Pillow's Image module. Its own guard against image bombs is global and fixed: our limit takes its place, checked
    on the size in the header, before anything is decoded."""
    import warnings

    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None
    warnings.filterwarnings("ignore", module=r"PIL\.")  # on damaged metadata, which we do not use
    return Image


@contextmanager
def _reading(name: str) -> Iterator[None]:
    """Turn whatever a decoder raises on a damaged file into BrokenDocument: the formats raise all sorts."""
    try:
        yield
    except DocumentError:
        raise
    except Exception as error:
        raise BrokenDocument(
            name, "this picture is damaged or cut off: scan it again, or get it again from its sender."
        ) from error


class _Frame(NamedTuple):
    width: int
    height: int
    orientation: int
    place: int = 0
    """Where it begins in a TIFF, in bytes; 0 for the first."""


class ImageDocument:
    """A picture. Implements :class:`core.documents.base.Document`."""

    repaired = False
    made_pages: str | None = None

    def __init__(self, data: bytes, name: str, media_type: str, limits: Limits) -> None:
        """Raises a DocumentError when it cannot be opened or is beyond ``limits``."""
        self.name = name
        self.data = data
        self.size = len(data)
        self.sha256 = hashlib.sha256(data).hexdigest()
        self.remarks: tuple[str, ...] = ()
        self.media_type = media_type
        self.limits = limits
        with _reading(name):
            self._frames = self._measure()
        self.page_count = len(self._frames)
        if _ENDS.get(media_type, b"") not in data:
            self.page(1).render()

    def _measure(self) -> list[_Frame]:
        """Size and orientation of every frame, from the headers alone."""
        frames: list[_Frame] = []
        place = 0
        with self._open(self.data) as image:
            while True:
                self._check(image.size, len(frames) + 1)
                width, height = image.size
                if self.media_type != "image/tiff":
                    return [_Frame(width, height, image.getexif().get(_ORIENTATION, 1))]
                frames.append(
                    _Frame(width, height, 1, place)
                )  # Pillow's TIFF reader puts the picture upright by itself
                place = image.tag_v2.next
                try:
                    image.seek(len(frames))
                except EOFError:
                    return frames

    def _check(self, size: tuple[int, int], number: int) -> None:
        if number > self.limits.pages:
            raise TooManyPages(
                self.name,
                f"it has more than {self.limits.pages} pages: split it, or raise the limit in the settings.",
            )
        if max(size) > _LONGEST_SIDE:
            raise PageTooLarge(
                self.name,
                f"page {number} is {size[0]} × {size[1]} pixels and no side may have more than {_LONGEST_SIDE}: scan it anew.",
            )
        megapixels = size[0] * size[1] / 1_000_000
        if megapixels > self.limits.page_megapixels:
            raise PageTooLarge(
                self.name,
                f"page {number} has {megapixels:.0f} megapixels and the limit is {self.limits.page_megapixels}: "
                "scan it at a lower resolution.",
            )

    def open_frame(self, index: int) -> Any:
        """A Pillow image of its own at frame ``index`` (from 0), not decoded yet: Pillow's images keep state, so
        threads do not share one."""
        place = self._frames[index].place
        return self._open(beginning_at(self.data, place) if place else self.data)

    def _open(self, data: bytes) -> Any:
        format_name = self.media_type.removeprefix("image/").upper()
        return _pillow().open(io.BytesIO(data), formats=(format_name,))

    def page(self, number: int, rotation: int = 0) -> ImagePage:
        """See :meth:`core.documents.base.Document.page`."""
        check_page(number, self.page_count)
        return ImagePage(self, number, rotation, self._frames[number - 1])

    def attachments(self) -> list[Attachment]:
        """A picture has none."""
        return []


class ImagePage:
    """A picture as a page. Implements :class:`core.documents.base.Page`; its unit is one pixel."""

    def __init__(self, document: ImageDocument, number: int, rotation: int, frame: _Frame) -> None:
        self.number = number
        self.rotation = quarter_turn(rotation)
        self._document = document
        self._frame = frame
        width, height = (
            (frame.height, frame.width) if frame.orientation in (5, 6, 7, 8) else (frame.width, frame.height)
        )
        self.width, self.height = turned_size(width, height, self.rotation)

    def words(self) -> list[Word]:
        """A picture has no text layer."""
        return []

    def covered(self) -> list[Box]:
        """A picture has no text layer to be covered."""
        return []

    def text_layer(self) -> TextLayer:
        """A picture has no text layer: it is one picture from edge to edge."""
        return TextLayer([], picture_share=1.0)

    def render(self, dpi: int = 200, clip: Box | None = None) -> Picture:
        """See :meth:`core.documents.base.Page.render`; ``dpi`` changes nothing, the picture keeps its pixels."""
        image = self._decode(None)
        if clip:
            part = cut_to(clip, self.width, self.height)
            image = image.crop((int(part.x0), int(part.y0), -int(-part.x1 // 1), -int(-part.y1 // 1)))
        return Picture(image, 1.0)

    def preview(self, width: int) -> bytes:
        """See :meth:`core.documents.base.Page.preview`."""
        most = self._document.limits.page_megapixels * 1_000_000
        if width * width * self.height / self.width > most:
            raise PageTooLarge(self._document.name, f"page {self.number} is too long and narrow to be shown.")
        return jpeg_of(self._decode(width), width)

    def _decode(self, width: int | None) -> Image:
        """The picture upright, turned and in RGB; at least ``width`` pixels wide where only a small one is needed."""
        with _reading(self._document.name), self._document.open_frame(self.number - 1) as file:
            if width:
                file.draft("RGB", (width, width))
            image = _rgb(file)
        for turn in (_UPRIGHT.get(self._frame.orientation), _TURNS.get(self.rotation)):
            if turn:
                image = image.transpose(_pillow().Transpose[turn])
        return image


def _rgb(image: Any) -> Image:
    """Decoded, in RGB: transparent parts on white, 16 bits brought down to 8. Raises OSError and others."""
    if image.mode.startswith("I") or image.mode == "F":
        deepest = 65535 if image.getextrema()[1] > 255 else 255
        image = image.convert("F").point(lambda value: value * (255 / deepest) + 0).convert("L")
    if "A" in image.getbands() or "transparency" in image.info:
        layer = image.convert("RGBA")
        image = _pillow().new("RGBA", layer.size, "white")
        image.alpha_composite(layer)
    rgb: Image = image.convert("RGB")
    return rgb
