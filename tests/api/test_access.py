"""Who may call, and see what: keys, roles, owners, limits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.access import Access
from core.errors import AccessDenied
from tests.api.conftest import Served
from tests.api.test_api import begin, bring, read
from tests.conftest import SampleFile


def test_without_keys_programs_on_this_machine_alone_are_answered(api: Served) -> None:
    """What a proxy passes on comes from elsewhere."""
    with api.client() as client:
        assert client.get("/v1/types").status_code == 200
        told = client.get("/v1/types", headers={"X-Forwarded-For": "10.0.0.9"})
    assert (told.status_code, told.json()["code"]) == (401, "access-denied")


def test_once_there_is_a_key_everybody_shows_one(api: Served) -> None:
    """In either header; a wrong or revoked one opens nothing."""
    key = api.key()
    with api.client() as client:
        assert client.get("/v1/types").status_code == 401
        assert client.get("/v1/types", headers={"X-API-Key": key}).status_code == 200
        assert client.get("/v1/types", headers={"Authorization": f"Bearer {key}"}).status_code == 200
        assert client.get("/v1/types", headers={"X-API-Key": key[:-1]}).status_code == 401
        api.studio.access.revoke(api.studio.access.keys()[0].key_id)
        assert client.get("/v1/types", headers={"X-API-Key": key}).status_code == 401


def test_a_key_is_kept_as_its_digest_alone(api: Served) -> None:
    """What is stored opens nothing."""
    key = api.key("accounting")
    (kept,) = api.studio.access.keys()
    assert key not in repr(kept)
    with pytest.raises(AccessDenied):
        api.studio.access.known(kept.digest)


def test_a_key_ends_with_its_days(api: Served) -> None:
    """By the clock."""
    later = Access(api.studio.access.store, lambda: datetime.now(UTC) + timedelta(days=8))
    key = api.key(days=7)
    assert api.studio.access.known(key).name == "tests"
    with pytest.raises(AccessDenied, match="expired"):
        later.known(key)


def test_nobody_sees_what_another_brought(api: Served, digital_pdf: SampleFile) -> None:
    """Resource by resource; who sees all does."""
    mine, theirs, admin = api.key("mine"), api.key("theirs"), api.key("boss", "admin")
    with api.client(mine) as client:
        task = read(client, digital_pdf, save=["database"])
        document, order = task["document_id"], task["order_id"]
    asked = {"task_id": task["task_id"], "save": ["database"]}
    paths = [
        f"/v1/documents/{document}",
        f"/v1/documents/{document}/pages/1.jpg",
        f"/v1/tasks/{task['task_id']}",
        task["result_url"],
        task["events_url"],
        f"/v1/records/{order}",
        f"/v1/records/{order}/trail",
        f"/v1/records/{order}/export?form=json",
    ]
    with api.client(theirs) as client:
        assert {path: client.get(path).status_code for path in paths} == dict.fromkeys(paths, 404)
        assert begin(client, document).status_code == 404
        assert client.delete(f"/v1/tasks/{task['task_id']}").status_code == 404
        assert client.post("/v1/records", json=asked).status_code == 404
        assert client.patch(f"/v1/records/{order}", json={}, headers={"If-Match": '"1"'}).status_code == 404
        assert client.delete(f"/v1/records/{order}").status_code == 404
        assert client.get("/v1/tasks").json()["tasks"] == []
        assert client.get("/v1/records").json()["total"] == 0
        assert client.get("/v1/records/export?form=json").status_code == 403
    for key in (mine, admin):
        with api.client(key) as client:
            assert {path: client.get(path).status_code for path in paths} == dict.fromkeys(paths, 200)


def test_a_viewer_looks_and_changes_nothing(api: Served, digital_pdf: SampleFile) -> None:
    """In one clear sentence."""
    with api.client(api.key(role="viewer")) as client:
        told = client.post("/v1/documents", files={"file": (digital_pdf.name, digital_pdf.data)})
        assert (told.status_code, told.json()["code"]) == (403, "not-allowed")
        assert client.get("/v1/types").status_code == 200


def test_a_key_asks_for_so_much_and_no_more(api: Served, two_page_pdf: SampleFile) -> None:
    """Calls a minute, pages a day: it is told when to come again."""
    with api.client(api.key(pages_per_day=3)) as client:
        document = bring(client, two_page_pdf)
        assert begin(client, document).status_code == 202
        told = begin(client, document)
        assert (told.status_code, int(told.headers["Retry-After"]) > 0) == (429, True)
    with api.client(api.key(calls_per_minute=2)) as client:
        assert [client.get("/v1/types").status_code for _ in range(3)] == [200, 200, 429]


def test_the_trail_names_the_key(api: Served, digital_pdf: SampleFile) -> None:
    """Who did what is told of programs too."""
    key = api.key("accounting")
    with api.client(key) as client:
        task = read(client, digital_pdf, save=["database"])
        lines = client.get(f"/v1/records/{task['order_id']}/trail").json()
    assert any(line["who"].startswith("accounting (key xst_") for line in lines)


def test_a_key_lists_and_searches_its_own_records(
    api: Served, digital_pdf: SampleFile, two_page_pdf: SampleFile
) -> None:
    """Page by page, by their words and status; what was deleted is in no list any more, and what others saved never was."""
    mine, theirs = api.key("mine"), api.key("theirs")
    with api.client(mine) as client:
        orders = []
        for sample in (digital_pdf, two_page_pdf):
            task = read(client, sample)
            saved = client.post("/v1/records", json={"task_id": task["task_id"], "save": ["database"]})
            orders.append(saved.json()["order_id"])
    with api.client(theirs) as client:
        task = read(client, digital_pdf)
        client.post("/v1/records", json={"task_id": task["task_id"], "save": ["database"], "twice": True})
    number = digital_pdf.truth["invoice_number"]
    with api.client(mine) as client:
        assert client.get("/v1/records").json()["total"] == 2
        page = client.get("/v1/records", params={"size": 1, "page": 1}).json()
        assert ([row["order_id"] for row in page["records"]], page["next"]) == ([min(orders)], None)
        found = client.get("/v1/records", params={"text": number}).json()
        assert [row["order_id"] for row in found["records"]] == [orders[0]]
        assert client.get("/v1/records", params={"type": "receipt"}).json()["total"] == 0
        assert client.delete(f"/v1/records/{orders[0]}").status_code == 204
        assert [row["order_id"] for row in client.get("/v1/records").json()["records"]] == [orders[1]]
    with api.client(api.key("boss", "admin")) as client:
        assert client.get("/v1/records").json()["total"] == 2
