"""One document's mask: what is hidden gets a placeholder such as ``[IBAN-1]``, the same value always the same one, and
placeholders in a reply become values again. The map never leaves this machine."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from core.evidence import Box, PageText, Word
from core.llm.provider import Message, Question
from core.recipe import Redaction
from core.redaction.kinds import KINDS, Span, find_names

if TYPE_CHECKING:
    from PIL.Image import Image

#: A placeholder, also where a model dropped its brackets.
_PLACEHOLDER = re.compile(r"\[?\b(IBAN|EMAIL|PHONE|TAX-ID|NAME|HIDDEN)-(\d+)\b\]?")
#: So much wider and higher than its words a place in a picture is covered, in page units: letters reach over boxes.
_MARGIN = 1.5


@dataclass(frozen=True, slots=True)
class Hidden:
    """One place that is masked: its page (from 1), its box (page units, as the page is shown) and its placeholder."""

    page: int
    box: Box
    placeholder: str


class Masker:
    """Masks one document as ``redaction`` says. Not for several threads."""

    def __init__(self, redaction: Redaction) -> None:
        self.redaction = redaction
        self.hidden: list[Hidden] = [Hidden(page, Box(*place), "[HIDDEN]") for page, *place in redaction.boxes]
        self._placeholders: dict[tuple[str, str], str] = {}
        self._values: dict[str, str] = {}

    def pages(self, texts: Sequence[PageText]) -> tuple[PageText, ...]:
        """``texts`` (places as the pages are shown) with what is to be hidden replaced; the places are kept in
        ``hidden`` for the pictures."""
        return tuple(self._page(text) for text in texts)

    def text(self, text: str) -> str:
        """Any text that is sent beside the pages (an example, a value to be verified), masked alike."""
        return "\n".join(self._line(line) for line in text.split("\n"))

    def question(self, question: Question) -> Question:
        """``question`` with every text in it masked: nothing that was forgotten elsewhere gets out."""
        messages = tuple(
            Message(message.role, tuple(self.text(part) if isinstance(part, str) else part for part in message.parts))
            for message in question.messages
        )
        return replace(question, system=self.text(question.system), messages=messages)

    def picture(self, image: Image, page: int, scale: float) -> Image:
        """``image`` of ``page`` as it is shown (``scale`` pixels a page unit) with the hidden places painted over."""
        from PIL import ImageDraw

        places = [hidden.box for hidden in self.hidden if hidden.page == page]
        if not places:
            return image
        covered = image.convert("RGB").copy()
        pen = ImageDraw.Draw(covered)
        for box in places:
            x0, y0, x1, y1 = box
            corners = (x0 - _MARGIN, y0 - _MARGIN, x1 + _MARGIN, y1 + _MARGIN)
            pen.rectangle([side * scale for side in corners], fill="black")
        return covered

    def restore(self, value: Any) -> Any:
        """``value`` (JSON values: text, lists, dictionaries) with the placeholders in it turned back."""
        if isinstance(value, str):
            return _PLACEHOLDER.sub(self._original, value)
        if isinstance(value, dict):
            return {key: self.restore(part) for key, part in value.items()}
        if isinstance(value, list | tuple):
            return [self.restore(part) for part in value]
        return value

    def _original(self, match: re.Match[str]) -> str:
        return self._values.get(f"[{match[1]}-{match[2]}]", match[0])

    def _placeholder(self, kind: str, value: str) -> str:
        key = kind, "".join(value.split()).casefold()
        if key not in self._placeholders:
            name = kind.upper().replace(" ", "-")
            count = sum(known == kind for known, _ in self._placeholders) + 1
            self._placeholders[key] = f"[{name}-{count}]"
            self._values[self._placeholders[key]] = value
        return self._placeholders[key]

    def _spans(self, text: str) -> list[tuple[Span, str]]:
        """What is to be hidden in a line, without overlaps, in order: the span and its kind."""
        found: list[tuple[Span, str]] = [(span, "name") for span in find_names(text, self.redaction.names)]
        for kind in self.redaction.kinds:
            if kind in KINDS:
                found += [(span, kind) for span in KINDS[kind][1](text)]
        chosen: list[tuple[Span, str]] = []
        for (start, end), kind in sorted(found, key=lambda item: (item[0][0], -item[0][1])):
            if end > start and (not chosen or start >= chosen[-1][0][1]):
                chosen.append(((start, end), kind))
        return chosen

    def _line(self, line: str) -> str:
        pieces, last = [], 0
        for (start, end), kind in self._spans(line):
            pieces += [line[last:start], self._placeholder(kind, line[start:end])]
            last = end
        return "".join(pieces) + line[last:]

    def _page(self, text: PageText) -> PageText:
        boxes = [Box(*place) for page, *place in self.redaction.boxes if page == text.page]
        words: list[Word] = []
        for line in _lines(text):
            words += self._words(text.page, _without(line, boxes, self._hide_place))
        return replace(text, words=tuple(words))

    def _hide_place(self, words: Sequence[Word]) -> Word:
        value = " ".join(word.text for word in words)
        return words[0]._replace(text=self._placeholder("hidden", value), polygon=None)

    def _words(self, page: int, line: Sequence[Word]) -> Iterator[Word]:
        """The words of a line with what is hidden in it replaced by a word that is its placeholder."""
        text = " ".join(word.text for word in line)
        starts, position = [], 0
        for word in line:
            starts.append(position)
            position += len(word.text) + 1
        spans = self._spans(text)
        done = 0
        for word, start in zip(line, starts, strict=True):
            end = start + len(word.text)
            inside = [(span, kind) for span, kind in spans if span[0] < end and span[1] > start]
            if not inside:
                yield word
                continue
            self.hidden += [Hidden(page, word.box, self._placeholder(kind, text[a:b])) for (a, b), kind in inside]
            rest, last = "", start
            for (a, b), kind in inside:
                rest += text[last : max(a, start)]
                if a >= done:  # its first word bears the placeholder, the others nothing of it
                    rest += self._placeholder(kind, text[a:b])
                    done = b
                last = min(b, end)
            rest += text[last:end]
            if rest:
                yield word._replace(text=rest)


def _lines(text: PageText) -> Iterator[list[Word]]:
    """The words of a page, line by line."""
    line: list[Word] = []
    for word in text.words:
        if line and not _same_line(line[-1], word):
            yield line
            line = []
        line.append(word)
    if line:
        yield line


def _same_line(one: Word, other: Word) -> bool:
    if other.line >= 0:
        return one.line == other.line
    return abs(one.box.center[1] - other.box.center[1]) < 0.5 * max(other.box.height, 1e-6)


def _without(line: Sequence[Word], boxes: Sequence[Box], hide: Callable[[Sequence[Word]], Word]) -> list[Word]:
    """``line`` with each run of words that a box covers as one hidden word."""
    kept: list[Word] = []
    run: list[Word] = []
    for word in line:
        if any(box.overlap(word.box) > 0 for box in boxes):
            run.append(word)
            continue
        if run:
            kept.append(hide(run))
            run = []
        kept.append(word)
    if run:
        kept.append(hide(run))
    return kept
