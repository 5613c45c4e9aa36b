"""Tasks beside the reading of records, and the addresses of earlier services."""

from __future__ import annotations

from typing import Any

import httpx

from core.analysis.texts import analyse, pages_of
from core.document_types import SHIPPED
from tests.api.conftest import Served
from tests.api.test_api import bring
from tests.conftest import SampleFile

LETTER = """Bäckerei Sonnig GmbH
Hauptstraße 5
10115 Berlin
USt-IdNr.: DE 136 695 976

Rechnung Nr. 4711                      Datum: 03.02.2026

Für unsere Lieferung bitten wir um Zahlung von 1.234,50 EUR bis zum 17. Februar 2026
auf das Konto DE89 3704 0044 0532 0130 00 (nicht DE88 3704 0044 0532 0130 00).
Gesamtbetrag                           1.234,50 EUR
"""


def test_what_a_text_says_is_found_and_nothing_else() -> None:
    """An IBAN and a VAT id only with the right check digits; dates and amounts as the language writes them."""
    told = analyse(pages_of(LETTER), SHIPPED)
    assert (told["language"], told["document_type"]["name"]) == ("de", "invoice")
    assert [(each["kind"], each["value"]) for each in told["identifiers"]] == [
        ("tax_id", "DE136695976"),
        ("iban", "DE89370400440532013000"),
    ]
    assert {each["date"] for each in told["dates"]} == {"2026-02-03", "2026-02-17"}
    assert {(each["value"], each["currency"]) for each in told["amounts"]} == {("1234.50", "EUR")}
    assert told["parties"]["vendor_name"] == "Bäckerei Sonnig GmbH"


def test_a_text_without_anything_says_nothing() -> None:
    """Also an empty one."""
    for text in (" ", "Hello there", "\f\n\f"):
        told = analyse(pages_of(text), SHIPPED)
        assert (told["identifiers"], told["dates"], told["amounts"], told["parties"]) == ([], [], [], {})


def done(client: httpx.Client, **asked: Any) -> tuple[dict[str, Any], Any]:
    """A task that is over, and what it gave."""
    reply = client.post("/v1/tasks", json=asked)
    assert reply.status_code == 202, reply.text
    task = client.get(reply.headers["Location"], params={"wait": 30}).json()
    return task, client.get(f"/v1/tasks/{task['task_id']}/result").json()


def test_tasks_of_each_type_have_one_shape(api: Served, digital_pdf: SampleFile) -> None:
    """Of a text, of a document, of values: watched, listed and answered like extractions."""
    with api.client() as client:
        document = bring(client, digital_pdf)
        task, told = done(client, type="text_analysis", text=LETTER)
        assert (task["type"], task["status"], told["language"]) == ("text_analysis", "done", "de")
        assert "event: complete" in client.get(task["events_url"]).text
        task, told = done(client, type="text_analysis", document_id=document)
        assert (task["document_id"], told["document_type"]["name"]) == (document, "invoice")
        _, told = done(client, type="document_summary", document_id=document)
        assert str(digital_pdf.truth["invoice_number"]) in told["summary"]
        assert str(digital_pdf.truth["total_amount"]) in told["summary"]
        values = {"invoice_number": "R-1", "subtotal": "100", "tax": "19", "total_amount": "200"}
        _, told = done(client, type="data_validation", values=values)
        assert told["ready"] is False
        task, told = done(client, type="invoice_extraction", document_id=document)
        assert (task["type"], told["verdict"]) == ("extraction", "ready")
        assert len(client.get("/v1/tasks").json()["tasks"]) == 5
        wrong = [
            {"type": "text_analysis"},
            {"type": "document_summary", "text": "a"},
            {"type": "data_validation", "text": "a"},
        ]
        assert {client.post("/v1/tasks", json=asked).status_code for asked in wrong} == {422}
        bad = client.post("/v1/tasks", json={"type": "data_validation", "values": {"totl": 1}})
        assert bad.json()["code"] == "invalid-values"


