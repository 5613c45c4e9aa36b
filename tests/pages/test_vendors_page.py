"""The Vendors page: what was learnt, in words; lock, forget."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

from core.stores.vendors import Anchor, Vendor, VendorRule, Wanted
from core.studio import Studio

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
