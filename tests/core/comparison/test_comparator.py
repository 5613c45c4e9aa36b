"""Comparisons run in the background, survive, go on, and read again only what changed."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from core.call import Call, Usage
from core.comparison.comparator import Cell
from core.comparison.row import Row
from core.entrypoints.bootstrap import build_studio
from core.errors import ExtractionError, RecipeError, RecordMissing
from core.extraction import PageRef
from core.extractor import Availability, Extracted, Request
from core.invoice.model import Invoice
from core.llm.provider import Estimate
from core.recipe import BUILT_IN, ModelChoice, Recipe
from core.schema.document_type import DocumentType
from core.settings import Settings
from core.stores.comparisons import Comparison
from core.studio import Studio
from tests.conftest import SampleFile
from tests.core.made import pdf_of

PAGE_ONLY, DEFAULT = BUILT_IN["page-only"], BUILT_IN["default"]


class FakeModel:
    """Stands for an extractor that asks a model: it reads what it is told to, or fails."""

    name = "llm"
    streams = False

    def __init__(self) -> None:
        self.asked = 0
        self.error = ""
        self.wait = threading.Event()
        self.wait.set()

    def availability(self) -> Availability:
        return Availability(True)

    def reads(self, kind: DocumentType) -> bool:
        return True

    def extract(self, request: Request) -> Extracted:
        self.asked += 1
        while not self.wait.wait(0.01):
            if request.cancelled():
                break
        usage = Usage(1000, 100)
        request.note(Call(uuid.uuid4().hex, datetime.now(UTC), "p", "m", "extract", usage, Decimal("0.02")))
        if self.error:
            raise ExtractionError(self.error)
        return Extracted(Invoice(invoice_number="M-1"), "{}")

    def estimate(self, request: Request) -> Estimate:
        return Estimate(Usage(len(request.read()[0].words), 10), Decimal("0.01"))


@pytest.fixture
def model() -> FakeModel:
    """The model's extractor."""
    return FakeModel()


@pytest.fixture
def studio(tmp_path: Path, model: FakeModel) -> Iterator[Studio]:
    """A studio with a data folder of its own and a model."""
    made = build_studio(Settings(data_dir=tmp_path, DATABASE_URL=None))
    made._parts.runs.pipeline.extractors["llm"] = model  # type: ignore[index]
    yield made
    model.wait.set()


def row_of(studio: Studio, data: bytes, name: str = "a.pdf") -> Row:
    """A row of a document's first page."""
    return Row(studio.open(data, name).sha256, name, (PageRef(1),))


def asking(name: str) -> Recipe:
    """A recipe that asks the model; each name is another prompt."""
    return Recipe(name=name, extractors=("model",), models={"model": ModelChoice(prompt=name)})


