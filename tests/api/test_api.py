"""What programs do by the API, over real HTTP: bring, read, watch, save, change, take away."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from typing import Any

import httpx
import pytest

from core.gates import Gates
from tests.api.conftest import Served
from tests.conftest import PASSWORD, SampleFile
from tests.core.mail_files import eml


def bring(client: httpx.Client, sample: SampleFile) -> str:
    """The id of a document that was brought."""
    reply = client.post("/v1/documents", files={"file": (sample.name, sample.data)})
    assert reply.status_code in (200, 201), reply.text
    return str(reply.json()["document_id"])


def begin(client: httpx.Client, document_id: str, **asked: Any) -> httpx.Response:
    """Ask for a run."""
    headers = asked.pop("headers", {})
    return client.post("/v1/extractions", json={"document_id": document_id} | asked, headers=headers)


def read(client: httpx.Client, sample: SampleFile, **asked: Any) -> dict[str, Any]:
    """The task of a document once it is over."""
    reply = begin(client, bring(client, sample), **asked)
    assert reply.status_code == 202, reply.text
    return dict(client.get(reply.headers["Location"], params={"wait": 30}).json())


def test_a_file_is_read_in_one_call(api: Served, digital_pdf: SampleFile) -> None:
    """The answer is what the command line prints."""
    with api.client() as client:
        reply = client.post("/v1/extract", files={"file": (digital_pdf.name, digital_pdf.data)})
    assert reply.status_code == 200, reply.text
    assert reply.json()["invoice"]["total_amount"] == digital_pdf.truth["total_amount"]
    assert reply.json()["verdict"] == "ready"


def test_a_document_is_brought_once_and_looked_at(api: Served, two_page_pdf: SampleFile) -> None:
    """The same bytes again are no second document; its pages are pictures."""
    with api.client() as client:
        first = client.post("/v1/documents", files={"file": (two_page_pdf.name, two_page_pdf.data)})
        again = client.post("/v1/documents", files={"file": ("other.pdf", two_page_pdf.data)})
        assert (first.status_code, again.status_code) == (201, 200)
        about = client.get(first.headers["Location"]).json()
        assert (about["pages"], about["document_id"]) == (2, again.json()["document_id"])
        picture = client.get(f"{first.headers['Location']}/pages/2.jpg", params={"width": 200})
        assert picture.content.startswith(b"\xff\xd8\xff")
        assert client.get(f"{first.headers['Location']}/pages/3.jpg").status_code == 404


def test_a_mail_is_the_documents_in_it(api: Served, digital_pdf: SampleFile, two_page_pdf: SampleFile) -> None:
    """Each is brought as a document of its own; a mail with one is read as that one, and of several it is asked which."""
    one = bytes(
        eml("March", files=[("a.pdf", digital_pdf.data, "application/pdf"), ("no.pdf", b"%PDF-1.4", "application/pdf")])
    )
    two = bytes(eml("April", files=[(each.name, each.data, "application/pdf") for each in (digital_pdf, two_page_pdf)]))
    with api.client() as client:
        told = client.post("/v1/documents", files={"file": ("mail.eml", one)})
        about = told.json()
        assert (told.status_code, about["name"], about["media_type"], about["pages"]) == (
            201,
            "March",
            "message/rfc822",
            0,
        )
        assert [child["name"] for child in about["children"]] == ["a.pdf"]
        assert about["remarks"][0].startswith("no.pdf: this PDF is damaged")
        assert client.get(told.headers["Location"]).json()["children"] == about["children"]
        reply = client.post("/v1/extract", files={"file": ("mail.eml", one)})
        assert reply.json()["invoice"]["total_amount"] == digital_pdf.truth["total_amount"]
        refused = client.post("/v1/extract", files={"file": ("mail.eml", two)})
        assert (refused.status_code, "This file holds 2 documents" in refused.json()["detail"]) == (422, True)
    api.studio.access.make("other", "reviewer", "the tests")
    with api.client(api.key("stranger")) as stranger:
        assert stranger.get(told.headers["Location"]).status_code == 404


def test_a_task_is_watched_and_its_result_fetched_as_often_as_one_likes(api: Served, digital_pdf: SampleFile) -> None:
    """It says where to look; the list has it."""
    with api.client() as client:
        task = read(client, digital_pdf)
        assert (task["status"], task["error"]) == ("done", None)
        results = [client.get(task["result_url"]).json() for _ in range(2)]
        assert results[0] == results[1]
        assert [each["task_id"] for each in client.get("/v1/tasks").json()["tasks"]] == [task["task_id"]]


def test_events_come_numbered_and_again_from_a_number(api: Served, digital_pdf: SampleFile) -> None:
    """Who comes late gets all of them, who comes back those that it lacks."""
    with api.client() as client:
        task = read(client, digital_pdf)
        every = _events(client.get(task["events_url"]).text)
        names = [each["event"] for each in every]
        assert names[0] == "stage_start"
        assert names[-1] == "complete"
        third = next(each for each in every if each.get("id") == "3")
        later = _events(client.get(task["events_url"], headers={"Last-Event-ID": "2"}).text)
        assert later[0] == third


def test_the_same_events_come_over_a_websocket(api: Served, digital_pdf: SampleFile) -> None:
    """A JSON object each."""
    from websockets.sync.client import connect

    with api.client() as client:
        task = read(client, digital_pdf)
    with connect(f"{api.url.replace('http', 'ws')}/v1/tasks/{task['task_id']}/ws") as socket:
        told = [json.loads(message) for message in socket]
    assert [each["event"] for each in told][-1] == "complete"
    assert told[0]["data"]["stage"] == "load"


def test_a_wish_is_done_once(api: Served, digital_pdf: SampleFile) -> None:
    """Also where two calls come at once; with other words it is refused."""
    with api.client() as client:
        document = bring(client, digital_pdf)
        wish = {"Idempotency-Key": "bill-77"}
        replies: list[httpx.Response] = []
        calls = [
            threading.Thread(target=lambda: replies.append(begin(client, document, headers=wish))) for _ in range(4)
        ]
        for call in calls:
            call.start()
        for call in calls:
            call.join()
        assert len({reply.json()["task_id"] for reply in replies}) == 1
        assert len(client.get("/v1/tasks").json()["tasks"]) == 1
        other = begin(client, document, pages="1", headers=wish)
        assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")


def test_an_approved_record_saves_itself_once_where_it_was_asked_for(api: Served, digital_pdf: SampleFile) -> None:
    """To the stores named; the task says which record it is."""
    with api.client() as client:
        task = read(client, digital_pdf, save=["database"])
        assert task["order_id"] == 1
        record = client.get("/v1/records/1")
        assert (record.json()["status"], record.headers["ETag"]) == ("approved", '"1"')
        assert client.get("/v1/records").json()["total"] == 1


def test_what_passes_saves_itself_where_the_gates_say_so(api: Served, digital_pdf: SampleFile) -> None:
    """Also where no task asked for it: the task then says which record it is."""
    api.studio.configure(gates=Gates(save_to=("database",)))
    with api.client() as client:
        task = read(client, digital_pdf)
        assert task["order_id"] == 1
        assert client.get("/v1/records").json()["total"] == 1
        lines = client.get("/v1/records/1/trail").json()
        assert any("let the gate save it" in line["told"]["what"] for line in lines)


def test_a_record_is_changed_by_the_version_that_was_seen(api: Served, digital_pdf: SampleFile) -> None:
    """Nobody's change is lost; the trail has both names and values."""
    with api.client() as client:
        read(client, digital_pdf, save=["database"])
        change = {"changes": {"customer_id": "K-9"}}
        assert client.patch("/v1/records/1", json=change).status_code == 428
        done = client.patch("/v1/records/1", json=change, headers={"If-Match": '"1"'})
        assert (done.status_code, done.json()["values"]["customer_id"]) == (200, "K-9")
        late = client.patch("/v1/records/1", json=change, headers={"If-Match": '"1"'})
        assert (late.status_code, late.json()["code"]) == (412, "record-changed")
        wrong = client.patch("/v1/records/1", json={"changes": {"total_amount": "much"}}, headers={"If-Match": '"2"'})
        assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid-values")
        lines = client.get("/v1/records/1/trail").json()
        assert any(line["told"].get("to") == "K-9" for line in lines)
        assert client.delete("/v1/records/1").status_code == 204
        assert client.get("/v1/records/1").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "nothing",
        "\U000a0bbc\u00d2 G$\x8e",
        "line_items",
        "line_items.0",
        "line_items.x.quantity",
        "line_items.0.nothing",
        "model_dump",
        "",
        ".",
    ],
)
def test_a_change_of_what_is_no_field_is_refused(api: Served, digital_pdf: SampleFile, path: str) -> None:
    """Of what a task gave, and of a record: with a sentence, and nothing is saved."""
    with api.client() as client:
        task = read(client, digital_pdf)
        asked = {"task_id": task["task_id"], "save": ["database"], "changes": {path: "7"}}
        refused = client.post("/v1/records", json=asked)
        assert (refused.status_code, refused.json()["code"]) == (422, "field-missing")
        assert client.get("/v1/records").json()["records"] == []


