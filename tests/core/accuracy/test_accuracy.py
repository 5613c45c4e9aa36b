"""Recipes measured on cases: in the background, document by document, kept, and the same on the command line."""

from __future__ import annotations

import json
import shutil
import time
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from core.accuracy import Choice, Evaluated
from core.accuracy.figures import figures_of
from core.accuracy.measuring import lowest_confidence
from core.entrypoints.bootstrap import build_studio
from core.entrypoints.cli import main
from core.errors import CaseError, RecipeError, RecordMissing
from core.evaluation.cases import load_case
from core.events import RunFinished, StepFailed
from core.extraction import Extraction, PageRef
from core.jobs.queue import Job
from core.recipe import Recipe
from core.settings import Settings
from core.studio import Studio
from core.validation.gate import decide
from tests.conftest import SampleFile
from tests.core.declared.papers import PAYSLIP, paper
from tests.core.declared.test_reading import from_example
from tests.core.made import with_value


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Studio:
    """A studio in a data folder of its own."""
    monkeypatch.setenv("STUDIO_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return build_studio()


@pytest.fixture
def cases(studio: Studio, digital_pdf: SampleFile, einvoice_pdf: SampleFile) -> Path:
    """Kept test cases: a good one, one whose truth says otherwise than its page, and one that no reader opens."""
    folder = studio.accuracy.library.folder
    make_case(folder / "good", einvoice_pdf.data, einvoice_pdf.truth)
    make_case(folder / "wrong", digital_pdf.data, digital_pdf.truth | {"invoice_number": "ANOTHER-1"})
    make_case(folder / "broken", b"%PDF-1.4 nonsense", digital_pdf.truth)
    return folder


def make_case(folder: Path, data: bytes, truth: object) -> None:
    """A case's folder."""
    folder.mkdir(parents=True)
    (folder / "document.pdf").write_bytes(data)
    (folder / "truth.json").write_text(json.dumps(truth), encoding="utf-8")


def measure(studio: Studio, choice: Choice, *recipes: str) -> list[Evaluated]:
    """A measurement, run to its end."""
    job_id = studio.accuracy.start(choice, recipes or ("default",))
    job = ended(studio, job_id)
    assert job.error is None
    return [studio.accuracy.evaluated(row.evaluation_id) for row in studio.accuracy.results_of(job_id)]


def ended(studio: Studio, job_id: str) -> Job:
    """The job once it has ended."""
    while (job := studio.accuracy.job(job_id)) is None or job.active:
        time.sleep(0.02)
    return job


def read(studio: Studio, data: bytes) -> tuple[str, Extraction]:
    """A document read: the run's id and what it gave."""
    document = studio.open(data, "paper.pdf")
    events = list(studio.extract(document, [PageRef(1)], run_id="a" * 32))
    return "a" * 32, next(event.extraction for event in events if isinstance(event, RunFinished))


def test_every_document_is_measured_and_a_broken_one_is_a_row(studio: Studio, cases: Path) -> None:
    """The miss has its truth, its value, its cause and its place; the broken one says why."""
    (result,) = measure(studio, Choice("cases"))
    broken, good, wrong = result.documents
    assert good.wholly_right
    assert good.status == "ok"
    assert "document.pdf" in broken.status or "broken.pdf" in broken.status
    (miss,) = wrong.misses
    assert (miss.name, miss.truth, miss.cause) == ("invoice_number", "ANOTHER-1", "wrong place")
    assert miss.value
    assert miss.taken
    assert miss.stands is None
    figures = result.figures
    assert (figures.documents, figures.unread, figures.wholly_right, figures.misses) == (3, 1, 1, 1)
    assert figures.causes_in_all["wrong place"] == 1


def test_the_command_beside_the_figures_gives_the_same(
    studio: Studio, cases: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Summary, causes and thresholds, to the last digit."""
    (result,) = measure(studio, Choice("cases"))
    words = result.command.split()
    assert words[:4] == ["python", "-m", "core", "evaluate"]
    capsys.readouterr()
    assert main([*words[3:], "--json", "--quiet"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["summary"] == result.report["summary"]
    assert told["fields"] == result.report["fields"]
    assert told["causes"] == result.report["causes"]
    assert told["calibration"] == result.report["calibration"]
    assert told["documents"] == result.report["documents"]


def test_several_recipes_are_results_of_their_own(studio: Studio, cases: Path) -> None:
    """In the order in which they were chosen, kept for the trend, and dropped one by one."""
    shutil.rmtree(cases / "broken")
    first, second = measure(studio, Choice("cases"), "default", "page-only")
    assert [result.recipe.name for result in (first, second)] == ["default", "page-only"]
    assert {row.evaluation_id for row in studio.accuracy.latest()} == {first.evaluation_id, second.evaluation_id}
    studio.accuracy.remove(first.evaluation_id)
    with pytest.raises(RecordMissing):
        studio.accuracy.evaluated(first.evaluation_id)


def test_a_measurement_can_be_stopped(studio: Studio, cases: Path) -> None:
    """It ends soon, and nothing of the recipe that was not finished is kept."""
    job_id = studio.accuracy.start(Choice("cases"), ["default"])
    studio.accuracy.cancel(job_id)
    assert ended(studio, job_id).state == "cancelled"
    assert studio.accuracy.results_of(job_id) == []


def test_what_cannot_be_measured_is_said_at_once(studio: Studio, tmp_path: Path) -> None:
    """Before anything runs."""
    with pytest.raises(RecipeError):
        studio.accuracy.start(Choice("samples"), ["no such recipe"])
    with pytest.raises(CaseError, match="reviewed"):
        studio.accuracy.start(Choice("records"), ["default"])
    with pytest.raises(CaseError):
        studio.accuracy.start(Choice("cases"), ["default"])


@pytest.mark.parametrize("folder", ["/etc", "..", "", "\0", "~", "{data}/../.."])
def test_a_visitor_cannot_name_any_folder_of_the_machine(studio: Studio, tmp_path: Path, folder: str) -> None:
    """Whether it exists or not: the same sentence."""
    with pytest.raises(CaseError, match="inside the data folder"):
        studio.accuracy.subjects(Choice("folder", folder.format(data=tmp_path)))


def test_a_link_does_not_lead_out_of_the_data_folder(
    studio: Studio, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, digital_pdf: SampleFile
) -> None:
    """What counts is where a folder really is."""
    outside = tmp_path_factory.mktemp("outside")
    make_case(outside / "case", digital_pdf.data, digital_pdf.truth)
    (tmp_path / "link").symlink_to(outside)
    with pytest.raises(CaseError, match="inside the data folder"):
        studio.accuracy.subjects(Choice("folder", str(tmp_path / "link")))


def test_whoever_hosts_the_studio_opens_further_folders(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, digital_pdf: SampleFile
) -> None:
    """STUDIO_CASE_FOLDERS names them; folders inside the data folder are always open."""
    outside = tmp_path_factory.mktemp("outside")
    make_case(outside / "mine" / "case", digital_pdf.data, digital_pdf.truth)
    make_case(tmp_path / "here" / "case", digital_pdf.data, digital_pdf.truth)
    studio = build_studio(Settings(data_dir=tmp_path, DATABASE_URL=None, case_folders=str(outside)))
    for folder in (outside / "mine", tmp_path / "here"):
        assert [each.case.case_id for each in studio.accuracy.subjects(Choice("folder", str(folder)))[1]] == ["case"]


def test_a_reviewed_record_is_a_case_whose_truth_is_what_was_saved(
    studio: Studio, digital_pdf: SampleFile, capsys: pytest.CaptureFixture[str]
) -> None:
    """The person corrected the total: reading the document again misses exactly that, on the command line too."""
    run_id, extraction = read(studio, digital_pdf.data)
    invoice = with_value(extraction.values, "total_amount", Decimal("1.00"))
    order_id = studio.save(invoice, ("database",), run_id=run_id, extraction=extraction).order_id
    (result,) = measure(studio, Choice("records"))
    (document,) = result.documents
    assert document.case_id == f"order-{order_id}"
    assert [(miss.name, miss.truth) for miss in document.misses] == [("total_amount", "1.00")]
    assert result.command == "python -m core evaluate --records --recipe default --invoice-pages"
    assert studio.accuracy.bytes_of(result, document.case_id) == (digital_pdf.data, "paper.pdf")
    capsys.readouterr()
    assert main(["evaluate", "--records", "--recipe", "default", "--invoice-pages", "--json", "--quiet"]) == 0
    assert json.loads(capsys.readouterr().out)["summary"] == result.report["summary"]


def test_a_record_is_kept_as_a_test_case_once(studio: Studio, digital_pdf: SampleFile) -> None:
    """With its document and pages; keeping it again updates the same case; it measures as wholly right."""
    run_id, extraction = read(studio, digital_pdf.data)
    order_id = studio.save(extraction.values, ("database",), run_id=run_id, extraction=extraction).order_id
    library, order = studio.accuracy.library, studio.record(order_id)
    assert library.kept(order) is None
    case_id = library.keep(order)
    assert library.keep(order) == case_id == library.kept(order)
    assert case_id.startswith("paper-")
    case = load_case(library.folder / case_id)
    assert case.document
    assert case.document.read_bytes() == digital_pdf.data
    assert case.invoice_refs == (PageRef(1),)
    assert case.truth["meta"]["visible"]["total_amount"] is True
    assert case.truth["meta"]["visible"]["shipping_address"] in ("absent", True)
    (result,) = measure(studio, Choice("cases"))
    assert result.documents[0].wholly_right
    library.remove(case_id)
    assert library.case_ids() == []


def test_what_nobody_checked_is_no_test_case(studio: Studio, digital_pdf: SampleFile) -> None:
    """Nor is a record without its document."""
    run_id, extraction = read(studio, digital_pdf.data)
    waiting = studio.save(extraction.values, ("database",), run_id=run_id, extraction=extraction, status="needs review")
    order = studio.record(waiting.order_id)
    with pytest.raises(CaseError, match="needs review"):
        studio.accuracy.library.keep(order)
    with pytest.raises(CaseError, match="no document"):
        studio.accuracy.library.keep(replace(order, status="reviewed", document=None))


def test_the_lowest_confidence_is_where_the_gate_turns(studio: Studio, digital_pdf: SampleFile) -> None:
    """Just there the document passes, above it does not."""
    _, extraction = read(studio, digital_pdf.data)
    lowest = lowest_confidence(extraction)
    assert lowest is not None

    def verdict(threshold: float) -> str:
        return decide(extraction.values, extraction.confidences, extraction.findings, threshold)

    assert verdict(lowest) == "approved"
    assert verdict(lowest + 0.0001) == "needs review"
    assert (
        lowest_confidence(
            extraction.model_copy(update={"values": with_value(extraction.values, "invoice_number", None)})
        )
        is None
    )


def test_no_documents_have_no_figures() -> None:
    """And no division by zero."""
    figures = figures_of(())
    assert (figures.documents, figures.calibration_error, figures.at(0.5)) == (0, None, None)


def test_a_document_that_fails_is_told_while_the_others_go_on(studio: Studio, cases: Path) -> None:
    """Whoever watches sees the sentence at once."""
    job = ended(studio, studio.accuracy.start(Choice("cases"), ["default"]))
    assert [event.step for event in job.events if isinstance(event, StepFailed)] == ["broken"]


def test_records_of_types_of_ones_own_are_cases_too(studio: Studio) -> None:
    """Read as the type was declared when they were saved, told by type, and with the titles of their own fields."""
    definition = studio.types.keep(from_example(PAYSLIP, 3)[0])
    one = paper(PAYSLIP, 5)
    document = studio.open(one.data, one.name)
    *_, last = studio.extract(document, None, Recipe(type_name=definition.name), "run1")
    assert isinstance(last, RunFinished)
    read = last.extraction
    net = next(field.name for field in definition.fields if field.title == "Net pay")
    changed = read.values.model_copy(update={net: Decimal("1.23")})
    studio.save(changed, ("database",), run_id="run1", extraction=read.model_copy(update={"values": changed}))
    studio.types.keep(definition.model_copy(update={"fields": definition.fields[:3], "checks": ()}))
    (result,) = measure(studio, Choice("records"))
    assert [(miss.name, miss.title, miss.truth) for miss in result.documents[0].misses] == [(net, "Net pay", "1.23")]
    assert list(result.figures.report.by(lambda case: case.type_title)) == ["Payslip"]
    assert result.documents[0].titles[net] == "Net pay"
    assert net in result.figures.report.fields
    assert result.documents[0].pairs  # its confidences are judged like any other
    assert main(["evaluate", "--records", "--json", "--quiet"]) == 0
