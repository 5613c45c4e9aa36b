"""A type tried on the open documents, beside what its saved version gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.declared.definition import FieldDefinition, TypeDefinition
from core.errors import StudioError, TypeDefinitionError
from core.evidence import PageText
from core.extraction import Extraction
from core.review.edits import as_text
from pages.document_types_parts.type_draft import TRIALS, TypeDraft
from pages.shared.desk import OpenDocument
from pages.shared.frame import get_studio, plain
from pages.shared.session import get_desk

#: So many results are remembered by a session.
_MOST_KEPT = 30
#: Stands for a type where only a document's words are wanted.
_WORDS = TypeDefinition(name="words", title="Words", fields=(FieldDefinition(name="words", title="Words"),))


def try_draft(document: OpenDocument, definition: TypeDefinition) -> Extraction:
    """What ``definition`` reads on a document, without a model; nothing of it is kept but the words. Raises StudioError."""
    kept: dict[tuple[str, str, str], Extraction] = st.session_state.setdefault(TRIALS, {})
    pages = str(sorted(document.rotations.items()))
    key = document.sha256, pages, definition.model_dump_json()
    if key not in kept:
        with st.spinner("Reading the page …", show_time=True):
            refs = document.refs(document.group) if document.group.pages else None
            kept[key] = get_studio().try_type(document.sha256, document.name, refs, definition)
        for old in list(kept)[:-_MOST_KEPT]:
            del kept[old]
    return kept[key]


def words_of(document: OpenDocument) -> tuple[PageText, ...]:
    """The words of a document's pages. Raises StudioError."""
    return try_draft(document, _WORDS).page_texts


def draw_trial(draft: TypeDraft) -> None:
    """Each open document: what is read now, and what the saved version reads."""
    documents = [document for document in get_desk().documents if document.page_count]
    if not documents:
        st.info("No document is open: drop some under Example or in the Studio, and see here what is read on them.")
        return
    try:
        definition = draft.definition()
    except TypeDefinitionError as error:
        st.warning(plain(str(error)), icon=":material/help:")
        return
    for document in documents:
        try:
            now = try_draft(document, definition)
            before = try_draft(document, draft.saved) if draft.saved else None
        except StudioError as error:
            st.error(plain(f"{document.name}: {error}"), icon=":material/error:")
            continue
        _draw_one(document, now, before if draft.is_changed else None)


def _draw_one(document: OpenDocument, now: Extraction, before: Extraction | None) -> None:
    kind, extends = now.type, now.type.extends is not None  # of a type that ships what it reads by itself is no news
    rows = [
        {"Field": info.title, "Read now": as_text(now.value_at(info.name))}
        | ({"Before the change": _before(before, info.name)} if before else {})
        for info in (kind.added if extends else kind.header)
    ]
    for table in kind.tables:
        if extends and not kind.added_columns(table):
            continue
        count = _counted(now, table.name)
        told = {"Field": table.title, "Read now": count}
        rows.append(told | ({"Before the change": _table_before(before, table.name)} if before else {}))
    found = sum(bool(row["Read now"]) for row in rows)
    changed = sum(before is not None and row["Read now"] != row["Before the change"] for row in rows)
    words = f"{found} of {len(rows)} found" + (f" · {changed} changed" if before else "")
    with st.expander(f"{plain(document.name)} · {words}", expanded=True, icon=":material/description:"):
        st.dataframe(rows, hide_index=True, width="stretch")
        for finding in now.findings:
            if finding.check in ("declared", "mask", "allowed", "required"):
                st.markdown(f":orange[:material/help:] {plain(finding.message)}")


def _before(before: Extraction, path: str) -> str:
    return _without(lambda: as_text(before.value_at(path)))


def _table_before(before: Extraction, name: str) -> str:
    return _without(lambda: _counted(before, name))


def _without(look: Callable[[], Any]) -> str:
    """What is there; nothing where the version before had no such field."""
    try:
        return str(look())
    except (AttributeError, KeyError):
        return ""


def _counted(extraction: Extraction, name: str) -> str:
    """How many rows a table has; of one that ships those with something in the columns that were added."""
    kind = extraction.type
    table = kind.table(name)
    columns = kind.added_columns(table) if kind.extends else table.columns
    rows = kind.rows(extraction.values, table)
    count = sum(kind.extends is None or any(getattr(row, info.name) is not None for info in columns) for row in rows)
    return f"{count} {'row' if count == 1 else 'rows'}" if count else ""
