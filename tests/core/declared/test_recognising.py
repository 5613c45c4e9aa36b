"""Documents that come in are known as of a declared type by their words and heading; invoices stay invoices."""

from __future__ import annotations

import pytest

from core.declared.copying import definition_of
from core.declared.definition import TypeDefinition
from core.document_types import USUAL
from core.documents import Document
from core.documents.opening import open_document
from core.type_guess import guess_type
from tests.conftest import SampleFile
from tests.core.declared.papers import CUSTOMS, KINDS, PAYSLIP, UTILITY, Kind, paper
from tests.core.declared.test_reading import from_example

DEFINITIONS = [from_example(kind, layout)[0] for kind, layout in ((PAYSLIP, 3), (UTILITY, 1), (CUSTOMS, 4))]


def opened(kind: Kind, layout: int) -> Document:
    """A paper as a document."""
    one = paper(kind, layout)
    return open_document(one.data, one.name)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_each_paper_is_known_as_what_it_is(kind: Kind) -> None:
    """In every layout but that of the example."""
    assert {guess_type(opened(kind, layout), DEFINITIONS) for layout in (0, 2, 5, 6, 7)} == {kind.name}


def test_an_invoice_stays_one(digital_pdf: SampleFile, einvoice_pdf: SampleFile) -> None:
    """Also where a type was begun as a copy of the invoice: it bears another heading."""
    copy = definition_of(USUAL).model_copy(update={"name": "import_invoice", "title": "Import invoice"})
    for sample in (digital_pdf, einvoice_pdf):
        document = open_document(sample.data, sample.name)
        assert guess_type(document, [*DEFINITIONS, copy]) is None


def test_of_two_types_that_look_alike_none_is_taken() -> None:
    """Nor of none at all, nor of a page without words."""
    twin: TypeDefinition = DEFINITIONS[0].model_copy(update={"name": "wage_slip"})
    assert guess_type(opened(PAYSLIP, 5), [DEFINITIONS[0], twin]) is None
    assert guess_type(opened(PAYSLIP, 5), []) is None
