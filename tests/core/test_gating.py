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
from core.studio import Studio
from tests.core.test_inbox import items, paper, taken

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
