"""One door to every provider: what is tried again, who answers instead, what is billed, and what the listener hears."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from core.call import ModelName, Usage
from core.entrypoints.bootstrap import build_studio
from core.errors import (
    BudgetExceeded,
    Cancelled,
    KeyMissing,
    KeyRejected,
    LimitsUnknown,
    ModelUnknown,
    ProviderError,
    ProviderFailed,
    ProviderPaused,
    QuotaExhausted,
    RateLimited,
    ReplyRefused,
    StorageError,
)
from core.events import RESTART
from core.llm.provider import Ask, Image, Message, Question, Reply
from core.llm.switchboard import Switchboard
from core.settings import Budget, Defaults, ModelPrice, Settings
from tests.doubles.replay import Fault, ReplayProvider, always, in_turn
from tests.llm.boards import ask_of, make_board


def replay(*faults: Fault | None, name: str = "one", reply: str = '{"total": "12.00"}') -> ReplayProvider:
    """A provider whose calls have these faults, in order; later ones go well."""
    return ReplayProvider(
        always(reply),
        name,
        faults=lambda number: faults[number] if number < len(faults) else None,
        sleep=lambda seconds: None,
    )


def test_a_question_is_answered_priced_and_noted_once() -> None:
    """The call that comes back is the one that is noted, with its cost."""
    place = make_board(replay())
    reply, call = place.board.ask(ask_of("one"), note=place.books.note)
    assert reply.text == '{"total": "12.00"}'
    assert reply.model == ModelName("one", "recorded")
    assert place.books.calls == [call]
    assert call.cost == (Decimal(call.usage.input) + 10 * Decimal(call.usage.output)) / 1000
    assert (call.outcome, call.attempts) == ("ok", 1)


@pytest.mark.parametrize(
    "told",
    [
        Usage(10**20, 5),
        Usage(1_000_000_000, 5),
        Usage(12, -5),
        Usage(float("nan"), 5),  # type: ignore[arg-type]
        Usage(12, float("inf")),  # type: ignore[arg-type]
        Usage("many", 5),  # type: ignore[arg-type]
        Usage(),
    ],
)
def test_a_count_of_tokens_that_cannot_be_is_counted_by_ourselves(told: Usage) -> None:
    """A server's mistake costs neither the reply nor its place in the bill, and does not use up the budget."""
    place = make_board(
        ReplayProvider(lambda question, model: Reply("{}", told), "one"), budget=Budget(day=Decimal(5), hard=True)
    )
    reply, call = place.board.ask(ask_of("one"), note=place.books.note)
    assert (reply.text, place.books.calls) == ("{}", [call])
    assert 5 <= call.usage.input <= 50
    assert 0 < call.usage.output < 10
    place.board.ask(ask_of("one"), note=place.books.note)


def test_a_temporary_error_is_tried_again() -> None:
    """An error of the provider's own that bills nothing is in the books at no cost, with what was sent."""
    place = make_board(replay("failed"))
    _, call = place.board.ask(ask_of("one"), note=place.books.note)
    failed, answered = place.books.calls
    assert (failed.outcome, failed.cost, failed.usage) == ("ProviderFailed", Decimal(0), Usage())
    assert failed.sent == call.sent
    assert answered == call
    assert call.attempts == 2


def test_the_provider_says_when_to_come_again() -> None:
    """Retry-After is waited for, and hardly longer."""
    place = make_board(replay("rate limited"))
    place.board.ask(ask_of("one"))
    assert 1 <= sum(place.clock.slept) <= 1.5


def test_a_wait_longer_than_the_timeout_is_not_waited_for() -> None:
    """The person learns at once that the provider wants more patience than they allow."""
    place = make_board(replay("rate limited"), timeout=0.5)
    with pytest.raises(RateLimited, match="no more calls for 1 s"):
        place.board.ask(ask_of("one"))
    assert place.clock.slept == []


def test_retries_come_to_an_end() -> None:
    """The settings say how many tries there are; the last error is the one that is raised."""
    provider = replay(*["failed"] * 9)
    place = make_board(provider, retries=2)
    with pytest.raises(ProviderFailed):
        place.board.ask(ask_of("one"), note=place.books.note)
    assert provider.calls == 3
    assert [call.attempts for call in place.books.calls] == [1, 2, 3]


def test_a_broken_stream_begins_anew_and_was_billed() -> None:
    """The listener is told to forget the first half; the broken call is in the bill with a rough count."""
    place = make_board(replay("drop"))
    heard: list[str] = []
    reply, call = place.board.ask(ask_of("one"), note=place.books.note, on_text=heard.append)
    first, second = "".join(heard).split(RESTART)
    assert reply.text.startswith(first)
    assert first
    assert second == reply.text
    assert [(c.outcome, c.attempts) for c in place.books.calls] == [("ProviderUnreachable", 1), ("ok", 2)]
    assert place.books.calls[0].usage.output > 0
    assert place.books.calls[0].call_id != call.call_id


