"""The wire of Anthropic's messages."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from contextlib import closing
from typing import Any

from core.call import Usage
from core.llm.provider import Image
from core.llm.wires.exchange import Exchange, Finish, joined
from core.llm.wires.manner import Manner
from core.llm.wires.schema import strict_schema, with_unions
from core.llm.wires.wire import LIST_TIMEOUT, Wire

#: A system prompt of at least so many characters is kept in the provider's cache: the next document reads it for a
#: tenth of the price, where writing it costs a quarter more. Shorter ones are below what the provider caches.
CACHED_FROM = 4_000
#: Fields of several types (text or null) that a schema may have.
MOST_UNIONS = 16

_FINISH: dict[str, Finish] = {
    "max_tokens": "cut off",
    "model_context_window_exceeded": "cut off",
    "refusal": "refused",
    "content_filter": "refused",
}


class AnthropicWire(Wire):
    """Anthropic, or a server that speaks its messages."""

    def _connect(self) -> Any:
        from anthropic import Anthropic, DefaultHttpxClient, Timeout

        self._timeout = Timeout
        return Anthropic(
            api_key=self.secret,
            base_url=self.endpoint.base_url,
            max_retries=0,
            http_client=DefaultHttpxClient(follow_redirects=False),
        )

    def _list_models(self) -> list[str]:
        return [model.id for model in self.client().models.list(limit=1000, timeout=LIST_TIMEOUT).data or ()]

    def _send(self, exchange: Exchange) -> None:
        body = self._body(exchange)
        messages = self.client().messages
        if not exchange.streams:
            message = messages.create(**body, timeout=self._time_for(exchange))
            with self._reading(message):
                _take_whole(message, exchange)
            return
        stream = messages.create(**body, stream=True, timeout=self._time_for(exchange))
        with closing(stream):
            exchange.request_id = stream.response.headers.get("request-id") or ""
            for event in stream:
                exchange.stop_if_abandoned()
                with self._reading(event):
                    _take_event(event, exchange)

    def _body(self, exchange: Exchange) -> dict[str, Any]:
        question, manner = exchange.question, exchange.manner
        body: dict[str, Any] = {
            "model": exchange.model,
            "max_tokens": min(question.max_output_tokens, self._capabilities(exchange.model).output),
            "messages": [
                {"role": message.role, "content": [_part(part) for part in message.parts]}
                for message in question.messages
            ],
        }
        if system := exchange.system():
            cached = {"cache_control": {"type": "ephemeral"}} if len(system) >= CACHED_FROM else {}
            body["system"] = [{"type": "text", "text": system, **cached}]
        if question.temperature is not None and manner.temperature:
            # The SDK has no such parameter any more; models from before it was taken away still do.
            body["extra_body"] = {"temperature": min(question.temperature, 1.0)}
        if question.schema is not None:
            body |= _format(question.schema, exchange.schema_name, manner)
        return body


def _take_whole(message: Any, exchange: Exchange) -> None:
    exchange.request_id = getattr(message, "_request_id", None) or message.id or ""
    exchange.usage = _usage(message.usage)
    exchange.finish = _FINISH.get(message.stop_reason, "complete")
    for block in message.content:
        if block.type == "text":
            exchange.say(block.text)
        elif block.type == "tool_use":
            exchange.take(json.dumps(block.input, ensure_ascii=False))


def _take_event(event: Any, exchange: Exchange) -> None:
    match event.type:
        case "message_start":
            exchange.usage = _usage(event.message.usage)
            exchange.request_id = exchange.request_id or event.message.id or ""
        case "content_block_delta" if event.delta.type == "text_delta":
            exchange.say(event.delta.text)
        case "content_block_delta" if event.delta.type == "input_json_delta":
            exchange.take(event.delta.partial_json)
        case "message_delta":
            if event.delta.stop_reason:
                exchange.finish = _FINISH.get(event.delta.stop_reason, "complete")
            told, so_far = _usage(event.usage), exchange.usage
            # What it leaves out was said when the message began.
            exchange.usage = Usage(
                input=told.input or so_far.input,
                output=told.output,
                cached=told.cached or so_far.cached,
                written=told.written or so_far.written,
            )


def _part(part: str | Image) -> dict[str, Any]:
    if isinstance(part, str):
        return {"type": "text", "text": joined(part)}
    data = base64.b64encode(part.data).decode()
    return {"type": "image", "source": {"type": "base64", "media_type": part.media_type, "data": data}}


def _format(schema: Mapping[str, Any], name: str, manner: Manner) -> dict[str, Any]:
    match manner.strictness:
        case "schema":
            strict = with_unions(strict_schema(schema), MOST_UNIONS)
            return {"output_config": {"format": {"type": "json_schema", "schema": strict}}}
        case "tool":
            tool = {"name": name, "description": "Give the answer.", "input_schema": strict_schema(schema)}
            return {"tools": [tool], "tool_choice": {"type": "tool", "name": name}}
        case _:
            return {}


def _usage(usage: Any) -> Usage:
    """Tokens with the cached ones among the input, which this provider counts apart."""
    cached = getattr(usage, "cache_read_input_tokens", None) or 0
    written = getattr(usage, "cache_creation_input_tokens", None) or 0
    return Usage(
        input=(usage.input_tokens or 0) + cached + written,
        output=usage.output_tokens or 0,
        cached=cached,
        written=written,
    )
