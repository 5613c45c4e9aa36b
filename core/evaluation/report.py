"""The scores of many cases as tables: by field, by language, by kind, and case by case."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from operator import eq
from typing import Any

from core.evaluation.cases import Case
from core.evaluation.scoring import CaseScore, Count, counted_names, is_column, is_header, total, type_of_truth


@dataclass(frozen=True, slots=True)
class ScoredCase:
    """A case with its score. ``status`` is ``ok``, or a sentence on why there was no prediction (scored as empty)."""

    case: Case
    score: CaseScore
    status: str = "ok"
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Summary:
    """Some cases together. ``header_exact`` and ``items_exact`` are shares of cases and of line items, 0 to 1."""

    cases: int
    missing: int
    header: Count
    items: Count
    all: Count
    header_exact: float | None
    items_exact: float | None


@dataclass(frozen=True, slots=True)
class Report:
    """The scores of a folder of cases."""

    cases: tuple[ScoredCase, ...]

    @property
    def summary(self) -> Summary:
        """All cases together."""
        return summarise(self.cases)

    @property
    def fields(self) -> dict[str, Count]:
        """The counts of every field that was scored in some case, header first."""
        scores = [scored.score for scored in self.cases]
        known = counted_names(type_of_truth(scored.case.truth) for scored in self.cases)
        counted = {name for score in scores for name in score.counts}  # also of types that a kept summary does not know
        names = [*known, *sorted(counted - set(known), key=lambda name: (is_column(name), name))]
        counts = {name: total(scores, partial(eq, name)) for name in names}
        return {name: count for name, count in counts.items() if count.f1 is not None}

    def by(self, key: Callable[[Case], str]) -> dict[str, Summary]:
        """A summary for each value of ``key``, those with most cases first."""
        groups: dict[str, list[ScoredCase]] = {}
        for scored in self.cases:
            groups.setdefault(key(scored.case), []).append(scored)
        return {
            name: summarise(group) for name, group in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
        }


def summarise(cases: Sequence[ScoredCase]) -> Summary:
    """``cases`` together."""
    scores = [scored.score for scored in cases]
    scorable = sum(score.items_scorable for score in scores)
    return Summary(
        cases=len(cases),
        missing=sum(scored.status != "ok" for scored in cases),
        header=total(scores, is_header),
        items=total(scores, is_column),
        all=total(scores),
        header_exact=sum(score.header_exact for score in scores) / len(scores) if scores else None,
        items_exact=sum(score.items_right for score in scores) / scorable if scorable else None,
    )


def render(report: Report, *, cases: bool = False, errors: bool = False, vendors: bool = False) -> str:
    """The report as aligned text; ``cases`` adds a line a case, ``errors`` what was wrong in each,
    ``vendors`` a table of vendors."""
    parts = [_field_table(report), _headline(report.summary)]
    parts += [_group_table("language", report.by(lambda case: case.language))]
    parts += [_group_table("kind", report.by(lambda case: case.kind))]
    types = report.by(lambda case: case.type_title)
    parts += [_group_table("type", types)] if len(types) > 1 else []
    parts += [_group_table("vendor", report.by(lambda case: case.vendor))] if vendors else []
    if cases or errors:
        parts.append(_case_lines(report, errors))
    return "\n\n".join(parts)


def to_json(report: Report) -> dict[str, Any]:
    """The report as JSON: ``summary``, ``fields``, ``by_language``, ``by_kind``, ``by_type``, ``by_vendor``, ``cases``."""
    return {
        "summary": _summary_json(report.summary),
        "fields": {name: _count_json(count) for name, count in report.fields.items()},
        "by_language": _groups_json(report.by(lambda case: case.language)),
        "by_kind": _groups_json(report.by(lambda case: case.kind)),
        "by_type": _groups_json(report.by(lambda case: case.type_title)),
        "by_vendor": _groups_json(report.by(lambda case: case.vendor)),
        "cases": {scored.case.case_id: _case_json(scored) for scored in report.cases},
    }


def _field_table(report: Report) -> str:
    summary = report.summary
    rows = [*report.fields.items(), ("all header", summary.header), ("all items", summary.items), ("all", summary.all)]
    lines = [_count_row("field", "TP", "FP", "FN", "precision", "recall", "F1")]
    for name, count in rows:
        shares = (_percent(share) for share in (count.precision, count.recall, count.f1))
        lines.append(_count_row(name, count.tp, count.fp, count.fn, *shares))
    return "\n".join(lines)


def _count_row(name: str, tp: object, fp: object, fn: object, *shares: str) -> str:
    precision, recall, f1 = shares
    return f"{name:<18}{tp:>6}{fp:>6}{fn:>6}{precision:>11}{recall:>8}{f1:>7}"


def _headline(summary: Summary) -> str:
    return (
        f"{summary.cases} cases, {summary.missing} without prediction; all header fields right in "
        f"{_percent(summary.header_exact)} % of cases, {_percent(summary.items_exact)} % of line items wholly right"
    )


def _group_table(title: str, groups: dict[str, Summary]) -> str:
    wide = max(18, *(len(name) + 2 for name in groups))
    form = f"{{:<{wide}}}{{:>6}}{{:>11}}{{:>10}}{{:>9}}{{:>15}}{{:>14}}".format
    lines = [form(title, "cases", "header F1", "item F1", "all F1", "header exact", "items exact")]
    for name, group in groups.items():
        shares = (group.header.f1, group.items.f1, group.all.f1, group.header_exact, group.items_exact)
        lines.append(form(name, group.cases, *map(_percent, shares)))
    return "\n".join(lines)


def _case_lines(report: Report, errors: bool) -> str:
    width = max(len(scored.case.case_id) for scored in report.cases)
    lines = []
    for scored in report.cases:
        case, f1 = scored.case, total([scored.score]).f1
        status = "" if scored.status == "ok" else f"  {scored.status}"
        lines.append(
            f"{case.case_id:<{width}}  {case.kind:<16}  {case.language:<2}  F1 {_percent(f1):>5}"
            f"  {scored.seconds:7.2f} s{status}"
        )
        lines += [f"    {error}" for error in scored.score.errors if errors]
    return "\n".join(lines)


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f}"


def _count_json(count: Count) -> dict[str, Any]:
    return {
        "tp": count.tp,
        "fp": count.fp,
        "fn": count.fn,
        "precision": count.precision,
        "recall": count.recall,
        "f1": count.f1,
    }


def _summary_json(summary: Summary) -> dict[str, Any]:
    return {
        "cases": summary.cases,
        "missing": summary.missing,
        "header": _count_json(summary.header),
        "items": _count_json(summary.items),
        "all": _count_json(summary.all),
        "header_exact": summary.header_exact,
        "items_exact": summary.items_exact,
    }


def _groups_json(groups: dict[str, Summary]) -> dict[str, Any]:
    return {name: _summary_json(group) for name, group in groups.items()}


def _case_json(scored: ScoredCase) -> dict[str, Any]:
    return {
        **_count_json(total([scored.score])),
        "header_exact": scored.score.header_exact,
        "items_right": scored.score.items_right,
        "items_scorable": scored.score.items_scorable,
        "status": scored.status,
        "seconds": round(scored.seconds, 4),
        "errors": scored.score.errors,
    }
