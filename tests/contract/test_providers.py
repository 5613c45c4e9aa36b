"""Every provider keeps the contract of ``core/llm/provider.py``, streaming and not: replies and all that can go wrong.

The SDKs talk to a server that plays the providers (tests/mock_models.py).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from core.call import ModelName, Usage
from core.errors import (
    Cancelled,
    KeyMissing,
    KeyRejected,
    ModelUnknown,
    ProviderError,
    ProviderFailed,
    ProviderTimeout,
    ProviderUnreachable,
    QuestionRefused,
    QuotaExhausted,
    RateLimited,
    ReplyRefused,
)
from core.llm.provider import Image, Message, Provider, Question, Reply
from core.llm.providers import providers
from core.llm.registry import build_providers
from core.settings import Defaults, ProviderSettings, Settings
from tests.mock_models import Answer, Chaos, Fault, MockModels, Step

NAMES = ("groq", "openai", "anthropic", "gemini", "local")
SCHEMA = {
    "type": "object",
    "properties": {"total": {"anyOf": [{"type": "string"}, {"type": "null"}]}},
    "required": ["total"],
    "additionalProperties": False,
}
QUESTION = Question("You read invoices.", (Message("user", ("What is the total?",)),), timeout=20)
HELD = replace(QUESTION, schema=SCHEMA)
COUNTED = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}

Asker = Callable[..., Reply]


@pytest.fixture(params=NAMES)
def provider(request: pytest.FixtureRequest, mock_models: MockModels) -> Provider:
    """Each provider, led to the server that plays it."""
    return build_providers(Settings(), Defaults())[request.param]


@pytest.fixture(params=[False, True], ids=["whole", "streaming"])
def streaming(request: pytest.FixtureRequest) -> bool:
    """Whether somebody listens to the reply."""
    return bool(request.param)


@pytest.fixture
def ask(provider: Provider, streaming: bool) -> Asker:
    """Asks the provider's default model; ``pieces`` takes what streams."""

    def ask(question: Question = QUESTION, pieces: list[str] | None = None, **more: Any) -> Reply:
        heard = pieces if pieces is not None else []
        return provider.ask(question, model_of(provider), heard.append if streaming else None, **more)

    return ask


def model_of(provider: Provider) -> str:
    """The model that the table suggests."""
    return providers()[provider.name].model


def test_a_reply_comes_with_its_text_model_and_tokens(
    provider: Provider, ask: Asker, mock_models: MockModels, streaming: bool
) -> None:
    """Streaming or not, the reply is the same; pieces put together are its text."""
    mock_models.replies("The total is 119.00 EUR, as printed.", usage=COUNTED)
    pieces: list[str] = []
    reply = ask(pieces=pieces)
    assert (reply.text, reply.finish) == ("The total is 119.00 EUR, as printed.", "complete")
    assert reply.model == ModelName(provider.name, model_of(provider))
    assert reply.usage == Usage(input=11, output=7)
    assert reply.request_id
    assert "".join(pieces) == (reply.text if streaming else "")
    assert len(pieces) > 1 or not streaming


def test_a_question_carries_prompt_text_and_picture(provider: Provider, ask: Asker, mock_models: MockModels) -> None:
    """The prompt is the system's, the text the user's; the picture goes along."""
    mock_models.replies("ok")
    picture = Image(b"\x89PNG made up", "image/png")
    ask(replace(QUESTION, messages=(Message("user", ("Read this.", picture)),)))
    system, user = mock_models.requests()[0]["body"]["messages"]
    assert system == {"role": "system", "content": "You read invoices."}
    if provider.name == "anthropic":  # the server keeps no picture of Anthropic's; see tests/llm/test_wires.py
        assert user["content"] == "Read this."
    else:
        shown = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORyBtYWRlIHVw"}}
        assert user["content"] == [{"type": "text", "text": "Read this."}, shown]


def test_a_reply_is_held_to_the_schema(provider: Provider, ask: Asker, mock_models: MockModels) -> None:
    """The strictest way that the model knows is taken, and nothing is said about it."""
    mock_models.replies('{"total": "119.00"}')
    reply = ask(HELD)
    assert json.loads(reply.text) == {"total": "119.00"}
    assert reply.notes == ()
    if provider.name != "anthropic":  # the server keeps no output_config of Anthropic's
        held = mock_models.requests()[0]["body"]["response_format"]
        assert held["type"] == "json_schema"
        assert held["json_schema"]["schema"] == SCHEMA


