"""Scores against truth: counted by hand where it matters, by property where there are many."""

from __future__ import annotations

import json
from decimal import Decimal
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import CaseError
from core.evaluation import Report, ScoredCase, load_cases, load_prediction, render, score_case, to_json
from core.evaluation.assignment import cheapest_columns, pair
from core.evaluation.cases import load_case
from core.evaluation.outcome import compare
from core.evaluation.predictions import plain_items, plain_value
from core.evaluation.scoring import total
from core.invoice.document_type import INVOICE, LINE_ITEMS
from core.notation.sameness import is_right, read_date, read_number
from samples.generate import make_sample
from samples.invoices import Wishes

TRUTH = make_sample(1, "en", wishes=Wishes(lines=3, rates=1, vendor=0)).truth
CELLS = ("description", "quantity", "unit_price", "total_price")


def perfect(**changes: Any) -> dict[str, Any]:
    """The true invoice as a prediction, with some fields changed."""
    return {**{name: value for name, value in TRUTH.items() if name != "meta"}, **changes}


def visible(**changes: Any) -> dict[str, Any]:
    """The truth with another ``meta.visible``."""
    meta = {**TRUTH["meta"], "visible": {**TRUTH["meta"]["visible"], **changes}}
    return {**TRUTH, "meta": meta}


def counts(truth: dict[str, Any], prediction: dict[str, Any]) -> tuple[int, int, int]:
    """True positives, false positives and false negatives over all fields."""
    count = total([score_case(truth, prediction)])
    return count.tp, count.fp, count.fn


def scored_fields() -> int:
    """How many values of TRUTH are on the page."""
    return sum(value is True for value in TRUTH["meta"]["visible"].values()) + 4 * len(TRUTH["line_items"])


def test_the_truth_itself_scores_full() -> None:
    """Every value on the page is a true positive, and nothing else is counted."""
    score = score_case(TRUTH, perfect())
    assert counts(TRUTH, perfect()) == (scored_fields(), 0, 0)
    assert (score.header_exact, score.items_right, score.items_scorable, score.errors) == (True, 3, 3, [])


def test_an_empty_prediction_misses_everything() -> None:
    """Empty is a false negative a value, and no false positive."""
    assert counts(TRUTH, {}) == (0, 0, scored_fields())


def test_a_wrong_value_is_both_missed_and_made_up() -> None:
    """One wrong amount costs a false positive and a false negative."""
    score = score_case(TRUTH, perfect(total_amount="0.01"))
    assert counts(TRUTH, perfect(total_amount="0.01")) == (scored_fields() - 1, 1, 1)
    assert not score.header_exact
    assert score.errors[0].startswith("total_amount: want")


def test_a_value_that_is_not_on_the_page_is_made_up() -> None:
    """``absent``: a false positive; not annotated: not scored."""
    prediction = perfect(shipping_address="Nowhere 1")
    assert counts(visible(shipping_address="absent"), prediction)[1:] == (1, 0)
    assert counts(visible(shipping_address=None), prediction)[1:] == (0, 0)


def test_lines_in_another_order_are_paired() -> None:
    """The order of line items does not matter."""
    assert counts(TRUTH, perfect(line_items=TRUTH["line_items"][::-1])) == (scored_fields(), 0, 0)


def test_a_missed_and_a_made_up_line_are_counted_by_cell() -> None:
    """Four cells missed, four made up: the made-up line fits none of the true ones."""
    made_up = {"description": "Zebra", "quantity": "777", "unit_price": "77.77", "total_price": "7.77"}
    score = score_case(TRUTH, perfect(line_items=[*TRUTH["line_items"][1:], made_up]))
    assert [(score.counts[f"item.{cell}"].fp, score.counts[f"item.{cell}"].fn) for cell in CELLS] == [(1, 1)] * 4
    assert (score.items_right, score.items_scorable, score.header_exact) == (2, 3, True)


