"""Choosing what to compare: documents, recipes, and what it may cost."""

from __future__ import annotations

import streamlit as st

from core.comparison.estimate import ColumnEstimate
from core.comparison.row import Row
from core.comparison.sources import case_sources
from core.errors import StudioError
from core.recipe import Recipe
from core.stores.comparisons import Comparison
from pages.compare_parts.sources import (
    all_sources,
    draw_choice,
    draw_troubles,
    draw_upload,
    everybodys,
    row_of,
    rows_of,
)
from pages.compare_parts.state import open_comparison
from pages.shared import keys
from pages.shared.frame import get_studio, plain
from pages.shared.money import dollars
from pages.shared.recipe_builder import ask_recipe, describe_recipe
from pages.shared.samples import FOLDER
from pages.shared.session import get_desk
from pages.shared.times import local_time, local_zone

#: The recipes of the first comparison: the quick way and the one that reads every page as a picture.
FIRST = ("default", "always-ocr")
#: Recipes that fit beside each other.
MOST_RECIPES = 8
#: Earlier comparisons that are looked through for this desk's own.
_LATEST = 200


def draw_setup() -> None:
    """The page before a comparison is open."""
    latest = get_studio().comparison.latest(_LATEST)
    if latest:
        with st.container(horizontal=True, vertical_alignment="center", key="compare_head"):
            st.markdown("### New comparison", width="content")
            st.space("stretch")
            st.toggle(
                "Everybody's",
                key=keys.COMPARE_EVERYBODYS,
                help="Also what others on this host have read and compared. A link to a comparison shares it.",
            )
            _draw_earlier([each for each in latest if everybodys() or each.comparison_id in get_desk().comparisons])
    else:
        _draw_welcome()
    draw_troubles()
    documents, recipes = st.columns([11, 9], gap="large")
    with documents:
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown("##### Documents", width="content")
            with st.popover("Add files", icon=":material/upload_file:", key="compare_add"):
                draw_upload()
        chosen = draw_choice(all_sources())
    with recipes:
        names = _draw_recipes()
        rows, refused = rows_of(chosen)
        for sentence in refused:
            st.warning(plain(sentence), icon=":material/lock:")
        _draw_start(rows, [get_studio().defaults.known_recipes()[name] for name in names])


def _draw_welcome() -> None:
    with st.container(key="compare_welcome"):
        st.markdown("## Which recipe reads your documents best?")
        st.markdown(
            "A recipe is a way of reading: OCR engine, extractor, model, prompt. Run several over the same documents, see "
            "where they disagree, pick the right value, and know which is worth its time and money."
        )
        st.button(
            "Try it: the samples, two offline recipes",
            key="compare_first",
            type="primary",
            icon=":material/compare_arrows:",
            on_click=begin_first,
        )
        st.caption("It takes about half a minute, needs no key, and costs nothing. Or choose your own:")


def begin_first() -> None:
    """The first comparison: the shipped samples with two recipes that need no key."""
    studio = get_studio()
    recipes = studio.defaults.known_recipes()
    try:
        rows = [row_of(source) for source in case_sources([(FOLDER, "Sample")])]
        open_comparison(studio.comparison.begin(rows, [recipes[name] for name in FIRST], "Samples"))
    except StudioError as error:
        st.session_state.setdefault(keys.COMPARE_TROUBLES, []).append(str(error))


def _draw_earlier(comparisons: list[Comparison]) -> None:
    latest = {each.comparison_id: each for each in comparisons}
    st.selectbox(
        "Earlier comparisons",
        list(latest),
        index=None,
        format_func=lambda key: (
            f"{latest[key].name} · {local_time(latest[key].created_at, local_zone())}" if key in latest else key
        ),
        placeholder="Open an earlier comparison" if latest else "None of your own yet",
        key=keys.COMPARE_EARLIER,
        label_visibility="collapsed",
        width=420,
        on_change=_open_earlier,
    )


def _open_earlier() -> None:
    if wanted := st.session_state.get(keys.COMPARE_EARLIER):
        open_comparison(wanted)


