"""Pages changed in ways that do not change what they say: what is read of them should stay the same, and where it does not
it must not be ready.

Documents with a truth run out: once their errors were looked at, they flatter. Changed, they are documents that nobody
fitted a rule to. Every alteration works on the words of the pages (no picture is read again, so hundreds take minutes) and
leaves the truth's own values alone, unless it exchanges one for another everywhere, in the truth too.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby, pairwise
from statistics import median
from typing import Any

from core.accuracy.causes import places_of_truth
from core.evaluation.scoring import type_of_truth
from core.evidence import Box, PageText, Word, union
from core.notation.folding import fold
from core.page.layout import Layout, Segment
from core.rules.dates import find_dates
from core.rules.lexicon import load_lexicon
from core.rules.reading import Reading

#: The engine that words are said to be read by where they are measured like a scan's.
_ENGINE = "rapid"
#: What OCR takes for each other.
_CONFUSED = ("0O", "1l", "5S", "8B", "rn|m", "cl|d", "ii|ü", "I|l", ".|,", "e|c")
#: Print so many times as high as usual is a heading or a logo.
_LARGE = 1.25
_DIGITS = re.compile(r"\d")
_VOWELS, _CONSONANTS = "aeiou", "bcdfghklmnprstvz"


@dataclass(frozen=True, slots=True)
class Paper:
    """The pages of one document as they were read, and their truth."""

    pages: tuple[PageText, ...]
    truth: Mapping[str, Any]

    def told(self) -> list[frozenset[int]]:
        """For each page the places in its words of those that a value of the truth stands on."""
        boxes: dict[int, list[Box]] = {}
        for found in places_of_truth(self.truth, self.pages).values():
            boxes.setdefault(found.page, []).extend(found.boxes)
        return [
            frozenset(
                at
                for at, word in enumerate(page.words)
                if any(
                    box.overlap(word.box) > 0.3 * word.box.width * word.box.height for box in boxes.get(page.page, ())
                )
            )
            for page in self.pages
        ]


#: Gives the document otherwise printed; ``None`` where it cannot be.
Alteration = Callable[[Paper, random.Random], Paper | None]


def moved(paper: Paper, chance: random.Random) -> Paper:
    """Printed larger or smaller, and cut to its words with another margin."""
    scale = chance.uniform(0.7, 1.3)
    pages = []
    for page in paper.pages:
        if not page.words:
            pages.append(page)
            continue
        around = union(word.box for word in page.words)
        left, top = chance.uniform(0.01, 0.06) * page.width, chance.uniform(0.01, 0.06) * page.height
        dx, dy = left - around.x0, top - around.y0
        words = tuple(
            word._replace(box=Box(*(scale * side for side in _shifted(word.box, dx, dy))), polygon=None)
            for word in page.words
        )
        size = scale * (around.width + 2 * left), scale * (around.height + 2 * top)
        pages.append(replace(page, width=size[0], height=size[1], words=words))
    return replace(paper, pages=tuple(pages))


def measured(paper: Paper, chance: random.Random) -> Paper:
    """As OCR measures it: each cell a little higher or lower than its font, more so by document, in lines of its own."""
    pages = []
    usual = chance.uniform(0.85, 1.25)
    for page in paper.pages:
        boxes = {at: word.box for at, word in enumerate(page.words)}
        lines = {at: word.line for at, word in enumerate(page.words)}
        for segment in () if page.recognised else Layout(page).segments:
            grown = 0.5 * segment.height * (usual * chance.gauss(1, 0.1) - 1)
            for at in {token.word for token in segment.tokens}:
                box, lines[at] = boxes[at], segment.index
                boxes[at] = box._replace(y0=box.y0 - grown, y1=box.y1 + grown)
        words = [
            Word(word.text, _aside(boxes[at], chance), word.confidence if page.recognised else chance.uniform(0.94, 0.999), lines[at])
            for at, word in enumerate(page.words)
        ]  # fmt: skip
        pages.append(replace(page, words=tuple(words), engine=_ENGINE))
    return replace(paper, pages=tuple(pages))


def one_print(paper: Paper, chance: random.Random) -> Paper:
    """All words in print of one size, on the baselines that they have."""
    pages = []
    for page in paper.pages:
        usual = median([word.box.height for word in page.words] or [1.0])
        words = []
        for word in page.words:
            box, shrink = word.box, min(1.0, usual / max(word.box.height, 1e-6))
            words.append(
                word._replace(box=Box(box.x0, box.y1 - min(usual, box.height), box.x0 + shrink * box.width, box.y1))
            )
        pages.append(replace(page, words=tuple(_closed_up(page, words))))
    return replace(paper, pages=tuple(pages))


def shuffled(paper: Paper, chance: random.Random) -> Paper | None:
    """The words of the text layer in another order; those of a line read by OCR stay together."""
    pages = []
    for page in paper.pages:
        runs = [list(run) for _, run in groupby(page.words, key=lambda word: word.line if word.line >= 0 else id(word))]
        chance.shuffle(runs)
        pages.append(replace(page, words=tuple(word for run in runs for word in run)))
    return replace(paper, pages=tuple(pages))


def misread(paper: Paper, chance: random.Random, share: float = 0.01) -> Paper:
    """Letters taken for others, as OCR does, ``share`` of those in words that are no value."""
    pairs = [tuple(pair.split("|")) if "|" in pair else tuple(pair) for pair in _CONFUSED]
    pairs += [(other, one) for one, other in pairs]

    def spoilt(text: str) -> str:
        able = [(one, other) for one, other in pairs if one in text]
        if not able or chance.random() >= share * len(text):
            return text
        return text.replace(*chance.choice(able), 1)

    return _reworded(paper, lambda page, at, word: spoilt(word.text))


def glued(paper: Paper, chance: random.Random, share: float = 0.06) -> Paper:
    """Neighbouring words that are no values run together, or cut in two."""
    pages = []
    for page, told in zip(paper.pages, paper.told(), strict=True):
        words: list[Word] = []
        free = False
        for at, word in enumerate(page.words):
            here = at not in told
            before = words[-1] if words else None
            close = (
                before is not None
                and abs(before.box.center[1] - word.box.center[1]) < 0.3 * word.box.height
                and 0 <= word.box.x0 - before.box.x1 < 0.5 * word.box.height
            )
            if before is not None and close and here and free and chance.random() < share:
                words[-1] = before._replace(
                    text=before.text + word.text, box=union((before.box, word.box)), polygon=None
                )
            elif here and len(word.text) > 5 and word.text.isalpha() and chance.random() < share / 3:
                middle = len(word.text) // 2
                x = word.box.x0 + word.box.width * middle / len(word.text)
                gap = 0.1 * word.box.height
                words.append(word._replace(text=word.text[:middle], box=word.box._replace(x1=x - gap), polygon=None))
                words.append(word._replace(text=word.text[middle:], box=word.box._replace(x0=x + gap), polygon=None))
            else:
                words.append(word)
            free = here
        pages.append(replace(page, words=tuple(words)))
    return replace(paper, pages=tuple(pages))


def strange_labels(paper: Paper, chance: random.Random, share: float = 0.3) -> Paper | None:
    """A part of the labels in words that nobody knows: the same one everywhere."""
    lexicon = load_lexicon()
    reading = Reading(paper.pages, lexicon)
    strange: dict[int, set[int]] = {}
    keys: dict[str, bool] = {}
    for label in reading.labels:
        if keys.setdefault(label.key, chance.random() < share):
            tokens = label.segment.tokens[label.start : label.end]
            strange.setdefault(label.page, set()).update(token.word for token in tokens)
    if not strange:
        return None
    return _made_strange(paper, strange, chance)


def strange_heads(paper: Paper, chance: random.Random, share: float = 0.5) -> Paper | None:
    """A part of the heads of columns in words that nobody knows."""
    reading = Reading(paper.pages, load_lexicon())
    strange: dict[int, set[int]] = {}
    for page, line in reading.table_heads:
        for segment in reading.layouts[page].lines[line].segments:
            if chance.random() < share:
                strange.setdefault(page, set()).update(token.word for token in segment.tokens)
    if not strange:
        return None
    return _made_strange(paper, strange, chance)


def _made_strange(paper: Paper, strange: Mapping[int, set[int]], chance: random.Random) -> Paper:
    """The words at these places of each page as words that nobody knows, the same for the same; those with digits stay."""
    words: dict[str, str] = {}

    def other(page: int, at: int, word: Word) -> str:
        if at not in strange.get(page, ()) or _DIGITS.search(word.text):
            return word.text
        return _like(word.text, words, chance)

    return _reworded(paper, other)


def no_logo(paper: Paper, chance: random.Random) -> Paper | None:
    """What stands in large print at the head of the first page as a picture, where all that the truth says stands elsewhere too."""
    if not paper.pages:
        return None
    first = paper.pages[0]
    layout = Layout(first)
    large = {
        token.word
        for segment in layout.segments
        if segment.height > _LARGE * layout.text_height and segment.y0 < 0.25 * first.height
        for token in segment.tokens
    }
    rest = replace(first, words=tuple(word for at, word in enumerate(first.words) if at not in large))
    pages = (rest, *paper.pages[1:])
    kept = places_of_truth(paper.truth, pages)
    before = places_of_truth(paper.truth, paper.pages)
    lost = [path for path, found in before.items() if path not in kept or kept[path].score < found.score]
    return None if not large or lost else replace(paper, pages=pages)


def swapped(paper: Paper, chance: random.Random) -> Paper | None:
    """The left and the right half of the head, above the table, exchanged where a gutter parts them."""
    if not paper.pages or not paper.pages[0].words:
        return None
    reading = Reading(paper.pages[:1], load_lexicon())
    layout, first = reading.layouts[0], paper.pages[0]
    bottom = min(reading.table_top, 0.5 * first.height)
    head = [segment for segment in layout.segments if segment.y1 < bottom]
    gutter = _gutter(head, first.width)
    if gutter is None:
        return None
    left_end, right_start = gutter
    left = [segment for segment in head if segment.x1 <= left_end]
    right = [segment for segment in head if segment.x0 >= right_start]
    if len(left) < 3 or len(right) < 3 or any(segment.text.rstrip().endswith(":") for segment in left):
        return None
    start, end = min(segment.x0 for segment in left), max(segment.x1 for segment in right)
    moves = {token.word: end - left_end for segment in left for token in segment.tokens}
    moves |= {token.word: start - right_start for segment in right for token in segment.tokens}
    words = tuple(
        word._replace(box=_shifted(word.box, moves.get(at, 0.0), 0.0), polygon=None)
        for at, word in enumerate(first.words)
    )
    return replace(paper, pages=(replace(first, words=words), *paper.pages[1:]))


def other_number(paper: Paper, chance: random.Random) -> Paper | None:
    """Another invoice number, in the habit of somebody else, wherever the own one stands."""
    field = type_of_truth(paper.truth).identifier
    number = str(paper.truth.get(field) or "")
    if len(fold(number)) < 4 or not _DIGITS.search(number):
        return None
    year = chance.choice(("2019", "2023", "24"))
    serial = chance.randrange(1, 9999)
    forms = (f"{serial:05d}", f"RE-{year}-{serial:04d}", f"{serial}/{year}", f"F{year}{serial:05d}", f"{chance.choice('ABK')}{serial:04d}-{chance.randrange(1, 9)}",
             f"{year}.{serial:03d}", f"INV{serial:06d}", f"{serial:04d}{chance.choice('AXR')}", f"{chance.randrange(10**8, 10**9)}")  # fmt: skip
    return _exchanged(paper, field, number, chance.choice(forms))


def other_vendor(paper: Paper, chance: random.Random) -> Paper | None:
    """Another vendor's name wherever the own one stands, and none of its mail and web addresses."""
    field = type_of_truth(paper.truth).issuer
    name = str(paper.truth.get(field) or "")
    if len(fold(name)) < 4:
        return None
    forms = _FORMS.get(str(paper.truth.get("meta", {}).get("language")), ("",))
    made = " ".join(_made_word(chance) for _ in range(chance.randrange(1, 3)))
    made = made.upper() if name.isupper() else made
    done = _exchanged(paper, field, name, f"{made} {chance.choice(forms)}".strip())
    if done is None:
        return None
    own = re.compile(
        "|".join(re.escape(word) for word in name.split() if len(fold(word)) > 3) or r"(?!)", re.IGNORECASE
    )

    def without(page: int, at: int, word: Word) -> str:
        web = "@" in word.text or "www" in word.text.lower() or "http" in word.text.lower()
        return own.sub(fold(made), word.text) if web else word.text

    return _reworded(done, without, spare=False)


