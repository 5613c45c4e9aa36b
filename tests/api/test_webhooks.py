"""Who is told what happens here, and who tells us: over real HTTP."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from core.errors import AddressRefused, FetchFailed
from core.stores.alerts import Alert
from core.webhooks.outside import OutsideCalls, is_public
from core.webhooks.signing import is_signed, new_secret, signed
from tests.api.conftest import Served
from tests.api.test_api import read
from tests.conftest import SampleFile


@dataclass
class Receiver:
    """A program that is told: it answers with ``statuses`` one after the other, then 200, and gives ``files``."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    files: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)

    def told(self, *events: str) -> list[dict[str, Any]]:
        """The messages of these events."""
        every = [json.loads(body) for _, body in self.came]
        return [each for each in every if each["type"] in events]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver on a free port."""
    told = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            told.came.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(told.statuses.pop(0) if told.statuses else 200)
            self.end_headers()

        def do_GET(self) -> None:
            status, headers, data = told.files.get(self.path, (404, {}, b""))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield told
    server.shutdown()


def until(found: Callable[[], Any], seconds: float = 20.0) -> Any:
    """What ``found`` gives once it gives something."""
    end = time.monotonic() + seconds
    while not (what := found()) and time.monotonic() < end:
        time.sleep(0.05)
    assert what
    return what


def subscribed(client: httpx.Client, receiver: Receiver, *events: str, **asked: Any) -> dict[str, Any]:
    """A subscription of the receiver."""
    reply = client.post("/v1/webhooks", json={"url": f"{receiver.url}/told", "events": list(events)} | asked)
    assert reply.status_code == 201, reply.text
    return dict(reply.json())


def test_what_happens_is_told_signed_and_again_until_it_arrives(
    api: Served, receiver: Receiver, digital_pdf: SampleFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A receiver that fails twice gets the same message a third time: the same id and body, signed so that it can be checked. It names ids and
    addresses, no values; the log has every try, and sends it again."""
    monkeypatch.setattr("core.webhooks.delivering.PAUSES", (0.05, 0.05, 60))
    receiver.statuses = [503, 302]
    with api.client() as client:
        hook = subscribed(client, receiver, "saved")
        assert "secret" not in {name for name, value in client.get("/v1/webhooks").json()[0].items() if value}
        task = read(client, digital_pdf, save=["database"])
        until(lambda: len(receiver.came) == 3)
        assert len({headers["webhook-id"] for headers, _ in receiver.came}) == 1
        assert len({body for _, body in receiver.came}) == 1
        headers, body = receiver.came[-1]
        key = base64.b64decode(hook["secret"].removeprefix("whsec_"))
        said = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        right = base64.b64encode(hmac.new(key, said, hashlib.sha256).digest()).decode()
        assert headers["webhook-signature"] == f"v1,{right}"
        data = json.loads(body)["data"]
        assert (data["order_id"], data["record_url"], data["task_id"]) == (1, "/v1/records/1", task["task_id"])
        assert "values" not in data
        log = f"/v1/webhooks/{hook['webhook_id']}/deliveries"
        (sent,) = until(lambda: client.get(log, params={"state": "delivered"}).json())
        assert [one["status"] for one in sent["tries"]] == [503, 302, 200]
        assert client.post(f"{log}/{sent['delivery_id']}/send").status_code == 202
        until(lambda: len(receiver.came) == 4)
        assert receiver.came[3][0]["webhook-id"] == headers["webhook-id"]


