"""Which recipe is the default: taken over from one that ships or that the person saved."""

from __future__ import annotations

import streamlit as st

from core.recipe import BUILT_IN
from pages.shared.choices import keep
from pages.shared.frame import get_studio, plain
from pages.shared.recipe_builder import describe_recipe
from pages.shared.recipe_names import TITLES


def draw_default_recipe() -> None:
    """What the default does in a line, and the choice of another."""
    studio = get_studio()
    with st.container(horizontal=True, vertical_alignment="center", key="settings_default"):
        st.markdown(f"Documents are read by: **{plain(describe_recipe(studio.defaults.recipe))}**", width="stretch")
        with st.popover("Take another recipe", icon=":material/swap_horiz:", key="settings_recipe"):
            recipes = {name: recipe for name, recipe in studio.defaults.known_recipes().items() if name != "default"}
            names = ["default", *recipes]
            chosen = st.radio(
                "Recipe",
                names,
                format_func=lambda name: "As shipped" if name == "default" else TITLES.get(name, name),
                captions=[plain(describe_recipe({**recipes, "default": BUILT_IN["default"]}[name])) for name in names],
                key="settings_recipe_choice",
                label_visibility="collapsed",
            )
            st.button("Make it the default", key="settings_recipe_use", type="primary", on_click=_use, args=(chosen,))


def _use(name: str) -> None:
    recipe = BUILT_IN["default"] if name == "default" else get_studio().defaults.known_recipes()[name]
    keep("Kept: documents are read so from now on.", recipe=recipe.model_copy(update={"name": "default"}))
