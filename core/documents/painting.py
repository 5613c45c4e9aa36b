"""What a page costs to draw, told before it is drawn. A file of a few kilobytes can paint one picture over the whole page
thousands of times, or tile it in steps of a hundredth of a point, and no drawing can be stopped once it has begun."""

from __future__ import annotations

from functools import cache
from math import inf
from typing import Any, NamedTuple

#: Costs are told in pixels of a picture that are painted (about 9 ns each). Of one such, a pixel of a plain surface or of a
#: letter costs this share, and one that a picture has in its file that; to mix a group with what is below it costs more.
_PLAIN, _IN_FILE, _MIXED = 0.125, 0.25, 2.0
#: What a line costs an outline or a stroke, as so many pixels in width: each row of pixels that it crosses is sorted, and dashes
#: are drawn one by one.
_EDGE, _STROKE, _DASHED = 13.0, 26.0, 150.0
#: An operator costs so many pixels however small it is, and a tile.
_OPERATOR, _TILE = 2000.0, 2.0


class Painting(NamedTuple):
    """What drawing a page takes: an area in page units, the same part painted twice counting twice, and beside it what does
    not depend on the resolution, in pixels."""

    area: float
    fixed: float
    shaded: float
    """How much of the area is runs of colours, in page units: reading a page's pictures keeps each of them as one."""

    def pixels(self, scale: float) -> float:
        """The pixels painted where a page unit has ``scale`` of them."""
        return self.area * scale * scale + self.fixed


def painting_of(page: Any, most: float) -> Painting:
    """What drawing ``page``, a page of PyMuPDF, takes. Nothing is drawn for it. Beyond ``most`` pixels, at one a page unit,
    the counting ends and the cost is infinite."""
    mu = _mupdf()
    cookie = mu.FzCookie()
    meter = _meter_class()(page.rect.width, page.rect.height, most, cookie)
    mu.fz_run_page(page.this, meter, mu.FzMatrix(), cookie)
    mu.fz_close_device(meter)
    return Painting(meter.area, meter.fixed, meter.shaded)


def _mupdf() -> Any:
    import pymupdf

    return pymupdf.mupdf


