"""The Inbox page, run without a browser: what is listed, chosen and done with it."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.errors import DatabaseUnavailable
from core.extraction import PageRef
from core.stores.inbox import InboxItem, InboxQuery
from core.studio import Studio
from pages.inbox_parts import rows
from pages.inbox_parts.choosing import CHOSEN, choose, chosen, take_choice
from pages.inbox_parts.query import packed, unpacked
from pages.inbox_parts.words import age_words, report_words, state_words
from pages.shared.signed import sign
from tests.browser.papers import PASSWORD, invoice_pdf
from tests.core.test_inbox import items, paper, taken, wait
from tests.pages.test_watch import ask

ROOT = Path(__file__).parents[2]


def open_page(**state: object) -> AppTest:
    """The Inbox page, with what the session remembers."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
    app.switch_page("pages/inbox.py")
    for name, value in state.items():
        app.session_state[name] = value
    app.run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    """All that the page says."""
    texts = [*app.markdown, *app.caption, *app.error, *app.info, *app.toast]
    return "\n".join(str(text.value) for text in texts).replace("\\", "")


def press(app: AppTest, key: str) -> AppTest:
    """Press a button."""
    app.button(key=key).click().run()
    assert not app.exception
    return app


def listed(query: InboxQuery | None = None) -> list[InboxItem]:
    """What the page lists, as its rows are asked for it."""
    from pages.shared.frame import get_studio

    return list(get_studio().inbox.search(query or InboxQuery(size=100)).rows)


def test_a_newcomer_is_told_what_to_do(studio: Studio) -> None:
    """Where to drop, what happens then, and the way to the Studio."""
    app = open_page()
    assert "Drop whatever comes in" in said(app)
    assert "Nothing leaves this machine" in said(app)
    press(app, "inbox_to_studio")
    assert app.button(key="sample_0")


def test_a_default_recipe_that_sends_is_said_before_anything_is_dropped(studio: Studio) -> None:
    """Documents are read as they come in."""
    recipe = studio.defaults.known_recipes()["model"].model_copy(update={"name": "default"})
    studio.configure(recipe=recipe)
    told = said(open_page())
    assert "Nothing leaves this machine" not in told
    assert "sends documents to a model as they come in" in told


def test_what_is_dropped_is_taken_and_named_where_it_came_before(studio: Studio) -> None:
    """Files, and the batch that they make."""
    taken(studio, ("a.pdf", paper("PA-1")))
    app = open_page()
    app.file_uploader(key="inbox_files_0").upload("b.pdf", paper("PA-1"), "application/pdf")
    app.run()
    assert not app.exception
    assert "“b.pdf” came before as “a.pdf”" in said(app)
    press(app, "inbox_again_seen")
    assert "came before as" not in said(app)
    assert [item.name for item in listed()] == ["a.pdf"]


def test_rows_say_what_the_document_says_and_never_as_markup(studio: Studio) -> None:
    """A document's name and its words are only ever text."""
    found = taken(studio, ("<b>a</b>.pdf", paper("PB-1")), ("bad.pdf", b"%PDF"))
    good = rows._row(found["<b>a</b>.pdf"], found["<b>a</b>.pdf"].arrived_at)
    assert "&lt;b&gt;a&lt;/b&gt;.pdf" in good["cells"]
    assert "<b>a</b>" not in good["cells"]
    for words in ("PB-1", "Woodshed Supplies Ltd", "120.00 GBP", "ready", "invoice"):
        assert words in good["cells"]
    assert "page-picture" in good["picture"]
    bad = rows._row(found["bad.pdf"], found["bad.pdf"].arrived_at)
    assert "failed" in bad["cells"]
    assert "damaged" in bad["cells"]
    assert "page-picture" not in bad["picture"]


def test_the_chosen_are_assigned_rejected_taken_back_and_deleted(studio: Studio) -> None:
    """Several at once, by their ids; what was deleted comes back."""
    found = taken(studio, *((f"{number}.pdf", paper(f"PC-{number}")) for number in range(3)))
    ids = [item.item_id for item in found.values()]
    app = open_page(**{CHOSEN: ids[:2]})
    assert "2 chosen" in said(app)
    press(app, "inbox_assign_nobody")
    app.text_input(key="inbox_reason").set_value("not ours").run()
    press(app, "inbox_reject_now")
    assert [item.state for item in studio.inbox.some(ids)] == ["rejected", "rejected", "approved"]
    assert items(studio)["0.pdf"].sentence == "not ours"
    press(app, "inbox_take_back")
    assert {item.state for item in studio.inbox.some(ids)} == {"approved"}
    press(app, "inbox_choose_all")
    assert len(app.session_state[CHOSEN]) == 3
    press(app, "inbox_delete")
    assert listed() == []
    assert app.session_state[CHOSEN] == []
    press(app, "inbox_undelete")
    assert len(listed()) == 3


def test_what_failed_is_tried_again_by_one_click(studio: Studio) -> None:
    """Without choosing it."""
    studio.configure(limits=studio.defaults.limits.model_copy(update={"pages": 1}))
    taken(studio, ("a.pdf", paper("PD-1", pages=2)))
    studio.configure(limits=studio.defaults.limits.model_copy(update={"pages": 9}))
    press(open_page(), "inbox_retry_all")
    wait(studio)
    assert items(studio)["a.pdf"].sentence == "2 pages: choose which to read."


def test_the_chosen_are_read_by_another_recipe(studio: Studio) -> None:
    """What is saved stays."""
    found = taken(studio, ("a.pdf", paper("PE-1", pages=2)))["a.pdf"]
    app = open_page(**{CHOSEN: [found.item_id]})
    app.selectbox(key="inbox_recipe").set_value("page-only").run()
    press(app, "inbox_run_now")
    wait(studio)
    assert (items(studio)["a.pdf"].recipe, items(studio)["a.pdf"].number) == ("page-only", "PE-1")


