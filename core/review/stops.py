"""The walk: the questions that stand between a reading and a record, one stop for one problem, in form order.

``stops`` is the one list that everybody asks: the form walks it, a save tells of it, the verdict is “ready” only where it
is empty. What sums or XML confirm, and what the person typed or confirmed, is no stop.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from core.extraction import Candidate, Extraction, Finding, Member
from core.models import title_of, value_at, walk
from core.review.edits import as_text
from core.review.trust import UNREAD, by_severity, is_confirmed, is_given, trust

StopKind = Literal["document", "unread", "missing", "empty", "sum", "finding", "doubt"]

#: Stops that a yes cannot answer: a value is needed.
_NEEDS_A_VALUE = frozenset({"unread", "missing"})


@dataclass(frozen=True, slots=True)
class Stop:
    """One question to the person.

    ``kind`` is ``document`` (of the whole document: ``paths`` is empty), ``unread`` (a typed text that cannot be read),
    ``missing`` (a required field has no value), ``empty`` (fields that are usually printed have none), ``sum`` (amounts that
    do not add up: ``members`` and ``difference``, see :class:`core.extraction.Finding`), ``finding`` (what another check
    says), ``doubt`` (a value that is not sure). ``paths`` are the fields it asks about, the most suspect first: the walk
    goes there. ``candidates`` is what else on the page may be the value of that first one, ``proposed`` the value that a
    check worked out for it.
    """

    kind: StopKind
    paths: tuple[str, ...]
    sentence: str
    members: tuple[Member, ...] = ()
    difference: Decimal | None = None
    candidates: tuple[Candidate, ...] = ()
    proposed: str | None = None
    check: str = ""

    @property
    def path(self) -> str | None:
        """The field where the walk goes; ``None`` for a question about the whole document."""
        return self.paths[0] if self.paths else None

    @property
    def answers(self) -> tuple[str, ...]:
        """What a yes (“looks right”, “is not on the page”) confirms: to be added to :attr:`core.review.edits.Edits.confirmed`.
        Empty where a value is needed."""
        if self.kind in _NEEDS_A_VALUE:
            return ()
        return self.paths or (f"check:{self.check}",)


def stops(extraction: Extraction) -> tuple[Stop, ...]:
    """The questions that ``extraction`` (as it now stands with the person) leaves open: the document's first, then in form
    order."""
    found = [*_of_findings(extraction)]
    named = {path for stop in found for path in stop.paths}
    found += _of_values(extraction, named)
    order = {path: place for place, (path, _, _) in enumerate(walk(extraction.invoice))}
    return tuple(sorted(found, key=lambda stop: order.get(stop.path or "", -1)))


def _of_findings(extraction: Extraction) -> Iterator[Stop]:
    """A stop for what each check objects to; of several that suspect the same field the gravest one asks."""
    asked: set[str] = set()
    for finding in by_severity([one for one in extraction.findings if one.severity != "info"]):
        first = finding.fields[0] if finding.fields else ""
        if not first:
            if finding.severity == "error":
                yield Stop("document", (), finding.message, check=finding.check)
        elif first not in asked:
            asked.add(first)
            yield _of_finding(extraction, finding)


def _of_finding(extraction: Extraction, finding: Finding) -> Stop:
    kinds: dict[str, StopKind] = {UNREAD: "unread", "required": "missing"}
    kind = kinds.get(finding.check, "sum" if finding.members else "finding")
    return Stop(
        kind,
        finding.fields,
        finding.message,
        finding.members,
        finding.difference,
        others(extraction, finding.fields[0]),
        finding.proposed,
        finding.check,
    )


def _of_values(extraction: Extraction, named: set[str]) -> Iterator[Stop]:
    """A stop for every value that is not sure and that no other stop asks about."""
    for path, info, value in walk(extraction.invoice):
        if path in named or is_confirmed(extraction, path) or is_given(extraction, path):
            continue
        if value is None and info.required:
            yield Stop("missing", (path,), f"{title_of(path)} is missing.", candidates=others(extraction, path))
        elif value is not None and trust(extraction, path).level in ("check", "doubtful"):
            sentence = f"{title_of(path)} “{as_text(value_at(extraction.invoice, path))}”: is it right?"
            yield Stop("doubt", (path,), sentence, candidates=others(extraction, path))


def others(extraction: Extraction, path: str) -> tuple[Candidate, ...]:
    """What else on the page may be the value at ``path``: its candidates without the value that now stands."""
    now = as_text(value_at(extraction.invoice, path)).casefold()
    return tuple(one for one in extraction.candidates.get(path, ()) if one.value.casefold() != now)
