"""The studio's own test cases: kept from reviewed records, exported and imported as zip, one folder each."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from core.accuracy.archive import TRUTH, Imported, pack, unpack
from core.accuracy.sets import CaseSets
from core.accuracy.truths import case_id_of
from core.atomic import write_atomically
from core.documents import FORMATS
from core.errors import CaseError, StorageError
from core.settings import Limits
from core.shelf import Shelf
from core.stores.records import Record

#: The suffix under which a document's bytes are kept, by media type.
_SUFFIXES = {media_type: suffix for suffix, media_type in reversed(FORMATS.items())}


class CaseLibrary:
    """The folder of kept cases."""

    def __init__(self, sets: CaseSets, shelf: Shelf, limits: Callable[[], Limits]) -> None:
        self._sets = sets
        self._shelf = shelf
        self._limits = limits

    @property
    def folder(self) -> Path:
        """Where they are."""
        return self._sets.kept_folder

    def case_ids(self) -> list[str]:
        """The kept cases by name."""
        return sorted(path.parent.name for path in self.folder.glob(f"*/{TRUTH}"))

    def keep(self, order: Record) -> str:
        """Keep a record with its document as a case, in place of an earlier one of the same document and pages; gives
        the case's id. Raises StorageError, DocumentError, and CaseError for a record that waits for review or has no
        document."""
        if order.status == "needs review":
            raise CaseError(
                "This record still needs review: check its values and save it, then keep it as a test case."
            )
        if not order.document:
            raise CaseError("This record has no document here: a test case needs the document beside its values.")
        subject = self._sets.subject_of_record(order)
        data = subject.load()
        document = self._shelf.look(data, subject.name)
        case_id = case_id_of(subject.name, order)
        folder = self.folder / case_id
        truth = json.dumps(subject.case.truth, ensure_ascii=False, indent=1)
        try:
            write_atomically(folder / f"document{_SUFFIXES[document.media_type]}", data)
            write_atomically(folder / TRUTH, f"{truth}\n".encode())
        except OSError as error:
            raise StorageError(
                f"The data folder cannot be written ({error.strerror}): check its rights and the free disk space."
            ) from error
        return case_id

    def kept(self, order: Record) -> str | None:
        """The id of the case that was kept of this record's document and pages, if any."""
        if not order.document:
            return None
        case_id = case_id_of(self._sets.name_of(order), order)
        return case_id if (self.folder / case_id / TRUTH).is_file() else None

    def remove(self, case_id: str) -> None:
        """Drop a kept case. Raises CaseError for an unknown one."""
        shutil.rmtree(self._folder_of(case_id))

    def export(self, case_ids: Sequence[str] | None = None) -> bytes:
        """A zip of the cases named (``None``: all). Raises CaseError for an unknown one."""
        return pack([self._folder_of(each) for each in (self.case_ids() if case_ids is None else case_ids)])

    def bring_in(self, data: bytes, *, replace: bool = False) -> Imported:
        """Add the cases of a zip: see :func:`core.accuracy.archive.unpack`. Raises CaseError."""
        return unpack(data, self.folder, self._limits(), self._shelf.look, replace=replace)

    def _folder_of(self, case_id: str) -> Path:
        if case_id not in self.case_ids():
            raise CaseError(f"There is no test case “{case_id}” here.")
        return self.folder / case_id
