"""One text on one document is one value, whoever reads it: rules, the person's form, a model's reply."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest

from core.extraction import Extraction, PageRef
from core.invoice.document_type import INVOICE
from core.llm.extractor import LlmExtractor
from core.notation import Notation, notation_of, notation_of_text
from core.notation.typed import parse_value
from core.recipe import Recipe
from core.rules.extractor import read_invoice
from tests.core.rules.pages import page
from tests.llm.made_models import REPLY, FakeModels, request_of

BRITISH = """
Northfield Paper Ltd
12 Mill Lane, Leeds LS1 4AB
Invoice number: N-17
Invoice date: 03/04/2024
Due date: 28/04/2024
Total: £1,250.00
"""
AMERICAN = """
Northfield Paper Inc.
12 Mill Lane, Springfield, IL 62701
Invoice number: N-17
Invoice date: 03/04/2024
Total: $1,250.00
"""
GERMAN = """
Nordpapier GmbH
Rechnung Nr. N-17
Rechnungsdatum: 03.04.2024
Gesamtbetrag: 1.250,00 €
"""


@pytest.mark.parametrize(
    ("text", "issued"), [(BRITISH, date(2024, 4, 3)), (AMERICAN, date(2024, 3, 4)), (GERMAN, date(2024, 4, 3))]
)
def test_rules_form_and_model_read_one_date(text: str, issued: date) -> None:
    """``03/04/2024`` on a British invoice is the 3rd of April to all three of them, on an American one the 4th of March."""
    pages = (page(text, engine="rapid"),)
    draft = read_invoice(list(pages))
    printed = "03.04.2024" if text is GERMAN else "03/04/2024"
    assert draft.values.invoice_date == issued
    extraction = Extraction(
        document="0" * 64,
        name="a.pdf",
        pages=(PageRef(1),),
        recipe=Recipe(),
        values=draft.values,
        language=draft.language,
        page_texts=pages,
    )
    assert parse_value(INVOICE.field_of("invoice_date"), printed, extraction.own_notation) == issued
    reply = {**REPLY, "language": draft.language, "invoice": {**REPLY["invoice"], "invoice_date": printed}}
    read = LlmExtractor(FakeModels(json.dumps(reply))).extract(request_of(*pages))
    assert read is not None
    assert read.values.invoice_date == issued


def test_a_form_keeps_what_the_rules_found_out_about_the_order_of_dates() -> None:
    """Where only the due date tells that the month comes first, the form reads by it too."""
    draft = read_invoice([page("Invoice number: 7\nInvoice date: 04/11/2024\nDue date: 05/02/2024\nTotal: 10.00")])
    assert draft.values.invoice_date == date(2024, 4, 11)
    assert draft.notation == Notation(".", month_first=True)


def test_one_point_before_three_digits_groups_thousands_in_a_german_document() -> None:
    """``1.234`` is 1234 where the document marks decimals with a comma, and 1.234 where with a point."""
    german, english = notation_of([page(GERMAN)], "de"), notation_of([page(BRITISH)], "en")
    assert parse_value(INVOICE.field_of("total_amount"), "1.234", german) == Decimal(1234)
    assert parse_value(INVOICE.field_of("total_amount"), "1.234", english) == Decimal("1.234")


def test_a_telephone_number_does_not_say_which_comes_first() -> None:
    """``01.46.26.88.34`` is no date; nor are two letters and five digits (NO 10256) a state of America."""
    assert not notation_of_text(["TEL:01.46.26.88.34", "07-04-2017"], "TEL:01.46.26.88.34 07-04-2017", "fr").month_first
    assert not notation_of_text(["05/01/2018"], "NO 10256 05/01/2018", "en").month_first
    assert notation_of_text(["05/01/2018"], "Austin, TX 78701 05/01/2018", "en").month_first
