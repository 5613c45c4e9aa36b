"""Every error of the house. A page shows ``str(error)`` unchanged, so each says what to do.

StudioError
├── DocumentError            the file cannot be read: name, and what to do
│   ├── EmptyDocument
│   ├── BrokenDocument
│   ├── EncryptedDocument    asks for the password
│   ├── WrongPassword
│   ├── UnsupportedDocument  not one of our formats
│   ├── DocumentTooLarge     bytes
│   ├── TooManyPages
│   └── PageTooLarge         pixels (image bombs)
├── PageTooCrowded           a page of more words than are read
├── PageRangeError           a page choice such as ``1-3,x``
├── EngineUnavailable        an OCR engine that cannot run here, and why
├── ExtractionError          an extractor failed; keeps the raw reply
│   ├── ReplyInvalid         a model's reply has not the schema, also after one repair
│   └── ProviderError        a model's provider: name, model; ``temporary`` ones are worth another try
│       ├── KeyMissing       no key in the environment
│       ├── KeyRejected      wrong, or not allowed to do this
│       ├── QuotaExhausted   no credit left
│       ├── RateLimited      too many calls; may say after how many seconds to come again (temporary)
│       ├── ModelUnknown     decommissioned or misspelt; offers others
│       ├── QuestionRefused  the provider does not take the question (too long, a picture it cannot read)
│       ├── ReplyRefused     the model would not answer
│       ├── ReplyCutOff      the reply met the length limit
│       ├── ProviderUnreachable  no connection, or it broke (temporary)
│       ├── ProviderTimeout  no reply in time (temporary)
│       ├── ProviderFailed   an error of the provider's own (temporary)
│       ├── ProviderPaused   failed too often: not asked for a while (circuit breaker)
│       ├── LimitsUnknown    a kept choice that may be a limit cannot be read
│       └── BudgetExceeded   the call would break the day's or the month's budget
├── RecipeError              a recipe that cannot be read
├── PromptError              a prompt that cannot be read or stored
├── TypeDefinitionError      a document type that is not sound, or not there
├── AccessDenied             a key that is missing, unknown or no longer works
├── InvalidValues            values that their document type does not take
├── SignatureRefused         a message that nobody known here signed
├── AddressRefused           an address that must not be called
├── FetchFailed              an address that does not answer, or not with a document
├── TooManyCalls             more than a key may ask for; says after how many seconds to come again
├── LayoutError              a layout of an export that is not sound, or not there
├── EInvoiceLacking          a record that lacks what an e-invoice must say
├── CaseError                an evaluation folder that cannot be read
├── NotAllowed               the person's role does not allow it
├── Cancelled                the person stopped the run
├── RunTooLong               the run met its time limit
├── QueueUnavailable         what carries jobs to the workers does not answer, or is not set up
└── StorageError
    ├── WorkbookLocked       open in Excel, or another process holds it
    ├── WorkbookDamaged
    ├── DatabaseUnavailable
    ├── RecordMissing
    └── RecordChanged        saved by somebody else since it was opened; holds it as it now is
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from core.call import Usage

if TYPE_CHECKING:
    from core.stores.records import Record


class StudioError(Exception):
    """Base of all. ``str()`` is one clear sentence for the person; ``code`` names the kind of error for programs
    (``encrypted-document``) and stays what it is when the sentence is written anew."""

    code: ClassVar[str] = "studio-error"

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.code = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", cls.__name__).lower()


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
    """Not one of our formats."""


class DocumentTooLarge(DocumentError):
    """More bytes than the limit, as stored or as unpacked."""


class TooManyPages(DocumentError):
    """More pages than the limit."""


class PageTooLarge(DocumentError):
    """A page of more pixels than the limit."""


class PageTooCrowded(StudioError):
    """A page of more words than are read."""


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


class ReplyInvalid(ExtractionError):
    """A model's reply that is not what was asked for."""


