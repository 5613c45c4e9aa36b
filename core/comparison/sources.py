"""What can be compared: documents with or without a truth, and recipes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from core.errors import CaseError
from core.evaluation.cases import Case, load_case
from core.extraction import PageRef


@dataclass(frozen=True, slots=True)
class Source:
    """A document that may become a row. ``document`` is its SHA-256; ``pages`` are those to read (``None``: the case's,
    or all); ``path`` is the file of a case that is not opened yet, ``truth`` the case's folder."""

    document: str
    name: str
    origin: str
    pages: tuple[PageRef, ...] | None = None
    path: str = ""
    truth: str = ""

    @property
    def key(self) -> str:
        """What tells it from others."""
        return f"{self.document}:{','.join(f'{page.number}r{page.rotation}' for page in self.pages or ())}"


def case_sources(folders: Iterable[tuple[Path, str]]) -> list[Source]:
    """The cases with a document in each folder, with the words on where they come from. A case whose truth cannot be
    read is left out."""
    found = []
    for folder, origin in folders:
        for path in sorted(folder.glob("*/truth.json")):
            try:
                case = load_case(path.parent)
            except CaseError:
                continue
            if case.document is not None:
                found.append(_case_source(case, case.document, origin))
    return found


def merge(*groups: Iterable[Source]) -> list[Source]:
    """Every document once, in the order given. A document that is also a case has the case's truth, unless other pages of it
    were chosen than the case's."""
    listed = [source for group in groups for source in group]
    truths = {source.document: source for source in listed if source.truth}
    found: dict[str, Source] = {}
    seen: set[str] = set()
    for source in listed:
        if source.pages is None and source.document in seen:
            continue
        seen.add(source.document)
        found.setdefault(source.key, _with_truth(source, truths.get(source.document)))
    return list(found.values())


def _case_source(case: Case, document: Path, origin: str) -> Source:
    pages = tuple(PageRef(number) for number in case.invoice_pages) or None
    digest = _digest(document, document.stat().st_mtime_ns)
    folder = str(document.parent.resolve())
    return Source(digest, f"{case.case_id}{document.suffix}", origin, pages, str(document), folder)


def _with_truth(source: Source, case: Source | None) -> Source:
    if case is None or source.truth or (source.pages and case.pages and source.pages != case.pages):
        return source
    return Source(source.document, source.name, source.origin, source.pages or case.pages, source.path, case.truth)


@lru_cache(maxsize=4096)
def _digest(path: Path, changed: int) -> str:
    """SHA-256 of the file as it was at ``changed``."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
