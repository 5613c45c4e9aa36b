"""The tables of an evaluation as rows (title to value): what is drawn is what is downloaded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import streamlit as st

from core import document_types
from core.accuracy import CAUSES, Cause, Evaluated, Measured, Miss
from core.evaluation.cases import Case
from core.evaluation.report import Summary
from core.evaluation.scoring import ITEM_PREFIX, Count, column_name, total
from pages.accuracy_parts.state import Shown
from pages.shared.frame import get_studio

Row = dict[str, Any]

GROUPS: dict[str, Callable[[Case], str]] = {
    "Language": lambda case: case.language or "(not told)",
    "Kind": lambda case: case.kind or "(not told)",
    "Type": lambda case: case.type_title,
    "Vendor": lambda case: case.vendor or "(not told)",
}
_WHY = "Why not read"
#: The rows below the fields: sums of several.
_HEADER, _ITEMS, _EVERY = "All header fields", "All line items", "All"
PERCENT = st.column_config.NumberColumn(format="%.1f %%")


def titles_in(result: Evaluated) -> Mapping[str, str]:
    """What the fields of declared types are called in a result, by their key in the counts."""
    return {name: title for one in result.documents for name, title in one.titles.items()}


def field_title(name: str, titles: Mapping[str, str]) -> str:
    """A field's title by its key in the counts, those of declared types as ``titles`` says; cells say that they belong to a line."""
    if name in titles:
        return titles[name]
    for kind in document_types.SHIPPED:
        for info in kind.header:
            if info.name == name:
                return info.title
        for table in kind.tables:
            for info in table.columns:
                if column_name(kind, table, info.name) == name:
                    return f"{table.row_title}: {info.title}"
    return name


def field_rows(result: Evaluated, other: Evaluated | None = None) -> list[Row]:
    """A row a field, then the sums; ``other`` adds by how much F1 (in percentage points) is better than there."""
    report = result.figures.report
    before: dict[str, Count] = {}
    if other:
        theirs = other.figures.report
        before = {**theirs.fields, **_sums(theirs.summary)}
    rows = []
    titles = titles_in(result)
    for name, count in {**report.fields, **_sums(report.summary)}.items():
        row: Row = {
            "Field": field_title(name, titles),
            "Precision": percent(count.precision),
            "Recall": percent(count.recall),
            "F1": percent(count.f1),
        }
        if other:
            row["Better by"] = _gain(count, before.get(name))
        row |= {"Right": count.tp, "Wrong or extra": count.fp, "Missed": count.fn}
        row |= {cause.capitalize(): count for cause, count in _causes(result, name).items()}
        rows.append(row)
    return rows


def _causes(result: Evaluated, name: str) -> dict[Cause, int]:
    """The misses of a field, or of a sum of fields, by cause."""
    by_field = result.figures.causes
    of_item = {each: each.startswith(ITEM_PREFIX) for each in by_field}
    members = {
        _HEADER: [each for each in by_field if not of_item[each]],
        _ITEMS: [each for each in by_field if of_item[each]],
        _EVERY: list(by_field),
    }.get(name, [name])
    return {cause: sum(by_field.get(each, {}).get(cause, 0) for each in members) for cause in CAUSES}


def _sums(summary: Summary) -> dict[str, Count]:
    return {_HEADER: summary.header, _ITEMS: summary.items, _EVERY: summary.all}


def _gain(now: Count, before: Count | None) -> float | None:
    if now.f1 is None or before is None or before.f1 is None:
        return None
    return round(100 * (now.f1 - before.f1), 2)


def group_rows(result: Evaluated, group: str) -> list[Row]:
    """A row a language, kind, type or vendor."""
    return [
        {
            group: name,
            "Documents": summary.cases,
            "Header F1": percent(summary.header.f1),
            "Line items F1": percent(summary.items.f1),
            "All F1": percent(summary.all.f1),
            "Whole header right": percent(summary.header_exact),
            "Lines wholly right": percent(summary.items_exact),
            "Not read": summary.missing,
        }
        for name, summary in result.figures.report.by(GROUPS[group]).items()
    ]


def document_rows(result: Evaluated) -> list[Row]:
    """A row a document: those that could not be read, with the reason, then those with most misses."""
    ordered = sorted(result.documents, key=lambda one: (one.status == "ok", -len(one.misses), one.case_id))
    rows = [_document_row(one) for one in ordered]
    if not result.figures.unread:
        for row in rows:
            del row[_WHY]
    return rows


