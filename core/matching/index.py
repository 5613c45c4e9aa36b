"""One page's words prepared for looking values up: built once a page, in a few passes over the whole text.

Word keys are case-folded letters and digits only (NFKC), so that punctuation, blanks and OCR's word borders do not
matter: the page is also one long *squeezed* string, in which a value is found by a plain substring search.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate

from core.evidence import Box, PageText, Word, union

_NOISE = re.compile(r"[^\w\n]+|_+")
_NOT_DIGIT = re.compile(r"[^\d\n]+")
#: The end of a label that lost its blank (``No.:17``).
_GLUED = re.compile(r"(\D:)(?=[^\s/])")
_GROUP_START = re.compile(r"\D{0,4}\d{1,3}")
_GROUP = re.compile(r"\d{3}")
_GROUP_END = re.compile(r"\d{3}(?:[.,]\d+)?\D{0,4}")


class PageIndex:
    """The words of one page, ready for lookup.

    A *token* is a word, or a piece of one where several were read as one (blanks inside, a label glued to its value).
    A *span* is (first, last) of tokens, both included.
    """

    __slots__ = ("_groups", "_heights", "digits", "keys", "number", "owners", "squeezed", "starts", "texts", "words")

    def __init__(self, page: PageText) -> None:
        self.number = page.page
        self.words: Sequence[Word] = page.words
        self.texts = [word.text for word in page.words]
        self.owners: Sequence[int] = range(len(self.texts))
        joined = "\n".join(self.texts)
        if " " in joined or joined.count("\n") >= len(self.texts) or _GLUED.search(joined):
            self._split_words()
            joined = "\n".join(self.texts)
        folded = unicodedata.normalize("NFKC", joined).casefold()
        self.keys = _NOISE.sub("", folded).split("\n")
        self.squeezed = "".join(self.keys)
        self.starts = [0, *accumulate(map(len, self.keys))]
        self.digits: dict[str, list[int]] = {}
        for token, key in enumerate(_NOT_DIGIT.sub("", folded).split("\n")):
            if key:
                self.digits.setdefault(key, []).append(token)
        self._groups: dict[str, list[tuple[int, int]]] | None = None
        self._heights: tuple[list[float], list[int]] | None = None

    def _split_words(self) -> None:
        pieces = [
            (piece, owner)
            for owner, text in enumerate(self.texts)
            for piece in (_GLUED.sub(r"\1 ", text) if ":" in text else text).split()
        ]
        self.texts = [piece for piece, _ in pieces]
        self.owners = [owner for _, owner in pieces]

    def find(self, key: str) -> Iterator[tuple[int, int, bool]]:
        """Every place of a squeezed ``key`` as (first token, last token, whether it starts and ends at word borders)."""
        length = len(key)
        at = self.squeezed.find(key) if key else -1
        while at >= 0:
            first, last = self.tokens_at(at, at + length)
            yield first, last, self.starts[first] == at and self.starts[last + 1] == at + length
            at = self.squeezed.find(key, at + 1)

    def tokens_at(self, start: int, end: int) -> tuple[int, int]:
        """The tokens that cover characters ``start`` to ``end`` (excluded) of the squeezed text."""
        return bisect_right(self.starts, start) - 1, bisect_left(self.starts, end) - 1

    def groups(self) -> dict[str, list[tuple[int, int]]]:
        """Numbers whose thousands stand apart by blanks (``1 234,56`` as two words), by their digits."""
        if self._groups is None:
            self._groups = {}
            for token, text in enumerate(self.texts[:-1]):
                if len(text) <= 7 and _GROUP_START.fullmatch(text):
                    self._add_groups(token)
        return self._groups

    def _add_groups(self, first: int) -> None:
        assert self._groups is not None
        digits = re.sub(r"\D", "", self.texts[first])
        for last in range(first + 1, min(first + 4, len(self.texts))):
            text = self.texts[last]
            if not _GROUP_END.fullmatch(text) or not self._beside(last - 1, last):
                return
            digits += re.sub(r"\D", "", text)
            self._groups.setdefault(digits, []).append((first, last))
            if not _GROUP.fullmatch(text):
                return

    def _beside(self, left: int, right: int) -> bool:
        if self.owners[left] == self.owners[right]:
            return True
        a, b = self.words[self.owners[left]].box, self.words[self.owners[right]].box
        return abs(a.center[1] - b.center[1]) < 0.5 * a.height + 1e-6 and -1 <= b.x0 - a.x1 < max(a.height, 1e-6)

    def tokens_in(self, box: Box, margin: float = 0.0) -> list[int]:
        """The tokens whose word's centre lies in ``box`` widened by ``margin``, in reading order."""
        if self._heights is None:
            order = sorted(range(len(self.owners)), key=lambda token: self.words[self.owners[token]].box.center[1])
            self._heights = [self.words[self.owners[token]].box.center[1] for token in order], order
        heights, order = self._heights
        inside = order[bisect_left(heights, box.y0 - margin) : bisect_right(heights, box.y1 + margin)]
        left, right = box.x0 - margin, box.x1 + margin
        return sorted(token for token in inside if left <= self.words[self.owners[token]].box.center[0] <= right)

    def lines(self, tokens: Sequence[int]) -> tuple[Box, ...]:
        """A box for each text line that ``tokens`` cover, in their order."""
        boxes: list[Box] = []
        for owner in dict.fromkeys(self.owners[token] for token in tokens):
            box = self.words[owner].box
            if boxes and abs(box.center[1] - boxes[-1].center[1]) < 0.5 * min(box.height, boxes[-1].height) + 1e-6:
                boxes[-1] = union((boxes[-1], box))
            else:
                boxes.append(box)
        return tuple(boxes)

    def text(self, tokens: Sequence[int]) -> str:
        """The words of ``tokens`` as printed, joined by blanks."""
        return " ".join(self.words[owner].text for owner in dict.fromkeys(self.owners[token] for token in tokens))

    def confidence(self, tokens: Sequence[int]) -> float:
        """The mean OCR confidence of ``tokens``' words."""
        return sum(self.words[self.owners[token]].confidence for token in tokens) / len(tokens)
