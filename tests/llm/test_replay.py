"""Recorded replies: what was recorded comes back, to the same question only, with faults where they are wanted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from core.call import ModelName, Usage
from core.errors import KeyRejected, ModelUnknown, QuotaExhausted
from core.llm.provider import Image, Message, Question, Reply
from tests.doubles.replay import Pace, Recorder, ReplayProvider, always, at_random, in_turn, recorded

QUESTION = Question("Read.", (Message("user", ("a page", Image(b"\x89PNG", "image/png"))),), {"type": "object"})
REPLY = Reply(
    '{"total": "12,00 €"}', Usage(90, 20, 10, 5), ModelName("one", "big"), "cut off", "request-1", ("A note.",)
)


def record(folder: Path) -> None:
    """One reply, recorded."""
    provider = ReplayProvider(lambda question, model: REPLY, "one")
    assert Recorder(provider, folder).ask(QUESTION, "big") == REPLY


def test_a_recorded_reply_comes_back_whole(tmp_path: Path) -> None:
    """Text, usage, notes and all, whatever the timeout of the question; and it streams."""
    record(tmp_path)
    pieces: list[str] = []
    again = ReplayProvider(recorded(tmp_path)).ask(replace(QUESTION, timeout=3), "big", pieces.append)
    assert again == REPLY
    assert "".join(pieces) == REPLY.text


@pytest.mark.parametrize(
    ("question", "model"),
    [
        (QUESTION, "small"),
        (replace(QUESTION, system="Read well."), "big"),
        (replace(QUESTION, messages=(Message("user", ("a page", Image(b"other", "image/png"))),)), "big"),
        (replace(QUESTION, temperature=0.5), "big"),
    ],
)
def test_another_question_has_no_recorded_reply(tmp_path: Path, question: Question, model: str) -> None:
    """Nothing is made up: the error says what is missing."""
    record(tmp_path)
    with pytest.raises(ModelUnknown, match=f"no recorded reply of {model}"):
        ReplayProvider(recorded(tmp_path)).ask(question, model)


def test_a_damaged_recording_is_none(tmp_path: Path) -> None:
    """A file that was cut is as good as missing."""
    record(tmp_path)
    (path,) = tmp_path.glob("*.json")
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(ModelUnknown):
        ReplayProvider(recorded(tmp_path)).ask(QUESTION, "big")


def test_recordings_hold_no_picture(tmp_path: Path) -> None:
    """Only its SHA-256: a recording can be given away without the page."""
    record(tmp_path)
    (path,) = tmp_path.glob("*.json")
    assert "PNG" not in path.read_text(encoding="utf-8")


def test_replies_in_turn_may_be_errors() -> None:
    """A script of what happens, used up one after the other."""
    provider = ReplayProvider(in_turn(["first", QuotaExhausted("No credit."), "third"]))
    assert provider.ask(QUESTION, "m").text == "first"
    with pytest.raises(QuotaExhausted):
        provider.ask(QUESTION, "m")
    assert provider.ask(QUESTION, "m").text == "third"
    with pytest.raises(ModelUnknown):
        provider.ask(QUESTION, "m")


def test_faults_at_random_are_the_same_each_time() -> None:
    """By seed and number of the call, in the share that was asked for."""
    faults, again = at_random(0.3, 7, ["key", "slow"]), at_random(0.3, 7, ["key", "slow"])
    found = [faults(number) for number in range(2000)]
    assert found == [again(number) for number in range(2000)]
    assert sum(fault is not None for fault in found) / 2000 == pytest.approx(0.3, abs=0.04)
    assert {fault for fault in found if fault} == {"key", "slow"}


def test_a_pace_is_kept() -> None:
    """A reply takes as long as was said, a slow one longer."""
    slept: list[float] = []
    provider = ReplayProvider(
        always("{}"),
        faults=lambda number: "slow" if number else None,
        pace=Pace(reply=0.3, slow=9),
        sleep=slept.append,
    )
    for _ in range(2):
        provider.ask(QUESTION, "m")
    assert slept == [0.3, 9]


def test_a_wrong_key_costs_no_recorded_reply() -> None:
    """The fault comes before the reply is looked for."""
    with pytest.raises(KeyRejected):
        ReplayProvider(in_turn([]), faults=lambda number: "key").ask(QUESTION, "m")
