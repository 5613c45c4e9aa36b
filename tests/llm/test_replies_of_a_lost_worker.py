"""What a worker was answered that was lost with its process: the next attempt of the run does not pay for it again."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from core.call import Call, ModelName, Usage
from core.errors import ReplyInvalid
from core.llm.asking import Asking
from core.llm.provider import Ask, Capabilities, Message, Question, Reply
from core.llm.replies import RunReplies
from storage.files import FileStore

MODEL = ModelName("house", "small")


class Counting:
    """Models that answer the same and count how often they are asked."""

    def __init__(self, text: str = '{"invoice_number": "R-1"}') -> None:
        self.asked = 0
        self.text = text

    def ask(self, ask: Ask, **more: Any) -> tuple[Reply, Call]:
        """Answer."""
        self.asked += 1
        usage = Usage(100, 10)
        call = Call(f"c{self.asked}", datetime.now(UTC), *MODEL, ask.purpose, usage, Decimal("0.01"), 0.5)
        more["note"](call)
        return Reply(self.text, usage, MODEL), call

    def capabilities(self, model: ModelName) -> Capabilities:
        """Enough."""
        return Capabilities()


def question(text: str = "Read this.") -> Question:
    """A question."""
    return Question("You read.", (Message("user", (text,)),))


@pytest.fixture
def files(tmp_path: Path) -> FileStore:
    """Where replies lie."""
    return FileStore(tmp_path / "files")


def attempt(models: Counting, files: FileStore, run_id: str = "r1") -> tuple[Asking, RunReplies, list[Call]]:
    """The questions of one attempt of a run, its replies, and the bill."""
    bill: list[Call] = []
    replies = RunReplies(files, run_id)
    asking = Asking(models, (MODEL,), "p@1", bill.append, lambda text: None, lambda: False, replies=replies)  # type: ignore[arg-type]
    return asking, replies, bill


def test_the_next_attempt_is_answered_from_what_was_paid_for(files: FileStore) -> None:
    """Its calls are told with the result, and stand in the bill once. Another question, or another run, is asked."""
    models = Counting()
    first, _, bill = attempt(models, files)
    read = first.ask(question(), "extract")
    second, replies, nothing = attempt(models, files)
    assert second.ask(question(), "extract") == read
    assert (models.asked, second.calls, len(bill), nothing) == (1, bill, 1, [])
    second.ask(question("Another."), "extract")
    attempt(models, files, "r2")[0].ask(question(), "extract")
    assert models.asked == 3
    replies.forget()
    attempt(models, files)[0].ask(question(), "extract")
    assert models.asked == 4


def test_within_an_attempt_the_same_question_is_asked_as_often_as_it_is_put(files: FileStore) -> None:
    """Only an attempt that was lost is gone on with."""
    models = Counting()
    asking, _, bill = attempt(models, files)
    asking.ask(question(), "extract")
    asking.ask(question(), "extract")
    assert (models.asked, len(bill)) == (2, 2)


def test_a_reply_that_cannot_be_used_is_mended_in_the_next_attempt_too(files: FileStore) -> None:
    """The first reply and its repair are both known."""
    models = Counting("no JSON at all")
    for _ in range(2):
        with pytest.raises(ReplyInvalid):
            attempt(models, files)[0].read(question())
    assert models.asked == 2


def test_what_another_version_wrote_is_asked_anew(files: FileStore) -> None:
    """It is no reason to fail."""
    models = Counting()
    attempt(models, files)[0].ask(question(), "extract")
    kept = files.load_json("replies", "r1")
    assert kept
    files.keep_json("replies", "r1", kept.replace("call_id", "gone"))
    attempt(models, files)[0].ask(question(), "extract")
    files.keep_json("replies", "r1", "[]")
    attempt(models, files)[0].ask(question(), "extract")
    assert models.asked == 3
