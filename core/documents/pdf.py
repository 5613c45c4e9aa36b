"""PDFs by PyMuPDF."""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from core.documents.base import Attachment, Picture, TextLayer
from core.documents.bombs import unpacks_beyond
from core.documents.geometry import cut_to, quarter_turn, turn_box, turned_size
from core.documents.jpeg import jpeg_of
from core.documents.nesting import inline_pixels, paints_of
from core.documents.painting import Painting, painting_of
from core.documents.ranges import check_page
from core.errors import (
    BrokenDocument,
    DocumentError,
    DocumentTooLarge,
    EmptyDocument,
    EncryptedDocument,
    PageTooLarge,
    TooManyPages,
    WrongPassword,
)
from core.evidence import Box, Word
from core.settings import Limits

if TYPE_CHECKING:
    from PIL.Image import Image

log = logging.getLogger(__name__)

#: PyMuPDF is not thread-safe: whoever touches a PDF holds this.
_LOCK = threading.RLock()
#: Attachments beyond these are not looked at: invoice XML comes as one small file.
_MOST_ATTACHMENTS = 40
_LARGEST_ATTACHMENT = 20_000_000
#: Files pinned to pages behind these are not looked for; so many members of a portfolio are named.
_PAGES_WITH_PINS, _MOST_NAMED = 50, 8
#: Pictures of fewer pixels than this, all together, are logos and not a scanned page.
_SCAN_PIXELS = 400_000
#: Under this share of pictures nobody asks whether the text over them is drawn at all.
_SCAN_SHARE = 0.5
#: Forms painted on one page beyond which it is made to hang its readers; and how many the file must have for that.
_MOST_PAINTS = 20_000
_FEW_FORMS = 2
#: Drawing one page paints no more pixels than this, all layers together; real invoices paint up to 20 million at 200 dpi.
_MOST_PAINTED = 1_500_000_000
#: So many square points of a page may be runs of colours where its pictures are asked for: two hundred pages of them.
_MOST_SHADED = 100_000_000
#: MuPDF's text render mode for text that is there but not drawn.
_HIDDEN = 3


@cache
def _pymupdf() -> Any:
    import pymupdf

    pymupdf.TOOLS.mupdf_display_errors(False)
    pymupdf.TOOLS.mupdf_display_warnings(False)
    return pymupdf


@contextmanager
def _reading(name: str) -> Iterator[None]:
    """Hold the lock, and turn whatever MuPDF raises on a damaged file into BrokenDocument: it has no common base."""
    with _LOCK:
        try:
            yield
        except DocumentError:
            raise
        except Exception as error:
            raise BrokenDocument(
                name, "this PDF is damaged and cannot be read: get it again from its sender."
            ) from error


@contextmanager
def reading_pdf(name: str) -> Iterator[Any]:
    """PyMuPDF itself, for whoever makes a PDF of the pages of the document called ``name``, with the lock held. Raises
    BrokenDocument."""
    with _reading(name):
        yield _pymupdf()