@cache
def _meter_class() -> Any:
    """The meter's class, made when it is first needed: its base comes with the library."""
    mu = _mupdf()
    unit = mu.FzRect(mu.FzRect.Fixed_UNIT)

    class Walker(mu.FzPathWalker2):  # type: ignore[name-defined]
        """Adds up how far the lines of an outline run over the page, across and down."""

        def __init__(self, width: float, height: float) -> None:
            super().__init__()
            self._width, self._height = width, height
            for name in ("moveto", "lineto", "curveto", "closepath"):
                getattr(self, f"use_virtual_{name}")()

        def measure(self, path: Any, ctm: Any) -> tuple[float, float]:
            self._ctm, self._at, self._start, self._across, self._down = ctm, (0.0, 0.0), (0.0, 0.0), 0.0, 0.0
            mu.ll_fz_walk_path(path, self.m_internal, self.m_internal)
            return self._across, self._down

        def _place(self, x: float, y: float) -> tuple[float, float]:
            m = self._ctm
            across, down = m.a * x + m.c * y + m.e, m.b * x + m.d * y + m.f
            return min(max(across, 0.0), self._width), min(max(down, 0.0), self._height)

        def _to(self, place: tuple[float, float]) -> None:
            self._across += abs(place[0] - self._at[0])
            self._down += abs(place[1] - self._at[1])
            self._at = place

        def moveto(self, ctx: Any, x: float, y: float) -> None:
            self._at = self._start = self._place(x, y)

        def lineto(self, ctx: Any, x: float, y: float) -> None:
            self._to(self._place(x, y))

        def curveto(self, ctx: Any, x1: float, y1: float, x2: float, y2: float, x: float, y: float) -> None:
            self._to(self._place(x1, y1))
            self._to(self._place(x2, y2))
            self._to(self._place(x, y))

        def closepath(self, ctx: Any) -> None:
            self._to(self._start)

    class Meter(mu.FzDevice2):  # type: ignore[name-defined]
        """A device that draws nothing and adds up what drawing would take. MuPDF calls its public methods."""

        def __init__(self, width: float, height: float, most: float, cookie: Any) -> None:
            super().__init__()
            self.area = self.fixed = self.shaded = 0.0
            self._width, self._height, self._most, self._cookie = width, height, most, cookie
            self._walker = Walker(width, height)
            for name in painters:
                getattr(self, f"use_virtual_{name}")()

        def _seen(self, box: Any) -> float:
            """The area of a box as far as it is on the page and not clipped away."""
            clip = mu.ll_fz_device_current_scissor(self.m_internal)
            width = min(box.x1, clip.x1, self._width) - max(box.x0, clip.x0, 0.0)
            height = min(box.y1, clip.y1, self._height) - max(box.y0, clip.y0, 0.0)
            return max(0.0, width) * max(0.0, height)

        def _add(self, area: float, fixed: float = 0.0) -> None:
            self.area += area
            self.fixed += fixed + _OPERATOR
            if self.area + self.fixed > self._most:
                self.area = self.shaded = inf
                self._cookie.m_internal.abort = 1

        def _image(self, image: Any, ctm: Any) -> None:
            area = self._seen(mu.ll_fz_transform_rect(unit.internal(), ctm))
            self._add(area, _IN_FILE * image.w * image.h if area else 0.0)

        def _text(self, text: Any, ctm: Any) -> None:
            area = 0.0
            span = text.head
            while span:
                if mu.ll_fz_font_t3_procs(span.font):
                    self._drawn_letters(span, ctm)
                letter = abs(_determinant(span.trm) * _determinant(ctm))
                area += span.len * min(letter, self._width * self._height)
                span = span.next
            self._add(_PLAIN * area)

        def _drawn_letters(self, span: Any, ctm: Any) -> None:
            """The letters of a font whose letters are drawings: each may paint whatever a page may."""
            items = mu.FzTextSpan(span)
            for place in range(span.len):
                if self.area == inf:
                    return
                item = items.items(place)
                trm = span.trm
                at = mu.ll_fz_make_matrix(trm.a, trm.b, trm.c, trm.d, item.x, item.y)
                if item.gid >= 0:
                    mu.ll_fz_run_t3_glyph(span.font, item.gid, mu.ll_fz_concat(at, ctm), self.m_internal)

        def _surface(self, path: Any, ctm: Any) -> None:
            area = _PLAIN * self._seen(mu.ll_fz_bound_path(path, None, ctm))
            self._add(area + _EDGE * self._walker.measure(path, ctm)[1] if area else 0.0)

        def fill_path(self, ctx: Any, path: Any, even_odd: Any, ctm: Any, *_: Any) -> None:
            self._surface(path, ctm)

        def clip_path(self, ctx: Any, path: Any, even_odd: Any, ctm: Any, scissor: Any) -> None:
            if mu.ll_fz_path_is_rect(path, ctm):
                self._add(0.0)
            else:
                self._surface(path, ctm)

        def stroke_path(self, ctx: Any, path: Any, stroke: Any, ctm: Any, *_: Any) -> None:
            area = _PLAIN * self._seen(mu.ll_fz_bound_path(path, stroke, ctm))
            across, down = self._walker.measure(path, ctm) if area else (0.0, 0.0)
            self._add(area + (_DASHED * (across + down) if stroke.dash_len else _STROKE * down))

        def fill_text(self, ctx: Any, text: Any, ctm: Any, *_: Any) -> None:
            self._text(text, ctm)

        def stroke_text(self, ctx: Any, text: Any, stroke: Any, ctm: Any, *_: Any) -> None:
            self._text(text, ctm)

        def fill_shade(self, ctx: Any, shade: Any, ctm: Any, *_: Any) -> None:
            area = self._seen(mu.ll_fz_bound_shade(shade, ctm))
            self.shaded += area
            self._add(area)

        def fill_image(self, ctx: Any, image: Any, ctm: Any, *_: Any) -> None:
            self._image(image, ctm)

        def fill_image_mask(self, ctx: Any, image: Any, ctm: Any, *_: Any) -> None:
            self._image(image, ctm)

        def clip_image_mask(self, ctx: Any, image: Any, ctm: Any, *_: Any) -> None:
            self._image(image, ctm)

        def begin_mask(self, ctx: Any, area: Any, *_: Any) -> None:
            self._add(_MIXED * self._seen(area))

        def begin_group(self, ctx: Any, area: Any, *_: Any) -> None:
            self._add(_MIXED * self._seen(area))

        def begin_tile(self, ctx: Any, area: Any, tile: Any, x_step: float, y_step: float, ctm: Any, *_: Any) -> int:
            covered = self._seen(mu.ll_fz_transform_rect(area, ctm))
            grown = abs(_determinant(ctm))
            tiles = covered / (abs(x_step * y_step) * grown or inf)
            one = (tile.x1 - tile.x0) * (tile.y1 - tile.y0) * grown
            self._add(tiles * min(one, covered), tiles * _TILE)
            return 0

    painters = [name for name in vars(Meter) if not name.startswith("_")]
    return Meter


def _determinant(matrix: Any) -> float:
    value: float = matrix.a * matrix.d - matrix.b * matrix.c
    return value