def test_each_kind_of_event_reaches_who_asked_for_it(
    api: Served, receiver: Receiver, digital_pdf: SampleFile, two_page_pdf: SampleFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what the document says only where that was asked for."""
    monkeypatch.setattr("core.studio.ALERT_SECONDS", 0.0)
    alert = Alert("a1", "budget_percent", "day", "90% of the day's budget are spent.", datetime.now(UTC))
    monkeypatch.setattr("core.operation.operation.broken_rules", lambda *_: [alert])
    with api.client() as client:
        subscribed(client, receiver, values=True)
        read(client, digital_pdf, save=["database"])
        until(lambda: receiver.told("approved"))
        assert receiver.told("finished")[0]["data"]["values"]["total_amount"] == digital_pdf.truth["total_amount"]
        assert receiver.told("saved")[0]["data"]["status"] == "approved"
        until(lambda: receiver.told("alert"))
        read(client, digital_pdf)  # a duplicate by now
        until(lambda: receiver.told("needs_review"))
        api.studio.inbox.take_in([("a.pdf", two_page_pdf.data), ("b.txt", b"no document")])
        until(lambda: receiver.told("batch_finished"))
        time.sleep(1.2)
        assert len(receiver.told("batch_finished")) == len(receiver.told("alert")) == 1


def test_a_task_that_fails_is_told(api: Served, receiver: Receiver, digital_pdf: SampleFile, monkeypatch: Any) -> None:
    """With its sentence."""
    monkeypatch.setattr("core.settings.Limits.run_seconds", 0, raising=False)
    with api.client() as client:
        subscribed(client, receiver, "failed")
        from core.jobs.queue import JobRequest

        api.studio._parts.queue.submit(
            JobRequest("run", "a1", "gone.pdf", {"document": "0" * 64, "name": "gone.pdf", "pages": []})
        )
        (told,) = until(lambda: receiver.told("failed"))
    assert (told["data"]["task_id"], told["data"]["document_id"]) == ("a1", "0" * 64)
    assert told["data"]["error"]


def test_only_an_admin_says_who_is_told(api: Served) -> None:
    """A reviewer's key may not."""
    with api.client(api.key()) as client:
        assert client.get("/v1/webhooks").status_code == 403
        assert client.post("/v1/webhooks", json={"url": "https://example.com"}).status_code == 403
        assert client.get("/v1/inbound-sources").status_code == 403
    with api.client(api.key(role="admin")) as client:
        inside = client.post("/v1/webhooks", json={"url": "http://127.0.0.1:9/x"})
        assert (inside.status_code, inside.json()["code"]) == (422, "address-refused")  # there is a key by now
        assert client.post("/v1/webhooks", json={"url": "https://127.0.0.1/x"}).json()["code"] == "address-refused"


# --- what tells us ---------------------------------------------------------------------------------------------------


def tell(
    client: httpx.Client, secret: str, kind: str, data: Any, message_id: str = "m1", at: datetime | None = None
) -> httpx.Response:
    """Send a signed message."""
    body = json.dumps({"type": kind, "data": data}).encode()
    return client.post(
        f"/v1/inbound/{kind}", content=body, headers=signed([secret], message_id, at or datetime.now(UTC), body)
    )


def test_a_signed_message_has_its_document_read_once(api: Served, receiver: Receiver, digital_pdf: SampleFile) -> None:
    """The same again is answered the same, and nothing is read twice; several are a batch in which each fails alone."""
    receiver.files["/bills/a.pdf"] = (200, {}, digital_pdf.data)
    with api.client() as client:
        secret = client.post("/v1/inbound-sources", json={"name": "the ERP"}).json()["secret"]
        data = {"document_url": f"{receiver.url}/bills/a.pdf"}
        first, again = (tell(client, secret, "invoice_uploaded", data) for _ in range(2))
        assert (first.status_code, again.json()) == (202, first.json())
        task = first.json()["tasks"][0]["task"]
        assert client.get(f"/v1/tasks/{task['task_id']}", params={"wait": 30}).json()["status"] == "done"
        assert client.get(f"/v1/documents/{task['document_id']}").json()["name"] == "a.pdf"
        documents = [{"document_id": task["document_id"]}, {"document_url": f"{receiver.url}/none.pdf"}]
        batch = tell(client, secret, "batch_processing", {"documents": documents}, "m2").json()["tasks"]
        assert [bool(each["error"]) for each in batch] == [False, True]
        assert len(client.get("/v1/tasks").json()["tasks"]) == 2


def test_a_message_that_is_not_signed_so_or_late_is_refused(api: Served) -> None:
    """A wrong secret, another body, five minutes, nothing at all."""
    with api.client() as client:
        source = client.post("/v1/inbound-sources", json={"name": "the ERP"}).json()
        data = {"document_id": "0" * 64}
        refused = [
            tell(client, new_secret(), "document_ready", data),
            tell(client, source["secret"], "document_ready", data, at=datetime.now(UTC) - timedelta(minutes=6)),
            tell(client, source["secret"], "document_ready", data, at=datetime.now(UTC) + timedelta(minutes=6)),
            client.post("/v1/inbound/document_ready", json=data),
            client.post(
                "/v1/inbound/document_ready",
                json=data,
                headers=signed([source["secret"]], "m1", datetime.now(UTC), b"{}"),
            ),
        ]
        assert {(each.status_code, each.json()["code"]) for each in refused} == {(401, "signature-refused")}
        assert tell(client, source["secret"], "document_ready", data).json()["tasks"][0]["error"]
        assert tell(client, source["secret"], "document_ready", {"documents": []}, "m3").status_code == 422
        client.delete(f"/v1/inbound-sources/{source['source_id']}")
        assert tell(client, source["secret"], "document_ready", data, "m4").status_code == 401


# --- addresses that others give ----------------------------------------------------------------------------------------

INSIDE = (
    "127.0.0.1 127.1.2.3 0.0.0.0 10.0.0.1 172.16.0.1 172.31.255.1 192.168.1.1 169.254.169.254 100.64.0.1 192.0.0.1 198.18.0.1 224.0.0.1 "
    "240.0.0.1 255.255.255.255 ::1 :: fe80::1 fe80::1%eth0 fc00::1 fd12::1 fec0::1 ff02::1 ::ffff:10.0.0.1 ::ffff:127.0.0.1 ::127.0.0.1 "
    "64:ff9b::a00:1 2002:7f00:1:: 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:db8::1 nonsense"
)


@pytest.mark.parametrize("address", INSIDE.split())
def test_addresses_inside_are_known_in_every_disguise(address: str) -> None:
    """Private, of this machine, of the link, of a cloud's own; wrapped in the sixth version."""
    assert not is_public(address)


@pytest.mark.parametrize("address", "93.184.215.14 1.1.1.1 2606:4700:4700::1111 64:ff9b::101:101".split())
def test_addresses_of_the_internet_may_be_called(address: str) -> None:
    """Of both versions."""
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    "http://example.com/ ftp://example.com/ file:///etc/passwd gopher://x/ https:///x https://user:pw@example.com/ https://example.com:0/ "
    "https://example.com:99999/ //example.com/ https://[::1/ https://exa\\mple.com https://example.com/a\tb https://ex\u00e4mple.com javascript:x data:,x".split(
        " "
    ),
)
def test_what_is_no_https_address_is_refused(url: str) -> None:
    """Before anything is looked up."""
    calls = OutsideCalls(lambda host: False, lambda host, port: pytest.fail("it was looked up"))
    with pytest.raises(AddressRefused):
        calls.check(url)