def ended(studio: Studio, comparison_id: str) -> tuple[Comparison, dict[tuple[int, int], Cell]]:
    """The comparison once nothing runs any more."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        kept = studio.comparison.get(comparison_id)
        cells = studio.comparison.cells(kept)
        if not any(cell.state in ("waiting", "running") for cell in cells.values()):
            return kept, cells
        time.sleep(0.01)
    raise AssertionError("the comparison does not end")


def test_every_document_is_read_with_every_recipe(studio: Studio, digital_pdf: SampleFile) -> None:
    """Each cell is a run of its own in the ledger, and the values stand side by side."""
    row = row_of(studio, digital_pdf.data)
    kept, cells = ended(studio, studio.comparison.begin([row], [DEFAULT, PAGE_ONLY]))
    assert [cell.state for cell in cells.values()] == ["done", "done"]
    document = studio.comparison.documents(kept)[0]
    number = next(each for each in document.sheet if each.path == "invoice_number")
    assert [entry and entry.value for entry in number.entries] == [digital_pdf.truth["invoice_number"]] * 2
    assert len(studio.runs()) == 2


def test_another_process_finds_the_comparison(studio: Studio, digital_pdf: SampleFile) -> None:
    """Results come from the disk; nothing is read again."""
    comparison_id = studio.comparison.begin([row_of(studio, digital_pdf.data)], [PAGE_ONLY])
    ended(studio, comparison_id)
    later = build_studio(studio.settings)
    kept = later.comparison.get(comparison_id)
    assert later.comparison.cells(kept)[0, 0].state == "done"
    assert [each.name for each in later.comparison.latest()] == ["a.pdf × page-only"]


def test_a_comparison_that_was_cut_off_goes_on(studio: Studio, digital_pdf: SampleFile) -> None:
    """Cells without a run are stopped, and are read when it goes on."""
    row = row_of(studio, digital_pdf.data)
    comparison_id = studio.comparison.begin([row], [PAGE_ONLY])
    kept, _ = ended(studio, comparison_id)
    studio._parts.comparisons.keep(Comparison(comparison_id, "cut", kept.created_at, kept.rows, kept.recipes))
    later = build_studio(studio.settings)
    assert later.comparison.cells(later.comparison.get(comparison_id))[0, 0].state == "stopped"
    later.comparison.go_on(comparison_id)
    assert ended(later, comparison_id)[1][0, 0].state == "done"


def test_cells_that_waited_when_the_studio_ended_are_read_by_the_next(studio: Studio, digital_pdf: SampleFile) -> None:
    """They are seen to wait, and can be stopped."""
    row = row_of(studio, digital_pdf.data)
    studio.close()  # nobody works any more
    comparison_id = studio.comparison.begin([row], [DEFAULT, PAGE_ONLY])
    later = build_studio(studio.settings)
    cells = later.comparison.cells(later.comparison.get(comparison_id))
    assert [cell.state for cell in cells.values()] == ["waiting", "waiting"]
    later.comparison.cancel(comparison_id)
    assert ended(later, comparison_id)[1][0, 0].state == "stopped"
    later.comparison.go_on(comparison_id)
    assert ended(later, comparison_id)[1][0, 1].state == "done"


def test_the_cache_answers_and_costs_are_told_as_first_paid(
    studio: Studio, model: FakeModel, digital_pdf: SampleFile
) -> None:
    """The same again asks no model; the time it took at first is still known."""
    row = row_of(studio, digital_pdf.data)
    ended(studio, studio.comparison.begin([row], [asking("one")]))
    assert studio.comparison.estimate([row], [asking("one")])[0].cached == 1
    _, cells = ended(studio, studio.comparison.begin([row], [asking("one")]))
    assert model.asked == 1
    measured = cells[0, 0].measure
    assert measured is not None
    assert measured.cached
    assert measured.steps["extract"] > 0
    kept = studio.comparison.latest()[0]
    totals = studio.comparison.totals(kept, studio.comparison.documents(studio.comparison.get(kept.comparison_id)))[0]
    assert (totals.usage, totals.cost, totals.spent) == (Usage(1000, 100), Decimal("0.02"), Decimal(0))


def test_changing_one_recipe_reads_its_column_only(studio: Studio, model: FakeModel, digital_pdf: SampleFile) -> None:
    """The other column's runs stay the same ones; two columns may not have one name."""
    row = row_of(studio, digital_pdf.data)
    comparison_id = studio.comparison.begin([row], [PAGE_ONLY, asking("one")])
    before = ended(studio, comparison_id)[0].cells
    studio.comparison.change(comparison_id, 1, asking("two"))
    after = ended(studio, comparison_id)[0]
    assert after.cells[0] == before[0]
    assert after.cells[1].run_id != before[1].run_id
    assert [recipe.name for recipe in after.recipes] == ["page-only", "two"]
    assert model.asked == 2
    with pytest.raises(RecipeError, match="page-only"):
        studio.comparison.add(comparison_id, PAGE_ONLY)


def test_reading_again_asks_only_for_what_changed(studio: Studio, model: FakeModel, digital_pdf: SampleFile) -> None:
    """Another code or prompt is another key of the cache; a cell keeps what it had until then, also when it is stopped."""
    row = row_of(studio, digital_pdf.data)
    comparison_id = studio.comparison.begin([row], [asking("one"), PAGE_ONLY])
    before, _ = ended(studio, comparison_id)
    studio.comparison.again(comparison_id, 0)
    after, _ = ended(studio, comparison_id)
    assert model.asked == 1
    assert after.cells[0].run_id != before.cells[0].run_id
    assert after.cells[1] == before.cells[1]
    studio.clear_cache()
    model.wait.clear()
    studio.comparison.again(comparison_id)
    studio.comparison.cancel(comparison_id)
    kept, cells = ended(studio, comparison_id)
    assert cells[0, 0].state == "done"
    assert kept.cells[0] == after.cells[0]


def test_pages_that_were_read_before_are_not_called_quick(studio: Studio, digital_pdf: SampleFile) -> None:
    """Whoever read them: another recipe finds them in the cache, and has the time that they took then."""
    row = row_of(studio, digital_pdf.data)
    list(studio.extract(studio.document(row.document), row.pages, PAGE_ONLY))
    strict = PAGE_ONLY.model_copy(update={"name": "strict", "approve_at": 0.9})
    measured = ended(studio, studio.comparison.begin([row], [strict]))[1][0, 0].measure
    assert measured is not None
    assert measured.complete
    assert measured.steps["ocr"] > 0


def test_a_late_reading_does_not_land_in_a_changed_column(
    studio: Studio, model: FakeModel, digital_pdf: SampleFile
) -> None:
    """What was on its way when the recipe was changed is not taken for the new one's."""
    row = row_of(studio, digital_pdf.data)
    model.wait.clear()
    comparison_id = studio.comparison.begin([row], [asking("one")])
    first = studio.comparison._jobs[comparison_id, (0, 0)]
    studio.comparison.change(comparison_id, 0, PAGE_ONLY)
    model.wait.set()
    kept, _ = ended(studio, comparison_id)
    studio.comparison._keep_cell(comparison_id, (0, 0), first, asking("one"), None)
    assert studio.comparison.get(comparison_id).cells == kept.cells
    assert kept.cells[0].run_id != first


