"""One document of a comparison: every value as each recipe has it, beside the page, and a click for the right one."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import zip_longest
from typing import Any

import streamlit as st

from core.comparison.sheet import SheetRow
from core.comparison.totals import Compared
from core.errors import StudioError
from core.notation.writing import text_of
from core.review.trust import by_severity
from core.status import STATUS_WORDS
from core.stores.comparisons import Comparison
from pages.compare_parts.matrix import facts
from pages.compare_parts.page_view import draw_view
from pages.compare_parts.state import open_row
from pages.shared import keys
from pages.shared.frame import get_studio, plain

SORTS = ("In page order", "Disagreements first", "Least sure first")
_ICONS = {"error": ":red[:material/error:]", "warning": ":orange[:material/warning:]", "info": ":material/info:"}


def draw_document(kept: Comparison, row: int, compared: Compared) -> None:
    """Draw it, with what is shown of it chosen above."""
    about = kept.rows[row]
    with st.container(horizontal=True, vertical_alignment="center", key="compare_document_bar"):
        st.button(
            "", key="compare_previous", icon=":material/chevron_left:", help="Previous document", disabled=row == 0,
            on_click=open_row, args=(row - 1,),
        )  # fmt: skip
        st.button(
            "", key="compare_next", icon=":material/chevron_right:", help="Next document",
            disabled=row + 1 == len(kept.rows), on_click=open_row, args=(row + 1,),
        )  # fmt: skip
        st.markdown(f"**{plain(about['name'])}**  :small[{describe_basis(about, compared)}]", width="stretch")
        st.toggle("Only disagreements", key=keys.COMPARE_ONLY, value=False)
        st.selectbox("Order", SORTS, key=keys.COMPARE_SORT, label_visibility="collapsed", width=180)
    if sentence := st.session_state.pop(keys.COMPARE_VOTE_ERROR, None):
        st.error(plain(sentence), icon=":material/error:")
    if not any(compared.results):
        _draw_nothing(compared)
        return
    only, order = bool(st.session_state.get(keys.COMPARE_ONLY)), st.session_state.get(keys.COMPARE_SORT, SORTS[0])
    shown = chosen_rows(compared.sheet, only, order)
    if not shown:
        st.success("The recipes agree on every value of this document.", icon=":material/done_all:")
    heads = [_head(kept, compared, column) for column in range(len(kept.recipes))]
    said = draw_view(f"{kept.comparison_id}-{row}", kept, row, compared, shown, heads)
    if said is not None and take_vote(kept, row, compared, said):
        st.rerun()
    _draw_findings(kept, compared)


def _draw_nothing(compared: Compared) -> None:
    if any(compared.failures):
        st.error("No recipe could read this document: the matrix says why.", icon=":material/error:")
    else:
        st.info("This document waits for its turn.", icon=":material/hourglass_empty:")


def describe_basis(about: Mapping[str, Any], compared: Compared) -> str:
    """By what values are marked right or wrong."""
    if about.get("truth"):
        return "Marked right or wrong by this document's known truth."
    if any(row.vote for row in compared.sheet):
        return "Marked by your choices; click a value to choose it."
    return "No truth is known: click the right value where recipes differ."


def chosen_rows(sheet: tuple[SheetRow, ...], only: bool, order: str) -> list[SheetRow]:
    """The rows to show: those with a value, narrowed to disagreements, in the order asked for."""
    rows = [row for row in sheet if not row.empty and not (only and row.agreed)]
    if order == SORTS[1]:
        return sorted(rows, key=lambda row: row.agreed)
    if order == SORTS[2]:
        return sorted(rows, key=_least_confidence)
    return rows


def _least_confidence(row: SheetRow) -> float:
    known = [entry.confidence for entry in row.entries if entry is not None and entry.confidence is not None]
    return min(known, default=1.0)


def _head(kept: Comparison, compared: Compared, column: int) -> dict[str, Any]:
    result = compared.results[column]
    if result is None:
        sentence = compared.failures[column]
        return {"name": kept.recipes[column].name, "facts": sentence or "not read yet", "failed": bool(sentence)}
    told = [STATUS_WORDS[result.extraction.verdict], *facts(compared, column)]
    if findings := sum(finding.severity != "info" for finding in result.extraction.findings):
        told.append("1 finding" if findings == 1 else f"{findings} findings")
    return {"name": kept.recipes[column].name, "facts": " · ".join(told), "failed": False}


def take_vote(kept: Comparison, row: int, compared: Compared, said: Mapping[str, Any]) -> bool:
    """Keep what the person chose: the value of a recipe (``column``), or one that was typed (``text``; empty: it is not
    on the page). The chosen one again takes the choice back. Gives whether the page has to be drawn anew."""
    comparator = get_studio().comparison
    about = next((each for each in compared.sheet if each.path == said.get("path")), None)
    if about is None:
        return False
    document = kept.rows[row]["document"]
    try:
        if "column" in said:
            entry = about.entries[int(said["column"])]
            if entry is None:
                return False
            value, recipe = text_of(entry.value) or None, kept.recipes[int(said["column"])].name
            if about.vote and (about.vote.value, about.vote.recipe_name) == (value, recipe):
                comparator.unvote(kept.comparison_id, document, about.path)
                return True
        else:
            value, recipe = _typed(about.path, str(said.get("text", "")), compared), None
        comparator.vote(kept.comparison_id, document, about.path, value, recipe)
    except ValueError as error:
        st.session_state[keys.COMPARE_VOTE_ERROR] = f"{about.info.title}: {error}"
    except StudioError as error:
        st.session_state[keys.COMPARE_VOTE_ERROR] = str(error)
    return True


def _typed(path: str, text: str, compared: Compared) -> str | None:
    """A typed value as it is kept. Raises ValueError with a sentence."""
    if not text.strip():
        return None
    read = next((result.extraction for result in compared.results if result), None)
    return text_of(get_studio().parse_value(path, text.strip(), read)) or None


def _draw_findings(kept: Comparison, compared: Compared) -> None:
    found = [
        (recipe.name, by_severity(list(result.extraction.findings)))
        for recipe, result in zip_longest(kept.recipes, compared.results)
        if result is not None
    ]
    count = sum(len(findings) for _, findings in found)
    if not count:
        return
    with st.expander(f"Findings of the checks ({count})", key="compare_findings"):
        for column, (name, findings) in zip(st.columns(len(found)), found, strict=True):
            with column:
                st.markdown(f"**{plain(name)}**")
                for finding in findings:
                    st.markdown(f"{_ICONS[finding.severity]} {plain(finding.message)}")
                if not findings:
                    st.caption("Nothing to remark.")
