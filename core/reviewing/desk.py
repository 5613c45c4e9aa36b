"""The review desk: what needs a person is handed out worst first, to one person at a time; what they do is kept as they do it,
and saved by the verbs by which everybody saves."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count, islice
from threading import Lock
from typing import Any, Protocol

from pydantic import BaseModel

from core.errors import RecordMissing, StudioError
from core.evidence import Box, Evidence
from core.extraction import Extraction
from core.records import describe_duplicate
from core.review.edits import Edits, differences, edits_from
from core.review.reviewed import Reviewed
from core.review.standing import status_of
from core.review.stops import stops
from core.reviewing.acts import Act, Clash, acts_of, carry_out, merge
from core.reviewing.column import Column, cells_of, columns_of, counted
from core.reviewing.walk import Json, head_of, pages_of, walk_of
from core.stores.receipt import SaveReceipt
from core.stores.records import Duplicate, Record, Status, Target
from core.stores.reviews import Claim, Outcome, ReviewPace, Reviews, ReviewTime

#: Seconds that a claim lasts without a word from the window that has it. Browsers slow what runs in a hidden tab to once a minute.
LEASE = 90.0
#: Items of the queue that are looked at together to find one that nobody has.
_LOOKED_AT = 60
#: Documents of the queue that are looked through for a field, those that stand in a column at once, and those whose questions are
#: remembered.
_LOOKED_THROUGH, _IN_COLUMN, _COLUMNS_REMEMBERED = 120, 20, 2000
#: Readings that are remembered: those at hand, and those that come next.
_REMEMBERED = 24
#: Edits that meet somebody else's are made again so often.
_TRIES = 6
#: Values that a question about a stored record lists.
_MOST_DIFFERENCES = 8


@dataclass(frozen=True, slots=True)
class Waiting:
    """A document that needs somebody: the run that read it, what it is, what is asked, and what is at stake (the worst first).
    ``who`` it was given to; empty: to nobody."""

    run_id: str
    name: str
    vendor: str = ""
    number: str = ""
    total: str = ""
    currency: str = ""
    doubts: int = 0
    worst: str = ""
    stake: float = 0.0
    who: str = ""


@dataclass(frozen=True, slots=True)
class Seat:
    """Who reviews, and in which window."""

    seat: str
    who: str


@dataclass(frozen=True, slots=True)
class Wish:
    """How a save is meant: ``anyway`` with questions open; over the record ``update`` as it was shown in its ``version``, or
    as a record of its own (``both``) where there is one."""

    anyway: bool = False
    update: int | None = None
    version: int | None = None
    both: bool = False


class Save(Protocol):
    """:meth:`core.studio.Studio.save`."""

    def __call__(
        self,
        values: BaseModel,
        targets: Sequence[Target],
        *,
        run_id: str | None = None,
        extraction: Extraction | None = None,
        update: int | None = None,
        status: Status = "reviewed",
        seen: Record | None = None,
        unless: Callable[[int | None], str] = ...,
    ) -> SaveReceipt:
        """Save."""


@dataclass(frozen=True, slots=True)
class DeskParts:
    """What the desk is made of: where reviews are kept, a page (from 0, of so many) of what waits, worst first, with how many do
    in all, and the studio's verbs."""

    store: Reviews
    waiting: Callable[[int, int], tuple[Sequence[Waiting], int]]
    still_waits: Callable[[str], bool]
    reject: Callable[[str, str], None]
    extraction: Callable[[str], Extraction | None]
    earlier_edits: Callable[[str], Mapping[str, Any] | None]
    """Edits that an earlier version of the studio kept of a run."""
    stand: Callable[[Extraction, Edits], tuple[Reviewed, dict[str, str]]]
    parse: Callable[[str, str, Extraction], object]
    words_in: Callable[[Extraction, int, Box], Evidence | None]
    save: Save
    saved_as: Callable[[str], int | None]
    undo: Callable[[SaveReceipt], None]
    unlearn: Callable[[str], bool]
    duplicates: Callable[[Extraction, BaseModel, Sequence[Target]], list[Duplicate]]
    changed_since: Callable[[SaveReceipt], Record | None]
    record: Callable[[int], Record]
    targets: Callable[[], Sequence[Target]]


