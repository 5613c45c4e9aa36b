"""Duplicates and two records side by side on the Records page, run without a browser."""

from __future__ import annotations

from core.studio import Studio
from tests.pages.test_records_page import invoice, open_page, said


def test_duplicates_are_listed_with_why_and_seen_side_by_side(studio: Studio) -> None:
    """What differs is marked; one is deleted with a way back, and "not the same" is remembered."""
    for number, vendor in (("A-1001", "Mill"), ("A-1001", "Mi11"), ("B-7", "Mill")):
        studio.save(invoice(number, vendor), ("database",))
    app = open_page()
    app.toggle(key="records_twins_shown").set_value(True).run()
    assert "the vendor written otherwise" in said(app)
    assert "under another number" in said(app)
    app.button(key="records_beside_1_2").click().run()
    table = next(each.value for each in app.dataframe if "Order 2" in each.value)
    assert list(table["Field"][table[""] == "≠"]) == ["Vendor"]
    app.button(key="records_beside_apart").click().run()
    assert [twins.second for twins in studio.records.twins().rows] == [3]
    app.button(key="records_beside_1_3").click().run()
    app.button(key="records_beside_delete_3").click().run()
    assert studio.records.twins().total == 0
    app.button(key="record_undo").click().run()
    assert not app.exception
    assert studio.records.twins().total == 1
