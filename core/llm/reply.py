"""A model's reply to typed values: what leaves the schema is refused, in words that the model can mend it by."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic_core import from_json

from core.document_types import USUAL
from core.errors import ReplyInvalid
from core.events import RESTART
from core.extraction import Finding, too_long
from core.llm.schema import DocumentAnswer, answer_of
from core.notation import Notation, usual_notation
from core.notation.typed import parse_value
from core.schema.document_type import DocumentType, Table
from core.schema.fields import FieldInfo
from core.schema.path import row_of
from core.schema.values import MOST_DIGITS, TooLong, fitting

#: The most errors of one reply that are told: a model mends the others by itself, a person reads no more.
_MOST_ERRORS = 8
#: Values longer than this are no values of a document.
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

    reading: DocumentAnswer
    notes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    """What was left out of it."""


def read_reply(
    text: str, tolerant: bool = False, notation: NotationOf = usual_notation, kind: DocumentType = USUAL
) -> Read:
    """The values of a reply on a document of ``kind``. With ``tolerant`` (a model without a JSON mode) the one JSON object in it is taken out of the
    words around it. Values in another notation (``1.234,50``) are read in that of the document, which ``notation`` gives for the
    language that the model names. Raises ReplyInvalid with what is wrong."""
    data, notes = parse_object(text, tolerant)
    language = data.get("language")
    language = language.strip().lower()[:2] if isinstance(language, str) else None
    data = {**data, "language": language if language and _LANGUAGE.fullmatch(language) else ""}
    findings: list[Finding] = []
    if isinstance(values := data.get(kind.key), dict):
        data[kind.key] = _normalised(kind, values, notation(language), text, findings)
    try:
        return Read(answer_of(kind).model_validate(data), notes, tuple(findings))
    except ValidationError as error:
        raise ReplyInvalid(f"The model's reply has not the form that was asked for: {_told(error)}.", text) from error


def parse_object(text: str, tolerant: bool = False) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The JSON object that ``text`` is, fractions and endless numbers as Decimal. Raises ReplyInvalid."""
    try:
        found = json.loads(text, parse_float=Decimal, parse_int=_integer, parse_constant=_no_number)
        notes: tuple[str, ...] = ()
    except (ValueError, RecursionError) as error:
        found = _one_object(text) if tolerant else None
        if found is None:
            raise ReplyInvalid("The model's reply is no JSON.", text) from error
        notes = ("The reply had words around its JSON, which were left out.",)
    if not isinstance(found, dict):
        raise ReplyInvalid("The model's reply is no JSON object.", text)
    return found, notes


def fields_so_far(raw: str, kind: DocumentType = USUAL) -> dict[str, str]:
    """The values that a reply already holds while it arrives, by path, as
    text. The value that is being written is left out until it is whole, and so is what :data:`RESTART` made void."""
    raw = raw.rpartition(RESTART)[2]
    start = raw.find("{")
    if start < 0:
        return {}
    try:
        data = from_json(raw[start:].rstrip(), allow_partial=True)
    except ValueError:
        return {}
    values = data.get(kind.key) if isinstance(data, dict) else None
    if not isinstance(values, dict):
        return {}
    found = {info.name: str(values[info.name]) for info in kind.header if _is_value(values.get(info.name))}
    for table in kind.tables:
        rows = values.get(table.name)
        for index, row in enumerate(rows if isinstance(rows, list) else ()):
            cells = row if isinstance(row, dict) else {}
            shown = [info.name for info in table.columns if _is_value(cells.get(info.name))]
            found |= {table.path(index, name): str(cells[name]) for name in shown}
    return found


def _is_value(value: Any) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool) and value != ""


def _integer(digits: str) -> int | Decimal:
    """Python makes no int of thousands of digits."""
    return int(digits) if len(digits) <= MOST_DIGITS else Decimal(digits)


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


def _one_object(text: str) -> dict[str, Any] | None:
    """The only JSON object in ``text``; ``None`` for none, or for several, of which nobody knows which is meant."""
    decoder = json.JSONDecoder(parse_float=Decimal, parse_int=_integer, parse_constant=_no_number)
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


def _normalised(
    kind: DocumentType, given: Mapping[str, Any], notation: Notation, raw: str, findings: list[Finding]
) -> dict[str, Any]:
    """The values in our notation; keys that are none of ours stay, to be refused. ``findings`` takes what is left out."""

    def read(data: Mapping[str, Any], table: Table | None = None, row: int = 0) -> dict[str, Any]:
        columns = table.columns if table else kind.header
        return {**data, **_values(kind, [(info, path_of(info, table, row)) for info in columns], data, told)}

    told = _Told(notation, raw, findings)
    data = read(given)
    for table in kind.tables:
        found = given.get(table.name)
        if found is None:
            data[table.name] = ()
        elif isinstance(found, list):
            rows: list[Any] = []
            for row in found:
                cells = read(row, table, len(rows)) if isinstance(row, dict) else row
                if not isinstance(row, dict) or any(value is not None for value in cells.values()):
                    rows.append(cells)
            data[table.name] = tuple(rows)
    return data


def path_of(info: FieldInfo, table: Table | None, row: int) -> str:
    """The path of a header field, or of a column in a row of ``table``."""
    return table.path(row, info.name) if table else info.name


class _Told(NamedTuple):
    """How a reply's values are read: in a document's notation; its text, and what was left out of it."""

    notation: Notation
    raw: str
    findings: list[Finding]


def _values(
    kind: DocumentType, wanted: Sequence[tuple[FieldInfo, str]], data: Mapping[str, Any], told: _Told
) -> dict[str, Any]:
    """The values of the fields ``wanted``, each with its path."""
    values: dict[str, Any] = {}
    for info, path in wanted:
        value = data.get(info.name)
        try:
            values[info.name] = _value(info, value, told.notation)
        except TooLong:
            values[info.name] = None
            told.findings.append(too_long(kind, path, str(value)))
        except ValueError as error:
            row = row_of(path)
            where = kind.name if row is None else f"line {row + 1}"
            raise ReplyInvalid(f"The model's reply cannot be used ({where}): {error}", told.raw) from error
    return values


def _value(info: FieldInfo, value: Any, notation: Notation) -> Any:
    if info.kind in ("money", "quantity") and isinstance(value, int | Decimal):
        fitting(Decimal(value))
    return _value_of_text(info, value, notation) if isinstance(value, str) else value


def _value_of_text(info: FieldInfo, text: str, notation: Notation) -> Any:
    if len(text) > _LONGEST:
        raise ValueError(f"{info.title} has {len(text)} characters, which is no value.")
    plain = text.strip()
    if plain.casefold() in ("", "null", "none", "n/a"):
        return None
    if info.kind in ("money", "quantity") and _PLAIN_NUMBER.fullmatch(plain):
        return fitting(Decimal(plain))
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