def test_a_refused_schema_falls_back_to_a_tool_and_says_so(ask: Asker, mock_models: MockModels) -> None:
    """The fallback is remembered: the second question does not try the schema again."""
    refusal = Fault(400, "Invalid schema: response_format / output_config is not supported.", "invalid_request_error")
    mock_models.program(refusal, Answer('{"total": "119.00"}', tool="invoice"))
    reply = ask(HELD)
    assert json.loads(reply.text) == {"total": "119.00"}
    assert reply.notes == ("The model cannot be held to a JSON schema; it was asked by a tool call.",)
    assert mock_models.requests()[1]["body"]["tools"][0]["function"]["name"] == "invoice"
    assert ask(HELD).notes == reply.notes
    assert mock_models.count() == 3


def test_a_model_without_any_format_gets_the_schema_in_words(
    provider: Provider, ask: Asker, mock_models: MockModels
) -> None:
    """Where every format is refused, the schema stands in the prompt. Anthropic has no JSON mode to try before that."""
    ways = ["json_schema", "tools"] if provider.name == "anthropic" else ["json_schema", "tools", "json_object"]
    refusals = [Fault(400, f"{way} is not supported by this model.", "invalid_request_error") for way in ways]
    mock_models.program(*refusals, '{"total": null}')
    reply = ask(HELD)
    asked = mock_models.requests()
    assert len(asked) == len(ways) + 1
    assert "Answer with one JSON object" in asked[-1]["body"]["messages"][0]["content"]
    assert reply.notes[-1].endswith("by the prompt's words alone.")


def test_a_reply_at_the_length_limit_is_marked(ask: Asker, mock_models: MockModels) -> None:
    """What came is kept; whoever asked decides."""
    mock_models.replies('{"total": "11', finish="length")
    reply = ask(HELD)
    assert (reply.finish, reply.text) == ("cut off", '{"total": "11')


FAULTS: list[tuple[str, Step, type[ProviderError]]] = [
    ("busy", Fault(429, "Slow down.", "rate_limit_error", retry_after=7), RateLimited),
    ("own fault", Fault(500, "Oops."), ProviderFailed),
    ("overloaded", Fault(529, "Overloaded.", "overloaded_error"), ProviderFailed),
    ("dropped", Chaos("disconnect"), ProviderUnreachable),
    ("wrong key", Fault(401, "Incorrect API key provided.", "authentication_error", "invalid_api_key"), KeyRejected),
    ("forbidden", Fault(403, "Your organisation may not.", "permission_error"), KeyRejected),
    ("no credit", Fault(429, "You exceeded your current quota.", "insufficient_quota", "insufficient_quota"), QuotaExhausted),
    ("low credit", Fault(400, "Your credit balance is too low.", "invalid_request_error"), QuotaExhausted),
    ("unknown", Fault(404, "The model does not exist.", "not_found_error", "model_not_found"), ModelUnknown),
    ("gone", Fault(400, "The model has been decommissioned.", "invalid_request_error", "model_decommissioned"), ModelUnknown),
    ("too long", Fault(400, "This is over the maximum context length.", "invalid_request_error"), QuestionRefused),
    ("too large", Fault(413, "Request too large.", "request_too_large"), QuestionRefused),
    ("bad picture", Fault(400, "The image cannot be read.", "invalid_request_error"), QuestionRefused),
    ("refusal", Answer("No.", finish="content_filter"), ReplyRefused),
]  # fmt: skip


@pytest.mark.parametrize(("step", "expected"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS])
def test_what_goes_wrong_is_one_clear_error(
    step: Step, expected: type[ProviderError], provider: Provider, ask: Asker, mock_models: MockModels
) -> None:
    """The error names the provider and the model, and the SDK does not try again by itself."""
    mock_models.program(step)
    with pytest.raises(ProviderError) as caught:
        ask()
    assert type(caught.value) is expected
    assert (caught.value.provider, caught.value.model) == (provider.name, model_of(provider))
    assert provider.title in str(caught.value) or model_of(provider) in str(caught.value)
    assert mock_models.count() == 1


def test_the_wait_that_the_provider_asks_for_is_passed_on(ask: Asker, mock_models: MockModels) -> None:
    """Retry-After is the switchboard's to honour."""
    mock_models.program(Fault(429, "Slow down.", "rate_limit_error", retry_after=7))
    with pytest.raises(RateLimited) as caught:
        ask()
    assert caught.value.retry_after == 7
    assert caught.value.temporary
    assert not caught.value.billed


def test_a_body_that_is_no_json_is_the_providers_fault(ask: Asker, mock_models: MockModels) -> None:
    """It may have been billed all the same, and may go well another time."""
    mock_models.program(Chaos("malformed"))
    with pytest.raises((ProviderFailed, ProviderUnreachable)) as caught:
        ask()
    assert caught.value.temporary
    assert caught.value.billed


