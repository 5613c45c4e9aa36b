"""Every error of the house. A page shows ``str(error)`` unchanged, so each says what to do.

StudioError
├── DocumentError            the file cannot be read: name, and what to do
│   ├── EmptyDocument
│   ├── BrokenDocument
│   ├── EncryptedDocument    asks for the password
│   ├── WrongPassword
│   ├── UnsupportedDocument  not one of our formats, or its suffix says something else
│   ├── DocumentTooLarge     bytes
│   ├── TooManyPages
│   └── PageTooLarge         pixels (image bombs)
├── PageRangeError           a page choice such as ``1-3,x``
├── EngineUnavailable        an OCR engine that cannot run here, and why
├── ExtractionError          an extractor failed; keeps the raw reply
├── RecipeError              a recipe that cannot be read
├── CaseError                an evaluation folder that cannot be read
├── Cancelled                the person stopped the run
└── StorageError
    ├── WorkbookLocked       open in Excel, or another process holds it
    ├── WorkbookDamaged
    ├── DatabaseUnavailable
    └── RecordMissing
"""

from __future__ import annotations


class StudioError(Exception):
    """Base of all. ``str()`` is one clear sentence for the person."""


class DocumentError(StudioError):
    """A file that cannot be read."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}")
        self.name = name


class EmptyDocument(DocumentError):
    """No bytes, or no pages."""


class BrokenDocument(DocumentError):
    """Bytes that no reader understands."""


class EncryptedDocument(DocumentError):
    """Needs a password that was not given."""


class WrongPassword(DocumentError):
    """The password given does not open it."""


class UnsupportedDocument(DocumentError):
    """Not one of our formats, or the suffix and the content disagree."""


class DocumentTooLarge(DocumentError):
    """More bytes than the limit, as stored or as unpacked."""


class TooManyPages(DocumentError):
    """More pages than the limit."""


class PageTooLarge(DocumentError):
    """A page of more pixels than the limit."""


class PageRangeError(StudioError):
    """A page choice that cannot be understood or lies outside the document."""


class EngineUnavailable(StudioError):
    """An OCR engine that was asked for and cannot run here."""

    def __init__(self, engine: str, reason: str) -> None:
        super().__init__(f"The OCR engine “{engine}” cannot be used: {reason}")
        self.engine = engine
        self.reason = reason


class ExtractionError(StudioError):
    """An extractor failed. ``raw`` keeps what it had, for the raw tab."""

    def __init__(self, message: str, raw: str = "") -> None:
        super().__init__(message)
        self.raw = raw


class RecipeError(StudioError):
    """A recipe that does not exist or does not validate."""


class CaseError(StudioError):
    """A folder of cases that cannot be scored."""


class Cancelled(StudioError):
    """The person stopped the run."""


class StorageError(StudioError):
    """A record could not be stored or found; nothing was changed."""


class WorkbookLocked(StorageError):
    """The workbook is open elsewhere."""


class WorkbookDamaged(StorageError):
    """The workbook cannot be read; it was left as it is."""


class DatabaseUnavailable(StorageError):
    """The database does not answer."""


class RecordMissing(StorageError):
    """No record has this id."""
