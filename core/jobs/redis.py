"""What goes over Redis beside the queue: what happens in jobs, and the passwords of encrypted documents, sealed."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any

from core.errors import QueueUnavailable
from core.events import Event
from core.jobs.event_json import event_from_json, event_to_json
from core.jobs.store import NUMBERS, JobRecord

log = logging.getLogger(__name__)

#: Events of a job that are kept at most (about), and for how long after the last (seconds).
MOST, KEPT = 5000, 86_400
#: Seconds that a password lies there after it was last given.
PASSWORD_SECONDS = 3600
#: Seconds that an answer may take: whoever works or watches does not wait long for events.
ANSWER = 2.0
_REMEMBERED = 256


@cache
def connect(url: str) -> Any:
    """The client of this process for a Redis. It connects when it is first used."""
    from redis import Redis

    return Redis.from_url(url, socket_timeout=ANSWER, socket_connect_timeout=ANSWER, health_check_interval=30)


@contextmanager
def told() -> Iterator[None]:
    """Our error in place of the client's, without its cause: that may quote the address. Raises QueueUnavailable."""
    from redis.exceptions import RedisError

    try:
        yield
    except (RedisError, OSError):
        raise QueueUnavailable("Redis does not answer: check that it runs and that REDIS_URL is right.") from None


class RedisEvents:
    """Implements :class:`core.jobs.store.JobEvents`: a stream a job. The id of an entry is the claim and the number in it, so Redis itself
    refuses what a claim that is over would add."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = threading.Lock()
        self._last: dict[tuple[str, int], int] = {}

    def begin(self, record: JobRecord) -> None:
        """See :meth:`core.jobs.store.JobEvents.begin`."""
        if record.claims > 1:
            with suppress(QueueUnavailable), told():  # a claim does not wait for Redis
                connect(self._url).xtrim(_key(record.job_id), maxlen=0, approximate=False)
        self._remember(record, 0)

    def note(self, record: JobRecord, events: Sequence[Event]) -> None:
        """See :meth:`core.jobs.store.JobEvents.note`. Raises QueueUnavailable."""
        from redis.exceptions import ResponseError

        key, last = _key(record.job_id), self._last_of(record)
        with told():
            line = connect(self._url).pipeline(transaction=False)
            for number, event in enumerate(events, start=last + 1):
                fields = {"e": json.dumps(event_to_json(event), ensure_ascii=False)}
                line.xadd(key, fields, id=f"{record.claims}-{number}", maxlen=MOST)
            line.expire(key, KEPT)
            for answer in line.execute(raise_on_error=False):
                if isinstance(answer, ResponseError):  # another has the job
                    log.info("an event of a claim of %s that is over was dropped", record.job_id)
                elif isinstance(answer, Exception):
                    raise answer
        self._remember(record, last + len(events))

    def read(self, job_id: str, after: int = 0) -> list[tuple[int, Event]]:
        """See :meth:`core.jobs.store.JobEvents.read`; none where Redis does not answer: how a job ends stands in its row."""
        since = f"({after // NUMBERS + 1}-{after % NUMBERS}" if after else "-"
        try:
            with told():
                found = connect(self._url).xrange(_key(job_id), min=since)
        except QueueUnavailable as error:
            log.warning("events of %s were not read: %s", job_id, error)
            return []
        return [(_number(entry), event_from_json(json.loads(fields[b"e"]))) for entry, fields in found]

    def forget(self, job_ids: Sequence[str]) -> None:
        """See :meth:`core.jobs.store.JobEvents.forget`."""
        if job_ids:
            with suppress(QueueUnavailable), told():  # they go by themselves
                connect(self._url).delete(*(_key(job_id) for job_id in job_ids))

    def _last_of(self, record: JobRecord) -> int:
        with self._lock:
            known = self._last.get((record.job_id, record.claims))
        if known is not None:
            return known
        with told():
            latest = connect(self._url).xrevrange(_key(record.job_id), count=1)
        number = _number(latest[0][0]) if latest else 0
        return number % NUMBERS if number // NUMBERS + 1 == record.claims else 0

    def _remember(self, record: JobRecord, last: int) -> None:
        with self._lock:
            self._last.pop((record.job_id, record.claims), None)
            self._last[record.job_id, record.claims] = last
            while len(self._last) > _REMEMBERED:
                del self._last[next(iter(self._last))]


def _key(job_id: str) -> str:
    return f"studio:events:{job_id}"


def _number(entry: bytes) -> int:
    claims, number = entry.decode().split("-")
    return (int(claims) - 1) * NUMBERS + int(number)


class RedisPasswords:
    """The passwords of encrypted documents for workers on other hosts. They lie in Redis for an hour, sealed with a key that lies in the
    database: neither has enough to open one, on disk or in a copy."""

    def __init__(self, url: str, key: Callable[[], bytes]) -> None:
        """``key`` gives the key: 32 bytes, base64 as URLs have it."""
        self._url = url
        self._key = key

    def give(self, sha256: str, password: str) -> None:
        """Have the workers know a document's password for a while; where Redis does not answer, they do not."""
        sealed = self._seal().encrypt(password.encode())
        try:
            with told():
                connect(self._url).set(f"studio:password:{sha256}", sealed, ex=PASSWORD_SECONDS)
        except QueueUnavailable as error:
            log.warning("a password was not given to the workers: %s", error)

    def __call__(self, sha256: str) -> str | None:
        """The password of a document, or ``None`` where nobody gave it lately."""
        from cryptography.fernet import InvalidToken

        with told():
            sealed = connect(self._url).get(f"studio:password:{sha256}")
        try:
            return self._seal().decrypt(sealed).decode() if sealed else None
        except InvalidToken:
            return None

    def _seal(self) -> Any:
        from cryptography.fernet import Fernet

        return Fernet(self._key())
