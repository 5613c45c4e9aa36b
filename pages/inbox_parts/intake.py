"""Whatever comes: files, zips, a folder's worth; and what is read of it by itself."""

from __future__ import annotations

from pathlib import PurePosixPath

import streamlit as st

from core.errors import StudioError
from core.settings import ReadOnArrival
from pages.inbox_parts.words import again_words
from pages.shared.choices import keep
from pages.shared.entries import say
from pages.shared.frame import get_studio, plain
from pages.shared.recipe_builder import describe_recipe
from pages.shared.rights import kept_for

_UPLOADS = "inbox_uploads"
_AGAIN = "inbox_again"
_WISHES: dict[ReadOnArrival, str] = {
    "simple": "What has no pages to choose",
    "all": "Everything",
    "none": "Nothing",
}


def draw_drop_zone(label: str) -> None:
    """The upload of files. They are kept and queued at once."""
    count = st.session_state.setdefault(_UPLOADS, 0)
    with st.container(key="inbox_drop"):
        files = st.file_uploader(
            label,
            accept_multiple_files=True,
            key=f"inbox_files_{count}",
            max_upload_size=_most_megabytes(),
            help="PDF, PNG, JPG, TIFF, WebP, BMP, Word, Excel, e-invoice XML, mails with what is attached (EML, MSG), or zips of all that; hundreds at once are fine.",
        )
    if files:
        _take([(file.name, file.getvalue()) for file in files])


def draw_folder_zone() -> None:
    """The upload of a folder, which is a batch of its name."""
    count = st.session_state.setdefault(_UPLOADS, 0)
    files = st.file_uploader(
        "A folder, with all that is in it",
        accept_multiple_files="directory",
        key=f"inbox_folder_{count}",
        max_upload_size=_most_megabytes(),
    )
    if files:
        first = PurePosixPath(files[0].name).parts
        named = [(PurePosixPath(file.name).name, file.getvalue()) for file in files]
        _take(named, first[0] if len(first) > 1 else "")


def _most_megabytes() -> int:
    """A zip may be larger than a file: what is in it is held to the limits one by one."""
    limits = get_studio().defaults.limits
    return max(limits.file_megabytes, limits.unpacked_megabytes)


def _take(files: list[tuple[str, bytes]], batch_name: str = "") -> None:
    try:
        studio = get_studio()
        who = studio.person.name if studio.person.known == "signed in" else ""
        taken = studio.inbox.take_in(files, batch_name, who)
    except StudioError as error:
        say(str(error), bad=True)
    else:
        st.session_state[_AGAIN] = again_words(taken.again)
    st.session_state[_UPLOADS] = st.session_state.get(_UPLOADS, 0) + 1  # a new key empties the upload
    st.rerun()


def draw_again() -> None:
    """Files that had come before, until the person has seen it."""
    if told := st.session_state.get(_AGAIN):
        with st.container(horizontal=True, vertical_alignment="center", key="inbox_again"):
            st.info(plain(told), icon=":material/history:")
            st.button("Dismiss", key="inbox_again_seen", type="tertiary", on_click=_forget)


def _forget() -> None:
    st.session_state.pop(_AGAIN, None)


def what_leaves() -> str:
    """A sentence on whether what comes in is sent anywhere, as Markdown."""
    if get_studio().defaults.recipe.sends:
        return ":orange[:material/cloud_upload: Your default recipe sends documents to a model as they come in.]"
    return "Nothing leaves this machine."


def draw_wish() -> None:
    """What is read on arrival, and by what."""
    studio = get_studio()
    with st.popover("Read on arrival", icon=":material/bolt:", key="inbox_wish"):
        now = studio.defaults.read_on_arrival
        wish = st.radio(
            "Read on arrival",
            list(_WISHES),
            list(_WISHES).index(now),
            format_func=_WISHES.__getitem__,
            key="inbox_wished",
            **kept_for("preferences.change"),
        )
        st.caption(
            "A document of one page and an e-invoice have no pages to choose. "
            f"What is read is read so: {plain(describe_recipe(studio.defaults.recipe))}."
        )
        st.markdown(what_leaves())
        if wish != now:
            keep("Kept: what comes in from now on is read so.", read_on_arrival=wish)
