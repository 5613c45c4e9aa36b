"""Who is at work: signed in with a role, or by a name that was typed once."""

from __future__ import annotations

from pathlib import Path

import pytest
import streamlit as st
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send
from streamlit.testing.v1 import AppTest

from core.errors import NotAllowed
from core.invoice.model import Invoice
from core.person import Person
from core.stores.inbox import InboxQuery
from core.stores.vendors import Vendor
from core.studio import Studio
from pages.shared.who import AtHome, describe_place, is_this_machine

ROOT = Path(__file__).parents[2]
VERA = {"is_logged_in": True, "email": "vera@example.org", "name": "Vera"}


def app_for(user: dict[str, object] | None = None) -> AppTest:
    """The app, as somebody opens it."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
    if user is not None:
        app.user = user
    return app


def said(app: AppTest) -> str:
    """All that is shown."""
    return "\n".join(str(one.value) for one in (*app.markdown, *app.caption, *app.error, *app.warning))


def test_a_typed_name_stands_beside_what_is_done(studio: Studio) -> None:
    """Without a name it is the account; with one, it is in the history of what is saved from then on."""
    receipt = studio.save(Invoice(invoice_number="A-1"), ("database",))
    app = app_for().run()
    assert "Nobody signs in" in said(app)
    app.text_input(key="who_input").set_value("  Grace   Hopper ").run()
    app.switch_page("pages/records.py")
    app.query_params["record"] = str(receipt.order_id)
    app.run()
    field = next(box for box in app.text_input if str(box.key).startswith("record_field_invoice_number_"))
    field.set_value("A-2").run()
    app.button(key="record_save").click().run()
    assert not app.exception
    assert [entry.who for entry in studio.history.of_record(receipt.order_id or 0) if entry.path] == ["Grace Hopper"]


def test_who_has_not_signed_in_sees_the_door_alone(studio: Studio) -> None:
    """Where sign-in is set up: no upload, no page's content; and a page has no studio for them."""
    studio.save(Invoice(invoice_number="SECRET-1"), ("database",))
    app = app_for({"is_logged_in": False}).run()
    assert not app.exception
    assert "Sign in to see documents and records." in said(app)
    assert [button.label for button in app.button] == ["Sign in"]
    app.switch_page("pages/records.py").run()
    assert not app.dataframe


def test_who_is_in_no_list_is_told_so(studio: Studio) -> None:
    """With the address that was signed in with, and what the host has to do."""
    app = app_for(VERA).run()
    assert "has no role in this studio" in said(app)
    assert [button.label for button in app.button] == ["Sign out"]