class PdfDocument:
    """A PDF. Implements :class:`core.documents.base.Document`."""

    media_type = "application/pdf"
    made_pages: str | None = None

    def __init__(self, data: bytes, name: str, limits: Limits, password: str | None = None) -> None:
        """Raises a DocumentError when it cannot be opened or is beyond ``limits``."""
        self.name = name
        self.data = data
        self.size = len(data)
        self.sha256 = hashlib.sha256(data).hexdigest()
        self.remarks: tuple[str, ...] = ()
        self.limits = limits
        if unpacks_beyond(data, limits.unpacked_megabytes * 1_000_000):
            raise DocumentTooLarge(
                name,
                f"its content unpacks to more than {limits.unpacked_megabytes} MB, which no invoice needs: "
                "print it to a new PDF, or raise the limit in the settings.",
            )
        self.paintings: dict[int, Painting] = {}
        forms = data.count(b"/Form")
        self.has_forms, self.nests = forms > 0, forms > _FEW_FORMS
        with _reading(name):
            self.pdf = _pymupdf().open(stream=data, filetype="pdf")
            self._unlock(password)
            self.page_count: int = self.pdf.page_count
            self.repaired: bool = self.pdf.is_repaired
            self.remarks = self._portfolio()
        if self.page_count <= 0:
            raise EmptyDocument(name, "this PDF has no pages: get it again from its sender.")
        if self.page_count > limits.pages:
            raise TooManyPages(
                name,
                f"it has {self.page_count} pages and the limit is {limits.pages}: split it, "
                "or raise the limit in the settings.",
            )

    def _unlock(self, password: str | None) -> None:
        if not self.pdf.needs_pass:
            return
        if not password:
            raise EncryptedDocument(self.name, "this PDF is protected: enter its password to open it.")
        if not self.pdf.authenticate(password):
            raise WrongPassword(self.name, "this password does not open the PDF: check it and enter it again.")

    def page(self, number: int, rotation: int = 0) -> PdfPage:
        """See :meth:`core.documents.base.Document.page`."""
        check_page(number, self.page_count)
        with _reading(self.name):
            return PdfPage(self, number, rotation)

    def attachments(self) -> list[Attachment]:
        """See :meth:`core.documents.base.Document.attachments`. One that cannot be unpacked is left out and logged."""
        found = []
        with _reading(self.name):
            for index in range(min(self.pdf.embfile_count(), _MOST_ATTACHMENTS)):
                try:
                    found += self._attachment(index)
                except Exception as error:  # MuPDF's errors have no common base; the pages can still be read
                    log.warning("attachment %d cannot be read: %s", index + 1, error, extra={"document": self.sha256})
            found += self._pinned(_MOST_ATTACHMENTS - len(found))
        return found

    def _pinned(self, most: int) -> list[Attachment]:
        """At most so many files that are pinned to the first pages, as a note with a paper clip."""
        found: list[Attachment] = []
        for number in range(min(self.page_count, _PAGES_WITH_PINS)):
            try:
                for note in self.pdf.load_page(number).annots(types=[_pymupdf().PDF_ANNOT_FILE_ATTACHMENT]):
                    about = note.file_info
                    if len(found) < most and max(about["length"], about["size"]) <= _LARGEST_ATTACHMENT:
                        found.append(Attachment(about["filename"], note.get_file()))
            except Exception as error:  # as above
                log.warning(
                    "a file pinned to page %d cannot be read: %s", number + 1, error, extra={"document": self.sha256}
                )
        return found

    def _portfolio(self) -> tuple[str, ...]:
        """The remark on a PDF that is but the cover of the files in it."""
        try:
            if self.pdf.xref_get_key(self.pdf.pdf_catalog(), "Collection")[0] == "null":
                return ()
            names = [about["ufilename"] or about["filename"] or about["name"] for about in self._members()]
        except Exception as error:  # as below: the pages can still be read
            log.warning("it cannot be told whether this is a portfolio: %s", error, extra={"document": self.sha256})
            return ()
        held = ", ".join(names[:_MOST_NAMED]) + (" and others" if len(names) > _MOST_NAMED else "")
        return (
            f"The file is a PDF portfolio, a cover for the files in it ({held or 'none'}): open these as documents of their own.",
        )

    def _members(self) -> Iterator[dict[str, Any]]:
        for index in range(min(self.pdf.embfile_count(), _MOST_ATTACHMENTS)):
            yield self.pdf.embfile_info(index)

    def _attachment(self, index: int) -> list[Attachment]:
        about = self.pdf.embfile_info(index)
        if max(about["length"], about["size"]) > _LARGEST_ATTACHMENT:
            log.warning("attachment %d is too large to be an invoice", index + 1, extra={"document": self.sha256})
            return []
        name = about["ufilename"] or about["filename"] or about["name"]
        return [Attachment(name, self.pdf.embfile_get(index))]