def test_what_a_task_gave_is_saved_with_changes(api: Served, digital_pdf: SampleFile) -> None:
    """A second time only where it is said so."""
    with api.client() as client:
        task = read(client, digital_pdf)
        asked = {"task_id": task["task_id"], "save": ["database"], "changes": {"line_items.0.quantity": "7"}}
        saved = client.post("/v1/records", json=asked)
        assert (saved.status_code, saved.json()["values"]["line_items"][0]["quantity"]) == (201, "7")
        assert client.post("/v1/records", json=asked).json()["code"] == "stored-already"
        assert client.post("/v1/records", json=asked | {"twice": True}).json()["order_id"] == 2


def test_records_are_taken_away(api: Served, einvoice_pdf: SampleFile) -> None:
    """One as an e-invoice, all as a zip."""
    with api.client() as client:
        read(client, einvoice_pdf, save=["database"])
        xml = client.get("/v1/records/1/export", params={"form": "ubl"})
        assert (xml.headers["Content-Type"], xml.status_code) == ("application/xml", 200)
        every = client.get("/v1/records/export", params={"form": "cii"})
        assert len(zipfile.ZipFile(io.BytesIO(every.content)).namelist()) == 1
        assert client.get("/v1/records/export", params={"form": "sage"}).json()["code"] == "layout-error"


