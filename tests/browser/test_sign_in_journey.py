"""People sign in with a real OpenID provider on this machine: who they are stands in the trail, and their role holds."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from core.entrypoints.bootstrap import build_studio
from core.settings import Settings
from tests.browser.driver import Person, new_page, serve
from tests.browser.provider import CLIENT_ID, CLIENT_SECRET, providing
from tests.conftest import SampleFile

PEOPLE = {
    "Rita": {"sub": "1", "name": "Rita Reviewer", "email": "rita@example.org", "email_verified": True},
    "Otto": {"sub": "2", "name": "Otto Outside", "email": "otto@elsewhere.org", "email_verified": True},
}


def test_a_reviewer_signs_in_and_an_outsider_does_not_come_in(
    browser: Browser, tmp_path: Path, digital_pdf: SampleFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By discovery, consent, code and signed token: what Rita brings is hers in the trail, what an admin may do is not hers."""
    monkeypatch.delenv("STUDIO_DATA_DIR", raising=False)
    with providing(PEOPLE) as provider:

        def secrets(port: int) -> str:
            return (
                f'STUDIO_REVIEWERS = "*@example.org"\n[auth]\nredirect_uri = "http://127.0.0.1:{port}/oauth2callback"\n'
                f'cookie_secret = "{"c" * 40}"\nclient_id = "{CLIENT_ID}"\nclient_secret = "{CLIENT_SECRET}"\n'
                f'server_metadata_url = "{provider.url}/.well-known/openid-configuration"\n'
            )

        with serve(tmp_path, secrets=secrets) as server:
            person = Person(new_page(browser), server)
            person.page.goto(f"{server.url}/inbox")
            _sign_in(person, "Otto")
            expect(person.page.get_by_text("that address has no role in this studio")).to_be_visible()
            assert person.keyed("inbox_drop").count() == 0
            person.page.get_by_role("button", name="Sign out").click()
            _sign_in(person, "Rita")
            expect(person.page.get_by_role("button", name="Rita Reviewer")).to_be_visible(timeout=20_000)
            person.visit("/inbox", "inbox_drop")
            file = {"name": "bill.pdf", "mimeType": "application/pdf", "buffer": digital_pdf.data}
            person.keyed("inbox_drop").locator("input[type=file]").set_input_files([file])  # type: ignore[list-item]
            person.page.wait_for_selector(".inbox_line")
            assert person.page.get_by_role("link", name="Records").count() == 1
            assert person.page.get_by_role("link", name="Settings").count() == 0
            person.page.context.close()
        assert provider.signed_in == ["otto@elsewhere.org", "rita@example.org"]
    studio = build_studio(Settings(data_dir=tmp_path, DATABASE_URL=None))
    [came] = [event for event in studio.history.latest() if event.action == "came in"]
    assert (came.who, came.known) == ("Rita Reviewer <rita@example.org>", "signed in")
    studio.close()


def _sign_in(person: Person, name: str) -> None:
    button = person.page.get_by_role("button", name="Sign in")
    button.wait_for(timeout=30_000)
    time.sleep(0.3)
    button.click()
    person.page.get_by_role("link", name=name).click(timeout=20_000)
