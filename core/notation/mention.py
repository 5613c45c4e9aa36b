"""Where a name is mentioned in a text, however it is written there: case, accents, spaces and punctuation set apart."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from core.errors import StudioError

#: What stands in place of a name that was cut out of a longer text.
CUT = "…"
#: From here on scripts write words without spaces between them.
_UNSPACED = "\u2e80"
#: Letters and digits that a name needs, so that it does not mean half of everything.
_FEWEST = 3


class Mention:
    """A name that is looked for, as whole words. Raises StudioError for one that is too short to mean anybody."""

    def __init__(self, name: str) -> None:
        plain, _ = _plain(name)
        words = re.findall(r"\w+", plain)
        letters = "".join(words)
        if len(letters) < (2 if letters[:1] >= _UNSPACED else _FEWEST):
            raise StudioError("Write the whole name, of three letters at least: what it is found in is deleted.")
        before = "" if letters[0] >= _UNSPACED else r"(?<!\w)"
        after = "" if letters[-1] >= _UNSPACED else r"(?!\w)"
        self._longest = max(words, key=len)
        self._pattern = re.compile(before + r"[\W_]*".join(map(re.escape, words)) + after)

    def may_be_in(self, text: str) -> bool:
        """Whether it can stand in ``text``, be that JSON: quick, and never wrong where it says no."""
        if not text.isascii() or "\\u" in text:
            return True
        return self._longest in text.lower()

    def holds(self, text: str) -> bool:
        """Whether ``text`` mentions it."""
        if text.isascii() and self._longest not in text.lower():
            return False
        return self._pattern.search(_plain(text)[0]) is not None

    def cut(self, text: str) -> str:
        """``text`` without it: empty where nothing else was said."""
        plain, places = _plain(text)
        pieces, done = [], 0
        for match in self._pattern.finditer(plain):
            pieces.append(text[done : places[match.start()]])
            done = places[match.end() - 1] + 1
        if not pieces:
            return text
        rest = CUT.join([*pieces, text[done:]])
        return rest if re.search(r"\w", rest) else ""

    def in_json(self, value: Any, but: frozenset[str] = frozenset()) -> bool:
        """Whether a JSON value mentions it, in one string or in strings that follow each other; what stands under the keys
        ``but`` is not looked at."""
        return self.holds(" ".join(_texts(value, but)))

    def cut_json(self, value: Any) -> Any:
        """A JSON value without it: of a list of texts, those go that mention it."""
        match value:
            case str():
                return self.cut(value)
            case dict():
                return {self.cut(key): self.cut_json(each) for key, each in value.items()}
            case list():
                if all(isinstance(each, str) for each in value):
                    return [each for each in value if not self.holds(each)]
                return [self.cut_json(each) for each in value]
            case _:
                return value


def _texts(value: Any, but: frozenset[str]) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for key, each in value.items():
                if key not in but:
                    yield key
                    yield from _texts(each, but)
        case list():
            for each in value:
                yield from _texts(each, but)


def _plain(text: str) -> tuple[str, list[int]]:
    """``text`` without case and accents, and for each of its characters which of ``text`` it came of."""
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        for each in unicodedata.normalize("NFKD", letter).casefold():
            if not unicodedata.combining(each):
                letters.append(each)
                places.append(place)
    return "".join(letters), places