@dataclass(slots=True)
class _Held:
    """A run with its edits as they are kept."""

    run_id: str
    extraction: Extraction
    edits: Edits
    version: int
    clashes: list[Clash] = field(default_factory=list)


class ReviewDesk:
    """Every review of one installation. Thread-safe; several processes may look at one store. What it gives are JSON values
    (:mod:`core.reviewing.walk`)."""

    def __init__(self, parts: DeskParts) -> None:
        self._parts = parts
        self._store = parts.store
        self._readings: dict[str, Extraction] = {}
        self._open_at: dict[str, tuple[int, tuple[Column, ...]]] = {}
        self._lock = Lock()

    # --- the queue -------------------------------------------------------------------------------------------------

    def queue(self, page: int = 0) -> list[tuple[Waiting, Claim | None]]:
        """A page (from 0) of what needs somebody, worst first, with who has it at hand; empty behind the last."""
        waiting, _ = self._parts.waiting(page, _LOOKED_AT)
        claims = self._store.claims([each.run_id for each in waiting])
        return [(each, claims.get(each.run_id)) for each in waiting]

    def count(self) -> int:
        """How many documents need somebody."""
        return self._parts.waiting(0, 0)[1]

    def pace(self) -> ReviewPace | None:
        """See :meth:`core.stores.reviews.Reviews.pace`."""
        return self._store.pace()

    def following(self, by: Seat, but: Collection[str] = ()) -> Json | None:
        """Claim the worst that nobody has, without those in ``but``, and give its walk; ``None`` where there is none."""
        for each, claim in self._whole_queue():
            mine = not claim or claim.seat == by.seat or claim.who == by.who
            if each.run_id in but or not mine or each.who not in ("", by.who):
                continue
            walk = self.open(each.run_id, by)
            if walk is None or "taken" in walk:
                continue
            if self._parts.still_waits(each.run_id):  # somebody may have saved it since the queue was read
                return walk
            self.leave(by, [each.run_id])
        return None

    def _whole_queue(self) -> Iterator[tuple[Waiting, Claim | None]]:
        for page in count():
            rows = self.queue(page)
            yield from rows
            if len(rows) < _LOOKED_AT:
                return

    # --- one field over many documents -----------------------------------------------------------------------------

    def fields(self, by: Seat) -> list[Json]:
        """The fields at which the worst :data:`_LOOKED_THROUGH` documents that somebody may take have questions open, with how many."""
        looked = (self._columns(each.run_id) for each in islice(self._free(by), _LOOKED_THROUGH))
        return counted(looked)

    def column(self, by: Seat, type_name: str, field: str, but: Collection[str] = ()) -> list[Json]:
        """Claim the worst documents of a type (:data:`_IN_COLUMN` at most, without those in ``but``) that have a question open at a
        field, and give these questions, each with its value: ``cells``; with how many are ``open`` in all."""
        found: list[Json] = []
        for each in islice(self._free(by), _LOOKED_THROUGH):
            wanted = any((one.type_name, one.field) == (type_name, field) for one in self._columns(each.run_id))
            if len(found) == _IN_COLUMN or each.run_id in but or not wanted:
                continue
            walk = self.open(each.run_id, by)
            if walk is None or "taken" in walk:
                continue
            cells = cells_of(walk, field) if self._parts.still_waits(each.run_id) else []
            if not cells:
                self.leave(by, [each.run_id])
                continue
            pages = [{**page, "words": []} for page in walk["pages"]]
            told = {name: walk[name] for name in ("run", "document", "head", "order")}
            found.append({**told, "pages": pages, "cells": cells, "open": len(walk["stops"])})
        return found

    def _free(self, by: Seat) -> Iterator[Waiting]:
        """What waits and may be this person's, the worst first."""
        for each, claim in self._whole_queue():
            if (not claim or claim.seat == by.seat or claim.who == by.who) and each.who in ("", by.who):
                yield each

    def _columns(self, run_id: str) -> tuple[Column, ...]:
        """Where a document has questions open. Reading a long one takes a while: it is remembered until somebody changes it."""
        edits, version = self.edits(run_id)
        with self._lock:
            known = self._open_at.get(run_id)
        if known is None or known[0] != version:
            extraction = self._parts.extraction(run_id)
            standing = self._parts.stand(extraction, edits)[0].extraction if extraction else None
            known = version, columns_of(standing) if standing else ()
            with self._lock:
                self._open_at[run_id] = known
                while len(self._open_at) > _COLUMNS_REMEMBERED:
                    del self._open_at[next(iter(self._open_at))]
        return known[1]

    # --- claims ----------------------------------------------------------------------------------------------------

    def open(self, run_id: str, by: Seat) -> Json | None:
        """Claim a run and give its walk; ``{"taken": who}`` where somebody else has it, ``None`` where nothing of it is kept."""
        if self._reading(run_id) is None:
            return None
        if taken := self._taken(run_id, by):
            return taken
        held = self._held(run_id)
        assert held is not None
        return {"pages": pages_of(held.extraction), "document": held.extraction.document, **self._told(held)}

    def renew(self, by: Seat, run_ids: Sequence[str]) -> dict[str, str]:
        """Say that the seat still has these at hand; gives who else has which of them by now."""
        claims = {run_id: self._store.claim(run_id, by.who, by.seat, LEASE) for run_id in run_ids}
        return {run_id: claim.who for run_id, claim in claims.items() if claim.seat != by.seat}

    def leave(self, by: Seat, run_ids: Sequence[str]) -> None:
        """Give runs back."""
        self._store.release(by.seat, run_ids)

    def _taken(self, run_id: str, by: Seat) -> Json | None:
        claim = self._store.claim(run_id, by.who, by.seat, LEASE)
        if claim.seat != by.seat and claim.who == by.who:  # their own, in a window before this one
            self._store.release(claim.seat, [run_id])
            claim = self._store.claim(run_id, by.who, by.seat, LEASE)
        return None if claim.seat == by.seat else {"taken": claim.who, "run": run_id}

    # --- what people make of it ------------------------------------------------------------------------------------

    def edits(self, run_id: str) -> tuple[Edits, int]:
        """The edits of a run as they are kept, and their version; those that cannot be read any more are none."""
        kept = self._store.edits(run_id)
        told = kept.edits if kept else self._parts.earlier_edits(run_id)
        try:
            return (edits_from(told) if told else Edits()), kept.version if kept else 0
        except ValueError:  # written by another version of the studio
            return Edits(), kept.version if kept else 0

    def keep(self, run_id: str, by: Seat, told: object) -> Json | None:
        """Put what somebody did (:func:`core.reviewing.acts.acts_of`) into the run's edits, and give how it stands then with what met
        another's change (``clashes``); ``{"taken": who}`` where somebody else has it."""
        if self._reading(run_id) is None:
            return None
        if taken := self._taken(run_id, by):
            return taken
        held = self._put(run_id, by.who, told)
        return self._told(held) if held else None

    def keep_edits(
        self, run_id: str, extraction: Extraction, edits: Edits, base: Edits, seen: int, who: str
    ) -> tuple[Edits, int, list[Clash]]:
        """Keep edits that were made over ``base`` in its version ``seen``. Where somebody else kept others since, both are brought
        together (:func:`core.reviewing.acts.merge`); gives what is kept, its version and what both had changed."""
        for _ in range(_TRIES):
            if version := self._store.keep_edits(run_id, edits.to_json(), seen, who):
                return edits, version, []
            theirs, now = self.edits(run_id)
            merged, clashes = merge(base, edits, theirs, extraction)
            if version := self._store.keep_edits(run_id, merged.to_json(), now, who):
                return merged, version, clashes
        raise StudioError("Others change this document at the same moment: try again.")

    def words(self, run_id: str, page: int, at: Sequence[float]) -> str | None:
        """The words in a box (fractions of the page) that was drawn on a page; ``None`` where there are none."""
        extraction = self._reading(run_id)
        text = next((text for text in extraction.page_texts if text.page == page), None) if extraction else None
        if extraction is None or text is None:
            return None
        x0, y0, x1, y1 = at
        box = Box(x0 * text.width, y0 * text.height, x1 * text.width, y1 * text.height)
        found = self._parts.words_in(extraction, page, box)
        return " ".join(found.text.split("\n")) if found else None

    def _put(self, run_id: str, who: str, told: object) -> _Held | None:
        for _ in range(_TRIES):
            held = self._held(run_id)
            if held is None:
                return None
            sizes = {text.page: (text.width, text.height) for text in held.extraction.page_texts}
            acts: list[Act] = acts_of(told, sizes)
            if not acts:
                return held
            parse = partial(_parsed, self._parts.parse, held.extraction)
            held.clashes = carry_out(held.edits, held.extraction, acts, parse)
            if version := self._store.keep_edits(run_id, held.edits.to_json(), held.version, who):
                held.version = version
                return held
        raise StudioError("Others change this document at the same moment: try again.")

    # --- the end of a review ---------------------------------------------------------------------------------------

    def save(self, run_id: str, by: Seat, told: object, wish: Wish, time: Mapping[str, Any]) -> Json | None:
        """Put in what was done last, and save the record where the studio saves by default. Gives ``saved`` with its number, or
        how the document stands with why it was not saved: ``stopped`` (a sentence, at a field), ``asked`` (what is stored already),
        ``clashes``, ``taken``. Raises StudioError where a store refuses."""
        walk = self.keep(run_id, by, told)
        earlier = self._parts.saved_as(run_id)
        held = self._held(run_id)
        if walk is None or held is None or "taken" in walk or walk["clashes"]:
            return walk
        standing, errors = self._parts.stand(held.extraction, held.edits)
        if why := _why_not(standing, errors, wish):
            return {**walk, **why}
        targets, receipt = tuple(self._parts.targets()), held.edits.receipt
        if wish.update is None and not wish.both and (receipt is None or self._parts.changed_since(receipt)):
            stored = self._parts.duplicates(standing.extraction, standing.extraction.values, targets)
            if stored:
                return {**walk, "asked": [self._asked(each, standing) for each in _of_orders(stored)]}
        return {
            **self._store_it(held, by, standing, targets, wish, earlier),
            "time": self._note(run_id, by, standing, time),
        }

    def _store_it(
        self, held: _Held, by: Seat, standing: Reviewed, targets: Sequence[Target], wish: Wish, earlier: int | None
    ) -> dict[str, Any]:
        values, receipt = standing.extraction.values, held.edits.receipt
        stands = receipt is not None and not self._parts.changed_since(receipt)
        update, seen = wish.update, None
        if update is not None:
            seen = replace(self._parts.record(update), version=wish.version)
        elif receipt is not None and (stands or not wish.both):  # a key too many makes no second record
            update, seen = receipt.order_id, receipt.stored.get("database")

        def unless(order_id: int | None) -> str:
            """A claim can run out while a save waits for its turn: the document may be another's, and saved, by then."""
            if update is not None or wish.both or order_id == earlier:
                return ""
            return f"Somebody else saved this document a moment ago, as order {order_id}. Open it again to see what they saved."

        saved = self._parts.save(
            values,
            targets,
            run_id=held.run_id,
            extraction=standing.extraction,
            update=update,
            status=status_of(standing),
            seen=seen if seen and seen.version is not None else None,
            unless=unless,
        )
        self._keep_receipt(held.run_id, by.who, saved, values)
        self._store.release(by.seat, [held.run_id])
        taught = asdict(saved.taught) if saved.taught and saved.taught.things else None
        return {"saved": saved.order_id, "run": held.run_id, "status": status_of(standing), "taught": taught}

    def undo(self, run_id: str, by: Seat) -> Json | None:
        """Take a save back, and give the walk of the document again. Raises StudioError where the record was changed since."""
        edits, _ = self.edits(run_id)
        if edits.receipt is not None:
            self._parts.undo(edits.receipt)
            self._keep_receipt(run_id, by.who, None, None)
        return self.open(run_id, by)

    def unlearn(self, run_id: str, by: Seat) -> Json:
        """Take back what the save of a run taught; ``unlearnt`` says whether that could be done."""
        done = self._parts.unlearn(run_id)
        edits, _ = self.edits(run_id)
        if edits.receipt is not None:
            self._keep_receipt(run_id, by.who, replace(edits.receipt, taught=None), edits.saved)
        return {"unlearnt": done}

    def reject(self, run_id: str, by: Seat, reason: str, time: Mapping[str, Any]) -> Json:
        """Take a document out of the queue as one that is no record, with a reason; ``{"taken": who}`` where somebody else has it."""
        if taken := self._taken(run_id, by):
            return taken
        self._parts.reject(run_id, reason)
        self._note(run_id, by, None, time)
        self._store.release(by.seat, [run_id])
        return {"rejected": run_id}

    def _asked(self, duplicate: Duplicate, standing: Reviewed) -> Json:
        about: Json = {"order": duplicate.order_id, "sentence": describe_duplicate(duplicate), "version": None}
        try:
            record = self._parts.record(duplicate.order_id)
        except RecordMissing:  # a workbook alone has it
            return about | {"differs": []}
        found = differences(record.values, standing.extraction.values)
        return about | {"version": record.version, "differs": [list(each) for each in found[:_MOST_DIFFERENCES]]}

    def _keep_receipt(self, run_id: str, who: str, receipt: SaveReceipt | None, values: BaseModel | None) -> None:
        for _ in range(_TRIES):
            edits, version = self.edits(run_id)
            edits.receipt, edits.saved = receipt, values
            if self._store.keep_edits(run_id, edits.to_json(), version, who):
                return

    def _note(self, run_id: str, by: Seat, standing: Reviewed | None, told: Mapping[str, Any]) -> float:
        """Keep how the review went; gives its seconds."""
        seconds = _number(told, "seconds")
        outcome: Outcome = "saved" if standing else "rejected"
        review = ReviewTime(
            str(told.get("id") or uuid.uuid4().hex)[:64],
            run_id,
            by.who,
            datetime.now(UTC) - timedelta(seconds=seconds),
            _number(told, "first_look"),
            seconds,
            int(_number(told, "keys")),
            int(_number(told, "clicks")),
            int(_number(told, "looks")),
            len(standing.was) if standing else 0,
            outcome,
        )
        self._store.note(review)
        return seconds

    # --- what is at hand -------------------------------------------------------------------------------------------

    def _held(self, run_id: str) -> _Held | None:
        extraction = self._reading(run_id)
        return _Held(run_id, extraction, *self.edits(run_id)) if extraction else None

    def _told(self, held: _Held) -> Json:
        standing, errors = self._parts.stand(held.extraction, held.edits)
        receipt = held.edits.receipt
        return {
            "run": held.run_id,
            "version": held.version,
            "head": head_of(standing.extraction),
            "order": receipt.order_id if receipt else None,
            "clashes": [asdict(clash) for clash in held.clashes],
            **walk_of(held.extraction, held.edits, standing, errors),
        }

    def _reading(self, run_id: str) -> Extraction | None:
        """What a run gave: it never changes, and reading a long one from disk takes a while."""
        with self._lock:
            found = self._readings.pop(run_id, None)
        if found is None:
            found = self._parts.extraction(run_id)
        if found is not None:
            with self._lock:
                self._readings[run_id] = found
                while len(self._readings) > _REMEMBERED:
                    del self._readings[next(iter(self._readings))]
        return found


