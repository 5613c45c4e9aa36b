"""An extraction beside its truth: what is right, what is missed and why, and what the gate would do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.accuracy.causes import cause_of, places_of_truth
from core.accuracy.measured import Measured, Miss, Place
from core.evaluation.cases import Case
from core.evaluation.outcome import Compared, Outcome, compare
from core.evaluation.scoring import ITEM_PREFIX, column_name, score_case
from core.evidence import Box, Evidence, PageText
from core.extraction import Extraction
from core.extraction_json import to_json
from core.schema.document_type import DocumentType
from core.schema.path import row_of
from core.validation.gate import decide


def measure(case: Case, extraction: Extraction, *, seconds: float = 0.0) -> Measured:
    """``extraction`` of ``case`` measured by the rules of :func:`core.evaluation.scoring.score_case`."""
    invoice: Mapping[str, Any] = to_json(extraction)[extraction.type.key]
    score, outcome = score_case(case.truth, invoice), compare(case.truth, invoice)
    sure = extraction.confidences
    lowest = lowest_confidence(extraction)
    return Measured(
        case_id=case.case_id,
        name=extraction.name,
        document=extraction.document,
        language=case.language,
        kind=case.kind,
        type=case.type.title,
        titles=_titles(case.type),
        vendor=case.vendor,
        seconds=round(seconds, 4),
        verdict=extraction.verdict,
        counts={name: (count.tp, count.fp, count.fn) for name, count in score.counts.items()},
        header_exact=score.header_exact,
        items_right=score.items_right,
        items_scorable=score.items_scorable,
        misses=tuple(_misses(case, extraction, outcome)),
        pairs=tuple((sure.get(path, 0.0), right) for path, right in outcome.right.items()),
        lowest=lowest or 0.0,
        blocked=lowest is None,
        wrong=len(outcome.wrong),
        wrong_critical=len(outcome.wrong_critical),
    )


def unread(case: Case, name: str, status: str, *, seconds: float = 0.0, document: str | None = None) -> Measured:
    """A case whose document could not be read, scored as empty; ``status`` says why."""
    score = score_case(case.truth, {})
    return Measured(
        case_id=case.case_id,
        name=name,
        document=document,
        language=case.language,
        kind=case.kind,
        type=case.type.title,
        titles=_titles(case.type),
        vendor=case.vendor,
        status=status,
        seconds=round(seconds, 4),
        counts={name: (count.tp, count.fp, count.fn) for name, count in score.counts.items()},
        header_exact=score.header_exact,
        items_right=score.items_right,
        items_scorable=score.items_scorable,
    )


def _titles(kind: DocumentType) -> dict[str, str]:
    """The titles of the fields that a person declared, by their key in the counts."""
    declared = kind.header if kind.definition else kind.added
    titles = {info.name: info.title for info in declared}
    for table in kind.tables:
        columns = table.columns if kind.definition else kind.added_columns(table)
        titles |= {column_name(kind, table, info.name): f"{table.row_title}: {info.title}" for info in columns}
    return titles


def lowest_confidence(extraction: Extraction) -> float | None:
    """The strictest threshold at which the gate lets ``extraction`` pass; ``None`` where it never does. Asks the gate
    itself, so that it agrees with the verdict whatever the gate looks at."""

    def passes(threshold: float) -> bool:
        found = decide(extraction.values, extraction.confidences, extraction.findings, threshold)
        return found == "approved"

    if not passes(0.0):
        return None
    steps = sorted({0.0, *extraction.confidences.values()})
    low, high = 0, len(steps) - 1
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if passes(steps[middle]) else (low, middle - 1)
    return steps[low]


def _misses(case: Case, extraction: Extraction, outcome: Outcome) -> list[Miss]:
    if not outcome.misses:
        return []
    texts = {text.page: text for text in extraction.page_texts}
    stands = places_of_truth(case.truth, extraction.page_texts)
    any_recognised = any(text.recognised for text in texts.values())
    found = []
    for value in outcome.misses:
        truth_at = stands.get(value.truth_path) if value.wanted is not None else None
        evidence = extraction.evidence.get(value.path) if value.got is not None else None
        recognised = texts[truth_at.page].recognised if truth_at else any_recognised
        found.append(
            Miss(
                name=value.name,
                path=value.path,
                title=value.info.title,
                line=_line_number(value),
                truth=_text(value.wanted),
                value=_text(value.got),
                cause=cause_of(value, truth_at, evidence, recognised=recognised),
                confidence=extraction.confidences.get(value.path) if value.got is not None else None,
                taken=_taken(value, extraction, texts),
                stands=_place(truth_at, texts),
            )
        )
    return found


def _line_number(value: Compared) -> int | None:
    if value.line is not None:
        return value.line + 1
    row = row_of(value.path) if not value.path.startswith(ITEM_PREFIX) else None
    return None if row is None else row + 1


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _taken(value: Compared, extraction: Extraction, texts: Mapping[int, PageText]) -> Place | None:
    """Where a value stands, else where its extractor says that it took it."""
    if value.got is None:
        return None
    if evidence := extraction.evidence.get(value.path):
        return _place(evidence, texts)
    source = extraction.provenance.get(value.path)
    if source is None or source.box is None or source.page is None or source.page not in texts:
        return None
    box, text = Box(*source.box), texts[source.page]
    return _at(text, (box,), " ".join(word.text for word in text.words_in(box)))


def _place(evidence: Evidence | None, texts: Mapping[int, PageText]) -> Place | None:
    if evidence is None or evidence.page not in texts:
        return None
    return _at(texts[evidence.page], evidence.boxes, evidence.text)


def _at(text: PageText, boxes: Sequence[Box], words: str) -> Place:
    wide, high = text.width, text.height
    shares = tuple((box.x0 / wide, box.y0 / high, box.x1 / wide, box.y1 / high) for box in boxes)
    return Place(page=text.page, rotation=text.rotation, ratio=high / wide, boxes=shares, words=words)
