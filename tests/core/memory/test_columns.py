"""Heads of columns that no language file has are learnt from corrected lines."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from core.evidence import PageText
from core.memory.applying import take
from core.memory.columns import errors_in, learn_heads
from core.memory.lessons import Lesson
from core.memory.subject import subject_of_lesson
from core.notation import Notation
from core.rules.extractor import read_invoice
from core.stores.vendors import ColumnHead, Vendor
from tests.core.typeset import page_of

TABLE = """
Acme Tools
Invoice no. 4711
Description            Zork      Total
Rope, sisal            3         12.00
Lamp oil               {count}         {total}
Net total                        {sum}
"""


def page(count: str, total: str, whole: str) -> PageText:
    """An invoice whose lines have no price, and a count under a word that nobody knows."""
    return page_of(TABLE.format(count=count, total=total, sum=whole))


def lesson(count: str, total: str, whole: str, document: str) -> Lesson:
    """A document whose person gave the counts."""
    rows: list[dict[str, Any]] = [
        {"description": "Rope, sisal", "quantity": "3", "total_price": "12.00"},
        {"description": "Lamp oil", "quantity": count, "total_price": total},
    ]
    return Lesson(document, "invoice", (page(count, total, whole),), Notation(), {}, {}, {}, False, "en", tuple(rows))


ONE = lesson("2", "19.00", "31.00", "a")
OTHER = lesson("7", "14.00", "26.00", "b")


def test_errors_count_what_is_missing_and_what_is_too_much() -> None:
    """Each once."""
    right = [{"quantity": Decimal("2.0"), "description": "Rope"}]
    assert errors_in([{"quantity": Decimal(2), "description": "rope"}], right) == 0
    assert errors_in([{"quantity": Decimal(3)}], right) == 3


def test_a_head_that_mends_the_rows_is_taken_and_a_second_document_ends_its_trial() -> None:
    """And a head that is forgotten stays away."""
    found = learn_heads([], [ONE], [subject_of_lesson(ONE)], [])
    assert [(rule.habit, rule.state) for rule in found] == [(ColumnHead("quantity", "zork", "Zork"), "trial")]
    both = [ONE, OTHER]
    again = learn_heads(found, both, [subject_of_lesson(one) for one in both], [])
    assert {rule.state for rule in again} == {"active"}
    barred = [rule.habit for rule in found if isinstance(rule.habit, ColumnHead)]
    assert not learn_heads([], [ONE], [subject_of_lesson(ONE)], barred)


def test_the_next_document_is_read_by_the_head_that_was_learnt() -> None:
    """On trial it is asked about; what was read by itself is kept."""
    rules = tuple(learn_heads([], [ONE], [subject_of_lesson(ONE)], []))
    read = read_invoice([page("7", "14.00", "26.00")])
    plain = [item.quantity for item in read.values.line_items]
    after, learnt = take(Vendor("1", "Acme Tools", rules=rules), read, [page("7", "14.00", "26.00")])
    assert plain == [None, None]
    assert [item.quantity for item in after.values.line_items] == [Decimal(3), Decimal(7)]
    assert [one.path for one in learnt] == ["line_items"]
    assert [finding.check for finding in after.findings if finding.check == "learnt"] == ["learnt"]
