"""Which of the types that there are a document is of. Invoices stay invoices unless the page clearly says something else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from core.document_types import USUAL
from core.recognition.likeness import Likeness, likeness_of, names_of
from core.recognition.recognition import Labelled, Recognition, recognise
from core.recognition.titles import find_number, find_titles, is_invoices, is_slips
from core.schema.document_type import DocumentType
from core.schema.type_choice import TypeChoice

#: The share of a type's fields whose words stand on the pages: enough by themselves, where its name stands on them too, and
#: where that is what they call themselves.
_ENOUGH, _ENOUGH_HEADED, _ENOUGH_TITLED = 0.7, 0.4, 0.25
_LEAST_FIELDS = 3
#: How much surer one type must be than the next, and what a heading counts.
_CLEARLY, _HEADING = 0.1, 0.3
#: From this score on a title says that a document is an invoice.
_SAYS_SO = 0.6
#: A till receipt is this many times higher than wide.
_STRIP = 1.75
#: A time of day, as tills print it.
_CLOCK = re.compile(r"(?<![\d:])(?:[01]?\d|2[0-3]):[0-5]\d(?!\d)")
#: How sure the type is that a number alone tells.
_BY_NUMBER = 0.6
#: The kind that tells of tills, within invoices and as a type of its own.
RECEIPT = "receipt"
_LIKE_SLIP = "has the shape and the words of a till receipt"


class _Rival(NamedTuple):
    """A type with what speaks for it. ``headed``: its name stands on the page; ``titled``: it is what the page calls itself."""

    kind: DocumentType
    like: Likeness
    headed: bool
    titled: bool

    @property
    def score(self) -> float:
        """By which types are compared."""
        return self.like.share + _HEADING * self.headed

    def is_enough(self, says_otherwise: bool) -> bool:
        """Whether its words suffice; of a document that calls itself something else its name must stand there besides."""
        if not self.like.of or self.like.found < min(_LEAST_FIELDS, self.like.of):
            return False
        if self.titled:
            return self.like.share >= _ENOUGH_TITLED
        if says_otherwise:
            return self.headed and self.like.share >= _ENOUGH
        return self.like.share >= (_ENOUGH_HEADED if self.headed else _ENOUGH)


def choose_type(reading: Labelled, kinds: Sequence[DocumentType]) -> TypeChoice:
    """The one of ``kinds`` that the document of ``reading`` (its first pages) is of; the usual type, and that this is not known, where
    nothing speaks for any."""
    others = [kind for kind in kinds if kind.base is not USUAL]
    names = {words: kind.name for kind in sorted(others, key=_is_declared) for words in names_of(kind)}
    told = recognise(reading, names)
    rivals = [_rival(reading, kind, told) for kind in others]
    if declared := _by_words(rivals, told):
        return _chosen(declared, told)
    if titled := next((rival for rival in rivals if rival.titled), None):
        return TypeChoice(type_name=titled.kind.name, known=True, reason=_says(told.title), score=told.score)
    receipt = next((kind for kind in others if RECEIPT in kind.told_kinds), None)
    if receipt and is_till_slip(reading, told):
        reason = _says(told.title) if told.title else _LIKE_SLIP
        return TypeChoice(type_name=receipt.name, known=True, reason=reason, score=told.score)
    return _by_number(reading, told, others) or _usual(reading, told)


def _is_declared(kind: DocumentType) -> bool:
    """Declared types come last where a name is looked up: what a person declared is meant before what ships."""
    return kind.definition is not None


def _rival(reading: Labelled, kind: DocumentType, told: Recognition) -> _Rival:
    names = names_of(kind)
    headed = any(segment.key in names for layout in reading.layouts for segment in layout.segments)
    titled = told.other == kind.name
    return _Rival(kind, likeness_of(reading.layouts, kind), headed or titled, titled)


def _by_words(rivals: Sequence[_Rival], told: Recognition) -> _Rival | None:
    """The type for which the words of its fields speak, where it is clearly the likeliest; a document that calls itself an invoice, or
    something else, must bear its name too."""
    ranked = sorted(rivals, key=lambda rival: -rival.score)
    says_otherwise = bool(told.title) and told.score >= _SAYS_SO
    if not ranked or not ranked[0].is_enough(says_otherwise):
        return None
    runner_up = ranked[1].score if len(ranked) > 1 else 0.0
    return ranked[0] if ranked[0].score - runner_up >= _CLEARLY else None


def _chosen(best: _Rival, told: Recognition) -> TypeChoice:
    reasons = [_says(told.title)] if best.titled else [f"bears the words “{best.kind.title}”"] if best.headed else []
    reasons.append(f"has {best.like.found} of the {best.like.of} labels of {_with_article(best.kind.title)}")
    return TypeChoice(
        type_name=best.kind.name, known=True, reason=" and ".join(reasons), score=round(min(best.score, 0.99), 2)
    )


def is_till_slip(reading: Labelled, told: Recognition) -> bool:
    """Whether the document is a receipt of a till and does not call itself an invoice anywhere."""
    slips = any(is_slips(label.text) for label in reading.number_labels)
    if told.document_type == "other" or calls_itself_invoice(reading) or not (told.document_type == RECEIPT or slips):
        return False
    first = reading.layouts[0]
    titled = any(title.kind == RECEIPT for title in find_titles(first))
    return titled or first.height > _STRIP * first.width or any(_CLOCK.search(line.text) for line in first.lines)


def _by_number(reading: Labelled, told: Recognition, kinds: Sequence[DocumentType]) -> TypeChoice | None:
    """A type without sums by the number that a page gives itself in its name, where nothing on the page speaks of an invoice or of money."""
    if told.title or not reading.layouts or reading.sum_labels or calls_itself_invoice(reading):
        return None
    for kind in kinds:
        if not kind.total and (number := find_number(reading.layouts[0], names_of(kind))):
            reason = f"gives itself the number “{number}” as {_with_article(kind.title.lower())}"
            return TypeChoice(type_name=kind.name, known=True, reason=reason, score=_BY_NUMBER)
    return None


def calls_itself_invoice(reading: Labelled) -> bool:
    """Whether a title, or the label of its number, calls the document an invoice."""
    if any(title.kind in ("invoice", "credit note") for title in find_titles(reading.layouts[0])):
        return True
    return any(is_invoices(label.text) for label in reading.number_labels)


def _usual(reading: Labelled, told: Recognition) -> TypeChoice:
    """The usual type, and whether anything speaks for it."""
    if told.document_type == "other":
        what = f"calls itself “{told.title}”" if told.title else f"looks like {_with_article(told.other)}"
        return TypeChoice(type_name=USUAL.name, known=False, reason=f"{what}, and there is no such type here")
    if told.title:
        reason = _says(told.title)
    elif told.document_type == RECEIPT:
        reason = _LIKE_SLIP
    elif labels := [label for label in reading.number_labels if is_invoices(label.text)] or reading.sum_labels:
        reason = f"has the label “{labels[0].text.strip(' :#')}”"
    else:
        empty = not any(layout.lines for layout in reading.layouts)
        reason = "nothing can be read on it" if empty else "nothing on it says what it is"
        return TypeChoice(type_name=USUAL.name, known=False, reason=reason)
    return TypeChoice(type_name=USUAL.name, known=True, reason=reason, score=told.score)


def _says(title: str) -> str:
    return f"says “{title}” at the top"


def _with_article(words: str) -> str:
    return f"{'an' if words[:1].lower() in 'aeiou' else 'a'} {words}"
