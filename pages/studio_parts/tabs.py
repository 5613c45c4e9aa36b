"""What stands behind the form: the raw OCR text, the raw JSON, and the checks with the reason for every value."""

from __future__ import annotations

from html import escape

import streamlit as st

from core.errors import StudioError
from core.evidence import Evidence
from core.extraction import Extraction, Finding, Provenance
from core.llm.layout_text import layout_text
from core.review.edits import as_text
from core.review.stops import stops
from core.review.trust import CONFIRMED, PROPOSED, by_severity, reasons_for, trust
from core.schema.document_type import DocumentType
from core.validation.rule_words import rule_words
from pages.shared.frame import get_studio, plain
from pages.shared.sent import draw_sent
from pages.shared.session import ask_focus
from pages.shared.signs import COLOURS, ICONS, SEVERITY_LEVEL

_BY_HAND = {
    "typed": "typed by you",
    "drawn": "drawn by you",
    CONFIRMED: "confirmed by you",
    PROPOSED: "taken from the proposal",
}
#: How the words on the page stand to the value; what reads the same needs no word.
_METHOD_WORDS = {
    "format": ", written otherwise",
    "fuzzy": ", something alike",
    "lines": ", over several lines",
    "drawn": ", in your box",
}
_SEVERITY_WORDS = {"error": "Errors", "warning": "Warnings", "info": "Notes"}


def draw_raw_text(extraction: Extraction) -> None:
    """The text of every page as it was read, to search and copy: its columns and rows stand as on the page."""
    if not extraction.page_texts:
        st.info("The file is invoice XML: no page was read.", icon=":material/code:")
        return
    wanted = st.text_input(
        "Search in the text",
        key="search_text",
        placeholder="Search in the text",
        type="search",
        label_visibility="collapsed",
        icon=":material/search:",
    ).strip()
    for page in extraction.page_texts:
        lines = layout_text(page.as_read()).split("\n")
        shown = [line for line in lines if wanted.casefold() in line.casefold()]
        found = f" · {len(shown)} of {len(lines)} lines" if wanted else f" · {len(page.words)} words"
        st.markdown(f"**Page {page.page}**{found}")
        st.caption(plain(page.note or f"Read by {page.engine}."))
        if page.recognised:
            _draw_cleanup(extraction, page.page)
        if shown and (wanted or page.words):
            st.code("\n".join(shown), language=None)
        elif not page.words:
            st.caption("No words were found on this page.")


def _draw_cleanup(extraction: Extraction, page: int) -> None:
    if not st.toggle(
        "Before and after clean-up",
        key=f"cleanup_{page}",
        help="The page as it came, and as it was laid for reading. Settings say which steps are taken.",
    ):
        return
    try:
        before, after = get_studio().before_and_after(extraction, page)
    except StudioError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    left, right = st.columns(2)
    left.image(before, caption="As it came")
    right.image(after, caption="As it was read")


def draw_raw_json(extraction: Extraction) -> None:
    """The extraction as one JSON object, as the command line gives it."""
    import json

    from core.extraction_json import to_json

    text = json.dumps(to_json(extraction), indent=2, ensure_ascii=False)
    name = extraction.name.rsplit(".", 1)[0]
    st.download_button(
        "Download JSON",
        text,
        f"{name}.json",
        "application/json",
        key="download_json",
        icon=":material/download:",
        on_click="ignore",
    )
    st.code(text, language="json", height=640)
    for call in extraction.calls:
        with st.expander(f"What was sent: {plain(call.model)}, {plain(call.purpose)}", icon=":material/cloud_upload:"):
            draw_sent(call)
    if extraction.raw:
        with st.expander(f"Raw reply of the extractor “{plain(extraction.extractor)}”"):
            st.code(extraction.raw, language=None, wrap_lines=True, height=400)


def draw_checks(extraction: Extraction) -> None:
    """The verdict, the findings (each leads to its field), and the reason for every value."""
    _draw_verdict(extraction)
    findings = by_severity(list(extraction.findings))
    for severity, title in _SEVERITY_WORDS.items():
        some = [(index, finding) for index, finding in enumerate(findings) if finding.severity == severity]
        if some:
            st.markdown(f"##### {title}")
        for index, finding in some:
            _draw_finding(extraction.type, index, finding)
    st.markdown("##### Why each value")
    st.html(why_html(why_rows(extraction)))


def _draw_verdict(extraction: Extraction) -> None:
    if extraction.verdict == "approved":
        st.markdown(":green[:material/check_circle: **Ready**] – every required value is sure and no check fails.")
    else:
        st.markdown(
            f":orange[:material/rate_review: **Needs review**] – {plain(' '.join(stop.sentence for stop in stops(extraction)))}"
        )


def _draw_finding(kind: DocumentType, index: int, finding: Finding) -> None:
    level = SEVERITY_LEVEL[finding.severity]
    icon = ":material/info:" if finding.severity == "info" else ICONS[level]
    colour = "gray" if finding.severity == "info" else COLOURS[level]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f":{colour}[{icon}] {plain(finding.message)}")
        if finding.fields:
            st.button(
                kind.title_of(finding.fields[0]),
                key=f"finding_{index}",
                icon=":material/arrow_forward:",
                icon_position="right",
                type="tertiary",
                on_click=ask_focus,
                args=(finding.fields[0],),
            )


def why_rows(extraction: Extraction) -> list[dict[str, str]]:
    """For every value: how sure it is, who found it, by which rule and label, where it stands, and the reasons."""
    rows = []
    for path, _, value in extraction.walk():
        if value is None:
            continue
        source, evidence = extraction.provenance.get(path), extraction.evidence.get(path)
        rows.append(
            {
                "Field": extraction.type.title_of(path),
                "Value": as_text(value),
                "Confidence": trust(extraction, path).words,
                "Found": found_words(source) if source else "",
                "Stands on": place_words(evidence),
                "Why": "; ".join(reasons_for(extraction, path)),
            }
        )
    return rows


def why_html(rows: list[dict[str, str]]) -> str:
    """The rows as a table whose cells are never cut. Their texts are a document's words: escaped."""
    titles = list(rows[0]) if rows else []
    head = "".join(f"<th>{escape(title)}</th>" for title in titles)
    body = "".join(f"<tr>{''.join(f'<td>{escape(text)}</td>' for text in row.values())}</tr>" for row in rows)
    return f'<table class="why"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def found_words(source: Provenance) -> str:
    """Where a value came from, in plain words."""
    return _BY_HAND.get(source.rule) or rule_words(source.rule) or source.extractor


def place_words(evidence: Evidence | None) -> str:
    """Where a value stands, in plain words."""
    return f"page {evidence.page}{_METHOD_WORDS.get(evidence.method, '')}" if evidence else "not found on the page"
