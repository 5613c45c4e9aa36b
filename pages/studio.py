"""The Studio page: documents in, checked records out. It asks where the chosen document stands and draws that."""

from __future__ import annotations

from contextlib import suppress

import streamlit as st

from core.errors import EncryptedDocument, StudioError
from pages.shared.desk import Desk, OpenDocument
from pages.shared.differences import draw_differences
from pages.shared.frame import get_studio, plain
from pages.shared.intake import draw_drop_zone, draw_reopen, draw_samples, draw_troubles
from pages.shared.session import begin_drawing, first_look, get_desk, get_job, keep_desk, mark_seen
from pages.studio_parts.desk_bar import draw_desk_bar, draw_reopen_closed
from pages.studio_parts.result import draw_result
from pages.studio_parts.save_ready import draw_batch
from pages.studio_parts.saving import draw_toast

#: Pages that can be looked at while a long document is read; all of them once it is.
_MOST_PICTURES = 20


def draw_page() -> None:
    """Draw what the desk calls for."""
    begin_drawing()
    desk = get_desk()
    draw_toast()
    first = st.empty()  # clears the empty state at once: nothing may move under the pointer when documents come
    draw_batch(desk)
    draw_differences()
    if desk.document is None:
        with first.container(key="empty_state"):
            _draw_empty()
    else:
        draw_desk_bar(desk)
        draw_troubles()
        _draw_document(desk, desk.document)
    keep_desk(desk)
    mark_seen()
    get_studio().warm()  # once there is something to look at


def _draw_empty() -> None:
    st.markdown("## Drop documents here to read them")
    st.markdown(
        "Invoices, receipts, orders, or types of your own. You get every value with its place on the page, checked and ready to save. "
        "Nothing leaves this machine."
    )
    draw_troubles()
    draw_reopen_closed(get_desk())
    draw_drop_zone("PDF, picture, Word, Excel, e-invoice XML or mail; one file or many")
    draw_samples()


def _draw_document(desk: Desk, document: OpenDocument) -> None:
    run = document.group.run
    if document.picking or run is None:
        _draw_picker(desk, document)
        return
    job = first_look(run)
    if job is not None and job.state == "done" and job.extraction is not None:
        draw_result(desk, document, run, job.extraction)
    else:
        _draw_unfinished(document, run)


def _draw_picker(desk: Desk, document: OpenDocument) -> None:
    from pages.studio_parts.picker import draw_picker

    try:
        get_studio().document(document.sha256)
    except EncryptedDocument as error:
        draw_reopen(document.sha256, str(error))
    except StudioError as error:
        st.error(plain(str(error)), icon=":material/error:")
    else:
        draw_picker(desk, document)


def _draw_unfinished(document: OpenDocument, run: str) -> None:
    from pages.shared.steps import draw_run
    from pages.studio_parts.picker import draw_group_choice

    if len(document.groups) > 1:
        draw_group_choice(document)
    left, right = st.columns([1, 1], gap="medium")
    with left, st.container(key="page_side"):
        _draw_pictures(document, run)
    with right:
        draw_run(document, run)
    job = get_job(run)
    if job is not None and job.state == "done" and job.extraction is not None:
        st.rerun()  # it ended while this was drawn: nobody would look again


def _draw_pictures(document: OpenDocument, run: str) -> None:
    """The pages that are being read, from the first moment on."""
    from pages.shared.viewer import draw_pages

    pages = document.refs(document.group)[:_MOST_PICTURES]
    if pages:
        with suppress(StudioError):  # the run says what is wrong with the document
            draw_pages(run, document.sha256, pages)


draw_page()
