"""The Review page and the desk behind it: handed out worst first, to one person at a time, kept, saved, timed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from core.errors import RecordChanged, StorageError
from core.extraction import PageRef
from core.inbox.facts import facts_of_extraction
from core.review.edits import Edits
from core.reviewing.desk import LEASE, ReviewDesk
from core.stores.inbox import InboxItem
from core.stores.receipt import Taught
from core.stores.records import RecordQuery
from core.stores.vendors import Place
from core.studio import Studio
from pages.review_parts.wire import address, answer, routes
from storage.workbook import Workbook
from tests.core.test_stops import GIVEN, read

PAGE = Path(__file__).parents[2] / "pages" / "review.py"
ANA: dict[str, Any] = {"who": "Ana"}
BEN: dict[str, Any] = {"who": "Ben"}


def put(studio: Studio, run_id: str, total: str, **unsure: float) -> str:
    """A document that was read, with a doubt about its total and whatever else is ``unsure``, behind the studio's back."""
    values = GIVEN.model_copy(update={"invoice_number": run_id, "total_amount": Decimal(total)})
    found = read(values, confidences={"total_amount": 0.5, **unsure})
    found = found.model_copy(
        update={"document": run_id.ljust(64, "0"), "name": f"{run_id}.pdf", "pages": (PageRef(1),)}
    )
    now = datetime.now(UTC)
    studio._parts.files.keep_json("run", run_id, found.model_dump_json())
    studio._parts.ledger.keep_run(run_id, found, now)
    item = InboxItem(run_id, found.document, found.name, now, now, run_id=run_id)
    studio.inbox._store.add([replace(item, **facts_of_extraction(found), state="needs review")])
    return run_id


def ask(studio: Studio, seat: str, verb: str, by: dict[str, Any], **about: Any) -> Any:
    """What the studio answers to a window."""
    return answer(studio, seat, {"verb": verb, **by, **about})


def state(studio: Studio, run_id: str) -> str:
    """Where the document stands in the Inbox."""
    return studio.inbox.of_run(run_id)[0].state


def test_two_people_are_handed_different_documents_worst_first(studio: Studio) -> None:
    """A third has nothing to do; what one leaves goes to the next who asks."""
    put(studio, "small", "10")
    put(studio, "large", "9000")
    assert ask(studio, "a", "next", ANA)["run"] == "large"
    assert ask(studio, "b", "next", BEN)["run"] == "small"
    assert ask(studio, "c", "next", {"who": "Cleo"}) == {"none": True}
    assert ask(studio, "b", "open", BEN, run="large") == {"taken": "Ana", "run": "large"}
    assert [row["at"] for row in ask(studio, "b", "queue", BEN)["queue"]] == ["Ana", ""]
    ask(studio, "a", "leave", ANA, runs=["large"])
    assert ask(studio, "c", "next", {"who": "Cleo"})["run"] == "large"
    assert ask(studio, "a", "renew", ANA, runs=["large"])["lost"] == {"large": "Cleo"}


def test_a_reload_finds_what_the_same_person_had(studio: Studio) -> None:
    """In a new window, with all that was done."""
    put(studio, "one", "10")
    ask(studio, "a", "next", ANA)
    ask(
        studio,
        "a",
        "keep",
        ANA,
        run="one",
        acts=[{"do": "set", "path": "vendor_name", "text": "Acme Ltd", "was": "Acme"}],
    )
    again = ask(studio, "a2", "open", ANA, run="one")
    assert next(each for each in again["fields"] if each["path"] == "vendor_name")["text"] == "Acme Ltd"
    assert again["changed"] == ["vendor_name"]


def test_what_is_given_to_one_is_not_handed_to_another(studio: Studio) -> None:
    """The Inbox gives documents to people."""
    put(studio, "one", "10")
    studio.inbox.assign(["one"], "Ben")
    assert ask(studio, "a", "next", ANA) == {"none": True}
    assert ask(studio, "b", "next", BEN)["run"] == "one"


