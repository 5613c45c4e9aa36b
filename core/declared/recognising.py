"""Which declared type a document is of, by the words of its fields and what it calls itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from core.declared.definition import TypeDefinition
from core.declared.labelled import find_labels
from core.evidence import PageText
from core.notation.folding import fold
from core.page.layout import Layout

#: The share of a type's fields whose words stand on the pages: enough by themselves, and with the type's own heading.
_ENOUGH, _ENOUGH_HEADED = 0.7, 0.4
_LEAST_FIELDS = 3
#: How much surer one type must be than the next, and what a heading counts.
_CLEARLY, _HEADING = 0.1, 0.3


class Likeness(NamedTuple):
    """How much a document looks like one of a type: the share of its fields whose words stand there (0 to 1), and whether it
    calls itself so."""

    share: float
    headed: bool

    @property
    def score(self) -> float:
        """By which types are compared."""
        return self.share + _HEADING * self.headed


def likely_type(
    pages: Sequence[PageText], definitions: Sequence[TypeDefinition], is_invoice: bool
) -> TypeDefinition | None:
    """The one of ``definitions`` that the document whose first pages are ``pages`` is of, where one is clearly the likeliest. What ``is_invoice`` by
    its title stays one unless it bears the heading of a declared type."""
    layouts = [Layout(page) for page in pages]
    found = sorted(
        ((likeness_of(layouts, definition), definition) for definition in definitions),
        key=lambda one: -one[0].score,
    )
    if not found:
        return None
    best, definition = found[0]
    runner_up = found[1][0].score if len(found) > 1 else 0.0
    enough = best.share >= (_ENOUGH_HEADED if best.headed else _ENOUGH)
    few = best.share * len(definition.fields) < min(_LEAST_FIELDS, len(definition.fields))
    if not enough or few or best.score - runner_up < _CLEARLY or (is_invoice and not best.headed):
        return None
    return definition


def likeness_of(layouts: Sequence[Layout], definition: TypeDefinition) -> Likeness:
    """How much pages look like a document of ``definition``; only its very words count."""
    names = {
        label.name
        for number, layout in enumerate(layouts)
        for label in find_labels(definition.fields, layout, number)
        if label.likeness == 1
    }
    headings = {fold(words) for words in (*definition.headings, definition.title)}
    headed = any(segment.key in headings for layout in layouts for segment in layout.segments)
    return Likeness(len(names) / len(definition.fields), headed)
