"""A second opinion: whether another reader of the same pages agrees with each value. Another model reads the document anew;
the same model is asked of each value whether it is right, which it judges better than it reads twice."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.errors import ReplyInvalid
from core.evaluation.assignment import pair
from core.extraction import Finding, Provenance
from core.invoice.document_type import INVOICE, LINE_ITEMS, item_path
from core.invoice.model import Invoice
from core.llm.messages import Part, fenced, guard
from core.llm.provider import Image, Message, Question
from core.llm.reply import parse_object
from core.llm.schema import schema_of
from core.notation import Notation, usual_notation
from core.notation.sameness import is_empty, is_right
from core.notation.typed import parse_value
from core.redaction import Masker
from core.schema.fields import FieldInfo

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
    invoice: Invoice, part: Part, temperature: float | None, output: int, masker: Masker | None = None
) -> Question:
    """The question whether the values of ``invoice`` stand in a part of the document. Empty header fields are asked about
    too: a value that was overlooked is as bad as a wrong one. What ``masker`` hides on the pages is hidden in the values,
    in whatever notation."""
    body, fence = fenced(part)
    listed = [
        {"path": path, "title": info.title, "value": None if value is None else _listed(info, value, masker)}
        for path, info, value in INVOICE.walk(invoice)
        if value is not None or not path.startswith("line_items.")
    ]
    values, inner = fenced(Part((replace(part.pages[0], text=json.dumps(listed, ensure_ascii=False), picture=None),)))
    text = f"{body}\n\nThe values that were read:\n{values}"
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


def opinion_of(invoice: Invoice, verifications: Sequence[Verification], notation: Notation) -> Opinion:
    """What the judgements on the parts of a document come to: a value is right if it is in one of them."""
    values = {path: value for path, _, value in INVOICE.walk(invoice)}
    agreed: dict[str, bool] = {}
    others: dict[str, Any] = {}
    for check in (check for verification in verifications for check in verification.checks):
        if check.path not in values:
            continue
        info = INVOICE.field_of(check.path)
        other = _parsed(info, check.value, notation)
        same = check.right or (other is not None and _same(info, values[check.path], other))
        agreed[check.path] = agreed.get(check.path, False) or same
        if not same and other is not None:
            others.setdefault(check.path, other)
    findings = [_finding(path, values[path], others.get(path)) for path, same in agreed.items() if not same]
    return Opinion(
        {path: same for path, same in agreed.items() if values[path] is not None},
        tuple(finding for finding in findings if finding),
    )


def compare(ours: Invoice, theirs: Invoice) -> Opinion:
    """Where two independent readings agree: header values field by field, lines by the pairs that fit best."""
    agreed: dict[str, bool] = {}
    findings: list[Finding | None] = []
    for path, info, mine, other in _pairs(ours, theirs):
        if is_empty(mine) and is_empty(other):
            continue
        same = _same(info, mine, other)
        if not is_empty(mine):
            agreed[path] = same
        if not same:
            findings.append(_finding(path, mine, other))
    missing = len(theirs.line_items) - len(ours.line_items)
    if missing:
        sentence = (
            f"The second reader found {len(theirs.line_items)} line items, the first {len(ours.line_items)}: compare them "
            "with the page."
        )
        findings.append(Finding("opinion", "warning", sentence))
    return Opinion(agreed, tuple(finding for finding in findings if finding))


def weighed(provenance: Mapping[str, Provenance], opinion: Opinion) -> dict[str, Provenance]:
    """The reasons for values with what the second reader made of them."""
    return {path: replace(known, agreed=opinion.agreed.get(path)) for path, known in provenance.items()}


def _pairs(ours: Invoice, theirs: Invoice) -> Iterator[tuple[str, FieldInfo, Any, Any]]:
    for info in INVOICE.header:
        yield info.name, info, getattr(ours, info.name), getattr(theirs, info.name)
    alike = [
        [
            sum(_same(i, getattr(a, i.name), getattr(b, i.name)) for i in LINE_ITEMS.columns) / len(LINE_ITEMS.columns)
            for b in theirs.line_items
        ]
        for a in ours.line_items
    ]
    places = pair(alike)
    for index, item in enumerate(ours.line_items):
        other = theirs.line_items[places[index]] if index in places else None
        for info in LINE_ITEMS.columns:
            yield item_path(index, info.name), info, getattr(item, info.name), other and getattr(other, info.name)


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


def _finding(path: str, ours: Any, theirs: Any) -> Finding | None:
    """What the second reader says otherwise; nothing where neither has a value."""
    info = INVOICE.field_of(path)
    title = (
        f"Line {int(path.split('.')[1]) + 1}: {info.title.lower()}" if path.startswith("line_items.") else info.title
    )
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