@pytest.mark.parametrize("fault", ["rate limited", "failed", "timeout", "key", "drop", "cut off", "refused"])
def test_another_provider_answers_and_the_reply_says_so(fault: Fault) -> None:
    """Whatever went wrong with the first, the second is asked, and a note names both and the reason."""
    place = make_board(replay(*[fault] * 9), replay(name="two"))
    reply, call = place.board.ask(ask_of("one", "two"), note=place.books.note)
    assert call.provider == "two"
    (note,) = reply.notes
    assert note.startswith("two:recorded answered in place of one:recorded: ")
    assert "One" in note


def test_no_provider_answers_is_one_clear_error() -> None:
    """The last error is raised, and its sentence names those before."""
    providers = (ReplayProvider(in_turn([QuotaExhausted("One has no credit left.")]), "one"), replay("key", name="two"))
    with pytest.raises(KeyRejected, match=r"Two does not accept the key\. Before that one:recorded was asked: One has"):
        make_board(*providers).board.ask(ask_of("one", "two"))


def test_a_provider_without_a_key_is_passed_over() -> None:
    """A missing key costs no call, and is named where nobody else can be asked."""

    class Keyless(ReplayProvider):
        def missing(self) -> str:
            return "Set ONE_API_KEY."

    keyless = Keyless(always("{}"), "one")
    place = make_board(keyless, replay(name="two"))
    reply, _ = place.board.ask(ask_of("one", "two"))
    assert "Set ONE_API_KEY." in reply.notes[0]
    with pytest.raises(KeyMissing, match=r"Set ONE_API_KEY\."):
        place.board.ask(ask_of("one"))
    assert place.board.missing(ModelName("one", "")) == "Set ONE_API_KEY."
    assert keyless.calls == 0


def test_an_unknown_provider_is_named_with_those_there_are() -> None:
    """A recipe of another house may name a provider that is not here."""
    with pytest.raises(ModelUnknown, match="no provider “three”: use one"):
        make_board(replay()).board.ask(ask_of("three"))


def test_a_provider_without_any_model_named_is_no_call() -> None:
    """A server of one's own has no default: the person is told to name a model."""
    provider = replay()
    place = make_board(provider)
    board = Switchboard(replace(place.board.outside, default_model=lambda name, defaults: ""))
    with pytest.raises(ModelUnknown, match="No model of One is named"):
        board.ask(ask_of("one"))
    assert provider.calls == 0


def test_a_provider_that_keeps_failing_is_left_alone_for_a_while() -> None:
    """After five failures in a row it is not asked; then one trial decides."""
    provider = replay(*["failed"] * 6)
    place = make_board(provider, retries=0)
    for _ in range(5):
        with pytest.raises(ProviderFailed):
            place.board.ask(ask_of("one"))
    with pytest.raises(ProviderPaused, match="try again in 30 s"):
        place.board.ask(ask_of("one"))
    assert provider.calls == 5
    place.clock.now += 30
    with pytest.raises(ProviderFailed):
        place.board.ask(ask_of("one"))
    with pytest.raises(ProviderPaused):
        place.board.ask(ask_of("one"))
    place.clock.now += 30
    assert place.board.ask(ask_of("one"))[1].outcome == "ok"
    assert place.board.ask(ask_of("one"))[1].outcome == "ok"


@pytest.mark.parametrize(("fault", "error"), [("rate limited", RateLimited), ("refused", ReplyRefused)])
def test_limits_and_refusals_do_not_pause_a_provider(fault: Fault, error: type[ProviderError]) -> None:
    """A provider that answers works, even if it answers no."""
    place = make_board(replay(*[fault] * 20), retries=0)
    for _ in range(20):
        with pytest.raises(error):
            place.board.ask(ask_of("one"))


def test_a_cancelled_question_is_never_asked_elsewhere() -> None:
    """What was under way is in the bill; nobody else is asked."""
    heard: list[str] = []
    two = replay(name="two")
    place = make_board(replay(reply="x" * 100), two)
    with pytest.raises(Cancelled):
        place.board.ask(
            ask_of("one", "two"), note=place.books.note, on_text=heard.append, cancelled=lambda: bool(heard)
        )
    assert [call.outcome for call in place.books.calls] == ["Cancelled"]
    assert two.calls == 0


