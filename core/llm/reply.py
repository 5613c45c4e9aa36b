"""A model's reply to typed values: what leaves the schema is refused, in words that the model can mend it by."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic_core import from_json

from core.errors import ReplyInvalid
from core.llm.provider import RESTART
from core.llm.schema import Reading
from core.models import FieldInfo, Invoice, fields_of, item_fields
from core.notation import Notation, usual_notation
from core.notation.typed import parse_value

#: The most errors of one reply that are told: a model mends the others by itself, a person reads no more.
_MOST_ERRORS = 8
#: Values longer than this are no values of an invoice.
_LONGEST = 2000
#: So many places of a text are tried for where its JSON object begins.
_MOST_TRIES = 200
_PLAIN_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_LANGUAGE = re.compile(r"[a-z]{2}")
#: The notation of a document, given its language.
NotationOf = Callable[[str | None], Notation]
_TYPED = ("money", "quantity", "date", "currency")


class Read(NamedTuple):
    """A reply that can be used, and a sentence for each liberty that was taken with it."""

    reading: Reading
    notes: tuple[str, ...] = ()


def read_reply(text: str, tolerant: bool = False, notation: NotationOf = usual_notation) -> Read:
    """The values of a reply. With ``tolerant`` (a model without a JSON mode) the one JSON object in it is taken out of the
    words around it. Values in another notation (``1.234,50``) are read in that of the document, which ``notation`` gives for the
    language that the model names. Raises ReplyInvalid with what is wrong."""
    data, notes = parse_object(text, tolerant)
    language = data.get("language")
    language = language.strip().lower()[:2] if isinstance(language, str) else None
    data = {**data, "language": language if language and _LANGUAGE.fullmatch(language) else ""}
    if isinstance(data.get("invoice"), dict):
        data["invoice"] = _normalised(data["invoice"], notation(language), text)
    try:
        return Read(Reading.model_validate(data), notes)
    except ValidationError as error:
        raise ReplyInvalid(f"The model's reply has not the form that was asked for: {_told(error)}.", text) from error


def parse_object(text: str, tolerant: bool = False) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The JSON object that ``text`` is, numbers as Decimal. Raises ReplyInvalid."""
    try:
        found = json.loads(text, parse_float=Decimal, parse_constant=_no_number)
        notes: tuple[str, ...] = ()
    except (ValueError, RecursionError) as error:
        found = _one_object(text) if tolerant else None
        if found is None:
            raise ReplyInvalid("The model's reply is no JSON.", text) from error
        notes = ("The reply had words around its JSON, which were left out.",)
    if not isinstance(found, dict):
        raise ReplyInvalid("The model's reply is no JSON object.", text)
    return found, notes


def fields_so_far(raw: str) -> dict[str, str]:
    """The values that a reply already holds while it arrives, by path (``total_amount``, ``line_items.0.quantity``), as
    text. The value that is being written is left out until it is whole, and so is what :data:`RESTART` made void."""
    raw = raw.rpartition(RESTART)[2]
    start = raw.find("{")
    if start < 0:
        return {}
    try:
        data = from_json(raw[start:].rstrip(), allow_partial=True)
    except ValueError:
        return {}
    invoice = data.get("invoice") if isinstance(data, dict) else None
    if not isinstance(invoice, dict):
        return {}
    found = {info.name: str(invoice[info.name]) for info in fields_of(Invoice) if _is_value(invoice.get(info.name))}
    items = invoice.get("line_items")
    for index, item in enumerate(items if isinstance(items, list) else ()):
        if isinstance(item, dict):
            for info in item_fields():
                if _is_value(item.get(info.name)):
                    found[f"line_items.{index}.{info.name}"] = str(item[info.name])
    return found


def _is_value(value: Any) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool) and value != ""


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


def _one_object(text: str) -> dict[str, Any] | None:
    """The only JSON object in ``text``; ``None`` for none, or for several, of which nobody knows which is meant."""
    decoder = json.JSONDecoder(parse_float=Decimal, parse_constant=_no_number)
    found: list[dict[str, Any]] = []
    at = text.find("{")
    tries = 0
    while at >= 0 and len(found) < 2:
        tries += 1
        if tries > _MOST_TRIES:
            return None
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            end = at + 1
        else:
            found.append(value)
        at = text.find("{", end)
    return found[0] if len(found) == 1 else None


def _normalised(invoice: Mapping[str, Any], notation: Notation, raw: str) -> dict[str, Any]:
    """The values in our notation; keys that are none of ours stay, to be refused."""
    data = {**invoice, **_values(invoice, fields_of(Invoice), notation, "invoice", raw)}
    items = invoice.get("line_items")
    if items is None:
        data["line_items"] = ()
    elif isinstance(items, list):
        rows = [
            {**item, **_values(item, item_fields(), notation, f"line {number}", raw)}
            if isinstance(item, dict)
            else item
            for number, item in enumerate(items, 1)
        ]
        data["line_items"] = tuple(row for row in rows if not isinstance(row, dict) or _says_something(row))
    return data


def _says_something(row: Mapping[str, Any]) -> bool:
    return any(value is not None for value in row.values())


def _values(
    data: Mapping[str, Any], fields: tuple[FieldInfo, ...], notation: Notation, where: str, raw: str
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for info in fields:
        value = data.get(info.name)
        if isinstance(value, str):
            try:
                value = _value(info, value, notation)
            except ValueError as error:
                raise ReplyInvalid(f"The model's reply cannot be used ({where}): {error}", raw) from error
        values[info.name] = value
    return values


def _value(info: FieldInfo, text: str, notation: Notation) -> Any:
    if len(text) > _LONGEST:
        raise ValueError(f"{info.title} has {len(text)} characters, which is no value.")
    plain = text.strip()
    if plain.casefold() in ("", "null", "none", "n/a"):
        return None
    if info.kind in ("money", "quantity") and _PLAIN_NUMBER.fullmatch(plain):
        return plain
    if info.kind == "date" and _ISO_DATE.fullmatch(plain):
        return plain
    if info.kind in _TYPED:
        return parse_value(info, plain, notation)
    lines = [" ".join(line.split()) for line in plain.splitlines()]
    joined = (", " if info.kind == "address" else " ").join(line.strip(",") for line in lines if line)
    return "".join(char for char in joined if char.isprintable()) or None


def _told(error: ValidationError) -> str:
    """What pydantic found, without the values: those are the document's words."""
    sentences = []
    for detail in error.errors(include_url=False, include_input=False, include_context=False)[:_MOST_ERRORS]:
        where = ".".join(str(part) for part in detail["loc"])
        sentences.append(f"{where}: {detail['msg']}" if where else detail["msg"])
    return "; ".join(sentences)
