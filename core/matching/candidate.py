"""A place on a page that matches a value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from core.evidence import Box, Evidence
from core.matching.index import PageIndex


class Candidate(NamedTuple):
    """A place that matches a value: the tokens, how well (0 to 1) and how it was found (see ``Evidence.method``)."""

    page: PageIndex
    tokens: Sequence[int]
    score: float
    method: str

    @property
    def box(self) -> Box:
        """The first text line of the match: what it is compared by."""
        return self.page.words[self.page.owners[self.tokens[0]]].box

    def evidence(self) -> Evidence:
        """The match as evidence."""
        page, tokens = self.page, self.tokens
        boxes = page.lines(tokens)
        method = "lines" if self.method == "exact" and len(boxes) > 1 else self.method
        return Evidence(
            page.number, boxes, page.text(tokens), round(self.score, 4), method, round(page.confidence(tokens), 4)
        )
