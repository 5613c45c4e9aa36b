"""The prompts to choose from, new ones, and bringing in YAML."""

from __future__ import annotations

import streamlit as st

from core.errors import StudioError
from core.prompt import Prompt
from core.prompts import PromptEntry
from pages.shared.entries import draw_bring_in, draw_entry, say
from pages.shared.frame import get_studio

#: What the session remembers: the chosen prompt and version.
CHOSEN = "prompts_chosen"


def chosen_prompt() -> Prompt:
    """The version that is shown: the chosen one, else the newest of the first prompt. Raises StudioError."""
    book = get_studio().prompts
    name, version = st.session_state.get(CHOSEN, ("invoice", None))
    versions = book.versions(name)
    return next((prompt for prompt in versions if prompt.version == version), versions[0])


def choose(name: str, version: int | None = None) -> None:
    """Show this prompt (``None``: its newest version) from now on."""
    st.session_state[CHOSEN] = (name, version)


def draw_list() -> None:
    """A button a prompt, with whose default it is; below, new ones and YAML."""
    book = get_studio().prompts
    shown = st.session_state.get(CHOSEN, ("invoice", None))[0]
    st.markdown("##### Prompts")
    with st.container(key="prompt_list", gap="xsmall"):
        for number, entry in enumerate(book.entries()):
            chosen = entry.name == shown
            draw_entry("prompt", number, entry.name, _about(entry), title=entry.name, chosen=chosen, choose=choose)
    with st.popover("New prompt", icon=":material/add:", key="prompt_new", width="stretch"):
        _draw_new()
    with st.popover("Bring in YAML", icon=":material/upload:", key="prompt_import", width="stretch"):
        draw_bring_in("prompt", "A YAML file of prompts", ["yaml", "yml"], 2, _bring_in, "prompts.bring_in")
    st.caption(
        "A recipe whose prompt is “auto” takes the one made for the vendor or language, else the default of the "
        "document’s type."
    )


def _about(entry: PromptEntry) -> str:
    """Its newest version and whose default it is, with the version where that is an older one."""
    about = [_version(entry.newest)]
    for kind in entry.default_for:
        _, version = get_studio().prompts.default(kind)
        about.append(f"default for {kind}s" + (f" ({_version(version)})" if version != entry.newest else ""))
    return " · ".join(about)


def _version(number: int) -> str:
    return "as it ships" if number == 0 else f"version {number}"


def _draw_new() -> None:
    with st.form("prompt_new_form", border=False):
        st.text_input("Name", key="prompt_new_name", placeholder="acme invoices", max_chars=80)
        names = [entry.name for entry in get_studio().prompts.entries()]
        st.selectbox("Begin with the text of", names, index=names.index("invoice"), key="prompt_new_from")
        st.form_submit_button("Make it", key="prompt_new_make", type="primary", on_click=_make)


def _make() -> None:
    book = get_studio().prompts
    name = st.session_state["prompt_new_name"].strip()
    if any(entry.name.casefold() == name.casefold() for entry in book.entries()):
        say(f"There is a prompt “{name}” already: choose it in the list, or take another name.", bad=True)
        return
    try:
        base = book.versions(st.session_state["prompt_new_from"])[0]
        made = Prompt.model_validate(base.model_dump() | {"name": name, "notes": f"Begun from {base.label}."})
        kept = book.keep(made)
    except ValueError:
        say("A name has letters, digits, blanks, dots and hyphens, and begins with a letter or digit.", bad=True)
    except StudioError as error:
        say(str(error), bad=True)
    else:
        choose(kept.name)
        say(f"{kept.name} was made: change it to what you need.")


def _bring_in(data: bytes) -> str:
    kept = get_studio().prompts.bring_in(data)
    if kept:
        choose(kept[-1].name)
    return f"{len(kept)} stored: {', '.join(prompt.label for prompt in kept)}." if kept else "Nothing new in this file."
