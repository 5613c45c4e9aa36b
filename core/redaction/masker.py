"""One document's mask: what is hidden gets a placeholder such as ``[IBAN-1]``, the same value always the same one, and
placeholders in a reply become values again. The map never leaves this machine."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING, Any

from core.evidence import Box, PageText, Word
from core.llm.provider import Message, Question
from core.recipe import Redaction
from core.redaction.kinds import KINDS, Span, find_names
from core.redaction.names import find_broken_names

if TYPE_CHECKING:
    from PIL.Image import Image

#: A placeholder, also where a model dropped its brackets.
_PLACEHOLDER = re.compile(r"\[?\b(IBAN|EMAIL|PHONE|TAX-ID|NAME|HIDDEN)-(\d+)\b\]?")
#: So much wider and higher than its words a place in a picture is covered, in page units: letters reach over boxes.
_MARGIN = 1.5
#: Values of so many letters or more are masked wherever they stand; shorter ones are words of any document.
_TELLING = 6


@dataclass(frozen=True, slots=True)
class Hidden:
    """One place that is masked: its page (from 1), its box (page units, as the page is shown) and its placeholder."""

    page: int
    box: Box
    placeholder: str


class Masker:
    """Masks one document as ``redaction`` says. Not for several threads."""

    def __init__(self, redaction: Redaction, texts: Iterable[PageText] = ()) -> None:
        """``texts`` are the document's pages: what looks like a placeholder there stays what it is."""
        self.redaction = redaction
        self.hidden: list[Hidden] = [Hidden(page, Box(*place), "[HIDDEN]") for page, *place in redaction.boxes]
        self._placeholders: dict[tuple[str, str], str] = {}
        self._values: dict[str, str] = {}
        self._taken: set[str] = set()
        self._note_taken(texts)

    def pages(self, texts: Sequence[PageText]) -> tuple[PageText, ...]:
        """``texts`` (places as the pages are shown) with what is to be hidden replaced; the places are kept in
        ``hidden`` for the pictures."""
        self._note_taken(texts)
        for text in texts:  # a number that has its label on the last page is masked on the first one too
            self._page(text)
        self.hidden = self.hidden[: len(self.redaction.boxes)]
        return tuple(self._page(text) for text in texts)

    def text(self, text: str) -> str:
        """Any text that is sent beside the pages (an example, a value to be verified), masked alike."""
        return self._replaced(text, self._spans(text))

    def known(self, text: str) -> str:
        """``text`` about what was put back (an error, a value), with every hidden value masked, however short."""
        return self._replaced(text, self._spans(text, shortest=1))

    def value(self, text: str, parse: Callable[[str], str | None]) -> str:
        """A value that was read after it was put back, masked as :meth:`known` does and also where its notation has
        changed: ``parse`` gives the notation of a hidden text, ``None`` where it is no such value."""
        same = (name for name, hidden in self._values.items() if text in (parse(hidden), *map(parse, _pieces(hidden))))
        return next(same, None) or self.known(text)

    def question(self, question: Question) -> Question:
        """``question`` with every text in it masked: nothing that was forgotten elsewhere gets out."""
        masked = self._question(question)
        return self._question(masked)  # what only the last text gave away is in none of the first

    def _question(self, question: Question) -> Question:
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
            numbered = (f"[{name}-{number}]" for number in count(1))
            free = next(found for found in numbered if found not in self._values and found not in self._taken)
            self._placeholders[key] = free
            self._values[free] = value
        return self._placeholders[key]

    def _note_taken(self, texts: Iterable[PageText]) -> None:
        for text in texts:
            self._taken |= {f"[{name}-{number}]" for name, number in _PLACEHOLDER.findall(text.text)}

    def _spans(self, text: str, shortest: int = _TELLING) -> list[tuple[Span, str]]:
        """What is to be hidden in a text, without overlaps, in order: the span and its placeholder. Beside what is found by
        its form that is every value hidden so far that has ``shortest`` letters or more; what was hidden by its place only
        where that is 1."""
        found: list[tuple[Span, str, str]] = [
            (span, "name", text[slice(*span)]) for span in find_names(text, self.redaction.names)
        ]
        for start, line in _with_starts(text):
            for kind in self.redaction.kinds:
                if kind in KINDS:
                    found += [((start + a, start + b), kind, line[a:b]) for a, b in KINDS[kind][1](line)]
        for (kind, key), placeholder in list(self._placeholders.items()):
            if len(key) >= shortest and (kind != "hidden" or shortest == 1):
                value = self._values[placeholder]
                found += [(span, kind, value) for span in find_names(text, (value,))]
        ours = [match.span() for match in _PLACEHOLDER.finditer(text) if self._original(match) != match[0]]
        chosen: list[tuple[Span, str]] = []
        for (start, end), kind, value in sorted(found, key=lambda item: (item[0][0], -item[0][1])):
            free = all(end <= a or start >= b for a, b in ours)
            if free and end > start and (not chosen or start >= chosen[-1][0][1]):
                chosen.append(((start, end), self._placeholder(kind, value)))
        return chosen

    def _replaced(self, text: str, spans: Sequence[tuple[Span, str]]) -> str:
        pieces, last = [], 0
        for (start, end), placeholder in spans:
            pieces += [text[last:start], placeholder]
            last = end
        return "".join(pieces) + text[last:]

    def _page(self, text: PageText) -> PageText:
        boxes = [Box(*place) for page, *place in self.redaction.boxes if page == text.page]
        text = replace(text, words=tuple(self._without_broken_names(text)))
        words: list[Word] = []
        for line in _lines(text):
            words += self._words(text.page, _without(line, boxes, self._hide_place))
        return replace(text, words=tuple(words))

    def _without_broken_names(self, text: PageText) -> Iterator[Word]:
        """The words with each name that no single line holds as one word; boxes are drawn over, whatever is beneath."""
        gone: dict[int, str] = {}
        for name, places in find_broken_names(text.words, self.redaction.names):
            line = " ".join(text.words[place].text for place in places)
            together = len({text.words[place].line for place in places}) == 1
            if any(place in gone for place in places) or (together and any(find_names(line, (name,)))):
                continue
            placeholder = self._placeholder("name", name)
            self.hidden += [Hidden(text.page, text.words[place].box, placeholder) for place in places]
            gone |= dict.fromkeys(places, "") | {places[0]: placeholder}
        for place, word in enumerate(text.words):
            if place not in gone:
                yield word
            elif gone[place]:
                yield word._replace(text=gone[place])

    def _hide_place(self, words: Sequence[Word]) -> Word:
        value = self.restore(" ".join(word.text for word in words))
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
            inside = [(span, placeholder) for span, placeholder in spans if span[0] < end and span[1] > start]
            if not inside:
                yield word
                continue
            self.hidden += [Hidden(page, word.box, placeholder) for _, placeholder in inside]
            rest, last = "", start
            for (a, b), placeholder in inside:
                rest += text[last : max(a, start)]
                if a >= done:  # its first word bears the placeholder, the others nothing of it
                    rest += placeholder
                    done = b
                last = min(b, end)
            rest += text[last:end]
            if rest:
                yield word._replace(text=rest)


def _with_starts(text: str) -> Iterator[tuple[int, str]]:
    """The lines of a text, each with where it begins."""
    start = 0
    for line in text.split("\n"):
        yield start, line
        start += len(line) + 1


def _pieces(hidden: str) -> Iterator[str]:
    """The words of a hidden place that may be a value of their own."""
    return (word for word in hidden.split() if len(word) > 2)


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