def test_a_viewer_may_look_and_no_more(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages that only look; a record's buttons say why they are grey, and the verb behind them refuses too."""
    monkeypatch.setenv("STUDIO_VIEWERS", "*@example.org")
    st.cache_resource.clear()
    receipt = studio.save(Invoice(invoice_number="A-1"), ("database",))
    app = app_for(VERA)
    app.switch_page("pages/records.py")
    app.query_params["record"] = str(receipt.order_id)
    app.run()
    assert not app.exception
    assert list(app.dataframe[0].value["invoice_number"]) == ["A-1"]
    for key in ("record_save", "record_delete"):
        button = app.button(key=key)
        assert button.disabled
        assert "You are a viewer here, and this needs a reviewer" in button.help


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("localhost", "answers this machine only"),
        ("0.0.0.0", r"listens on 0\.0\.0\.0: whoever reaches it may do everything"),
        (None, "answers this machine only"),
    ],
)
def test_where_it_listens_is_said(address: str | None, sentence: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody signs in, in one sentence."""
    monkeypatch.setattr(st, "get_option", lambda name: address)
    monkeypatch.setattr("pages.shared.who.is_at_home", lambda: address is None)
    assert sentence.replace("\\", "") in describe_place().replace("\\", "")


def test_a_hosted_app_says_that_everybody_is_in_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """On a host that leads the whole internet here."""
    monkeypatch.setattr("pages.shared.who.CLOUD_FOLDER", tmp_path)
    assert "everybody who opens it sees the same documents" in describe_place()


@pytest.mark.parametrize(
    ("client", "here"),
    [
        (("127.0.0.1", 5), True),
        (("::1", 5), True),
        (("::ffff:127.0.0.1", 5), True),
        (("192.0.2.7", 5), False),
        (("::ffff:192.0.2.7", 5), False),
        (("2001:db8::1", 5), False),
        (None, True),
    ],
)
def test_this_machine_is_told_from_others(client: object, here: bool) -> None:
    """By its address, also where one is written as the other kind."""
    assert is_this_machine(client) is here


@pytest.mark.parametrize(("at_home", "status"), [(True, 403), (False, 200)])
def test_whoever_comes_from_elsewhere_is_sent_away(at_home: bool, status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless somebody said where the studio is to listen, or people sign in; this machine always comes in."""

    async def page(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse("the studio")(scope, receive, send)

    monkeypatch.setattr("pages.shared.who.is_at_home", lambda: at_home)
    there = TestClient(AtHome(page), client=("192.0.2.7", 5)).get("/")
    assert there.status_code == status
    assert ("answers its own machine only" in there.text) is at_home
    assert TestClient(AtHome(page), client=("127.0.0.1", 5)).get("/").text == "the studio"


def test_a_reviewers_grey_buttons_are_those_of_an_admin(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the pages where they work, what they may not do says so before it is pressed; what they bring in is theirs."""
    monkeypatch.setenv("STUDIO_REVIEWERS", "*@example.org")
    st.cache_resource.clear()
    studio.memory._vendors.put(Vendor("1", "Acme", (("tax", "DE136695976"),), documents=3))
    app = app_for(VERA)
    for page, keys in (
        ("vendors", ["vendor_forget_yes", "vendors_bring_in"]),
        ("cost", ["cost_budget_keep"]),
        ("accuracy", []),
    ):
        app.switch_page(f"pages/{page}.py").run()
        assert not app.exception
        for key in keys:
            (button,) = (one for one in app.button if one.key == key)
            assert button.disabled, key
            assert "this needs an admin" in str(button.help)
    app.switch_page("pages/inbox.py").run()
    assert app.radio(key="inbox_wished").disabled


def test_what_a_person_brings_is_everybodys_and_the_trail_says_who_brought_it(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One who uploads for a team does not keep it from Review's other people; it has somebody once it is assigned."""
    from pages.inbox_parts import intake

    monkeypatch.setattr(intake.st, "rerun", lambda: None)
    for person in (Person("Vera", "reviewer", "signed in"), Person("Ana", known="typed")):
        monkeypatch.setattr(intake, "get_studio", lambda person=person: studio.by(person))
        intake._take([(f"{person.name}.txt", person.name.encode())])
        (row,) = studio.inbox.search(InboxQuery(text=person.name)).rows
        assert row.who == ""
        assert row.document is not None
        assert person.name in {line.who for line in studio.history.of_document(row.document)}


def test_where_people_sign_in_a_review_window_that_nobody_knows_is_refused(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever name it says; one that a signed-in person opened is theirs, with their role."""
    from pages.review_parts import wire

    ask = {"verb": "fields", "who": "Mallory"}
    assert wire.answer(studio, "unknown", ask) == {"fields": []}
    monkeypatch.setattr(wire, "signs_in", lambda: True)
    with pytest.raises(NotAllowed, match="load the page again"):
        wire.answer(studio, "unknown", ask)
    wire.take_seat("known", Person("Vera", "viewer", "signed in"))
    assert wire.answer(studio, "known", ask) == {"fields": []}
    with pytest.raises(NotAllowed, match="You are a viewer here"):
        wire.answer(studio, "known", {"verb": "column", "type": "invoice", "field": "total_amount"})
