"""Places found on pages as they were laid for reading, brought to the pages as shown, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from core.evidence import Box, Evidence, PageText, Upright, around, corners
from core.extraction import Candidate, Provenance
from core.homography import Matrix, apply, invert


def evidence_on_page(found: Mapping[str, Evidence], pages: Sequence[PageText]) -> dict[str, Evidence]:
    """Evidence found on ``pages`` as read, where it is on them as shown."""
    matrices = {number: laid.matrix for number, laid in _laid(pages).items()}
    return {path: _moved(evidence, matrices.get(evidence.page)) for path, evidence in found.items()}


def evidence_as_read(found: Mapping[str, Evidence], pages: Sequence[PageText]) -> dict[str, Evidence]:
    """The way back: exact for pages turned by quarters, else boxes are a little larger than they were."""
    matrices = {number: invert(laid.matrix) for number, laid in _laid(pages).items()}
    return {path: _moved(evidence, matrices.get(evidence.page)) for path, evidence in found.items()}


def sources_on_page(sources: Mapping[str, Provenance], pages: Sequence[PageText]) -> dict[str, Provenance]:
    """Where an extractor took its values from ``pages`` as read, on them as shown."""
    laid = _laid(pages)
    return {
        path: replace(source, box=around(apply(laid[source.page].matrix, corners(Box(*source.box)))))
        if source.page in laid and source.box
        else source
        for path, source in sources.items()
    }


def candidates_on_page(
    candidates: Mapping[str, Sequence[Candidate]], pages: Sequence[PageText]
) -> dict[str, tuple[Candidate, ...]]:
    """Where else values may stand on ``pages`` as read, on them as shown."""
    laid = _laid(pages)
    return {
        path: tuple(
            replace(one, box=around(apply(laid[one.page].matrix, corners(Box(*one.box)))))
            if one.page in laid and one.box
            else one
            for one in some
        )
        for path, some in candidates.items()
    }


def _laid(pages: Sequence[PageText]) -> dict[int, Upright]:
    return {page.page: page.upright for page in pages if page.upright}


def _moved(evidence: Evidence, matrix: Matrix | None) -> Evidence:
    if matrix is None:
        return evidence
    return replace(evidence, boxes=tuple(around(apply(matrix, corners(box))) for box in evidence.boxes))
