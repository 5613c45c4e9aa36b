"""Models on the Settings page: a provider's settings and the person's own prices."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.call import Call, ModelName, Usage
from core.llm.providers import providers
from core.settings import Defaults, ModelPrice, ProviderSettings
from core.studio import Studio
from pages.settings_parts.models import price_rows, read_prices, read_provider
from tests.mock_models import MockModels

ROOT = Path(__file__).parents[2]


def open_page(provider: str) -> AppTest:
    """The Settings page with a provider's fold open."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=20)
    app.session_state[f"provider_{provider}"] = True
    app.switch_page("pages/settings.py").run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    return "\n".join(str(text.value) for text in [*app.markdown, *app.caption]).replace("\\", "")


def test_a_providers_settings_are_used_from_the_next_call(studio: Studio) -> None:
    """Model and retries are kept, and the models behind the door know them at once."""
    app = open_page("groq")
    app.selectbox(key="provider_groq_model").set_value("openai/gpt-oss-20b")
    app.number_input(key="provider_groq_retries").set_value(5)
    app.button(key="provider_save_groq").click().run()
    assert not app.exception
    assert studio.defaults.providers["groq"] == ProviderSettings(model="openai/gpt-oss-20b", retries=5)
    assert studio.models.default_model("groq") == "openai/gpt-oss-20b"
    assert "$0.30 out" in said(app)


def test_a_wrong_setting_is_explained_and_not_kept(studio: Studio) -> None:
    """One sentence names the setting."""
    app = open_page("groq")
    app.number_input(key="provider_groq_timeout").set_value(0.0)
    app.button(key="provider_save_groq").click().run()
    assert "Timeout (seconds) should be greater than 0." in said(app)
    assert "groq" not in studio.defaults.providers


def test_a_missing_key_is_said_where_the_provider_stands(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing can be asked without it."""
    for name in providers()["openai"].keys:
        monkeypatch.delenv(name, raising=False)
    studio.preferences.change(lambda now: Defaults())
    app = open_page("openai")
    assert "set OPENAI_API_KEY" in said(app)
    assert app.button(key="provider_ask_openai").disabled


def test_the_provider_is_asked_for_its_models(studio: Studio, mock_models: MockModels) -> None:
    """They can then be chosen."""
    studio.preferences.change(lambda now: Defaults())  # providers are built with the server's address
    app = open_page("openai")
    app.button(key="provider_ask_openai").click().run()
    assert not app.exception
    assert "models are offered" in app.toast[0].value
    assert len(app.selectbox(key="provider_openai_model").options) > 1


def test_a_reset_keeps_what_stands_elsewhere(studio: Studio) -> None:
    """Providers and prices are not part of the form that is reset."""
    prices = {"local:gemma3:12b": ModelPrice(input=Decimal(0), output=Decimal(0))}
    studio.configure(prices=prices, cache_megabytes=77)
    open_page("groq").button(key="settings_reset").click().run()
    assert studio.defaults.prices == prices
    assert studio.defaults.cache_megabytes == 1024


def test_prices_are_kept_and_used(studio: Studio) -> None:
    """A model that was asked without a price stands in the table; once it has one, it is in the estimate."""
    call = Call("a", datetime.now(UTC), "groq", "of-tomorrow", "extract", Usage(10, 10))
    studio._parts.calls.keep_call(call)
    app = open_page("groq")
    table: Any = next(iter(app.get("arrow_data_frame")), None) or app.dataframe[0]
    assert "groq:of-tomorrow" in list(table.value["Model"])
    row = list(table.value["Model"]).index("groq:of-tomorrow")
    app.session_state["prices_0"] = {
        "edited_rows": {row: {"Input": 0.5, "Output": 2.0}},
        "added_rows": [],
        "deleted_rows": [],
    }
    app.button(key="prices_save").click().run()
    assert not app.exception
    assert studio.defaults.prices == {"groq:of-tomorrow": ModelPrice(input=Decimal("0.5"), output=Decimal("2.0"))}
    price = studio.models.price(ModelName("groq", "of-tomorrow"))
    assert price is not None
    assert price.source == "yours"


def test_rows_become_prices() -> None:
    """Rows without a figure are left out; a row that cannot be a price is named."""
    rows = [
        {"Model": "groq:a", "Input": 1.5, "Output": 2, "Cached input": float("nan")},
        {"Model": "groq:b", "Input": None, "Output": None, "Cached input": None},
        {"Model": "groq:c", "Input": 1.0, "Output": None, "Cached input": None},
        {"Model": "nobody:d", "Input": 1.0, "Output": 1.0, "Cached input": None},
        {"Model": "groq:e", "Input": -1.0, "Output": 1.0, "Cached input": None},
    ]
    prices, errors = read_prices(rows)
    assert prices == {"groq:a": ModelPrice(input=Decimal("1.5"), output=Decimal(2))}
    assert [error.split(" ")[0] for error in errors] == ["groq:c:", "“nobody:d”", "groq:e:"]
    assert "is missing" in errors[0]


def test_prices_come_back_as_rows() -> None:
    """What is kept is shown, then the models without a price."""
    prices = {"groq:a": ModelPrice(input=Decimal("1.5"), output=Decimal(2), cached=Decimal("0.1"))}
    assert price_rows(prices, ["groq:a", "groq:b"]) == [
        {"Model": "groq:a", "Input": 1.5, "Output": 2.0, "Cached input": 0.1},
        {"Model": "groq:b", "Input": None, "Output": None, "Cached input": None},
    ]


def test_blanks_around_an_address_are_no_part_of_it() -> None:
    """Copied text often has them."""
    read, error = read_provider({"base_url": " https://models.example/v1 ", "model": None})
    assert not error
    assert read is not None
    assert read.base_url == "https://models.example/v1"
