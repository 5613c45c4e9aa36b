"""The order of clean-up: what is wrong is found on a small copy, what has to move is moved in one go, then the light
and the grain of what is left are mended."""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING, Any

from core.documents import Picture
from core.evidence import PageText, Upright
from core.homography import IDENTITY, Matrix, compose, invert, scaled, shifted
from core.imaging.cleaned import Cleaned, Read, StepDone
from core.imaging.direction import find_lines, read_both_ways, uprightness
from core.imaging.ink import Ink, find_ink, small_copy
from core.imaging.light import darken, even_out, find_faintness, find_grain, find_light, smooth
from core.imaging.paper import Corner, find_sheet
from core.imaging.slant import find_slant
from core.recipe import Cleanup

if TYPE_CHECKING:
    from PIL.Image import Image

#: Lines less aslant than this (degrees) are left as they are: who reads tables copes with it. More than the most is
#: not a page that was laid down badly.
_LEVEL = 1.5
_MOST_SKEW = 20.0
#: Lines less aslant than this are read well as they are: pixels are not resampled for them alone.
_SLIGHT = 3.0
#: How sure (in standard errors) the shape of letters must be: that a page is upright, as most are, and that it is not.
_UPRIGHT = 1.0
_UPSIDE_DOWN = 3.0
#: So many times as much must be read of a page turned round, for it to be turned round.
_CLEARLY = 1.3
#: So many letters at least must be read for sure for a page to be turned at all: it came upright more likely than not.
_LEAST_READ = 8.0


def clean(image: Image, cleanup: Cleanup, read: Read | None = None) -> Cleaned:
    """``image`` (RGB) with the defects mended that it has and that ``cleanup`` names.

    ``read`` reads a small picture: it settles which way up a page lies where the shape of its letters does not.
    """
    import numpy

    if not any(value for _, value in cleanup):
        return Cleaned(image)
    work = _Work(numpy.asarray(image), cleanup, read)
    if cleanup.perspective:
        work.flatten()
    if cleanup.orientation or cleanup.deskew:
        work.turn()
    work.mend()
    return Cleaned(work.image, work.matrix, tuple(work.steps), work.upright) if work.steps else Cleaned(image)


def picture_as_read(picture: Picture, text: PageText, cleanup: Cleanup) -> Image:
    """A page's picture as it was laid when ``text`` was read from it, to be shown beside the page as it came."""
    import numpy

    work = _Work(numpy.asarray(picture.image), cleanup, None)
    if text.upright:
        to_pixels, to_page = scaled(picture.scale), scaled(1 / picture.scale)
        size = round(text.upright.width * picture.scale), round(text.upright.height * picture.scale)
        work.lay(compose(to_pixels, compose(text.upright.matrix, to_page)), size)
    work.mend()
    return work.image


