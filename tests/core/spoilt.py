"""Page pictures spoilt as scanners and cameras do, each with the matrix that brings places on the page to the picture."""

from __future__ import annotations

import math

import cv2
import numpy
from PIL import Image

from core.homography import Matrix
from samples.generate import make_sample
from samples.invoices import Wishes
from samples.scan import pictures

PAPER = (244, 243, 240)
DESK = (96, 70, 50)


def invoice_page(seed: int = 500, language: str = "en", dpi: int = 110) -> Image.Image:
    """A clean picture of a generated invoice."""
    return pictures(make_sample(seed, language, wishes=Wishes(lines=5)).data, dpi)[0]


def turned(page: Image.Image, degrees: float) -> tuple[Image.Image, Matrix]:
    """``page`` laid on the scanner turned clockwise."""
    width, height = page.size
    angle = math.radians(degrees)
    cos, sin = math.cos(angle), math.sin(angle)
    size = round(abs(width * cos) + abs(height * sin)), round(abs(width * sin) + abs(height * cos))
    x = size[0] / 2 - cos * width / 2 + sin * height / 2
    y = size[1] / 2 - sin * width / 2 - cos * height / 2
    return _warped(page, (cos, -sin, x, sin, cos, y, 0.0, 0.0, 1.0), size, PAPER)


def photographed(page: Image.Image, degrees: float = 0.0) -> tuple[Image.Image, Matrix]:
    """``page`` on a dark desk, seen aslant and turned clockwise."""
    width, height = page.size
    flat = numpy.array([(0, 0), (width, 0), (width, height), (0, height)], numpy.float32)
    shares = numpy.array([(0.16, 0.12), (0.86, 0.15), (0.91, 0.88), (0.08, 0.9)])
    size = round(width * 1.25), round(height * 1.25)
    angle = math.radians(degrees)
    turn = numpy.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    seen = ((shares - 0.5) * size @ turn * 0.9 + numpy.array(size) / 2).astype(numpy.float32)
    a, b, c, d, e, f, g, h, i = (float(part) for part in cv2.getPerspectiveTransform(flat, seen).ravel())
    return _warped(page, (a, b, c, d, e, f, g, h, i), size, DESK)


def shaded(page: Image.Image, strength: float = 0.5) -> Image.Image:
    """``page`` under light that falls off to the right."""
    falling = numpy.linspace(1.0, 1.0 - strength, page.width)[None, :, None]
    return Image.fromarray((numpy.asarray(page) * falling).astype(numpy.uint8))


def faded(page: Image.Image) -> Image.Image:
    """``page`` with pale print."""
    return page.point(lambda level: round(250 - 0.3 * (255 - level)))


def grained(page: Image.Image) -> Image.Image:
    """``page`` with a camera's grain."""
    grain = numpy.random.default_rng(1).normal(0, 22, (page.height, page.width, 1))
    return Image.fromarray(numpy.clip(0.85 * numpy.asarray(page) + grain, 0, 255).astype(numpy.uint8))


def _warped(
    page: Image.Image, matrix: Matrix, size: tuple[int, int], ground: tuple[int, int, int]
) -> tuple[Image.Image, Matrix]:
    pixels = cv2.warpPerspective(
        numpy.asarray(page), numpy.array(matrix).reshape(3, 3), size, flags=cv2.INTER_AREA, borderValue=ground
    )
    return Image.fromarray(pixels), matrix
