"""The verbs of deletion on request: what a document or a name reaches, in whichever store; taken away for good; looked for afterwards."""

from __future__ import annotations

import copy
import hashlib
import json
import re
import shutil
import time
import uuid
import zipfile
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from html import escape
from pathlib import Path
from typing import Any, Literal

from core.accuracy.library import CaseLibrary
from core.cache import Cache
from core.documents import Document
from core.documents.archives import is_archive
from core.errors import RecordMissing, StorageError, StudioError
from core.jobs.queue import JobQueue
from core.memory.memory import VendorMemory
from core.notation.mention import Mention
from core.person import STUDIO, Person
from core.stores.erasure import Belongings, Erasure
from core.stores.evaluations import Evaluations
from core.stores.files import Files
from core.stores.trail import Action, Trail, TrailEvent
from core.stores.unit import Unit
from core.stores.workbook import WorkbookStore

#: Kinds of JSON files whose keys are runs, and whose keys are documents.
_OF_RUNS = ("lesson-before", "lesson", "measure", "draft", "replies", "run")
_OF_DOCUMENTS = ("hidden", "document", "pages")
#: How a document was read says nothing of what stands on it: what was to be masked stands there too.
_HOW = frozenset(("recipe",))
#: Seconds that a run which is under way has to stop.
_STOPPING = 20.0
#: Notes of deletions whose rows are gone and whose files may not be yet.
_NOTES = "forgetting"
#: In the data folder, what the evaluate command works with: a cache of its own.
_EVALUATE = "evaluation"


