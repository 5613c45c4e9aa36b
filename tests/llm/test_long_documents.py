"""Documents that are longer than a model's window: what goes, what stays, and how the parts become one invoice."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from core.call import ModelName
from core.errors import ReplyCutOff
from core.invoice.model import Invoice, LineItem
from core.llm.extractor import LlmExtractor
from core.llm.merge import merge
from core.llm.messages import PageShown
from core.llm.packing import Room, carries_values, pack
from core.llm.provider import Ask, Reply
from core.llm.schema import DocumentAnswer, answer
from tests.llm.made_models import FakeModels, page_of, request_of, said, text_of

TERMS = "The customer shall pay within the agreed time and bear all costs of late payment. " * 20
HEADER = "Acme Tools Ltd\nInvoice R-7\nDate 2024-05-06"
TABLE = "\n".join(f"{n} Widget {n}.50 {n}.50" for n in range(1, 40))


def shown(*texts: str) -> list[PageShown]:
    """Pages with these texts."""
    return [PageShown(number, text) for number, text in enumerate(texts, 1)]


def numbers(packed: Any) -> list[list[int]]:
    """The page numbers of each part."""
    return [[page.number for page in part] for part in packed.parts]


def test_what_fits_is_sent_whole() -> None:
    """Terms and conditions stay where there is room."""
    packed = pack(shown(HEADER, TERMS, TABLE), Room(100_000, 10))
    assert (numbers(packed), packed.left_out) == ([[1, 2, 3]], ())


def test_pages_without_values_go_first_and_are_named() -> None:
    """Header and tables stay."""
    packed = pack(shown(HEADER, TERMS, TABLE, "", TERMS), Room(620, 10))
    assert (numbers(packed), packed.left_out) == ([[1, 3]], (2, 4, 5))


def test_what_has_values_is_split_in_page_order() -> None:
    """No page is lost; one that is longer than the window is cut between lines."""
    packed = pack(shown(HEADER, TABLE, TABLE), Room(500, 10))
    assert numbers(packed) == [[1, 2], [3]]
    packed = pack(shown(TABLE), Room(200, 10))
    assert "\n".join(part[0].text for part in packed.parts) == TABLE
    assert len(packed.parts) > 1


def test_a_page_of_amounts_or_a_mere_picture_carries_values() -> None:
    """Only running text and empty pages do not."""
    from core.llm.provider import Image

    assert [carries_values(page) for page in shown(HEADER, TABLE, TERMS, " ")] == [True, True, False, False]
    assert carries_values(PageShown(1, "", Image(b"", "image/jpeg")))


def part(**values: Any) -> DocumentAnswer:
    """What was read of one part."""
    return answer(Invoice(**values), "invoice", "en")


def item(text: str, amount: str | None = "1.00", **more: Any) -> LineItem:
    """A line."""
    return LineItem(description=text, total_price=amount, **more)


def test_parts_become_one_invoice() -> None:
    """The first name, the last total, all lines in order; what differs is told."""
    merged = merge(
        [
            part(invoice_number="R-7", vendor_name="Acme", total_amount="10.00", line_items=(item("A"), item("B"))),
            part(invoice_number="R-8", due_date="2024-06-01", total_amount="30.00", line_items=(item("C"),)),
        ],
        "A B C",
    )
    invoice = merged.reading.values
    assert (invoice.invoice_number, invoice.total_amount) == ("R-7", Decimal("30.00"))
    assert str(invoice.due_date) == "2024-06-01"
    assert [line.description for line in invoice.line_items] == ["A", "B", "C"]
    assert [(f.fields, f.proposed) for f in merged.findings] == [(("invoice_number",), "R-8")]


def test_carried_sums_and_doubled_lines_are_no_items() -> None:
    """A line at the seam that is printed once counts once; printed twice, twice."""
    carried = item("Carried forward", "2.00")
    first, second = part(line_items=(item("Widget A"), carried)), part(line_items=(carried, item("Widget A")))
    twice = merge([first, second], "Widget A\nWidget A")
    assert [line.description for line in twice.reading.values.line_items] == ["Widget A", "Widget A"]
    seam = [part(line_items=(item("Widget A"),)), part(line_items=(item("Widget A"), item("Reporting tool")))]
    once = merge(seam, "Widget A 1.00\nReporting tool 1.00")
    assert [line.description for line in once.reading.values.line_items] == ["Widget A", "Reporting tool"]


def answer_for_pages(ask: Ask) -> dict[str, Any]:
    """A model that reads the widgets it is shown."""
    shown_text = said(ask.question)
    items = [
        {"description": f"Widget {n}", "quantity": "1", "unit_price": "1.00", "total_price": "1.00"}
        for n in range(1, 400)
        if f"Widget-{n} " in shown_text
    ]
    invoice = {"invoice_number": "R-7" if "Invoice R-7" in shown_text else None, "line_items": items}
    return {"document_type": "invoice", "language": "en", "invoice": invoice}


def long_pages(count: int) -> list[Any]:
    """Pages with twenty widgets each, numbered through."""
    pages = []
    for page in range(count):
        rows = [f"Widget-{20 * page + row} here  1  1.00  1.00" for row in range(1, 21)]
        pages.append(page_of(("Invoice R-7", *rows) if page == 0 else rows, page + 1))
    return pages


def test_a_document_over_several_windows_is_asked_about_in_parts() -> None:
    """Every line comes back once, and the person is told."""
    models = FakeModels(answer_for_pages, context=5000, output=1000)
    draft = LlmExtractor(models).extract(request_of(*long_pages(8)))
    assert draft is not None
    assert len(models.asked) > 1
    assert [line.description for line in draft.values.line_items] == [f"Widget {n}" for n in range(1, 161)]
    assert draft.values.invoice_number == "R-7"
    assert any(f.check == "parts" and "parts" in f.message for f in draft.findings)
    assert "only a part of the document" in said(models.asked[1].question)


def test_a_reply_that_no_limit_can_hold_is_asked_for_in_halves() -> None:
    """The model writes at most thirty lines here; eighty are read."""

    def answer(ask: Ask) -> Reply | dict[str, Any]:
        found = answer_for_pages(ask)
        if len(found["invoice"]["line_items"]) > 30:
            return Reply(text_of(found)[:900], model=ModelName("fake", "small"), finish="cut off")
        return found

    models = FakeModels(answer, output=8192)
    draft = LlmExtractor(models).extract(request_of(*long_pages(4)))
    assert draft is not None
    assert len(draft.values.line_items) == 80
    assert any("in parts" in finding.message for finding in draft.findings)


def test_a_page_that_cannot_be_split_ends_in_a_clear_error() -> None:
    """With what came of the reply."""
    half = Reply('{"document_type": ', model=ModelName("fake", "small"), finish="cut off")
    with pytest.raises(ReplyCutOff, match="choose a model that can write more") as error:
        LlmExtractor(FakeModels(half, output=4000)).extract(request_of(page_of(("Total 1.00",))))
    assert error.value.raw


def test_what_was_left_out_is_a_finding() -> None:
    """Never silently."""
    prose = ["word " * 12 for _ in range(60)]
    pages = [page_of(("Invoice R-7", "Total 119.00")), page_of(prose, 2), page_of(prose, 3), page_of(prose, 4)]
    models = FakeModels(context=4600, output=1000)
    draft = LlmExtractor(models).extract(request_of(*pages))
    assert draft is not None
    left = [f for f in draft.findings if f.check == "left_out"]
    assert len(left) == 1
    assert "page" in left[0].message
    assert "left out" in left[0].message
    assert len(models.asked) == 1
