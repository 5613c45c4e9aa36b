"""A comparison's bar and its matrix: documents as rows, recipes as columns, alive while it runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import streamlit as st

from core.comparison.comparator import Cell, CellPlace, State
from core.comparison.totals import Compared
from core.errors import StudioError
from core.evaluation.scoring import total
from core.stores.comparisons import Comparison
from pages.compare_parts.downloads import draw_downloads
from pages.compare_parts.state import open_comparison, open_row, opened_row
from pages.shared import keys
from pages.shared.frame import get_studio, plain
from pages.shared.money import dollars
from pages.shared.steps import in_words
from pages.shared.watch import Glance, draw_watch, token_of, watched

#: Rows that are shown without a scroll, and the height in pixels of a matrix that has more.
_MOST_ROWS, _HEIGHT = 6, 248
_VERDICTS = {"approved": "✓ ready", "needs review": "▲ review"}

Cells = Mapping[CellPlace, Cell]


def is_active(cells: Cells) -> bool:
    """Whether anything is still read or waits for it."""
    return any(cell.state in ("waiting", "running") for cell in cells.values())


def draw_live(comparison_id: str, active: bool) -> None:
    """The bar; drawn again as the comparison goes on. When it ends, the page is drawn once more."""
    st.fragment(_draw_bar)(comparison_id, active)


def draw_matrix(comparison_id: str, active: bool) -> None:
    """The matrix; a click on a row opens its document. The page is drawn once more when the open document is read on."""
    comparator = get_studio().comparison
    kept = comparator.get(comparison_id)
    drawn = _opened(kept, comparator.cells(kept))
    st.fragment(_draw_matrix)(comparison_id, drawn, active)


def _opened(kept: Comparison, cells: Cells) -> tuple[int, int]:
    """The row that is open, and how many of its cells are read or failed."""
    row = opened_row(len(kept.rows))
    return row, sum(cells[row, column].state in ("done", "failed") for column in range(len(kept.recipes)))


def _draw_bar(comparison_id: str, was_active: bool) -> None:
    comparator = get_studio().comparison
    kept = comparator.get(comparison_id)
    cells = comparator.cells(kept)
    active = is_active(cells)
    if was_active and not active:
        st.rerun()
    counts = {state: sum(cell.state == state for cell in cells.values()) for state in ("failed", "stopped")}
    with st.container(horizontal=True, vertical_alignment="center", key="compare_bar", gap="small"):
        st.markdown(f"**{plain(kept.name)}**  \n:small[{describe_progress(cells)}]", width="stretch")
        if active:
            _draw_verb("Cancel", "cancel", "stop_circle", kept)
        elif counts["stopped"]:
            _draw_verb(f"Read the {counts['stopped']} left", "go_on", "play_arrow", kept)
        if not active and counts["failed"]:
            _draw_verb(f"Try the {counts['failed']} failed again", "retry", "refresh", kept)
        draw_downloads(kept)
        _draw_verb("New comparison", "new", "add", kept)
        with st.popover("", icon=":material/more_vert:", key="compare_more", help="More"):
            if not active:
                _draw_verb("Read all again", "again", "refresh", kept)
                st.caption("What has not changed is answered from the cache.")
            _draw_verb("Delete this comparison", "remove", "delete", kept)
            st.caption("Its votes go with it; the readings stay in the ledger.")
    if active:
        draw_watch("comparison", comparison_id, _glance_of(cells), "comparison_bar")


@watched("comparison")
def look_at_comparison(comparison_id: str) -> Glance:
    """How far the cells of a comparison are. Raises RecordMissing."""
    comparator = get_studio().comparison
    return _glance_of(comparator.cells(comparator.get(comparison_id)))


def _glance_of(cells: Cells) -> Glance:
    return Glance(token_of([(place, cells[place].state) for place in sorted(cells)]))


def _draw_verb(label: str, verb: str, icon: str, kept: Comparison) -> None:
    """A button of the bar. It is part of a fragment, and what it does concerns the whole page."""
    if st.button(
        label,
        key=f"compare_{verb}",
        icon=f":material/{icon}:",
        type="primary" if verb == "go_on" else "secondary",
        on_click=_do,
        args=(verb, kept.comparison_id),
    ):
        st.rerun()


def _do(verb: str, comparison_id: str) -> None:
    comparator = get_studio().comparison
    try:
        if verb == "cancel":
            comparator.cancel(comparison_id)
        elif verb == "remove":
            comparator.remove(comparison_id)
        elif verb == "again":
            comparator.again(comparison_id)
        elif verb != "new":
            comparator.go_on(comparison_id, failed=verb == "retry")
        if verb in ("new", "remove"):
            open_comparison(None)
    except StudioError as error:
        st.session_state.setdefault(keys.COMPARE_TROUBLES, []).append(str(error))


def describe_progress(cells: Cells) -> str:
    """How far it is, and what it cost."""
    states = Counter(cell.state for cell in cells.values())
    told: tuple[State, ...] = ("running", "failed", "stopped")
    parts = [f"{states['done']} of {states.total()} read"]
    parts += [f"{states[state]} {state}" for state in told if states[state]]
    spent, unknown = _spent(cells)
    parts.append(f"spent {plain(dollars(spent))}" + (" and calls without a known price" if unknown else ""))
    return " · ".join(parts)


def _spent(cells: Cells) -> tuple[Decimal, bool]:
    """What this comparison paid, and whether there are calls without a price."""
    paid = [cell.measure.cost for cell in cells.values() if cell.measure and not cell.measure.cached]
    return sum((cost for cost in paid if cost is not None), Decimal(0)), None in paid


def _draw_matrix(comparison_id: str, drawn: tuple[int, int], was_active: bool) -> None:
    comparator = get_studio().comparison
    kept = comparator.get(comparison_id)
    cells = comparator.cells(kept)
    opened = _opened(kept, cells)
    if opened != drawn:
        st.rerun()  # the document below is not part of this fragment
    if was_active:
        draw_watch("comparison", comparison_id, _glance_of(cells), "comparison_matrix")
    documents = comparator.documents(kept, cells)
    shown = list(range(len(documents)))
    if len(shown) > _MOST_ROWS:
        what = st.segmented_control(
            "Documents",
            list(FILTERS),
            key=keys.COMPARE_FILTER,
            default="All",
            required=True,
            label_visibility="collapsed",
        )
        shown = [row for row in shown if FILTERS[what or "All"](documents[row])]
    if not shown:
        st.info("There is no such document.", icon=":material/filter_alt_off:")
        return
    key = f"{keys.COMPARE_MATRIX}_{comparison_id}_{hash(tuple(shown)) & 0xFFFFFF:x}"
    st.dataframe(
        matrix_table(kept, cells, documents, shown),
        key=key,
        placeholder="",
        hide_index=True,
        height="content" if len(shown) <= _MOST_ROWS else _HEIGHT,
        column_config=_columns(kept),
        on_select=lambda: _select(key, shown),
        selection_mode=["single-row", "single-cell"],
        selection_default={"selection": {"rows": [shown.index(opened[0])] if opened[0] in shown else []}},
    )


#: Which documents of a long list are shown.
FILTERS: dict[str, Callable[[Compared], bool]] = {
    "All": lambda document: True,
    "With differences": lambda document: bool(_differ(document)),
    "With failures": lambda document: any(document.failures),
    "Not all ready": lambda document: any(
        result is not None and result.extraction.verdict != "approved" for result in document.results
    ),
}


def _select(key: str, shown: Sequence[int]) -> None:
    selection = st.session_state[key]["selection"]
    rows = selection["rows"] or [cell[0] for cell in selection["cells"]]
    if rows:
        open_row(shown[int(rows[0])])


def _columns(kept: Comparison) -> dict[str, Any]:
    columns: dict[str, Any] = {
        "Document": st.column_config.TextColumn(pinned=True, width=190),
        "Differ": st.column_config.NumberColumn(width=58, help="Fields on which the recipes do not agree."),
    }
    help_text = "Verdict; values right of those on the page, where the truth is known; time; cost of models."
    width = 200 if len(kept.recipes) < 5 else 180
    for title in recipe_titles(kept):
        columns[title] = st.column_config.TextColumn(width=width, help=help_text)
    return columns


def recipe_titles(kept: Comparison) -> list[str]:
    """The recipes' names as titles of columns, none of which is a title of ours."""
    return [f"{recipe.name} " if recipe.name in ("Document", "Differ") else recipe.name for recipe in kept.recipes]


