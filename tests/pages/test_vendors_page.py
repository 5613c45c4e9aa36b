"""The Vendors page: what was learnt, in words; lock, forget."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from streamlit.testing.v1 import AppTest

from core.memory.sentences import habit_words
from core.stores.vendors import Anchor, Vendor, VendorRule, Visit, Wanted
from core.studio import Studio
from tests.core.memory.test_memory import FIRST, VENDOR, read

PAGE = Path(__file__).parents[2] / "pages" / "vendors.py"


def open_page() -> AppTest:
    """The page alone, drawn once."""
    page = AppTest.from_file(str(PAGE), default_timeout=20).run()
    assert not page.exception
    return page


def put_one(studio: Studio) -> Vendor:
    """A vendor with two rules, behind the memory's back."""
    rules = (
        VendorRule(Wanted("vendor_name", "Acme *Tools*"), "active", 2, 0, 1, 3),
        VendorRule(Anchor("invoice_number", "ourmark", "Our mark"), "trial", 1),
    )
    vendor = Vendor("1", "Acme *Tools*", (("tax", "DE136695976"),), rules=rules, documents=3)
    studio.memory._vendors.put(vendor)
    return vendor


def test_an_empty_page_says_how_something_is_learnt(studio: Studio) -> None:
    """And where."""
    assert any("Nothing was learnt yet" in text.value for text in open_page().markdown)


def test_the_rules_stand_there_in_words(studio: Studio) -> None:
    """A document's words are never markup."""
    put_one(studio)
    shown = " ".join(text.value for text in open_page().markdown)
    assert "Invoice number stands behind “Our mark”" in shown
    assert "*Tools*" not in shown.replace("\\*", "")


def test_a_rule_and_a_vendor_can_be_forgotten_and_locked(studio: Studio) -> None:
    """One after the other."""
    put_one(studio)
    page = open_page()
    page.button(key="vendor_rule_forget_1").click().run()
    assert [rule.state for rule in studio.memory.all()[0].rules] == ["active"]
    page.toggle(key="vendor_lock_1").set_value(True).run()
    assert studio.memory.all()[0].locked
    page.button(key="vendor_forget_yes").click().run()
    assert not page.exception
    assert studio.memory.all() == []


def test_a_rule_is_changed_in_its_own_words(studio: Studio) -> None:
    """It is on trial then; the old one is not learnt again."""
    put_one(studio)
    page = open_page()
    page.text_input(key="vendor_rule_text_1_0").set_value("Acme Tools Ltd")
    page.button(key="vendor_rule_keep_0").click().run()
    assert not page.exception
    (vendor,) = studio.memory.all()
    assert (vendor.rules[0].habit.value, vendor.rules[0].state) == ("Acme Tools Ltd", "trial")  # type: ignore[union-attr]
    assert [habit.value for habit in vendor.forgotten] == ["Acme *Tools*"]  # type: ignore[union-attr]


def test_how_the_documents_went_is_drawn(studio: Studio) -> None:
    """From the second on."""
    visits = tuple(Visit(f"r{n}", "2026-01-01", 9, n, 5) for n in range(3))
    studio.memory._vendors.put(replace(put_one(studio), course=visits))
    assert any("Wrong header values" in text.value for text in open_page().markdown)


def test_a_correction_in_records_teaches_and_can_be_taken_back(studio: Studio) -> None:
    """What was learnt is told beside the undo of the save, with a cutting of the page."""
    found = read(studio, FIRST, "r1")
    saved = studio.save(found.values, ["database"], run_id="r1", extraction=found, status="needs review")
    app = AppTest.from_file(str(PAGE.parents[1] / "app.py"), default_timeout=30)
    app.switch_page("pages/records.py")
    app.query_params["record"] = str(saved.order_id)
    app.run()
    number = next(box for box in app.text_input if box.label.startswith("Invoice number"))
    number.set_value("KV-4711").run()
    vendor = next(box for box in (*app.text_input, *app.text_area) if box.label.startswith("Vendor") and box.value)
    vendor.set_value(VENDOR).run()
    app.button(key="record_save").click().run()
    assert not app.exception
    (learnt,) = studio.memory.all()
    assert any("Our mark" in habit_words(rule.habit) for rule in learnt.rules)
    assert any("Our mark" in text.value for text in app.markdown)
    app.button(key="record_taught_unlearn").click().run()
    assert not app.exception
    assert studio.memory.all() == []
