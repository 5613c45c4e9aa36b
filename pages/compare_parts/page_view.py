"""The values of a document beside its page, in the browser: a look at a field shows where each recipe found it, a click
on a value chooses it. Pictures come by address; document text is only ever text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from core.comparison.result import Result
from core.comparison.sheet import Entry, SheetRow
from core.comparison.totals import Compared
from core.errors import StudioError
from core.evidence import Box
from core.notation.writing import text_of
from core.stores.comparisons import Comparison
from pages.shared import keys
from pages.shared.charts import SERIES
from pages.shared.frame import get_studio
from pages.shared.pictures import address

_HERE = Path(__file__).parent
_NUMBERS = frozenset({"money", "quantity"})


@cache
def _component() -> Any:
    """The browser side, registered once a process."""
    html, css, js = ((_HERE / f"page_view.{kind}").read_text(encoding="utf-8") for kind in ("html", "css", "js"))
    return st.components.v2.component("compare_view", html=html, css=css, js=js)


def draw_view(
    view_id: str,
    kept: Comparison,
    row: int,
    compared: Compared,
    shown: Sequence[SheetRow],
    heads: Sequence[Mapping[str, Any]],
) -> Mapping[str, Any] | None:
    """Draw it; gives what the person chose just now: ``path`` with ``column`` or ``text``."""
    result = _component()(
        key=keys.COMPARE_VIEW,
        data={
            "id": view_id,
            "recipes": [{**head, "colour": colour_of(column)} for column, head in enumerate(heads)],
            "rows": [row_data(each) for each in shown],
            "boxes": boxes_of(compared.results, shown),
            "pages": _pages(kept, row, compared.results),
        },
        on_vote_change=lambda: None,
    )
    said = result.vote
    return said if isinstance(said, Mapping) else None


def colour_of(column: int) -> str:
    """The colour of a recipe, the same on the page, in the table and in the chart."""
    return SERIES[column % len(SERIES)]


def row_data(row: SheetRow) -> dict[str, Any]:
    """One field as the browser draws it."""
    vote = row.vote
    own = vote is not None and not any(_is_chosen(row, entry) for entry in row.entries)
    return {
        "path": row.path,
        "title": row.title,
        "number": row.info.kind in _NUMBERS,
        "differs": not row.agreed,
        "cells": [_cell(row, entry) for entry in row.entries],
        "truth": (text_of(row.truth) or "not on the page") if row.known else None,
        "vote": (vote.value or "not on the page") if vote is not None and own else None,
    }


def _cell(row: SheetRow, entry: Entry | None) -> dict[str, Any] | None:
    if entry is None:
        return None
    right = None if row.basis == "majority" else entry.right
    told = []
    if entry.group is not None:
        told.append("stands on the page" if entry.found else "not found on the page")
    if entry.confidence is not None:
        told.append(f"confidence {entry.confidence:.0%}")
    return {
        "text": text_of(entry.value),
        "group": entry.group,
        "mark": {True: "right", False: "wrong", None: ""}[right],
        "chosen": _is_chosen(row, entry),
        "found": entry.found,
        "hint": ", ".join(told),
    }


def _is_chosen(row: SheetRow, entry: Entry | None) -> bool:
    return entry is not None and row.vote is not None and row.vote.value == (text_of(entry.value) or None)


def boxes_of(results: Sequence[Result | None], shown: Sequence[SheetRow]) -> list[dict[str, Any]]:
    """Where each recipe found each shown value, as fractions of the page."""
    boxes = []
    for row in shown:
        for column, (entry, result) in enumerate(zip(row.entries, results, strict=True)):
            evidence = result.extraction.evidence.get(entry.path) if entry and result else None
            size = result.sizes.get(evidence.page) if evidence and result else None
            if evidence is None or size is None:
                continue
            for box in evidence.boxes:
                at = _share(box, size)
                boxes.append({"path": row.path, "column": column, "page": evidence.page, "at": at})
    return boxes


def _share(box: Box, size: tuple[float, float]) -> list[float]:
    width, height = size
    return [round(part, 5) for part in (box.x0 / width, box.y0 / height, box.x1 / width, box.y1 / height)]


def _pages(kept: Comparison, row: int, results: Sequence[Result | None]) -> list[dict[str, Any]]:
    about = kept.rows[row]
    pages = []
    for number, rotation in about["pages"]:
        size = next((result.sizes[number] for result in results if result and number in result.sizes), None)
        if size is None:
            size = _size(about["document"], number, rotation)
        if size is not None:
            picture = address(about["document"], number, rotation)
            pages.append({"number": number, "ratio": size[1] / size[0], "address": picture})
    return pages


def _size(document: str, number: int, rotation: int) -> tuple[float, float] | None:
    try:
        page = get_studio().document(document).page(number, rotation)
    except StudioError:
        return None
    return page.width, page.height