class PdfPage:
    """A page of a PDF. Implements :class:`core.documents.base.Page`; its unit is 1/72 inch."""

    def __init__(self, document: PdfDocument, number: int, rotation: int) -> None:
        self.number = number
        self.rotation = quarter_turn(rotation)
        self._document = document
        self._page = document.pdf.load_page(number - 1)
        if document.nests and paints_of(document.pdf, self._page, _MOST_PAINTS) >= _MOST_PAINTS:
            raise PageTooLarge(document.name, f"page {number} repeats its drawings without end: print it to a new PDF.")
        self._check_pixels(inline_pixels(document.pdf, self._page, document.has_forms))
        shown = self._page.rect
        self._shown_size = (shown.width, shown.height)
        self.width, self.height = turned_size(shown.width, shown.height, self.rotation)
        if not (0 < self.width < float("inf") and 0 < self.height < float("inf")):
            raise BrokenDocument(document.name, f"page {number} has no size: print the document to a new PDF.")

    def words(self) -> list[Word]:
        """See :meth:`core.documents.base.Page.words`."""
        with _reading(self._document.name):
            return self._words_of(self._text_page())

    def text_layer(self) -> TextLayer:
        """See :meth:`core.documents.base.Page.text_layer`."""
        with _reading(self._document.name):
            text_page = self._text_page(pictures=self._is_pictured())
            share = self._picture_share(text_page)
            hidden = self._hidden_share() if share >= _SCAN_SHARE else 0.0
            return TextLayer(self._words_of(text_page), share, hidden)

    def covered(self) -> list[Box]:
        """See :meth:`core.documents.base.Page.covered`."""
        with _reading(self._document.name):
            log = self._page.get_bboxlog()
            painted = [(at, box) for at, (kind, box) in enumerate(log) if kind == "fill-image"]
            if not painted:
                return []
            self._check_shades()
            masked = [info["bbox"] for info in self._page.get_image_info() if info["has-mask"]]
            painted = [(at, box) for at, box in painted if not any(_same_place(box, other) for other in masked)]
            if not painted or self._picture_share(self._text_page(self._is_pictured())) >= _SCAN_SHARE:
                return []
            texts = [(at, box) for at, (kind, box) in enumerate(log) if kind.endswith("-text")]
            under = [text for at, text in texts if any(later > at and _inside(text, box) for later, box in painted)]
        turn = (self._page.rotation + self.rotation) % 360
        width, height = turned_size(*self._shown_size, self._page.rotation)
        return [turn_box(box, turn, width, height) for box in under]

    def _text_page(self, pictures: bool = False) -> Any:
        if pictures:
            self._check_shades()
        mu = _pymupdf()
        # Ligatures are spelt out, and what has no Unicode value comes as U+FFFD instead of a made-up character.
        flags = mu.TEXT_PRESERVE_WHITESPACE | mu.TEXT_MEDIABOX_CLIP
        return self._page.get_textpage(flags=flags | (mu.TEXT_PRESERVE_IMAGES if pictures else 0))

    def _is_pictured(self) -> bool:
        """Whether the pictures of the page, all together, have as many pixels as a scan."""
        pixels: int = sum(picture[2] * picture[3] for picture in self._page.get_images())
        return pixels >= _SCAN_PIXELS

    def _words_of(self, text_page: Any) -> list[Word]:
        raw = text_page.extractWORDS()
        numbers: dict[tuple[int, int], int] = {}
        lines = [numbers.setdefault((word[5], word[6]), len(numbers)) for word in raw]
        turn = (self._page.rotation + self.rotation) % 360
        if turn:
            width, height = turned_size(*self._shown_size, self._page.rotation)
            return [
                Word(word[4], turn_box(word[:4], turn, width, height), 1.0, line)
                for word, line in zip(raw, lines, strict=True)
            ]
        # Tuples made directly: this is the path of every digital page, and the classes' own constructors are slower.
        make = tuple.__new__
        return [
            make(Word, (word[4], make(Box, word[:4]), 1.0, line, None)) for word, line in zip(raw, lines, strict=True)
        ]

    def _picture_share(self, text_page: Any) -> float:
        covered = sum(
            max(0.0, block[2] - block[0]) * max(0.0, block[3] - block[1])
            for block in text_page.extractBLOCKS()
            if block[6] == 1
        )
        return min(1.0, covered / (self.width * self.height))

    def _hidden_share(self) -> float:
        seen = hidden = 0
        for span in self._page.get_texttrace():
            seen += len(span["chars"])
            hidden += len(span["chars"]) if span["type"] == _HIDDEN or span["opacity"] == 0 else 0
        return hidden / seen if seen else 0.0

    def render(self, dpi: int = 200, clip: Box | None = None) -> Picture:
        """See :meth:`core.documents.base.Page.render`."""
        scale = dpi / 72
        return Picture(self._draw(scale, clip), scale)

    def preview(self, width: int) -> bytes:
        """See :meth:`core.documents.base.Page.preview`."""
        return jpeg_of(self._draw(width / self.width), width)

    def _draw(self, scale: float, clip: Box | None = None) -> Image:
        from PIL import Image

        part = cut_to(clip, self.width, self.height) if clip else Box(0.0, 0.0, self.width, self.height)
        self._check_pixels(part.width * scale * part.height * scale)
        back = turn_box(part, (360 - self.rotation) % 360, self.width, self.height)
        with _reading(self._document.name):
            pictures = [picture[2] * picture[3] for picture in self._page.get_images()]
            self._check_pixels(max(pictures, default=0))
            self._check_painting(scale)
            mu = _pymupdf()
            pixels = self._page.get_pixmap(
                matrix=mu.Matrix(scale, scale), clip=mu.Rect(back), colorspace=mu.csRGB, alpha=False
            )
            image = Image.frombytes("RGB", (pixels.width, pixels.height), pixels.samples)
            if sum(pictures) >= _SCAN_PIXELS:
                mu.TOOLS.store_shrink(100)  # else MuPDF keeps up to 256 MB of decoded scans
        turns = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}
        return image.transpose(turns[self.rotation]) if self.rotation else image

    def _painting(self) -> Painting:
        known = self._document.paintings
        if self.number not in known:
            known[self.number] = painting_of(self._page, _MOST_PAINTED)
        return known[self.number]

    def _check_painting(self, scale: float) -> None:
        if self._painting().pixels(scale) > _MOST_PAINTED:
            raise self._overpainted("too long to draw")

    def _check_shades(self) -> None:
        """What asks for a page's pictures gets a picture of each run of colours too, and all of them stay in memory."""
        if self._painting().shaded > _MOST_SHADED:
            raise self._overpainted("too much memory to read")

    def _overpainted(self, what: str) -> PageTooLarge:
        return PageTooLarge(
            self._document.name,
            f"page {self.number} paints over the same places again and again, which takes {what}: "
            "print it to a new PDF.",
        )

    def _check_pixels(self, pixels: float) -> None:
        most = self._document.limits.page_megapixels
        if pixels > most * 1_000_000:
            raise PageTooLarge(
                self._document.name,
                f"page {self.number} would be a picture of {pixels / 1e6:.0f} megapixels and the limit is {most}: "
                "choose a lower resolution, or print it to a smaller page.",
            )


def _inside(part: Sequence[float], whole: Sequence[float]) -> bool:
    x, y = (part[0] + part[2]) / 2, (part[1] + part[3]) / 2
    return whole[0] <= x <= whole[2] and whole[1] <= y <= whole[3]


def _same_place(one: Sequence[float], other: Sequence[float]) -> bool:
    return all(abs(a - b) < 1 for a, b in zip(one, other, strict=True))
