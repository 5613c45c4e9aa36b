"""The text of a prompt, edited into a new version."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from core import document_types
from core.errors import StudioError
from core.prompt import Prompt
from core.prompts import VARIABLES, shipped_for, unknown_variables
from pages.prompts_parts.list import choose
from pages.shared.entries import say
from pages.shared.frame import get_studio, plain

#: What was typed and not kept yet, by version and input.
TYPED = "prompts_typed"
_ANY = "any"


def draw_editor(prompt: Prompt) -> None:
    """The version's texts and scope in inputs; keeping them makes the next version."""
    _draw_head(prompt)
    typed = _typed(prompt)
    _draw_input(prompt, "system", lambda **own: st.text_area("System prompt", typed["system"], height=300, **own))
    _draw_input(prompt, "user", lambda **own: st.text_area("User prompt", typed["user"], height=90, **own))
    st.caption(" · ".join(f"`{{{{{name}}}}}` {about}" for name, about in VARIABLES.items()))
    kind, language, vendor = st.columns(3)
    with kind:
        kinds = [_ANY, *document_types.kinds()]
        here = kinds.index(typed["type"]) if typed["type"] in kinds else 0
        _draw_input(prompt, "type", lambda **own: st.selectbox("Document type", kinds, index=here, **own))
    with language:
        _draw_text(prompt, "language", "Language", placeholder=_ANY, help="Two letters, such as de.")
    with vendor:
        _draw_text(prompt, "vendor", "Vendor", placeholder=_ANY, help="The name as it is printed.")
    _draw_text(prompt, "notes", "Notes", placeholder="What this version tries", max_chars=500)
    edited = _edited(prompt)
    if edited is not None and (unknown := unknown_variables(edited)):
        st.warning(
            f"Nothing stands for {plain(', '.join(unknown))}: it would be sent as it is.", icon=":material/help:"
        )


def _draw_head(prompt: Prompt) -> None:
    book = get_studio().prompts
    versions = [version.version for version in book.versions(prompt.name)]
    with st.container(horizontal=True, vertical_alignment="bottom", key="prompt_head"):
        st.selectbox(
            "Version",
            versions,
            index=versions.index(prompt.version),
            format_func=lambda number: "as it ships" if number == 0 else f"{number}",
            key=f"prompt_version_{prompt.name}_{len(versions)}_{prompt.version}",
            on_change=_switch,
            args=(f"prompt_version_{prompt.name}_{len(versions)}_{prompt.version}", prompt.name),
            width=150,
        )
        with st.popover("Make default", icon=":material/star:", key="prompt_default"):
            _draw_defaults(prompt)
        st.download_button(
            "YAML",
            book.export(prompt.name, prompt.version),
            file_name=f"{prompt.name}.yaml",
            mime="application/yaml",
            key="prompt_export",
            icon=":material/download:",
            on_click="ignore",
        )
        st.button(
            "Keep as a new version",
            key="prompt_keep",
            type="primary",
            icon=":material/save:",
            on_click=_keep,
            args=(prompt,),
        )
    if prompt.notes:
        st.caption(plain(prompt.notes))


def _draw_defaults(prompt: Prompt) -> None:
    book = get_studio().prompts
    for number, kind in enumerate(document_types.kinds()):
        now = book.default(kind)
        if now == (prompt.name, prompt.version):
            st.markdown(f":green[:material/check_circle:] default for {kind}s")
        else:
            st.button(
                f"For {kind}s, in place of {now[0]}@{now[1]}",
                key=f"prompt_default_{number}",
                on_click=_make_default,
                args=(kind, prompt),
                disabled=prompt.version == 0 and prompt.name != shipped_for(kind),
            )


def _draw_text(prompt: Prompt, name: str, title: str, **about: Any) -> None:
    _draw_input(prompt, name, lambda **own: st.text_input(title, _typed(prompt)[name], **about, **own))


def _draw_input(prompt: Prompt, name: str, draw: Callable[..., object]) -> None:
    """An input of this version. What is typed is remembered beside the widget, which forgets it when another page opens."""
    key = _key(prompt, name)
    draw(key=key, on_change=_remember, args=(prompt.label, name, key))


def _key(prompt: Prompt, name: str) -> str:
    return f"prompt_{prompt.name}_{prompt.version}_{name}"


def _remember(label: str, name: str, key: str) -> None:
    st.session_state.setdefault(TYPED, {}).setdefault(label, {})[name] = st.session_state[key]


def _typed(prompt: Prompt) -> dict[str, str]:
    """The version's texts with what the person typed over them."""
    stored = {
        "system": prompt.system,
        "user": prompt.user,
        "type": prompt.document_type or _ANY,
        "language": prompt.language or "",
        "vendor": prompt.vendor or "",
        "notes": "",
    }
    typed = stored | st.session_state.get(TYPED, {}).get(prompt.label, {})
    return {name: st.session_state.get(_key(prompt, name), text) for name, text in typed.items()}


def _edited(prompt: Prompt) -> Prompt | None:
    """``prompt`` as the inputs now say; ``None`` where a text of theirs cannot be taken."""
    typed = _typed(prompt)
    changed = {
        "system": typed["system"],
        "user": typed["user"],
        "document_type": None if typed["type"] == _ANY else typed["type"],
        "language": typed["language"].strip().lower() or None,
        "vendor": typed["vendor"].strip() or None,
        "notes": typed["notes"].strip(),
    }
    try:
        return Prompt.model_validate(prompt.model_dump() | changed)
    except ValueError:
        return None


def _keep(prompt: Prompt) -> None:
    edited = _edited(prompt)
    try:
        if edited is None:
            raise StudioError("The prompt could not be kept: one of its texts cannot be stored.")
        kept = get_studio().prompts.keep(edited)
    except StudioError as error:
        say(str(error), bad=True)
    else:
        st.session_state.get(TYPED, {}).pop(prompt.label, None)
        choose(kept.name)
        say(f"Kept as {kept.label}. Runs that were made before keep their version.")


def _make_default(kind: str, prompt: Prompt) -> None:
    try:
        get_studio().prompts.make_default(kind, prompt.name, prompt.version)
    except StudioError as error:
        say(str(error), bad=True)
    else:
        say(f"{prompt.label} is the default for {kind}s.")


def _switch(key: str, name: str) -> None:
    choose(name, st.session_state[key])