def other_dates(paper: Paper, chance: random.Random) -> Paper | None:
    """All dates in another notation; those that could be read with day and month exchanged keep theirs."""
    reading = Reading(paper.pages, load_lexicon())
    form = chance.choice(("%d.%m.%Y", "%Y-%m-%d", "%d/%m/%Y", "%d-%b-%Y", "%d-%m-%y"))
    english = reading.language in ("en", None)
    if not english and "%b" in form:
        form = "%d.%m.%Y"
    if reading.language == "en" and form in ("%d/%m/%Y", "%d-%m-%y", "%d.%m.%Y"):
        form = "%d-%b-%Y"
    renamed: dict[int, dict[int, str]] = {}
    dropped: dict[int, set[int]] = {}
    for page, layout in enumerate(reading.layouts):
        for segment in layout.segments:
            for found in find_dates(segment.tokens, reading.notation.month_first):
                places = list(dict.fromkeys(token.word for token in found.tokens))
                text = " ".join(layout.page.words[at].text for at in places)
                shown = "".join(token.text for token in found.tokens)
                if fold(text) != fold(shown) or not isinstance(found.value, date):
                    continue
                renamed.setdefault(page, {})[places[0]] = found.value.strftime(form) + (
                    "," if text.endswith(",") else ""
                )
                dropped.setdefault(page, set()).update(places[1:])
    if not renamed:
        return None
    return _retold(paper, renamed, dropped, paper.truth)


