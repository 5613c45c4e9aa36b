"""A recognised page can be seen as it came and as it was read."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from core.entrypoints.bootstrap import build_studio
from core.extraction import PageRef
from core.settings import Settings
from tests.conftest import SampleFile


def test_a_page_that_lay_on_its_side_is_shown_upright_after_clean_up(tmp_path: Path, scan_png: SampleFile) -> None:
    """The one picture is wide, the other high."""
    turned = io.BytesIO()
    Image.open(scan_png.path).rotate(90, expand=True).save(turned, "PNG")
    studio = build_studio(Settings(data_dir=tmp_path))
    document = studio.open(turned.getvalue(), "turned.png")
    *_, finished = studio.extract(document, [PageRef(1)])
    before, after = studio.before_and_after(finished.extraction, 1, width=300)  # type: ignore[union-attr]
    wide, high = Image.open(io.BytesIO(before)).size, Image.open(io.BytesIO(after)).size
    assert wide[0] > wide[1]
    assert high[1] > high[0]