def _draw_recipes() -> list[str]:
    recipes = get_studio().defaults.known_recipes()
    if wanted := st.session_state.pop(keys.COMPARE_NEW_RECIPE, None):
        st.session_state[keys.COMPARE_RECIPES] = [*st.session_state.get(keys.COMPARE_RECIPES, FIRST), wanted]
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown("##### Recipes", width="content")
        if st.button("New recipe", key="compare_new_recipe", icon=":material/add:"):
            ask_recipe()
    state = st.session_state
    if keys.COMPARE_RECIPES in state:  # a recipe may be gone since
        state[keys.COMPARE_RECIPES] = [name for name in dict.fromkeys(state[keys.COMPARE_RECIPES]) if name in recipes]
    else:
        state[keys.COMPARE_RECIPES] = list(FIRST)
    return st.multiselect(
        "Recipes",
        list(recipes),
        key=keys.COMPARE_RECIPES,
        max_selections=MOST_RECIPES,
        label_visibility="collapsed",
        placeholder="Choose recipes",
    )


def _draw_start(rows: list[Row], recipes: list[Recipe]) -> None:
    if not rows or not recipes:
        missing = "documents on the left" if not rows else "recipes"
        st.info(f"Choose {missing} to compare.", icon=":material/checklist:")
        return
    estimates = _estimates(rows, recipes)
    asked = {"Tokens": [_tokens(each) for each in estimates]} if any(each.asks for each in estimates) else {}
    st.dataframe(
        {
            "Recipe": [recipe.name for recipe in recipes],
            "Reads with": [describe_recipe(recipe) for recipe in recipes],
            "Cached": [f"{each.cached} of {each.cells}" for each in estimates],
            **asked,
            "Cost, about": [_cost(each) for each in estimates],
        },
        hide_index=True,
        key="compare_estimate",
        column_config={
            "Recipe": st.column_config.TextColumn(width=100),
            "Reads with": st.column_config.TextColumn(width="medium"),
            "Cached": st.column_config.TextColumn(width=64, alignment="right"),
            "Tokens": st.column_config.TextColumn(width=64, alignment="right"),
            "Cost, about": st.column_config.TextColumn(width=90, alignment="right"),
        },
    )
    st.caption(describe_estimate(estimates))
    for recipe, each in zip(recipes, estimates, strict=True):
        if each.problem:
            st.warning(f"**{plain(recipe.name)}** — {plain(each.problem)}", icon=":material/key_off:")
    st.button(
        f"Compare {len(rows)} {'document' if len(rows) == 1 else 'documents'} × {len(recipes)} "
        f"{'recipe' if len(recipes) == 1 else 'recipes'}",
        key="compare_start",
        type="primary",
        icon=":material/play_arrow:",
        on_click=_begin,
        args=(rows, recipes),
    )


def _begin(rows: list[Row], recipes: list[Recipe]) -> None:
    try:
        open_comparison(get_studio().comparison.begin(rows, recipes))
    except StudioError as error:
        st.session_state.setdefault(keys.COMPARE_TROUBLES, []).append(str(error))


def _estimates(rows: list[Row], recipes: list[Recipe]) -> list[ColumnEstimate]:
    """Made anew only for another choice: it looks at every page and every cache entry."""
    asked = (tuple(rows), tuple((recipe.name, recipe.digest) for recipe in recipes))
    held = st.session_state.get(keys.COMPARE_ESTIMATE)
    if held is None or held[0] != asked:
        held = (asked, get_studio().comparison.estimate(rows, recipes))
        st.session_state[keys.COMPARE_ESTIMATE] = held
    return list(held[1])


def _tokens(estimate: ColumnEstimate) -> str:
    used = estimate.usage.input + estimate.usage.output
    if not estimate.asks:
        return "none"
    return f"{used:,}" if used or estimate.cached == estimate.cells else "unknown"


def _cost(estimate: ColumnEstimate) -> str:
    return "unknown" if estimate.cost is None else dollars(estimate.cost)


def describe_estimate(estimates: list[ColumnEstimate]) -> str:
    """One or two sentences on what the whole comparison may cost."""
    cells, cached = sum(each.cells for each in estimates), sum(each.cached for each in estimates)
    costs = [each.cost for each in estimates]
    kept = f" {cached} of {cells} readings are in the cache and cost nothing." if cached else ""
    if None in costs:
        return "For a model without a known price the cost cannot be told; tokens are counted either way." + kept
    total = sum(cost for cost in costs if cost is not None)
    if not total:
        return "This costs nothing: no model has to be asked." + kept
    return f"At most about {plain(dollars(total))} in all; a cascade that stops early costs less." + kept
