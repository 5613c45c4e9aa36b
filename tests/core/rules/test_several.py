"""Several invoices in one choice of pages are told of; one invoice over several pages is not."""

from core.rules.header import Candidate
from core.rules.several import find_several


def number(value: str, page: int, score: float = 0.9) -> Candidate:
    """An invoice number read on a page (from 0)."""
    return Candidate("invoice_number", value, (), page, score, "beside", "Invoice no.")


def test_pages_with_numbers_of_their_own_are_several_invoices() -> None:
    """The sentence names both and says what to do."""
    finding = find_several([number("A-1", 0), number("B-7", 1)])
    assert finding is not None
    assert "A-1" in finding.message
    assert "split" in finding.message


def test_one_invoice_repeats_its_number() -> None:
    """Also where a page names another invoice besides."""
    assert find_several([number("A-1", 0), number("A-1", 1), number("B-7", 1)]) is None


def test_a_faint_number_proves_nothing() -> None:
    """A number under a label that means many things may be anything."""
    assert find_several([number("A-1", 0), number("B-7", 1, score=0.5)]) is None
    assert find_several([number("A-1", 0), number("B-7", 0)]) is None
