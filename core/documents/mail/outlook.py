"""Outlook messages (.msg) taken apart."""

from __future__ import annotations

import io
from typing import Any

from core.documents.mail.parts import MOST_DEEP, MOST_FILES, Mail, MailFile, file_of, in_charset
from core.errors import DocumentTooLarge

#: Where the properties begin in the stream of a message, of one inside another, and of a file.
_ROOT, _INNER, _FILE = 32, 24, 8
_SUBJECT, _BODY, _HTML = 0x0037, 0x1000, 0x1013
_SENDER_NAME, _SENDER_ADDRESS, _SENDER_SMTP, _SHOWN_TO = 0x0C1A, 0x0C1F, 0x5D01, 0x0E04
_LONG_NAME, _SHORT_NAME, _SHOWN_NAME, _DATA, _MIME, _CONTENT_ID = 0x3707, 0x3704, 0x3001, 0x3701, 0x370E, 0x3712
_SENT = 0x0039
_AN_OBJECT = "__substg1.0_3701000D"


def read_message(data: bytes, name: str, most_bytes: int) -> Mail:
    """An Outlook message taken apart. Raises DocumentTooLarge where what it lists is more than ``most_bytes``; any error on a damaged one."""
    from olefile import OleFileIO
    from oxmsg.storage import Storage

    with OleFileIO(io.BytesIO(data)) as ole:
        listed = sum(entry.size for entry in ole.direntries if entry is not None)
        if listed > most_bytes:
            raise DocumentTooLarge(name, "this mail unpacks to more than it may: save what is attached, and add that.")
        storage = Storage.from_ole(ole)
    return _mail(storage, _ROOT, 1)


def _mail(storage: Any, offset: int, depth: int) -> Mail:
    said = _Said(storage, offset)
    mail = Mail(" ".join(said.text(_SUBJECT).split()))
    address = said.text(_SENDER_SMTP) or said.text(_SENDER_ADDRESS)
    mail.facts = [
        ("From", f"{said.text(_SENDER_NAME)} {f'<{address}>' if '@' in address else ''}".strip()),
        ("Sent", said.day(_SENT)),
        ("To", said.text(_SHOWN_TO)),
    ]
    mail.html, mail.text = said.html(), said.text(_BODY)
    shown = mail.html.lower()
    for each in storage.iter_attachment_storages():
        if len(mail.files) >= MOST_FILES:
            mail.files.append(
                MailFile(
                    "more", trouble=f"after {MOST_FILES} files of this mail no more were taken: add them by themselves."
                )
            )
            break
        if taken := _taken(each, shown, depth):
            mail.files.append(taken)
    return mail


def _taken(storage: Any, shown: str, depth: int) -> MailFile | None:
    said = _Said(storage, _FILE)
    name = said.text(_LONG_NAME) or said.text(_SHORT_NAME) or said.text(_SHOWN_NAME)
    inner = next((each for each in storage.storages if each.name.upper() == _AN_OBJECT.upper()), None)
    if inner is not None:
        if depth >= MOST_DEEP:
            return MailFile(
                "mail.msg",
                trouble=f"a mail lies more than {MOST_DEEP} mails deep and was not opened: add it by itself.",
            )
        try:
            mail = _mail(inner, _INNER, depth + 1)
        except Exception:  # an embedded drawing or the like is none
            return MailFile(
                name or "object",
                trouble=f"{name or 'an object'}: it is embedded in a form that is not read here: save it as PDF.",
            )
        return MailFile(f"{mail.name}.msg", mail=mail)
    data = said.bytes(_DATA)
    if data is None:
        return MailFile(
            name or "attachment", trouble=f"{name or 'a file'}: the mail has only a link to it: add the file by itself."
        )
    content_id = said.text(_CONTENT_ID).strip("<>").lower()
    return file_of(name, data, said.text(_MIME).lower(), bool(content_id) and f"cid:{content_id}" in shown)


class _Said:
    """The properties of a message or a file; of what is missing or damaged, nothing."""

    def __init__(self, storage: Any, offset: int) -> None:
        from oxmsg.properties import Properties

        self._properties = Properties(storage, offset)

    def text(self, number: int) -> str:
        """A text."""
        return (self._properties.str_prop_value(number) or "").replace("\0", "")

    def bytes(self, number: int) -> bytes | None:
        """Bytes."""
        return self._properties.binary_prop_value(number)

    def html(self) -> str:
        """The text as HTML."""
        if (data := self.bytes(_HTML)) is not None:
            return in_charset(data, self._properties.body_encoding)
        return self.text(_HTML)

    def day(self, number: int) -> str:
        """A day."""
        found = self._properties.date_prop_value(number)
        return found.strftime("%Y-%m-%d %H:%M") if found else ""
