"""The wire of OpenAI's chat completions, which Groq, Gemini, Azure and local servers speak too."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from contextlib import closing
from typing import Any

from core.errors import ProviderFailed, ProviderUnreachable, ReplyRefused
from core.llm.provider import Image, ModelName, OnText, Question, Reply, Usage
from core.llm.wires.manner import Manner
from core.llm.wires.schema import strict_schema
from core.llm.wires.wire import CONNECT_TIMEOUT, Limits, Pieces, Wire, system_text

#: Sent where a server needs no key but the SDK does.
NO_KEY = "none"


class OpenAIWire(Wire):
    """Any server that speaks OpenAI's chat completions."""

    def _connect(self) -> Any:
        from openai import DefaultHttpxClient, OpenAI

        key = self.endpoint.key
        return OpenAI(
            api_key=key.get_secret_value() if key else NO_KEY,
            base_url=self.endpoint.base_url,
            max_retries=0,
            # A redirect would carry the question, and with it a key, to an address that nobody chose.
            http_client=DefaultHttpxClient(follow_redirects=False),
        )

    def _list_models(self) -> list[str]:
        # Gemini names its models “models/…” in its list and without it in a question.
        timeout = min(self.endpoint.timeout, CONNECT_TIMEOUT)
        return [model.id.removeprefix("models/") for model in self.client().models.list(timeout=timeout).data]

    def _send(self, question: Question, model: str, manner: Manner, on_text: OnText | None, limits: Limits) -> Reply:
        body = self._body(question, model, manner)
        completions = self.client().chat.completions
        if on_text is not None and manner.streams:
            pieces = self._stream(completions, body, on_text, limits)
        else:
            pieces = self._whole(completions.create(**body, timeout=limits.seconds), limits)
            if on_text is not None:
                on_text(pieces.text)
        return self._reply(pieces, model, manner)

    def _body(self, question: Question, model: str, manner: Manner) -> dict[str, Any]:
        can = self._capabilities(model)
        body: dict[str, Any] = {
            "model": model,
            "messages": _messages(question, manner),
            manner.length: min(question.max_output_tokens, can.output),
        }
        if question.temperature is not None and manner.temperature:
            body["temperature"] = question.temperature
        if question.schema is not None:
            body |= _format(question.schema, question.schema_name, manner)
        return body

    def _stream(self, completions: Any, body: Mapping[str, Any], on_text: OnText, limits: Limits) -> Pieces:
        # In the body's own words: Groq takes it, but its SDK has no such parameter.
        options = {"extra_body": {"stream_options": {"include_usage": True}}}
        pieces = Pieces()
        with closing(completions.create(**body, **options, stream=True, timeout=limits.seconds)) as stream:
            pieces.request_id = _request_id(stream.response.headers)
            for chunk in stream:
                limits.check(pieces.text)
                self._add(chunk, pieces, on_text)
        if not pieces.finish:
            raise ProviderUnreachable(
                f"The connection to {self.title} broke before the reply was whole.",
                self.name,
                limits.model,
                raw=pieces.text,
                billed=True,
            )
        return pieces

    def _add(self, chunk: Any, pieces: Pieces, on_text: OnText) -> None:
        usage = getattr(chunk, "usage", None) or getattr(getattr(chunk, "x_groq", None), "usage", None)
        if usage is not None:
            pieces.usage = _usage(usage)
        pieces.request_id = pieces.request_id or getattr(chunk, "id", None) or ""
        for choice in (chunk.choices or [])[:1]:
            delta = choice.delta
            text = (delta.content or "") + "".join(
                call.function.arguments or "" for call in (delta.tool_calls or []) if call.function
            )
            pieces.refusal += getattr(delta, "refusal", None) or ""
            pieces.finish = choice.finish_reason or pieces.finish
            if text:
                pieces.text += text
                on_text(text)

    def _whole(self, completion: Any, limits: Limits) -> Pieces:
        choices = getattr(completion, "choices", None)
        if not choices or getattr(choices[0], "message", None) is None:
            raise ProviderFailed(
                f"{self.title} sent a reply that cannot be read.",
                self.name,
                limits.model,
                raw=str(completion),
                billed=True,
            )
        message = choices[0].message
        calls = "".join(call.function.arguments or "" for call in (message.tool_calls or []) if call.function)
        return Pieces(
            text=calls or message.content or "",
            usage=_usage(completion.usage) if completion.usage else Usage(),
            finish=choices[0].finish_reason or "",
            request_id=getattr(completion, "_request_id", None) or completion.id or "",
            refusal=getattr(message, "refusal", None) or "",
        )

    def _reply(self, pieces: Pieces, model: str, manner: Manner) -> Reply:
        if pieces.refusal or pieces.finish == "content_filter":
            said = f" It says: {pieces.refusal}" if pieces.refusal else ""
            raise ReplyRefused(
                f"The model “{model}” would not answer.{said}",
                self.name,
                model,
                raw=pieces.refusal or pieces.text,
                billed=True,
            )
        return Reply(
            text=pieces.text,
            usage=pieces.usage,
            model=ModelName(self.name, model),
            finish="cut off" if pieces.finish == "length" else "complete",
            request_id=pieces.request_id,
            notes=manner.notes,
        )


class GroqWire(OpenAIWire):
    """Groq by its own SDK, whose base URL goes without ``/openai/v1``."""

    def _connect(self) -> Any:
        from groq import DefaultHttpxClient, Groq

        key = self.endpoint.key
        return Groq(
            api_key=key.get_secret_value() if key else NO_KEY,
            base_url=self.endpoint.base_url,
            max_retries=0,
            http_client=DefaultHttpxClient(follow_redirects=False),
        )


def _messages(question: Question, manner: Manner) -> list[dict[str, Any]]:
    system = system_text(question, manner)
    messages: list[dict[str, Any]] = [{"role": "system", "content": system}] if system else []
    for message in question.messages:
        texts = [part for part in message.parts if isinstance(part, str)]
        if len(texts) == len(message.parts):
            messages.append({"role": message.role, "content": "\n\n".join(texts)})
        else:
            messages.append({"role": message.role, "content": [_part(part) for part in message.parts]})
    return messages


def _part(part: str | Image) -> dict[str, Any]:
    if isinstance(part, str):
        return {"type": "text", "text": part}
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
    """Tokens as billed: a provider that counts its thinking apart still has it in the total."""
    sent = usage.prompt_tokens or 0
    details = getattr(usage, "prompt_tokens_details", None)
    return Usage(
        input=sent,
        output=max(usage.completion_tokens or 0, (usage.total_tokens or 0) - sent),
        cached=getattr(details, "cached_tokens", None) or 0,
    )


def _request_id(headers: Mapping[str, str]) -> str:
    return headers.get("x-request-id") or headers.get("request-id") or ""
