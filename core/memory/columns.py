"""What the columns of a vendor's tables hold: heads that no language file has, learnt from corrected lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from math import ceil
from typing import Any

from core.memory.lessons import Lesson
from core.memory.subject import Subject
from core.notation.folding import squeeze
from core.page.layout import Layout, Segment
from core.rules.lexicon import Lexicon, load_lexicon
from core.rules.tables import ItemRow, read_line_items
from core.schema.document_type import Table
from core.stores.vendors import ColumnHead, VendorRule

#: A head has at most so many words; values stand within so many of its heights beside it.
_MOST_WORDS, _BESIDE = 4, 2.0
#: This share of a column's values must stand under its head.
_MOST_UNDER = 0.6
Rows = Sequence[Mapping[str, Any]]


def read_rows(subject: Subject, heads: Sequence[ColumnHead]) -> list[ItemRow]:
    """The rows of a document read with heads that were learnt."""
    known = frozenset((head.words, head.column) for head in heads)
    lexicon = _with_heads(known, subject.language)
    return read_line_items(subject.sheets.layouts, lexicon, subject.sheets.notation, subject.language)


@lru_cache(maxsize=64)
def _with_heads(heads: frozenset[tuple[str, str]], language: str | None) -> Lexicon:
    """The lexicon with heads of one vendor; one for each set of heads, as what tables ask of it is kept with it."""
    lexicon = load_lexicon()
    own: dict[str, dict[str, tuple[str, ...]]] = {
        words: {language or "en": (column,)} for words, column in sorted(heads)
    }
    return replace(lexicon, columns={**lexicon.columns, **own}) if own else lexicon


def cells_of(rows: Sequence[ItemRow], table: Table) -> list[dict[str, Any]]:
    """The rows as values by column."""
    texts = {info.name for info in table.columns if info.kind == "text"}
    return [{name: cell.text if name in texts else cell.value for name, cell in row.cells().items()} for row in rows]


def errors_in(rows: Rows, right: Rows) -> int:
    """How many values of ``rows`` are none of the ``right`` ones, and how many of these are not there."""
    mine, wanted = _counted(rows), _counted(right)
    return sum(((mine - wanted) + (wanted - mine)).values())


def _counted(rows: Rows) -> Counter[tuple[str, Any]]:
    return Counter(
        (name, value.normalize() if isinstance(value, Decimal) else squeeze(str(value)))
        for row in rows
        for name, value in row.items()
        if value is not None
    )


# --- learning -----------------------------------------------------------------------------------------------------


def learn_heads(
    known: Sequence[VendorRule], lessons: Sequence[Lesson], subjects: Sequence[Subject], barred: Sequence[ColumnHead]
) -> list[VendorRule]:
    """The heads that the lessons uphold: those ``known``, and what the newest teaches where the known ones leave errors."""
    rules = [rule for rule in known if rule.state != "retired"]
    heads = [rule.habit for rule in rules if isinstance(rule.habit, ColumnHead)]
    table = lessons[-1].kind.main_table
    if lessons[-1].rows is None or lessons[-1].exact or table is None:
        return list(known)
    fresh = _best_set(lessons[-1], subjects[-1], table, heads, barred)
    kept = [try_head(rule, heads + fresh, lessons, subjects) for rule in (*rules, *map(VendorRule, fresh))]
    names = {(head.words, head.column) for head in heads}
    return [
        *(rule for rule in known if rule.state == "retired"),
        *(
            rule
            for rule in kept
            if isinstance(rule.habit, ColumnHead)
            and ((rule.habit.words, rule.habit.column) in names or (rule.helped and not rule.hurt))
        ),
    ]


def _best_set(
    lesson: Lesson, subject: Subject, table: Table, known: list[ColumnHead], barred: Sequence[ColumnHead]
) -> list[ColumnHead]:
    """The fewest heads that mend most of a lesson's rows: all that its values stand under, without those that do nothing."""
    right = lesson.rows or ()
    plain = errors_in(cells_of(read_rows(subject, known), table), right)
    if not plain:
        return []

    def left(heads: list[ColumnHead]) -> int:
        return errors_in(cells_of(read_rows(subject, [*known, *heads]), table), right)

    forbidden = {(head.words, head.column) for head in (*barred, *known)}
    found = [head for head in _heads_above(subject, table, right) if (head.words, head.column) not in forbidden]
    best = left(found) if found else plain
    for head in list(found):
        fewer = [other for other in found if other is not head]
        if (errors := left(fewer) if fewer else plain) <= best:
            found, best = fewer, errors
    return found if best < plain else []


def _heads_above(subject: Subject, table: Table, right: Rows) -> Iterator[ColumnHead]:
    """For each column the words that most of its right values stand under."""
    lexicon = load_lexicon()
    for info in table.columns:
        values = [row[info.name] for row in right if row.get(info.name) is not None]
        places = [[(one.page.number, one.box) for one in subject.search.matches(info, value)] for value in values]
        best: tuple[int, float, Segment] | None = None
        for layout in subject.sheets.layouts:
            for segment in _possible_heads(layout):
                under = sum(
                    any(page == layout.number and _is_under(segment, box) for page, box in some) for some in places
                )
                if under >= max(1, ceil(_MOST_UNDER * len(values))) and (
                    best is None or (under, segment.y0) > best[:2]
                ):
                    best = under, segment.y0, segment
        if best is not None and info.name not in lexicon.column_kinds(best[2].key, subject.language)[:1]:
            yield ColumnHead(info.name, best[2].key, best[2].text.strip(" :"))


def _possible_heads(layout: Layout) -> Iterator[Segment]:
    for line in layout.lines:
        if len(line.segments) > 1:
            yield from (
                segment for segment in line.segments if segment.key.isalpha() and len(segment.tokens) <= _MOST_WORDS
            )


def _is_under(head: Segment, box: Any) -> bool:
    slack = _BESIDE * head.height
    return bool(box.y0 > head.y0 + 0.5 * head.height and box.x0 < head.x1 + slack and box.x1 > head.x0 - slack)


def try_head(
    rule: VendorRule, heads: Sequence[ColumnHead], lessons: Sequence[Lesson], subjects: Sequence[Subject]
) -> VendorRule:
    """``rule`` with its tally: what the rows of each lesson are with all heads, and with all but this."""
    helped = hurt = tied = 0
    documents = set()
    for lesson, subject in zip(lessons, subjects, strict=True):
        table = lesson.kind.main_table
        if lesson.rows is None or lesson.exact or table is None:
            continue
        errors = [
            errors_in(cells_of(read_rows(subject, some), table), lesson.rows)
            for some in (heads, [head for head in heads if head != rule.habit])
        ]
        helped += errors[0] < errors[1]
        hurt += errors[0] > errors[1]
        tied += errors[0] == errors[1]
        if errors[0] < errors[1]:
            documents.add(lesson.document)
    active = not hurt and (len(documents) > 1 or rule.state == "active")
    state = "retired" if hurt > helped else "active" if active else "trial"
    return replace(rule, state=state, helped=helped, hurt=hurt, tied=tied, agreed=len(documents))  # type: ignore[arg-type]
