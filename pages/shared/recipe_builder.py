"""A recipe of the person's own: made from another, kept in the settings, ready to be compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st
from pydantic import ValidationError

from core.call import ModelName
from core.recipe import AUTO, BUILT_IN, ModelChoice, Recipe
from pages.shared import keys
from pages.shared.choices import keep_change
from pages.shared.frame import get_studio, plain
from pages.shared.model_form import shown_name
from pages.shared.recipe_model import ROLES, ask_name, draw_model
from pages.shared.recipe_names import title_of_recipe
from pages.shared.recognised import titles_of_types
from pages.shared.rights import kept_for

#: The OCR engine that asks a model.
VISION = "vision"


def describe_recipe(recipe: Recipe) -> str:
    """A recipe in a few words: engine, then extractors in order."""
    engine = "text or OCR" if recipe.ocr.engine == "auto" else shown_name(recipe.ocr.engine)
    readers = []
    for name in recipe.extractors:
        choice = recipe.models.get(name)
        readers.append(_describe_model(choice) if choice else shown_name(name))
    return f"{engine} → {', '.join(readers)}"


def _describe_model(choice: ModelChoice) -> str:
    version = "" if choice.version is None else f"@{choice.version}"
    prompt = "" if choice.prompt == "auto" else f" · {choice.prompt}{version}"
    name = get_studio().models.settle(ModelName(choice.provider, choice.model))
    return f"{name.provider} {name.model.rsplit('/', 1)[-1] or '(no model)'} · {choice.input}{prompt}"


def ask_recipe(
    base: Recipe | None = None, use: Callable[[Recipe], None] | None = None, *, title: str = "New recipe"
) -> None:
    """Ask for a recipe in a dialog, beginning with ``base`` (``None``: the default). It is saved; then ``use`` gets it,
    or it is chosen for the comparison."""

    @st.dialog(title, width="medium")
    def ask() -> None:
        _draw_form(base, use)

    ask()


def _draw_form(first: Recipe | None, use: Callable[[Recipe], None] | None) -> None:
    recipes = get_studio().defaults.known_recipes()
    if first is not None:  # as the comparison has it: what is saved under its name may have changed since
        recipes[first.name] = first
    names = list(recipes)
    start = names.index(first.name) if first is not None else 0
    based = st.selectbox("Begin with", names, index=start, format_func=title_of_recipe, key="recipe_base", width=300)
    base = recipes[based]
    with st.container(key=f"recipe_form_{_slug(based)}"):  # another beginning has other widgets
        recipe_name = st.text_input("Name", value=_free_name(based, names), key=f"recipe_name_{based}", max_chars=60)
        reading = _draw_reading(base, based)
        reads = _draw_type(base, based)
        readers = _draw_extractors(base, based)
        choices = {role: draw_model(role, base.models.get(role), based) for role in ROLES if role in readers}
    name = recipe_name.strip()
    if name in BUILT_IN:
        st.caption(":red[This name belongs to a recipe that ships: choose another.]")
    elif name in names:
        st.caption(":orange[A recipe of this name is saved already and will be replaced.]")
    ready = bool(name) and bool(readers) and name not in BUILT_IN
    if sentence := st.session_state.pop(keys.RECIPE_ERROR, None):
        st.error(plain(sentence), icon=":material/error:")
    elif st.button(
        "Save and use",
        key="recipe_save",
        type="primary",
        icon=":material/save:",
        on_click=_save,
        args=(base.model_copy(update={"type_name": reads}), name, reading, readers, choices, use),
        **kept_for("preferences.change", disabled=not ready),
    ):
        st.rerun()


def _save(
    base: Recipe,
    name: str,
    reading: Mapping[str, Any],
    readers: list[str],
    choices: Mapping[str, ModelChoice],
    use: Callable[[Recipe], None] | None,
) -> None:
    made = build_recipe(base, name, reading, readers, choices)
    if isinstance(made, str):
        st.session_state[keys.RECIPE_ERROR] = made
        return
    if not keep_change("", lambda now: now.model_copy(update={"recipes": {**now.recipes, made.name: made}})):
        st.session_state[keys.RECIPE_ERROR] = "The recipe was not kept: try again."
    elif use is None:
        st.session_state[keys.COMPARE_NEW_RECIPE] = made.name
    else:
        use(made)


def _draw_reading(base: Recipe, based: str) -> dict[str, Any]:
    """The chosen engine with what it needs, as fields of :class:`OcrRecipe`."""
    usable = [name for kind, name, state in get_studio().health() if kind == "OCR engine" and state.usable]
    engines = list(dict.fromkeys(["auto", *usable, base.ocr.engine]))
    with st.container(horizontal=True):
        engine = st.selectbox(
            "OCR engine",
            engines,
            index=engines.index(base.ocr.engine),
            format_func=shown_name,
            key=f"recipe_engine_{based}",
            help="Automatic takes a good text layer where there is one and reads the picture where there is not.",
        )
        dpi = st.number_input("Resolution (dots per inch)", 72, 600, base.ocr.dpi, step=50, key=f"recipe_dpi_{based}")
    vision = base.ocr.vision
    if engine == VISION:
        vision = ask_name("Vision model", vision, f"recipe_vision_{based}") or ""
    return {"engine": engine, "dpi": int(dpi), "vision": vision}


def _draw_type(base: Recipe, based: str) -> str | None:
    """What the recipe reads documents as; ``None``: what is chosen beside each document."""
    titles = {AUTO: "What the page says", **titles_of_types()}
    options = [None, *titles]
    return st.selectbox(
        "Read as",
        options,
        index=options.index(base.type_name) if base.type_name in options else 0,
        format_func=lambda name: titles[name] if name else "What is chosen beside the document",
        key=f"recipe_type_{based}",
        width=300,
    )


def _draw_extractors(base: Recipe, based: str) -> list[str]:
    options = list(dict.fromkeys(["einvoice", "rules", *ROLES, *base.extractors]))
    return st.multiselect(
        "Extractors, in the order in which they are tried",
        options,
        default=list(base.extractors),
        format_func=lambda name: ROLES.get(name) or shown_name(name),
        key=f"recipe_extractors_{based}",
        help="The first whose result passes the checks is taken; the last one's stands otherwise.",
    )


def build_recipe(
    base: Recipe, name: str, reading: Mapping[str, Any], readers: list[str], choices: Mapping[str, ModelChoice]
) -> Recipe | str:
    """The recipe as chosen, everything else as in ``base``; a sentence where it cannot be."""
    models = {key: value for key, value in base.models.items() if key in readers} | dict(choices)
    data = base.model_dump() | {
        "name": name,
        "ocr": base.ocr.model_dump() | dict(reading),
        "extractors": tuple(readers),
        "models": {key: value.model_dump() for key, value in models.items()},
    }
    try:
        return Recipe.model_validate(data)
    except ValidationError as error:
        return f"This recipe cannot be used: {error.errors()[0]['msg']}."


def _free_name(based: str, names: list[str]) -> str:
    number = 2
    while f"{based} {number}" in names:
        number += 1
    return f"{based} {number}"


def _slug(name: str) -> str:
    return "".join(char if char.isalnum() else "-" for char in name)
