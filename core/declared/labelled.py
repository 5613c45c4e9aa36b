"""A document as the reader of declared types sees it: its pages in lines, and where the words of its fields stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from core.declared.definition import FieldDefinition, TypeDefinition
from core.evidence import PageText
from core.notation import notation_of
from core.notation.folding import fold
from core.page.layout import Layout, Segment, Token

#: How alike a word misread or written otherwise must be (0 to 100), and the shortest that is compared so.
_ALIKE, _SHORTEST = 88, 5
#: Words for a number, folded; what links two words that change places.
NUMBERS = ("number", "no", "nr", "num", "nummer", "numero")
_LINKS, _PAIR = ("of", "ofthe", "de", "der"), 2
#: The most tokens of one label.
_LONGEST = 8
#: What a label's words may be parted from its value by.
_MARKS = frozenset(":=#.-–|>*：")


class Label(NamedTuple):
    """Words on page ``page`` (index from 0) that call a field: tokens ``start`` to ``end`` (excluded) of ``segment``.
    ``likeness`` is 1 where they are its words to the letter."""

    name: str
    likeness: float
    page: int
    segment: Segment
    start: int
    end: int

    @property
    def text(self) -> str:
        """The label as printed."""
        return " ".join(token.text for token in self.tokens).strip(" :")

    @property
    def tokens(self) -> Sequence[Token]:
        """Its own tokens."""
        return self.segment.tokens[self.start : self.end]

    @property
    def is_closed(self) -> bool:
        """Whether a colon ends it, or its segment does."""
        return self.end == len(self.segment.tokens) or self.tokens[-1].text[-1:] in ":：=#"


class LabelledPages:
    """The pages of one document with the labels of a definition's header fields on them."""

    def __init__(self, pages: Sequence[PageText], definition: TypeDefinition) -> None:
        self.definition = definition
        self.layouts = [Layout(page) for page in pages]
        self.notation = notation_of(pages, None)
        headings = {fold(words) for words in definition.headings}
        self.labels = [
            label
            for number, layout in enumerate(self.layouts)
            for label in find_labels(definition.fields, layout, number)
            if label.segment.key not in headings or len(label.tokens) == len(label.segment.tokens)
        ]
        self._at: dict[tuple[int, int], list[Label]] = defaultdict(list)
        for label in self.labels:
            self._at[label.page, label.segment.index].append(label)

    def labels_in(self, page: int, segment: Segment) -> list[Label]:
        """The labels within a segment, from left to right."""
        return self._at.get((page, segment.index), [])

    def is_label(self, page: int, segment: Segment) -> bool:
        """Whether a segment calls a value that stands elsewhere: it begins with a label and holds nothing else, or ends with a colon."""
        if segment.text.rstrip()[-1:] in ":：":
            return True
        return any(label.start == 0 and label.end == len(segment.tokens) for label in self.labels_in(page, segment))


def find_labels(
    fields: Iterable[FieldDefinition], layout: Layout, page: int, segments: Sequence[Segment] | None = None
) -> list[Label]:
    """Where the words of ``fields`` stand on a page: of several that begin at one place the longest, exact ones before alike ones."""
    exact, alike = _phrases(fields)
    found: list[Label] = []
    for segment in layout.segments if segments is None else segments:
        found += _labels_of(segment, page, exact, alike)
    return found


def _phrases(fields: Iterable[FieldDefinition]) -> tuple[Mapping[str, list[str]], Mapping[str, list[str]]]:
    """Folded words -> the fields that they call; and those long enough to be known when written slightly otherwise."""
    exact: dict[str, list[str]] = defaultdict(list)
    for field in fields:
        for words in field.called:
            for key in _ways(words):
                if field.name not in exact[key]:
                    exact[key].append(field.name)
    return exact, {key: names for key, names in exact.items() if len(key) >= _SHORTEST and names}


def _ways(words: str) -> Iterator[str]:
    """The folded ways to write a label: as it is, with another word for number, and with its words the other way round
    (Delivery date, Date of delivery)."""
    parts = [key for word in words.split() if (key := fold(word))]
    if not parts:
        return
    yield "".join(parts)
    if parts[-1] in NUMBERS:
        yield from ("".join((*parts[:-1], other)) for other in NUMBERS if other != parts[-1])
    if len(parts) == _PAIR:
        yield from ("".join((parts[1], link, parts[0])) for link in _LINKS)


def _labels_of(
    segment: Segment, page: int, exact: Mapping[str, list[str]], alike: Mapping[str, list[str]]
) -> list[Label]:
    found: list[Label] = []
    tokens = segment.tokens
    at = 0
    while at < len(tokens):
        best = max(_from(segment, page, at, exact, alike), key=lambda label: (label.likeness, label.end), default=None)
        if best is None:
            at += 1
            continue
        names = exact.get(_key(best.tokens)) or alike.get(best.name) or []
        found += [best._replace(name=name) for name in names]
        at = best.end
    return found


def _from(
    segment: Segment, page: int, at: int, exact: Mapping[str, list[str]], alike: Mapping[str, list[str]]
) -> Iterable[Label]:
    """The labels that begin at a token; the ``name`` of an alike one is still its key."""
    from rapidfuzz import fuzz, process

    tokens = segment.tokens
    for end in range(at + 1, min(at + _LONGEST, len(tokens)) + 1):
        key = _key(tokens[at:end])
        if key in exact:
            yield Label(key, 1.0, page, segment, at, end)
    if at and tokens[at - 1].text[-1:] not in ":：;|":
        return  # within a sentence only the very words count
    closed = next((end for end in range(at + 1, len(tokens) + 1) if tokens[end - 1].text[-1:] in ":：#="), None)
    end = closed or len(tokens)
    if end - at > _LONGEST or (key := _key(tokens[at:end])) in exact or len(key) < _SHORTEST:
        return
    close = process.extractOne(key, alike.keys(), scorer=fuzz.ratio, score_cutoff=_ALIKE)
    if close:
        yield Label(close[0], close[1] / 100 - 0.05, page, segment, at, end)


def _key(tokens: Sequence[Token]) -> str:
    return "".join(token.key for token in tokens)


def without_marks(tokens: Sequence[Token]) -> Sequence[Token]:
    """``tokens`` without the marks between a label and its value."""
    first = next((at for at, token in enumerate(tokens) if token.text.strip("".join(_MARKS))), len(tokens))
    return tokens[first:]
