"""Tesseract: what it says when it is not there, which languages it takes, and the way up of a page."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from core.errors import EngineUnavailable
from core.ocr import tesseract, tesseract_data
from core.ocr.tesseract import TesseractEngine
from core.ocr.tesseract_data import data_folder, languages_in, models_for, orientation_of
from core.recipe import OcrRecipe
from tests.core.made import picture_of, typeset

needs_tesseract = pytest.mark.skipif(
    data_folder() is None, reason="Tesseract is not installed (Debian: apt-get install tesseract-ocr)"
)


def folder_with(folder: Path, *names: str) -> Path:
    """A folder of languages."""
    for name in names:
        path = folder / f"{name}.traineddata"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return folder


def test_without_languages_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tesseract, "data_folder", lambda: None)
    found = TesseractEngine().availability()
    assert not found.usable
    assert "apt-get install tesseract-ocr tesseract-ocr-deu" in found.reason
    with pytest.raises(EngineUnavailable, match="apt-get install"):
        TesseractEngine().read(picture_of(), OcrRecipe())


def test_without_its_library_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tesseract, "find_spec", lambda name: None)
    assert "tesserocr is not installed" in TesseractEngine().availability().reason


@pytest.mark.parametrize(
    ("installed", "hints", "taken"),
    [
        (("eng", "deu", "osd"), (), "deu+eng"),
        (("eng", "deu"), ("de",), "deu"),
        (("eng", "deu"), ("de", "en"), "deu+eng"),
        (("eng", "deu"), ("fr",), "deu+eng"),
        (("eng", "Latin"), (), "Latin"),
        (("eng", "script/Latin"), (), "script/Latin"),
        (("eng", "Latin"), ("fr",), "Latin"),
        (("eng", "rus", "Latin"), ("ru",), "rus"),
    ],
)
def test_hints_choose_among_what_is_installed(
    tmp_path: Path, installed: tuple[str, ...], hints: tuple[str, ...], taken: str
) -> None:
    assert models_for(hints, folder_with(tmp_path, *installed)) == taken


def test_the_languages_are_those_installed(tmp_path: Path) -> None:
    assert languages_in(folder_with(tmp_path / "few", "eng", "deu", "osd")) == ("en", "de")
    every = languages_in(folder_with(tmp_path / "latin", "eng", "script/Latin"))
    assert {"en", "de", "pt", "pl"} <= set(every)
    assert "ru" not in every


def test_a_folder_that_is_named_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder_with(tmp_path / "tessdata", "eng")
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    assert data_folder() == tmp_path / "tessdata"


@needs_tesseract
def test_words_far_apart_in_a_line_are_lines_of_their_own() -> None:
    page = Image.new("RGB", (1400, 200), "white")
    page.paste(picture_of(("Consulting services",), (500, 120)), (0, 0))
    page.paste(picture_of(("1.250,00",), (400, 120)), (900, 0))
    words = TesseractEngine().read(page, OcrRecipe(languages=("en",)))
    assert [(word.text, word.line) for word in words] == [("Consulting", 0), ("services", 0), ("1.250,00", 1)]


@needs_tesseract
@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_the_way_up_of_a_page_is_told(turned: int) -> None:
    folder = data_folder()
    if folder is None or not (folder / "osd.traineddata").is_file():
        pytest.skip("Tesseract's osd is not installed")
    page = typeset(*["The quick brown fox jumps over the lazy dog"] * 12)
    found = orientation_of(page.rotate(-turned, expand=True))
    assert found is not None
    assert (turned + found.turn) % 360 == 0


@needs_tesseract
def test_an_empty_page_has_no_way_up() -> None:
    assert orientation_of(Image.new("RGB", (600, 800), "white")) is None


def test_without_its_data_the_way_up_is_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tesseract_data, "data_folder", lambda: folder_with(tmp_path, "eng"))
    assert orientation_of(picture_of()) is None
