"""The models that PaddleOCR reads with: which, where they lie, and whether they can be had.

On a processor they are the two ONNX files of RapidOCR's wheel, put into folders as PaddleOCR wants them: the model and
an ``inference.yml`` that says how a picture is prepared and what the classes mean. Other scripts, and a GPU, need
models from PaddleOCR's makers; PaddleOCR fetches them once into the same cache.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies

from core.ocr.gpu import DEVICE

#: PaddleOCR's names of the models in RapidOCR's wheel, with their files there.
_IN_WHEEL = {"PP-OCRv6_small_det": "PP-OCRv6_det_small.onnx", "PP-OCRv6_small_rec": "PP-OCRv6_rec_small.onnx"}
_SMALL = ("PP-OCRv6_small_det", "PP-OCRv6_small_rec")
_MEDIUM = ("PP-OCRv6_medium_det", "PP-OCRv6_medium_rec")
#: Recognisers of the scripts that PP-OCRv6 does not know, by language.
_OTHER_SCRIPTS = {
    language: f"{script}_PP-OCRv5_mobile_rec"
    for script, languages in {
        "eslav": "ru uk be",
        "cyrillic": "bg sr mk kk mn",
        "el": "el",
        "korean": "ko",
        "arabic": "ar fa ur",
        "devanagari": "hi mr ne",
        "th": "th",
        "ta": "ta",
        "te": "te",
    }.items()
    for language in languages.split()
}
#: Where PaddleOCR fetches models from, and how long they may take to answer, in seconds.
_SOURCES = ("huggingface.co", "modelscope.cn", "paddle-model-ecology.bj.bcebos.com")
_PATIENCE = 2.0

_DECODE = {"DecodeImage": {"channel_first": False, "img_mode": "BGR"}}


@dataclass(frozen=True, slots=True)
class Model:
    """A model by PaddleOCR's name, with its file in RapidOCR's wheel; ``None`` where PaddleOCR's makers have it."""

    name: str
    source: Path | None = None

    def folder(self) -> str | None:
        """The folder to give to PaddleOCR, made on first use; ``None``: PaddleOCR finds or fetches it. Raises OSError."""
        return str(local_folder(self.name, self.source)) if self.source else None


@dataclass(frozen=True, slots=True)
class Plan:
    """How PaddleOCR runs: its two models, its ``device``, and its ``engine`` (``None``: PaddlePaddle)."""

    detector: Model
    recogniser: Model
    device: str
    engine: str | None

    @property
    def to_fetch(self) -> tuple[str, ...]:
        """The folders in PaddleOCR's cache of models that are not here yet."""
        suffix = "_onnx" if self.engine else ""
        names = [model.name + suffix for model in (self.detector, self.recogniser) if model.source is None]
        return tuple(name for name in names if not (cache_folder() / "official_models" / name).is_dir())


def plan_for(languages: Sequence[str], on_gpu: bool) -> Plan:
    """The models for the first of ``languages`` that needs others than usual; usual ones where none does."""
    found = wheel_files()
    detector, recogniser = _MEDIUM if on_gpu else _SMALL
    recogniser = next((_OTHER_SCRIPTS[code] for code in languages if code in _OTHER_SCRIPTS), recogniser)
    device, engine = (DEVICE, None) if on_gpu else ("cpu", "onnxruntime")
    return Plan(Model(detector, found.get(detector)), Model(recogniser, found.get(recogniser)), device, engine)


def wheel_files() -> dict[str, Path]:
    """The model files that RapidOCR's wheel carries, by PaddleOCR's names; those that are missing are left out."""
    spec = find_spec("rapidocr")
    if spec is None or spec.origin is None:
        return {}
    folder = Path(spec.origin).parent / "models"
    return {name: folder / file for name, file in _IN_WHEEL.items() if (folder / file).is_file()}


def cache_folder() -> Path:
    """PaddleOCR's own cache: ``PADDLE_PDX_CACHE_HOME``, or ``.paddlex`` in the home folder."""
    return Path(os.environ.get("PADDLE_PDX_CACHE_HOME") or Path.home() / ".paddlex")


def local_folder(name: str, source: Path) -> Path:
    """The folder with the model ``source`` and its ``inference.yml``; made on first use. Raises OSError."""
    folder = cache_folder() / "studio" / f"{name}-rapidocr-{version('rapidocr')}"
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as made:
        draft = Path(made) / name
        draft.mkdir()
        shutil.copyfile(source, draft / "inference.onnx")
        # JSON is YAML; a list of 18,000 characters is written and read much faster this way.
        text = json.dumps(inference_yml(name, source), ensure_ascii=False)
        (draft / "inference.yml").write_text(text, encoding="utf-8")
        try:
            draft.rename(folder)
        except OSError:
            if not folder.is_dir():  # another process may have been first
                raise
    return folder


def inference_yml(name: str, source: Path) -> dict[str, Any]:
    """What PaddleOCR has to know of a model: how pictures are prepared for it, and what its output means."""
    if name.endswith("_det"):
        norm = {"mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225], "scale": 1 / 255, "order": "hwc"}
        prepare: list[dict[str, Any]] = [
            {"DetResizeForTest": {"resize_long": 960}},
            {"NormalizeImage": norm},
            {"ToCHWImage": None},
        ]
        means = {"name": "DBPostProcess", "thresh": 0.3, "box_thresh": 0.6, "unclip_ratio": 1.5, "max_candidates": 1000}
    else:
        prepare = [{"RecResizeImg": {"image_shape": [3, 48, 320]}}]
        means = {"name": "CTCLabelDecode", "character_dict": characters_of(source)}
    return {
        "Global": {"model_name": name},
        "PreProcess": {"transform_ops": [_DECODE, *prepare]},
        "PostProcess": means,
    }


def characters_of(source: Path) -> list[str]:
    """The characters that a recogniser's file names in its own metadata, in the order of its classes."""
    import onnxruntime

    session = onnxruntime.InferenceSession(str(source), providers=["CPUExecutionProvider"])
    characters: str = session.get_modelmeta().custom_metadata_map["character"]
    return characters.splitlines()


def source_answers() -> bool:
    """Whether a source of models (or the proxy that stands before them) takes a connection, within some seconds."""
    proxy = urlsplit(getproxies().get("https", ""))
    places = [(proxy.hostname, proxy.port or 443)] if proxy.hostname else [(host, 443) for host in _SOURCES]
    pool = ThreadPoolExecutor(len(places))
    try:
        asked = [pool.submit(_answers, host, port) for host, port in places]
        return any(future.result() for future in as_completed(asked, timeout=_PATIENCE))
    except TimeoutError:  # a resolver that hangs is no answer
        return False
    finally:
        pool.shutdown(wait=False)


def missing_sentence(plan: Plan) -> str | None:
    """What the person must do when models are neither here nor to be had; ``None`` when all is well."""
    names = plan.to_fetch
    if not names or source_answers():
        return None
    where = cache_folder() / "official_models"
    return f"{' and '.join(names)} not in {where}, and no source of models answers: connect to the internet once."


def _answers(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=_PATIENCE).close()
    except OSError:
        return False
    return True
