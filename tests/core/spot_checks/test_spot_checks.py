"""Spot checks: who is drawn, what they say, and that the gate asks more where more is wrong than allowed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.entrypoints.bootstrap import build_studio
from core.events import RunFinished
from core.extraction import Extraction, PageRef
from core.inbox.facts import facts_of_extraction
from core.invoice.model import Invoice
from core.recipe import Recipe
from core.review.standing import confirmed, status_of
from core.review.stops import stops
from core.settings import Settings, SpotChecks
from core.spot_checks.bound import enough_right, wrong_at_most
from core.spot_checks.drawing import ASKS_MORE, DRAWN, hold_back, is_drawn
from core.spot_checks.spot_checks import Standing
from core.spot_checks.words import guarantee_words, limit_words
from core.studio import Studio

CHOICES = SpotChecks(share=0.05, seed="a")


def read_as(number: int) -> Extraction:
    """A document that was read, as far as a gate looks at it."""
    values = Invoice(invoice_number=str(number))
    return Extraction(
        document=f"{number:064x}",
        name="a.pdf",
        pages=(PageRef(1),),
        recipe=Recipe(),
        values=values,
        confidences={"invoice_number": 1.0},
        verdict="approved",
    )


@pytest.mark.parametrize(
    ("wrong", "seen", "most"),
    [(0, 300, 0.00994), (0, 60, 0.0487), (1, 100, 0.0466), (5, 50, 0.1988), (10, 10, 1.0), (0, 1, 0.95)],
)
def test_the_bound_is_that_of_clopper_and_pearson(wrong: int, seen: int, most: float) -> None:
    """As printed tables have it; it contains three of a number where none was wrong."""
    assert wrong_at_most(wrong, seen) == pytest.approx(most, abs=2e-4)


def test_the_bound_is_certain_as_often_as_it_says() -> None:
    """Of many draws from a crowd with 2 % wrong ones no more than one in twenty has a bound below that."""
    import random

    draw = random.Random(7)
    below = sum(wrong_at_most(sum(draw.random() < 0.02 for _ in range(200)), 200) < 0.02 for _ in range(1000))
    assert below <= 60


def test_so_many_right_ones_are_enough_and_one_less_is_not() -> None:
    """For ten of a thousand."""
    enough = enough_right(0.01)
    assert wrong_at_most(0, enough) <= 0.01 < wrong_at_most(0, enough - 1)


def test_about_the_chosen_share_is_drawn_and_always_the_same() -> None:
    """Another seed draws others; nobody is drawn where none are to be."""
    crowd = [read_as(number) for number in range(4000)]
    drawn = [one.document for one in crowd if is_drawn(CHOICES, one)]
    assert 140 < len(drawn) < 260
    assert drawn == [one.document for one in crowd if is_drawn(CHOICES, one)]
    assert drawn != [one.document for one in crowd if is_drawn(SpotChecks(share=0.05, seed="b"), one)]
    assert not any(is_drawn(SpotChecks(share=0.0, seed="a"), one) for one in crowd)


def test_only_what_would_pass_is_held_back_and_says_why() -> None:
    """What is looked at anyhow is left alone."""
    drawn = next(one for one in map(read_as, range(500)) if is_drawn(CHOICES, one))
    held = hold_back(CHOICES, drawn)
    assert held.verdict == "needs review"
    (question,) = [stop for stop in stops(held) if stop.check == DRAWN]
    assert question.sentence.startswith("Spot check")
    looked_at = drawn.model_copy(update={"verdict": "needs review"})
    assert hold_back(CHOICES, looked_at) is looked_at


def standing(wrong: int, seen: int, most: int | None = 10) -> Standing:
    """Some checks."""
    return Standing(SpotChecks(share=0.05, most_wrong=most), seen, wrong, 0, 0)


def test_too_few_checks_are_no_breach_and_a_wrong_one_is() -> None:
    """Where none was wrong it is only not known yet."""
    assert not standing(0, 20).holds
    assert not standing(0, 20).is_broken
    assert standing(0, 20).lacking == enough_right(0.01) - 20
    assert standing(0, 300).holds
    assert standing(1, 300).is_broken
    assert standing(1, 800).holds
    assert not standing(3, 20, most=None).is_broken


def test_the_sentences_say_what_is_certain_and_what_it_takes() -> None:
    """Where none was wrong, by the rule of three; where one was, without it."""
    assert guarantee_words(standing(0, 300)).startswith("At most 10 of 1,000 documents that pass are wrong")
    assert "rule of three" in guarantee_words(standing(0, 300))
    assert "1 of 300 spot-checked documents had a wrong amount" in guarantee_words(standing(1, 300))
    assert limit_words(standing(0, 20)).endswith("is known after 279 more without a wrong one.")
    assert limit_words(standing(1, 300)) == "More than the 10 of 1,000 that you allow may be wrong."


# --- with a studio ----------------------------------------------------------------------------------------------------


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    """A studio of its own."""
    made = build_studio(Settings(data_dir=tmp_path, DATABASE_URL=None))
    yield made
    made.close()


SAMPLE = Path(__file__).parents[3] / "samples" / "cases" / "english-studio" / "document.pdf"


def draw_all(studio: Studio, **choices: object) -> None:
    """Have the sample drawn, whatever the seed must be for that."""
    pages = (PageRef(1),)
    document = studio.open(SAMPLE.read_bytes(), "a.pdf").sha256
    asked = Extraction(document=document, name="a.pdf", pages=pages, recipe=Recipe(), values=Invoice())
    seeds = (SpotChecks(share=0.05, seed=str(number)) for number in range(1000))
    seed = next(one.seed for one in seeds if is_drawn(one, asked))
    studio.configure(spot_checks=SpotChecks.model_validate({"share": 0.05, "seed": seed, **choices}))


def read(studio: Studio, run_id: str) -> Extraction:
    """One run of the sample, which passes by itself."""
    *_, last = studio.extract(studio.open(SAMPLE.read_bytes(), "a.pdf"), run_id=run_id)
    assert isinstance(last, RunFinished)
    return last.extraction


def save(studio: Studio, run_id: str, found: Extraction, **right: object) -> int:
    """Save it as a person does who corrects what is wrong and says that they saw it."""
    values = found.values.model_copy(update=right)
    reviewed = confirmed(studio.review(found, values), [f"check:{DRAWN}", *right])
    status = status_of(reviewed)
    assert status == "reviewed"
    saved = studio.save(values, ["database"], run_id=run_id, extraction=reviewed.extraction, status=status)
    return saved.order_id


def test_without_spot_checks_the_sample_passes(studio: Studio) -> None:
    """As ever."""
    assert read(studio, "r1").verdict == "approved"


def test_a_document_that_was_drawn_waits_for_a_person_and_the_inbox_says_why(studio: Studio) -> None:
    """One that they found right speaks for the others."""
    draw_all(studio)
    found = read(studio, "r1")
    assert found.verdict == "needs review"
    assert "Spot check" in str(facts_of_extraction(found)["worst"])
    assert studio.spot_checks.standing().waiting == 1
    save(studio, "r1", found)
    told = studio.spot_checks.standing()
    assert (told.seen, told.wrong, told.waiting) == (1, 0, 0)


def test_a_wrong_number_makes_the_gate_ask_more_and_tells_somebody(studio: Studio) -> None:
    """A document that is less sure than that does not pass until somebody loosens it again."""
    draw_all(studio, most_wrong=10)
    found = read(studio, "r1")
    save(studio, "r1", found, invoice_number="WRONG-1")
    asks = studio.spot_checks.choices.asks
    assert asks is not None
    assert asks > studio.defaults.recipe.approve_at
    assert [alert.kind for alert in studio.operation.alerts()] == ["spot_checks"]
    unsure = read_as(1).model_copy(update={"confidences": {"invoice_number": asks - 0.001}})
    (finding,) = studio.spot_checks.inspect(unsure).findings
    assert (finding.check, finding.fields) == (ASKS_MORE, ("invoice_number",))
    studio.spot_checks.loosen()
    assert studio.spot_checks.choices.asks is None


def test_a_wrong_name_is_no_wrong_amount_number_or_date(studio: Studio) -> None:
    """It is not counted."""
    draw_all(studio, most_wrong=10)
    save(studio, "r1", read(studio, "r1"), customer_name="Somebody else")
    assert studio.spot_checks.standing().wrong == 0
    assert studio.spot_checks.choices.asks is None


def test_what_a_person_changes_later_counts_too(studio: Studio) -> None:
    """A record that was found right and is corrected afterwards was wrong."""
    draw_all(studio)
    found = read(studio, "r1")
    order = save(studio, "r1", found)
    later = found.values.model_copy(update={"invoice_number": "OTHER"})
    studio.save(later, ["database"], run_id="r1", update=order)
    assert studio.spot_checks.standing().wrong == 1


def test_choosing_makes_a_seed_once_and_keeps_it(studio: Studio) -> None:
    """The draw stays the same while the share is changed."""
    studio.spot_checks.choose(0.02, 10)
    seed = studio.spot_checks.choices.seed
    assert len(seed) == 32
    studio.spot_checks.choose(0.05, None)
    assert studio.spot_checks.choices.seed == seed
