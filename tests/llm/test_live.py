"""``python -m core live``: a small paid check of the real providers; here they are played by a server."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from core.entrypoints.cli import main
from core.llm.providers import providers
from tests.mock_models import KEYS, Fault, MockModels


@pytest.fixture(autouse=True)
def _only_openai(mock_models: MockModels, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key of OpenAI's alone, and a data folder of its own."""
    for name, entry in providers().items():
        for variable in (*entry.keys, *entry.address) if name != "openai" else ():
            monkeypatch.delenv(variable, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("STUDIO_DATA_DIR", str(tmp_path / "data"))


def test_without_keys_it_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], mock_models: MockModels
) -> None:
    """With the names of the keys; nothing is asked."""
    monkeypatch.delenv(KEYS["openai"])
    assert main(["live"]) == 0
    assert "GROQ_API_KEY" in capsys.readouterr().err
    assert mock_models.count() == 0


def test_nothing_is_spent_without_a_yes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], mock_models: MockModels
) -> None:
    """The cost is shown first; an empty answer means no."""
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda prompt: "")
    assert main(["live"]) == 0
    shown = capsys.readouterr()
    assert "openai:gpt" in shown.out
    assert "US$ 0.0" in shown.out
    assert "Nothing was asked" in shown.err
    assert mock_models.count() == 0


def test_after_a_yes_each_provider_is_asked_once(capsys: pytest.CaptureFixture[str], mock_models: MockModels) -> None:
    """The reply is checked, and what it cost is told."""
    mock_models.replies(
        '{"total": "119.00"}', usage={"prompt_tokens": 90, "completion_tokens": 12, "total_tokens": 102}
    )
    assert main(["live", "--yes"]) == 0
    shown = capsys.readouterr().out
    assert "ok      openai:" in shown
    assert "90 + 12 tokens" in shown
    assert "Spent: US$ 0.00" in shown
    assert mock_models.count() == 1


def test_a_wrong_answer_or_an_error_is_a_failure(capsys: pytest.CaptureFixture[str], mock_models: MockModels) -> None:
    """With what was said, and status 1."""
    mock_models.program('{"total": "100.00"}', Fault(401, "No.", "authentication_error"))
    assert main(["live", "--yes"]) == 1
    assert "100.00" in capsys.readouterr().out
    assert main(["live", "--yes", "openai"]) == 1
    assert "rejects the key" in capsys.readouterr().out


def test_an_unknown_provider_is_a_wrong_call(capsys: pytest.CaptureFixture[str]) -> None:
    """With the names that there are."""
    assert main(["live", "opnai"]) == 2
    assert "groq, openai" in capsys.readouterr().err
