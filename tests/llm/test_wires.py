"""What goes over each wire, and what comes back in a form of its own. An SDK's own client reads made-up bytes here."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import SecretStr

from core.call import ModelName, Usage
from core.errors import (
    KeyRejected,
    ModelUnknown,
    ProviderFailed,
    ProviderTimeout,
    ProviderUnreachable,
    QuestionRefused,
    QuotaExhausted,
    RateLimited,
    ReplyRefused,
)
from core.llm.capabilities import capabilities
from core.llm.provider import Image, Message, Question
from core.llm.wires.anthropic_wire import CACHED_FROM, AnthropicWire
from core.llm.wires.faults import wait_asked
from core.llm.wires.manner import Quirks
from core.llm.wires.openai_wire import GroqWire, OpenAIWire
from core.llm.wires.wire import Endpoint, Wire

QUESTION = Question("You read invoices.", (Message("user", ("Read this.",)),), timeout=5)
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"total": {"type": "string"}},
    "required": ["total"],
    "additionalProperties": False,
}
HELD = replace(QUESTION, schema=SCHEMA)
KEY = "sk-not-a-real-key"


class Line:
    """A provider at the end of a wire: gives the replies in order (a body, or a status with a body), keeps questions."""

    def __init__(self, *replies: Any) -> None:
        self.replies = list(replies)
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []

    def answer(self, request: Any, library: Any) -> Any:
        """A reply in the form of ``library`` (httpx or httpx2)."""
        self.asked.append(json.loads(request.content) if request.content else {})
        self.headers.append(dict(request.headers))
        reply = self.replies.pop(0)
        status, body = reply if isinstance(reply, tuple) else (200, reply)
        if isinstance(body, str):
            return library.Response(status, text=body, headers={"content-type": "text/event-stream"})
        return library.Response(status, json=body)


@pytest.fixture
def wire() -> Callable[..., Wire]:
    """Makes a wire of a class whose SDK talks to a Line."""

    def make(kind: type[Wire], line: Line, name: str = "", **quirks: Any) -> Wire:
        import groq
        import httpx
        import httpx2

        names = {OpenAIWire: "openai", GroqWire: "groq", AnthropicWire: "anthropic"}
        provider = name or names[kind]
        endpoint = Endpoint(provider, provider.title(), "http://provider.test", SecretStr(KEY), quirks=Quirks(**quirks))
        made = kind(endpoint, lambda model: capabilities(ModelName(provider, model)))
        client = made.client()
        library = httpx if isinstance(client, groq.Groq) else httpx2
        transport = library.MockTransport(lambda request: line.answer(request, library))
        client._client = library.Client(transport=transport, base_url=endpoint.base_url)
        return made

    return make


def completion(text: str | None = "ok", **more: Any) -> dict[str, Any]:
    """A reply of OpenAI's wire."""
    message = {"role": "assistant", "content": text} | more.pop("message", {})
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    usage = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
    return {"id": "c1", "object": "chat.completion", "created": 1, "choices": [choice], "usage": usage} | more