def test_values_are_checked_without_a_document(api: Served) -> None:
    """A sum that fails is an error, with its fields."""
    values = {"invoice_number": "R-1", "subtotal": "100", "tax": "19", "total_amount": "200"}
    with api.client() as client:
        told = client.post("/v1/validations", json={"values": values}).json()
        assert told["ready"] is False
        assert any("total_amount" in finding["fields"] for finding in told["findings"])
        assert client.post("/v1/validations", json={"values": {"totl": 1}}).json()["code"] == "invalid-values"


def test_bad_documents_are_told_in_one_sentence(api: Served, encrypted_pdf: SampleFile) -> None:
    """As problem documents with a code that stays."""
    with api.client() as client:
        locked = client.post("/v1/documents", files={"file": ("a.pdf", encrypted_pdf.data)})
        assert (locked.status_code, locked.headers["Content-Type"]) == (422, "application/problem+json")
        assert locked.json()["code"] == "encrypted-document"
        opened = client.post(
            "/v1/documents", files={"file": ("a.pdf", encrypted_pdf.data)}, data={"password": PASSWORD}
        )
        assert opened.status_code == 201
        assert client.post("/v1/documents", files={"file": ("a.exe", b"MZ....")}).status_code == 415
        assert client.get("/v1/tasks/nothing").json()["code"] == "task-missing"
        assert client.get("/v1/nothing").status_code == 404


def test_a_body_that_is_too_large_is_stopped_as_it_comes(api: Served) -> None:
    """Whether it says so before or not."""
    limits = api.studio.defaults.limits.model_copy(update={"file_megabytes": 1})
    api.studio.preferences.put(limits=limits)
    with api.client() as client:
        told = client.post("/v1/documents", files={"file": ("a.pdf", b"x" * 2_500_000)})
        assert (told.status_code, told.json()["code"]) == (413, "document-too-large")
        head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
        headers = {"Content-Type": "multipart/form-data; boundary=b"}
        untold = client.post("/v1/documents", content=iter([head, *[b"x" * 100_000] * 30]), headers=headers)
        assert untold.status_code == 413


def test_the_description_of_the_api_can_be_read_without_the_internet(api: Served) -> None:
    """Its pages name no other host."""
    with api.client() as client:
        described = client.get("/openapi.json").json()
        page = client.get("/docs").text
    assert "/v1/extractions" in described["paths"]
    assert "https://" not in page


def _events(text: str) -> list[dict[str, str]]:
    found = []
    for block in text.replace("\r\n", "\n").strip().split("\n\n"):
        lines = [line.partition(": ") for line in block.split("\n") if line and not line.startswith(":")]
        if lines:
            found.append({name: value for name, _, value in lines})
    return found


@pytest.mark.parametrize("path", ["/v1/health", "/v1/health/ready"])
def test_health_needs_no_key(api: Served, path: str) -> None:
    """Also once there are keys."""
    api.key()
    with api.client() as client:
        assert client.get(path).status_code == 200
