"""Columns of a table by its body: the stretches of the page's width that its words cover."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from core.page.layout import Line, Segment, Token

#: Stretches that are nearer than this many text heights are one: with few rows the gaps between the words of one cell are not
#: filled by those of others.
_MANY, _GAP = 4, 0.2
_SOME, _SOME_GAP = 3, 0.45
_WORD_GAP = 0.9
#: Two heads in one segment are farther apart than words are: in text heights, and so many times as far; a head stands over a stretch, and a word under
#: another, where they share this much of the narrower one.
_HEADS_APART, _WIDER = 0.4, 1.5
_OVER, _UNDER = 0.25, 0.4


def islands_of(rows: Sequence[Sequence[Token]], height: float) -> list[tuple[float, float]]:
    """The stretches (left and right edge) that words of ``rows`` cover, from left to right; ``height`` is the text's."""
    gap = (_GAP if len(rows) >= _MANY else _SOME_GAP if len(rows) >= _SOME else _WORD_GAP) * height
    found: list[tuple[float, float]] = []
    for x0, x1 in sorted((token.x0, token.x1) for row in rows for token in row):
        if found and x0 - found[-1][1] < gap:
            found[-1] = found[-1][0], max(found[-1][1], x1)
        else:
            found.append((x0, x1))
    return found


def nearest(token: Token, spans: Sequence[tuple[float, float]]) -> int:
    """The stretch that a word stands over, or nearest to."""

    def apart(at: int) -> tuple[float, float]:
        x0, x1 = spans[at]
        return max(0.0, x0 - token.x1, token.x0 - x1), -(min(token.x1, x1) - max(token.x0, x0))

    return min(range(len(spans)), key=apart)


def owners(spans: Sequence[tuple[float, float]], heads: Sequence[tuple[float, float]]) -> list[int] | None:
    """The head (by its place) that each stretch belongs to, in order; ``None`` where a stretch runs under two heads or a head
    would have none: then the body does not tell the columns."""
    found: list[int] = []
    for x0, x1 in spans:
        under = [at for at, (left, right) in enumerate(heads) if x0 < (left + right) / 2 < x1]
        if len(under) > 1:
            return None
        edges = [min(abs(x0 - left), abs(x1 - right), abs(x0 + x1 - left - right) / 2) for left, right in heads]
        found.append(under[0] if under else min(range(len(heads)), key=edges.__getitem__))
    return found if found == sorted(found) and set(found) == set(range(len(heads))) else None


def heads_over(segments: Sequence[Segment], spans: Sequence[tuple[float, float]], word_gap: float) -> list[list[Token]]:
    """The column heads in a line: its segments, one that stands over several stretches cut at its widest gaps. ``word_gap`` is
    the usual one between words (page units)."""
    found: list[list[Token]] = []
    for segment in segments:
        over = sum(_stands_over(segment, span) for span in spans)
        gaps = sorted(
            (
                (gap, at + 1)
                for at, (before, after) in enumerate(pairwise(segment.tokens))
                if (gap := after.x0 - before.x1) > max(_HEADS_APART * segment.height, _WIDER * word_gap)
            ),
            reverse=True,
        )
        cuts = [0, *sorted(at for _, at in gaps[: max(over - 1, 0)]), len(segment.tokens)]
        found += [segment.tokens[start:end] for start, end in pairwise(cuts)]
    return found


def _stands_over(segment: Segment, span: tuple[float, float]) -> bool:
    common = min(segment.x1, span[1]) - max(segment.x0, span[0])
    return common > _OVER * min(segment.x1 - segment.x0, span[1] - span[0])


def stacked(upper: Line, lower: Line) -> list[Segment]:
    """The segments of two lines, those of the lower joined to the one that they stand under: heads printed on two lines."""
    found = []
    for above in upper.segments:
        below = [one for one in lower.segments if one.overlap_x(above) > _UNDER]
        tokens = [*above.tokens, *(token for one in below for token in one.tokens)]
        found.append(Segment(tokens, lower.index if below else above.line, above.index))
    alone = [one for one in lower.segments if all(one.overlap_x(above) <= _UNDER for above in upper.segments)]
    return sorted([*found, *alone], key=lambda segment: segment.x0)