def test_a_cell_that_is_not_visible_is_not_scored() -> None:
    """A line is right when its scored cells are."""
    lines = [{**dict.fromkeys(CELLS, True), "quantity": False}] * 3
    items = [{**item, "quantity": "999"} for item in TRUTH["line_items"]]
    score = score_case(visible(line_items=lines), perfect(line_items=items))
    assert "item.quantity" not in score.counts
    assert score.items_right == 3


@pytest.mark.parametrize(
    ("path", "truth", "predicted", "right"),
    [
        ("total_amount", "1234.50", "1.234,50 €", True),
        ("total_amount", "1234.50", 1234.5, True),
        ("total_amount", "1234.50", "1234.51", False),
        ("total_amount", "5.00", "n/a", False),
        ("total_amount", "5.00", float("inf"), False),
        ("total_amount", "1.00", True, False),
        ("line_items.0.unit_price", "0.12345", "0.12", True),
        ("line_items.0.unit_price", "0.12345", "0.13", False),
        ("invoice_date", "2024-02-03", "03.02.2024", True),
        ("invoice_date", "2024-02-03", "soon", False),
        ("currency", "EUR", "€", True),
        ("currency", "EUR", "USD", False),
        ("invoice_number", "RE-17 b", "No. re-17B", True),
        ("invoice_number", "RE-17", "RE-18", False),
        ("vendor_name", "Lindgrün GmbH", "LINDGRÜN, GmbH", True),
        ("vendor_name", "Lindgrün GmbH", "Nordlicht KG", False),
        ("line_items.0.description", "Oak shelf", "B12 Oak shelf, oiled", True),
        ("line_items.0.description", "Oak", "Oak shelf of many words", False),
    ],
)
def test_values_match_by_their_kind(path: str, truth: Any, predicted: Any, right: bool) -> None:
    """Amounts at two decimals, dates as days, codes, numbers and names each by their own rule."""
    assert is_right(INVOICE.field_of(path), truth, predicted) is right


def test_another_reading_counts_as_right() -> None:
    """``meta.alternatives`` holds other readings of a header field."""
    assert is_right(INVOICE.field_of("customer_name"), "Dr. Amsel", "Praxis Amsel", ["Praxis Amsel"])


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1'234.50", "1234.50"),
        ("1 234,00 EUR", "1234.00"),
        ("2,31,456.00", "231456.00"),
        ("1,000", "1000"),
        ("0,8403", "0.8403"),
        ("1.000.000", "1000000"),
        ("8.79-", "-8.79"),
        ("(5.00)", "-5.00"),
        ("−8,79", "-8.79"),
    ],
)
def test_numbers_are_read_in_every_notation(text: str, number: str) -> None:
    """Thousands and decimal marks are told apart, signs before, behind and by brackets."""
    assert read_number(text) == Decimal(number)


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2024-05-07", "2024-05-07"),
        ("20240507", "2024-05-07"),
        ("07.05.24", "2024-05-07"),
        ("12/15/2019", "2019-12-15"),
        ("7. Mai 2024", "2024-05-07"),
        ("7 de mayo de 2024", "2024-05-07"),
        ("May 7th, 2024", "2024-05-07"),
        ("2024年5月7日", "2024-05-07"),
        ("2024-13-40", None),
        ("7 blossom 2024", None),
    ],
)
def test_dates_are_read_in_every_notation(text: str, iso: str | None) -> None:
    """Day before month unless the number says otherwise; months by name in seven languages."""
    day = read_date(text)
    assert (day.isoformat() if day else None) == iso


