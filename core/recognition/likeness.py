"""How much pages look like documents of a type: the words of its fields on them, and what they call themselves."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from core.declared.labelled import find_labels
from core.declared.words import HEADINGS, words_of
from core.notation.folding import fold
from core.page.layout import Layout
from core.recognition.titles import called, phrases_for
from core.schema.document_type import DocumentType


class Likeness(NamedTuple):
    """How many of a type's fields have their words on the pages, of how many whose words are known."""

    found: int
    of: int

    @property
    def share(self) -> float:
        """0 to 1; 0 for a type of whose words nothing is known."""
        return self.found / self.of if self.of else 0.0


def likeness_of(layouts: Sequence[Layout], kind: DocumentType) -> Likeness:
    """How much pages look like a document of ``kind`` by the words of its fields; only its very words count."""
    fields = kind.definition.fields if kind.definition else ()
    names = {
        label.name
        for number, layout in enumerate(layouts)
        for label in find_labels(fields, layout, number)
        if label.likeness == 1
    }
    return Likeness(len(names), len(fields))


@lru_cache(maxsize=256)
def names_of(kind: DocumentType) -> frozenset[str]:
    """The folded words with which documents of ``kind`` call themselves, in every language in which they are known. What invoices call
    themselves is nobody else's name."""
    if kind.definition:
        own = (*kind.definition.headings, kind.title)
        more: Sequence[str] = ()
    else:
        own = (kind.title, *kind.told_kinds)
        more = words_of(kind).get(HEADINGS, ()) if kind.words else ()
    found = {fold(words) for words in (*own, *more) if (known := called(words)) is None or known.kind == "other"}
    for words in own:  # “Delivery note” is known as “Lieferschein” too
        if (known := called(words)) is not None and known.other:
            found |= phrases_for(known.other)
    return frozenset(found)