@pytest.mark.parametrize(
    "host", "localhost 127.1 2130706433 0x7f000001 0177.0.0.1 [::ffff:127.0.0.1] 127.0.0.1.".split()
)
def test_this_machine_is_refused_however_it_is_written(host: str) -> None:
    """As the system would resolve it."""
    with pytest.raises(AddressRefused):
        OutsideCalls(lambda host: False).check(f"https://{host}/")


def test_a_host_is_resolved_once_and_called_there(receiver: Receiver) -> None:
    """A name that first means a public address and then one inside is never called inside; one with both is refused."""
    receiver.files["/a.pdf"] = (200, {}, b"inside")
    port = int(receiver.url.rpartition(":")[2])
    answers = [["93.184.215.14"], ["127.0.0.1"]]
    looked: list[str] = []

    def resolve(host: str, _: int) -> list[str]:
        looked.append(host)
        return answers[min(len(looked), 2) - 1]

    calls = OutsideCalls(lambda host: False, resolve)
    calls.check(f"https://rebound.test:{port}/")
    with pytest.raises(AddressRefused):
        calls.fetch(f"https://rebound.test:{port}/a.pdf", 100, 5)
    both = OutsideCalls(lambda host: False, lambda host, port: ["93.184.215.14", "10.0.0.1"])
    with pytest.raises(AddressRefused):
        both.check("https://both.test/")
    once: list[str] = []
    named = OutsideCalls(lambda host: host == "erp.test", lambda host, port: once.append(host) or ["127.0.0.1"])  # type: ignore[func-returns-value]
    assert named.fetch(f"http://erp.test:{port}/a.pdf", 100, 5).data == b"inside"
    assert once == ["erp.test"]


def test_what_is_fetched_has_its_limits(receiver: Receiver) -> None:
    """Redirects are looked at like any address; size and time end it."""
    allowed = OutsideCalls(lambda host: host == "127.0.0.1")
    receiver.files = {
        "/on": (302, {"Location": "/there.pdf"}, b""),
        "/there.pdf": (200, {}, b"x" * 1000),
        "/inside": (302, {"Location": "http://localhost/"}, b""),
        "/secret": (302, {"Location": "https://169.254.169.254/latest/meta-data"}, b""),
        "/file": (302, {"Location": "file:///etc/passwd"}, b""),
        "/loop": (302, {"Location": "/loop"}, b""),
        "/large": (200, {"Content-Length": "9000000000"}, b""),
    }
    assert allowed.fetch(f"{receiver.url}/on", 1000, 5).name == "there.pdf"
    for path in ("/inside", "/secret", "/file"):
        with pytest.raises(AddressRefused):
            allowed.fetch(receiver.url + path, 1000, 5)
    for path, most in (("/loop", 1000), ("/large", 1000), ("/there.pdf", 999), ("/none", 1000)):
        with pytest.raises(FetchFailed):
            allowed.fetch(receiver.url + path, most, 5)


