"""A mail taken apart, whatever kind of file it came as. Nothing in it is fetched or run."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, field
from html import escape

#: Files of one mail that are taken, and mails in mails.
MOST_FILES, MOST_DEEP = 100, 3
_LONGEST_NAME = 150
#: What programs attach that nobody wrote: signatures, calendars, cards, reports of delivery.
_LITTER = frozenset(
    "application/pkcs7-signature application/x-pkcs7-signature application/pgp-signature application/pgp-keys application/pgp-encrypted "
    "text/calendar application/ics text/vcard text/x-vcard text/directory message/delivery-status message/disposition-notification "
    "text/rfc822-headers message/feedback-report text/x-amp-html".split()
)
_LITTER_SUFFIXES = (".p7s", ".asc", ".sig", ".ics", ".vcf")
#: Pictures of fewer pixels are logos where the text shows them; so are those with a side of so few, wherever.
_LOGO_PIXELS, _LOGO_SIDE = 300_000, 64
_UNSAFE = re.compile(r"[\x00-\x1f\x7f<>:\"/\\|?*]+")
_WIDTH = 96
_WINMAIL = "Outlook packed what was attached into this file (winmail.dat), which is not opened here: ask for the mail as plain text or HTML."


@dataclass(slots=True)
class MailFile:
    """A file of a mail, or a mail in it. ``trouble`` says why it could not be taken out."""

    name: str
    data: bytes = b""
    mail: Mail | None = None
    trouble: str = ""


@dataclass(slots=True)
class Mail:
    """A mail taken apart. ``facts`` are what its head says: sender, day, receivers."""

    subject: str = ""
    facts: list[tuple[str, str]] = field(default_factory=list)
    html: str = ""
    text: str = ""
    files: list[MailFile] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The subject as the name of a file, without a suffix."""
        return " ".join(_UNSAFE.sub(" ", self.subject).split()).strip(" .")[:_LONGEST_NAME].strip() or "mail"

    def page(self) -> bytes:
        """Head and text as a web page of its own; empty where there is no text."""
        if not self.html.strip() and not self.text.strip():
            return b""
        rows = "".join(
            f"<tr><td>{escape(name)}</td><td>{escape(value)}</td></tr>" for name, value in self.facts if value
        )
        head = f'<!doctype html><html><head><meta charset="utf-8"></head><body><table>{rows}</table><h2>{escape(self.subject)}</h2>'
        return f"{head}{self.html if self.html.strip() else _lines(self.text)}".encode("utf-8", "replace")


def is_litter(name: str, media_type: str) -> bool:
    """Whether a file is what programs attach by themselves."""
    return media_type in _LITTER or name.lower().endswith(_LITTER_SUFFIXES)


def is_logo(data: bytes, is_shown: bool) -> bool:
    """Whether a picture is one of a signature and no document: tiny, or small and shown in the text (``is_shown``)."""
    import io

    from PIL import Image

    try:
        with Image.open(io.BytesIO(data)) as picture:
            width, height = picture.size
    except Exception:  # a damaged one is told of by whoever opens it
        return False
    return min(width, height) < _LOGO_SIDE or (is_shown and width * height < _LOGO_PIXELS)


def file_of(name: str, data: bytes, media_type: str, is_shown: bool) -> MailFile | None:
    """A file as it is taken out of a mail; ``None`` for what is no document: logos, signatures, calendars."""
    name = _UNSAFE.sub(" ", name).strip(" .")[-_LONGEST_NAME:] or _name_for(media_type)
    if is_litter(name, media_type) or (not data and not name):
        return None
    if name.lower() == "winmail.dat" or media_type in ("application/ms-tnef", "application/vnd.ms-tnef"):
        return MailFile(name, trouble=f"{name}: {_WINMAIL}")
    is_picture = media_type.startswith("image/") or data[:4] in (b"\x89PNG", b"GIF8") or data[:3] == b"\xff\xd8\xff"
    return None if is_picture and is_logo(data, is_shown) else MailFile(name, data)


def in_charset(data: bytes, charset: str) -> str:
    """Text in an encoding, or in a usual one where that is wrong."""
    for name in (charset, "utf-8", "cp1252"):
        try:
            return data.decode(name).replace("\0", "")
        except (LookupError, ValueError):
            continue
    return data.decode("latin-1").replace("\0", "")


def _name_for(media_type: str) -> str:
    ending = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png", "image/tiff": "tif"}.get(
        media_type, ""
    )
    return f"attachment.{ending}" if ending else "attachment"


def _lines(text: str) -> str:
    """Plain text with its columns, broken where it is wider than a page."""
    lines = (
        part
        for line in text.expandtabs(8).splitlines()
        for part in (textwrap.wrap(line, _WIDTH, replace_whitespace=False) or [""])
    )
    return f"<pre>{escape(chr(10).join(lines))}</pre>"
