"""What each recipe comes to over all documents, and which recipes are worth having."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from core.call import Usage
from core.comparison.result import Measure, Result
from core.comparison.sheet import Basis, SheetRow, same_value
from core.evaluation.scoring import CaseScore, Count, is_column, is_header, score_case, total


@dataclass(frozen=True, slots=True)
class Compared:
    """One document of a comparison: its results by recipe (``None``: none yet), why a recipe failed, its measures, its
    sheet, and each recipe's score against the truth where there is one."""

    results: tuple[Result | None, ...]
    failures: tuple[str, ...]
    measures: tuple[Measure | None, ...]
    sheet: tuple[SheetRow, ...]
    scores: tuple[CaseScore | None, ...]

    @property
    def disagreements(self) -> int:
        """How many fields the recipes do not agree on."""
        return sum(not row.agreed for row in self.sheet)


@dataclass(slots=True)
class Tally:
    """Right ones of those that were judged."""

    right: int = 0
    judged: int = 0

    def note(self, right: bool | None) -> None:
        """Count one, unless nothing is known of it."""
        self.right += right is True
        self.judged += right is not None

    @property
    def share(self) -> float | None:
        """0 to 1; ``None`` where nothing was judged."""
        return self.right / self.judged if self.judged else None


@dataclass(slots=True)
class RecipeTotals:
    """One recipe over all documents. Costs are US dollars: what the readings cost when they were first made, ``spent``
    what this comparison paid; ``None`` where a model has no known price. ``seconds`` is the mean over the documents
    whose every step was measured. With truth: ``header``, ``items`` and ``exact`` (documents wholly right)."""

    documents: int = 0
    done: int = 0
    failed: int = 0
    approved: int = 0
    findings: int = 0
    header: Count = field(default_factory=Count)
    items: Count = field(default_factory=Count)
    with_truth: int = 0
    exact: int = 0
    votes: Tally = field(default_factory=Tally)
    majority: Tally = field(default_factory=Tally)
    usage: Usage = field(default_factory=Usage)
    cost: Decimal | None = Decimal(0)
    spent: Decimal | None = Decimal(0)
    times: list[float] = field(default_factory=list)

    @property
    def seconds(self) -> float | None:
        """Seconds a document, where they were measured."""
        return sum(self.times) / len(self.times) if self.times else None

    @property
    def cost_a_document(self) -> Decimal | None:
        """US dollars a document."""
        return None if self.cost is None or not self.done else self.cost / self.done

    @property
    def right_fields(self) -> int:
        """Values that are right by the truth."""
        return self.header.tp + self.items.tp

    @property
    def cost_a_right_field(self) -> Decimal | None:
        """US dollars for each value that is right by the truth; ``None`` without truth."""
        return None if self.cost is None or not self.right_fields else self.cost / self.right_fields

    @property
    def f1(self) -> float | None:
        """Over all fields, header and lines."""
        both = Count()
        both += self.header
        both += self.items
        return both.f1

    def accuracy(self, basis: Basis) -> float | None:
        """How right it is, 0 to 1, by the basis that the whole comparison has: see :func:`basis_of`."""
        if basis == "truth":
            return self.f1
        return self.votes.share if basis == "vote" else self.majority.share


def score_results(
    results: Sequence[Result | None], failures: Sequence[str], truth: Mapping[str, Any] | None
) -> tuple[CaseScore | None, ...]:
    """Each result against the truth; a recipe that failed is scored as if it had given nothing."""
    scores: list[CaseScore | None] = []
    for result, failure in zip(results, failures, strict=True):
        if truth is None or (result is None and not failure):
            scores.append(None)
        else:
            scores.append(score_case(truth, result.extraction.values.model_dump(mode="json") if result else {}))
    return tuple(scores)


def total_of(column: int, documents: Sequence[Compared]) -> RecipeTotals:
    """One recipe (by its index) over ``documents``."""
    totals = RecipeTotals(documents=len(documents))
    for document in documents:
        totals.failed += bool(document.failures[column])
        _add_score(totals, document.scores[column])
        _add_result(totals, document.results[column], document.measures[column])
        for row in document.sheet:
            entry = row.entries[column]
            if entry is None or row.empty:
                continue
            if row.vote is not None:
                totals.votes.note(same_value(row.info, row.vote.value, entry.value))
            if row.basis == "majority":
                totals.majority.note(entry.right)
    return totals


def _add_score(totals: RecipeTotals, score: CaseScore | None) -> None:
    if score is None:
        return
    totals.with_truth += 1
    totals.header += total([score], is_header)
    totals.items += total([score], is_column)
    totals.exact += not score.errors


def _add_result(totals: RecipeTotals, result: Result | None, measure: Measure | None) -> None:
    if measure is not None:  # also of a reading that failed: its calls were billed
        totals.usage += measure.usage
        totals.cost = _plus(totals.cost, measure.cost)
        totals.spent = _plus(totals.spent, Decimal(0) if measure.cached else measure.cost)
    if result is None or measure is None:
        return
    totals.done += 1
    totals.approved += result.extraction.verdict == "approved"
    totals.findings += sum(finding.severity != "info" for finding in result.extraction.findings)
    if measure.complete:
        totals.times.append(measure.seconds)


def _plus(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else one + other


def basis_of(totals: Sequence[RecipeTotals]) -> Basis:
    """What accuracy means in a comparison: right by the truth where some document has one, else by the person's votes,
    else agreement with the majority of the recipes."""
    if any(each.with_truth for each in totals):
        return "truth"
    return "vote" if any(each.votes.judged for each in totals) else "majority"


def worth_having(totals: Sequence[RecipeTotals], basis: Basis) -> tuple[bool, ...]:
    """For each recipe whether no other is at least as good in accuracy, cost and seconds and better in one (it is
    Pareto-optimal). A recipe whose accuracy, cost or seconds are not known is not among them.

    Seconds count to two figures: two runs of the same never take the very same time.
    """
    points = [_point(each, basis) for each in totals]
    return tuple(
        point is not None and not any(other is not None and _beats(other, point) for other in points)
        for point in points
    )


def _point(totals: RecipeTotals, basis: Basis) -> tuple[float, float, float] | None:
    """Losses to be kept small: missing accuracy, dollars and seconds a document."""
    accuracy, cost, seconds = totals.accuracy(basis), totals.cost_a_document, totals.seconds
    if accuracy is None or cost is None or seconds is None:
        return None
    return round(1 - accuracy, 6), float(cost), float(f"{seconds:.2g}")


def _beats(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one != other and all(mine <= theirs for mine, theirs in zip(one, other, strict=True))
