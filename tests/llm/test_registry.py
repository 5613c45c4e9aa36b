"""The table of providers, where their keys come from and where they may go."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from core.call import ModelName
from core.errors import KeyRejected
from core.llm.capabilities import capabilities
from core.llm.provider import Message, Question
from core.llm.providers import providers
from core.llm.registry import WIRES, build_providers, default_model, does_not_answer, line_of
from core.llm.wires import probe
from core.llm.wires.wire import OFFERED
from core.settings import Defaults, ProviderSettings, Settings

QUESTION = Question("", (Message("user", ("Hello",)),), timeout=5)


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither keys nor addresses of whoever runs the tests."""
    for entry in providers().values():
        for name in (*entry.keys, *entry.address):
            monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


# --- the table -------------------------------------------------------------------------------------------------------


def test_every_provider_of_the_table_can_be_built() -> None:
    """With a wire that there is, a suggested model among those that ship, and a line on what is missing."""
    built = build_providers(Settings(), Defaults())
    assert list(built) == list(providers())
    for name, entry in providers().items():
        assert entry.wire in WIRES
        assert entry.model in entry.models or not entry.models
        assert bool(built[name].missing()) == entry.needs_key


def test_every_suggested_model_sees_pictures_and_takes_a_schema() -> None:
    """The first try of a new person is the best that the provider has for invoices."""
    for name, entry in providers().items():
        if entry.model:
            can = capabilities(ModelName(name, entry.model))
            assert can.vision, name
            assert can.strictness == "schema", name


def test_calls_count_together_at_one_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server on this machine is not the one on the next that shares the database, and another address is another server."""
    monkeypatch.setattr("core.llm.registry.node", lambda: "this-machine")
    built = build_providers(Settings(), Defaults())
    assert line_of(built["openai"]) == "openai at api.openai.com"
    assert line_of(built["local"]).startswith("local at localhost:")
    assert line_of(built["local"]).endswith(" on this-machine")
    moved = Defaults(providers={"local": ProviderSettings(base_url="http://models.lan:8000/v1")})
    assert line_of(build_providers(Settings(), moved)["local"]) == "local at models.lan:8000"


def test_the_default_of_groq_is_llama_4_scout() -> None:
    """Where nobody chose another."""
    assert "llama-4-scout" in default_model("groq", Defaults())
    chosen = Defaults(providers={"groq": ProviderSettings(model="other")})
    assert default_model("groq", chosen) == "other"
    assert default_model("nobody", Defaults()) == ""


def test_a_default_that_is_gone_gives_way_to_one_that_is_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    """As soon as the provider was seen not to have it; what a person chose stays as it is."""
    monkeypatch.setitem(OFFERED, "groq", ["openai/gpt-oss-20b", "qwen/qwen3.8-27b"])
    assert default_model("groq", Defaults()) == "qwen/qwen3.8-27b"
    scout = "meta-llama/llama-4-scout-17b-16e-instruct"
    assert default_model("groq", Defaults(providers={"groq": ProviderSettings(model=scout)})) == scout
    monkeypatch.setitem(OFFERED, "groq", ["never heard of"])
    assert default_model("groq", Defaults()) == scout


@pytest.mark.parametrize(
    ("model", "vision", "strictness", "temperature"),
    [
        (ModelName("groq", "meta-llama/llama-4-scout-17b-16e-instruct"), True, "schema", True),
        (ModelName("groq", "llama-3.3-70b-versatile"), False, "json", True),
        (ModelName("openai", "gpt-6.1-terra"), True, "schema", False),
        (ModelName("openai", "gpt-5-mini"), True, "schema", False),
        (ModelName("openai", "o3-mini"), False, "schema", False),
        (ModelName("openai", "gpt-4o-mini-2024-07-18"), True, "schema", True),
        (ModelName("openai", "gpt-3.5-turbo"), False, "tool", True),
        (ModelName("anthropic", "claude-sonnet-5-5"), True, "schema", False),
        (ModelName("anthropic", "claude-haiku-4-5-20251001"), True, "schema", True),
        (ModelName("anthropic", "claude-3-5-haiku-latest"), True, "tool", True),
        (ModelName("gemini", "gemini-3.8-flash"), True, "schema", True),
        (ModelName("local", "qwen2.5vl:7b"), True, "schema", True),
        (ModelName("local", "llama3.1:8b"), False, "schema", True),
        (ModelName("nobody", "model"), False, "json", True),
    ],
    ids=str,
)
def test_what_a_model_can_do_is_known(model: ModelName, vision: bool, strictness: str, temperature: bool) -> None:
    """By its provider and its name; the contract's guesses for a stranger."""
    can = capabilities(model)
    assert (can.vision, can.strictness, can.temperature) == (vision, strictness, temperature)


