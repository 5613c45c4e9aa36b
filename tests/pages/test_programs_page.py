"""The Programs page, run without a browser: keys, webhooks, calls."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.errors import AccessDenied
from core.stores.api import ApiCall
from core.studio import Studio

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def open_tab(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Says which tab is open: without a browser nobody presses one."""
    chosen = {"tab": 0}
    drawn = st.tabs

    def tabs(names: list[str], **how: Any) -> Any:
        made = drawn(names, **how)
        for place, tab in enumerate(made):
            monkeypatch.setattr(tab, "_open", place == chosen["tab"], raising=False)
        return made

    monkeypatch.setattr(st, "tabs", tabs)
    return chosen


def open_page() -> AppTest:
    """The page, loaded."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=20)
    app.switch_page("pages/programs.py").run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    """All that the page says."""
    texts = [*app.markdown, *app.caption, *app.info, *app.error, *app.warning, *app.toast]
    return "\n".join(str(text.value) for text in texts).replace("\\", "")


def test_a_key_is_made_shown_once_and_revoked(studio: Studio) -> None:
    """With its limits; it opens the API until it is revoked, and is shown until the person has it."""
    app = open_page()
    assert "answers programs on this machine alone" in said(app)
    app.text_input(key="programs_key_name_0").input("accounting")
    app.number_input(key="programs_key_dollars_0").set_value(2.5)
    app.button(key="programs_key_make").click().run()
    shown = app.code[0].value
    kept = studio.access.known(shown)
    assert (kept.name, kept.role, kept.dollars_per_day) == ("accounting", "reviewer", Decimal("2.5"))
    app.button(key="programs_kept").click().run()
    assert not app.code
    assert "accounting" in said(app)
    assert "2.5 US$ a day" in said(app)
    app.button(key=f"programs_revoke_do_{kept.key_id}").click().run()
    assert "accounting (revoked)" in said(app)
    with pytest.raises(AccessDenied):
        studio.access.known(shown)


def test_a_key_needs_a_name(studio: Studio) -> None:
    """It is told, and none is made."""
    app = open_page()
    app.button(key="programs_key_make").click().run()
    assert "Give the key a name" in said(app)
    assert studio.access.keys() == []


def test_a_webhook_is_added_tested_rotated_and_removed(studio: Studio, open_tab: dict[str, int]) -> None:
    """Its secrets are shown once; a message that did not arrive stands there with why, and is sent again."""
    open_tab["tab"] = 1
    app = open_page()
    assert "Nobody is told yet" in said(app)
    app.text_input(key="programs_url_0").input("http://10.0.0.1/told")
    app.button(key="programs_hook_add").click().run()
    assert app.error
    app.text_input(key="programs_url_0").input("http://127.0.0.1:9/told")
    app.multiselect(key="programs_events_0").set_value(["saved"])
    app.button(key="programs_hook_add").click().run()
    (hook,) = studio.webhooks.all()
    assert (app.code[0].value, hook.events) == (hook.secret, ("saved",))
    app.button(key=f"programs_ping_{hook.webhook_id}").click().run()
    studio.tell()
    app.run()
    (sent,) = studio.webhooks.deliveries(hook.webhook_id)
    assert sent.tries[0].error in said(app)
    app.button(key=f"programs_rotate_do_{hook.webhook_id}").click().run()
    (after,) = studio.webhooks.all()
    assert app.code[0].value == after.secret != hook.secret
    assert "its old secret signs too" in said(app)
    app.button(key=f"programs_remove_do_{hook.webhook_id}").click().run()
    assert studio.webhooks.all() == []
    app.text_input(key="programs_source_1").input("scanner")
    app.button(key="programs_source_add").click().run()
    (source,) = studio.webhooks.sources()
    assert app.code[0].value == source.secret
    app.button(key=f"programs_source_do_{source.source_id}").click().run()
    assert studio.webhooks.sources() == []


def test_who_called_is_listed(studio: Studio, open_tab: dict[str, int]) -> None:
    """Of all, or of one key."""
    open_tab["tab"] = 2
    assert "No call is noted yet" in said(open_page())
    _, key = studio.access.make("accounting", "viewer", "tests")
    now = datetime.now(UTC)
    studio.access.note(
        [
            ApiCall("c1", now, "accounting", key.key_id, "GET", "/v1/types", 200, 0.01),
            ApiCall("c2", now, "", "", "GET", "/v1/records/1", 401, 0.01),
        ]
    )
    app = open_page()
    assert sorted(app.dataframe[0].value["Who"]) == ["accounting", "not known"]
    app.selectbox(key="programs_calls_of").select_index(1).run()
    assert list(app.dataframe[0].value["Call"]) == ["GET /v1/types"]
