"""Places hidden in a document: kept with it, and never forgotten in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.entrypoints.bootstrap import build_studio
from core.errors import StorageError
from core.recipe import Redaction
from core.settings import Settings
from tests.conftest import SampleFile


def test_places_that_can_no_longer_be_read_stop_what_would_send_them(tmp_path: Path, digital_pdf: SampleFile) -> None:
    """Until they are drawn again."""
    studio = build_studio(Settings(data_dir=tmp_path))
    document = studio.open(digital_pdf.data, digital_pdf.name)
    places = Redaction(boxes=((1, 10.0, 10.0, 60.0, 40.0),))
    studio.hide(document.sha256, places, {})
    assert studio.hidden(document.sha256, {}) == places
    kept = next(path for path in tmp_path.rglob("*") if path.is_file() and "boxes" in path.read_text(errors="ignore"))
    kept.write_text('{"boxes": "damaged"}')
    with pytest.raises(StorageError, match="draw them again"):
        studio.hidden(document.sha256, {})
    studio.hide(document.sha256, places, {})
    assert studio.hidden(document.sha256, {}) == places