class ProviderError(ExtractionError):
    """A provider that did not give a reply. ``temporary`` ones may go well at another try or with another provider;
    ``billed`` ones may have been charged, for ``usage`` where the provider counted it."""

    temporary = False

    def __init__(
        self,
        message: str,
        provider: str = "",
        model: str = "",
        *,
        raw: str = "",
        retry_after: float | None = None,
        billed: bool = False,
        usage: Usage | None = None,
    ) -> None:
        super().__init__(message, raw)
        self.provider = provider
        self.model = model
        self.retry_after = retry_after
        self.billed = billed
        self.usage = usage


class KeyMissing(ProviderError):
    """There is no key for this provider."""


class KeyRejected(ProviderError):
    """The key is wrong or may not do this."""


class QuotaExhausted(ProviderError):
    """The account has no credit left."""


class RateLimited(ProviderError):
    """Too many calls; ``retry_after`` in seconds where the provider says it."""

    temporary = True


class ModelUnknown(ProviderError):
    """The provider does not (or no longer) have this model."""


class QuestionRefused(ProviderError):
    """The provider does not take the question as it is."""


class ReplyRefused(ProviderError):
    """The model would not answer."""


class ReplyCutOff(ProviderError):
    """The reply ended at the length limit."""


class ProviderUnreachable(ProviderError):
    """No connection, or it broke."""

    temporary = True


class ProviderTimeout(ProviderError):
    """No whole reply in time."""

    temporary = True


class ProviderFailed(ProviderError):
    """An error of the provider's own."""

    temporary = True


class ProviderPaused(ProviderError):
    """Failed too often: it is left alone for a while."""


class BudgetExceeded(ProviderError):
    """The call would break a budget that the person set."""


class LimitsUnknown(ProviderError):
    """No model may be asked: a choice that says what may be sent, where to or at what cost cannot be read."""


class PromptError(StudioError):
    """A prompt that does not exist, cannot be read or cannot be stored."""


class RecipeError(StudioError):
    """A recipe that does not exist or does not validate."""


class TypeDefinitionError(StudioError):
    """A document type that does not exist, cannot be read or cannot be kept."""


class AccessDenied(StudioError):
    """A program's key is missing, unknown, or no longer works."""


class InvalidValues(StudioError):
    """Values that their document type does not take, or a type that is not there."""


class SignatureRefused(StudioError):
    """A message that came without the signature of anybody known here, or too late."""


class AddressRefused(StudioError):
    """An address that somebody gave and that must not be called."""


class FetchFailed(StudioError):
    """An address that does not answer, or not with a document."""


class TooManyCalls(StudioError):
    """A program asks for more than its key may; ``after`` is in how many seconds it may come again."""

    def __init__(self, message: str, after: int) -> None:
        self.after = after
        super().__init__(message)


class LayoutError(StudioError):
    """A layout of an export that does not exist, cannot be read or cannot be used."""


class EInvoiceLacking(StudioError):
    """A record from which no valid e-invoice can be made; ``lacking`` says in a few words each what it does not say."""

    def __init__(self, lacking: Sequence[str]) -> None:
        self.lacking = tuple(lacking)
        super().__init__(f"No e-invoice can be made of this record: it lacks {'; '.join(self.lacking)}.")


class PackError(StudioError):
    """A file of what was learnt of vendors that cannot be read."""


class RuleError(StudioError):
    """A rule that was learnt cannot be changed so."""


class CaseError(StudioError):
    """A folder of cases that cannot be scored."""


class TooFewReviewed(StudioError):
    """Too few reviewed values to learn from."""


class NotAllowed(StudioError):
    """What the person's role does not allow."""


class Cancelled(StudioError):
    """The person stopped the run."""


class RunTooLong(StudioError):
    """A run that met its time limit, in seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"Stopped after {seconds:.0f} seconds, the longest that a run may take: choose fewer pages, or allow more time on "
            "the Settings page."
        )


class QueueUnavailable(StudioError):
    """What carries jobs to the workers does not answer, or is not set up."""


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


class RecordChanged(StorageError):
    """A record was saved by somebody else since it was opened: ``held`` is what is stored now."""

    def __init__(self, held: Record, differs: str = "") -> None:
        """``differs`` is a sentence on what was changed."""
        told = f" {differs}" if differs else ""
        super().__init__(f"Order {held.order_id} was changed since you opened it.{told} Nothing was saved over that.")
        self.held = held
