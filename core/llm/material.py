"""What of a document may be shown to a model: what a person could see on its pages, masked as the recipe says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from core.document_types import USUAL
from core.documents.visible import visible
from core.errors import DocumentError, ExtractionError
from core.evidence import TEXT_LAYER, PageText
from core.extraction import Finding, PageRef
from core.extractor import Request
from core.llm.injection import find_instructions
from core.llm.layout_text import layout_text
from core.llm.messages import PageShown
from core.llm.pictures import page_picture
from core.llm.prompting import About
from core.llm.provider import Capabilities, Image
from core.recipe import ModelChoice
from core.recognition import Recognition, doubt_of, recognise
from core.redaction import Masker
from core.rules.extractor import read_vendor_name
from core.rules.header import read_header
from core.rules.lexicon import load_lexicon
from core.rules.reading import Reading
from core.rules.several import find_several
from core.schema.document_type import DocumentType

#: Hidden text of more words than this is told as a warning: a line of a program that made the file is shorter.
_SHORT = 6
_QUOTED = 80


@dataclass
class Material:
    """One document's pages before they become a question. ``masker`` is ``None`` where nothing is to be masked; it has
    seen every page before a picture is made."""

    request: Request
    choice: ModelChoice
    can: Capabilities

    @cached_property
    def masker(self) -> Masker | None:
        """Who hides what must not leave the machine."""
        return Masker(self.choice.redaction, self._visible[0]) if self.choice.redaction else None

    @cached_property
    def texts(self) -> tuple[PageText, ...]:
        """The pages as they were laid for reading, without what cannot be seen; not masked."""
        return tuple(page.as_read() for page in self._visible[0])

    @property
    def kind(self) -> DocumentType:
        """The type that the document is read as."""
        return self.request.type

    @property
    def findings(self) -> Iterator[Finding]:
        """What a model does not tell of itself: text that nobody can see, orders to a machine, several invoices in one."""
        yield from self._visible[1]
        yield from find_instructions(self.texts)
        if self._is_usual and (several := find_several(read_header(self._reading)[1])):
            yield several

    @property
    def doubt(self) -> Finding | None:
        """A finding where the document plainly is something else than what it is read as, as far as that can be told."""
        return doubt_of(self.recognition) if self._is_usual else None

    @property
    def _is_usual(self) -> bool:
        """Whether the offline rules, which know the usual type alone, may say what they think of the document."""
        return self.kind.base is USUAL

    @cached_property
    def recognition(self) -> Recognition:
        """What the document seems to be."""
        return recognise(self._reading)

    @cached_property
    def about(self) -> About:
        """What is known of the document, to choose a prompt by."""
        told = self.recognition.document_type
        words = "".join(token.key for layout in self._reading.layouts for token in layout.tokens)
        return About(told if told in self.kind.told_kinds else None, self._reading.language, words, self.kind)

    @cached_property
    def vendor(self) -> str | None:
        """Who issued the document, as far as rules can tell; masked."""
        name = read_vendor_name(self.texts)
        return self.masker.text(name) if self.masker and name else name

    @cached_property
    def pages(self) -> tuple[PageShown, ...]:
        """The pages as they are shown to the model. Raises ExtractionError where there is nothing to show, DocumentError."""
        with_text, with_picture = self.choice.input != "image", self.choice.input != "text"
        if with_picture and not self.can.vision:
            if self.choice.input == "image":
                raise ExtractionError("This model cannot look at pictures: choose text as its input, or another model.")
            with_picture = False
        masked = self.masker.pages(self._visible[0]) if self.masker else self._visible[0]
        by_number = {page.page: page for page in masked}
        shown = [
            PageShown(
                ref.number,
                layout_text(by_number[ref.number].as_read()) if with_text and ref.number in by_number else "",
                self._picture(ref, by_number.get(ref.number)) if with_picture else None,
            )
            for ref in self.request.pages
        ]
        if not any(page.text or page.picture for page in shown):
            raise ExtractionError("No words were read on these pages: let the model look at the picture instead.")
        return tuple(shown)

    @property
    def blind(self) -> bool:
        """Whether pictures were asked for that the model cannot see."""
        return self.choice.input == "both" and not self.can.vision

    def _picture(self, ref: PageRef, shown: PageText | None) -> Image:
        sought = self.choice.redaction.kinds or self.choice.redaction.names
        if sought and not (shown and shown.words):
            raise ExtractionError(
                f"No words were read on page {ref.number}, so nothing can be masked in its picture: leave the page out, or "
                "send text alone."
            )
        try:
            page = self.request.document.page(ref.number, ref.rotation)
            return page_picture(page, shown, self.can, self.masker)
        except DocumentError as error:
            raise ExtractionError(f"The picture of page {ref.number} cannot be made for the model: {error}") from error

    @cached_property
    def _reading(self) -> Reading:
        return Reading(self.texts, load_lexicon())

    @cached_property
    def _visible(self) -> tuple[tuple[PageText, ...], tuple[Finding, ...]]:
        """The pages as shown without hidden words, and what was hidden."""
        pages = self.request.shown or self.request.read()
        found: list[PageText] = []
        told: list[Finding] = []
        for page in pages:
            kept, hidden = self._seen(page)
            found.append(kept)
            if hidden:
                told.append(_told(page.page, hidden))
        return tuple(found), tuple(told)

    def _seen(self, page: PageText) -> tuple[PageText, str]:
        """``page`` without the words that nobody can see, and these. What an engine read it saw."""
        if page.engine != TEXT_LAYER or not page.words:
            return page, ""
        shown = visible(self.request.document.page(page.page, page.rotation), page.words)
        if all(shown):
            return page, ""
        words = list(zip(page.words, shown, strict=True))
        kept = replace(page, words=tuple(word for word, is_seen in words if is_seen))
        return kept, " ".join(word.text for word, is_seen in words if not is_seen)


def _told(page: int, hidden: str) -> Finding:
    quoted = hidden if len(hidden) <= _QUOTED else f"{hidden[: _QUOTED - 1]}…"
    sentence = f"Page {page} carries text that cannot be seen on it (“{quoted}”): it was not shown to the model."
    return Finding("hidden_text", "warning" if len(hidden.split()) > _SHORT else "info", sentence)
