"""A comparison as plain tables, to be taken away."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from core.comparison.sheet import Basis, SheetRow
from core.comparison.totals import Compared, RecipeTotals, basis_of, worth_having
from core.stores.comparisons import Comparison

Table = list[dict[str, Any]]

#: What accuracy means, by its basis, in words.
BASIS_WORDS: dict[Basis, str] = {
    "truth": "F1 against the known truth",
    "vote": "share of the person's votes",
    "majority": "agreement with the majority of the recipes",
}


def tables_of(kept: Comparison, documents: Sequence[Compared], totals: Sequence[RecipeTotals]) -> dict[str, Table]:
    """Every table by its name: recipes, readings, values, findings."""
    return {
        "Recipes": recipe_table(kept, totals),
        "Readings": reading_table(kept, documents),
        "Values": value_table(kept, documents),
        "Findings": finding_table(kept, documents),
    }


def recipe_table(kept: Comparison, totals: Sequence[RecipeTotals]) -> Table:
    """What each recipe comes to; shares are 0 to 1, money is US dollars."""
    basis = basis_of(totals)
    worth = worth_having(totals, basis)
    return [
        {
            "Recipe": recipe.name,
            "Worth having": "yes" if good else "no",
            "Accuracy": _share(each.accuracy(basis)),
            "Accuracy is": BASIS_WORDS[basis],
            "Documents read": each.done,
            "Failed": each.failed,
            "Ready": each.approved,
            "Header F1": _share(each.header.f1) if each.with_truth else None,
            "Items F1": _share(each.items.f1) if each.with_truth else None,
            "Wholly right": each.exact if each.with_truth else None,
            "With truth": each.with_truth,
            "Votes right": each.votes.right,
            "Votes": each.votes.judged,
            "Agrees with majority": _share(each.majority.share),
            "Seconds a document": _seconds(each.seconds),
            "Input tokens": each.usage.input,
            "Output tokens": each.usage.output,
            "Cost (US$)": each.cost,
            "Cost a document (US$)": each.cost_a_document,
            "Cost a right field (US$)": each.cost_a_right_field,
            "Findings": each.findings,
        }
        for recipe, each, good in zip(kept.recipes, totals, worth, strict=True)
    ]


def reading_table(kept: Comparison, documents: Sequence[Compared]) -> Table:
    """One row a cell: how each document went with each recipe."""
    found = []
    for row, document in zip(kept.rows, documents, strict=True):
        for column, recipe in enumerate(kept.recipes):
            result, measure, score = document.results[column], document.measures[column], document.scores[column]
            found.append(
                {
                    "Document": row["name"],
                    "Recipe": recipe.name,
                    "Result": result.extraction.verdict if result else document.failures[column] or "not read",
                    "Extractor": result.extraction.extractor if result else None,
                    "Seconds": _seconds(measure.seconds) if measure and measure.complete else None,
                    "From cache": "yes" if measure and measure.cached else "no",
                    "Input tokens": measure.usage.input if measure else None,
                    "Output tokens": measure.usage.output if measure else None,
                    "Cost (US$)": measure.cost if measure else None,
                    "Wrong or missing": len(score.errors) if score else None,
                }
            )
    return found


def value_table(kept: Comparison, documents: Sequence[Compared]) -> Table:
    """The matrix: one row a field of a document, one column a recipe."""
    titles = value_titles(kept)
    return [
        _value_row(row["name"], each, titles)
        for row, document in zip(kept.rows, documents, strict=True)
        for each in document.sheet
        if not each.empty
    ]


def value_titles(kept: Comparison) -> list[str]:
    """A title for each recipe that no column of ours has."""
    own = {"Document", "Line", "Field", "Agreed", "Truth", "Vote"}
    return [f"{recipe.name} (recipe)" if recipe.name in own else recipe.name for recipe in kept.recipes]


def _value_row(name: str, row: SheetRow, titles: Sequence[str]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "Document": name,
        "Line": None if row.line is None else row.line + 1,
        "Field": row.info.title,
        "Agreed": "yes" if row.agreed else "no",
    }
    for title, entry in zip(titles, row.entries, strict=True):
        told[title] = entry.value if entry else None
        told[f"{title}: right"] = _yes(entry.right) if entry and row.basis != "majority" else None
    told["Truth"] = row.truth if row.known else None
    told["Vote"] = (row.vote.value or "not on the page") if row.vote else None
    return told


def finding_table(kept: Comparison, documents: Sequence[Compared]) -> Table:
    """What the checks remarked in each reading."""
    return [
        {
            "Document": row["name"],
            "Recipe": recipe.name,
            "Severity": finding.severity,
            "Finding": finding.message,
            "Fields": ", ".join(finding.fields),
        }
        for row, document in zip(kept.rows, documents, strict=True)
        for recipe, result in zip(kept.recipes, document.results, strict=True)
        if result is not None
        for finding in result.extraction.findings
    ]


def sentence_on(basis: Basis, totals: Sequence[RecipeTotals]) -> str:
    """What accuracy means here, and how far it can be trusted, in one sentence."""
    if basis == "truth":
        count = max((each.with_truth for each in totals), default=0)
        what = "1 document whose truth is" if count == 1 else f"{count} documents whose truth is"
        return f"Accuracy is F1 over all fields of the {what} known."
    if basis == "vote":
        count = max((each.votes.judged for each in totals), default=0)
        return f"Accuracy is the share of your {count} {'vote' if count == 1 else 'votes'} that a recipe had right."
    return (
        "No truth is known and nothing was voted on: accuracy is agreement with the majority of the recipes, "
        "which can be wrong together. Choose right values where recipes differ to know better."
    )


def _yes(right: bool | None) -> str | None:
    return None if right is None else ("yes" if right else "no")


def _share(share: float | None) -> Decimal | None:
    return None if share is None else Decimal(f"{share:.4f}")


def _seconds(seconds: float | None) -> Decimal | None:
    return None if seconds is None else Decimal(f"{seconds:.3f}")
