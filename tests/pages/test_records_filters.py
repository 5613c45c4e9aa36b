"""The Records page narrowed by any field, and lists kept by name, run without a browser."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

from core.person import Person
from core.studio import Studio
from tests.pages.test_records_page import invoice, numbers, open_page


def test_a_list_is_narrowed_by_fields_that_ship(studio: Studio) -> None:
    """By an address without its accents, then by an empty day too; all of it stands in the address."""
    for number, address, due in (("A-1", "Köln", None), ("A-2", "Köln", date(2026, 4, 1)), ("A-3", "Bonn", None)):
        values = invoice(number).model_copy(update={"billing_address": address, "due_date": due})
        studio.save(values, ("database",))
    app = open_page()
    app.selectbox(key="field").set_value("billing_address").run()
    app.text_input(key="holds").set_value("koln").run()
    assert numbers(app) == ["A-2", "A-1"]
    app.selectbox(key="field2").set_value("due_date").run()
    app.checkbox(key="empty2").check().run()
    assert numbers(app) == ["A-1"]
    app.text_input(key="holds").set_value("nowhere").run()
    app.button(key="records_clear").click().run()
    assert numbers(app) == ["A-3", "A-2", "A-1"]


def test_amounts_vendors_and_people_narrow_a_list(studio: Studio) -> None:
    """Total, vendor, and who saved it."""
    studio.by(Person("Ada", "admin", "typed")).save(invoice("A-1", "Müller KG", "20.00"), ("database",))
    studio.save(invoice("A-2", "Paper Mill Ltd", "300.00"), ("database",))
    app = open_page()
    app.number_input(key="total_to").set_value(20.0).run()
    assert numbers(app) == ["A-1"]
    app.number_input(key="total_to").set_value(None).run()
    app.text_input(key="vendor").set_value("mill").run()
    assert numbers(app) == ["A-2"]
    app.text_input(key="vendor").set_value("").run()
    app.selectbox(key="worked_on_by").set_value("Ada").run()
    assert numbers(app) == ["A-1"]
    app.selectbox(key="did").set_value("saved").run()
    assert numbers(app) == ["A-1"]


def test_a_list_is_kept_by_name_and_found_by_its_address(studio: Studio) -> None:
    """Its filters, columns and order come back, in another session too; a person's own is nobody else's."""
    studio.save(invoice("A-1", total="20.00").model_copy(update={"iban": "DE89"}), ("database",))
    studio.save(invoice("A-2", total="300.00"), ("database",))
    app = open_page()
    app.number_input(key="total_from").set_value(10.0).run()
    app.multiselect(key="columns").set_value(["invoice_number", "iban", "total_amount"]).run()
    app.selectbox(key="sort").set_value("total_amount").run()
    app.date_input(key="invoiced_from").set_value(date(2026, 1, 1)).run()
    app.text_input(key="records_view_name").set_value("To pay").run()
    app.button(key="records_view_keep").click().run()
    assert app.query_params["view"] in ("To pay", ["To pay"])
    again = open_page(view="To pay")
    assert list(again.dataframe[0].value.columns) == ["order_id", "invoice_number", "iban", "total_amount"]
    assert numbers(again) == ["A-2", "A-1"]
    assert list(again.dataframe[0].value["iban"]) == ["", "DE89"]
    assert again.number_input(key="total_from").value == 10.0
    assert again.date_input(key="invoiced_from").value == date(2026, 1, 1)
    assert studio.by(Person("Bob", "viewer", "typed")).views.all() == []
    again.button(key="records_view_remove_0").click().run()
    assert studio.views.all() == []
    assert "view" not in again.query_params


def test_a_record_as_json_carries_its_trail(studio: Studio) -> None:
    """Who saved and changed it, and each value from what to what."""
    order_id = studio.save(invoice("A-1"), ("database",)).order_id
    studio.save(invoice("A-2"), ("database",), update=order_id)
    (told,) = json.loads(studio.export_record(order_id, "json"))
    assert told["invoice"]["total_amount"] == "119.00"
    assert told["trail"][0]["what"].startswith("saved it as reviewed")
    changed = next(entry for entry in told["trail"] if entry.get("path") == "invoice_number")
    assert (changed["from"], changed["to"], changed["who"]) == ("A-1", "A-2", studio.person.name)
    assert Decimal(told["invoice"]["total_amount"]) == 119