def matrix_table(
    kept: Comparison, cells: Cells, documents: Sequence[Compared], shown: Sequence[int]
) -> dict[str, list[Any]]:
    """The rows ``shown`` of the matrix as columns of texts."""
    table: dict[str, list[Any]] = {
        "Document": [kept.rows[row]["name"] for row in shown],
        "Differ": [_differ(documents[row]) for row in shown],
    }
    for column, title in enumerate(recipe_titles(kept)):
        table[title] = [cell_text(cells[row, column], documents[row], column) for row in shown]
    return table


def _differ(document: Compared) -> int | None:
    """How many values differ, once there are two readings to compare."""
    return document.disagreements if sum(result is not None for result in document.results) > 1 else None


def cell_text(cell: Cell, document: Compared, column: int) -> str:
    """Where one reading stands, in a few words."""
    if cell.result is None:
        waiting = {"waiting": "○ waiting", "running": f"◔ {cell.step or 'starting'} …", "stopped": "■ stopped"}
        return waiting.get(cell.state, f"✕ {cell.sentence}")
    parts = [_VERDICTS.get(cell.result.extraction.verdict, "")]
    score = document.scores[column]
    if score is not None:
        count = total([score])
        parts.append(f"{count.tp}/{count.tp + count.fn}")
    told = facts(document, column)
    return " · ".join([*parts, *told[:1], *told[2:]])  # tokens stand at the head of the column below


def facts(document: Compared, column: int) -> list[str]:
    """Seconds, and what models used and cost, where one was asked."""
    measure = document.measures[column]
    if measure is None:
        return []
    told = [in_words(measure.seconds) if measure.complete else "cached"]
    tokens = measure.usage.input + measure.usage.output
    if tokens:
        told += [f"{tokens:,} tokens", "no price" if measure.cost is None else dollars(measure.cost)]
    return told