def test_wrapped_predictions_are_opened() -> None:
    """Other programs wrap values and name the cells of a line otherwise."""
    assert plain_value({"value": {"amount": 3}}) == 3
    assert plain_value({"street": "Main 1", "city": "Ashcombe", "zip": None}) == "Main 1, Ashcombe"
    assert plain_items(
        {"items": [{"name": "A", "qty": 2, "price": "1", "amount": "2"}, {"name": ""}, "x"]}, LINE_ITEMS
    ) == [
        {"description": "A", "quantity": 2, "unit_price": "1", "total_price": "2"}
        | dict.fromkeys(("article_number", "unit", "tax_rate", "discount"))
    ]


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_pairing_is_the_cheapest_there_is(data: st.DataObject) -> None:
    """No permutation of columns costs less than the one found."""
    rows = data.draw(st.integers(1, 4))
    columns = data.draw(st.integers(rows, 5))
    cells = st.lists(st.floats(0, 1), min_size=columns, max_size=columns)
    cost = data.draw(st.lists(cells, min_size=rows, max_size=rows))
    found = cheapest_columns(cost)
    best = min(sum(cost[i][j] for i, j in enumerate(chosen)) for chosen in permutations(range(columns), rows))
    assert len(set(found)) == rows
    assert sum(cost[i][j] for i, j in enumerate(found)) == pytest.approx(best)


def test_lines_that_are_not_alike_are_no_pair() -> None:
    """More true lines than predicted ones, and one pair below the least similarity."""
    assert pair([[0.9], [0.2], [0.1]]) == {0: 0}
    assert pair([[0.29]]) == {}
    assert pair([]) == {}


VALUES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12))
NESTED = st.recursive(VALUES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner))


@given(
    st.dictionaries(
        st.sampled_from([*TRUTH, "other"]), NESTED | st.lists(st.dictionaries(st.sampled_from(CELLS), VALUES))
    )
)
@settings(max_examples=150, deadline=None)
def test_no_prediction_breaks_the_score(prediction: dict[str, Any]) -> None:
    """Whatever a program predicts, each value on the page is either found or missed."""
    count = total([score_case(TRUTH, prediction)])
    assert count.tp + count.fn == scored_fields()


@given(st.permutations(range(3)), st.sets(st.sampled_from(["invoice_number", "tax", "currency", "vendor_name"])))
@settings(max_examples=40, deadline=None)
def test_dropping_fields_only_misses_them(order: list[int], dropped: set[str]) -> None:
    """What is left out is missed once; the rest, in any order of lines, stays right."""
    items = [TRUTH["line_items"][index] for index in order]
    prediction = perfect(line_items=items, **dict.fromkeys(dropped))
    assert counts(TRUTH, prediction) == (scored_fields() - len(dropped), 0, len(dropped))


def write_case(folder: Path, case_id: str, truth: dict[str, Any]) -> None:
    (folder / case_id).mkdir()
    (folder / case_id / "truth.json").write_text(json.dumps(truth), encoding="utf-8")


def test_cases_are_chosen_by_kind_and_language(tmp_path: Path) -> None:
    """A folder with other things in it gives its cases, in order of their names."""
    write_case(tmp_path, "b", TRUTH)
    write_case(tmp_path, "a", make_sample(1, "de").truth)
    (tmp_path / "notes").mkdir()
    assert [case.case_id for case in load_cases(tmp_path)] == ["a", "b"]
    assert [case.case_id for case in load_cases(tmp_path, kinds=["digital"], languages=["en"])] == ["b"]
    with pytest.raises(CaseError, match="languages de, en"):
        load_cases(tmp_path, languages=["pt"])


@pytest.mark.parametrize(
    "text", ["", "[]", '{"meta": {}}', '{"meta": {"visible": {"line_items": [{}]}, "x": 1}, "line_items": []}']
)
def test_a_damaged_truth_is_named(tmp_path: Path, text: str) -> None:
    """A truth that cannot be used is told of by its folder's name."""
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "truth.json").write_text(text, encoding="utf-8")
    with pytest.raises(CaseError, match=r"odd/truth\.json"):
        load_case(tmp_path / "odd")


def test_a_folder_without_cases_says_what_belongs_there(tmp_path: Path) -> None:
    """Neither an empty folder nor a missing one is a traceback."""
    with pytest.raises(CaseError, match="no cases"):
        load_cases(tmp_path)
    with pytest.raises(CaseError, match="not a folder"):
        load_cases(tmp_path / "none")


