"""Finding a GPU, and what “auto” reads with then."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from core.entrypoints import bootstrap
from core.extractor import Availability
from core.ocr import registry
from core.ocr.gpu import find_gpu


def paddle_with(cuda: bool, devices: int) -> Any:
    """A ``paddle`` module as far as it is asked."""
    cuda_part = SimpleNamespace(device_count=lambda: devices)
    return SimpleNamespace(device=SimpleNamespace(is_compiled_with_cuda=lambda: cuda, cuda=cuda_part))


@dataclass
class FakeEngine:
    """An engine that is there or is not."""

    name: str
    usable: bool = True

    def availability(self) -> Availability:
        return Availability(self.usable, "not here")


@pytest.mark.parametrize(
    ("paddle", "usable", "says"),
    [
        (None, False, "install paddlepaddle-gpu"),
        (paddle_with(cuda=False, devices=0), False, "without CUDA"),
        (paddle_with(cuda=True, devices=0), False, "sees no GPU"),
        (paddle_with(cuda=True, devices=1), True, "gpu:0"),
        (paddle_with(cuda=True, devices=4), True, "4 NVIDIA GPUs"),
        (SimpleNamespace(), False, "could not be loaded"),
    ],
)
def test_a_gpu_counts_only_when_paddle_can_use_it(paddle: Any, usable: bool, says: str) -> None:
    found = find_gpu(driver=lambda: True, load=lambda: paddle)
    assert found.usable is usable
    assert says in found.reason


def test_without_a_driver_paddle_is_not_even_loaded() -> None:
    def load() -> Any:
        raise AssertionError("loaded")

    found = find_gpu(driver=lambda: False, load=load)
    assert not found.usable
    assert "No NVIDIA driver" in found.reason


@pytest.mark.parametrize(
    ("gpu", "missing", "chosen"),
    [
        (False, (), "rapid"),
        (True, (), "paddle"),
        (True, ("paddle",), "rapid"),
        (False, ("rapid",), "paddle"),
        (False, ("rapid", "paddle"), "tesseract"),
    ],
)
def test_auto_prefers_rapid_and_on_a_gpu_paddle(
    monkeypatch: pytest.MonkeyPatch, gpu: bool, missing: tuple[str, ...], chosen: str
) -> None:
    fakes = {name: (lambda threads, name=name: FakeEngine(name, name not in missing)) for name in registry.ENGINES}
    monkeypatch.setattr(registry, "ENGINES", fakes)
    monkeypatch.setattr(registry, "gpu", lambda: Availability(gpu))
    registry._availability.cache_clear()
    try:
        assert registry.create("auto").name == chosen
    finally:
        registry._availability.cache_clear()


def test_doctor_names_the_accelerator(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = Availability(True, "PaddleOCR reads on gpu:0 (1 NVIDIA GPU).")
    monkeypatch.setattr(bootstrap, "gpu", lambda: found)
    studio = bootstrap.build_studio(bootstrap.Settings(data_dir=tmp_path))
    assert ("Accelerator", "GPU", found) in studio.health()
