"""What recipes come to, and which are worth having."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from core.call import Usage
from core.comparison.result import Measure, Result, fair_measures, measure, read_measure
from core.comparison.sheet import compare_readings
from core.comparison.totals import Compared, RecipeTotals, Tally, basis_of, score_results, total_of, worth_having
from core.extraction import Extraction, StepRecord
from core.invoice.model import Invoice
from core.recipe import OcrRecipe, Recipe
from core.stores.comparisons import Vote
from samples.generate import make_sample
from samples.invoices import Wishes

TRUTH = make_sample(1, "en", wishes=Wishes(lines=2, rates=1, vendor=0)).truth
RIGHT = Invoice.model_validate({name: value for name, value in TRUTH.items() if name != "meta"})


def result(invoice: Invoice = RIGHT, took: Measure | None = None, engine: str = "auto") -> Result:
    """A reading of the made-up document."""
    recipe = Recipe(ocr=OcrRecipe(engine=engine))
    found = Extraction(document="d", name="a.pdf", pages=(), recipe=recipe, values=invoice, extractor="rules")
    return Result("run", found, took or Measure({"ocr": 1.0}), {})


def compared(results: Sequence[Result | None], failures: Sequence[str], truth: bool = True) -> Compared:
    """A document with these results."""
    known = TRUTH if truth else None
    sheet = compare_readings([each.extraction if each else None for each in results], known)
    scores = score_results(results, failures, known)
    return Compared(tuple(results), tuple(failures), fair_measures(results), sheet, scores)


def totals(accuracy: tuple[int, int], cost: str | None, seconds: float) -> RecipeTotals:
    """A recipe with ``accuracy`` right ones of those judged by the majority."""
    price = None if cost is None else Decimal(cost)
    return RecipeTotals(done=1, majority=Tally(*accuracy), cost=price, times=[seconds])


def test_with_truth_every_right_value_counts_and_a_failure_is_scored_as_nothing() -> None:
    """The recipe that read all is exact, the one that failed has an F1 of 0."""
    document = compared([result(), None], ["", "It failed."])
    good, bad = total_of(0, [document]), total_of(1, [document])
    assert (good.header.f1, good.items.f1, good.exact, good.with_truth) == (1.0, 1.0, 1, 1)
    assert (bad.f1, bad.exact, bad.failed, bad.done) == (0.0, 0, 1, 0)
    assert basis_of([good, bad]) == "truth"


def test_a_vote_counts_also_where_the_truth_is_known() -> None:
    """Whoever had the chosen value has it right, whatever the truth says; the basis stays the truth."""
    chosen = Vote("d", "invoice_number", "X-9", None, "c", datetime(2026, 1, 1, tzinfo=UTC))
    found = result(RIGHT.model_copy(update={"invoice_number": "X-9"})), result()
    sheet = compare_readings([each.extraction for each in found], TRUTH, [chosen])
    document = replace(compared(found, ["", ""]), sheet=sheet)
    both = [total_of(column, [document]) for column in (0, 1)]
    assert [(each.votes.right, each.votes.judged) for each in both] == [(1, 1), (0, 1)]
    assert basis_of(both) == "truth"


def test_a_cost_is_told_for_each_right_value() -> None:
    """What it cost when it was first read, also when the cache answers now; but nothing was spent then."""
    took = Measure({"extract": 2.0}, (), Usage(100, 10), Decimal("0.30"), cached=True)
    found = total_of(0, [compared([result(took=took)], [""])])
    assert (found.cost, found.spent) == (Decimal("0.30"), Decimal(0))
    assert found.cost_a_right_field == Decimal("0.30") / found.right_fields


def test_a_model_without_a_price_makes_the_cost_unknown_and_not_free() -> None:
    """Its recipe is also not called worth having."""
    found = total_of(0, [compared([result(took=Measure({}, (), Usage(5, 5), None))], [""])])
    assert found.cost is None
    assert found.cost_a_document is None
    assert worth_having([totals((9, 9), None, 1), totals((1, 9), "0", 2)], "majority") == (False, True)


def test_only_what_no_other_beats_is_worth_having() -> None:
    """Dearer and slower without being better is not; the cheap, the quick and the right are."""
    right, cheap, quick = totals((9, 10), "0.02", 3), totals((7, 10), "0", 3), totals((8, 10), "0.02", 1)
    beaten = totals((8, 10), "0.03", 3)
    assert worth_having([right, cheap, quick, beaten], "majority") == (True, True, True, False)


def test_two_alike_are_both_worth_having() -> None:
    """A hair's breadth of seconds does not tell them apart."""
    assert worth_having([totals((9, 10), "0", 1.001), totals((9, 10), "0", 1.002)], "majority") == (True, True)


def test_the_one_who_comes_second_does_not_look_quick() -> None:
    """Two recipes that read pages in the same way both have its time; another way of reading has its own."""
    first = result(took=Measure({"ocr": 4.0, "extract": 1.0}))
    second = result(took=Measure({"ocr": 0.0, "extract": 2.0}, ("ocr",)))
    other = result(took=Measure({"ocr": 0.0, "extract": 2.0}, ("ocr",)), engine="rapid")
    measures = fair_measures([first, second, other])
    assert [each.seconds if each and each.complete else None for each in measures] == [5.0, 6.0, None]


def test_a_measure_is_kept_whole() -> None:
    """Money to the last digit; what cannot be read is none."""
    steps = [
        StepRecord("ocr", "finished", 0.0, True),
        StepRecord("extract", "finished", 1.5),
        StepRecord("extract", "failed", 1),
    ]
    took = measure(steps, [], cached=False)
    assert took.steps == {"ocr": 0.0, "extract": 2.5}
    assert read_measure(took.to_json()) == took
    priced = Measure({}, (), Usage(1, 2, 3, 4), Decimal("0.000123400"))
    assert read_measure(priced.to_json()) == priced
    assert read_measure("{not json") is None