def test_what_drips_is_ended() -> None:
    """A byte now and then does not keep us."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            connection, _ = server.accept()
            with connection:
                try:
                    for letter in b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200:
                        connection.send(bytes([letter]))
                        time.sleep(0.05)
                except OSError:
                    pass

        threading.Thread(target=drip, daemon=True).start()
        began = time.monotonic()
        with pytest.raises(FetchFailed, match="in time"):
            OutsideCalls(lambda host: True).fetch(f"http://127.0.0.1:{server.getsockname()[1]}/", 100, 0.6)
        assert time.monotonic() - began < 3


def test_a_document_is_read_from_its_address(api: Served, receiver: Receiver, digital_pdf: SampleFile) -> None:
    """In the place of one that was brought; never one inside once there is a key."""
    receiver.files["/a.pdf"] = (200, {}, digital_pdf.data)
    asked = {"document_url": f"{receiver.url}/a.pdf"}
    with api.client() as client:
        reply = client.post("/v1/extractions", json=asked, headers={"Prefer": "wait=30"})
        assert reply.json()["invoice"]["total_amount"] == digital_pdf.truth["total_amount"]
        for odd in ({}, {"document_id": "\u00e9" * 64}):
            assert client.post("/v1/extractions", json=odd).status_code == 422
    with api.client(api.key()) as client:
        assert client.post("/v1/extractions", json=asked).json()["code"] == "address-refused"


def test_what_was_told_of_a_deleted_document_goes_with_it(
    api: Served, receiver: Receiver, digital_pdf: SampleFile
) -> None:
    """From the log too, with what it says."""
    with api.client() as client:
        hook = subscribed(client, receiver, "finished", "saved", values=True)
        task = read(client, digital_pdf, save=["database"])
        log = f"/v1/webhooks/{hook['webhook_id']}/deliveries"
        until(lambda: len(client.get(log, params={"state": "delivered"}).json()) == 2)
        forgetting = api.studio.forgetting
        forgetting.forget(forgetting.of_document(task["document_id"]))
        assert client.get(log).json() == []


def test_the_command_line_knows_who_is_told(
    api: Served, receiver: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    """Add, list, log, send again, remove; of a wrong address a sentence."""
    from core.entrypoints.cli import main

    assert main(["webhooks", "add", f"{receiver.url}/told", "--event", "saved"]) == 0
    assert capsys.readouterr().out.startswith("whsec_")
    (hook,) = api.studio.webhooks.all()
    sent = api.studio.webhooks.ping(hook.webhook_id)
    until(lambda: receiver.told("ping"))
    until(lambda: api.studio.webhooks.deliveries(hook.webhook_id)[0].state == "delivered")
    assert main(["webhooks", "log", hook.webhook_id]) == 0
    assert "delivered" in capsys.readouterr().out
    assert main(["webhooks", "send", hook.webhook_id, sent.delivery_id]) == 0
    until(lambda: len(receiver.told("ping")) == 2)
    assert main(["webhooks", "source", "the ERP"]) == 0
    assert main(["webhooks"]) == 0
    assert f"{hook.webhook_id}  {receiver.url}/told  saved" in capsys.readouterr().out
    assert main(["webhooks", "remove", hook.webhook_id]) == 0
    assert main(["webhooks", "add", "http://10.0.0.1/x"]) == 1
    assert "https" in capsys.readouterr().err


def test_while_a_secret_rotates_two_signatures_are_sent(api: Served, receiver: Receiver) -> None:
    """The receiver checks with either; once the time is over only the new one signs. Two who rotate at once don't both think they did."""
    with api.client() as client:
        hook = subscribed(client, receiver, "alert")
        changed = client.post(f"/v1/webhooks/{hook['webhook_id']}/rotate", json={"hours": 1}).json()
        assert changed["secret"].startswith("whsec_")
        assert changed["secret"] != hook["secret"]
        client.post(f"/v1/webhooks/{hook['webhook_id']}/test")
        until(lambda: len(receiver.came) == 1)
        headers, body = receiver.came[-1]
        assert len(headers["webhook-signature"].split(" ")) == 2
        assert all(is_signed(secret, headers, body) for secret in (hook["secret"], changed["secret"]))
        last = client.post(f"/v1/webhooks/{hook['webhook_id']}/rotate", json={"hours": 0}).json()
        client.post(f"/v1/webhooks/{hook['webhook_id']}/test")
        until(lambda: len(receiver.came) == 2)
        headers, body = receiver.came[-1]
        assert [is_signed(each["secret"], headers, body) for each in (hook, changed, last)] == [False, False, True]
        assert [each["secret"] for each in client.get("/v1/webhooks").json()] == [None]
