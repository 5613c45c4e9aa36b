"""``evaluate --learn``: a vendor's documents in order, each truth learnt from before the next, beside no memory."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from core.entrypoints.bootstrap import build_studio
from core.entrypoints.cli import main
from core.settings import Settings
from samples.vendors import write_vendors


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three documents of one vendor that calls its numbers by a word of its own."""
    folder = tmp_path_factory.mktemp("vendors")
    write_vendors(folder, vendors=1, each=3)
    return folder


def places(
    documents: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *more: str
) -> list[dict[str, Any]]:
    """What the command prints."""
    monkeypatch.setenv("STUDIO_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert main(["evaluate", str(documents), "--learn", "--json", "--quiet", *more]) == 0
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["places"]
    return found


def test_what_a_first_document_taught_mends_the_second(
    documents: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first is as without memory; the vendor of the others is known."""
    first, second, third, _ = places(documents, tmp_path, monkeypatch, capsys)
    assert first["header_errors"][0] == first["header_errors"][1] > 0
    assert second["header_errors"][1] < second["header_errors"][0]
    assert third["header_errors"][1] < third["header_errors"][0]
    assert [one["vendor_known"] for one in (first, second, third)] == [0, 1, 1]
    assert sum(one["made_wrong"] for one in (first, second, third)) == 0
    assert build_studio(Settings(data_dir=tmp_path / "data" / "evaluation", DATABASE_URL=None)).memory.is_empty


def test_corrections_that_are_all_wrong_approve_nothing_wrong(
    documents: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever they teach is asked about."""
    for place in places(documents, tmp_path, monkeypatch, capsys, "--wrong", "1")[:2]:
        assert place["passed_wrong"][1] <= place["passed_wrong"][0]
