"""The documents that can be compared: those on the desk, cases with truth, earlier ones, and files added here."""

from __future__ import annotations

import hashlib
from pathlib import Path

import streamlit as st

from core.comparison.row import Row
from core.comparison.sources import Source, case_sources, merge
from core.errors import DocumentError, StudioError
from core.extraction import PageRef
from pages.shared import keys
from pages.shared.desk import range_text
from pages.shared.frame import get_studio, plain
from pages.shared.samples import FOLDER
from pages.shared.session import get_desk

#: Runs that are looked through for earlier documents.
_RUNS = 500


def all_sources() -> list[Source]:
    """Everything there is to choose from, each document once: of what was read before, what this desk has read, or where
    the person asks for it what everybody has."""
    studio = get_studio()
    cases = case_sources([(studio.settings.data_dir / "cases", "Case"), (FOLDER, "Sample")])
    added: list[Source] = st.session_state.get(keys.COMPARE_ADDED, [])
    desk = get_desk()
    earlier = {
        run.document: desk.read.get(run.document, run.name)
        for run in studio.runs(_RUNS)
        if run.document in desk.read or everybodys()
    }
    return merge(_of_desk(), added, cases, [Source(sha256, name, "Read before") for sha256, name in earlier.items()])


def everybodys() -> bool:
    """Whether what others on this host have read and compared is shown too."""
    return bool(st.session_state.get(keys.COMPARE_EVERYBODYS))


def _of_desk() -> list[Source]:
    return [
        Source(document.sha256, document.name, "On the desk", document.refs(group))
        for document in get_desk().documents
        for group in document.groups
        if group.pages
    ]


def row_of(source: Source) -> Row:
    """The row that a source becomes; a case's document is opened and kept. Raises StudioError."""
    held: dict[str, Row] = st.session_state.setdefault(keys.COMPARE_ROWS, {})
    if source.key not in held:
        studio = get_studio()
        if source.path:
            studio.open(Path(source.path).read_bytes(), source.name)
        pages = source.pages
        if pages is None:
            pages = tuple(PageRef(number + 1) for number in range(studio.document(source.document).page_count))
        held[source.key] = Row(source.document, source.name, pages, source.truth)
    return held[source.key]


def rows_of(sources: list[Source]) -> tuple[list[Row], list[str]]:
    """The rows of ``sources``, and a sentence for each that cannot be opened."""
    rows, refused = [], []
    for source in sources:
        try:
            rows.append(row_of(source))
        except StudioError as error:
            refused.append(f"{source.name}: {error}")
        except OSError:
            refused.append(f"{source.name}: the case's file is gone.")
    return rows, refused


def draw_choice(sources: list[Source]) -> list[Source]:
    """The list to tick documents in; gives those ticked."""
    chosen: set[str] = st.session_state.setdefault(keys.COMPARE_CHOSEN, _first_choice(sources))
    digest = hashlib.sha256("|".join(source.key for source in sources).encode()).hexdigest()[:10]
    ticked = [place for place, source in enumerate(sources) if source.key in chosen]
    state = st.dataframe(
        {
            "Document": [source.name for source in sources],
            "From": [source.origin for source in sources],
            "Pages": [_pages(source) for source in sources],
            "Truth": ["known" if source.truth else "" for source in sources],
        },
        key=f"{keys.COMPARE_DOCUMENTS}_{digest}",
        hide_index=True,
        height="content" if len(sources) <= 9 else 350,
        column_config={
            "Document": st.column_config.TextColumn(width="medium"),
            "From": st.column_config.TextColumn(width=90),
            "Pages": st.column_config.TextColumn(width=60),
            "Truth": st.column_config.TextColumn(
                width=60,
                help="The right values are known: recipes are scored against them. Keep a reviewed record as a test case to "
                "have its truth here.",
            ),
        },
        on_select="rerun",
        selection_mode="multi-row",
        selection_default={"selection": {"rows": ticked}},
    )
    found = [sources[place] for place in state["selection"]["rows"] if place < len(sources)]
    st.session_state[keys.COMPARE_CHOSEN] = {source.key for source in found}
    return found


def _first_choice(sources: list[Source]) -> set[str]:
    """What is ticked at first: what lies on the desk, else every case with a truth of the person's own, else samples."""
    for origin in ("On the desk", "Case", "Sample"):
        if found := {source.key for source in sources if source.origin == origin}:
            return found
    return set()


def _pages(source: Source) -> str:
    return range_text(page.number for page in source.pages) if source.pages else "all"


def draw_upload() -> None:
    """Files to be compared that are not here yet. They are kept at once: an upload is gone after a page switch."""
    count = st.session_state.setdefault(keys.COMPARE_UPLOADS, 0)
    files = st.file_uploader(
        "PDF, picture or e-invoice XML; one file or many",
        accept_multiple_files=True,
        key=f"compare_files_{count}",
        max_upload_size=get_studio().defaults.limits.file_megabytes,
    )
    if not files:
        return
    for file in files:
        _add(file.getvalue(), file.name)
    st.session_state[keys.COMPARE_UPLOADS] = count + 1
    st.rerun()


def _add(data: bytes, name: str) -> None:
    try:
        document = get_studio().open(data, name)
    except StudioError as error:
        said = str(error) if isinstance(error, DocumentError) else f"{name}: {error}"
        st.session_state.setdefault(keys.COMPARE_TROUBLES, []).append(said)
        return
    pages = tuple(PageRef(number + 1) for number in range(document.page_count))
    source = Source(document.sha256, name, "Added", pages)
    st.session_state.setdefault(keys.COMPARE_ADDED, []).append(source)
    st.session_state.setdefault(keys.COMPARE_CHOSEN, set()).add(source.key)


def draw_troubles() -> None:
    """Files that could not be opened, once."""
    for sentence in st.session_state.pop(keys.COMPARE_TROUBLES, []):
        st.error(plain(sentence), icon=":material/block:")
