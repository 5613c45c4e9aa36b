"""What a document that comes in is to be read as: a declared type whose words and heading it bears, else what the recipe says."""

from __future__ import annotations

from collections.abc import Sequence

from core.declared.definition import TypeDefinition
from core.declared.recognising import likely_type
from core.documents import Document
from core.errors import StudioError
from core.evidence import TEXT_LAYER, PageText
from core.recognition import recognise
from core.rules.lexicon import load_lexicon
from core.rules.reading import Reading

#: A document says what it is on its first pages.
_PAGES = 2
#: From this score on a title says that a document is an invoice.
_SAYS_SO = 0.6


def guess_type(document: Document, definitions: Sequence[TypeDefinition]) -> str | None:
    """The name of the declared type that a document is of, by the text of its first pages; ``None`` where none is clearly the
    likeliest, or there is no text to look at before it is recognised."""
    if not definitions:
        return None
    pages = list(_pages(document))
    if not pages:
        return None
    told = recognise(Reading(pages, load_lexicon()))
    found = likely_type(
        pages, definitions, bool(told.title) and told.document_type != "other" and told.score >= _SAYS_SO
    )
    return found.name if found else None


def _pages(document: Document) -> list[PageText]:
    found = []
    for number in range(1, min(document.page_count, _PAGES) + 1):
        try:
            page = document.page(number, 0)
            words = page.text_layer().words
        except StudioError:
            continue  # a page that cannot be looked at says nothing here; reading it says why
        if words:
            found.append(PageText(number, page.width, page.height, tuple(words), TEXT_LAYER))
    return found
