"""A run whose recipe leaves the type to the pages: chosen after they are read, told, kept, and as good as chosen by hand."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.documents import Document
from core.entrypoints.bootstrap import build_studio
from core.errors import TypeDefinitionError
from core.events import RunFinished, StepFinished
from core.extraction import Extraction, PageRef
from core.recipe import AUTO, Recipe
from core.settings import Settings
from core.studio import Studio
from samples.scan import encoded, pictures
from tests.conftest import SampleFile
from tests.core.declared.papers import PAYSLIP, paper
from tests.core.declared.test_reading import from_example

AUTOMATIC = Recipe(type_name=AUTO)


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    """A studio that knows payslips."""
    made = build_studio(Settings(data_dir=tmp_path, DATABASE_URL=None))
    made.types.keep(from_example(PAYSLIP, 3)[0])
    yield made
    made.close()


def read(studio: Studio, document: Document, recipe: Recipe = AUTOMATIC) -> tuple[Extraction, list[StepFinished]]:
    """The result of a run, and the steps that it told of."""
    *events, last = studio.extract(document, None, recipe)
    assert isinstance(last, RunFinished)
    return last.extraction, [event for event in events if isinstance(event, StepFinished)]


def payslip(studio: Studio, layout: int = 5) -> Document:
    """A payslip that is open."""
    one = paper(PAYSLIP, layout)
    return studio.open(one.data, one.name)


def test_what_the_pages_say_is_read_and_told(studio: Studio) -> None:
    """The run's recipe says what was chosen and why, with the definition as it was; a step says it in words."""
    found, steps = read(studio, payslip(studio))
    assert (found.type_name, found.type.title) == ("payslip", "Payslip")
    assert found.recipe.declared == studio.types.named("payslip")
    assert found.recipe.among == ()
    choice = found.recipe.type_choice
    assert choice is not None
    assert (choice.type_name, choice.known) == ("payslip", True)
    told = {step.step: step.detail for step in steps}
    assert list(told).index("type") == list(told).index("ocr") + 1
    assert told["type"].startswith("Payslip: says “Payslip” at the top and has ")


def test_an_invoice_is_read_as_without_the_choice(studio: Studio, digital_pdf: SampleFile) -> None:
    """To the last value; and a page that says nothing is told as not known."""
    document = studio.open(digital_pdf.data, digital_pdf.name)
    chosen, steps = read(studio, document)
    usual, plain_steps = read(studio, document, Recipe())
    assert chosen.values == usual.values
    assert chosen.recipe.digest == usual.recipe.digest
    assert "type" in {step.step for step in steps}
    assert "type" not in {step.step for step in plain_steps}


def test_invoice_xml_says_what_it_is_in(studio: Studio, einvoice_pdf: SampleFile) -> None:
    """Whatever the page says."""
    found, _ = read(studio, studio.open(einvoice_pdf.data, einvoice_pdf.name))
    assert found.recipe.type_choice is not None
    assert (found.type_name, found.recipe.type_choice.reason) == ("invoice", "carries invoice XML")
    assert found.extractor == "einvoice"


def test_the_second_time_everything_comes_from_the_cache(studio: Studio) -> None:
    """Whichever of the two ways the type was chosen the first time."""
    document = payslip(studio)
    by_hand, _ = read(studio, document, Recipe(type_name="payslip"))
    chosen, first = read(studio, document)
    again, second = read(studio, document)
    assert by_hand.values == chosen.values == again.values
    assert {step.step: step.cached for step in first}["extract"]
    assert all(step.cached for step in second)
    assert [step.step for step in second][:3] == ["load", "ocr", "type"]
    assert again.recipe.type_choice == chosen.recipe.type_choice


def test_a_type_that_comes_later_is_chosen_among_too(studio: Studio) -> None:
    """What was chosen before answers for the types that there were."""
    studio.types.remove("payslip")
    document = payslip(studio)
    assert read(studio, document)[0].type_name == "invoice"
    studio.types.keep(from_example(PAYSLIP, 3)[0])
    assert read(studio, document)[0].type_name == "payslip"


def test_a_scan_is_known_once_it_is_read(studio: Studio) -> None:
    """It is read by OCR once: the type is chosen by the very words that are extracted."""
    one = paper(PAYSLIP, 0)
    document = studio.open(encoded(pictures(one.data, 120)[0], 80), "scan.jpg")
    assert studio.type_of_pages(document, [PageRef(1)]) is None
    found, steps = read(studio, document)
    assert (found.type_name, found.page_texts[0].recognised) == ("payslip", True)
    assert [step.step for step in steps].count("ocr") == 1


def test_no_type_can_be_called_auto(studio: Studio) -> None:
    """The word has a meaning."""
    with pytest.raises(TypeDefinitionError, match="“auto”"):
        studio.types.keep(from_example(PAYSLIP, 3)[0].model_copy(update={"name": "auto"}))


def test_a_queued_run_chooses_as_well(studio: Studio) -> None:
    """Its request carries the types that there are."""
    document = payslip(studio)
    run_id = studio.start(document.sha256, [PageRef(1)], AUTOMATIC)
    until = time.monotonic() + 30
    while (job := studio.job(run_id)) is None or (job.active and time.monotonic() < until):
        time.sleep(0.01)
    assert job.extraction is not None
    assert job.extraction.type_name == "payslip"
