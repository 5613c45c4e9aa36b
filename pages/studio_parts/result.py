"""The result side by side: the page with its boxes on the left, form and raw views on the right."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import streamlit as st

from core.errors import StudioError
from core.extraction import Extraction
from core.recognition.parts import Part
from core.review.stops import stops
from core.schema.type_choice import TypeChoice
from core.studio import Reviewed
from pages.shared import keys
from pages.shared.desk import Desk, Group, OpenDocument
from pages.shared.form import draw_form
from pages.shared.frame import get_studio, plain
from pages.shared.intake import refuse
from pages.shared.keyboard import draw_keyboard, draw_keys
from pages.shared.lines import draw_lines, is_folded, take_changes
from pages.shared.money import dollars
from pages.shared.recognised import parts_as_read, titles_of_types
from pages.shared.session import ask_focus, forget_widgets, get_job, get_review, is_echo, set_widget
from pages.shared.starting import start
from pages.shared.steps import draw_steps, in_words
from pages.shared.viewer import draw_viewer
from pages.studio_parts.following import Place, following, is_saved, show
from pages.studio_parts.picker import draw_group_choice
from pages.studio_parts.saving import draw_save, draw_save_trouble
from pages.studio_parts.split_offer import draw_split_offer, pages_of
from pages.studio_parts.tabs import draw_checks, draw_raw_json, draw_raw_text

TABS = (keys.FORM_TAB, "Raw OCR text", "Raw JSON", "Checks")


def draw_result(desk: Desk, document: OpenDocument, run_id: str, extraction: Extraction) -> None:
    """Draw a finished run with the person's edits on it."""
    _go_on(desk, run_id)
    take_changes(run_id, extraction)
    if parts := parts_as_read(document, run_id, extraction):
        draw_split_offer(document, parts, lambda: _split(document, parts))
    reviewed, errors = get_review(run_id, extraction)
    _draw_head(desk, document, run_id, reviewed, errors)
    draw_save_trouble()
    if not extraction.extractor:
        _draw_nothing_read(document)
    left, right = st.columns([1, 1], gap="medium")
    with left, st.container(key="page_side"):
        _draw_page_side(run_id, extraction, reviewed)
    with right, st.container(key="form_side"):
        _draw_tabs(run_id, extraction, reviewed, errors)
    draw_keyboard()


def _draw_head(desk: Desk, document: OpenDocument, run_id: str, reviewed: Reviewed, errors: dict[str, str]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="result_bar"):
        why = plain(" ".join(stop.sentence for stop in stops(reviewed.extraction)))
        st.markdown(_verdict(reviewed.extraction), width="content", help=why or None)
        with st.popover(_summary(reviewed), type="tertiary", key="run_details"):
            _draw_type(document, reviewed.extraction)
            _draw_details(run_id, reviewed.extraction)
        _draw_unknown(reviewed.extraction)
        if len(document.groups) > 1:
            draw_group_choice(document)
        st.space("stretch")
        st.button(
            "Pages",
            key="choose_pages",
            icon=":material/grid_view:",
            on_click=_choose_pages,
            args=(document,),
            help="Choose pages again",
            type="tertiary",
        )
        draw_keys()
        place = following(desk)
        if draw_save(run_id, reviewed, errors, place is not None):
            _draw_next(desk, place)


def _draw_type(document: OpenDocument, extraction: Extraction) -> None:
    """What the document was read as and why; another choice reads it again."""
    titles = titles_of_types()
    titles.setdefault(extraction.type_name, extraction.type.title)  # a type that is out of use by now
    choice = extraction.recipe.type_choice
    group = document.group
    set_widget(keys.SHOWN_TYPE, extraction.type_name)
    st.selectbox(
        "Read as",
        list(titles),
        format_func=titles.__getitem__,
        key=keys.SHOWN_TYPE,
        width=260,
        on_change=_read_as,
        args=(document, group),
    )
    if choice is not None:
        st.caption(plain(_why(choice)))


def _draw_unknown(extraction: Extraction) -> None:
    """That nothing on the pages says what they are."""
    choice = extraction.recipe.type_choice
    if choice is not None and not choice.known:
        st.markdown(":orange-badge[:material/help: Type not known]", width="content", help=plain(_why(choice)))


def _why(choice: TypeChoice) -> str:
    if choice.known:
        return f"It {choice.reason}. Another choice reads it again."
    return f"What this is is not known: it {_as_clause(choice.reason)}. Choose its type in the list behind the count of fields."


def _as_clause(reason: str) -> str:
    return reason if not reason.startswith("nothing") else f"may be anything, {reason}"


def _read_as(document: OpenDocument, group: Group) -> None:
    """Read the document again as the type that the person chose."""
    if keys.SHOWN_TYPE not in st.session_state or is_echo(keys.SHOWN_TYPE):
        return
    group.type_name = st.session_state[keys.SHOWN_TYPE]
    _begin(document)