#: Every alteration by its name.
ALTERATIONS: dict[str, Alteration] = {
    "moved": moved,
    "measured": measured,
    "one print": one_print,
    "shuffled": shuffled,
    "misread": misread,
    "glued": glued,
    "strange labels": strange_labels,
    "strange heads": strange_heads,
    "no logo": no_logo,
    "swapped": swapped,
    "other number": other_number,
    "other vendor": other_vendor,
    "other dates": other_dates,
}

_FORMS = {
    "de": ("GmbH", "AG", "e.K.", "", "GmbH & Co. KG"), "en": ("Ltd", "LLC", "Inc.", "Pty Ltd", "", "Sdn Bhd"), "fr": ("SARL", "SAS", ""),
    "es": ("S.L.", "S.A.", ""), "it": ("S.r.l.", "S.p.A.", ""), "nl": ("B.V.", ""), "pt": ("Lda", "Ltda", ""), "tr": ("A.Ş.", "Ltd. Şti.", ""),
    "ro": ("S.R.L.", ""),
}  # fmt: skip


def _shifted(box: Box, dx: float, dy: float) -> Box:
    return Box(box.x0 + dx, box.y0 + dy, box.x1 + dx, box.y1 + dy)


def _aside(box: Box, chance: random.Random) -> Box:
    step = 0.02 * box.height
    x0, x1 = box.x0 + chance.gauss(0, step), box.x1 + chance.gauss(0, step)
    return Box(x0, box.y0 + chance.gauss(0, step), max(x1, x0 + 0.3 * box.width), box.y1 + chance.gauss(0, step))


