"""The prompts to choose from, new ones, and bringing in YAML."""

from __future__ import annotations

import streamlit as st

from core.errors import PromptError, StudioError
from core.prompt import Prompt
from core.prompts import PromptEntry
from pages.shared.frame import get_studio, plain

#: What the session remembers: the chosen prompt and version, and what an action has to say.
CHOSEN = "prompts_chosen"
NOTICE = "prompts_notice"
UPLOADS = "prompts_uploads"


def chosen_prompt() -> Prompt:
    """The version that is shown: the chosen one, else the newest of the first prompt. Raises StudioError."""
    book = get_studio().prompts
    name, version = st.session_state.get(CHOSEN, ("invoice", None))
    versions = book.versions(name)
    return next((prompt for prompt in versions if prompt.version == version), versions[0])


def choose(name: str, version: int | None = None) -> None:
    """Show this prompt (``None``: its newest version) from now on."""
    st.session_state[CHOSEN] = (name, version)


def say(text: str, bad: bool = False) -> None:
    """Have the page say what an action did."""
    st.session_state[NOTICE] = (text, bad)


def draw_notice() -> None:
    """What the last action had to say, once."""
    text, bad = st.session_state.pop(NOTICE, ("", False))
    if text and bad:
        st.error(plain(text), icon=":material/error:")
    elif text:
        st.toast(plain(text), icon=":material/task_alt:")


def draw_list() -> None:
    """A button a prompt, with whose default it is; below, new ones and YAML."""
    book = get_studio().prompts
    shown = st.session_state.get(CHOSEN, ("invoice", None))[0]
    st.markdown("##### Prompts")
    with st.container(key="prompt_list", gap="xsmall"):
        for number, entry in enumerate(book.entries()):
            _draw_entry(number, entry, entry.name == shown)
    with st.popover("New prompt", icon=":material/add:", key="prompt_new", width="stretch"):
        _draw_new()
    with st.popover("Bring in YAML", icon=":material/upload:", key="prompt_import", width="stretch"):
        _draw_import()
    st.caption(
        "A recipe whose prompt is “auto” takes the one made for the vendor or language, else the default of the "
        "document’s type."
    )


def _draw_entry(number: int, entry: PromptEntry, chosen: bool) -> None:
    with st.container(key=f"prompt_entry_{number}{'_chosen' if chosen else ''}", gap=None):
        st.button(
            plain(entry.name),
            key=f"prompt_{number}",
            on_click=choose,
            args=(entry.name,),
            width="stretch",
            type="tertiary",
        )
        st.caption(_about(entry))


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


def _draw_import() -> None:
    count = st.session_state.get(UPLOADS, 0)
    st.file_uploader("A YAML file of prompts", type=["yaml", "yml"], key=f"prompt_file_{count}", max_upload_size=2)
    st.button("Bring in", key="prompt_bring_in", type="primary", on_click=_bring_in, args=(f"prompt_file_{count}",))


def _bring_in(key: str) -> None:
    upload = st.session_state.get(key)
    if upload is None:
        say("Choose a file first.", bad=True)
        return
    try:
        kept = get_studio().prompts.bring_in(upload.getvalue())
    except PromptError as error:
        say(f"{upload.name}: {error}", bad=True)
        return
    st.session_state[UPLOADS] = st.session_state.get(UPLOADS, 0) + 1
    if kept:
        choose(kept[-1].name)
    say(f"{len(kept)} stored: {', '.join(prompt.label for prompt in kept)}." if kept else "Nothing new in this file.")
