"""The documents that came in: opened, kept, found again, and what of them is masked in whatever is sent."""

from __future__ import annotations

import json
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence

from pydantic import ValidationError

from core.documents import Document, OpenDocument
from core.documents.archives import Packed, unpack_archive
from core.documents.geometry import turn_box
from core.errors import EncryptedDocument, RecordMissing, StorageError
from core.evidence import Box
from core.extraction import PageRef
from core.person import STUDIO, Person
from core.recipe import Recipe, Redaction
from core.settings import Limits
from core.stores.files import Files
from core.stores.ledger import Ledger
from core.stores.trail import Trail, TrailEvent
from core.stores.unit import Unit

log = logging.getLogger(__name__)

#: Opened documents kept in memory; the others are opened again from the kept bytes.
OPEN_DOCUMENTS = 24


class Shelf:
    """Every document of one installation. Thread-safe."""

    def __init__(
        self,
        files: Files,
        ledger: Ledger,
        trail: Trail,
        unit: Unit,
        opener: OpenDocument,
        limits: Callable[[], Limits],
        told: Callable[[str], str | None] = lambda sha256: None,
        tell: Callable[[str, str], None] = lambda sha256, password: None,
    ) -> None:
        """``unit`` is one transaction over ledger and trail; ``told`` gives the password of a document (SHA-256) that another process was given, ``tell``
        tells other processes one that was given here."""
        self._files = files
        self._ledger = ledger
        self._trail = trail
        self._unit = unit
        self._opener = opener
        self._limits = limits
        self._told = told
        self._tell = tell
        self._lock = threading.Lock()
        self._open: OrderedDict[str, Document] = OrderedDict()
        self._passwords: dict[str, str] = {}

    def look(self, data: bytes, name: str) -> Document:
        """A document that is only looked at: it is opened within the person's limits and not kept. Raises a DocumentError."""
        return self._opener(data, name, self._limits())

    def unpack(self, data: bytes, name: str) -> list[Packed]:
        """The files in a zip or a mail, within the person's limits. Raises a DocumentError."""
        return list(unpack_archive(data, name, self._limits()))

    def open(self, data: bytes, name: str, password: str | None = None, person: Person = STUDIO) -> Document:
        """Open, keep (so that a page switch or a restart does not lose it) and note a document that ``person`` brought in.
        Raises DocumentError."""
        document = self._opener(data, name, self._limits(), password)
        self._files.keep(data)
        about = {"name": document.name, "media_type": document.media_type, "pages": document.page_count}
        if document.made_pages:  # before the document, which is known by its note
            self._files.keep_json("pages", document.sha256, document.made_pages)
        new = self._files.load_json("document", document.sha256) is None
        self._files.keep_json("document", document.sha256, json.dumps(about))
        with self._unit():
            self._ledger.keep_document(
                document.sha256, document.name, document.media_type, document.size, document.page_count
            )
            if new and person != STUDIO:  # what the Inbox opens by itself came in before
                self._trail.add([TrailEvent("came in", person.name, person.known, document=document.sha256)])
        self._remember(document, password)
        about_it = {"document": document.sha256}
        log.info("opened: %s, %d pages", document.media_type, document.page_count, extra=about_it)
        return document

    def set_aside(self, data: bytes) -> str:
        """Keep a file that waits for its password, so that a reload does not lose it; gives its SHA-256."""
        return self._files.keep(data)

    def unlock(self, sha256: str, name: str, password: str | None, person: Person = STUDIO) -> Document:
        """Open a file that was set aside. Raises what :meth:`open` raises, RecordMissing."""
        return self.open(self._files.load(sha256), name, password, person)

    def document(self, sha256: str, password: str | None = None) -> Document:
        """A document opened earlier, from the kept bytes. Raises RecordMissing; EncryptedDocument when its password
        is needed again (passwords are never kept on disk), WrongPassword."""
        about = self._files.load_json("document", sha256)
        with self._lock:
            if about is None:  # another process may have deleted it
                self._open.pop(sha256, None)
                self._passwords.pop(sha256, None)
            elif sha256 in self._open:
                self._open.move_to_end(sha256)
                return self._open[sha256]
        if about is None:
            raise RecordMissing("This document is no longer kept here: drop the file in again.")
        document, password = self._reopened(sha256, json.loads(about)["name"], password)
        self._remember(document, password)
        return document

    def password_of(self, sha256: str) -> str | None:
        """The password that opened a document in this process; it is kept in memory only."""
        with self._lock:
            return self._passwords.get(sha256)

    def hide(self, sha256: str, places: Redaction, rotations: Mapping[int, int]) -> None:
        """Keep the places of a document that are masked in whatever is sent of it, by whoever. Their boxes are on its pages
        turned by ``rotations`` (clockwise degrees by page). Raises what :meth:`document` raises."""
        document = self.document(sha256)
        boxes = []
        for number, *place in places.boxes:
            turn = rotations.get(number, 0) % 360
            page = document.page(number, turn)
            boxes.append((number, *turn_box(Box(*place), -turn % 360, page.width, page.height)))
        self._files.keep_json("hidden", sha256, Redaction(boxes=tuple(boxes)).model_dump_json())

    def hidden(self, sha256: str, rotations: Mapping[int, int]) -> Redaction:
        """The places of a document that are masked, on its pages turned by ``rotations``. Raises what :meth:`document`
        raises."""
        kept = self._files.load_json("hidden", sha256)
        try:
            places = Redaction.model_validate_json(kept) if kept else Redaction()
        except ValidationError as error:
            message = "The places hidden in this document can no longer be read: draw them again before it is sent."
            raise StorageError(message) from error
        boxes = []
        for number, *place in places.boxes:
            turn = rotations.get(number, 0) % 360
            page = self.document(sha256).page(number) if turn else None
            boxes.append((number, *(turn_box(Box(*place), turn, page.width, page.height) if page else place)))
        return Redaction(boxes=tuple(boxes))

    def hiding(self, recipe: Recipe, sha256: str, pages: Sequence[PageRef]) -> Recipe:
        """``recipe`` with the places of a document masked in what it sends. Raises what :meth:`hidden` raises, RecipeError."""
        if not recipe.sends:
            return recipe
        return recipe.hiding(self.hidden(sha256, {page.number: page.rotation for page in pages}))

    def _reopened(self, sha256: str, name: str, password: str | None) -> tuple[Document, str | None]:
        """A kept document and the password that opened it."""
        data = self._files.load(sha256)
        try:
            return self._opener(data, name, self._limits(), password), password
        except EncryptedDocument:
            password = self.password_of(sha256) or self._told(sha256)
            if password is None:
                raise
            return self._opener(data, name, self._limits(), password), password

    def _remember(self, document: Document, password: str | None) -> None:
        if password:
            self._tell(document.sha256, password)
        with self._lock:
            if password:
                self._passwords[document.sha256] = password
            self._open[document.sha256] = document
            self._open.move_to_end(document.sha256)
            while len(self._open) > OPEN_DOCUMENTS:
                self._open.popitem(last=False)
