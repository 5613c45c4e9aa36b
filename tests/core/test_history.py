"""What the studio's verbs leave in the trail, and what the roles let a person do."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.entrypoints.bootstrap import build_studio
from core.entrypoints.cli import main
from core.errors import NotAllowed, StorageError
from core.extraction import PageRef
from core.invoice.model import Invoice
from core.person import Person, Role
from core.rights import NEEDS, needs
from core.settings import Settings
from core.stores.records import RecordQuery
from core.studio import Studio
from tests.conftest import SampleFile

ADA = Person("Ada", "admin", "signed in")


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    """A studio with a data folder of its own."""
    made = build_studio(Settings(data_dir=tmp_path / "data"))
    yield made
    made.close()


def told(studio: Studio, order_id: int) -> list[tuple[str, str]]:
    """Who did what, in order."""
    return [(entry.who, entry.what) for entry in studio.history.of_record(order_id)]


def wait_for(studio: Studio, run_id: str) -> None:
    """Until a run is over."""
    for _ in range(600):
        job = studio.job(run_id)
        if job is not None and not job.active:
            assert job.state == "done", job.error
            return
        import time

        time.sleep(0.05)
    raise AssertionError("the run did not end")


def test_a_record_tells_its_whole_story(studio: Studio, einvoice_pdf: SampleFile) -> None:
    """From the file that came in to its deletion and return: by whom, by which recipe, and each value from what to what."""
    ada, bob = studio.by(ADA), studio.by(Person("Bob", "reviewer", "typed"))
    document = ada.open(einvoice_pdf.data, einvoice_pdf.name)
    ada.open(einvoice_pdf.data, "again.pdf")
    run_id = ada.start(document.sha256, [PageRef(1)])
    wait_for(studio, run_id)
    extraction = studio.job(run_id).extraction  # type: ignore[union-attr]
    assert extraction is not None
    first = ada.save(extraction.values, ("database",), run_id=run_id, extraction=extraction, status="needs review")
    better = extraction.values.model_copy(update={"vendor_name": "Somebody else"})
    second = bob.save(better, ("database",), run_id=run_id, update=first.order_id, status="reviewed")
    bob.undo(second)
    bob.export(RecordQuery(), "json")
    gone = bob.remove(first.order_id)
    bob.undo(gone)
    was = extraction.values.vendor_name
    assert told(studio, first.order_id) == [
        ("Ada", "brought the document in"),
        ("Ada", f"read it with “default”: {extraction.verdict}"),
        ("Ada", "saved it as needs review to the database"),
        ("Bob", "changed Vendor"),
        ("Bob", "saved it again (needs review → reviewed) to the database"),
        ("Bob", "approved it as reviewed"),
        ("Bob", "took back Vendor"),
        ("Bob", "took the last save back (reviewed → needs review)"),
        ("Bob", "exported it as json"),
        ("Bob", "deleted it from the database"),
        ("Bob", "brought it back to the database"),
    ]
    changes = [(one.before, one.after) for one in studio.history.of_record(first.order_id) if one.path]
    assert changes == [(was, "Somebody else"), ("Somebody else", was)]


def test_a_save_that_fails_leaves_no_line(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trail and record are one transaction."""

    def refuse(*_: object) -> None:
        raise StorageError("the trail is tired")

    monkeypatch.setattr(studio._parts.trail, "add", refuse)
    with pytest.raises(StorageError, match="tired"):
        studio.save(Invoice(invoice_number="1"), ("database",))
    assert studio.search(RecordQuery()).total == 0