class _Work:
    """One page in the course of being cleaned. ``matrix`` brings places on ``pixels`` to the picture as it was."""

    def __init__(self, pixels: Any, cleanup: Cleanup, read: Read | None) -> None:
        self.original = self.pixels = pixels
        self.cleanup = cleanup
        self.read = read
        self.matrix: Matrix = IDENTITY
        self.tilt = 0.0
        self.steps: list[StepDone] = []
        self._look()

    def flatten(self) -> None:
        """The sheet cut out of its background and seen from above."""
        corners = find_sheet(self.small, self.grey)
        if corners is None:
            return
        corners = tuple((x / self.scale, y / self.scale) for x, y in corners)
        self.lay(*_rectangle(corners))
        self.steps.append(StepDone("perspective", "flattened from a photo"))

    def turn(self) -> None:
        """The page upright and its lines level."""
        slant = find_slant(self.ink) if self.ink else None
        if slant is None or (slant.on_its_side and not self.cleanup.orientation):
            return
        skew = slant.skew if self.cleanup.deskew and _LEVEL <= abs(slant.skew) <= _MOST_SKEW else 0.0
        quarters = (1 if slant.angle < 0 else 3) if slant.on_its_side else 0
        as_it_was = max(*self._read_both_ways(), _LEAST_READ) if quarters and self.read else 0.0
        before = self.matrix, self.pixels
        if abs(skew) < _SLIGHT and before[0] == IDENTITY:
            self.tilt, skew = skew, 0.0
        if quarters or skew:
            self._rotate(quarters * 90 - skew)
        halves = self._half_turns(not quarters, as_it_was) if self.cleanup.orientation else 0
        if halves is None:
            self.matrix, self.pixels = before
            self.tilt = 0.0
            self._look()
            return
        if halves:
            self.matrix, self.pixels = before
            quarters += halves
            self._rotate(quarters * 90 - skew)
        self._tell(quarters % 4 * 90, skew or self.tilt)

    def mend(self) -> None:
        """Even light, print that is dark enough, and less grain."""
        if self.cleanup.light and (ground := find_light(self.grey)) is not None:
            self._change("light", even_out(self.pixels, ground), "light evened out")
        if self.cleanup.contrast and (levels := find_faintness(self.grey)):
            self._change("contrast", darken(self.pixels, *levels), "faint print darkened")
        if self.cleanup.denoise and (grain := find_grain(self.pixels)):
            self._change("denoise", smooth(self.pixels, grain), "grain smoothed")

    @property
    def upright(self) -> Upright | None:
        """How the page lies with level lines."""
        height, width = self.pixels.shape[:2]
        level, size = _turned(width, height, -self.tilt) if self.tilt else (IDENTITY, (width, height))
        matrix = compose(self.matrix, level)
        return None if matrix == IDENTITY else Upright(float(size[0]), float(size[1]), matrix)

    @property
    def image(self) -> Image:
        """The page as it is now."""
        from PIL import Image as Pictures

        return Pictures.fromarray(self.pixels)

    def _half_turns(self, as_it_came: bool, least: float) -> int | None:
        """2 where the level page stands on its head, 0 where it does not, ``None`` where its lines cannot even be read
        as well as ``least``. Most pages come upright: one that looks so ``as_it_came`` is not read to find out."""
        if self.ink is None:
            return 0
        sign = uprightness(self.ink, find_lines(self.ink))
        if as_it_came and sign > _UPRIGHT:
            return 0
        if self.read is None:
            return 2 if sign < -_UPSIDE_DOWN else 0
        upright, turned = self._read_both_ways()
        if max(upright, turned) < least:
            return None
        return 2 if turned > max(_CLEARLY * upright, _LEAST_READ) else 0

    def _read_both_ways(self) -> tuple[float, float]:
        """How well some lines are read as they are, and turned round; nothing where nothing can be read."""
        if self.read is None or self.ink is None:
            return 0.0, 0.0
        return read_both_ways(self.pixels, self.scale, find_lines(self.ink), self.read, _LEAST_READ)

    def _rotate(self, degrees: float) -> None:
        """Turn clockwise on a sheet large enough to hold it all."""
        height, width = self.pixels.shape[:2]
        self.lay(*_turned(width, height, degrees))

    def lay(self, back: Matrix, size: tuple[int, int]) -> None:
        """Lay the page anew: ``back`` brings a place on the new page of ``size`` to the page as it is now. The pixels
        are taken from the original, so that they are resampled once however many steps there are."""
        import cv2
        import numpy

        self.matrix = compose(self.matrix, back)
        self.pixels = cv2.warpPerspective(
            self.original,
            numpy.array(self.matrix).reshape(3, 3),
            size,
            flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=tuple(float(level) for level in numpy.median(self.original[::8, ::8], axis=(0, 1))),
        )
        self._look()

    def _look(self) -> None:
        """Make the small copies anew."""
        import cv2

        self.small, self.scale = small_copy(self.pixels)
        self.grey = cv2.cvtColor(self.small, cv2.COLOR_RGB2GRAY)
        self.__dict__.pop("ink", None)

    @cached_property
    def ink(self) -> Ink | None:
        """What is printed on the page as it lies now."""
        return find_ink(self.grey)

    def _change(self, name: str, pixels: Any, detail: str) -> None:
        self.pixels = pixels
        self._look()
        self.steps.append(StepDone(name, detail))

    def _tell(self, turned: int, skew: float) -> None:
        if turned:
            self.steps.append(StepDone("orientation", f"turned by {turned}°"))
        if skew:
            self.steps.append(StepDone("deskew", f"straightened by {abs(skew):.1f}°"))


def _rectangle(corners: tuple[Corner, ...]) -> tuple[Matrix, tuple[int, int]]:
    """The matrix from a rectangle to the quadrilateral ``corners``, and the rectangle's size."""
    import cv2
    import numpy

    a, b, c, d = corners
    width = round(max(math.dist(a, b), math.dist(d, c)))
    height = round(max(math.dist(a, d), math.dist(b, c)))
    flat = numpy.array([(0, 0), (width, 0), (width, height), (0, height)], numpy.float32)
    found = cv2.getPerspectiveTransform(flat, numpy.array(corners, numpy.float32))
    return _matrix(found), (width, height)


def _turned(width: int, height: int, degrees: float) -> tuple[Matrix, tuple[int, int]]:
    """The matrix from a page turned clockwise by ``degrees`` back to the page of ``width`` × ``height``, and the
    turned page's size."""
    angle = math.radians(degrees)
    cos, sin = round(math.cos(angle), 12), round(math.sin(angle), 12)
    new_width = math.ceil(abs(width * cos) + abs(height * sin))
    new_height = math.ceil(abs(width * sin) + abs(height * cos))
    turn: Matrix = (cos, -sin, 0.0, sin, cos, 0.0, 0.0, 0.0, 1.0)
    there = compose(shifted(new_width / 2, new_height / 2), compose(turn, shifted(-width / 2, -height / 2)))
    return invert(there), (new_width, new_height)


def _matrix(array: Any) -> Matrix:
    a, b, c, d, e, f, g, h, i = (float(value) for value in array.ravel())
    return a, b, c, d, e, f, g, h, i
