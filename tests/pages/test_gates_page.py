"""The Gates page: nothing is kept before it was seen what it would have done."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.gates import Gates, TypeGate
from core.studio import Studio
from tests.core.test_inbox import paper, taken

PAGE = Path(__file__).parents[2] / "pages" / "gates.py"


def open_page() -> AppTest:
    """The page alone, drawn once."""
    page = AppTest.from_file(str(PAGE), default_timeout=20).run()
    assert not page.exception
    return page


def has(page: AppTest, key: str) -> bool:
    """Whether the page has this button."""
    return any(button.key == key for button in page.button)


def test_a_change_is_kept_once_it_was_seen_what_it_would_have_done(studio: Studio) -> None:
    """With the documents, before and after; another change must be seen anew."""
    taken(studio, ("a.pdf", paper("A-1")))
    page = open_page()
    assert not has(page, "gates_foresee")
    page.number_input(key="gate_approve_invoice_1").set_value(100.0).run()
    assert not has(page, "gates_save")
    page.button(key="gates_foresee").click().run()
    assert [metric.value for metric in page.metric] == ["1 of 1", "0 of 1", "0 of 0"]
    assert page.dataframe[-1].value["Now → then"].tolist() == ["passes → looked at"]
    page.number_input(key="gate_least_invoice_1").set_value(2).run()
    assert not has(page, "gates_save")
    assert studio.gating.now == Gates()
    page.button(key="gates_foresee").click().run()
    page.button(key="gates_save").click().run()
    assert not page.exception
    assert studio.gating.now == Gates(types={"invoice": TypeGate(approve_at=1.0, least_values=2)})
    assert not has(page, "gates_foresee")


def test_what_is_set_stands_there_and_goes_by_discard(studio: Studio) -> None:
    """Of each type its own."""
    kept = Gates(types={"receipt": TypeGate(most={"EUR": Decimal(50)})}, never=("Acme",), save_to=("database",))
    studio.gating.change(kept, Gates())
    page = open_page()
    assert page.multiselect(key="gate_never_1").value == ["Acme"]
    page.selectbox(key="gates_type").select("receipt").run()
    page.multiselect(key="gate_never_1").set_value([]).run()
    assert has(page, "gates_foresee")
    page.button(key="gates_discard").click().run()
    assert page.multiselect(key="gate_never_2").value == ["Acme"]
    assert studio.gating.now == kept
    assert len(studio.gating.changes()) == 1


def test_who_may_not_change_them_sees_them(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """Greyed out."""
    from core.person import Person

    mine = studio.by(Person("Bob", "reviewer", "signed in"))
    for module in ("draft", "form", "foresight"):
        monkeypatch.setattr(f"pages.gates_parts.{module}.get_studio", lambda: mine)
    monkeypatch.setattr("pages.shared.rights.get_studio", lambda: mine)
    page = open_page()
    assert page.number_input(key="gate_approve_invoice_1").disabled
