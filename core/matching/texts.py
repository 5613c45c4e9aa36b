"""Where a text stands: as it is, inside a longer word, in pieces across text lines, or similarly spelt."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz import fuzz

from core.evidence import Box
from core.matching.candidate import Candidate
from core.matching.index import PageIndex
from core.notation.folding import squeeze

#: A fuzzy match below this similarity is no evidence.
FUZZY_CUTOFF = 80.0
CODE_CUTOFF = 85.0
#: Values shorter than this many letters and digits are never matched fuzzily or inside a longer word.
SHORTEST_PART = 4


def find_text(value: str, index: PageIndex) -> list[Candidate]:
    """Text as it stands, letters and digits compared; inside a longer word only where no whole word matches."""
    key = squeeze(value)
    whole: list[Candidate] = []
    parts: list[Candidate] = []
    for first, last, aligned in index.find(key):
        if aligned:
            whole.append(Candidate(index, range(first, last + 1), 1.0, "exact"))
        elif len(key) >= SHORTEST_PART and not key.isdigit():
            parts.append(Candidate(index, range(first, last + 1), 0.9, "exact"))
    return whole or parts


def find_identifier(value: str, index: PageIndex) -> list[Candidate]:
    """A number or code as it stands; one of digits only also with leading zeros (``000.000.052`` for 52)."""
    found = find_text(value, index)
    bare = value.lstrip("0")
    if found or not bare.isdigit():
        return found
    return [
        Candidate(index, (token,), 0.9, "format")
        for digits, tokens in index.digits.items()
        if len(digits) > len(bare) and digits.endswith(bare) and not digits[: -len(bare)].strip("0")
        for token in tokens
        if not re.search(r"[,%€$£]", index.texts[token])
    ]


def find_fuzzy(value: str, index: PageIndex) -> list[Candidate]:
    """The stretch of the page most similar to ``value``, if it is similar enough."""
    key = squeeze(value)
    if len(key) < SHORTEST_PART or len(index.squeezed) < len(key):
        return []
    found = fuzz.partial_ratio_alignment(key, index.squeezed, score_cutoff=FUZZY_CUTOFF)
    if found is None or found.dest_end <= found.dest_start:
        return []
    first, last = index.tokens_at(found.dest_start, found.dest_end)
    covered = index.squeezed[index.starts[first] : index.starts[last + 1]]
    score = max(fuzz.ratio(key, covered), found.score * 0.9) / 100
    return [Candidate(index, range(first, last + 1), score * 0.98, "fuzzy")]


def find_misread(value: str, index: PageIndex) -> list[Candidate]:
    """A number or code with a letter or two read otherwise, as a word of its own."""
    key = squeeze(value)
    if len(key) <= SHORTEST_PART:
        return []
    return [
        found
        for found in find_fuzzy(value, index)
        if fuzz.ratio(key, "".join(index.keys[token] for token in found.tokens)) >= CODE_CUTOFF
    ]


def find_parts(value: str, index: PageIndex) -> list[Candidate]:
    """A value whose pieces stand on text lines of their own with other columns' words between: an address, a wrapped
    description. The pieces must follow each other downwards."""
    tokens: list[int] = []
    found = total = 0
    for part in _parts(value):
        key = squeeze(part)
        total += len(key)
        place = _next_place(index, key, tokens)
        if place:
            tokens.extend(place)
            found += len(key)
    if not total or found / total < FUZZY_CUTOFF / 100:
        return []
    return [Candidate(index, tokens, 0.95 * found / total, "lines")]


def _parts(value: str) -> list[str]:
    pieces = [piece for piece in re.split(r"[,\n;]\s*", value) if squeeze(piece)]
    return pieces if len(pieces) > 1 else value.split()


def _next_place(index: PageIndex, key: str, before: Sequence[int]) -> range | None:
    """The place of ``key`` nearest below (or right of) the tokens found so far; the first one where there are none."""
    places = [range(first, last + 1) for first, last, aligned in index.find(key) if aligned]
    if not before or not places:
        return places[0] if places else None
    last = index.words[index.owners[before[-1]]].box
    first = index.words[index.owners[before[0]]].box

    def distance(place: range) -> float:
        box = index.words[index.owners[place[0]]].box
        down = box.center[1] - last.center[1]
        if down < -0.5 * last.height or down > 3.5 * last.height:
            return float("inf")
        beside = abs(box.x0 - last.x1) if down < 0.5 * last.height else abs(box.x0 - first.x0)
        return beside + down

    best = min(places, key=distance)
    return best if distance(best) < 15 * max(last.height, 1e-6) else None


def find_inside(value: str, index: PageIndex, box: Box) -> list[Candidate]:
    """The words inside the box that an extractor named, as far as they are the value."""
    tokens = index.tokens_in(box, margin=1.0)
    key = squeeze(value)
    similarity = fuzz.ratio(key, "".join(index.keys[token] for token in tokens)) if key else 0.0
    if similarity < FUZZY_CUTOFF:
        return []
    method = "fuzzy" if similarity < 99.9 else "exact"
    return [Candidate(index, tokens, similarity / 100, method)]