@dataclass(frozen=True, slots=True)
class Reached:
    """What a request reaches. ``documents`` are (SHA-256, name); ``counts`` says how much of what there is, in words. ``unread``
    documents were never read and have no text of their own: nobody knows whether the name stands on them."""

    sha256: str = ""
    name: str = ""
    belongings: Belongings = field(default_factory=Belongings)
    documents: tuple[tuple[str, str], ...] = ()
    cases: tuple[str, ...] = ()
    evaluations: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    unread: int = 0


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was taken away. ``left`` are the files in which the name stands still, by their place in the data folder."""

    counts: Mapping[str, int]
    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ForgettingParts:
    """What it is made of. ``unit`` is one transaction over all that the database keeps; ``look`` opens bytes by a name."""

    erasure: Erasure
    files: Files
    unit: Unit
    trail: Trail
    queue: JobQueue
    workbook: Callable[[], WorkbookStore]
    memory: VendorMemory
    evaluations: Evaluations
    cases: CaseLibrary
    cache: Cache
    look: Callable[[bytes, str], Document]
    data_dir: Path


class Forgetting:
    """Deletion on request, in the hands of a person. Nothing of it can be taken back."""

    def __init__(self, parts: ForgettingParts, person: Person = STUDIO) -> None:
        self._parts = parts
        self._person = person

    def by(self, person: Person) -> Forgetting:
        """The same, in the hands of ``person``."""
        mine = copy.copy(self)
        mine._person = person
        return mine

    # --- finding ---------------------------------------------------------------------------------------------------

    def of_document(self, sha256: str) -> Reached:
        """What goes with a document. Raises RecordMissing for one that nobody knows."""
        sha256 = sha256.strip().lower()
        found = Reached(sha256=sha256, belongings=Belongings(frozenset([sha256])))
        if not self._parts.erasure.names(found.belongings.documents) and not self._is_kept(sha256):
            raise RecordMissing("No document of this SHA-256 is kept here.")
        return self._with_all(found, None)

    def of_name(self, name: str) -> Reached:
        """What goes with a vendor or a person: every document and record in which the name stands, and what came of them. What
        nobody read is searched where it has text of its own. Raises StudioError for a name that is too short."""
        mention = Mention(name)
        told = self._parts.erasure.holding(mention) | self._in_files(mention)
        told |= Belongings(orders=self._parts.workbook().holding(mention))
        pages, unread = self._unread(mention)
        found = Reached(name=name.strip(), belongings=told | pages, unread=unread)
        return self._with_all(found, mention)

    def _with_all(self, found: Reached, mention: Mention | None) -> Reached:
        erasure = self._parts.erasure
        all_of_it = erasure.closure(found.belongings)
        names = erasure.names(all_of_it.documents)
        found = replace(
            found,
            belongings=all_of_it,
            documents=tuple((sha256, names.get(sha256, sha256)) for sha256 in sorted(all_of_it.documents)),
            cases=tuple(self._cases(all_of_it, mention)),
            evaluations=tuple(self._evaluations(all_of_it, mention)),
        )
        more = {"test cases": len(found.cases), "measurements": len(found.evaluations)}
        counts = erasure.counts(all_of_it) | {title: count for title, count in more.items() if count}
        return replace(found, counts=counts)

    def _is_kept(self, sha256: str) -> bool:
        try:
            self._parts.files.load(sha256)
        except RecordMissing:
            return False
        return True

    def _json(self, kind: str, key: str, mention: Mention | None = None) -> Any:
        """A kept JSON value; ``None`` where it is gone, or where a quick look says that it does not mention a name."""
        kept = self._parts.files.load_json(kind, key)
        if kept is None or (mention is not None and not mention.may_be_in(kept)):
            return None
        try:
            return json.loads(kept)
        except ValueError:  # half written when the power went
            return None

    def _in_files(self, mention: Mention) -> Belongings:
        """The runs and documents whose kept texts mention a name."""
        runs: set[str] = set()
        documents: set[str] = set()
        for kind in self._parts.files.kinds():
            for key in self._parts.files.keys(kind) if kind in (*_OF_RUNS, *_OF_DOCUMENTS) else ():
                value = self._json(kind, key, mention)
                if value is None or key.startswith("desk-") or not mention.in_json(value, _HOW):
                    continue
                if kind in _OF_DOCUMENTS:
                    documents.add(key)
                elif kind != "lesson-before":  # it knows the vendor, whoever's document taught it
                    runs.add(key)
                if kind == "run":
                    documents.add(value["document"])
        return Belongings(frozenset(documents), frozenset(runs))

    def _unread(self, mention: Mention) -> tuple[Belongings, int]:
        """The documents that nobody read and that mention a name in their own text, and how many have none."""
        runs = (self._json("run", key) for key in self._parts.files.keys("run"))
        read = {run["document"] for run in runs if run}
        found: set[str] = set()
        without = 0
        for sha256 in self._parts.files.keys("document"):
            if sha256 in read:
                continue
            try:
                words = _words(self._parts.look(self._parts.files.load(sha256), sha256))
            except StudioError:  # locked, or gone
                words = ""
            without += not words
            if mention.holds(words):
                found.add(sha256)
        return Belongings(frozenset(found)), without

    def _cases(self, found: Belongings, mention: Mention | None) -> Iterator[str]:
        """The kept test cases of these documents, or that mention the name."""
        for case_id in self._parts.cases.case_ids():
            for path in sorted((self._parts.cases.folder / case_id).iterdir()):
                data = path.read_bytes()
                if hashlib.sha256(data).hexdigest() in found.documents or (
                    mention is not None and self._says(path, data, mention)
                ):
                    yield case_id
                    break

    def _case_documents(self) -> Iterator[str]:
        """The SHA-256 of what lies in the kept test cases."""
        for case_id in self._parts.cases.case_ids():
            for path in sorted((self._parts.cases.folder / case_id).iterdir()):
                yield hashlib.sha256(path.read_bytes()).hexdigest()

    def _says(self, path: Path, data: bytes, mention: Mention) -> bool:
        if path.suffix in (".json", ".xml"):
            text = data.decode("utf-8", "replace")
            return mention.in_json(json.loads(text)) if path.suffix == ".json" else mention.holds(text)
        try:
            return mention.holds(_words(self._parts.look(data, path.name)))
        except StudioError:
            return False

    def _evaluations(self, found: Belongings, mention: Mention | None) -> Iterator[str]:
        """The measurements in which one of the documents was read, or that mention the name."""
        records = {f"order-{order}" for order in found.orders}
        for key in self._parts.files.keys(_EVALUATE):
            measured = self._json(_EVALUATE, key) or []
            about = {one.get("document") for one in measured} | {one.get("case_id") for one in measured}
            if about & (found.documents | records) or (mention is not None and mention.in_json(measured)):
                yield key

    # --- taking away -----------------------------------------------------------------------------------------------

    def forget(self, reached: Reached) -> Forgotten:
        """Take away for good what was shown, and what has come to it since; the trail keeps who did it, and how much went. Raises
        StorageError: what is gone by then is gone, and the same again does the rest."""
        with self._alone():
            self._finish_all()
            found = self.of_name(reached.name) if reached.name else self.of_document(reached.sha256)
            counts = self._take_away(found, "forgotten")
        return Forgotten(counts, tuple(self._left(found.name)) if found.name else ())

    def expire(self, documents: Collection[str]) -> int:
        """Take away documents, with all that came of them, whose days are over; those of which a record is kept, or that hang together
        with one that is to stay, are left. Gives how many went. Raises StorageError."""
        with self._alone():
            self._finish_all()
            gone = self.expiring(documents)
            if gone.documents:
                self._take_away(self._with_all(Reached(belongings=gone), None), "expired")
            return len(gone.documents)

    def expiring(self, documents: Collection[str]) -> Belongings:
        """What of documents whose days are over may go, with all that came of it: see :meth:`expire`."""
        old, kept = frozenset(documents), frozenset(self._case_documents())
        gone = Belongings()
        for sha256 in sorted(old - kept):
            one = self._parts.erasure.closure(Belongings(frozenset([sha256])))
            if not one.orders and one.documents <= old - kept:
                gone |= one
        return gone

    def go_on(self) -> bool:
        """Finish a deletion that broke off as its process ended; gives whether there was one. One that is under way is left alone."""
        try:
            with self._alone(wait=0):
                return self._finish_all()
        except StorageError:
            return False

    @contextmanager
    def _alone(self, wait: float = _STOPPING) -> Iterator[None]:
        """Nobody else deletes meanwhile; a process that ends lets go."""
        from filelock import FileLock, Timeout

        try:
            lock = FileLock(self._parts.data_dir / "forgetting.lock")
            with lock.acquire(timeout=wait):
                yield
        except Timeout:
            raise StorageError("Another deletion is under way: try again when it is done.") from None

    def _take_away(self, found: Reached, action: Literal["forgotten", "expired"]) -> Mapping[str, int]:
        """All rows in one transaction, then the workbook and the files: a note of those is kept until they are gone, so that a process
        that ends in between leaves every record whole, or gone for good by the next (:meth:`go_on`)."""
        mention = Mention(found.name) if found.name else None
        self._stop(found.belongings)
        note = self._noted(found, self._parts.erasure.pictures(found.belongings))
        try:
            with self._parts.workbook().removal(found.belongings.orders) as put:
                counts = self._erase_rows(found, mention, action)
                put()
        except BaseException:
            if self._parts.erasure.remains(found.belongings):
                self._parts.files.forget_json(_NOTES, note)
            raise
        self._finish(note)
        return counts

    def _erase_rows(self, found: Reached, mention: Mention | None, action: Action) -> Mapping[str, int]:
        with self._parts.unit():
            vendors = self._parts.memory.erase(found.belongings.runs, mention)
            for evaluation in found.evaluations:
                with suppress(RecordMissing):
                    self._parts.evaluations.remove(evaluation)
            self._parts.erasure.erase(found.belongings)
            cut = self._parts.erasure.cut(mention) if mention else 0
            more = {"vendors": len(vendors), "other mentions": cut}
            counts = {**found.counts, **{title: count for title, count in more.items() if count}}
            who = self._person
            self._parts.trail.add([TrailEvent(action, who.name, who.known, told=counts)])
        return counts

    def _noted(self, found: Reached, pictures: frozenset[str]) -> str:
        """Note what is to be gone; gives the note's key."""
        about = found.belongings
        told = {
            "name": found.name,
            "documents": sorted(about.documents),
            "runs": sorted(about.runs),
            "orders": sorted(about.orders),
            "pictures": sorted(pictures),
            "cases": found.cases,
            "evaluations": found.evaluations,
        }
        key = uuid.uuid4().hex
        self._parts.files.keep_json(_NOTES, key, json.dumps(told, ensure_ascii=False))
        return key

    def _finish_all(self) -> bool:
        """Finish what broke off. Where rows are left nothing had been done, and nothing is."""
        keys = self._parts.files.keys(_NOTES)
        for key in keys:
            told = self._json(_NOTES, key)
            if told is None or self._parts.erasure.remains(_belongings_of(told)):
                self._parts.files.forget_json(_NOTES, key)
            else:
                with self._parts.workbook().removal(told["orders"]) as put:
                    put()
                self._finish(key)
        return bool(keys)

    def _finish(self, note: str) -> None:
        """Take away the files of what has no rows any more."""
        told = self._json(_NOTES, note)
        mention = Mention(told["name"]) if told["name"] else None
        self._drop_files(told)
        self._drop_what_is_unneeded(frozenset(told["documents"]), mention)
        self._parts.erasure.scrub()
        self._parts.files.forget_json(_NOTES, note)

    def _stop(self, found: Belongings) -> None:
        """End what is being read of these. Raises StorageError where it does not end."""
        for run_id in found.runs:
            self._parts.queue.cancel(run_id)
        deadline = time.monotonic() + _STOPPING
        while any((job := self._parts.queue.get(run_id)) and job.active for run_id in found.runs):
            if time.monotonic() > deadline:
                raise StorageError("One of these documents is being read and does not stop: try again in a minute.")
            time.sleep(0.1)

    def _drop_files(self, told: Mapping[str, Any]) -> None:
        files = self._parts.files
        self._parts.queue.forget(sorted(told["runs"]))
        for case_id in told["cases"]:
            self._parts.cases.remove(case_id)
        for sha256 in (*told["documents"], *told["pictures"]):
            files.forget(sha256)
        of_each = ((_OF_DOCUMENTS, told["documents"]), (_OF_RUNS, told["runs"]), ((_EVALUATE,), told["evaluations"]))
        for kinds, keys in of_each:
            for kind in kinds:
                for key in keys:
                    files.forget_json(kind, key)

    def _drop_what_is_unneeded(self, documents: frozenset[str], mention: Mention | None) -> None:
        """The archives that documents came in, desks that they lay on, a name in what is left, and every cache."""
        files = self._parts.files
        for sha256 in self._parts.erasure.unneeded(frozenset(files.documents())):
            if self._is_kept(sha256) and is_archive(files.load(sha256)):
                files.forget(sha256)
        for kind in files.kinds():
            for key in files.keys(kind) if kind != _NOTES else ():
                self._clean(kind, key, documents, mention)
        self._parts.cache.clear()
        shutil.rmtree(self._parts.data_dir / _EVALUATE, ignore_errors=True)

    def _clean(self, kind: str, key: str, documents: frozenset[str], mention: Mention | None) -> None:
        is_desk = key.startswith("desk-")
        if not is_desk and mention is None:
            return
        value = self._json(kind, key, None if is_desk else mention)
        if value is None:
            return
        if is_desk and any(sha256 in json.dumps(value) for sha256 in documents):
            self._parts.files.forget_json(kind, key)
        elif mention is not None and mention.in_json(value):
            if is_desk or kind == "lesson-before":
                self._parts.files.forget_json(kind, key)
            else:
                self._parts.files.keep_json(kind, key, json.dumps(mention.cut_json(value), ensure_ascii=False))

    # --- looking whether it is gone ----------------------------------------------------------------------------------

    def _left(self, name: str) -> Iterator[str]:
        """The files of the data folder, and the workbook, in whose bytes the name stands; packed ones are looked into."""
        folder, book = self._parts.data_dir.absolute(), self._parts.workbook().path.absolute()
        forms = {name, json.dumps(name)[1:-1], escape(name, quote=False), escape(name), name.casefold(), name.upper()}
        wanted = re.compile(b"|".join(re.escape(form.encode()) for form in forms), re.IGNORECASE)
        for path in sorted({book, *folder.rglob("*")}):
            if path.is_file() and any(wanted.search(data) for data in _bytes_of(path)):
                yield str(path.relative_to(folder) if path.is_relative_to(folder) else path)


def _belongings_of(told: Mapping[str, Any]) -> Belongings:
    return Belongings(frozenset(told["documents"]), frozenset(told["runs"]), frozenset(told["orders"]))


def _words(document: Document) -> str:
    pages = range(1, document.page_count + 1)
    return " ".join(word.text for number in pages for word in document.page(number).words())


def _bytes_of(path: Path) -> Iterator[bytes]:
    data = path.read_bytes()
    yield data
    if data.startswith(b"PK\x03\x04"):
        try:
            with zipfile.ZipFile(path) as archive:
                yield from (archive.read(name) for name in archive.namelist())
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError):
            return