SHIPPED = [ModelName(name, model) for name, entry in providers().items() if name != "local" for model in entry.models]


@pytest.mark.parametrize("model", SHIPPED, ids=str)
def test_a_shipped_model_has_a_price_and_no_smaller_window_than_we_think(model: ModelName) -> None:
    """By the data of genai-prices; a question that is too long would be refused."""
    from genai_prices import Usage, calc_price

    found = calc_price(Usage(input_tokens=1000, output_tokens=10), model.model, provider_id=model.provider)
    assert found.total_price > 0
    assert capabilities(model).context <= (found.model.context_window or 1_050_000)  # it does not know all of them
    assert capabilities(model).output < capabilities(model).context


# --- keys ------------------------------------------------------------------------------------------------------------


def test_a_key_comes_from_the_environment_or_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The environment first, then ``.env``, then Streamlit's secrets."""
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "secrets.toml").write_text('GROQ_API_KEY = "from-secrets"\n')
    assert _key("GROQ_API_KEY") == "from-secrets"
    (tmp_path / ".env").write_text("GROQ_API_KEY=from-env-file\n")
    assert _key("GROQ_API_KEY") == "from-env-file"
    monkeypatch.setenv("GROQ_API_KEY", " from-environment\n")
    assert _key("GROQ_API_KEY") == "from-environment"
    assert _key("NO_SUCH_KEY") == ""
    assert build_providers(Settings(), Defaults())["groq"].missing() == ""


def test_keys_are_read_once_and_again_with_the_choices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody reads files at each call; who puts a key into ``.env`` and saves in Settings has it."""
    settings = Settings()
    (tmp_path / ".env").write_text("GROQ_API_KEY=late\n")
    assert settings.plain("GROQ_API_KEY") == ""
    assert build_providers(settings, Defaults())["groq"].missing() == ""
    assert settings.plain("GROQ_API_KEY") == "late"
    monkeypatch.setenv("GROQ_API_KEY", "later")
    assert settings.plain("GROQ_API_KEY") == "late"


def test_keys_are_in_no_text_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither printed nor written as JSON."""
    monkeypatch.setenv("GROQ_API_KEY", "gsk-not-to-be-seen")
    settings = Settings()
    assert settings.plain("GROQ_API_KEY") == "gsk-not-to-be-seen"
    assert "gsk-not" not in f"{settings!r} {settings} {settings.surroundings} {settings.model_dump()}"


def test_the_environment_comes_before_a_file_whatever_the_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A second name in the environment beats the first name in ``.env``; an empty one says nothing."""
    (tmp_path / ".env").write_text("GEMINI_API_KEY=from-file\n")
    monkeypatch.setenv("GOOGLE_API_KEY", "from-environment")
    assert _key("GEMINI_API_KEY", "GOOGLE_API_KEY") == "from-environment"
    monkeypatch.setenv("GOOGLE_API_KEY", "")
    assert _key("GEMINI_API_KEY", "GOOGLE_API_KEY") == "from-file"


def _key(*names: str) -> str:
    found = Settings().secret(*names)
    return found.get_secret_value() if found else ""


def test_a_broken_secrets_file_is_no_disaster(tmp_path: Path) -> None:
    """The studio starts without its keys."""
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "secrets.toml").write_text("not toml at all")
    assert "GROQ_API_KEY" in build_providers(Settings(), Defaults())["groq"].missing()


def test_a_key_that_was_copied_badly_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before an SDK fails over it, with the key in its message."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-“quoted”")
    missing = build_providers(Settings(), Defaults())["openai"].missing()
    assert "copy it again" in missing
    assert "quoted" not in missing


@pytest.fixture
def stranger() -> Iterator[tuple[str, list[str]]]:
    """A server that wants a key, with its address and the keys that were sent to it."""
    sent: list[str] = []

    class Stranger(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent.append(self.headers["Authorization"])
            self.send_error(401)

        def log_message(self, *_: object) -> None:
            """Nothing is printed."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Stranger) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/v1", sent
        server.shutdown()