def test_a_run_that_is_stopped_while_it_waits_stops_at_once() -> None:
    """A long Retry-After does not hold the person up."""
    provider = ReplayProvider(in_turn([RateLimited("Later.", retry_after=60.0)] * 3), "one")
    place = make_board(provider)
    with pytest.raises(Cancelled):
        place.board.ask(ask_of("one"), cancelled=lambda: len(place.clock.slept) > 2)
    assert provider.calls == 1
    assert sum(place.clock.slept) < 1


def test_what_was_sent_can_be_looked_at() -> None:
    """The question as JSON, its picture kept under its SHA-256."""
    place = make_board(replay())
    question = Question("Read.", (Message("user", ("the page", Image(b"\x89PNG", "image/png"))),), {"type": "object"})
    _, call = place.board.ask(Ask(question, (ModelName("one", ""),), prompt="invoice@2"))
    text, picture = call.sent["messages"][0]["parts"]
    assert text == {"text": "the page"}
    assert place.books.pictures[picture["image"]] == b"\x89PNG"
    assert call.sent["schema"] == {"type": "object"}
    assert call.prompt == "invoice@2"


def test_a_full_disk_does_not_lose_a_reply() -> None:
    """The picture's copy is missing then; the reply and its row of the bill are there."""

    def refuse(data: bytes) -> str:
        raise StorageError("The disk is full.")

    place = make_board(replay())
    board = Switchboard(replace(place.board.outside, keep=refuse))
    question = Question("Read.", (Message("user", (Image(b"\x89PNG", "image/png"),)),))
    reply, call = board.ask(Ask(question, (ModelName("one", ""),)), note=place.books.note)
    assert reply.text
    assert place.books.calls == [call]
    assert len(call.sent["messages"][0]["parts"][0]["image"]) == 64


def test_a_hard_budget_stops_before_the_call() -> None:
    """Nothing is asked, nobody else either, even at no cost: the person decides."""
    provider, two = replay(), replay(name="two")
    place = make_board(provider, two, budget=Budget(day=Decimal("0.10"), hard=True))
    free = ModelPrice(input=Decimal(0), output=Decimal(0))
    place.change(place.defaults[0].model_copy(update={"prices": place.defaults[0].prices | {"two:recorded": free}}))
    with pytest.raises(BudgetExceeded, match=r"may cost up to \$1\.\d\d, and \$0\.00 of today’s budget of \$0\.10"):
        place.board.ask(ask_of("one", "two"), note=place.books.note)
    assert (provider.calls, two.calls, place.books.calls) == (0, 0, [])


def test_an_estimate_needs_no_provider() -> None:
    """Tokens and cost of a question, before it is asked; no cost where no price is known."""
    place = make_board(replay())
    estimate = place.board.estimate(ask_of("one"))
    assert estimate.cost
    assert 5 < estimate.usage.input < 40
    unpriced = Ask(ask_of("one").question, (ModelName("one", "other"),))
    assert place.board.estimate(unpriced).cost is None


def test_new_settings_hold_from_the_next_call() -> None:
    """Providers are built again when the person's choices change, and only then."""
    place = make_board(replay())
    first = place.board.providers()
    assert place.board.providers() is first
    place.change(Defaults())
    assert place.board.providers() is not first


def test_a_key_that_is_put_beside_a_running_studio_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In ``.env`` or in Streamlit's secrets, without a restart and without a change in Settings; and another in its place."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("GROQ_API_KEY", raising=False)
    models = build_studio(Settings(data_dir=tmp_path / "data")).models
    assert models.missing(ModelName("groq", ""))
    (tmp_path / ".env").write_text("GROQ_API_KEY=gsk-one\n", encoding="utf-8")
    assert models.missing(ModelName("groq", "")) == ""
    (tmp_path / ".env").unlink()
    assert models.missing(ModelName("groq", ""))
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "secrets.toml").write_text('GROQ_API_KEY = "gsk-two"\n', encoding="utf-8")
    assert models.missing(ModelName("groq", "")) == ""


def test_the_persons_model_comes_before_the_tables() -> None:
    """An empty model name stands for what the settings name, else for what ships."""
    place = make_board(replay(), model="mine")
    assert place.board.default_model("one") == "mine"
    assert make_board(replay()).board.default_model("one") == "recorded"
    assert Defaults().prices == {}


def test_nothing_is_asked_while_the_limits_are_unknown() -> None:
    """A kept budget that cannot be read may have forbidden the call."""
    provider = ReplayProvider(always("{}"), "one")
    place = make_board(provider)
    place.board.outside = replace(place.board.outside, unsure=lambda: "No model is asked: put it right.")
    with pytest.raises(LimitsUnknown, match="put it right"):
        place.board.ask(ask_of("one"), note=place.books.note)
    assert (provider.calls, place.books.calls) == (0, [])
    assert "put it right" in place.board.missing(ModelName("one", ""))