def test_the_command_line_tells_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the record's number; the account is who acted. Of an id that nobody knows it says so."""
    monkeypatch.setenv("STUDIO_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    made = build_studio()
    receipt = made.by(ADA).save(Invoice(invoice_number="1"), ("database",))
    made.close()
    assert main(["trail", str(receipt.order_id), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [(one["who"], one["known"], one["action"]) for one in found] == [
        ("Ada", "signed in", "saved"),
        ("Ada", "signed in", "approved"),
    ]
    assert main(["trail", "99"]) == 1
    assert "Nothing is known of 99" in capsys.readouterr().err


def rooms(studio: Studio) -> dict[str, object]:
    """Every room of a studio by its name in the table of rights."""
    found: dict[str, object] = {"": studio}
    for name in NEEDS:
        room: object = studio
        for part in filter(None, name.split(".")):
            room = getattr(room, part)
        found[name] = room
    return found


def verbs(studio: Studio) -> list[tuple[str, str]]:
    """Every public verb of every room, as (room, verb)."""
    return [
        (name, verb)
        for name, room in rooms(studio).items()
        for verb, _ in inspect.getmembers(type(room), inspect.isfunction)
        if not verb.startswith("_")
    ]


def test_every_verb_has_its_role(studio: Studio) -> None:
    """A verb without a line in the table would be an admin's alone, by accident; a line without a verb says nothing. Every room
    of the front door is in the table."""
    known = {(name, verb) for name, lines in NEEDS.items() for verb in lines}
    there = set(verbs(studio))
    assert {
        line for line in there - known if line[0] != "models"
    } == set()  # that room has helpers of its own: an admin's
    assert known <= there
    public = {name for name in vars(studio) if not name.startswith("_")}
    assert public - {"settings", "person"} == {name for name in NEEDS if name and "." not in name}


@pytest.mark.parametrize("role", ["viewer", "reviewer"])
def test_a_verb_refuses_whom_its_role_does_not_allow(studio: Studio, role: Role) -> None:
    """Verb by verb: what the table says no to raises one sentence, before anything is done; all else is the verb itself."""
    person = Person("Vera", role, "signed in")
    hands = rooms(studio.by(person))
    plain = rooms(studio)
    refused = set()
    for name, lines in NEEDS.items():
        for verb in lines:
            place = f"{name}.{verb}" if name else verb
            held = getattr(hands[name], verb, None)
            if person.may(needs(place)):
                assert getattr(held, "__func__", None) is getattr(getattr(plain[name], verb, None), "__func__", None), (
                    place
                )
                continue
            with pytest.raises(NotAllowed, match=f"You are a {role} here, and this needs an? (admin|reviewer)"):
                held()  # type: ignore[misc]
            refused.add(place)
            assert studio.by(person).refusal(place)
    assert {"save", "undo", "remove", "records.save", "open"} <= refused if role == "viewer" else {"save"} - refused
    assert {"configure", "clear_cache", "memory.forget", "preferences.change", "types.keep"} <= refused


def test_an_admin_may_everything(studio: Studio) -> None:
    """Nothing stands between an admin and a verb."""
    assert [
        f"{room}.{verb}" for room, verb in verbs(studio) if studio.by(ADA).refusal(f"{room}.{verb}".strip("."))
    ] == []


def test_what_a_viewer_may_not_do_is_not_done_in_parts(studio: Studio) -> None:
    """A refused save leaves neither record nor line; a room that a guarded studio gives is guarded too."""
    viewer = studio.by(Person("Vera", "viewer", "signed in"))
    with pytest.raises(NotAllowed):
        viewer.save(Invoice(invoice_number="1"), ("database",))
    with pytest.raises(NotAllowed):
        viewer.records.save(Invoice(invoice_number="1"), ("database",))
    with pytest.raises(NotAllowed):
        viewer.accuracy.library.remove("x")
    assert viewer.search(RecordQuery()).total == 0
    assert studio.history.latest() == []


def test_what_comes_in_and_is_rejected_is_in_the_trail(studio: Studio, digital_pdf: SampleFile) -> None:
    """By the document: who brought it in, who rejected it and why, who took that back."""
    ada = studio.by(ADA)
    studio.configure(read_on_arrival="none")
    (item,) = ada.inbox.take_in([(digital_pdf.name, digital_pdf.data)]).items
    studio.by(Person("Bob", "reviewer", "typed")).inbox.reject([item.item_id], "not ours")
    ada.inbox.take_back([item.item_id])
    found = [(entry.who, entry.what) for entry in studio.history.of_document(item.document)]
    assert found == [
        ("Ada", "brought the document in"),
        ("Bob", "rejected it: not ours"),
        ("Ada", "brought it back"),
    ]
