"""What a mail is, and how it is taken apart."""

from __future__ import annotations

from core.documents.mail.internet import has_head, read_internet_mail
from core.documents.mail.outlook import read_message
from core.documents.mail.parts import Mail
from core.documents.office.kinds import is_message
from core.errors import BrokenDocument, DocumentError


def is_mail(data: bytes) -> bool:
    """Whether these are the bytes of a mail: an Outlook message, or one as mails travel."""
    return is_message(data) or has_head(data)


def read_mail(data: bytes, name: str, most_bytes: int) -> Mail:
    """A mail taken apart. ``most_bytes`` is what an Outlook message may unpack to. Raises DocumentError."""
    try:
        return read_message(data, name, most_bytes) if is_message(data) else read_internet_mail(data)
    except DocumentError:
        raise
    except Exception as error:  # what reads mails raises anything on what is none
        raise BrokenDocument(
            name, "this mail is damaged and cannot be read: get it again, or add what is attached by itself."
        ) from error


def title_of(data: bytes, name: str) -> str:
    """What a mail is called: its subject, or else ``name``."""
    try:
        return read_mail(data, name, 4 * len(data)).subject or name
    except DocumentError:
        return name
