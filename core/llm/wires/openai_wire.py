"""The wire of OpenAI's chat completions, which Groq, Gemini, Azure and local servers speak too."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from contextlib import closing
from typing import Any

from core.call import Usage
from core.llm.provider import Image
from core.llm.wires.exchange import Exchange, Finish, joined
from core.llm.wires.manner import Manner
from core.llm.wires.schema import strict_schema
from core.llm.wires.wire import LIST_TIMEOUT, Wire

_FINISH: dict[str, Finish] = {"length": "cut off", "content_filter": "refused"}


class OpenAIWire(Wire):
    """Any server that speaks OpenAI's chat completions."""

    def _connect(self) -> Any:
        from openai import DefaultHttpxClient, OpenAI, Timeout, omit

        self._timeout = Timeout
        client = OpenAI(
            api_key=self.secret,
            base_url=self.endpoint.base_url,
            max_retries=0,
            http_client=DefaultHttpxClient(follow_redirects=False),
        )
        # What the environment says of an OpenAI account is nobody else's business; the SDK would send it along.
        hidden: dict[str, Any] = {"OpenAI-Organization": omit, "OpenAI-Project": omit}
        self._without_key = hidden
        if not self.endpoint.quirks.account:
            client._custom_headers = hidden
        return client

    def _list_models(self) -> list[str]:
        listed = self.client().models.list(timeout=LIST_TIMEOUT).data
        # Gemini names its models “models/…” in its list and without it in a question.
        return [model.id.removeprefix("models/") for model in listed or ()]

    def _send(self, exchange: Exchange) -> None:
        body = self._body(exchange)
        completions = self.client().chat.completions
        if not exchange.streams:
            completion = completions.create(**body, timeout=self._time_for(exchange))
            with self._reading(completion):
                _take_whole(completion, exchange)
            return
        # In the body's own words: Groq takes them, but its SDK has no such parameter.
        options = {"stream_options": {"include_usage": True}}
        stream = completions.create(**body, extra_body=options, stream=True, timeout=self._time_for(exchange))
        with closing(stream):
            exchange.request_id = _request_id(stream.response.headers)
            for chunk in stream:
                exchange.stop_if_abandoned()
                with self._reading(chunk):
                    _take_chunk(chunk, exchange)

    def _body(self, exchange: Exchange) -> dict[str, Any]:
        question, manner = exchange.question, exchange.manner
        body: dict[str, Any] = {
            "model": exchange.model,
            "messages": _messages(exchange),
            manner.length: min(question.max_output_tokens, self._capabilities(exchange.model).output),
        }
        if question.temperature is not None and manner.temperature:
            body["temperature"] = question.temperature
        if question.schema is not None:
            body |= _format(question.schema, exchange.schema_name, manner)
        return body


class GroqWire(OpenAIWire):
    """Groq by its own SDK, whose base URL goes without ``/openai/v1``."""

    def _connect(self) -> Any:
        from groq import DefaultHttpxClient, Groq, Timeout

        self._timeout = Timeout
        return Groq(
            api_key=self.secret,
            base_url=self.endpoint.base_url,
            max_retries=0,
            http_client=DefaultHttpxClient(follow_redirects=False),
        )


def _take_whole(completion: Any, exchange: Exchange) -> None:
    choice = completion.choices[0]
    message = choice.message
    exchange.request_id = getattr(completion, "_request_id", None) or completion.id or ""
    if completion.usage:
        exchange.usage = _usage(completion.usage)
    exchange.refusal = getattr(message, "refusal", None) or ""
    exchange.finish = "refused" if exchange.refusal else _FINISH.get(choice.finish_reason, "complete")
    exchange.say(message.content or "")
    exchange.take(_arguments(message.tool_calls))


def _take_chunk(chunk: Any, exchange: Exchange) -> None:
    usage = getattr(chunk, "usage", None) or getattr(getattr(chunk, "x_groq", None), "usage", None)
    if usage is not None:
        exchange.usage = _usage(usage)
    exchange.request_id = exchange.request_id or getattr(chunk, "id", None) or ""
    for choice in (getattr(chunk, "choices", None) or ())[:1]:
        delta = choice.delta
        exchange.refusal += getattr(delta, "refusal", None) or ""
        if choice.finish_reason:
            exchange.finish = "refused" if exchange.refusal else _FINISH.get(choice.finish_reason, "complete")
        if delta is not None:
            exchange.say(delta.content or "")
            exchange.take(_arguments(delta.tool_calls))


def _arguments(calls: Any) -> str:
    """The arguments of tool calls: where a tool stands for the schema, they are the reply."""
    return "".join(call.function.arguments or "" for call in calls or () if call.function)


def _messages(exchange: Exchange) -> list[dict[str, Any]]:
    system = exchange.system()
    messages: list[dict[str, Any]] = [{"role": "system", "content": system}] if system else []
    for message in exchange.question.messages:
        texts = [joined(part) for part in message.parts if isinstance(part, str)]
        # Plain text where it is only text: small local models know no other.
        plain = "\n\n".join(texts) if len(texts) == len(message.parts) else None
        messages.append({"role": message.role, "content": plain or [_part(part) for part in message.parts]})
    return messages


def _part(part: str | Image) -> dict[str, Any]:
    if isinstance(part, str):
        return {"type": "text", "text": joined(part)}
    data = base64.b64encode(part.data).decode()
    return {"type": "image_url", "image_url": {"url": f"data:{part.media_type};base64,{data}"}}


def _format(schema: Mapping[str, Any], name: str, manner: Manner) -> dict[str, Any]:
    match manner.strictness:
        case "schema":
            held = {"name": name, "schema": strict_schema(schema), "strict": manner.strict}
            return {"response_format": {"type": "json_schema", "json_schema": held}}
        case "tool":
            tool = {"name": name, "description": "Give the answer.", "parameters": strict_schema(schema)}
            return {
                "tools": [{"type": "function", "function": tool}],
                "tool_choice": {"type": "function", "function": {"name": name}},
            }
        case "json":
            return {"response_format": {"type": "json_object"}}
        case _:
            return {}


def _usage(usage: Any) -> Usage:
    """Tokens as billed: a provider that counts its thinking apart (Gemini) still has it in the total."""
    sent = usage.prompt_tokens or 0
    details = getattr(usage, "prompt_tokens_details", None)
    return Usage(
        input=sent,
        output=max(usage.completion_tokens or 0, (usage.total_tokens or 0) - sent),
        cached=getattr(details, "cached_tokens", None) or 0,
        written=getattr(details, "cache_write_tokens", None) or 0,
    )


def _request_id(headers: Mapping[str, str]) -> str:
    return headers.get("x-request-id") or headers.get("request-id") or ""
