"""Whether a GPU reads the pages here. Paddle itself only warns and goes on on the processor, so it is asked first."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from core.extractor import Availability

#: The device that PaddleOCR is given where a GPU was found.
DEVICE = "gpu:0"


def has_driver() -> bool:
    """Whether NVIDIA's driver is here, by its devices or its program."""
    return Path("/dev/nvidiactl").exists() or shutil.which("nvidia-smi") is not None


def load_paddle() -> Any:
    """The ``paddle`` module, or ``None`` where PaddlePaddle is not installed. Takes seconds."""
    return import_module("paddle") if find_spec("paddle") else None


def find_gpu(driver: Callable[[], bool] = has_driver, load: Callable[[], Any] = load_paddle) -> Availability:
    """Whether PaddlePaddle has a GPU to run on, and if not, what is missing. PaddlePaddle is loaded only where there
    is a driver."""
    if not driver():
        return Availability(False, "No NVIDIA driver was found; pages are read on the processor, which needs no GPU.")
    try:
        paddle = load()
        if paddle is None:
            return Availability(
                False, "An NVIDIA driver is there; to use it, install paddlepaddle-gpu as Dockerfile.gpu does."
            )
        if not paddle.device.is_compiled_with_cuda():
            return Availability(False, "PaddlePaddle is installed without CUDA: install paddlepaddle-gpu in its place.")
        count = int(paddle.device.cuda.device_count())
    except Exception as error:  # a CUDA library that does not fit the driver shows itself in many ways
        logging.getLogger(__name__).exception("PaddlePaddle could not be asked for a GPU")
        return Availability(False, f"PaddlePaddle could not be loaded ({type(error).__name__}: {error}).")
    if count < 1:
        return Availability(False, "PaddlePaddle sees no GPU: check the driver, or start the container with GPUs.")
    return Availability(True, f"PaddleOCR reads on {DEVICE} ({count} NVIDIA GPU{'s' if count > 1 else ''}).")


@cache
def gpu() -> Availability:
    """:func:`find_gpu`, asked once per process."""
    return find_gpu()
