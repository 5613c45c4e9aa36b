"""Mails as they travel (.eml), taken apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message

from core.documents.mail.parts import MOST_DEEP, MOST_FILES, Mail, MailFile, file_of, in_charset
from core.documents.signed import is_signed, unsigned

_LONGEST_HEADER = 2_000
_HEAD = 65_536
_LINE = re.compile(rb"([!-9;-~]{1,70}):")
_KNOWN = frozenset(
    b"from to cc subject date message-id mime-version received return-path content-type delivered-to reply-to sender x-mailer".split()
)
_ENVELOPES = ("application/pkcs7-mime", "application/x-pkcs7-mime")
_CID = re.compile(r"cid:([^\"'\s>)]{1,300})", re.IGNORECASE)
_ENCRYPTED = "this mail is encrypted: open it in your mail program and save what is attached."


def read_internet_mail(data: bytes) -> Mail:
    """A mail taken apart. Raises anything on one that is damaged badly: parsers of mails do."""
    return _of(message_from_bytes(data.removeprefix(b"\xef\xbb\xbf")), 1)


def has_head(data: bytes) -> bool:
    """Whether these begin as a mail does: lines of a head, two of which are those of a mail."""
    head = data[:_HEAD]
    lines = head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n").split(b"\n")
    if lines[0].startswith(b"From "):
        lines = lines[1:]
    found: set[bytes] = set()
    for number, line in enumerate(lines):
        if not line.strip():
            break
        match = _LINE.match(line)
        if match is None and not (number and line[:1] in b" \t"):
            return False
        if match:
            found.add(match[1].lower())
    return len(found & _KNOWN) >= 2


def _of(message: Message, depth: int) -> Mail:
    mail = Mail(_header(message, "subject"))
    mail.facts = [
        ("From", _header(message, "from")),
        ("Sent", _header(message, "date")),
        ("To", _header(message, "to")),
    ]
    parts = list(_leaves(message))
    for part in parts:
        kind = part.get_content_type()
        if kind in ("text/plain", "text/html") and not _is_attached(part):
            if kind == "text/html":
                mail.html += _text(part)
            else:
                mail.text += _text(part)
    shown = {name.strip("<>").lower() for name in _CID.findall(mail.html)}
    for part in parts:
        if len(mail.files) >= MOST_FILES:
            mail.files.append(
                MailFile(
                    "more", trouble=f"after {MOST_FILES} files of this mail no more were taken: add them by themselves."
                )
            )
            break
        if taken := _taken(part, shown, depth):
            mail.files.append(taken)
    return mail


def _leaves(message: Message) -> Iterator[Message]:
    """The parts that are no containers; a mail in the mail is one."""
    _mend_head(message)
    if message.get_content_type() == "message/rfc822" or not message.is_multipart():
        yield message
        return
    for part in message.get_payload():
        if isinstance(part, Message):
            yield from _leaves(part)


def _mend_head(message: Message) -> None:
    """Read letters that a head has as bare bytes, which the rules do not allow."""
    for name, value in list(message.raw_items()):
        text = str(value)
        if any("\udc80" <= letter <= "\udcff" for letter in text):
            message.replace_header(name, in_charset(text.encode("utf-8", "surrogateescape"), "utf-8"))


def _is_attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or bool(_file_name(part))


def _taken(part: Message, shown: set[str], depth: int) -> MailFile | None:
    kind = part.get_content_type()
    if kind == "message/rfc822":
        return _inner(part, depth)
    if kind in ("text/plain", "text/html") and not _is_attached(part):
        return None
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return None
    if kind in _ENVELOPES and not data[:1].isspace():
        inside = unsigned(data) if is_signed(data) else data
        if inside is data:
            return MailFile("smime.p7m", trouble=_ENCRYPTED)
        return MailFile("mail.eml", mail=_of(message_from_bytes(inside), depth + 1))
    is_shown = str(part.get("content-id", "")).strip().strip("<>").lower() in shown
    return file_of(_file_name(part), data, kind, is_shown)


def _inner(part: Message, depth: int) -> MailFile:
    payload = part.get_payload()
    inner = payload[0] if isinstance(payload, list) and payload else None
    if not isinstance(inner, Message):
        return MailFile("mail.eml", trouble="mail.eml: this attached mail is damaged.")
    if not inner.keys() and str(part.get("content-transfer-encoding", "")).strip().lower() == "base64":
        inner = message_from_bytes(_unwrapped(inner))
    if depth >= MOST_DEEP:
        return MailFile(
            "mail.eml", trouble=f"a mail lies more than {MOST_DEEP} mails deep and was not opened: add it by itself."
        )
    mail = _of(inner, depth + 1)
    return MailFile(f"{mail.name}.eml", mail=mail)


def _unwrapped(message: Message) -> bytes:
    """The bytes of a mail that somebody put into base64, which the rules do not allow."""
    import base64
    import binascii

    try:
        return base64.b64decode(str(message.get_payload()).encode("ascii", "ignore"))
    except (binascii.Error, ValueError):
        return b""


def _file_name(part: Message) -> str:
    return _decoded(part.get_filename() or "")


def _header(message: Message, name: str) -> str:
    return _decoded(str(message.get(name, "")))


def _decoded(value: str) -> str:
    """A header's value as text, its encoded words read."""
    value = value[:_LONGEST_HEADER]
    try:
        pieces = [
            (piece.encode("ascii", "surrogateescape") if isinstance(piece, str) else piece, charset)
            for piece, charset in decode_header(value)
        ]
    except (HeaderParseError, ValueError):
        return _flat(value.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
    return _flat("".join(in_charset(piece, charset or "utf-8") for piece, charset in pieces))


def _flat(text: str) -> str:
    return " ".join(text.split())


def _text(part: Message) -> str:
    data = part.get_payload(decode=True)
    return in_charset(data, part.get_content_charset() or "utf-8") if isinstance(data, bytes) else ""
