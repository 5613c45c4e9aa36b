"""What documents on the desk seem to be, and which documents a file seems to hold, before and after they are read."""

from __future__ import annotations

import streamlit as st

from core.errors import StudioError
from core.extraction import Extraction, PageRef
from core.recipe import AUTO, Recipe
from core.recognition.parts import Part
from core.schema.type_choice import TypeChoice
from pages.shared.desk import Group, OpenDocument
from pages.shared.frame import get_studio
from pages.shared.session import get_job

#: Which types there are: a name and a version each. What a document seems to be is asked anew when they change.
_Known = tuple[tuple[str, int], ...]


def titles_of_types() -> dict[str, str]:
    """Every type that a document can be read as: its title by its name."""
    return {kind.name: kind.title for kind in get_studio().types.types()}


def type_of(document: OpenDocument, group: Group) -> TypeChoice | None:
    """What a group of pages is: as it was read, else as its own text says; ``None`` where that cannot be told before it is read."""
    job = get_job(group.run) if group.run else None
    if job is not None and job.extraction is not None:
        read = job.extraction
        return read.recipe.type_choice or TypeChoice(
            type_name=read.type_name, known=True, reason="chosen by you", score=1
        )
    return _type_of_pages(document.sha256, document.refs(group), _known())


def parts_of(document: OpenDocument) -> tuple[Part, ...]:
    """The documents that a file seems to hold by its own text, where that is more than one and nobody decided yet."""
    if not document.to_split or len(document.groups) > 1:
        return ()
    return _several(_parts(document.sha256, _known()))


def parts_as_read(document: OpenDocument, run_id: str, extraction: Extraction) -> tuple[Part, ...]:
    """The same by what was read on its pages."""
    if not document.to_split or len(document.groups) > 1 or len(extraction.page_texts) < 2:
        return ()
    return _several(_parts_as_read(run_id, extraction, _known()))


def title_of(choice: TypeChoice | None) -> str:
    """What a document is called by its type; “Document” where that is not known."""
    if choice is None or not choice.known:
        return "Document"
    return titles_of_types().get(choice.type_name, choice.type_name)


def reading(recipe: Recipe, group: Group) -> Recipe:
    """``recipe`` as it reads a group: as what the person chose, else as the recipe says, else as what the pages say. Raises
    TypeDefinitionError."""
    if group.type_name:
        return get_studio().types.reading_as(recipe, group.type_name)
    return recipe.reading(AUTO)


def _several(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    return parts if len(parts) > 1 else ()


def _known() -> _Known:
    kinds = get_studio().types.types()
    return tuple((kind.name, kind.declared.version if kind.declared else 0) for kind in kinds)


@st.cache_data(show_spinner=False, max_entries=400)
def _type_of_pages(sha256: str, pages: tuple[PageRef, ...], known: _Known) -> TypeChoice | None:
    try:
        return get_studio().type_of_pages(get_studio().document(sha256), pages)
    except StudioError:  # whoever reads it is told why it cannot be
        return None


@st.cache_data(show_spinner=False, max_entries=100)
def _parts(sha256: str, known: _Known) -> tuple[Part, ...]:
    try:
        return get_studio().parts(get_studio().document(sha256))
    except StudioError:
        return ()


@st.cache_data(show_spinner=False, max_entries=100)
def _parts_as_read(run_id: str, _extraction: Extraction, known: _Known) -> tuple[Part, ...]:
    return get_studio().parts_of(_extraction.page_texts)
