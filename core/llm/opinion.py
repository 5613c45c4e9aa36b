"""A second opinion: whether another reader of the same pages agrees with each value. Another model reads the document anew;
the same model is asked of each value whether it is right, which it judges better than it reads twice."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.document_types import type_of
from core.errors import ReplyInvalid
from core.evaluation.assignment import pair
from core.extraction import Finding, Provenance
from core.llm.messages import Part, fenced, guard
from core.llm.provider import Image, Message, Question
from core.llm.reply import parse_object
from core.llm.schema import schema_of
from core.notation import Notation, usual_notation
from core.notation.sameness import is_empty, is_right
from core.notation.typed import parse_value
from core.redaction import Masker
from core.schema.document_type import DocumentType, Table
from core.schema.fields import FieldInfo
from core.schema.path import is_cell

_ASKED = """
You check what another reader took from a business document. For each value decide whether the document says so. A value is
right if it stands there and means what its title says, in whatever notation; null is right where the document has no such
value. Where a value is wrong, give the right one as it is printed, or null where the document has none. Judge every value
that is listed, by its path, and no other.
""".strip()


class Check(BaseModel):
    """The judgement on one value."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str = Field(description="The value's path, as listed.")
    right: bool = Field(description="Whether the document says so.")
    value: str | None = Field(None, description="The right value where it is wrong, else null.")


class Verification(BaseModel):
    """All judgements."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    checks: tuple[Check, ...]


class Opinion(NamedTuple):
    """Whether the second reader agrees, by path, and a finding for each value where it does not."""

    agreed: Mapping[str, bool] = {}
    findings: tuple[Finding, ...] = ()


def ask_to_verify(
    values: BaseModel, part: Part, temperature: float | None, output: int, masker: Masker | None = None
) -> Question:
    """The question whether ``values`` stand in a part of the document. Empty header fields are asked about
    too: a value that was overlooked is as bad as a wrong one. What ``masker`` hides on the pages is hidden in the values,
    in whatever notation."""
    body, fence = fenced(part)
    listed = [
        {"path": path, "title": info.title, "value": None if value is None else _listed(info, value, masker)}
        for path, info, value in type_of(values).walk(values)
        if value is not None or not is_cell(path)
    ]
    read, inner = fenced(Part((replace(part.pages[0], text=json.dumps(listed, ensure_ascii=False), picture=None),)))
    text = f"{body}\n\nThe values that were read:\n{read}"
    content: list[str | Image] = [text]
    for page in part.pages:
        if page.picture:
            content += [f"Picture of page {page.number}:", page.picture]
    return Question(
        system="\n\n".join((_ASKED, guard(fence, part), guard(inner, Part(())))),
        messages=(Message("user", tuple(content)),),
        schema=schema_of(Verification),
        schema_name="verification",
        temperature=temperature,
        max_output_tokens=output,
    )


def _listed(info: FieldInfo, value: Any, masker: Masker | None) -> str:
    """A value as it is shown to the second reader."""

    def parse(text: str) -> str | None:
        parsed = _parsed(info, text, usual_notation(None))
        return None if parsed is None else str(parsed)

    return masker.value(str(value), parse) if masker else str(value)


def read_verification(text: str, tolerant: bool = False) -> Verification:
    """The judgements in a reply. Raises ReplyInvalid."""
    data, _ = parse_object(text, tolerant)
    try:
        return Verification.model_validate(data)
    except ValidationError as error:
        raise ReplyInvalid("The reply of the second reader has not the form that was asked for.", text) from error


def opinion_of(read: BaseModel, verifications: Sequence[Verification], notation: Notation) -> Opinion:
    """What the judgements on the parts of a document come to: a value is right if it is in one of them."""
    kind = type_of(read)
    values = {path: value for path, _, value in kind.walk(read)}
    agreed: dict[str, bool] = {}
    others: dict[str, Any] = {}
    for check in (check for verification in verifications for check in verification.checks):
        if check.path not in values:
            continue
        info = kind.field_of(check.path)
        other = _parsed(info, check.value, notation)
        same = check.right or (other is not None and _same(info, values[check.path], other))
        agreed[check.path] = agreed.get(check.path, False) or same
        if not same and other is not None:
            others.setdefault(check.path, other)
    findings = [_finding(kind, path, values[path], others.get(path)) for path, same in agreed.items() if not same]
    return Opinion(
        {path: same for path, same in agreed.items() if values[path] is not None},
        tuple(finding for finding in findings if finding),
    )


def compare(ours: BaseModel, theirs: BaseModel) -> Opinion:
    """Where two independent readings agree: header values field by field, lines by the pairs that fit best."""
    kind = type_of(ours)
    agreed: dict[str, bool] = {}
    findings: list[Finding | None] = []
    for path, info, mine, other in _pairs(ours, theirs):
        if is_empty(mine) and is_empty(other):
            continue
        same = _same(info, mine, other)
        if not is_empty(mine):
            agreed[path] = same
        if not same:
            findings.append(_finding(kind, path, mine, other))
    for table in kind.tables:
        mine, other = (len(kind.rows(one, table)) for one in (ours, theirs))
        if mine != other:
            title = table.title.lower()
            sentence = f"The second reader found {other} {title}, the first {mine}: compare them with the page."
            findings.append(Finding("opinion", "warning", sentence))
    return Opinion(agreed, tuple(finding for finding in findings if finding))


def weighed(provenance: Mapping[str, Provenance], opinion: Opinion) -> dict[str, Provenance]:
    """The reasons for values with what the second reader made of them."""
    return {path: replace(known, agreed=opinion.agreed.get(path)) for path, known in provenance.items()}


def _pairs(ours: BaseModel, theirs: BaseModel) -> Iterator[tuple[str, FieldInfo, Any, Any]]:
    kind = type_of(ours)
    for info in kind.header:
        yield info.name, info, getattr(ours, info.name), getattr(theirs, info.name)
    for table in kind.tables:
        mine, others = kind.rows(ours, table), kind.rows(theirs, table)
        places = pair([[_alike(table, a, b) for b in others] for a in mine])
        for index, row in enumerate(mine):
            other = others[places[index]] if index in places else None
            for info in table.columns:
                yield table.path(index, info.name), info, getattr(row, info.name), other and getattr(other, info.name)


def _alike(table: Table, one: Any, other: Any) -> float:
    """The share of a row's cells that two readers have the same."""
    same = sum(_same(info, getattr(one, info.name), getattr(other, info.name)) for info in table.columns)
    return same / len(table.columns)


def _same(info: FieldInfo, one: Any, other: Any) -> bool:
    if is_empty(one) or is_empty(other):
        return is_empty(one) and is_empty(other)
    return is_right(info, one, other)


def _parsed(info: FieldInfo, text: str | None, notation: Notation) -> Any:
    if text is None:
        return None
    try:
        return parse_value(info, text, notation)
    except ValueError:
        return None


def _finding(kind: DocumentType, path: str, ours: Any, theirs: Any) -> Finding | None:
    """What the second reader says otherwise; nothing where neither has a value."""
    title = kind.label_of(path)
    if is_empty(theirs):
        if is_empty(ours):
            return None
        return Finding("opinion", "warning", f"{title}: the second reader does not find “{ours}”.", (path,))
    proposed = str(theirs)
    if is_empty(ours):
        return Finding("opinion", "info", f"{title}: the second reader found “{theirs}”.", (path,), proposed)
    return Finding(
        "opinion", "warning", f"{title}: “{ours}” was read, the second reader says “{theirs}”.", (path,), proposed
    )
