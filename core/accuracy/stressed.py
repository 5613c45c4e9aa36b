"""How a reader stands what does not change a document's answer: every document as it is and altered (:mod:`core.accuracy.stress`),
what was right and no longer is, and what passes though it is wrong."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.accuracy.stress import ALTERATIONS, Paper
from core.cancelling import IsCancelled
from core.documents import Document
from core.evaluation.outcome import Compared, Outcome, compare
from core.evaluation.scoring import CaseScore, is_column, is_header, score_case, total
from core.evidence import PageText
from core.extraction import Extraction, PageRef
from core.extraction_json import to_json
from core.ocr.engine import PagesRead
from core.recipe import OcrRecipe

#: Fields that lost most are told of first, so many of them.
_SHOWN = 4
PLAIN = "as it is"


class FixedPages:
    """A page reader that gives the pages it was handed, whatever the document."""

    def __init__(self) -> None:
        self.pages: tuple[PageText, ...] = ()

    def read(
        self, document: Document, pages: Sequence[PageRef], recipe: OcrRecipe, cancelled: IsCancelled
    ) -> Generator[tuple[int, int], None, PagesRead]:
        """See :meth:`core.ocr.engine.PageReader.read`."""
        yield len(self.pages), len(self.pages)
        return PagesRead(self.pages)


@dataclass(slots=True)
class Stressed:
    """One alteration over all documents that it can be made of: their scores as they are and altered, how many were ready, of
    these how many with a wrong critical value or any fault, and how often a right value became wrong, by field."""

    alteration: str
    before: list[CaseScore] = field(default_factory=list)
    after: list[CaseScore] = field(default_factory=list)
    ready: int = 0
    ready_critical: int = 0
    ready_wrong: int = 0
    lost: Counter[str] = field(default_factory=Counter)

    def note(self, plain: _Read, altered: _Read) -> None:
        """Count one document."""
        self.before.append(plain.score)
        self.after.append(altered.score)
        if altered.extraction.verdict == "approved":
            self.ready += 1
            self.ready_critical += bool(altered.outcome.wrong_critical)
            self.ready_wrong += bool(altered.outcome.misses)
        after = {_place(value): value.right for value in altered.outcome.values}
        self.lost.update(v.name for v in plain.outcome.values if v.right and not after.get(_place(v)))


@dataclass(frozen=True, slots=True)
class _Read:
    extraction: Extraction
    outcome: Outcome
    score: CaseScore


def stress(
    papers: Mapping[str, Paper],
    read: Callable[[str, Paper], Extraction],
    seeds: int = 1,
    tell: Callable[[str], None] = lambda line: None,
) -> list[Stressed]:
    """``papers`` by the id of their case, each read as it is and in every alteration ``seeds`` times; the first row is without any.
    The same id and seed give the same alteration. Raises what ``read`` raises."""
    rows = {name: Stressed(name) for name in (PLAIN, *ALTERATIONS)}
    for number, (case_id, paper) in enumerate(papers.items(), 1):
        tell(f"[{number}/{len(papers)}] {case_id}")
        plain = _compared(paper, read(case_id, paper))
        rows[PLAIN].note(plain, plain)
        for name, alter in ALTERATIONS.items():
            for seed in range(seeds):
                altered = alter(paper, random.Random(f"{case_id}-{name}-{seed}"))  # noqa: S311 - no secret
                if altered is not None:
                    rows[name].note(plain, _compared(altered, read(case_id, altered)))
    return list(rows.values())


def _compared(paper: Paper, extraction: Extraction) -> _Read:
    values = to_json(extraction)[extraction.type.key]
    return _Read(extraction, compare(paper.truth, values), score_case(paper.truth, values))


def _place(value: Compared) -> tuple[str, str]:
    return value.name, value.truth_path if value.line is not None or value.table is None else value.path


def render_stressed(rows: Sequence[Stressed]) -> str:
    """The alterations as a table: F1 in percent of header and cells, before and after; who passed; what was lost most."""
    head = ("altered", "documents", "header", "lines", "ready", "critical", "any fault")
    lines = [f"{head[0]:<16}" + "".join(f"{title:>16}" for title in head[1:]) + "  right made wrong, most of all"]
    for row in rows:
        if not row.after:
            continue
        figures = (_change(row, is_header), _change(row, is_column))
        cells = (len(row.after), *figures, row.ready, row.ready_critical, row.ready_wrong)
        most = ", ".join(f"{name} {count}" for name, count in row.lost.most_common(_SHOWN))
        lines.append(f"{row.alteration:<16}" + "".join(f"{cell:>16}" for cell in cells) + f"  {most}")
    return "\n".join(lines)


def _change(row: Stressed, chosen: Callable[[str], bool]) -> str:
    return " -> ".join("-" if f1 is None else f"{100 * f1:.1f}" for f1 in _both(row, chosen))


def _both(row: Stressed, chosen: Callable[[str], bool]) -> list[float | None]:
    return [total(scores, chosen).f1 for scores in (row.before, row.after)]


def stressed_json(rows: Sequence[Stressed]) -> list[dict[str, Any]]:
    """The same as JSON values."""
    return [
        {
            "alteration": row.alteration,
            "documents": len(row.after),
            "header_f1": _both(row, is_header),
            "lines_f1": _both(row, is_column),
            "ready": row.ready,
            "ready_critical": row.ready_critical,
            "ready_wrong": row.ready_wrong,
            "lost": dict(row.lost.most_common()),
        }
        for row in rows
    ]