def test_a_key_stays_with_its_provider_when_an_address_is_typed(
    stranger: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only who says so in the settings, or names the address beside the key, has it sent elsewhere."""
    address, sent = stranger

    def ask(defaults: Defaults) -> str:
        with pytest.raises(KeyRejected) as caught:
            build_providers(Settings(), defaults)["openai"].ask(QUESTION, "gpt-4.1")
        return str(caught.value)

    typed = ProviderSettings(base_url=address)
    assert "set OPENAI_API_KEY" in ask(Defaults(providers={"openai": typed}))
    sent.clear()
    monkeypatch.setenv("OPENAI_API_KEY", "sk-mine")
    assert "allow in Settings" in ask(Defaults(providers={"openai": typed}))
    ask(Defaults(providers={"openai": typed.model_copy(update={"send_key": True})}))
    monkeypatch.setenv("OPENAI_BASE_URL", address)
    assert "rejects the key" in ask(Defaults())
    assert ["sk-mine" in key for key in sent] == [False, True, True]


@pytest.mark.parametrize(
    "address", ["ftp://host/v1", "localhost:11434", "http://", "http://me:hunter2@host/v1", "http://[x"]
)
def test_an_address_must_be_one(address: str) -> None:
    """Said where the provider is chosen; the others go on working."""
    built = build_providers(Settings(), Defaults(providers={"local": ProviderSettings(base_url=address)}))
    assert "http://" in built["local"].missing()
    assert "hunter2" not in built["local"].missing()


def test_azure_needs_an_address_of_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """And its key goes there."""
    assert "address" in build_providers(Settings(), Defaults())["azure"].missing()
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "key")
    address = ProviderSettings(base_url="https://mine.openai.azure.com/openai/v1/")
    assert build_providers(Settings(), Defaults(providers={"azure": address}))["azure"].missing() == ""


def test_building_providers_imports_no_sdk() -> None:
    """The app starts in a second."""
    root = Path(__file__).parent.parent.parent
    code = (
        "import sys; from core.llm.registry import build_providers; from core.settings import Defaults, Settings;"
        "build_providers(Settings(), Defaults());"
        "print([name for name in ('openai', 'groq', 'anthropic', 'httpx', 'httpx2') if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    assert told.stdout.strip() == "[]"


def test_a_local_server_that_nobody_runs_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    """With its address and what to do; one that takes connections is usable, one with a key is not even looked at."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}/v1"
        monkeypatch.setenv("LOCAL_MODELS_BASE_URL", address)
        monkeypatch.delenv("LOCAL_MODELS_API_KEY", raising=False)
        assert does_not_answer(Settings(), "local", Defaults()) == ""
    monkeypatch.setattr(probe, "FRESH", 0.0)
    assert f"does not answer at {address}: start it" in does_not_answer(Settings(), "local", Defaults())
    assert does_not_answer(Settings(), "groq", Defaults()) == ""


def test_what_sdks_look_into_is_loaded_before_one_connects() -> None:
    """OpenAI's SDK asks whether httpx is loaded; while Groq's was loading it, a first question failed."""
    code = (
        "import sys; from core.llm.wires.openai_wire import OpenAIWire;"
        "OpenAIWire._connect = lambda wire: print('httpx' in sys.modules, hasattr(sys.modules.get('httpx'), 'Timeout'))"
        " or wire; from core.llm.registry import build_providers; from core.settings import Defaults, Settings;"
        "before = 'httpx' in sys.modules; build_providers(Settings(), Defaults())['openai'].client(); print(before)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], capture_output=True, text=True)
    assert done.stdout.split() == ["True", "True", "False"], done.stderr
