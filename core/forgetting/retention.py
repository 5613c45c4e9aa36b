"""Retention: what is kept only for so many days, foreseen, and taken away by the day: by a loop of the app, or on request."""

from __future__ import annotations

import copy
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from core.cache import Cache
from core.forgetting.counting import describe_counts
from core.forgetting.forgetting import Forgetting
from core.outage import Outage
from core.person import STUDIO, Person
from core.settings import Retention
from core.stores.erasure import Erasure
from core.stores.files import Files
from core.stores.retention import KINDS, Aged, Kind, RetentionStore
from core.stores.trail import Trail, TrailEvent
from core.stores.unit import Unit

log = logging.getLogger(__name__)
#: Seconds between two looks of the loop; the first comes after the app has begun to answer.
LOOK, FIRST_LOOK = 3600.0, 60.0
#: Kinds of JSON files of a run that go with its result.
_OF_RUNS = ("run", "draft", "replies")
#: And of a document with its file: who has it open sees that it is gone.
_OF_FILES = ("document", "hidden")


@dataclass(frozen=True, slots=True)
class Expiring:
    """What of a kind is over its days: how much, how many records lose something by it, and what that is, in a sentence (empty where
    no record does)."""

    kind: Kind
    title: str
    days: int
    counts: Mapping[str, int]
    records: int = 0
    lost: str = ""

    @property
    def sentence(self) -> str:
        """How much goes, and what records lose by it."""
        told = (
            f"{self.title}: {describe_counts(self.counts)}, older than {self.days} day{'s' if self.days > 1 else ''}."
        )
        if not self.records:
            return told
        records = f"{self.records:,} record{'s' if self.records > 1 else ''}"
        return f"{told} It touches {records}: {self.lost}"


@dataclass(frozen=True, slots=True)
class RetainingParts:
    """What it is made of. ``unit`` is one transaction over the store and the trail."""

    store: RetentionStore
    forgetting: Forgetting
    erasure: Erasure
    files: Files
    cache: Cache
    trail: Trail
    unit: Unit
    rules: Callable[[], Retention]


@dataclass(slots=True)
class _Loop:
    """The one loop of a process, whoever's hands it was begun in."""

    thread: threading.Thread | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Retaining:
    """The verbs of retention, in the hands of a person; thread-safe. Off where nobody set days."""

    def __init__(self, parts: RetainingParts, person: Person = STUDIO) -> None:
        self._parts = parts
        self._person = person
        self._loop = _Loop()

    def by(self, person: Person) -> Retaining:
        """The same, in the hands of ``person``."""
        mine = copy.copy(self)
        mine._person = person
        return mine

    # --- looking ---------------------------------------------------------------------------------------------------

    def foresee(self, rules: Retention | None = None, now: datetime | None = None) -> list[Expiring]:
        """What would go today by ``rules`` (those that are kept, by default): only what there is. Raises StorageError."""
        return [expiring for expiring, _ in self._aged(rules or self._parts.rules(), now or datetime.now(UTC))]

    def _aged(self, rules: Retention, now: datetime) -> Iterator[tuple[Expiring, Aged]]:
        for kind in KINDS:
            days = getattr(rules, kind)
            if days is None:
                continue
            aged = self._with_files(kind, self._parts.store.aged(kind, now - timedelta(days=days)), days, now)
            counts = {title: count for title, count in aged.counts.items() if count}
            info = Retention.model_fields[kind]
            if counts:
                told = Expiring(kind, info.title or kind, days, counts, aged.records, info.description or "")
                yield told, aged

    def _with_files(self, kind: Kind, aged: Aged, days: int, now: datetime) -> Aged:
        """What is told by the files: of these only the files themselves say whether they are still there."""
        files = self._parts.files
        if kind == "documents":
            gone = self._parts.forgetting.expiring(aged.keys)
            return Aged(tuple(sorted(gone.documents)), 0, self._parts.erasure.counts(gone))
        if kind == "originals":
            kept = frozenset(files.documents())
            keys = tuple(key for key in aged.keys if key in kept)
            return Aged(keys, len(keys), {"original files": len(keys)})
        if kind == "runs":
            held = {key for name in _OF_RUNS for key in files.keys(name)}
            keys = tuple(key for key in aged.keys if key in held)
            return Aged(keys, len(self._parts.store.orders_of(keys)), {"results of runs": len(keys)})
        if kind == "texts":
            cached = self._parts.cache.count_before(now - timedelta(days=days))
            return Aged(aged.keys, aged.records, {**aged.counts, "entries of the cache": cached})
        return aged

    # --- taking away -----------------------------------------------------------------------------------------------

    def apply(self, now: datetime | None = None) -> list[Expiring]:
        """Take away for good what is over its days by the rules that are kept, note it in the trail, and look that it is gone; gives what
        went. Raises StorageError: what is gone by then is gone, and the next time does the rest."""
        now = now or datetime.now(UTC)
        done = []
        for expiring, aged in self._aged(self._parts.rules(), now):
            self._take(expiring, aged, now - timedelta(days=expiring.days))
            done.append(expiring)
            log.info("let go by its days: %s, %s", expiring.kind, describe_counts(expiring.counts))
        if any(one.kind != "documents" for one in done):  # those were scrubbed as they went
            self._parts.erasure.scrub()
        if left := self.foresee(now=now) if done else []:
            log.warning("not gone yet by their days: %s", ", ".join(one.kind for one in left))
        return done

    def _take(self, expiring: Expiring, aged: Aged, before: datetime) -> None:
        if expiring.kind == "documents":
            self._parts.forgetting.by(self._person).expire(aged.keys)
            return
        with self._parts.unit():
            self._parts.store.take(expiring.kind, before, aged.keys)
            who = self._person
            told = [TrailEvent("expired", who.name, who.known, by=f"{expiring.days} days", told=dict(expiring.counts))]
            self._parts.trail.add(told)
        files = self._parts.files
        if expiring.kind == "originals":
            for sha256 in aged.keys:
                for name in _OF_FILES:
                    files.forget_json(name, sha256)
                files.forget(sha256)
        elif expiring.kind == "sent":
            for sha256 in self._parts.erasure.unneeded(frozenset(aged.keys)):
                files.forget(sha256)
        elif expiring.kind == "runs":
            for key in aged.keys:
                for name in _OF_RUNS:
                    files.forget_json(name, key)
        elif expiring.kind == "texts":
            self._parts.cache.drop_before(before)

    # --- the background --------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Look after it from now on, once in a process: what broke off is finished, and what is over its days goes."""
        loop = self._loop
        with loop.lock:
            if loop.thread is None and not loop.stop.is_set():
                look = self.by(STUDIO)._look
                loop.thread = threading.Thread(target=look, name="studio-retention", daemon=True)
                loop.thread.start()

    def close(self) -> None:
        """Look no more."""
        self._loop.stop.set()
        if self._loop.thread:
            self._loop.thread.join(5.0)

    def _look(self) -> None:
        outage, pause = Outage(log, "what is over its days could not be taken away"), FIRST_LOOK
        while not self._loop.stop.wait(pause):
            pause = LOOK
            try:
                self._parts.forgetting.go_on()
                self.apply()
                outage.ended()
            except Exception as error:
                outage.began(error)