def message(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A reply of Anthropic's wire."""
    usage = {"input_tokens": 10, "output_tokens": 20}
    whole = {"id": "m1", "type": "message", "role": "assistant", "model": "m", "stop_reason": "end_turn"}
    return whole | {"content": blocks or ({"type": "text", "text": "ok"},), "usage": usage} | more


# --- questions -------------------------------------------------------------------------------------------------------


def test_openai_holds_a_model_to_the_schema_strictly(wire: Callable[..., Wire]) -> None:
    """With the name of the schema, no temperature for a model that has none, and at most what it can write."""
    line = Line(completion('{"total": "1"}'))
    wire(OpenAIWire, line, strict=".").ask(replace(HELD, temperature=0.0, max_output_tokens=900_000), "gpt-6.1-terra")
    held = {"name": "invoice", "schema": SCHEMA, "strict": True}
    assert line.asked[0]["response_format"] == {"type": "json_schema", "json_schema": held}
    assert "temperature" not in line.asked[0]
    assert line.asked[0]["max_completion_tokens"] == 128_000
    assert line.headers[0]["authorization"] == f"Bearer {KEY}"


def test_groq_is_strict_only_where_it_can_be(wire: Callable[..., Wire]) -> None:
    """Other models are checked by Groq after they wrote."""
    line = Line(completion("{}"), completion("{}"))
    groq = wire(GroqWire, line, strict="gpt-oss")
    groq.ask(HELD, "openai/gpt-oss-120b")
    groq.ask(HELD, "meta-llama/llama-4-scout-17b-16e-instruct")
    assert [asked["response_format"]["json_schema"]["strict"] for asked in line.asked] == [True, False]


def test_a_picture_goes_as_a_data_url_or_a_block(wire: Callable[..., Wire]) -> None:
    """Texts and pictures keep their order."""
    question = replace(QUESTION, messages=(Message("user", ("Read this.", Image(b"pixels", "image/jpeg"))),))
    one, other = Line(completion()), Line(message())
    wire(OpenAIWire, one).ask(question, "gpt-4.1")
    wire(AnthropicWire, other).ask(question, "claude-sonnet-5-5")
    url = {"type": "image_url", "image_url": {"url": "data:image/jpeg;base64,cGl4ZWxz"}}
    assert one.asked[0]["messages"][1]["content"] == [{"type": "text", "text": "Read this."}, url]
    source = {"type": "base64", "media_type": "image/jpeg", "data": "cGl4ZWxz"}
    assert other.asked[0]["messages"][0]["content"][1] == {"type": "image", "source": source}


def test_anthropic_takes_the_schema_as_output_config(wire: Callable[..., Wire]) -> None:
    """Its new models have no temperature; those before still get theirs."""
    line = Line(message(), message())
    anthropic = wire(AnthropicWire, line)
    anthropic.ask(replace(HELD, temperature=0.0), "claude-sonnet-5-5")
    anthropic.ask(replace(HELD, temperature=0.0), "claude-sonnet-4-5")
    assert line.asked[0]["output_config"] == {"format": {"type": "json_schema", "schema": SCHEMA}}
    assert "temperature" not in line.asked[0]
    assert line.asked[1]["temperature"] == 0.0
    assert KEY in line.headers[0].get("x-api-key", "") + line.headers[0].get("authorization", "")


def test_anthropic_keeps_a_long_prompt_in_its_cache(wire: Callable[..., Wire]) -> None:
    """A short one is below what is cached."""
    line = Line(message(), message())
    anthropic = wire(AnthropicWire, line)
    anthropic.ask(replace(QUESTION, system="x" * CACHED_FROM), "claude-sonnet-5-5")
    anthropic.ask(QUESTION, "claude-sonnet-5-5")
    assert line.asked[0]["system"][0]["cache_control"] == {"type": "ephemeral"}
    assert "cache_control" not in line.asked[1]["system"][0]


# --- replies ---------------------------------------------------------------------------------------------------------


def test_cached_and_thought_tokens_are_counted(wire: Callable[..., Wire]) -> None:
    """Cached ones are a part of the input; Gemini counts its thinking only in the total."""
    counted = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 150}
    line = Line(completion(usage=counted | {"prompt_tokens_details": {"cached_tokens": 64}}))
    assert wire(OpenAIWire, line, "gemini").ask(QUESTION, "gemini-3.8-flash").usage == Usage(100, 50, cached=64)
    told = {"input_tokens": 10, "output_tokens": 20, "cache_read_input_tokens": 900, "cache_creation_input_tokens": 50}
    line = Line(message(usage=told))
    usage = wire(AnthropicWire, line).ask(QUESTION, "claude-sonnet-5-5").usage
    assert usage == Usage(input=960, output=20, cached=900, written=50)


