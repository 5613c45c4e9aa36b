"""What scanners and phone cameras do to a page: skew, shading, blur, noise, JPEG, a desk around the paper."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
import pymupdf
from PIL import Image, ImageDraw, ImageFilter


@dataclass(frozen=True, slots=True)
class Scan:
    """How a page is scanned. ``skew`` in degrees, ``blur`` in pixels, ``noise`` in grey levels (standard deviation),
    ``shading`` the share of light lost towards one corner, ``quality`` JPEG's (0: PNG), ``photo`` lays the page on a
    desk and looks at it aslant, ``turn`` lays it down turned clockwise by quarters, ``shadow`` is the share of light that
    someone's shadow takes, ``fade`` the share of its darkness that print has lost."""

    dpi: int = 170
    skew: float = 0.8
    blur: float = 0.5
    noise: float = 5.0
    shading: float = 0.12
    quality: int = 75
    photo: bool = False
    turn: int = 0
    shadow: float = 0.0
    fade: float = 0.0


def pictures(pdf: bytes, dpi: int) -> list[Image.Image]:
    """Every page of a PDF as an RGB picture."""
    with pymupdf.open(stream=pdf) as document:
        return [Image.open(io.BytesIO(page.get_pixmap(dpi=dpi).tobytes("png"))).convert("RGB") for page in document]


def scanned(page: Image.Image, scan: Scan, seed: int) -> Image.Image:
    """``page`` as scanned; the same seed gives the same picture."""
    chance = np.random.default_rng(seed)
    if scan.fade:
        page = page.point(lambda level: round(255 - (255 - level) * (1 - scan.fade)))
    if scan.turn:
        page = page.rotate(-scan.turn, expand=True)
    if scan.photo:
        page = _on_desk(page, scan.skew, chance)
    else:
        page = page.rotate(scan.skew, Image.Resampling.BICUBIC, expand=True, fillcolor=(238, 237, 233))
    if scan.blur:
        page = page.filter(ImageFilter.GaussianBlur(scan.blur))
    light = np.asarray(page, dtype=np.float32) * _shade(page.width, page.height, scan.shading)[..., None]
    if scan.shadow:
        light *= _shadow(page.width, page.height, scan.shadow)[..., None]
    if scan.noise:
        light += chance.normal(0, scan.noise, light.shape[:2])[..., None]
    return Image.fromarray(np.clip(light, 0, 255).astype(np.uint8))


def encoded(page: Image.Image, quality: int) -> bytes:
    """A picture's bytes: JPEG of a quality, or PNG for 0."""
    buffer = io.BytesIO()
    if quality:
        page.save(buffer, "JPEG", quality=quality, optimize=True, subsampling=2)
    else:
        page.save(buffer, "PNG")
    return buffer.getvalue()


def multi_page_tiff(pages: list[Image.Image]) -> bytes:
    """Pages as one TIFF with a frame each, grey and compressed without loss."""
    buffer = io.BytesIO()
    frames = [page.convert("L") for page in pages]
    frames[0].save(buffer, "TIFF", save_all=True, append_images=frames[1:], compression="tiff_deflate")
    return buffer.getvalue()


def _shade(width: int, height: int, strength: float) -> np.ndarray:
    """The share of light at every pixel: full at the top left, ``1 - strength`` at the bottom right."""
    across = np.linspace(0, 1, width, dtype=np.float32)
    down = np.linspace(0, 1, height, dtype=np.float32)
    return 1 - strength * (across[None, :] ** 2 + down[:, None] ** 2) / 2


def _shadow(width: int, height: int, strength: float) -> np.ndarray:
    """The share of light at every pixel under a soft-edged shadow across a corner."""
    shade = Image.new("L", (width, height), 255)
    corner = [(round(0.4 * width), 0), (width, 0), (width, round(0.75 * height)), (round(0.6 * width), height // 2)]
    ImageDraw.Draw(shade).polygon(corner, fill=round(255 * (1 - strength)))
    return np.asarray(shade.filter(ImageFilter.GaussianBlur(width / 40)), dtype=np.float32) / 255


def _on_desk(page: Image.Image, skew: float, chance: np.random.Generator) -> Image.Image:
    """The paper on a wooden desk with its shadow, the camera a little aslant."""
    margin = page.width // 14
    width, height = page.width + 2 * margin, page.height + 2 * margin
    desk = _wood(width, height, chance)
    lean = page.width * np.tan(np.radians(skew))
    corners = [
        (margin + lean, margin * 0.8),
        (width - margin * 0.7, margin * 0.9 + lean),
        (width - margin - lean * 0.4, height - margin * 0.9),
        (margin * 0.8, height - margin * 0.8 - lean),
    ]
    coefficients = _perspective(corners, page.size)
    size, how = (width, height), Image.Transform.PERSPECTIVE
    paper = page.transform(size, how, coefficients, Image.Resampling.BICUBIC)
    outline = Image.new("L", page.size, 255).transform(size, how, coefficients, Image.Resampling.BICUBIC)
    shadow = Image.new("L", size, 0)
    shadow.paste(outline.point(lambda value: value * 0.55), (margin // 6, margin // 5))
    desk.paste((28, 20, 14), mask=shadow.filter(ImageFilter.GaussianBlur(margin / 6)))
    desk.paste(paper, mask=outline)
    return desk


def _wood(width: int, height: int, chance: np.random.Generator) -> Image.Image:
    """A desk's surface: long soft grain in brown."""
    grain = chance.normal(0, 1, (height // 4 + 1, width // 60 + 2)).cumsum(axis=0)
    grain = (grain - grain.min()) / (np.ptp(grain) or 1)
    rows = Image.fromarray((grain * 255).astype(np.uint8)).resize((width, height), Image.Resampling.BICUBIC)
    share = np.asarray(rows, dtype=np.float32)[..., None] / 255
    dark, bright = np.array([104, 72, 48], np.float32), np.array([148, 110, 78], np.float32)
    return Image.fromarray((dark + share * (bright - dark)).astype(np.uint8))


def _perspective(corners: list[tuple[float, float]], size: tuple[int, int]) -> list[float]:
    """Pillow's eight coefficients that bring a picture of ``size`` to ``corners`` (clockwise from the top left)."""
    width, height = size
    source = [(0, 0), (width, 0), (width, height), (0, height)]
    rows, values = [], []
    for (x, y), (u, v) in zip(corners, source, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return [float(part) for part in np.linalg.solve(np.array(rows, float), np.array(values, float))]
