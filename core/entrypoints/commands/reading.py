"""A file's path to a document in the studio, a document to an extraction: what several commands need."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from core.documents import Document
from core.entrypoints.bootstrap import build_studio
from core.entrypoints.console import StepLines, warn
from core.errors import DocumentError, DocumentTooLarge
from core.events import RunFinished
from core.extraction import Extraction, PageRef
from core.recipe import Recipe
from core.settings import Settings
from core.studio import Studio


def open_studio(settings: Settings | None = None, household: Settings | None = None) -> Studio:
    """The studio of a command: see :func:`build_studio`. A line on stderr for each choice that cannot be used."""
    studio = build_studio(settings, household)
    for trouble in studio.preferences.troubles:
        warn(f"Settings: {trouble}")
    if unsure := studio.preferences.unsure:
        warn(unsure)
    return studio


def open_file(studio: Studio, path: Path, password: str | None = None) -> Document:
    """The document at ``path``. Raises a DocumentError for a file that is not there or cannot be read."""
    name = path.name.encode("utf-8", "replace").decode("utf-8")
    return studio.open(read_file(path, name, studio.defaults.limits.file_megabytes), name, password)


def read_file(path: Path, name: str, most_megabytes: int) -> bytes:
    """The bytes at ``path``, unless they are more than the limit. Raises DocumentError."""
    if path.is_dir():
        raise DocumentError(name, "this is a folder: name the files in it, for example with a *.")
    if not path.exists():
        raise DocumentError(name, "there is no such file: check the path.")
    if not path.is_file():
        raise DocumentError(name, "this is no ordinary file: copy its content into one.")
    size = path.stat().st_size
    if size > most_megabytes * 1_000_000:
        raise DocumentTooLarge(
            name,
            f"it has {size / 1e6:.0f} MB and the limit is {most_megabytes} MB: split it, scan it at a lower "
            "resolution, or raise the limit in the settings.",
        )
    try:
        return path.read_bytes()
    except OSError as error:
        raise DocumentError(name, f"it cannot be opened ({error.strerror}): check its permissions.") from error


def extract_document(
    studio: Studio,
    document: Document,
    pages: Sequence[int | PageRef] | None,
    recipe: Recipe | None,
    lines: StepLines,
    run_id: str | None = None,
) -> Extraction:
    """Run the extraction of a document, its steps told in ``lines``. ``None``: all pages. Raises StudioError."""
    chosen = None if pages is None else [page if isinstance(page, PageRef) else PageRef(page) for page in pages]
    extraction = None
    for event in studio.extract(document, chosen, recipe, run_id):
        lines.show(event)
        if isinstance(event, RunFinished):
            extraction = event.extraction
    assert extraction is not None, "a run that raises nothing ends in its result"
    return extraction


def explain(path: Path, error: Exception) -> str:
    """The one line that says what was wrong with ``path``."""
    message = str(error)
    if isinstance(error, DocumentError):
        message = message.removeprefix(f"{error.name}: ")
    return f"{path}: {message}"
