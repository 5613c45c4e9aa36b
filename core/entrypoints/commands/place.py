"""Where a studio keeps things, for commands that take all of it at once."""

from __future__ import annotations

from pathlib import Path

from core.entrypoints.bootstrap import database_url
from core.settings import Settings
from storage.backup import Place


def place_of(settings: Settings, workbook: Path) -> Place:
    """Its data folder, database and workbook."""
    return Place(settings.data_dir, database_url(settings), workbook)
