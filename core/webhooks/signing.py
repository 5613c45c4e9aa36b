"""Signatures as Standard Webhooks has them: HMAC-SHA256 over id, timestamp and body."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

from core.errors import SignatureRefused

#: How far (seconds) the clock of a sender may be from ours.
WINDOW = 300
_PREFIX = "whsec_"
_LONGEST_ID, _MOST_SIGNATURES = 120, 10


def new_secret() -> str:
    """A secret that nobody else has."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(24)).decode()


def signed(secrets: Sequence[str], message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The headers that go with ``body``: a signature for each of ``secrets``, of which the receiver knows one."""
    seconds = str(int(at.timestamp()))
    headers = {"webhook-id": message_id, "webhook-timestamp": seconds}
    signatures = [f"v1,{_signature(secret, message_id, seconds, body)}" for secret in secrets]
    return headers | {"webhook-signature": " ".join(signatures)}


def check_time(headers: Mapping[str, str], now: datetime) -> str:
    """The id of a message that came, whose time is near ``now``. Raises SignatureRefused."""
    message_id, seconds = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not (0 < len(message_id) <= _LONGEST_ID) or not (seconds.isascii() and seconds.isdigit() and len(seconds) < 12):
        raise SignatureRefused(
            "Send webhook-id, webhook-timestamp (seconds since 1970) and webhook-signature, as Standard Webhooks has them."
        )
    if abs(now.timestamp() - int(seconds)) > WINDOW:
        raise SignatureRefused(
            "This message is older or newer than five minutes: sign it anew, by a clock that is right."
        )
    return message_id


def is_signed(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether one of the signatures of ``headers`` is ours over ``body``; takes as long for a wrong one as for a right one."""
    right = _signature(secret, headers.get("webhook-id", ""), headers.get("webhook-timestamp", ""), body).encode()
    found = False
    for given in headers.get("webhook-signature", "").split(" ")[:_MOST_SIGNATURES]:
        version, _, signature = given.partition(",")
        found |= hmac.compare_digest(right, signature.encode("utf-8", "replace")) and version == "v1"
    return found


def _signature(secret: str, message_id: str, seconds: str, body: bytes) -> str:
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        key = secret.encode()
    told = f"{message_id}.{seconds}.".encode("utf-8", "replace") + body
    return base64.b64encode(hmac.new(key, told, hashlib.sha256).digest()).decode()