def _closed_up(page: PageText, words: Sequence[Word]) -> list[Word]:
    """Words that became narrower, moved left to the one before them in their segment."""
    moved_to = list(words)
    for segment in Layout(page).segments:
        places = list(dict.fromkeys(token.word for token in segment.tokens))
        for before, at in pairwise(places):
            gap = page.words[at].box.x0 - page.words[before].box.x1
            shrink = moved_to[before].box.height / max(page.words[before].box.height, 1e-6)
            wanted = moved_to[before].box.x1 + gap * shrink
            moved_to[at] = moved_to[at]._replace(box=_shifted(moved_to[at].box, wanted - moved_to[at].box.x0, 0.0))
    return [word._replace(polygon=None) for word in moved_to]


def _reworded(paper: Paper, other: Callable[[int, int, Word], str], spare: bool = True) -> Paper:
    """The words that are no value of the truth (all of them unless ``spare``) as ``other`` says them."""
    told = paper.told() if spare else [frozenset[int]()] * len(paper.pages)
    pages = tuple(
        replace(
            page,
            words=tuple(
                word if at in told[number] else word._replace(text=other(number, at, word))
                for at, word in enumerate(page.words)
            ),
        )
        for number, page in enumerate(paper.pages)
    )
    return replace(paper, pages=pages)