def test_groq_tells_its_tokens_in_the_last_piece(wire: Callable[..., Wire]) -> None:
    """In its own place, which is read too."""
    pieces: list[dict[str, Any]] = [
        {"id": "c1", "choices": [{"index": 0, "delta": {"content": "ok"}}]},
        {"id": "c1", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
    ]
    pieces[1]["x_groq"] = {"usage": {"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 11}}
    line = Line("".join(f"data: {json.dumps(piece)}\n\n" for piece in pieces) + "data: [DONE]\n\n")
    reply = wire(GroqWire, line).ask(QUESTION, "llama-3.1-8b-instant", lambda text: None)
    assert (reply.text, reply.usage) == ("ok", Usage(9, 2))
    assert line.asked[0]["stream_options"] == {"include_usage": True}


def test_a_refusal_keeps_its_words_and_its_tokens(wire: Callable[..., Wire]) -> None:
    """It was billed."""
    line = Line(completion(None, message={"refusal": "I may not read this."}))
    with pytest.raises(ReplyRefused, match="I may not read this") as caught:
        wire(OpenAIWire, line).ask(HELD, "gpt-4.1")
    assert caught.value.usage == Usage(100, 20)
    line = Line(message({"type": "text", "text": ""}, stop_reason="refusal"))
    with pytest.raises(ReplyRefused):
        wire(AnthropicWire, line).ask(HELD, "claude-sonnet-5-5")


def test_a_reply_that_groq_throws_out_can_still_be_mended(wire: Callable[..., Wire]) -> None:
    """Its own check sends the reply inside an error; whoever asked validates and repairs it."""
    error = {"message": "Failed to generate JSON.", "type": "invalid_request_error", "code": "json_validate_failed"}
    line = Line((400, {"error": error | {"failed_generation": '{"total": 1}'}}), (400, {"error": error}))
    groq = wire(GroqWire, line)
    reply = groq.ask(HELD, "meta-llama/llama-4-scout-17b-16e-instruct")
    assert reply.text == '{"total": 1}'
    assert "has not the schema" in reply.notes[0]
    with pytest.raises(ProviderFailed):
        groq.ask(HELD, "meta-llama/llama-4-scout-17b-16e-instruct")


def test_an_error_within_a_stream_is_the_same_error(wire: Callable[..., Wire]) -> None:
    """Anthropic's overload after the first words: to be tried again, billed, and what came is kept."""
    start = {"type": "message_start", "message": message(stop_reason=None, content=())}
    piece = {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "The total"}}
    fault = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    events = "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in (start, piece, fault))
    with pytest.raises(ProviderFailed, match="Overloaded") as caught:
        wire(AnthropicWire, Line(events)).ask(QUESTION, "claude-sonnet-5-5", lambda text: None)
    assert (caught.value.raw, caught.value.billed) == ("The total", True)
    assert caught.value.usage == Usage(10, 20)


ODD: list[Any] = [
    {},
    [],
    "just words",
    {"choices": []},
    {"choices": [None]},
    {"choices": [{"message": None}]},
    {"choices": [{"message": {"content": {"total": 1}}}]},
    {"choices": [{"message": {"content": None, "tool_calls": [{"function": {"arguments": 7}}]}}]},
    {"choices": [{"message": {"content": "ok"}}], "usage": {"prompt_tokens": "many"}},
    {"id": "m", "content": None, "usage": None},
    {"id": "m", "content": [None], "usage": {}},
    {"id": "m", "content": [{"type": "text", "text": 7}], "usage": {"input_tokens": None}},
]


@pytest.mark.parametrize("body", ODD, ids=str)
@pytest.mark.parametrize("kind", [OpenAIWire, GroqWire, AnthropicWire])
def test_an_odd_body_is_the_providers_fault(kind: type[Wire], body: Any, wire: Callable[..., Wire]) -> None:
    """Whatever a server sends with status 200, streaming or not, is one clear error."""
    with pytest.raises(ProviderFailed, match="cannot be read"):
        wire(kind, Line(body)).ask(QUESTION, "model")
    events = f"data: {json.dumps(body)}\n\nevent: message_start\ndata: {json.dumps(body)}\n\n"
    with pytest.raises((ProviderFailed, ProviderUnreachable)):
        wire(kind, Line(events)).ask(QUESTION, "model", lambda text: None)


# --- falling back ----------------------------------------------------------------------------------------------------


def test_a_refused_temperature_is_left_out(wire: Callable[..., Wire]) -> None:
    """A model that the table does not know yet."""
    refusal = {"error": {"message": "Unsupported value: 'temperature'.", "param": "temperature", "code": "x"}}
    line = Line((400, refusal), completion(), completion())
    openai = wire(OpenAIWire, line)
    openai.ask(replace(QUESTION, temperature=0.0), "new-model")
    openai.ask(replace(QUESTION, temperature=0.0), "new-model")
    assert ["temperature" in asked for asked in line.asked] == [True, False, False]


def test_the_other_name_of_the_length_limit_is_tried(wire: Callable[..., Wire]) -> None:
    """Servers know one of the two. A limit that is too high is no reason to change the name."""
    refusal = {"error": {"message": "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."}}
    line = Line((400, refusal), completion())
    wire(OpenAIWire, line, length="max_tokens").ask(QUESTION, "gpt-4.1")
    assert ["max_tokens" in asked for asked in line.asked] == [True, False]
    line = Line((400, {"error": {"message": "max_completion_tokens is too large: 9 million."}}))
    with pytest.raises(QuestionRefused):
        wire(OpenAIWire, line).ask(QUESTION, "gpt-4.1")


def test_strictness_is_given_up_before_the_schema(wire: Callable[..., Wire]) -> None:
    """A model that knows schemas, but not ``strict``."""
    refusal = {"error": {"message": "strict is not supported with response_format for this model"}}
    line = Line((400, refusal), completion('{"total": "1"}'))
    reply = wire(OpenAIWire, line, strict=".").ask(HELD, "gpt-4.1")
    assert [asked["response_format"]["json_schema"]["strict"] for asked in line.asked] == [True, False]
    assert reply.notes == ()


def test_a_refusal_that_quotes_the_document_is_not_taken_for_one_of_the_schema(wire: Callable[..., Wire]) -> None:
    """Only what the provider says itself counts, not what it was sent."""
    error = {"message": "The image cannot be read.", "input": "response_format json_schema tools"}
    with pytest.raises(QuestionRefused):
        wire(OpenAIWire, Line((400, {"error": error}))).ask(HELD, "gpt-4.1")


def test_words_beside_a_tool_call_are_not_the_reply(wire: Callable[..., Wire]) -> None:
    """A model that only speaks is taken at its word."""
    refused = (400, {"error": {"message": "json_schema is not supported"}})
    call = {"id": "t1", "type": "function", "function": {"name": "invoice", "arguments": '{"total": "1"}'}}
    said = {"id": "c1", "choices": [{"index": 0, "delta": {"content": '{"total": "2"}'}, "finish_reason": "stop"}]}
    spoken = f"data: {json.dumps(said)}\n\ndata: [DONE]\n\n"
    line = Line(refused, completion("Here it is:", message={"tool_calls": [call]}), spoken)
    openai = wire(OpenAIWire, line)
    assert openai.ask(HELD, "gpt-4.1").text == '{"total": "1"}'
    pieces: list[str] = []
    assert openai.ask(HELD, "gpt-4.1", pieces.append).text == '{"total": "2"}'
    assert pieces == ['{"total": "2"}']
    used = {"type": "tool_use", "id": "t1", "name": "invoice", "input": {"total": "1"}}
    line = Line(message({"type": "text", "text": "Here it is:"}, used, stop_reason="tool_use"))
    assert wire(AnthropicWire, line).ask(HELD, "claude-3-opus").text == '{"total": "1"}'


def test_half_a_character_stops_no_question(wire: Callable[..., Wire]) -> None:
    """Text layers hold such halves; a name for the schema may hold blanks."""
    line = Line(completion("{}"), message())
    question = replace(HELD, system="a\ud83d", messages=(Message("user", ("b\ude00", "c")),), schema_name="my paper")
    wire(OpenAIWire, line).ask(question, "gpt-4.1")
    wire(AnthropicWire, line).ask(question, "claude-sonnet-5-5")
    assert line.asked[0]["messages"][1]["content"] == "b\ufffd\n\nc"
    assert line.asked[0]["response_format"]["json_schema"]["name"] == "my_paper"


# --- errors of their own kind ----------------------------------------------------------------------------------------


def test_gemini_wraps_its_errors_in_a_list(wire: Callable[..., Wire]) -> None:
    """A wrong key comes as a bad request; a quota with a wait is only a rate."""
    wrong = [{"error": {"code": 400, "message": "API key not valid. Please pass a valid API key.", "status": "X"}}]
    with pytest.raises(KeyRejected):
        wire(OpenAIWire, Line((400, wrong)), "gemini").ask(QUESTION, "gemini-3.8-flash")
    message = "You exceeded your current quota. Please retry in 12.5s."
    busy = [{"error": {"code": 429, "message": message, "status": "RESOURCE_EXHAUSTED"}}]
    with pytest.raises(RateLimited) as caught:
        wire(OpenAIWire, Line((429, busy)), "gemini").ask(QUESTION, "gemini-3.8-flash")
    assert caught.value.retry_after == 12.5
    spent = [{"error": {"code": 429, "message": "You exceeded your current quota.", "status": "RESOURCE_EXHAUSTED"}}]
    with pytest.raises(QuotaExhausted):
        wire(OpenAIWire, Line((429, spent)), "gemini").ask(QUESTION, "gemini-3.8-flash")


@pytest.mark.parametrize(
    ("status", "words", "expected"),
    [
        (429, "Rate limit reached. Add a payment method at /account/billing to increase it.", RateLimited),
        (429, "Rate limit reached. Please try again in 1m2.5s. Upgrade at /settings/billing.", RateLimited),
        (429, "Request too large for x on tokens per min (TPM): Limit 30000, Requested 45000.", QuestionRefused),
        (400, "Your credit balance is too low to access the API.", QuotaExhausted),
        (402, "Insufficient balance.", QuotaExhausted),
        (400, "The model `x` has been decommissioned and is no longer supported.", ModelUnknown),
        (400, "x is not a valid model ID", ModelUnknown),
        (403, "Project does not have access to model x", ModelUnknown),
        (400, "This feature of the model is not available: image input", QuestionRefused),
        (400, "max_tokens is too large: 99999. This model supports at most 4096.", QuestionRefused),
        (404, "Not found", ModelUnknown),
        (408, "Request timed out", ProviderTimeout),
        (409, "Conflict", ProviderFailed),
        (503, "Unavailable", ProviderFailed),
    ],
)
def test_the_words_of_an_error_are_understood(
    status: int, words: str, expected: type[Exception], wire: Callable[..., Wire]
) -> None:
    """As providers are known to say it; an unknown model would be tried nowhere else, a busy one is."""
    body = {"error": {"message": words}}
    line = Line((status, body), {"object": "list", "data": [{"id": "gpt-9", "object": "model"}]})
    with pytest.raises(expected) as caught:
        wire(OpenAIWire, line).ask(QUESTION, "x")
    assert type(caught.value) is expected
    if "1m2.5s" in words:
        assert caught.value.retry_after == 62.5  # type: ignore[attr-defined]


def test_an_unknown_model_offers_those_that_answer_questions(wire: Callable[..., Wire]) -> None:
    """Not those that embed or speak."""
    listed = [{"id": name, "object": "model"} for name in ("whisper-1", "text-embedding-3-small", "gpt-9")]
    line = Line((404, {"error": {"message": "no"}}), {"object": "list", "data": listed})
    with pytest.raises(ModelUnknown, match=r"It offers gpt-9\."):
        wire(OpenAIWire, line).ask(QUESTION, "x")


def test_a_wait_can_be_an_http_date() -> None:
    """Or milliseconds, or seconds; nonsense is no wait."""
    now = datetime(2026, 1, 5, 8, 0, 0, tzinfo=UTC)
    assert wait_asked({"retry-after": "Mon, 05 Jan 2026 08:00:30 GMT"}, now=now) == 30
    assert wait_asked({"retry-after": "2"}) == 2
    assert wait_asked({"retry-after": "2", "retry-after-ms": "1500"}) == 1.5
    assert wait_asked({"retry-after": "soon"}) is None
    assert wait_asked({}) is None


def test_a_key_never_stands_in_an_error(wire: Callable[..., Wire]) -> None:
    """Even where a server repeats it."""
    body = {"error": {"message": f"The key {KEY} may not do this.", "type": "permission_error"}}
    with pytest.raises(KeyRejected) as caught:
        wire(OpenAIWire, Line((403, body))).ask(QUESTION, "gpt-4.1")
    assert KEY not in f"{caught.value} {caught.value.raw}"
    assert KEY not in repr(wire(OpenAIWire, Line()).endpoint)


@pytest.mark.parametrize("kind", [OpenAIWire, GroqWire, AnthropicWire])
def test_headers_of_the_environment_go_only_where_a_key_goes(kind: type[Wire], monkeypatch: pytest.MonkeyPatch) -> None:
    """They may hold a gateway's credentials; an address that somebody typed gets neither."""
    for name in ("OPENAI", "GROQ", "ANTHROPIC"):
        monkeypatch.setenv(f"{name}_CUSTOM_HEADERS", "X-Gateway: mine")
    for key, sent in ((SecretStr(KEY), True), (None, False)):
        endpoint = Endpoint("one", "One", "http://typed.test", key, needs_key=False, quirks=Quirks(account=True))
        headers = kind(endpoint, lambda model: capabilities(ModelName("one", model))).client().default_headers
        assert ("X-Gateway" in headers) is sent


def test_an_openai_account_is_told_to_openai_alone(wire: Callable[..., Wire], monkeypatch: pytest.MonkeyPatch) -> None:
    """Its SDK would tell every server."""
    monkeypatch.setenv("OPENAI_ORG_ID", "org-mine")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Gateway: mine")
    line = Line(completion(), completion())
    wire(OpenAIWire, line, account=True).ask(QUESTION, "gpt-4.1")
    wire(OpenAIWire, line, "local").ask(QUESTION, "gemma3")
    own, other = line.headers
    assert (own["openai-organization"], own["x-gateway"]) == ("org-mine", "mine")
    assert not {"openai-organization", "x-gateway"} & set(other)


def test_a_redirect_is_not_followed(wire: Callable[..., Wire]) -> None:
    """It would carry question and key to an address that nobody chose."""
    line = Line((307, {}), completion())
    with pytest.raises(ProviderUnreachable, match="another address"):
        wire(OpenAIWire, line).ask(QUESTION, "gpt-4.1")
    assert len(line.asked) == 1


def test_the_clients_as_they_are_made_follow_no_redirect() -> None:
    """And try nothing again: that is the switchboard's."""
    for kind in (OpenAIWire, GroqWire, AnthropicWire):
        client = kind(
            Endpoint("x", "X", "http://provider.test"), lambda model: capabilities(ModelName("x", "y"))
        ).client()
        assert client._client.follow_redirects is False
        assert client.max_retries == 0