def test_an_item_opens_in_the_studio_with_what_was_read(studio: Studio) -> None:
    """One that was not read opens its pages, a locked one asks for its password, one that is no document says why."""
    found = taken(
        studio,
        ("a.pdf", paper("PF-1")),
        ("two.pdf", paper("PF-2", pages=2)),
        ("locked.pdf", invoice_pdf("PF-3", password=PASSWORD)),
        ("bad.pdf", b"%PDF"),
    )
    app = open_page(**{CHOSEN: [item.item_id for item in found.values()]})
    press(app, "inbox_open")
    assert app.text_input(key="field_invoice_number").value == "PF-1"
    desk = app.session_state["studio_desk"]
    assert [document.name for document in desk.documents] == ["a.pdf", "two.pdf"]
    assert [document.picking for document in desk.documents] == [False, True]
    assert [locked.name for locked in desk.locked] == ["locked.pdf"]
    assert any("bad" in error.value for error in app.error)


def test_pages_that_were_read_apart_lie_beside_each_other(studio: Studio) -> None:
    """Two items of one file are two groups of one document."""
    document = studio.open(paper("PG-1", pages=2), "a.pdf")
    studio.inbox.laid_on_desk(document)
    for number in (1, 2):
        studio.start(document.sha256, [PageRef(number)])
    wait(studio)
    app = open_page(**{CHOSEN: [item.item_id for item in listed()]})
    app.button(key="inbox_open").click().run()
    (laid,) = app.session_state["studio_desk"].documents
    assert sorted(group.pages for group in laid.groups) == [[1], [2]]


def test_a_list_is_narrowed_and_shown_whole_again(studio: Studio) -> None:
    """By words; nothing that matches says so."""
    taken(studio, ("a.pdf", paper("PH-1")))
    app = open_page()
    app.text_input(key="find").set_value("no such").run()
    assert "Nothing matches this" in said(app)
    press(app, "inbox_show_all")
    assert "Nothing matches this" not in said(app)


def test_a_batch_says_what_came_of_it(studio: Studio) -> None:
    """In one line, and under the name that somebody gave it."""
    taken(studio, ("a.pdf", paper("PI-1")), ("two.pdf", paper("PI-2", pages=2)), ("bad.pdf", b"%PDF"))
    (report,) = studio.inbox.reports()
    told = report_words(report)
    assert told.startswith("1 ready unseen · 1 failed · 1 for you to start · ")
    assert told.endswith("of reading")
    app = open_page()
    app.text_input(key=f"inbox_name_{report.batch.batch_id}").set_value("March").run()
    assert studio.inbox.reports()[0].batch.name == "March"
    press(app, f"inbox_show_{report.batch.batch_id}")
    assert app.session_state["batch"] == report.batch.batch_id


def test_what_changes_is_put_into_its_place_without_a_run_of_the_page(studio: Studio) -> None:
    """The answer to the browser has the row's cells, the counts and the batch; the token stays while the same rows are listed."""
    studio.configure(read_on_arrival="none")
    found = taken(studio, ("a.pdf", paper("PJ-1")), ("b.pdf", paper("PJ-2")))
    subject = packed(InboxQuery(size=100))

    def answer() -> dict[str, object]:
        told: dict[str, object] = json.loads(bytes(ask("inbox", subject, sign("inbox", subject)).body))
        return told

    before = answer()
    studio.inbox.assign([found["a.pdf"].item_id], "Ann")
    after = answer()
    assert after["token"] == before["token"]
    assert "Ann" in after["parts"][f"item_{found['a.pdf'].item_id}"]  # type: ignore[index]
    assert after["parts"]["inbox_count_waiting"] == "2"  # type: ignore[index]
    studio.inbox.delete([found["b.pdf"].item_id])
    assert answer()["token"] != before["token"]


def test_a_question_in_an_address_comes_back_as_it_was() -> None:
    """Whatever was typed."""
    query = InboxQuery("Ünï/+ %", ("failed", "saved"), None, "V", "b", "", "total", False, 3, 200)
    assert unpacked(packed(query)) == query


def test_a_choice_of_one_page_leaves_those_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """The browser tells of the rows that it shows alone; what is no choice changes nothing."""
    monkeypatch.setattr("streamlit.session_state", {})
    choose(["a", "b", "x"])
    take_choice({"on": ["c"], "of": ["b", "c"]})
    assert chosen() == ["a", "x", "c"]
    take_choice("nonsense")
    assert chosen() == ["a", "x", "c"]


def test_a_database_that_does_not_answer_is_one_sentence(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a way to try again."""

    def refuse(query: InboxQuery) -> None:
        raise DatabaseUnavailable("The database does not answer: try again.")

    monkeypatch.setattr(studio.inbox, "search", refuse)
    app = open_page()
    assert "The database does not answer" in said(app)
    assert app.button(key="inbox_try_again")


def test_states_and_ages_are_told_in_few_words(studio: Studio) -> None:
    """What waits for a person is told from what waits for its turn."""
    found = taken(studio, ("two.pdf", paper("PK-1", pages=2)))["two.pdf"]
    assert state_words(found) == "for you to start"
    now = time.time()
    moment = found.arrived_at.fromtimestamp
    zone = found.arrived_at.tzinfo
    told = [age_words(moment(now - seconds, zone), moment(now, zone)) for seconds in (5, 61, 7_300, 200_000)]
    assert told == ["now", "1 min", "2 h", "2 d"]
