"""One model of a recipe: who is asked, with which prompt, what it sees, who steps in, and who checks it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.errors import RecordMissing
from core.llm.prompting import AUTO
from core.llm.providers import providers
from core.recipe import ModelChoice
from pages.shared.frame import get_studio

#: The names under which a recipe of the builder keeps its models, the cheaper first, with the words the person sees.
ROLES = {"model": "A language model", "strong": "A stronger model"}
_INPUTS = {"text": "Text in its layout", "image": "Page pictures", "both": "Both"}
_OPINIONS = {"": "none", "same": "the same model, asked to verify"}


def draw_model(role: str, start: ModelChoice | None, based: str) -> ModelChoice:
    """Ask for the model of ``role``, beginning with ``start``. ``based`` makes the widgets' keys."""
    start = start or ModelChoice()
    at = f"{role}_{based}"
    with st.container(border=True, key=f"recipe_{role}"):
        st.markdown(f"**{ROLES[role]}**")
        provider, model = _draw_name(start, at)
        prompt, version = _draw_prompt(start, at)
        read = st.segmented_control(
            "It sees",
            list(_INPUTS),
            default=start.input,
            format_func=_INPUTS.__getitem__,
            key=f"recipe_input_{at}",
            required=True,
        )
        with st.expander("Fallbacks, second opinion and more"):
            more = _draw_more(start, at)
    changes = {"provider": provider, "model": model, "prompt": prompt, "version": version, "input": read or start.input}
    return start.model_copy(update=changes | more)


def ask_name(title: str, held: str, key: str, **about: Any) -> str | None:
    """Ask for a model as ``provider:model``; any can be typed."""
    offered = list(dict.fromkeys([*([held] if held else []), *_names()]))
    return st.selectbox(
        title,
        offered,
        index=0 if held else None,
        placeholder="provider:model",
        accept_new_options=True,
        key=key,
        **about,
    )


def _names() -> list[str]:
    """Every model of every provider that can be asked here, as ``provider:model``."""
    found = get_studio().models.providers()
    return [
        f"{name}:{model}"
        for name, entry in providers().items()
        if name in found and not found[name].missing()
        for model in entry.models
    ]


def _draw_name(start: ModelChoice, at: str) -> tuple[str, str]:
    known = providers()
    names = list(dict.fromkeys(["", *known, start.provider]))
    with st.container(horizontal=True):
        provider = st.selectbox(
            "Provider",
            names,
            index=names.index(start.provider),
            format_func=lambda name: known[name].title if name in known else name or "The first that is set up here",
            key=f"recipe_provider_{at}",
        )
        offered = list(known[provider].models) if provider in known else []
        held = [start.model] if start.model and start.provider == provider else []
        model = st.selectbox(
            "Model",
            list(dict.fromkeys([*held, *offered])),
            index=0 if held else None,
            placeholder="The provider's default, or type any",
            accept_new_options=True,
            key=f"recipe_model_{at}_{provider}",
        )
    return provider, model or ""


def _draw_prompt(start: ModelChoice, at: str) -> tuple[str, int | None]:
    """The prompt and its version; ``None`` is the newest, or the default's."""
    book = get_studio().prompts
    names = list(dict.fromkeys([AUTO, *(entry.name for entry in book.entries()), start.prompt]))
    with st.container(horizontal=True):
        prompt = st.selectbox(
            "Prompt",
            names,
            index=names.index(start.prompt),
            format_func=lambda name: "The default of the document's type" if name == AUTO else name,
            key=f"recipe_prompt_{at}",
        )
        if prompt == AUTO:
            return AUTO, None
        held = start.version if prompt == start.prompt else None
        try:
            numbers = [each.version for each in book.versions(prompt)]
        except RecordMissing:
            numbers = []
        versions = list(dict.fromkeys([None, held, *numbers]))
        version = st.selectbox(
            "Version",
            versions,
            index=versions.index(held),
            format_func=lambda number: "newest" if number is None else ("as it ships" if number == 0 else f"{number}"),
            key=f"recipe_version_{at}_{prompt}",
            width=160,
        )
    return prompt, version


def _draw_more(start: ModelChoice, at: str) -> dict[str, Any]:
    """Fields of :class:`ModelChoice` that are seldom changed."""
    fallbacks = st.multiselect(
        "If it fails, ask",
        list(dict.fromkeys([*start.fallbacks, *_names()])),
        default=list(start.fallbacks),
        accept_new_options=True,
        placeholder="provider:model, in order",
        key=f"recipe_fallbacks_{at}",
    )
    opinions = list(dict.fromkeys([*_OPINIONS, start.second_opinion, *_names()]))
    opinion = st.selectbox(
        "Second opinion",
        opinions,
        index=opinions.index(start.second_opinion),
        format_func=lambda name: _OPINIONS.get(name, name),
        accept_new_options=True,
        key=f"recipe_opinion_{at}",
        help="Another reader checks each value against the page: agreement makes it surer, disagreement is shown. It costs "
        "a call of its own.",
    )
    with st.container(horizontal=True):
        temperature = st.number_input(
            "Temperature",
            0.0,
            2.0,
            start.temperature,
            step=0.1,
            key=f"recipe_temperature_{at}",
            placeholder="the model's own",
            help="0 answers the same question alike. Models that have none are asked without.",
        )
        output = st.number_input(
            "Longest reply (tokens)", 256, 200_000, start.max_output_tokens, step=256, key=f"recipe_output_{at}"
        )
    return {
        "fallbacks": tuple(name.strip() for name in fallbacks if name.strip()),
        "second_opinion": (opinion or "").strip(),
        "temperature": temperature,
        "max_output_tokens": int(output),
    }
