"""What the recipes of a comparison come to, which are worth having, and what to do with one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.comparison.tables import sentence_on
from core.comparison.totals import Compared, RecipeTotals, Tally, basis_of, worth_having
from core.errors import StudioError
from core.evaluation.scoring import Count
from core.recipe import Recipe
from core.stores.comparisons import Comparison
from pages.compare_parts.page_view import colour_of
from pages.shared import keys
from pages.shared.charts import draw_chart
from pages.shared.choices import keep
from pages.shared.frame import get_studio, plain
from pages.shared.money import dollars
from pages.shared.recipe_builder import ask_recipe, describe_recipe
from pages.shared.rights import kept_for
from pages.shared.steps import in_words

#: Letters of a recipe's name beside its point.
_LONGEST = 24
_AXES = ("Seconds a document", "Cost a document")


def draw_recipes(kept: Comparison, documents: Sequence[Compared]) -> None:
    """The table of recipes, the chart, and the verbs for one recipe."""
    totals = get_studio().comparison.totals(kept, documents)
    basis = basis_of(totals)
    worth = worth_having(totals, basis)
    st.dataframe(
        totals_table(kept, totals, worth),
        hide_index=True,
        key="compare_totals",
        column_config=_columns(),
        height="content",
    )
    st.caption(
        sentence_on(basis, totals) + " ★ worth having: no other recipe is at least as accurate, cheap and quick."
    )
    chart, verbs = st.columns([3, 2], gap="large")
    with chart:
        _draw_scatter(kept, totals, worth)
    with verbs:
        _draw_verbs(kept)


def totals_table(kept: Comparison, totals: Sequence[RecipeTotals], worth: Sequence[bool]) -> list[dict[str, Any]]:
    """A row a recipe, in words; columns that say nothing here (no truth, no votes, no model) are left out."""
    basis = basis_of(totals)
    truth, votes = any(each.with_truth for each in totals), any(each.votes.judged for each in totals)
    asked = any(each.usage.input or each.cost is None for each in totals)
    rows = []
    for recipe, each, good in zip(kept.recipes, totals, worth, strict=True):
        row: dict[str, Any] = {
            "Recipe": f"★ {recipe.name}" if good else recipe.name,
            "Read": f"{each.done} of {each.documents}",
            "Ready": f"{each.approved}",
            "Accuracy": percent(each.accuracy(basis)),
        }
        if truth:
            row["Header F1"] = _f1(each.header)
            row["Items F1"] = _f1(each.items)
            row["Wholly right"] = f"{each.exact} of {each.with_truth}"
        if votes:
            row["Your votes"] = describe_tally(each.votes)
        if basis != "majority" and any(other.majority.judged for other in totals):
            row["Agrees"] = percent(each.majority.share)
        row["Time"] = in_words(each.seconds) if each.seconds is not None else "–"
        if asked:
            row["Tokens"] = f"{each.usage.input + each.usage.output:,}"
            row["Cost"] = "no price" if each.cost is None else dollars(each.cost)
            row["A document"] = dollars(each.cost_a_document)
            row["A right field"] = dollars(each.cost_a_right_field)
        row["Findings"] = f"{each.findings}"
        row["Reads with"] = describe_recipe(recipe)
        rows.append(row)
    return rows


def _columns() -> dict[str, Any]:
    help_of = {
        "Accuracy": "See the line below the table.",
        "Wholly right": "Documents whose every field and line is right, with nothing made up.",
        "Your votes": "How often the recipe had the value that you chose.",
        "Agrees": "How often the recipe says what more than half of the recipes say, where no truth is known.",
        "Time": "Mean time a document, as when it was first read (the cache makes no recipe look quick). Several are read at once, which "
        "slows each.",
        "Cost": "What these readings cost when they were made. Answers from the cache cost nothing.",
        "A right field": "Cost for each value that is right by the truth.",
        "Findings": "Errors and warnings of the checks.",
    }
    words = {"Recipe": None, "Reads with": None}
    titles = [*help_of, "Read", "Ready", "Header F1", "Items F1", "Tokens", "A document"]
    columns: dict[str, Any] = {
        title: st.column_config.TextColumn(alignment="right", help=help_of.get(title)) for title in titles
    }
    return columns | {title: st.column_config.TextColumn(pinned=title == "Recipe") for title in words}


def percent(share: float | None) -> str:
    """A share in percent; a dash for none."""
    return "–" if share is None else f"{share:.1%}"


def _f1(count: Count) -> str:
    return percent(count.f1)


def describe_tally(tally: Tally) -> str:
    """Such as ``right in 12 of 14``."""
    return f"right in {tally.right} of {tally.judged}" if tally.judged else "–"


def _draw_scatter(kept: Comparison, totals: Sequence[RecipeTotals], worth: Sequence[bool]) -> None:
    costly = any(each.cost_a_document for each in totals)
    axis = _AXES[0]
    if costly:
        axis = st.segmented_control(
            "Accuracy over", _AXES, default=_AXES[1], key="compare_axis", required=True, label_visibility="collapsed"
        )
    figure = scatter(kept, totals, worth, axis or _AXES[0])
    if figure is None:
        st.info("The chart comes with the first document that is read.", icon=":material/scatter_plot:")
        return
    draw_chart(figure, "compare_scatter", height=300, showlegend=False)
    if costly:
        st.caption("The larger the point, the longer a document takes.")


def scatter(kept: Comparison, totals: Sequence[RecipeTotals], worth: Sequence[bool], axis: str) -> Any:
    """Accuracy over cost or seconds, a point a recipe, its size by seconds; ``None`` where nothing is known."""
    import plotly.graph_objects as go

    basis = basis_of(totals)
    figure = go.Figure()
    longest = max((each.seconds or 0 for each in totals), default=0) or 1
    drawn = 0
    for column, (recipe, each, good) in enumerate(zip(kept.recipes, totals, worth, strict=True)):
        along = each.seconds if axis == _AXES[0] else each.cost_a_document
        accuracy = each.accuracy(basis)
        if along is None or accuracy is None:
            continue
        drawn += 1
        told = f"{percent(accuracy)} · {in_words(each.seconds or 0)} · {dollars(each.cost_a_document)} a document"
        figure.add_scatter(
            x=[float(along)],
            y=[accuracy],
            mode="markers+text",
            text=[_safe(_short(f"★ {recipe.name}" if good else recipe.name))],
            textposition="bottom center" if column % 2 else "top center",
            cliponaxis=False,
            marker={
                "size": 14 + 16 * (each.seconds or 0) / longest if axis == _AXES[1] else 16,
                "color": colour_of(column),
                "opacity": 1 if good else 0.45,
                "line": {"width": 2 if good else 0, "color": colour_of(column)},
            },
            hovertemplate=f"{_safe(recipe.name)}<br>{told}<extra></extra>",
            name=_safe(recipe.name),
        )
    if not drawn:
        return None
    figure.update_xaxes(title=axis, rangemode="tozero", tickprefix="$" if axis == _AXES[1] else "")
    lowest = min(point.y[0] for point in figure.data)
    room = 0.25 * (1 - lowest) + 0.004  # for the names above and below the points
    figure.update_yaxes(
        title="Accuracy", tickformat=".1%", range=[lowest - room, 1 + room], tickvals=_ticks(lowest - room)
    )
    return figure


def _ticks(lowest: float) -> list[float]:
    """Even shares from 1 down to ``lowest`` or 0, about five of them."""
    span = 1 - max(lowest, 0)
    step = next((step for step in (0.2, 0.1, 0.05, 0.02, 0.01) if span / step >= 4), 0.005)
    return [round(1 - number * step, 4) for number in range(int(span / step + 1e-9) + 1)]


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"


def _safe(text: str) -> str:
    """A name for a chart, whose texts are a kind of HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _draw_verbs(kept: Comparison) -> None:
    names = [recipe.name for recipe in kept.recipes]
    name = st.selectbox("Recipe", names, key="compare_recipe")
    column = names.index(name) if name in names else 0
    recipe = kept.recipes[column]
    default = get_studio().defaults.recipe
    with st.container(horizontal=True):
        st.button(
            "Is the default" if default.digest == recipe.digest else "Make default",
            key="compare_default",
            icon=":material/star:",
            on_click=_make_default,
            args=(recipe,),
            **kept_for(
                "preferences.change",
                "Documents are read with the default recipe unless another is chosen.",
                default.digest == recipe.digest,
            ),
        )
        st.button(
            "Read again",
            key="compare_reread",
            icon=":material/refresh:",
            help="After a change of its prompt, say. What has not changed is answered from the cache.",
            on_click=_again,
            args=(kept.comparison_id, column),
        )
        if st.button("Change it", key="compare_change", icon=":material/edit:", help="Only its column is read anew."):
            ask_recipe(recipe, lambda made: _put(kept.comparison_id, column, made), title=f"Instead of “{plain(name)}”")
    others = [each.name for each in get_studio().defaults.known_recipes().values() if each.name not in names]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "One more column",
            others,
            index=None,
            placeholder="A saved recipe",
            key="compare_add_saved",
            on_change=_add_saved,
            args=(kept.comparison_id,),
        )
        if st.button("Build one", key="compare_another", icon=":material/add:"):
            ask_recipe(recipe, lambda made: _put(kept.comparison_id, None, made), title="One more recipe")
    st.caption("A new or changed column is read by itself; the others stay as they are.")


def _add_saved(comparison_id: str) -> None:
    recipe = get_studio().defaults.known_recipes().get(st.session_state.get("compare_add_saved") or "")
    if recipe is not None:
        _put(comparison_id, None, recipe)


def _put(comparison_id: str, column: int | None, recipe: Recipe) -> None:
    comparator = get_studio().comparison
    try:
        if column is None:
            comparator.add(comparison_id, recipe)
        else:
            comparator.change(comparison_id, column, recipe)
    except StudioError as error:
        st.session_state.setdefault(keys.COMPARE_TROUBLES, []).append(str(error))


def _again(comparison_id: str, column: int) -> None:
    try:
        get_studio().comparison.again(comparison_id, column)
    except StudioError as error:
        st.session_state.setdefault(keys.COMPARE_TROUBLES, []).append(str(error))


def _make_default(recipe: Recipe) -> None:
    said = f"Documents are now read with “{plain(recipe.name)}”."
    keep(said, recipe=recipe.model_copy(update={"name": "default"}))
