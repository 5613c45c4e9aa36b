"""The replies that a run was given, for another attempt of it: one whose worker was lost does not pay for the same answer twice."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from core.call import Call
from core.errors import StorageError
from core.llm.provider import Ask, Reply
from core.llm.record import describe
from core.stores.files import Files

#: Under this kind the replies of a run lie while it is under way.
REPLIES = "replies"


@dataclass(frozen=True, slots=True)
class Answered:
    """A reply, and its call as it stands in the books."""

    reply: Reply
    call: Call


_TEXT = TypeAdapter(Answered)
_ALL = TypeAdapter(dict[str, str])


class RunReplies:
    """Implements :class:`core.call.Replies` for the run ``run_id``. Thread-safe as far as a run asks one question after the other."""

    def __init__(self, files: Files, run_id: str) -> None:
        self._files = files
        self._run_id = run_id
        self._earlier: dict[str, str] | None = None
        self._all: dict[str, str] = {}

    def earlier(self, question: str) -> str | None:
        """See :meth:`core.call.Replies.earlier`."""
        return self._of_earlier().get(question)

    def keep(self, question: str, reply: str) -> None:
        """See :meth:`core.call.Replies.keep`. A full disk costs this, not the reply."""
        self._of_earlier()
        self._all[question] = reply
        try:
            self._files.keep_json(REPLIES, self._run_id, _ALL.dump_json(self._all).decode())
        except StorageError:
            return

    def forget(self) -> None:
        """See :meth:`core.call.Replies.forget`."""
        if self._all:
            self._files.forget_json(REPLIES, self._run_id)

    def _of_earlier(self) -> dict[str, str]:
        if self._earlier is None:
            kept = self._files.load_json(REPLIES, self._run_id)
            try:
                self._earlier = _ALL.validate_json(kept) if kept else {}
            except ValidationError:
                self._earlier = {}
            self._all = dict(self._earlier)
        return self._earlier


def question_of(ask: Ask) -> str:
    """A digest of a question, of what it is for, and of those whom it goes to."""
    told = describe(ask.question, lambda data: hashlib.sha256(data).hexdigest())
    return hashlib.sha256(json.dumps([told, ask.purpose, ask.route], sort_keys=True, default=str).encode()).hexdigest()


def written(reply: Reply, call: Call) -> str:
    """A reply and its call as text."""
    return _TEXT.dump_json(Answered(reply, call)).decode()


def read(text: str) -> Answered | None:
    """The same again; ``None`` where another version of the studio wrote it."""
    try:
        return _TEXT.validate_json(text)
    except ValidationError:
        return None
