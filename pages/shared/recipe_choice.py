"""How a document is read: the recipe, what it asks of models, and what leaves this machine for it."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from core.call import ModelName
from core.comparison.estimate import ColumnEstimate
from core.comparison.row import Row
from core.errors import StudioError
from core.invoice.einvoice.xml import looks_like_invoice
from core.llm.providers import providers
from core.recipe import ModelChoice, Recipe
from pages.shared import keys
from pages.shared.budget import draw_budget_warning
from pages.shared.desk import Group, OpenDocument
from pages.shared.frame import get_studio, plain
from pages.shared.hiding import draw_hiding
from pages.shared.money import dollars
from pages.shared.recipe_builder import ask_recipe
from pages.shared.recipe_names import title_of_recipe
from pages.shared.recognised import reading, title_of, titles_of_types, type_of


def recipe_of(document: OpenDocument, group: Group | None = None) -> Recipe:
    """The recipe that is chosen for a document, as it reads ``group`` (``None``: the active one), with the places that are to be hidden in
    it. One that is gone since is the default. Raises RecipeError, TypeDefinitionError."""
    studio = get_studio()
    recipes = studio.defaults.known_recipes()
    recipe = recipes.get(document.recipe, studio.defaults.recipe)
    recipe = reading(recipe, group or document.group)
    return recipe.hiding(studio.defaults.redaction.joined(studio.hidden(document.sha256, document.rotations)))


def unreadable(document: OpenDocument) -> str:
    """A sentence on why nothing that the chosen recipe asks can read the document here, or an empty text."""
    try:
        recipe = recipe_of(document)
        readers = [name for name in recipe.extractors if name != "einvoice" or _carries_invoice(document)]
    except StudioError as error:
        return str(error)
    if recipe.ocr.engine != "vision" and any(name not in recipe.models for name in readers):
        return ""
    found = _estimated(document, recipe)
    return found.problem if found.cached < found.cells else ""


def _carries_invoice(document: OpenDocument) -> bool:
    attachments = get_studio().document(document.sha256).attachments()
    return any(looks_like_invoice(attachment.data) for attachment in attachments)


def draw_type(document: OpenDocument) -> None:
    """The choice of what the active group is read as."""
    titles = titles_of_types()
    group = document.group
    options = ["", *titles]
    chosen = group.type_name if group.type_name in titles else ""
    if st.session_state.get(keys.TYPE) != chosen:
        st.session_state[keys.TYPE] = chosen
    st.selectbox(
        "Read as",
        options,
        format_func=lambda name: titles[name] if name else _without_choice(document, titles),
        key=keys.TYPE,
        width=180,
        on_change=_set_type,
        args=(document, group),
    )


def _without_choice(document: OpenDocument, titles: Mapping[str, str]) -> str:
    """What a document is read as where the person does not say."""
    recipe = get_studio().defaults.known_recipes().get(document.recipe)
    fixed = recipe.type_name if recipe and not recipe.chooses_type else None
    return f"{titles.get(fixed, fixed)} (by the recipe)" if fixed else "What the page says"


def _set_type(document: OpenDocument, group: Group) -> None:
    if keys.TYPE in st.session_state:  # else of a document that is no longer shown
        group.type_name = st.session_state[keys.TYPE]


def draw_recognised(document: OpenDocument) -> None:
    """What the active group seems to be, where the pages decide that."""
    try:
        recipe = recipe_of(document)
    except StudioError:
        return
    if not recipe.chooses_type or not document.page_count or not document.group.pages:
        return
    found = type_of(document, document.group)
    if found is None:
        told = "What this is will be told when its pages are read: they are pictures."
    elif found.known:
        told = f"**{plain(title_of(found))}**: {plain(found.reason)}."
    else:
        told = f"What this is is not known ({plain(found.reason)}): it will be read as an invoice unless you choose."
    st.caption(f":material/label: {told}")


def draw_recipe(document: OpenDocument) -> None:
    """The choice of a recipe, and a new one."""
    recipes = get_studio().defaults.known_recipes()
    if document.recipe not in recipes:
        document.recipe = "default"
    if st.session_state.get(keys.RECIPE) != document.recipe:
        st.session_state[keys.RECIPE] = document.recipe
    st.selectbox(
        "How to read it",
        ["default", *(name for name in recipes if name != "default")],
        format_func=title_of_recipe,
        key=keys.RECIPE,
        width=240,
        on_change=_set_recipe,
        args=(document,),
    )
    if st.button("", key="new_recipe", icon=":material/tune:", help="Make a recipe of your own: engine, model, prompt"):
        ask_recipe(recipes[document.recipe], lambda recipe: _use(document, recipe))


def draw_sending(document: OpenDocument) -> None:
    """What a recipe that asks a model sends, what that may cost, and what is hidden in it; nothing for the others."""
    try:
        recipe = recipe_of(document)
    except StudioError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    if not recipe.sends:
        return
    with st.container(key="sending", horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/cloud_upload: {plain(_what_leaves(recipe))}", width="content")
        st.markdown(_estimate(document, recipe), width="content")
        st.space("stretch")
        if recipe.asked:
            draw_hiding(document)
    draw_budget_warning()


def _what_leaves(recipe: Recipe) -> str:
    sent = {"text": "its text", "image": "its pictures", "both": "its text and pictures"}
    parts = [f"{sent[choice.input]} to {_title(choice)}" for choice in recipe.asked]
    if recipe.ocr.engine == "vision":
        parts.insert(0, f"its pictures to {recipe.ocr.vision or 'a vision model'}")
    return f"Sends {', then '.join(dict.fromkeys(parts))}{_when(recipe)}."


def _when(recipe: Recipe) -> str:
    """On which documents a model is asked."""
    first = next((place for place, name in enumerate(recipe.extractors) if name in recipe.models), 0)
    before = recipe.extractors[:first]
    if not recipe.asked or not before:
        return ""
    return " unless it carries invoice XML" if before == ("einvoice",) else " if the readers before it are unsure"


def _title(choice: ModelChoice) -> str:
    name = get_studio().models.settle(ModelName(choice.provider, choice.model))
    known = providers().get(name.provider)
    provider = known.title if known else name.provider
    return f"{provider} ({name.model.rsplit('/', 1)[-1]})" if name.model else provider


def _estimate(document: OpenDocument, recipe: Recipe) -> str:
    found = _estimated(document, recipe)
    if found.problem:
        return f":orange[:material/key: {plain(found.problem)}]"
    if found.cached == found.cells:
        return ":gray[Read before: nothing is asked.]"
    tokens = f"{found.usage.input + found.usage.output:,} tokens"
    price = f", {plain(dollars(found.cost))}" if found.cost is not None else ", no known price"
    return f":gray[About {tokens}{price}]"


def _estimated(document: OpenDocument, recipe: Recipe) -> ColumnEstimate:
    rows = [Row(document.sha256, document.name, document.refs(group)) for group in document.groups if group.pages]
    return get_studio().comparison.estimate(rows, [recipe])[0]


def _set_recipe(document: OpenDocument) -> None:
    document.recipe = st.session_state[keys.RECIPE]


def _use(document: OpenDocument, recipe: Recipe) -> None:
    document.recipe = recipe.name