def test_predictions_are_found_in_their_shapes(tmp_path: Path) -> None:
    """``<id>.json``, a wrapped invoice, a folder a case; an unreadable one is none."""
    (tmp_path / "a.json").write_text('{"invoice": {"total_amount": "5"}}', encoding="utf-8")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "pred.json").write_text('[{"invoice_number": "7"}]', encoding="utf-8")
    (tmp_path / "c.json").write_text("{", encoding="utf-8")
    found = {name: load_prediction(tmp_path, name) for name in "abcd"}
    assert found == {"a": {"total_amount": "5"}, "b": {"invoice_number": "7"}, "c": None, "d": None}


def report_of(tmp_path: Path) -> Report:
    """Two cases: an English one read perfectly, a German one not at all."""
    write_case(tmp_path, "english", TRUTH)
    write_case(tmp_path, "german", {**TRUTH, "meta": {**TRUTH["meta"], "language": "de", "kind": "scan"}})
    english, german = load_cases(tmp_path)
    return Report(
        (
            ScoredCase(english, score_case(english.truth, perfect())),
            ScoredCase(german, score_case(german.truth, {}), "it is empty"),
        )
    )


def test_a_report_groups_by_language_and_kind(tmp_path: Path) -> None:
    """Half of all values found: precision 1, recall a half, F1 two thirds."""
    report = report_of(tmp_path)
    summary = to_json(report)["summary"]
    assert (summary["all"]["precision"], summary["all"]["recall"]) == (1.0, 0.5)
    assert summary["all"]["f1"] == pytest.approx(2 / 3)
    assert (summary["cases"], summary["missing"], summary["header_exact"], summary["items_exact"]) == (2, 1, 0.5, 0.5)
    groups = {name: group.all.f1 for name, group in report.by(lambda case: case.language).items()}
    assert groups == {"en": 1.0, "de": 0.0}


def test_the_table_is_aligned_and_tells_of_errors(tmp_path: Path) -> None:
    """Every row of the field table is as wide as its head; errors come on request."""
    report = report_of(tmp_path)
    rows = render(report).split("\n\n")[0].splitlines()
    assert len({len(row) for row in rows}) == 1
    assert "want" not in render(report, cases=True)
    assert "total_amount: want" in render(report, errors=True)


def test_the_report_is_json(tmp_path: Path) -> None:
    """Every case is in it, with its errors and status."""
    cases = json.loads(json.dumps(to_json(report_of(tmp_path))))["cases"]
    assert cases["german"]["status"] == "it is empty"
    assert cases["english"]["f1"] == 1.0


def test_what_a_truth_says_nothing_of_costs_nothing() -> None:
    """Further fields of a value, a row and a made-up row are ignored where the truth has none of them, and count where it has."""
    line = {"description": "Lamp", "quantity": "1", "unit_price": "2.00", "total_price": "2.00"}
    rows = [dict.fromkeys(line, True)]
    truth = {"line_items": [line], "meta": {"visible": {"line_items": rows}}}
    extra = {"description": "Air", "unit": "pcs", "tax_rate": "19"}
    given = {
        "iban": "DE02120300000000202051",
        "taxes": [{"rate": "19"}],
        "line_items": [{**line, "unit": "pcs"}, extra],
    }
    found = score_case(truth, given).counts
    assert {name: (one.tp, one.fp, one.fn) for name, one in found.items() if one.fp} == {"item.description": (1, 1, 0)}
    assert [value.path for value in compare(truth, given).misses] == ["line_items.1.description"]
    rows[0]["unit"], line["unit"] = True, "pcs"
    found = score_case(truth, given).counts
    assert (found["item.unit"].tp, found["item.unit"].fp) == (1, 1)
    assert {value.path for value in compare(truth, given).misses} == {"line_items.1.description", "line_items.1.unit"}
