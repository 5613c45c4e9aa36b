"""Who may call, and see what: keys, roles, owners, limits."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import websockets
from websockets.sync.client import connect
from websockets.typing import Subprotocol

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


def test_without_keys_no_page_from_elsewhere_is_answered(api: Served) -> None:
    """A browser on this machine calls for whatever page it shows: by another origin, or by a name that was made to lead here. Its own is
    answered."""
    port = api.url.rpartition(":")[2]
    elsewhere = [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Host": f"evil.example:{port}"}]
    elsewhere.append({"Host": f"evil.example:{port}", "Origin": f"http://evil.example:{port}"})
    with api.client() as client:
        for headers in elsewhere:
            for path in ("/v1/types", "/metrics"):
                assert client.get(path, headers=headers).status_code == 401, headers
        assert client.get("/v1/types", headers={"Origin": api.url}).status_code == 200
        with pytest.raises(websockets.exceptions.InvalidStatus):
            connect(
                f"ws{api.url.removeprefix('http')}/v1/tasks/x/ws", additional_headers={"Origin": "https://evil.example"}
            )


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


def test_of_many_calls_at_once_no_more_are_taken_than_the_day_has(api: Served, digital_pdf: SampleFile) -> None:
    """Whoever asks eight times at the same moment has not eight days."""
    with api.client(api.key(pages_per_day=3)) as client:
        document = bring(client, digital_pdf)
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: begin(client, document).status_code, range(8)))
    assert sorted(answers) == [202] * 3 + [429] * 5


def test_a_browser_shows_its_token_to_a_websocket(api: Served, digital_pdf: SampleFile) -> None:
    """As the second of two subprotocols, as it can send no header; without one, or with another's, nothing is told."""
    mine, theirs = api.key("mine"), api.key("theirs")
    with api.client(mine) as client:
        task = read(client, digital_pdf)["task_id"]
        token = client.post("/v1/auth/token", json={}).json()["access_token"]
    address = f"ws{api.url.removeprefix('http')}/v1/tasks/{task}/ws"
    with connect(address, subprotocols=[Subprotocol("bearer"), Subprotocol(token)]) as socket:
        assert socket.subprotocol == "bearer"
        assert json.loads(list(socket)[-1])["event"] == "complete"
    for shown in (None, [Subprotocol("bearer"), Subprotocol(theirs)], [Subprotocol(token)]):
        with pytest.raises(websockets.exceptions.InvalidStatus):
            connect(address, subprotocols=shown)


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