def test_what_is_given_to_others_holds_nobody_up(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """However much of it stands before what is left."""
    monkeypatch.setattr("core.reviewing.desk._LOOKED_AT", 2)
    theirs = [put(studio, f"d{number}", "900") for number in range(5)]
    put(studio, "mine", "10")
    studio.inbox.assign(theirs, "Ben")
    assert ask(studio, "a", "next", ANA)["run"] == "mine"


def test_what_was_saved_as_the_queue_was_read_is_not_handed_out(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list that one looks at may be older than another's save."""
    put(studio, "one", "10")
    before = studio.reviewing.queue()
    ask(studio, "a", "save", ANA, run="one", acts=[{"do": "yes", "paths": ["total_amount"]}])
    monkeypatch.setattr(ReviewDesk, "queue", lambda self, page=0: before)
    assert ask(studio, "b", "next", BEN) == {"none": True}


def test_six_people_at_once_lose_nothing_and_do_nothing_twice(studio: Studio) -> None:
    """Each takes the next until there is none."""
    runs = {put(studio, f"d{number}", str(number)) for number in range(11, 29)}

    def work(number: int) -> list[str]:
        done: list[str] = []
        while (run := ask(studio, f"seat{number}", "next", {"who": f"P{number}"}).get("run")) is not None:
            assert len(done) < len(runs)
            yes = [{"do": "yes", "paths": ["total_amount"]}]
            told = ask(studio, f"seat{number}", "save", {"who": f"P{number}"}, run=run, acts=yes)
            assert "saved" in told, {name: told.get(name) for name in ("asked", "stopped", "clashes", "taken", "at")}
            done.append(run)
        return done

    with ThreadPoolExecutor(6) as pool:
        done = [run for each in pool.map(work, range(6)) for run in each]
    assert sorted(done) == sorted(runs)
    saved = studio.search(RecordQuery(size=100)).rows
    assert sorted(str(row.value("invoice_number")) for row in saved) == sorted(runs)


def test_a_document_is_asked_about_saved_and_timed(studio: Studio) -> None:
    """With a question open it is saved only once more; the record, the Inbox and the ledger agree, and the draft knows."""
    put(studio, "one", "10", due_date=0.3)
    walk = ask(studio, "a", "next", ANA)
    assert [stop["path"] for stop in walk["stops"]] == ["due_date", "total_amount"]
    acts = [{"do": "set", "path": "total_amount", "text": "14.50", "was": "10"}]
    stopped = ask(studio, "a", "save", ANA, run="one", acts=acts)
    assert (stopped["at"], stopped["anyway"]) == ("due_date", True)
    time = {"id": "t", "seconds": 4.5, "first_look": 0.2, "keys": 3, "clicks": 0, "looks": 2}
    saved = ask(studio, "a", "save", ANA, run="one", acts=[{"do": "yes", "paths": ["due_date"]}], time=time)
    record = studio.record(saved["saved"])
    assert (record.values.total_amount, record.status, record.run_id) == (Decimal("14.50"), "reviewed", "one")
    assert state(studio, "one") == "saved"
    assert {event.who for event in studio._parts.trail.of_order(saved["saved"])} == {"Ana"}
    assert studio.reviewing.edits("one")[0].receipt is not None
    (kept,) = studio._parts.reviews.times("one")
    assert (kept.seconds, kept.looks, kept.corrections, kept.outcome) == (4.5, 2, 1, "saved")
    assert ask(studio, "a", "renew", ANA, runs=[])["pace"] == {"count": 1, "seconds": 4.5, "looks": 2}
    assert ask(studio, "a", "undo", ANA, run="one")["order"] is None
    assert state(studio, "one") == "needs review"


def test_a_stored_document_is_asked_about(studio: Studio) -> None:
    """It may take the stored one's place as it was shown, or be a record of its own."""
    yes = [{"do": "yes", "paths": ["total_amount"]}]
    first = ask(studio, "a", "save", ANA, run=put(studio, "one", "10"), acts=yes)["saved"]
    put(studio, "two", "10")
    edits = Edits(texts={"invoice_number": "one"})
    studio._parts.reviews.keep_edits("two", edits.to_json(), 0, "Ana")
    (asked,) = ask(studio, "a", "save", ANA, run="two", acts=yes)["asked"]
    assert (asked["order"], asked["differs"]) == (first, [])
    studio.save(studio.record(first).values.model_copy(update={"tax": Decimal(3)}), ("database",), update=first)
    with pytest.raises(RecordChanged, match="changed since you opened it"):
        ask(studio, "a", "save", ANA, run="two", acts=[], wish={"update": first, "version": asked["version"]})
    second = ask(studio, "a", "save", ANA, run="two", acts=[], wish={"both": True})["saved"]
    assert second != first
    assert ask(studio, "a", "save", ANA, run="two", acts=[], wish={"both": True})["saved"] == second  # pressed twice


def test_the_later_of_two_is_told_what_the_other_put(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ana's window slept and Ben took the document: nothing of his is overwritten, and Ana may take either."""
    monkeypatch.setattr("core.reviewing.desk.LEASE", -LEASE)  # every claim lapses at once
    put(studio, "one", "10")
    mine = {"do": "set", "path": "total_amount", "text": "11.00", "was": "10"}
    theirs = {"do": "set", "path": "total_amount", "text": "12.00", "was": "10"}
    ask(studio, "a", "next", ANA)
    ask(studio, "b", "keep", BEN, run="one", acts=[theirs])
    told = ask(studio, "a", "save", ANA, run="one", acts=[mine])
    assert told["clashes"] == [{"path": "total_amount", "title": "Total", "theirs": "12.00", "mine": "11.00"}]
    assert "saved" not in told
    saved = ask(studio, "a", "save", ANA, run="one", acts=[mine | {"was": "12.00"}])["saved"]
    assert studio.record(saved).values.total_amount == Decimal("11.00")


def test_what_another_saved_while_a_save_waited_for_its_turn_is_not_saved_again(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ana's claim ran out while her save waited behind others'; Ben took the document and saved it: it is one record, his."""
    monkeypatch.setattr("core.reviewing.desk.LEASE", -LEASE)  # every claim lapses at once
    put(studio, "one", "10")
    yes = [{"do": "yes", "paths": ["total_amount"]}]
    staged, done = Workbook.staged, []

    def wait(*given: Any) -> Any:
        if not done:
            done.append("Ana waits")
            done.append(ask(studio, "b", "save", BEN, run="one", acts=yes)["saved"])
        return staged(*given)

    monkeypatch.setattr(Workbook, "staged", wait)
    with pytest.raises(StorageError, match="Somebody else saved this document a moment ago, as order"):
        ask(studio, "a", "save", ANA, run="one", acts=yes)
    assert [row.order_id for row in studio.search(RecordQuery()).rows] == [done[1]]
    assert state(studio, "one") == "saved"


def test_a_rejected_document_leaves_the_queue_with_its_reason(studio: Studio) -> None:
    """In the Inbox it can be taken back."""
    put(studio, "one", "10")
    assert ask(studio, "a", "reject", ANA, run="one", reason="A reminder") == {"rejected": "one"}
    assert (state(studio, "one"), studio.inbox.of_run("one")[0].sentence) == ("rejected", "A reminder")
    assert ask(studio, "a", "next", ANA) == {"none": True}


def test_only_the_window_itself_is_answered(studio: Studio) -> None:
    """By its signed address, to what is a request; an error of the studio is its sentence."""
    put(studio, "one", "10")
    client = TestClient(Starlette(routes=routes()))
    here = address("seat")
    assert client.post(here[:-1] + ("0" if here[-1] != "0" else "1"), json={"verb": "next"}).status_code == 403
    assert client.post(here, content=b"{").status_code == 400
    assert client.post(here, json={"verb": "edits"}).status_code == 400
    assert client.post(here, json={"verb": "open"}).status_code == 400
    walk = client.post(here, json={"verb": "next", **ANA}).json()
    assert walk["pages"][0]["address"].startswith("/page-picture/")


def test_the_page_gives_a_window_its_own_address(studio: Studio) -> None:
    """It draws nothing else: the walk asks for itself."""
    page = AppTest.from_file(str(PAGE), default_timeout=20).run()
    assert not page.exception
    assert page.session_state["review_seat"]


def test_one_field_over_many_documents(studio: Studio) -> None:
    """The fields with questions are counted; a column claims its documents and gives each question with its value; what is answered is
    told as in the walk, and a document with nothing left to ask is saved. Another person gets none of them meanwhile."""
    for run_id, total in (("a1", "10"), ("a2", "30"), ("a3", "20")):
        put(studio, run_id, total, **({"vendor_name": 0.2} if run_id == "a3" else {}))
    told = ask(studio, "s1", "fields", ANA)["fields"]
    assert [(one["type_name"], one["field"], one["title"], one["count"]) for one in told] == [
        ("invoice", "total_amount", "Total", 3),
        ("invoice", "vendor_name", "Vendor", 1),
    ]
    column: dict[str, Any] = {"type": "invoice", "field": "total_amount"}
    found = ask(studio, "s1", "column", ANA, **column)["documents"]
    assert [(one["run"], one["open"]) for one in found] == [("a3", 2), ("a2", 1), ("a1", 1)]
    assert [one["cells"][0]["value"]["text"] for one in found] == ["20", "30", "10"]
    assert found[0]["pages"][0]["address"].startswith("/")
    assert ask(studio, "s2", "column", BEN, **column) == {"documents": []}
    assert ask(studio, "s2", "fields", BEN) == {"fields": []}
    kept = ask(studio, "s1", "keep", ANA, run="a2", acts=[{"do": "yes", "paths": ["total_amount"]}])
    assert kept["stops"] == []
    assert ask(studio, "s1", "fields", ANA)["fields"][0]["count"] == 2
    assert [one["run"] for one in ask(studio, "s1", "column", ANA, but=["a1"], **column)["documents"]] == ["a3"]
    saved = ask(studio, "s1", "save", ANA, run="a2", acts=[], time={"seconds": 3})
    assert (saved["status"], state(studio, "a2")) == ("reviewed", "saved")


def test_what_a_save_teaches_is_told_with_its_place_and_taken_back(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The window gets an address of the cutting of the page."""
    place = Place("a" * 64, 1, 0, (10.0, 20.0, 60.0, 30.0))
    monkeypatch.setattr(Studio, "_learn", lambda *_: Taught("v", "Acme", ("A rule.",), (place,)))
    run_id = put(studio, "one", "14.50")
    acts = [{"do": "yes", "paths": ["total_amount"]}]
    ask(studio, "a", "open", ANA, run=run_id)
    told = ask(studio, "a", "save", ANA, run=run_id, acts=acts)
    assert told["taught"]["things"] == ("A rule.",)
    assert "/page-crop/" in told["taught"]["crops"][0]
    assert ask(studio, "a", "unlearn", ANA, run=run_id) == {"unlearnt": False}
