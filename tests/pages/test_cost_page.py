"""The Cost page: the bill, its views, what was sent, and the budgets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.call import Call, Usage
from core.extraction import Extraction
from core.invoice.model import Invoice
from core.recipe import Recipe
from core.settings import Budget
from core.studio import Studio
from pages.shared.money import dollars

PAGE = Path(__file__).parents[2] / "pages" / "cost.py"


def note_calls(studio: Studio, count: int = 3, cost: str | None = "0.25") -> None:
    """Calls of today and the days before, to two models, with what was sent."""
    now = datetime.now(UTC)
    for number in range(count):
        usage = Usage(1000, 200, 500)
        sent = {"system": "Read it.", "messages": [{"role": "user", "parts": [{"text": "<b>Rechnung</b> 12"}]}]}
        price = Decimal(cost) if cost else None
        at = now - timedelta(seconds=number)
        model = ("small", "big")[number % 2]
        call = Call(f"call{number}", at, "groq", model, "extract", usage, price, 0.8, prompt="invoice@0", sent=sent)
        studio._parts.calls.keep_call(call, f"run{number}", f"doc{number}")


def open_page() -> AppTest:
    """The page alone, drawn once."""
    return AppTest.from_file(str(PAGE), default_timeout=20).run()


def words(page: AppTest) -> str:
    """All that the page says."""
    return " ".join(element.value for kind in ("markdown", "caption", "warning", "info") for element in page.get(kind))


def test_without_calls_the_page_says_what_it_is_for(studio: Studio) -> None:
    """And leads to where a model is chosen."""
    page = open_page()
    assert not page.exception
    assert "No model was asked" in words(page)
    assert page.button(key="cost_to_settings")


def test_the_bill_is_added_up_and_shown_by_model(studio: Studio) -> None:
    """Three calls at a quarter dollar."""
    note_calls(studio)
    page = open_page()
    assert not page.exception
    assert [metric.value for metric in page.metric][:3] == ["$0.75", "3", "$0.25"]
    table = page.dataframe[0].value
    assert sorted(zip(table["Model"], table["Calls"], strict=True)) == [("groq:big", 1), ("groq:small", 2)]


def test_calls_without_a_price_are_told_not_taken_as_free(studio: Studio) -> None:
    """The figure says that something is missing in it."""
    note_calls(studio, cost=None)
    page = open_page()
    assert "3 calls to models without a known price" in page.metric[0].help


def test_the_latest_calls_are_listed_and_the_download_has_all(studio: Studio) -> None:
    """Five hundred are shown, newest first; how many there are is said."""
    note_calls(studio, 503)
    page = open_page()
    table = page.dataframe[1].value
    assert len(table) == 500
    assert list(table["When (UTC)"]) == sorted(table["When (UTC)"], reverse=True)
    assert "The latest 500 of 503 are shown" in words(page)
    assert [metric.value for metric in page.metric][:2] == ["$125.75", "503"]


def test_what_was_saved_follows_the_model_that_it_is_told_against(studio: Studio) -> None:
    """Two runs with one model, one with the other: against the dearer one what the cheaper did not cost."""
    for number, (model, cost) in enumerate((("small", "0.25"), ("big", "1.00"), ("big", "1.00"))):
        run, at = f"run{number}", datetime.now(UTC) - timedelta(seconds=1)
        studio._parts.calls.keep_call(
            Call(run, at, "groq", model, "extract", Usage(1, 1), Decimal(cost)), run, f"doc{number}"
        )
        studio._parts.ledger.keep_run(
            run, Extraction(document="d", name="a", pages=(), recipe=Recipe(), values=Invoice()), at
        )
    page = open_page()
    saved = next(metric for metric in page.metric if metric.label == "By cache and cascade")
    assert (page.selectbox(key="cost_strong").value, saved.value) == ("groq:big", "$0.75")
    page.selectbox(key="cost_strong").set_value("groq:small").run()
    saved = next(metric for metric in page.metric if metric.label == "By cache and cascade")
    assert saved.value == "$0.00"


def test_budgets_are_kept_and_warn(studio: Studio) -> None:
    """Spent 0.75 of 0.80."""
    note_calls(studio)
    page = open_page()
    page.number_input(key="cost_budget_day").set_value(0.8)
    page.toggle(key="cost_budget_hard").set_value(True)
    page.button(key="cost_budget_keep").click().run()
    assert studio.defaults.budget == Budget(day=Decimal("0.80"), hard=True)
    assert "94% spent" in words(page)


def test_a_budget_can_be_taken_away(studio: Studio) -> None:
    """An emptied field stays empty: the browser sends back what stands in it, which is nothing."""
    studio.configure(budget=Budget(day=Decimal("0.80")))
    page = open_page()
    field = page.number_input(key="cost_budget_day")
    assert (field.value, field.proto.HasField("default")) == (0.8, False)
    field.set_value(None)
    page.button(key="cost_budget_keep").click().run()
    assert studio.defaults.budget == Budget()


def test_downloads_hold_formula_like_text_as_text(studio: Studio) -> None:
    """Model names are typed by people."""
    data = studio.export_table([{"Model": "=1+1", "Cost": Decimal("0.10")}], "csv").decode("utf-8-sig")
    assert data.splitlines() == ['"Model","Cost"', '"\'=1+1","0.10"']


@pytest.mark.parametrize(
    ("amount", "shown"),
    [(None, "–"), ("0", "$0.00"), ("1234.5", "$1,234.50"), ("0.0123", "$0.012"), ("0.00000456", "$0.0000046")],
)
def test_small_amounts_show_digits_that_say_something(amount: str | None, shown: str) -> None:
    """A call costs fractions of a cent."""
    assert dollars(Decimal(amount) if amount else None) == shown
