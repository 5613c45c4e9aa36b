"""What is measured: the cases, the recipes, and the button that begins; and the studio's own test cases."""

from __future__ import annotations

from typing import cast

import streamlit as st

from core.accuracy import CaseSet, Choice
from core.accuracy.sets import SetName
from core.errors import StudioError
from pages.accuracy_parts.cases import draw_cases
from pages.accuracy_parts.state import watch
from pages.shared import keys
from pages.shared.frame import get_studio, plain

#: Chosen in place of a set's name, for a folder that the person types.
_FOLDER = "folder"


def draw_choices(*, running: bool) -> None:
    """The bar above the results."""
    studio = get_studio()
    sets = {each.name: each for each in studio.accuracy.sets()}
    recipes = list(studio.accuracy.recipes())
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="accuracy_bar"):
        chosen = st.selectbox(
            "Cases",
            [*sets, _FOLDER],
            format_func=lambda name: _title(sets.get(name)),
            key=keys.ACCURACY_SET,
            width=230,
            help="Documents whose right values are known.",
        )
        folder = ""
        if chosen == _FOLDER:
            folder = st.text_input("Folder of cases", key=keys.ACCURACY_FOLDER, width=230, placeholder="data/cases")
        names = st.multiselect(
            "Recipes",
            recipes,
            default=["default"],
            key=keys.ACCURACY_RECIPES,
            width=300,
            placeholder="Choose a recipe",
            help="With two or more, each is measured on the same documents and they are compared.",
        )
        whole = st.checkbox(
            "All pages",
            key=keys.ACCURACY_ALL_PAGES,
            help="Read every page of a document, also those that the truth does not count to the invoice.",
            width="content",
        )
        asked = st.button(
            "Measure",
            key="accuracy_start",
            type="primary",
            icon=":material/speed:",
            disabled=running or not names or (chosen == _FOLDER and not folder.strip()),
        )
        st.space("stretch")
        draw_cases()
    if asked:
        _start(Choice(cast("SetName", chosen), folder, not whole), names)


def _title(chosen: CaseSet | None) -> str:
    return f"{chosen.title} ({chosen.count:,})" if chosen else "A folder…"


def _start(choice: Choice, names: list[str]) -> None:
    try:
        watch(get_studio().accuracy.start(choice, names))
    except StudioError as error:
        st.error(plain(str(error)), icon=":material/error:")
    else:
        st.rerun()


def start_samples() -> None:
    """Measure the default recipe on the shipped samples."""
    watch(get_studio().accuracy.start(Choice("samples"), ["default"]))
