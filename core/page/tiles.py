"""Words of a watermark that is printed all over a page, row by row (COPY, COPY, COPY)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise

from core.evidence import Box, Word

#: A word that is printed less often is no tile.
_FEWEST = 12
#: So many stand in each row at least.
_ROW = 3
#: Tiles reach from margin to margin and over so much of the page's height.
_SPREAD = 0.6
_MARGIN = 0.12
#: So many neighbours stand equally far apart.
_REGULAR = 0.8
#: Distances that differ by no more page units than this share of a page are the same.
_SAME = 0.005


def find_tiles(words: Sequence[Word], width: float, height: float) -> frozenset[int]:
    """The places in ``words`` of those that a watermark repeats in equal steps over the page; empty for most pages."""
    counts = Counter(word.text for word in words)
    often = {text for text, count in counts.items() if count >= _FEWEST}
    if not often:
        return frozenset()
    places: dict[str, list[int]] = defaultdict(list)
    for at, word in enumerate(words):
        if word.text in often:
            places[word.text].append(at)
    return frozenset(at for found in places.values() for at in _tiles(words, found, width, height))


def _tiles(words: Sequence[Word], places: Sequence[int], width: float, height: float) -> list[int]:
    """Those of ``places``, which all hold one text, that stand in the rows of a pattern; empty where they make none."""
    step = _SAME * width
    rows: dict[int, list[int]] = defaultdict(list)
    for at in places:
        rows[round(words[at].box.y0 / step)].append(at)
    full = {y: row for y, row in rows.items() if len(row) >= _ROW}
    boxes = [words[at].box for row in full.values() for at in row]
    if len(boxes) < _FEWEST or not _covers(boxes, width, height):
        return []
    lefts = [sorted(words[at].box.x0 for at in row) for row in full.values()]
    across = [round((b - a) / step) for row in lefts for a, b in pairwise(row)]
    down = [b - a for a, b in pairwise(sorted(full))]
    return [at for row in full.values() for at in row] if _is_regular(across) and _is_regular(down) else []


def _covers(boxes: Sequence[Box], width: float, height: float) -> bool:
    """Whether ``boxes`` reach from margin to margin and over most of the height."""
    x0, x1 = min(box.x0 for box in boxes), max(box.x1 for box in boxes)
    tall = max(box.y1 for box in boxes) - min(box.y0 for box in boxes)
    return x0 < _MARGIN * width and x1 > (1 - _MARGIN) * width and tall > _SPREAD * height


def _is_regular(steps: Sequence[int]) -> bool:
    """Whether most steps are as long as the usual one."""
    usual = Counter(steps).most_common(1)[0][0] if steps else 0
    return usual > 0 and sum(abs(step - usual) <= 1 for step in steps) >= _REGULAR * len(steps)
