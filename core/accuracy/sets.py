"""Where cases with truth come from: the shipped samples, the kept test cases, a folder, and reviewed records."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from core.accuracy.truths import kind_of, truth_of
from core.errors import CaseError
from core.evaluation.cases import Case, load_case, load_cases
from core.extraction import Extraction, PageRef
from core.settings import Settings
from core.stores.files import Files
from core.stores.records import Record, RecordQuery, RecordStore

SetName = Literal["samples", "cases", "records", "folder"]

#: Reviewed records that one evaluation reads: the newest.
MOST_RECORDS = 1000


@dataclass(frozen=True, slots=True)
class CaseSet:
    """A choice of cases: what it is called, how many there are, and what the command line calls it."""

    name: SetName
    title: str
    count: int
    arguments: str


@dataclass(frozen=True, slots=True)
class Subject:
    """A case to be read: the name of its document, how its bytes are got (raises StudioError, OSError), and the pages that
    hold the invoice (none: all)."""

    case: Case
    name: str
    load: Callable[[], bytes]
    pages: tuple[PageRef, ...]


class CaseSets:
    """Finds cases. ``samples`` is the folder of the shipped ones."""

    def __init__(self, settings: Settings, samples: Path, orders: RecordStore, files: Files) -> None:
        self._settings = settings
        self._samples = samples
        self._orders = orders
        self._files = files

    @property
    def kept_folder(self) -> Path:
        """Where the studio's own test cases are."""
        return self._settings.data_dir / "cases"

    def sets(self) -> list[CaseSet]:
        """The sets that hold cases now."""
        reviewed = self._orders.search(RecordQuery(status="reviewed", size=1)).total
        found = [
            self._folder_set("samples", "Shipped samples", self._samples),
            self._folder_set("cases", "Kept test cases", self.kept_folder),
            CaseSet("records", "Reviewed records", min(reviewed, MOST_RECORDS), "--records"),
        ]
        return [each for each in found if each.count]

    def subjects(self, name: SetName, folder: str = "") -> tuple[CaseSet, list[Subject]]:
        """The cases of a set. Raises CaseError where there is none, or where the folder may not be read here."""
        if name == "records":
            found = list(self._records())
            if not found:
                raise CaseError(
                    "No reviewed record has its document here: set one to “approved” on the Records page first."
                )
            return CaseSet("records", "Reviewed records", len(found), "--records"), found
        path = self._allowed(folder) if name == "folder" else self._folder_of(name)
        found = [subject_of(case) for case in load_cases(path)]
        title = _shown(path) if name == "folder" else self._folder_set(name, _TITLES[name], path).title
        return CaseSet(name, title, len(found), shlex.quote(_shown(path))), found

    def subject(self, name: SetName, folder: str, case_id: str) -> Subject:
        """One case of a set, by the id that ``subjects`` gave it. Raises CaseError, RecordMissing."""
        if name == "records":
            return self.subject_of_record(self._orders.get(int(case_id.removeprefix("order-"))))
        path = self._allowed(folder) if name == "folder" else self._folder_of(name)
        if not (path / case_id).is_dir():
            raise CaseError("This case is no longer in its set: measure again to see its page.")
        return subject_of(load_case(path / case_id))

    def _folder_of(self, name: SetName) -> Path:
        return self._samples if name == "samples" else self.kept_folder

    def _folder_set(self, name: SetName, title: str, folder: Path) -> CaseSet:
        count = sum(1 for _ in folder.glob("*/truth.json")) if folder.is_dir() else 0
        return CaseSet(name, title, count, shlex.quote(_shown(folder)))

    def _allowed(self, folder: str) -> Path:
        """A folder that a visitor typed: whoever hosts the studio decides what may be read."""
        roots = (self._settings.data_dir, self._samples, *self._settings.case_roots)
        try:
            path = Path(folder.strip()).expanduser()
            inside = any(path.resolve().is_relative_to(root.resolve()) for root in roots)
        except (OSError, ValueError, RuntimeError):
            inside = False
        if not folder.strip() or not inside:
            raise CaseError(
                "Only folders inside the data folder can be read from this page: import the cases as a zip, or let "
                "whoever runs the studio name the folder in STUDIO_CASE_FOLDERS."
            )
        return path

    def _records(self) -> Iterator[Subject]:
        orders = self._orders.each(RecordQuery(status="reviewed", sort="order_id", descending=True))
        with_document = (order for order in orders if order.document)
        yield from (self.subject_of_record(order) for order in islice(with_document, MOST_RECORDS))

    def subject_of_record(self, order: Record) -> Subject:
        """A record as a case whose truth is what was saved."""
        document = order.document or ""
        about = self._about(order)
        extraction = self._run(order.run_id)
        kind = kind_of(str(about.get("media_type", "")), extraction)
        case = Case(f"order-{order.order_id}", truth_of(order, extraction, kind, int(about.get("pages", 0))), None)
        return Subject(case, self.name_of(order), lambda: self._files.load(document), order.pages)

    def name_of(self, order: Record) -> str:
        """The name of a record's document."""
        return str(self._about(order).get("name") or f"order-{order.order_id}")

    def _about(self, order: Record) -> dict[str, Any]:
        kept = self._files.load_json("document", order.document) if order.document else None
        about: dict[str, Any] = json.loads(kept) if kept else {}
        return about

    def _run(self, run_id: str | None) -> Extraction | None:
        kept = self._files.load_json("run", run_id) if run_id else None
        try:
            return Extraction.model_validate_json(kept) if kept else None
        except ValidationError:  # written by another version of the studio
            return None


_TITLES: dict[SetName, str] = {"samples": "Shipped samples", "cases": "Kept test cases"}


def subject_of(case: Case) -> Subject:
    """A case of a folder."""
    path = case.document

    def load() -> bytes:
        if path is None:
            raise CaseError("its folder holds no document.pdf nor a picture.")
        return path.read_bytes()

    return Subject(case, f"{case.case_id}{path.suffix if path else ''}", load, case.invoice_refs)


def _shown(path: Path) -> str:
    """A path as one would type it where the studio runs."""
    try:
        return os.path.relpath(path) if path.resolve().is_relative_to(Path.cwd()) else str(path)
    except (OSError, ValueError):
        return str(path)