def _like(text: str, words: dict[str, str], chance: random.Random) -> str:
    """A word that nobody knows, as long as ``text`` and written as it is; always the same for the same one."""
    letters = fold(text)
    if len(letters) < 2:
        return text
    if letters not in words:
        words[letters] = "".join(chance.choice(_CONSONANTS if at % 2 == 0 else _VOWELS) for at in range(len(letters)))
    made = iter(words[letters])
    return "".join(
        (next(made, "a").upper() if char.isupper() else next(made, "a")) if char.isalpha() else char for char in text
    )


def _made_word(chance: random.Random) -> str:
    parts = ("bra", "ke", "lo", "mi", "nor", "sta", "vel", "tu", "ran", "dex", "quo", "zin", "pel", "har", "wick", "so")
    return "".join(chance.choice(parts) for _ in range(chance.randrange(2, 4))).title()


def _gutter(segments: Sequence[Segment], width: float) -> tuple[float, float] | None:
    """The widest gap, from top to bottom, that no segment crosses: where it begins and ends."""
    edges = sorted((segment.x0, segment.x1) for segment in segments)
    widest, reach = None, edges[0][1] if edges else 0.0
    for x0, x1 in edges:
        if x0 - reach > 0.04 * width and (widest is None or x0 - reach > widest[1] - widest[0]):
            widest = (reach, x0)
        reach = max(reach, x1)
    return widest


def _exchanged(paper: Paper, field: str, old: str, new: str) -> Paper | None:
    """``new`` wherever ``old`` is printed as whole words, and in the truth; ``None`` where it is printed nowhere, or inside another
    word too."""
    parts, key = new.split(), fold(old)
    renamed: dict[int, dict[int, str]] = {}
    dropped: dict[int, set[int]] = {}
    for number, page in enumerate(paper.pages):
        layout = Layout(page)
        for segment in layout.segments:
            places = list(dict.fromkeys(token.word for token in segment.tokens))
            keys = [fold(page.words[at].text) for at in places]
            for start in range(len(keys)):
                for end in range(start + 1, min(start + 9, len(keys)) + 1):
                    if keys[start] and "".join(keys[start:end]) == key:
                        tail = page.words[places[end - 1]].text
                        ending = "," if tail.endswith(",") else ""
                        renamed.setdefault(number, {})[places[start]] = " ".join(parts) + ending
                        dropped.setdefault(number, set()).update(places[start + 1 : end])
    if not renamed:
        return None
    rest = (word.text for number, page in enumerate(paper.pages) for at, word in enumerate(page.words)
            if at not in renamed.get(number, {}) and at not in dropped.get(number, ()))  # fmt: skip
    if key in fold("".join(rest)):
        return None
    truth = deepcopy(dict(paper.truth))
    truth[field] = new
    truth.get("meta", {}).get("alternatives", {}).pop(field, None)
    return _retold(paper, renamed, dropped, truth)


def _retold(
    paper: Paper, renamed: Mapping[int, Mapping[int, str]], dropped: Mapping[int, set[int]], truth: Mapping[str, Any]
) -> Paper:
    """The words in ``renamed`` (page, place) exchanged, each over the room of those ``dropped`` behind it."""
    pages = []
    for number, page in enumerate(paper.pages):
        words: list[Word] = []
        for at, word in enumerate(page.words):
            if at in dropped.get(number, ()):
                continue
            text = renamed.get(number, {}).get(at)
            if text is None:
                words.append(word)
                continue
            letter = word.box.width / max(1, len(word.text))
            x = word.box.x0
            for part in text.split():
                wide = letter * len(part)
                words.append(word._replace(text=part, box=Box(x, word.box.y0, x + wide, word.box.y1), polygon=None))
                x += wide + 0.3 * word.box.height
        pages.append(replace(page, words=tuple(words)))
    return Paper(tuple(pages), truth)
