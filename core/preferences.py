"""The person's choices, shared by every process: one versioned row, changed in a transaction, read again when it changed."""

from __future__ import annotations

import contextlib
import copy
import json
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from core.errors import StorageError
from core.settings import Defaults
from core.stores.settings import SettingsStore

#: Seconds for which the choices are taken as they were: so soon every process uses what a person chose in another.
FRESH = 0.5

#: The choices that say what may be sent, where to, and at what cost: while one of them is unknown, no model is asked.
_GUARDS = frozenset({"budget", "redaction", "prices", "providers"})

Place = tuple[str | int, ...]
Change = Callable[[Defaults], Defaults]


@dataclass(frozen=True, slots=True)
class Trouble:
    """A kept choice that cannot be used: where it is (names from :class:`Defaults` on; empty: all of them) and why."""

    place: Place
    why: str

    @property
    def guards(self) -> bool:
        """Whether it may have held a model back: what may be sent, where to, or at what cost."""
        return not self.place or self.place[0] in _GUARDS or "redaction" in self.place

    def __str__(self) -> str:
        name = ".".join(str(part) for part in self.place) or "The settings"
        return f"{name}: {self.why}"


@dataclass(frozen=True, slots=True)
class _Known:
    """The choices as they were last read. ``kept`` is the JSON value behind them."""

    version: int
    defaults: Defaults
    troubles: tuple[Trouble, ...]
    kept: Any


class Preferences:
    """The choices of one installation. Thread-safe; several processes on one store see each other's changes."""

    def __init__(self, store: SettingsStore, former: Path | None = None) -> None:
        """``former`` is the file in which an earlier version kept them: it is taken over once, and kept beside as
        ``….taken-over``. Raises StorageError where store or file cannot be read."""
        self._store = store
        self._lock = threading.Lock()
        if former is not None and not store.version():
            self._take_over(former)
        self._known = _read(*store.load())
        self._looked = time.monotonic()

    @property
    def now(self) -> Defaults:
        """The choices that can be used; the shipped ones where none is kept or one cannot be used."""
        return self._current().defaults

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """The kept choices that cannot be used. They stay kept until they are chosen anew or :meth:`mend` drops them."""
        return self._current().troubles

    @property
    def unsure(self) -> str:
        """A sentence on why no model may be asked, where a limit cannot be read; else an empty text."""
        guards = [str(trouble) for trouble in self.troubles if trouble.guards]
        if not guards:
            return ""
        return f"No model is asked, because a limit of yours cannot be read ({'; '.join(guards)}). Put it right in Settings."

    def change(self, change: Change) -> Defaults:
        """Keep what ``change`` makes of the choices as they are now in the store, and give it. What others chose meanwhile
        stays. Raises StorageError; nothing is changed then."""

        def write(text: str | None) -> str:
            before = _read(0, text)
            if any(not trouble.place for trouble in before.troubles):
                raise StorageError("The settings that are kept cannot be read: see Settings first.")
            return _written(change(before.defaults), before)

        return self._take(*self._store.change(write))

    def put(self, **choices: Any) -> Defaults:
        """Keep these choices, each by its name in :class:`Defaults`. Raises StorageError."""
        return self.change(lambda now: now.model_copy(update=choices))

    def mend(self) -> Defaults:
        """Keep what can be used, and drop for good what cannot. Raises StorageError."""
        return self._take(*self._store.change(lambda text: _text(_read(0, text).defaults.model_dump(mode="json"))))

    def _current(self) -> _Known:
        with self._lock:
            if time.monotonic() - self._looked > FRESH:
                # A store that does not answer changes no choice: what is kept or asked through it says so itself.
                with contextlib.suppress(StorageError):
                    if self._store.version() != self._known.version:
                        self._known = _read(*self._store.load())
                self._looked = time.monotonic()
            return self._known

    def _take(self, version: int, text: str) -> Defaults:
        known = _read(version, text)
        with self._lock:
            if version >= self._known.version:
                self._known, self._looked = known, time.monotonic()
        return known.defaults

    def _take_over(self, former: Path) -> None:
        try:
            text = former.read_bytes().decode("utf-8", "replace")
        except FileNotFoundError:  # another process was quicker
            return
        except OSError as error:
            raise StorageError(
                f"The settings in {former} cannot be read ({error.strerror}): make the file readable, or move it away."
            ) from error
        self._store.change(lambda kept: text if kept is None else kept)
        with contextlib.suppress(OSError):  # the row counts from now on, wherever the file is
            former.replace(former.with_name(f"{former.name}.taken-over"))


def _read(version: int, text: str | None) -> _Known:
    """What of a kept text can be used, and what not."""
    if text is None:
        return _Known(version, Defaults(), (), {})
    try:
        kept = json.loads(text)
    except ValueError:
        return _Known(version, Defaults(), (Trouble((), "they are no JSON and cannot be read."),), {})
    if not isinstance(kept, dict):
        return _Known(version, Defaults(), (Trouble((), "they are no JSON object and cannot be read."),), {})
    defaults, troubles = _salvage(copy.deepcopy(kept))
    return _Known(version, defaults, troubles, kept)


def _salvage(data: dict[str, Any]) -> tuple[Defaults, tuple[Trouble, ...]]:
    """The choices that ``data`` validly holds, and those taken out of it. Changes ``data``."""
    troubles: list[Trouble] = []
    while True:
        try:
            return Defaults.model_validate(data), tuple(troubles)
        except ValidationError as error:
            first = error.errors()[0]
            place = _take_out(data, first["loc"])
            message = first["msg"].removeprefix("Value error, ").rstrip(".")
            troubles.append(Trouble(place, f"{message[:1].lower()}{message[1:]}."))


def _take_out(data: Any, place: Sequence[str | int]) -> Place:
    """Drop the deepest part of ``data`` on the way to ``place``; gives where it was. An item of a list is dropped with its
    list: of half a list nobody knows what it was to do."""
    way: list[str | int] = []
    holder, inner = data, data
    for part in place:
        if not isinstance(inner, dict) or part not in inner:
            break
        holder, inner = inner, inner[part]
        way.append(part)
    del holder[way[-1]]
    return tuple(way)


def _written(after: Defaults, before: _Known) -> str:
    """``after`` as text. A choice that could not be read and was not chosen anew stays as it was kept: it may be a limit."""
    data = after.model_dump(mode="json")
    was = before.defaults.model_dump(mode="json")
    for trouble in before.troubles:
        if _at(data, trouble.place) == _at(was, trouble.place):
            _put_at(data, trouble.place, _at(before.kept, trouble.place))
    return _text(data)


def _at(data: Any, place: Place) -> Any:
    for part in place:
        data = data.get(part) if isinstance(data, dict) else None
    return data


def _put_at(data: Any, place: Place, value: Any) -> None:
    for part in place[:-1]:
        data = data.setdefault(part, {})
    data[place[-1]] = value


def _text(data: Any) -> str:
    return json.dumps(data, indent=2)