def test_a_wish_for_a_task_is_done_once(api: Served) -> None:
    """Another task under it is refused."""
    with api.client() as client:
        headers = {"Idempotency-Key": "w1"}
        asked = {"type": "text_analysis", "text": "Hello"}
        ids = {client.post("/v1/tasks", json=asked, headers=headers).json()["task_id"] for _ in range(2)}
        assert len(ids) == 1
        other = client.post("/v1/tasks", json=asked | {"text": "Bye"}, headers=headers)
        assert other.json()["code"] == "idempotency-key-reused"


def test_nobody_sees_anothers_task_of_a_text(api: Served) -> None:
    """Neither that it is there, nor what it gave."""
    mine, theirs = api.key("mine"), api.key("theirs")
    with api.client(mine) as client:
        task, _ = done(client, type="text_analysis", text=LETTER)
    with api.client(theirs) as client:
        for path in (f"/v1/tasks/{task['task_id']}", task["result_url"], f"/llm/task-status/{task['task_id']}"):
            assert client.get(path).status_code == 404


def test_earlier_addresses_answer(api: Served, digital_pdf: SampleFile, two_page_pdf: SampleFile) -> None:
    """With their own fields: auto_save, confidence_threshold, processing_id, page_number from 0."""
    file = {"file": (digital_pdf.name, digital_pdf.data)}
    with api.client() as client:
        unsure = client.post(
            "/llm/process-invoice-image", files=file, data={"auto_save": "true", "confidence_threshold": "1.0"}
        )
        assert (unsure.status_code, unsure.json()["order_id"]) == (200, None)
        saved = client.post(
            "/llm/process-invoice-image", files=file, data={"auto_save": "true", "processing_id": "mine-1"}
        ).json()
        assert (saved["success"], saved["order_id"], saved["processing_id"]) == (True, 1, "mine-1")
        assert saved["result"]["invoice"]["total_amount"] == digital_pdf.truth["total_amount"]
        status = client.get("/llm/task-status/mine-1").json()
        assert (status["task_id"], status["websocket_room"]) == (saved["task_id"], f"processing_{saved['task_id']}")
        begun = client.post("/llm/process-invoice-async", files={"file": ("b.pdf", two_page_pdf.data)})
        assert begun.status_code == 202
        assert client.post("/llm/llm-task", json={"task_type": "text_analysis", "text": "Hello"}).status_code == 202
        assert client.post("/llm/llm-task", json={"task_type": "text_analysis"}).status_code == 422
        assert client.post("/llm/webhook", json={"type": "document_ready"}).status_code == 401
        document = client.post("/documents/upload", files=file).json()["document_id"]
        assert client.get(f"/documents/{document}/status").json()["status"] == "done"
        one = client.post("/extract", files={"file": ("b.pdf", two_page_pdf.data)}, data={"page_number": "1"}).json()
        assert [page["number"] for page in one["pages"]] == [2]
        listed = client.get("/get-invoices").json()
        assert (listed["total"], listed["invoices"][0]["order_id"]) == (1, 1)
        assert client.get("/get-invoice/1").json()["status"] == "approved"
        assert "/extract" not in client.get("/openapi.json").json()["paths"]


def test_values_are_saved_for_whoever_brought_them(api: Served) -> None:
    """Checked first: what fails a check is saved for review; a second time is refused; others don't see it."""
    mine, theirs = api.key("mine"), api.key("theirs")
    invoice = {"invoice_number": "R-1", "vendor_name": "ACME", "subtotal": "100", "tax": "19", "total_amount": "200"}
    with api.client(mine) as client:
        saved = client.post("/save-invoice", json={"invoice": invoice})
        assert (saved.status_code, saved.json()["status"]) == (201, "needs review")
        assert client.post("/save-invoice", json={"invoice": invoice}).status_code == 409
        assert client.post("/save-invoice", json={"invoice": {"totl": 1}}).status_code == 422
        assert client.get("/get-invoices").json()["total"] == 1
    with api.client(theirs) as client:
        assert client.get("/get-invoices").json()["total"] == 0
        assert client.get("/get-invoice/1").status_code == 404
