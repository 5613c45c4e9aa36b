"""Text layers whose words need more than their places: pages that lie on their side or head without a flag that says so,
and letters set apart by blanks."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from core.evidence import Box, Upright, Word, union
from core.homography import Matrix

#: Fewer steps from word to word say nothing of how a page lies.
_ENOUGH_STEPS = 8
#: So many words from the start of the page tell how it lies.
_SAMPLE = 120
#: This share of the steps goes one way on a page that lies.
_MOST_STEPS = 0.8
#: A page is letter-spaced where this share of its words are single characters.
_MOST_SINGLE = 0.6
#: Letters of one word are at most this many times as far apart as they usually are.
_WIDE = 1.6
#: No letters of one word are this many text heights apart.
_FAR = 1.0


def lying_of(words: Sequence[Word], width: float, height: float) -> Upright | None:
    """How a page of ``width`` and ``height`` (page units) has to be laid so that its lines run from left to right;
    ``None`` where they do."""
    steps = {"right": 0, "left": 0, "up": 0, "down": 0}
    for before, word in pairwise(words[:_SAMPLE]):
        if before.line != word.line or word.line < 0:
            continue
        dx = word.box[0] - before.box[0]
        dy = word.box[1] - before.box[1]
        if abs(dx) >= abs(dy):
            steps["right" if dx > 0 else "left"] += 1
        else:
            steps["down" if dy > 0 else "up"] += 1
    total = sum(steps.values())
    way = max(steps, key=lambda name: steps[name])
    if total < _ENOUGH_STEPS or steps[way] < _MOST_STEPS * total or way == "right":
        return None
    if way == "left":
        return Upright(width, height, (-1, 0, width, 0, -1, height, 0, 0, 1))
    matrix: Matrix = (0, 1, 0, -1, 0, height, 0, 0, 1) if way == "up" else (0, -1, width, 1, 0, 0, 0, 0, 1)
    return Upright(height, width, matrix)


def close_up(words: Sequence[Word]) -> Sequence[Word]:
    """``words`` with letters that were set apart (T o t a l) made words again; the same where the page has none."""
    single = sum(1 for word in words if len(word.text) == 1)
    if single < _MOST_SINGLE * len(words) or single < _ENOUGH_STEPS:
        return words
    gaps = [_gap(before, word) for before, word in pairwise(words) if _neighbours(before, word)]
    gaps = [gap for gap in gaps if 0 <= gap < _FAR]
    if len(gaps) < _ENOUGH_STEPS:
        return words
    wide = min(_WIDE * median(gaps), _FAR)
    runs: list[list[Word]] = []
    for word in words:
        if runs and _neighbours(runs[-1][-1], word) and -0.2 < _gap(runs[-1][-1], word) <= wide:
            runs[-1].append(word)
        else:
            runs.append([word])
    return [_joined(run) for run in runs]


def _neighbours(before: Word, word: Word) -> bool:
    """Whether both stand on one line and at least one of them is a single letter."""
    level = abs(before.box.center[1] - word.box.center[1]) < 0.5 * word.box.height
    return level and (len(before.text) == 1 or len(word.text) == 1)


def _gap(before: Word, word: Word) -> float:
    """How far apart two words are, in heights of the second."""
    return (word.box.x0 - before.box.x1) / max(word.box.height, 1e-6)


def _joined(run: Sequence[Word]) -> Word:
    if len(run) == 1:
        return run[0]
    box: Box = union(word.box for word in run)
    return run[0]._replace(text="".join(word.text for word in run), box=box)
