"""The gates in a studio: what is read from now on, what a change would have done, who made it; and what passed saves itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.entrypoints.bootstrap import build_studio
from core.errors import NotAllowed, StudioError
from core.events import RunFinished
from core.extraction import Extraction
from core.gates import Gates, TypeGate
from core.person import Person
from core.settings import Settings
from core.stores.inbox import InboxItem
from core.stores.records import RecordQuery
from core.studio import Studio
from tests.core.test_inbox import extraction_of, items, paper, taken, wait
from tests.core.test_one_save import SEAMS, killed_at, needs_fork

STRICT = Gates(types={"invoice": TypeGate(most={"GBP": 100})})


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    """A studio of threads, in a data folder of its own."""
    made = build_studio(Settings(data_dir=tmp_path, DATABASE_URL=None, workers="threads"))
    yield made
    made.close()


def read(studio: Studio, number: str) -> Extraction:
    """What an invoice says, read here and now."""
    *_, last = studio.extract(studio.open(paper(number), f"{number}.pdf"))
    assert isinstance(last, RunFinished)
    return last.extraction


def test_a_change_holds_for_what_is_read_from_then_on_and_reads_nothing_again(studio: Studio) -> None:
    """The cache answers; only the verdict is another. It is in the trail with its maker, and kept for every process."""
    assert read(studio, "A-1").verdict == "approved"
    ada = studio.by(Person("Ada", known="typed"))
    ada.gating.change(STRICT, Gates())
    strict = read(studio, "A-1")
    assert strict.verdict == "needs review"
    assert [step.detail for step in strict.steps if step.step == "validate"] == ["needs review, 2 findings"]
    assert all(step.cached for step in strict.steps if step.state == "finished")
    (event,) = studio.gating.changes()
    assert (event.who, event.told) == ("Ada", {"changes": ["invoice: amounts unseen up to none → 100 GBP"]})
    other = build_studio(studio.settings)
    assert other.gating.now == STRICT
    other.close()


def test_of_two_changes_over_the_same_gates_the_later_is_told(studio: Studio) -> None:
    """Nothing of the first goes under; and it is for admins."""
    studio.gating.change(STRICT, Gates())
    with pytest.raises(StudioError, match="Somebody else changed the gates"):
        studio.gating.change(Gates(always=("Acme",)), Gates())
    assert (studio.gating.now, len(studio.gating.changes())) == (STRICT, 1)
    reviewer = studio.by(Person("Bob", "reviewer", "signed in"))
    assert reviewer.gating.now == STRICT
    with pytest.raises(NotAllowed):
        reviewer.gating.change(Gates(), STRICT)


def test_what_a_change_would_have_done_is_told_with_what_people_corrected(studio: Studio) -> None:
    """Before it is made, over the documents that came in and what was saved of them."""
    taken(studio, *((f"{number}.pdf", paper(number)) for number in ("A-1", "A-2", "A-3")))
    rows = items(studio)
    right, wrong = (studio.job(str(rows[name].run_id)) for name in ("A-1.pdf", "A-2.pdf"))
    assert right
    assert wrong
    assert right.extraction
    assert wrong.extraction
    values = wrong.extraction.values.model_copy(update={"vendor_name": "Somebody Else Ltd"})
    studio.save(right.extraction.values, ["database"], run_id=right.job_id, extraction=right.extraction)
    saved = studio.save(values, ["database"], run_id=wrong.job_id, extraction=wrong.extraction)
    studio.inbox.reject([rows["A-3.pdf"].item_id], "not ours")
    found = {one.name: one for one in studio.gating.foresee(Gates(), 50)}
    assert {(one.passed, one.passes) for one in found.values()} == {(True, True)}
    assert {name: (one.changed, one.corrected) for name, one in found.items()} == {
        "A-1.pdf": (0, False),
        "A-2.pdf": (1, True),
        "A-3.pdf": (None, True),
    }
    assert found["A-2.pdf"].order_id == saved.order_id
    record = studio.record(saved.order_id)
    studio.save(record.values.model_copy(update={"due_date": None}), ["database"], update=saved.order_id, seen=record)
    strict = {one.name: one for one in studio.gating.foresee(STRICT, 50)}
    assert {(one.passed, one.passes) for one in strict.values()} == {(True, False)}
    assert "above 100" in strict["A-1.pdf"].asks
    assert strict["A-2.pdf"].changed == 2
    assert studio.gating.now == Gates()
    assert len(studio.gating.foresee(STRICT, 2)) == 2


DATABASE = Gates(save_to=("database",))


def saved_by_itself(studio: Studio, name: str, data: bytes) -> InboxItem:
    """A document that comes in and saves itself: its row."""
    studio.inbox.take_in([(name, data)])
    wait(studio, lambda: items(studio)[name].sentence == "Saved by the gate.")
    return items(studio)[name]


def test_what_passes_saves_itself_once_and_says_so(studio: Studio) -> None:
    """As shipped nothing does. In its row and in its history it is the gate's doing; the same invoice in another file is a duplicate,
    and what does not pass waits for somebody."""
    assert taken(studio, ("a.pdf", paper("A-1")))["a.pdf"].state == "approved"
    studio.gating.change(DATABASE, Gates())
    again = paper("A-2") + b"\n"
    saved = saved_by_itself(studio, "b.pdf", paper("A-2"))
    assert (saved.state, saved.doubts) == ("saved", 0)
    assert items(studio)["a.pdf"].state == "approved"
    assert saved.order_id is not None
    assert studio.record(saved.order_id).status == "approved"
    told = [entry.what for entry in studio.history.of_record(saved.order_id)]
    assert "let the gate save it as approved to the database" in told
    assert taken(studio, ("d.pdf", again))["d.pdf"].state == "needs review"
    studio.gating.change(DATABASE.model_copy(update={"types": STRICT.types}), DATABASE)
    assert taken(studio, ("e.pdf", paper("A-3")))["e.pdf"].state == "needs review"
    assert studio.search(RecordQuery()).total == 1


def test_a_second_attempt_saves_nothing_and_neither_does_one_after_undo(studio: Studio) -> None:
    """Also where another has the document at hand: a person, or an attempt that was killed a moment ago."""
    studio.gating.change(DATABASE, Gates())
    item = saved_by_itself(studio, "a.pdf", paper("A-1"))
    run_id, order_id = str(item.run_id), item.order_id
    read_before = extraction_of(studio, item)
    assert order_id is not None
    assert studio._self_saving.save(run_id, read_before, studio.person) == order_id
    studio.remove(order_id)
    assert items(studio)["a.pdf"].sentence == ""
    studio.inbox.run([item.item_id])
    wait(studio)
    wait(studio, lambda: not (job := studio.job(str(items(studio)["a.pdf"].run_id))) or not job.active)
    assert (items(studio)["a.pdf"].state, studio.search(RecordQuery()).total) == ("approved", 0)
    studio.gating.change(Gates(), DATABASE)
    other = taken(studio, ("b.pdf", paper("A-2")))["b.pdf"]
    studio.gating.change(DATABASE, Gates())
    studio._parts.reviews.claim(str(other.run_id), "Ana", "window", 60.0)
    found = extraction_of(studio, other)
    assert studio._self_saving.save(str(other.run_id), found, studio.person) is None
    studio._parts.reviews.release("window", [str(other.run_id)])
    assert studio._self_saving.save(str(other.run_id), found, studio.person) is not None


@needs_fork
@pytest.mark.parametrize("seam", SEAMS)
def test_a_kill_in_between_leaves_one_record_after_the_next_attempt(studio: Studio, seam: str) -> None:
    """Wherever the first attempt was killed."""
    item = taken(studio, ("a.pdf", paper("A-1")))["a.pdf"]
    studio.gating.change(Gates(save_to=("database", "workbook")), Gates())

    def attempt(other: Studio) -> None:
        job = other.job(str(item.run_id))
        assert job is not None
        assert job.extraction is not None
        other._save_itself(str(item.run_id), job.extraction, other.person)

    killed_at(seam, studio.settings.data_dir, attempt)
    for claim in studio._parts.reviews.claims([str(item.run_id)]).values():  # it lapses by itself
        studio._parts.reviews.release(claim.seat, [claim.run_id])
    attempt(studio)
    attempt(studio)
    assert studio.search(RecordQuery()).total == 1
    assert (items(studio)["a.pdf"].state, items(studio)["a.pdf"].sentence) == ("saved", "Saved by the gate.")
    for difference in studio.records.what_differs():
        studio.records.mend(difference)
    assert studio.records.holders(int(items(studio)["a.pdf"].order_id or 0)) == ("database", "workbook")
