"""Words of a text, what a search asks of them, and where it found it: the same for every store."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.notation.writing import text_of
from core.stores.records import Record
from storage.keys import fold

#: A word; signs of Chinese and Japanese, which are written without blanks, are a word each.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\W_\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")
_QUOTES = str.maketrans("“”„‟«»", '""""""')
_ASKED = re.compile(r'"([^"]*)("?)|([^\s"]+)')
#: An order's own number is asked for, and nothing else.
_NUMBER = re.compile(r"#\d+")
#: What stands between two values, and between values and pages: no phrase goes across it, nobody can ask for it.
BETWEEN = "¶"
#: More words of one record than these (two hundred full pages) are not looked into, and of a word no more letters.
MOST_WORDS, MOST_LETTERS = 100_000, 40
#: A single letter or figure is looked for in number, vendor and customer alone.
_LEAST = 2
#: Letters of a snippet, and how many things that were found a row says.
_SHOWN, _TOLD = 72, 2


@dataclass(frozen=True, slots=True)
class Sought:
    """A word or a quoted phrase of a search: its ``words`` as the index has them, the last of which may go on
    (``goes_on``: it is still being typed), and ``plain``: folded, as it was typed."""

    words: tuple[str, ...]
    goes_on: bool
    plain: str


def words_of(text: str) -> list[str]:
    """The words of ``text``, folded (accents and case aside)."""
    return [word[:MOST_LETTERS] for word in _WORD.findall(fold(text))]


def sought(text: str) -> tuple[Sought, ...]:
    """What a search asks for, each of which must be found. Only the last may be the beginning of a word: not a closed phrase."""
    if _NUMBER.fullmatch(text.strip()) or len(text.strip()) == 1:
        return (Sought((), False, fold(text)),) if fold(text) else ()
    found = []
    asked = list(_ASKED.finditer(text.translate(_QUOTES)))
    for number, one in enumerate(asked):
        plain = fold(one[3] or one[1] or "")
        words = tuple(words_of(plain))
        is_open = number == len(asked) - 1 and not (one[3] is None and one[2])
        if plain:
            found.append(Sought(words, is_open and len("".join(words)) >= _LEAST, plain))
    return tuple(found)


def record_words(record: Record, page_text: str) -> list[str]:
    """All words by which a record is found: those of its values and of the pages that it was read from."""
    found: list[str] = []
    for _, _, value in record.type.walk(record.values):
        if value is not None:
            found += (*words_of(text_of(value)), BETWEEN)
    for page in page_text[: MOST_WORDS * MOST_LETTERS].split("\f"):
        found += (*words_of(page), BETWEEN)
    return found[:MOST_WORDS]


def holds(words: Sequence[str], wanted: Sought) -> bool:
    """Whether the words have what is sought, one behind the other."""
    return _place(words, wanted) is not None


def told_match(record: Record, page_text: str, wanted: Sequence[Sought]) -> str:
    """What of a record a search found and where, with a little around it; empty where that was its number alone."""
    told = dict.fromkeys(found for one in wanted if (found := _told(record, page_text, one)))
    return " · ".join(list(told)[:_TOLD])


def _told(record: Record, page_text: str, wanted: Sought) -> str | None:
    kind = record.type
    for path, info, value in kind.walk(record.values):
        text = text_of(value)
        part = _around(text, wanted) if text else None
        if part is None and info.name in kind.searched and wanted.plain in fold(text):
            part = text
        if part:
            return f"{kind.label_of(path)}: {part[:_SHOWN]}"
    numbers = [page.number for page in record.pages]
    for place, page in enumerate(page_text.split("\f")):
        if part := _around(page, wanted):
            return f"Page {numbers[place] if place < len(numbers) else place + 1}: {part}"
    return None


def _around(text: str, wanted: Sought) -> str | None:
    """What stands in ``text`` around the first place that has what is sought."""
    parts = text.split()
    found = [(word, number) for number, part in enumerate(parts) for word in words_of(part)]
    place = _place([word for word, _ in found], wanted)
    if place is None:
        return None
    first, last = found[place][1], found[place + len(wanted.words) - 1][1] + 1
    room = _SHOWN - len(" ".join(parts[first:last]))
    begin, end = first, last
    while (begin > 0 or end < len(parts)) and room > 0:
        if begin > 0:
            begin, room = begin - 1, room - len(parts[begin - 1]) - 1
        if end < len(parts) and room > 0:
            end, room = end + 1, room - len(parts[end]) - 1
    around = " ".join(parts[begin:end])
    return f"{'… ' if begin else ''}{around[: 2 * _SHOWN]}{' …' if end < len(parts) else ''}"


def _place(words: Sequence[str], wanted: Sought) -> int | None:
    return next(_places(words, wanted), None)


def _places(words: Sequence[str], wanted: Sought) -> Iterator[int]:
    if not wanted.words:
        return
    *first, last = wanted.words
    for start in range(len(words) - len(first)):
        end = words[start + len(first)]
        if (end == last or (wanted.goes_on and end.startswith(last))) and list(
            words[start : start + len(first)]
        ) == first:
            yield start