def test_a_provider_that_does_not_answer_in_time_is_given_up(ask: Asker, mock_models: MockModels) -> None:
    """The timeout is the question's own."""
    mock_models.replies("too late")
    mock_models.chaos(latencyMs=2000)
    with pytest.raises(ProviderTimeout) as caught:
        ask(replace(QUESTION, timeout=0.2))
    assert caught.value.billed


def test_an_unknown_model_comes_with_others_to_choose(ask: Asker, mock_models: MockModels) -> None:
    """Those that the provider names, where it can be asked."""
    mock_models.program(Fault(404, "The model does not exist.", "not_found_error", "model_not_found"))
    with pytest.raises(ModelUnknown, match=r"It offers .*gpt-4o"):
        ask()


def test_a_call_that_was_cancelled_asks_nothing(ask: Asker, mock_models: MockModels) -> None:
    """A person who stopped before it began pays nothing."""
    mock_models.replies("never seen")
    with pytest.raises(Cancelled):
        ask(cancelled=lambda: True)
    assert mock_models.count() == 0


def test_a_person_who_stops_does_not_wait_for_the_provider(ask: Asker, mock_models: MockModels) -> None:
    """Also while nothing has come yet."""
    mock_models.replies("never seen")
    mock_models.chaos(latencyMs=20_000)
    looks = iter([False, False])
    with pytest.raises(Cancelled):
        ask(cancelled=lambda: next(looks, True))


# --- streaming alone -------------------------------------------------------------------------------------------------


def test_a_stream_can_be_stopped_between_pieces(provider: Provider, mock_models: MockModels) -> None:
    """The pieces so far were shown; no more come."""
    mock_models.replies("one two three four five six", piece=4)
    pieces: list[str] = []
    with pytest.raises(Cancelled):
        provider.ask(QUESTION, model_of(provider), pieces.append, lambda: len(pieces) == 2)
    assert len(pieces) == 2


def test_a_stream_that_breaks_off_keeps_what_came(provider: Provider, mock_models: MockModels) -> None:
    """It was billed, and the raw reply shows how far it came."""
    mock_models.program(Answer("one two three four five six", piece=4, pieces=4, pause=5))
    pieces: list[str] = []
    with pytest.raises(ProviderUnreachable) as caught:
        provider.ask(QUESTION, model_of(provider), pieces.append)
    assert pieces
    assert caught.value.raw == "".join(pieces)
    assert caught.value.billed


def test_a_stream_that_never_ends_is_given_up_in_time(provider: Provider, mock_models: MockModels) -> None:
    """Each piece comes soon enough, but the whole reply does not."""
    mock_models.replies("so slow " * 40, piece=4, pause=30)
    with pytest.raises(ProviderTimeout, match=r"within 0\.5 seconds") as caught:
        provider.ask(replace(QUESTION, timeout=0.5), model_of(provider), lambda text: None)
    assert caught.value.raw.startswith("so slow")


def test_a_provider_that_cannot_stream_a_schema_sends_it_whole(provider: Provider, mock_models: MockModels) -> None:
    """The schema is worth more than seeing the reply grow."""
    refusal = Fault(400, "response_format does not support streaming", "invalid_request_error")
    mock_models.program(refusal, '{"total": "119.00"}')
    pieces: list[str] = []
    reply = provider.ask(HELD, model_of(provider), pieces.append)
    assert pieces == [reply.text] == ['{"total": "119.00"}']
    assert [bool(asked["body"].get("stream")) for asked in mock_models.requests()] == [True, False]


# --- without a call --------------------------------------------------------------------------------------------------


def test_models_come_from_the_provider(provider: Provider) -> None:
    """What it offers now, in order."""
    assert "gpt-4o" in provider.models()


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_key_is_said_before_anything_is_sent(
    name: str, mock_models: MockModels, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the names under which it is looked for. A local server needs none."""
    for key in providers()[name].keys:
        monkeypatch.delenv(key, raising=False)
    provider = build_providers(Settings(), Defaults())[name]
    if name == "local":
        assert provider.missing() == ""
        return
    assert providers()[name].keys[0] in provider.missing()
    with pytest.raises(KeyMissing, match=providers()[name].keys[0]):
        provider.ask(QUESTION, model_of(provider))
    assert mock_models.count() == 0


@pytest.mark.parametrize("name", NAMES)
def test_nobody_at_the_address_is_said(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing listens there."""
    monkeypatch.setenv(providers()[name].keys[0], "key")
    defaults = Defaults(providers={name: ProviderSettings(base_url="http://127.0.0.1:9", send_key=True)})
    provider = build_providers(Settings(), defaults)[name]
    with pytest.raises(ProviderUnreachable, match="cannot be reached") as caught:
        provider.ask(QUESTION, model_of(provider))
    assert not caught.value.billed
    with pytest.raises(ProviderUnreachable):
        provider.models()