def test_a_failure_is_a_sentence_and_can_be_tried_again(
    studio: Studio, model: FakeModel, digital_pdf: SampleFile
) -> None:
    """Other cells are not touched by it."""
    model.error = "The key is wrong: set it in the environment."
    row = row_of(studio, digital_pdf.data)
    comparison_id = studio.comparison.begin([row], [asking("one"), PAGE_ONLY])
    kept, cells = ended(studio, comparison_id)
    assert (cells[0, 0].state, cells[0, 0].sentence) == ("failed", model.error)
    assert cells[0, 1].state == "done"
    documents = studio.comparison.documents(kept, cells)
    assert documents[0].failures == (model.error, "")
    assert [each.spent for each in studio.comparison.totals(kept, documents)] == [Decimal("0.02"), Decimal(0)]
    model.error = ""
    studio.comparison.go_on(comparison_id, failed=True)
    assert ended(studio, comparison_id)[1][0, 0].state == "done"


def test_a_document_that_cannot_be_opened_fails_its_row_only(studio: Studio, digital_pdf: SampleFile) -> None:
    """And says why."""
    gone = Row("0" * 64, "gone.pdf", (PageRef(1),))
    rows = [gone, row_of(studio, digital_pdf.data)]
    _, cells = ended(studio, studio.comparison.begin(rows, [PAGE_ONLY]))
    assert cells[0, 0].state == "failed"
    assert "no longer kept" in cells[0, 0].sentence
    assert cells[1, 0].state == "done"


def test_cancel_stops_what_runs_and_what_waits(studio: Studio, model: FakeModel) -> None:
    """What was read stays, the rest can go on."""
    rows = [row_of(studio, pdf_of((f"Invoice {number}",)), f"{number}.pdf") for number in range(8)]
    model.wait.clear()
    comparison_id = studio.comparison.begin(rows, [asking("slow")])
    studio.comparison.cancel(comparison_id)
    _, cells = ended(studio, comparison_id)
    assert {cell.state for cell in cells.values()} == {"stopped"}
    model.wait.set()
    studio.comparison.go_on(comparison_id)
    assert {cell.state for cell in ended(studio, comparison_id)[1].values()} == {"done"}


def test_an_estimate_asks_nobody(studio: Studio, model: FakeModel, digital_pdf: SampleFile) -> None:
    """Offline recipes are free; a model's tokens come from the page's own words."""
    row = row_of(studio, digital_pdf.data)
    free, dear = studio.comparison.estimate([row], [PAGE_ONLY, asking("one")])
    assert (free.cost, free.asks) == (Decimal(0), False)
    assert dear.cost == Decimal("0.01")
    assert dear.usage.input > 20
    assert model.asked == 0


def test_a_vote_tells_who_was_right_and_is_known_in_the_next_comparison(
    studio: Studio, model: FakeModel, digital_pdf: SampleFile
) -> None:
    """Right in 1 of 1; and a vote can be taken back."""
    row = row_of(studio, digital_pdf.data)
    recipes = [PAGE_ONLY, asking("one")]
    comparison_id = studio.comparison.begin([row], recipes)
    kept, _ = ended(studio, comparison_id)
    studio.comparison.vote(
        comparison_id, row.document, "invoice_number", digital_pdf.truth["invoice_number"], "page-only"
    )
    totals = studio.comparison.totals(kept, studio.comparison.documents(kept))
    assert [(each.votes.right, each.votes.judged) for each in totals] == [(1, 1), (0, 1)]
    again, _ = ended(studio, studio.comparison.begin([row], recipes))
    assert [vote.path for vote in studio.comparison.votes(again)] == ["invoice_number"]
    studio.comparison.unvote(comparison_id, row.document, "invoice_number")
    assert studio.comparison.votes(kept) == []


def test_nothing_to_compare_is_refused(studio: Studio, digital_pdf: SampleFile) -> None:
    """Also two recipes of one name."""
    row = row_of(studio, digital_pdf.data)
    with pytest.raises(RecipeError, match="at least one"):
        studio.comparison.begin([], [PAGE_ONLY])
    with pytest.raises(RecipeError, match="same name"):
        studio.comparison.begin([row], [PAGE_ONLY, PAGE_ONLY])


def test_a_removed_comparison_is_gone(studio: Studio, digital_pdf: SampleFile) -> None:
    """Its runs stay in the ledger."""
    comparison_id = studio.comparison.begin([row_of(studio, digital_pdf.data)], [PAGE_ONLY])
    ended(studio, comparison_id)
    studio.comparison.remove(comparison_id)
    with pytest.raises(RecordMissing):
        studio.comparison.get(comparison_id)
    assert len(studio.runs()) == 1