def _why_not(standing: Reviewed, errors: Mapping[str, str], wish: Wish) -> Json | None:
    """Why a document cannot be saved as it stands, and at which field."""
    now = standing.extraction
    if errors:
        names = ", ".join(now.type.title_of(path) for path in errors)
        return {"stopped": f"Not saved yet: correct {names} first.", "at": next(iter(errors))}
    if now.values == now.type.model():
        return {"stopped": "Not saved: there is no value to save.", "at": now.type.header[0].name}
    open_ones = stops(now)
    if open_ones and not wish.anyway:
        told = f"{len(open_ones)} question{'s are' if len(open_ones) > 1 else ' is'} open"
        return {
            "stopped": f"{told}: Ctrl+Enter once more saves it as “needs review”.",
            "at": open_ones[0].path,
            "anyway": True,
        }
    return None


def _of_orders(found: Sequence[Duplicate]) -> list[Duplicate]:
    """One for each order."""
    return list({duplicate.order_id: duplicate for duplicate in reversed(found)}.values())


def _parsed(parse: Callable[[str, str, Extraction], object], extraction: Extraction, path: str, text: str) -> object:
    return parse(path, text, extraction)


def _number(told: Mapping[str, Any], name: str) -> float:
    """A number that a browser says: none below 0, and no more than a day has seconds."""
    try:
        return min(max(float(told.get(name, 0)), 0.0), 86_400.0)
    except (TypeError, ValueError):
        return 0.0