def _split(document: OpenDocument, parts: Sequence[Part]) -> None:
    document.split(pages_of(parts))
    _begin(document)


def _begin(document: OpenDocument) -> None:
    forget_widgets()
    try:
        start(document)
    except StudioError as error:
        refuse(f"{document.name}: {error}")


def _verdict(extraction: Extraction) -> str:
    if extraction.verdict == "approved":
        return ":green-badge[:material/check_circle: Ready]"
    return ":orange-badge[:material/rate_review: Needs review]"


def _summary(reviewed: Reviewed) -> str:
    extraction = reviewed.extraction
    kind = extraction.type
    found = sum(extraction.value_at(info.name) is not None for info in kind.header)
    usual = sum(not info.secondary or extraction.value_at(info.name) is not None for info in kind.header)
    lines = sum(len(kind.rows(extraction.values, table)) for table in kind.tables if not is_folded(table))
    seconds = sum(step.seconds for step in reviewed.extraction.steps)
    cost = _cost(reviewed.extraction)
    counted = f"{found} of {usual} fields · {lines} line{'' if lines == 1 else 's'}"
    return f"{kind.title} · {counted} · {in_words(seconds)}{cost}"


def _cost(extraction: Extraction) -> str:
    """What the run's calls to models cost, as far as prices are known; nothing where none was asked."""
    if not extraction.calls:
        return ""
    known = [call.cost for call in extraction.calls if call.cost is not None]
    return f" · {plain(dollars(sum(known, Decimal(0))))}" if known else " · no known price"


def _draw_details(run_id: str, extraction: Extraction) -> None:
    job = get_job(run_id)
    if job is not None:
        draw_steps(job)
    kind = f" · {extraction.document_type}" if extraction.document_type else ""
    st.caption(
        f"Extractor: {plain(extraction.extractor or 'none')} · language: {extraction.language or 'not told'}{kind}"
    )
    for call in extraction.calls:
        st.caption(
            f":material/cloud_upload: {plain(call.provider)} {plain(call.model)}, {plain(call.purpose)}: "
            f"{call.usage.input:,} tokens in, {call.usage.output:,} out, {plain(dollars(call.cost))}, {call.seconds:.1f} s"
            + ("" if call.outcome == "ok" else f", :orange[{plain(call.outcome)}]")
        )


def _draw_nothing_read(document: OpenDocument) -> None:
    """The way on where no extractor gave a value: the form is empty, and what went wrong stands in it."""
    with st.container(horizontal=True, vertical_alignment="center", key="nothing_read"):
        st.markdown(":orange[:material/error:] Nothing could be read: the form says why.", width="content")
        st.button(
            "Read it in another way",
            key="read_again",
            icon=":material/refresh:",
            on_click=_choose_pages,
            args=(document,),
        )


def _choose_pages(document: OpenDocument) -> None:
    document.picking = True
    forget_widgets()


def _draw_next(desk: Desk, place: Place | None) -> None:
    """The way on from a saved document."""
    if place is None:
        st.button("Done, clear the desk", key="next_document", type="primary", on_click=_clear, args=(desk,))
        return
    what = "Next in this file" if place.document is desk.document else "Next document"
    st.button(what, key="next_document", type="primary", shortcut="Ctrl+Enter", on_click=show, args=(desk, place))


def _go_on(desk: Desk, run_id: str) -> None:
    """Leave a document that was saved to go on."""
    if st.session_state.get(keys.GO_ON) != run_id or not is_saved(run_id):
        return
    st.session_state[keys.GO_ON] = None
    if place := following(desk):
        show(desk, place)
        st.rerun()


def _clear(desk: Desk) -> None:
    for document in list(desk.documents):
        desk.close(document.sha256)
    forget_widgets()


def _draw_page_side(run_id: str, extraction: Extraction, reviewed: Reviewed) -> None:
    if not extraction.pages:
        st.info("This document came from XML alone: there is no page to show.", icon=":material/code:")
        return
    try:
        get_studio().document(extraction.document)
    except StudioError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    clicked = draw_viewer(run_id, extraction, reviewed.extraction, st.session_state.get(keys.FOCUS))
    if clicked:
        ask_focus(clicked)
        st.rerun()


def _draw_tabs(run_id: str, extraction: Extraction, reviewed: Reviewed, errors: dict[str, str]) -> None:
    form, text, raw, checks = st.tabs(TABS, key=keys.TABS, on_change="rerun")
    if form.open:
        with form:
            draw_form(run_id, extraction, reviewed, errors)
            draw_lines(run_id, extraction, reviewed)
    if text.open:
        with text:
            draw_raw_text(extraction)
    if raw.open:
        with raw:
            draw_raw_json(reviewed.extraction)
    if checks.open:
        with checks:
            draw_checks(reviewed.extraction)
