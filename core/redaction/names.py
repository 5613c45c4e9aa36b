"""Names where they stand on a page: broken over a line's end, hyphenated, glued together, or with other accents."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from core.evidence import Word

#: Names with fewer letters than this are only looked for as they are written: they would be found in other words.
_SHORTEST = 4
#: The next line of a block begins at most so many text heights beneath.
_BENEATH = 1.5


def find_broken_names(words: Sequence[Word], names: Iterable[str]) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Each of ``names`` that stands in ``words`` letter by letter, whatever is between its letters, with the places of
    its words in ``words``: they follow each other, or go on at the next line of the same block."""
    keys = [_key(word.text) for word in words]
    for name in names:
        wanted = _key(name)
        if len(wanted) < _SHORTEST:
            continue
        for start, key in enumerate(keys):
            if key and wanted.startswith(key) and (found := _spelling(words, keys, wanted, start)):
                yield name, found


def _spelling(words: Sequence[Word], keys: Sequence[str], wanted: str, start: int) -> tuple[int, ...] | None:
    """The words from ``start`` on that spell ``wanted``, over one line's end at most; ``None`` where none do."""
    places, rest = [start], wanted[len(keys[start]) :]
    while rest:
        for place, key in enumerate(keys):
            beneath = key and rest.startswith(key) and _is_beneath(words[place], words[places[-1]])
            if beneath and (below := _run(keys, rest, place)):
                return (*places, *below)
        after = places[-1] + 1
        if after == len(keys) or not keys[after] or not rest.startswith(keys[after]):
            return None
        places.append(after)
        rest = rest[len(keys[after]) :]
    return tuple(places)


def _run(keys: Sequence[str], wanted: str, start: int) -> tuple[int, ...] | None:
    """The words from ``start`` on, one after the other, that spell ``wanted``; ``None`` where they do not."""
    at = start
    while wanted and at < len(keys) and keys[at] and wanted.startswith(keys[at]):
        wanted = wanted[len(keys[at]) :]
        at += 1
    return None if wanted else tuple(range(start, at))


def _is_beneath(word: Word, above: Word) -> bool:
    """Whether ``word`` may begin the line after the one that ``above`` ends."""
    gap = word.box.y0 - above.box.y1
    height = max(above.box.height, word.box.height)
    return -0.5 * height < gap < _BENEATH * height and word.box.x0 < above.box.x1 and word.line != above.line


def _key(text: str) -> str:
    """Letters and digits alone, without accents and case."""
    return "".join(char for char in unicodedata.normalize("NFKD", text).casefold() if char.isalnum())
