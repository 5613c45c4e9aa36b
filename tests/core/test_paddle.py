"""PaddleOCR's models and plans: which are taken, how they are put in place, and what is said when they cannot be had."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from core.errors import EngineUnavailable
from core.extractor import Availability
from core.ocr import paddle, paddle_models
from core.ocr.paddle import PaddleEngine
from core.ocr.paddle_models import characters_of, inference_yml, local_folder, missing_sentence, plan_for, wheel_files
from core.recipe import OcrRecipe
from tests.core.made import picture_of


@pytest.fixture
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """PaddleOCR's cache, with nothing in it."""
    monkeypatch.setenv("PADDLE_PDX_CACHE_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """No source of models takes a connection."""
    monkeypatch.setattr(paddle_models, "source_answers", lambda: False)


def test_on_a_processor_the_models_of_the_wheel_are_taken() -> None:
    plan = plan_for((), on_gpu=False)
    assert (plan.device, plan.engine) == ("cpu", "onnxruntime")
    assert plan.to_fetch == ()
    assert plan_for(("de", "fr"), on_gpu=False) == plan


def test_on_a_gpu_paddle_itself_runs_its_larger_models(empty_cache: Path) -> None:
    plan = plan_for((), on_gpu=True)
    assert (plan.device, plan.engine) == ("gpu:0", None)
    assert plan.to_fetch == ("PP-OCRv6_medium_det", "PP-OCRv6_medium_rec")
    (empty_cache / "official_models" / "PP-OCRv6_medium_det").mkdir(parents=True)
    assert plan.to_fetch == ("PP-OCRv6_medium_rec",)


@pytest.mark.parametrize(
    ("languages", "recogniser"),
    [(("en", "ru"), "eslav_PP-OCRv5_mobile_rec"), (("el",), "el_PP-OCRv5_mobile_rec"), (("xx",), "PP-OCRv6_small_rec")],
)
def test_another_script_takes_another_recogniser(languages: tuple[str, ...], recogniser: str) -> None:
    assert plan_for(languages, on_gpu=False).recogniser.name == recogniser


def test_a_model_folder_says_how_pictures_are_prepared(empty_cache: Path) -> None:
    name, source = next(item for item in wheel_files().items() if item[0].endswith("_det"))
    folder = local_folder(name, source)
    assert folder.is_relative_to(empty_cache)
    assert (folder / "inference.onnx").read_bytes() == source.read_bytes()
    config = json.loads((folder / "inference.yml").read_text("utf-8"))
    assert config["Global"]["model_name"] == name
    steps = [next(iter(step)) for step in config["PreProcess"]["transform_ops"]]
    assert steps == ["DecodeImage", "DetResizeForTest", "NormalizeImage", "ToCHWImage"]
    assert config["PostProcess"]["name"] == "DBPostProcess"


def test_a_recogniser_takes_its_characters_from_its_own_metadata() -> None:
    name, source = next(item for item in wheel_files().items() if item[0].endswith("_rec"))
    config = inference_yml(name, source)
    characters = config["PostProcess"]["character_dict"]
    assert {"RecResizeImg": {"image_shape": [3, 48, 320]}} in config["PreProcess"]["transform_ops"]
    assert {"A", "ß", "é", "€", "7"} <= set(characters)
    assert len(characters) == len(set(characters)) > 10_000
    assert all(len(character) == 1 for character in characters)


def test_yaml_reads_the_characters_as_they_are(empty_cache: Path) -> None:
    import yaml

    name, source = next(item for item in wheel_files().items() if item[0].endswith("_rec"))
    text = (local_folder(name, source) / "inference.yml").read_text("utf-8")
    assert yaml.safe_load(text)["PostProcess"]["character_dict"] == characters_of(source)


def test_a_folder_is_made_once(empty_cache: Path) -> None:
    name, source = next(iter(wheel_files().items()))
    folder = local_folder(name, source)
    before = (folder / "inference.yml").stat().st_mtime_ns
    assert local_folder(name, source) == folder
    assert (folder / "inference.yml").stat().st_mtime_ns == before
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_models_that_can_be_fetched_are_no_obstacle(empty_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paddle_models, "source_answers", lambda: True)
    assert missing_sentence(plan_for(("ru",), on_gpu=False)) is None


@pytest.mark.usefixtures("offline", "empty_cache")
def test_without_models_and_network_it_fails_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paddle_models, "wheel_files", dict)
    engine = PaddleEngine()
    started = time.perf_counter()
    assert not engine.availability().usable
    with pytest.raises(EngineUnavailable, match="no source of models answers: connect to the internet once"):
        engine.read(picture_of(), OcrRecipe())
    assert time.perf_counter() - started < 3


@pytest.mark.usefixtures("offline", "empty_cache")
def test_a_script_whose_model_is_not_here_is_refused_by_name() -> None:
    with pytest.raises(EngineUnavailable, match="eslav_PP-OCRv5_mobile_rec_onnx"):
        PaddleEngine().read(picture_of(), OcrRecipe(languages=("uk",)))


@pytest.mark.usefixtures("offline", "empty_cache")
def test_a_gpu_without_its_models_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paddle, "gpu", lambda: Availability(True))
    found = PaddleEngine().availability()
    assert not found.usable
    assert "PP-OCRv6_medium_rec" in found.reason


def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    monkeypatch.setenv("PADDLE_PDX_CACHE_HOME", str(blocked))
    with pytest.raises(EngineUnavailable, match="set PADDLE_PDX_CACHE_HOME"):
        PaddleEngine().read(picture_of(), OcrRecipe())


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paddle, "find_spec", lambda name: None if name == "paddleocr" else object())
    assert PaddleEngine().availability() == Availability(False, "paddleocr not installed: run `make setup`.")


def test_a_source_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paddle_models, "_PATIENCE", 0.1)
    monkeypatch.setattr(paddle_models, "getproxies", dict)
    monkeypatch.setattr(paddle_models, "_answers", lambda host, port: time.sleep(0.5) or True)
    assert not paddle_models.source_answers()


def test_a_proxy_is_asked_in_place_of_the_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, int]] = []
    monkeypatch.setattr(paddle_models, "getproxies", lambda: {"https": "http://proxy.example:3128"})
    monkeypatch.setattr(paddle_models, "_answers", lambda host, port: asked.append((host, port)) is None)
    assert paddle_models.source_answers()
    assert asked == [("proxy.example", 3128)]
