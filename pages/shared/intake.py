"""Documents come in: the drop zone, the samples, files that were refused, and files that ask for a password."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from core.documents import FORMATS, Document, members_of
from core.documents.archives import is_archive
from core.errors import DocumentError, DocumentTooLarge, EncryptedDocument, StudioError, WrongPassword
from pages.shared import keys
from pages.shared.desk import Desk, Locked
from pages.shared.frame import get_studio, plain
from pages.shared.pictures import sample_address
from pages.shared.samples import Sample, samples
from pages.shared.session import forget_widgets, get_desk

#: Files of a zip or a mail that are laid on the desk at once.
_MOST_AT_ONCE = 12


@dataclass(frozen=True, slots=True)
class Holder:
    """A document with files in it that can be opened as documents of their own: its SHA-256 and their names."""

    sha256: str
    name: str
    members: tuple[str, ...]


def take(desk: Desk, data: bytes, name: str) -> None:
    """Open a file and lay it on the desk; a refused one leaves its sentence, an encrypted one waits for a password."""
    try:
        if is_archive(data):
            _take_all(desk, data, name)
        else:
            _open(desk, data, name)
    except EncryptedDocument as error:
        desk.lock(get_studio().set_aside(data), name, str(error))
    except StudioError as error:
        refuse(str(error) if isinstance(error, DocumentError) else f"{name}: {error}")


def _take_all(desk: Desk, data: bytes, name: str) -> None:
    """Lay what is in a zip or a mail on the desk. Raises a DocumentError."""
    found = get_studio().unpack(data, name)
    if len(found) > _MOST_AT_ONCE:
        raise DocumentTooLarge(
            name, f"it holds {len(found)} files, which are many for the desk: drop it into the Inbox."
        )
    for packed in found:
        if packed.trouble:
            refuse(packed.trouble)
        else:
            take(desk, packed.file.data, packed.file.name)


def refuse(sentence: str) -> None:
    """Leave the sentence that says why something was not done."""
    st.session_state.setdefault(keys.REFUSED, []).append(sentence)


def _open(desk: Desk, data: bytes, name: str) -> None:
    document = get_studio().open(data, name)
    is_new = all(known.sha256 != document.sha256 for known in desk.documents)
    desk.chosen = desk.put(document.sha256, name, document.page_count).sha256
    if is_new:
        get_studio().inbox.laid_on_desk(document)
    forget_widgets()
    _offer_members(document)


def _offer_members(document: Document) -> None:
    members = tuple(member.name for member in members_of(document))
    holders: list[Holder] = st.session_state.setdefault(keys.MEMBERS, [])
    if members and all(holder.sha256 != document.sha256 for holder in holders):
        holders.append(Holder(document.sha256, document.name, members))


def draw_drop_zone(label: str) -> None:
    """The upload. Bytes are stored at once: an upload is gone after a page switch."""
    count = st.session_state.setdefault(keys.UPLOADS, 0)
    with st.container(key="add_files"):
        files = st.file_uploader(
            label,
            accept_multiple_files=True,
            key=keys.uploader(count),
            max_upload_size=get_studio().defaults.limits.file_megabytes,
            help=f"{', '.join(sorted(suffix[1:].upper() for suffix in FORMATS))}",
        )
    if files:
        desk = get_desk()
        first = len(desk.documents)
        for file in files:
            take(desk, file.getvalue(), file.name)
        if len(desk.documents) > first:
            desk.chosen = desk.documents[first].sha256
        st.session_state[keys.UPLOADS] = count + 1
        st.rerun()


def draw_troubles() -> None:
    """Files that could not be opened, each with its sentence, and files that need a password."""
    refused: list[str] = st.session_state.get(keys.REFUSED, [])
    if refused:
        with st.container(key="refused", horizontal=True):
            st.error("  \n".join(plain(sentence) for sentence in refused), icon=":material/block:")
            st.button("Dismiss", key="dismiss_refused", on_click=refused.clear, type="tertiary")
    for locked in list(get_desk().locked):
        _draw_locked(locked)
    for holder in list(st.session_state.get(keys.MEMBERS, [])):
        _draw_holder(holder)


def _draw_holder(holder: Holder) -> None:
    with st.container(key=f"members_{holder.sha256[:8]}", border=True):
        st.markdown(f":material/folder_open: {plain(holder.name)} holds files that can be read by themselves.")
        with st.container(horizontal=True):
            for number, name in enumerate(holder.members):
                key = f"member_{holder.sha256[:8]}_{number}"
                st.button(f"Open {plain(name)}", key=key, on_click=_open_member, args=(holder, number))
            key = f"dismiss_members_{holder.sha256[:8]}"
            st.button("Dismiss", key=key, on_click=_forget_holder, args=(holder,), type="tertiary")


def _open_member(holder: Holder, number: int) -> None:
    try:
        member = members_of(get_studio().document(holder.sha256))[number]
    except StudioError as error:
        refuse(str(error))
    else:
        take(get_desk(), member.data, member.name)


def _forget_holder(holder: Holder) -> None:
    st.session_state[keys.MEMBERS].remove(holder)


def _draw_locked(locked: Locked) -> None:
    number = locked.number
    with st.container(key=f"locked_{number}"), st.form(key=f"password_form_{number}"):
        st.markdown(f":material/lock: {plain(locked.message)}")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input("Password", type="password", key=f"password_{number}", width=280)
            st.form_submit_button("Open", key=f"unlock_{number}", on_click=_unlock, args=(locked,))
            st.form_submit_button(
                "Leave it out", key=f"dismiss_{number}", type="tertiary", on_click=_dismiss, args=(locked,)
            )


def _unlock(locked: Locked) -> None:
    try:
        password = st.session_state[f"password_{locked.number}"] or None
        document = get_studio().unlock(locked.sha256, locked.name, password)
    except (EncryptedDocument, WrongPassword) as error:
        locked.message = str(error)
    except StudioError as error:
        refuse(str(error))
        _dismiss(locked)
    else:
        desk = get_desk()
        desk.chosen = desk.put(document.sha256, locked.name, document.page_count).sha256
        get_studio().inbox.laid_on_desk(document)
        forget_widgets()
        _offer_members(document)
        _dismiss(locked)


def _dismiss(locked: Locked) -> None:
    get_desk().locked.remove(locked)


def draw_reopen(sha256: str, message: str) -> None:
    """Ask again for the password of a document that an earlier process opened: passwords are never kept on disk."""
    with st.form(key="reopen_form"):
        st.markdown(f":material/lock: {plain(st.session_state.pop(keys.REOPEN_ERROR, message))}")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input("Password", type="password", key=keys.REOPEN_INPUT, width=280)
            st.form_submit_button("Open", key="reopen", type="primary", on_click=_reopen, args=(sha256,))


def _reopen(sha256: str) -> None:
    try:
        get_studio().document(sha256, st.session_state[keys.REOPEN_INPUT] or None)
    except StudioError as error:
        st.session_state[keys.REOPEN_ERROR] = str(error)


def draw_samples() -> None:
    """Cards of the shipped samples; a click opens one."""
    found = samples()
    if not found:
        return
    st.markdown("**No document at hand? Try a sample**")
    with st.container(key="samples"):
        for column, (index, sample) in zip(st.columns(len(found)), enumerate(found), strict=True):
            with column, st.container(border=True, key=f"sample_card_{index}", gap="xsmall", height="stretch"):
                st.html(f'<img class="sample-picture" loading="lazy" alt="" src="{sample_address(index)}">')
                st.button(sample.title, key=f"sample_{index}", on_click=_open_sample, args=(sample,), width="stretch")
                st.caption(sample.about)


def _open_sample(sample: Sample) -> None:
    take(get_desk(), sample.path.read_bytes(), sample.name)
