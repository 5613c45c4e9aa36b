"""The wire of Anthropic's messages."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from contextlib import closing
from typing import Any

from core.errors import ProviderFailed, ProviderUnreachable, ReplyRefused
from core.llm.provider import Image, ModelName, OnText, Question, Reply, Usage
from core.llm.wires.manner import Manner
from core.llm.wires.schema import strict_schema
from core.llm.wires.wire import CONNECT_TIMEOUT, Limits, Pieces, Wire, system_text

#: A system prompt of at least so many characters is kept in the provider's cache: the next document reads it for a
#: tenth of the price, where writing it costs a quarter more. Shorter ones are below what the provider caches.
CACHED_FROM = 4_000

_CUT_OFF = ("max_tokens", "model_context_window_exceeded")


class AnthropicWire(Wire):
    """Anthropic, or a server that speaks its messages."""

    def _connect(self) -> Any:
        from anthropic import Anthropic, DefaultHttpxClient

        key = self.endpoint.key
        return Anthropic(
            api_key=key.get_secret_value() if key else "none",
            base_url=self.endpoint.base_url,
            max_retries=0,
            # A redirect would carry the question, and with it the key, to an address that nobody chose.
            http_client=DefaultHttpxClient(follow_redirects=False),
        )

    def _list_models(self) -> list[str]:
        timeout = min(self.endpoint.timeout, CONNECT_TIMEOUT)
        return [model.id for model in self.client().models.list(limit=1000, timeout=timeout).data]

    def _send(self, question: Question, model: str, manner: Manner, on_text: OnText | None, limits: Limits) -> Reply:
        body = self._body(question, model, manner)
        messages = self.client().messages
        if on_text is not None and manner.streams:
            pieces = self._stream(messages, body, on_text, limits)
        else:
            pieces = self._whole(messages.create(**body, timeout=limits.seconds), limits)
            if on_text is not None:
                on_text(pieces.text)
        return self._reply(pieces, model, manner)

    def _body(self, question: Question, model: str, manner: Manner) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": model,
            "max_tokens": min(question.max_output_tokens, self._capabilities(model).output),
            "messages": [
                {"role": message.role, "content": [_part(part) for part in message.parts]}
                for message in question.messages
            ],
        }
        if system := system_text(question, manner):
            block: dict[str, Any] = {"type": "text", "text": system}
            if len(system) >= CACHED_FROM:
                block["cache_control"] = {"type": "ephemeral"}
            body["system"] = [block]
        if question.temperature is not None and manner.temperature:
            # The SDK has no such parameter any more; the models before it was taken away still do.
            body["extra_body"] = {"temperature": min(question.temperature, 1.0)}
        if question.schema is not None:
            body |= _format(question.schema, question.schema_name, manner)
        return body

    def _stream(self, messages: Any, body: Mapping[str, Any], on_text: OnText, limits: Limits) -> Pieces:
        pieces = Pieces()
        with closing(messages.create(**body, stream=True, timeout=limits.seconds)) as stream:
            pieces.request_id = stream.response.headers.get("request-id") or ""
            for event in stream:
                limits.check(pieces.text)
                _add(event, pieces, on_text)
        if not pieces.finish:
            raise ProviderUnreachable(
                f"The connection to {self.title} broke before the reply was whole.",
                self.name,
                limits.model,
                raw=pieces.text,
                billed=True,
            )
        return pieces

    def _whole(self, message: Any, limits: Limits) -> Pieces:
        content = getattr(message, "content", None)
        if content is None or getattr(message, "usage", None) is None:
            raise ProviderFailed(
                f"{self.title} sent a reply that cannot be read.",
                self.name,
                limits.model,
                raw=str(message),
                billed=True,
            )
        return Pieces(
            text="".join(_text_of(block) for block in content),
            usage=_usage(message.usage),
            finish=message.stop_reason or "",
            request_id=getattr(message, "_request_id", None) or message.id or "",
        )

    def _reply(self, pieces: Pieces, model: str, manner: Manner) -> Reply:
        if pieces.finish == "refusal":
            raise ReplyRefused(f"The model “{model}” would not answer.", self.name, model, raw=pieces.text, billed=True)
        return Reply(
            text=pieces.text,
            usage=pieces.usage,
            model=ModelName(self.name, model),
            finish="cut off" if pieces.finish in _CUT_OFF else "complete",
            request_id=pieces.request_id,
            notes=manner.notes,
        )


def _add(event: Any, pieces: Pieces, on_text: OnText) -> None:
    match event.type:
        case "message_start":
            pieces.usage = _usage(event.message.usage)
            pieces.request_id = pieces.request_id or event.message.id or ""
        case "content_block_delta" if event.delta.type in ("text_delta", "input_json_delta"):
            text = event.delta.text if event.delta.type == "text_delta" else event.delta.partial_json
            if text:
                pieces.text += text
                on_text(text)
        case "message_delta":
            pieces.finish = event.delta.stop_reason or pieces.finish
            told = _usage(event.usage)
            pieces.usage = Usage(
                input=told.input or pieces.usage.input,
                output=told.output,
                cached=told.cached or pieces.usage.cached,
                written=told.written or pieces.usage.written,
            )


def _part(part: str | Image) -> dict[str, Any]:
    if isinstance(part, str):
        return {"type": "text", "text": part}
    data = base64.b64encode(part.data).decode()
    return {"type": "image", "source": {"type": "base64", "media_type": part.media_type, "data": data}}


def _format(schema: Mapping[str, Any], name: str, manner: Manner) -> dict[str, Any]:
    match manner.strictness:
        case "schema":
            return {"output_config": {"format": {"type": "json_schema", "schema": strict_schema(schema)}}}
        case "tool":
            tool = {"name": name, "description": "Give the answer.", "input_schema": strict_schema(schema)}
            return {"tools": [tool], "tool_choice": {"type": "tool", "name": name}}
        case _:
            return {}


def _text_of(block: Any) -> str:
    if block.type == "text":
        return str(block.text)
    if block.type == "tool_use":
        return json.dumps(block.input, ensure_ascii=False)
    return ""


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