def _document_row(one: Measured) -> Row:
    return {
        "Case": one.case_id,
        "Vendor": one.vendor,
        "Language": one.language,
        "Kind": one.kind,
        "F1": percent(total([one.scored.score]).f1),
        "Misses": len(one.misses),
        "Verdict": "ready" if one.verdict == "approved" else one.verdict or "not read",
        "Seconds": round(one.seconds, 2),
        _WHY: "" if one.status == "ok" else one.status,
    }


def miss_row(one: Measured, miss: Miss) -> Row:
    """A miss as the list shows it."""
    line = f" {miss.line}" if miss.line else ""
    return {
        "Case": one.case_id,
        "Field": f"{field_title(miss.name, one.titles).replace('Line:', f'Line{line}:')}",
        "Truth": miss.truth if miss.truth is not None else "(not on the page)",
        "Value": miss.value if miss.value is not None else "(none)",
        "Cause": miss.cause,
        "Confidence": percent(miss.confidence),
    }


def miss_rows(result: Evaluated) -> list[Row]:
    """Every miss."""
    return [miss_row(one, miss) for one in result.documents for miss in one.misses]


def curve_rows(result: Evaluated) -> list[Row]:
    """What the gate does at every threshold that makes a difference."""
    return [
        {
            "Threshold": percent(point.threshold),
            "Pass unseen": percent(point.passed_share),
            "With a wrong value": percent(point.wrong_share),
            "With a wrong amount, number or date": percent(point.wrong_critical_share),
            "Documents that pass": point.passed,
        }
        for point in result.figures.curve
    ]


def bin_rows(result: Evaluated) -> list[Row]:
    """The reliability table."""
    return [
        {
            "Confidence from": percent(each.low),
            "to": percent(each.high),
            "Values": each.count,
            "Mean confidence": percent(each.mean_confidence),
            "Right": percent(each.right_share),
        }
        for each in result.figures.bins
    ]


def _by(group: str) -> Callable[[Shown], list[Row]]:
    return lambda shown: group_rows(shown.result, group)


#: Every table by name, made when it is asked for.
TABLES: dict[str, Callable[[Shown], list[Row]]] = {
    "Fields": lambda shown: field_rows(shown.result, shown.other),
    **{f"By {name.lower()}": _by(name) for name in GROUPS},
    "Documents": lambda shown: document_rows(shown.result),
    "Misses": lambda shown: miss_rows(shown.result),
    "Confidence": lambda shown: bin_rows(shown.result),
    "Threshold": lambda shown: curve_rows(shown.result),
}


def _as_csv(make: Callable[[Shown], list[Row]], shown: Shown) -> bytes:
    return get_studio().export_table(make(shown), "csv")


def draw_downloads(shown: Shown) -> None:
    """All tables as one workbook, each as CSV, and the recipe as the file that the command line takes."""
    studio = get_studio()
    name = f"accuracy-{shown.result.at:%Y-%m-%d}"
    with st.popover("Download", icon=":material/download:", key="accuracy_download"):
        st.download_button(
            "All tables (Excel)",
            lambda: studio.export_tables({title: make(shown) for title, make in TABLES.items()}, "xlsx"),
            file_name=f"{name}.xlsx",
            mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            key="accuracy_as_xlsx",
            on_click="ignore",
            width="stretch",
        )
        for table, make in TABLES.items():
            slug = table.lower().replace(" ", "-")
            st.download_button(
                f"{table} (CSV)",
                partial(_as_csv, make, shown),
                file_name=f"{name}-{slug}.csv",
                mime="text/csv",
                key=f"accuracy_as_csv_{slug}",
                on_click="ignore",
                width="stretch",
            )
        st.download_button(
            "Recipe (JSON)",
            shown.result.recipe.model_dump_json(indent=2),
            file_name=f"{shown.result.recipe.name}.json",
            mime="application/json",
            key="accuracy_recipe",
            on_click="ignore",
            width="stretch",
        )


def percent(share: float | None) -> float | None:
    """A share as the number of percent."""
    return None if share is None else round(100 * share, 2)


def percent_columns(rows: list[Row]) -> dict[str, Any]:
    """How the percent columns of ``rows`` are drawn."""
    named = {
        "Precision", "Recall", "F1", "Header F1", "Line items F1", "All F1", "Whole header right", "Lines wholly right",
        "Confidence", "Mean confidence",
    }  # fmt: skip
    return {title: PERCENT for title in (rows[0] if rows else ()) if title in named} | {
        "Better by": st.column_config.NumberColumn(format="%+.1f", help="Percentage points of F1.")
    }
