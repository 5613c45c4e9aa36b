"""How often the machine asks in vain: questions of the walk, those that are right, the wrong values they find, and what
is ready with something wrong.

    python -m benchmarks.bench_flags DIR ... [--cache DIR]

A question is right when a value that it names, or a member of its sum, is wrong, or when what it calls empty stands on the
page. A question about nothing that the truth scores (the lines of a receipt of which only vendor, date and total are known) is
counted apart: nobody can say whether it is right. Variants of a document are left out.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.calibration_data import Reading, read
from core.evaluation.cases import load_case
from core.review.stops import Stop, stops

#: Questions about fields that have no value.
_WITHOUT_VALUE = frozenset({"missing", "empty"})


@dataclass(slots=True)
class Flags:
    """Counts over a folder of documents."""

    documents: int = 0
    wrong: int = 0
    found: int = 0
    ready: int = 0
    ready_wrong: int = 0
    ready_critical: int = 0
    unjudged: int = 0
    asked: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)

    def add(self, reading: Reading) -> None:
        """Count one document."""
        outcome, questions = reading.outcome, stops(reading.extraction)
        wrong, missing = set(outcome.wrong), set(outcome.missing)
        self.documents += 1
        self.wrong += len(wrong)
        self.found += len(wrong & {path for stop in questions for path in _named(stop)})
        self.ready += not questions
        self.ready_wrong += not questions and bool(wrong or missing)
        self.ready_critical += not questions and bool(outcome.wrong_critical)
        scored = {*outcome.right, *outcome.missing}
        for stop in questions:
            if stop.paths and scored.isdisjoint(_named(stop)):
                self.unjudged += 1
                continue
            name = f"{stop.kind} {stop.check}".strip()
            self.asked[name] += 1
            faults = wrong | missing if stop.kind in _WITHOUT_VALUE else wrong
            self.right[name] += bool(faults.intersection(_named(stop)))


def _named(stop: Stop) -> Iterator[str]:
    yield from stop.paths
    yield from (member.path for member in stop.members if member.path)


def is_original(case_id: str, folder: Path) -> bool:
    """Whether a case is no variant of another."""
    return not load_case(folder / case_id).truth["meta"].get("variant_of")


def report(name: str, readings: Sequence[Reading]) -> None:
    """Print the counts of one folder."""
    flags = Flags()
    for reading in readings:
        flags.add(reading)
    of_values = [kind for kind in flags.asked if kind.split()[0] not in _WITHOUT_VALUE]
    asked, right = sum(flags.asked[kind] for kind in of_values), sum(flags.right[kind] for kind in of_values)
    print(f"\n{name}: {flags.documents} documents; values asked about {asked}, of them right {right}")
    print(f"questions about what the truth does not score: {flags.unjudged}")
    print(f"wrong values {flags.wrong}, found {flags.found}")
    print(f"ready {flags.ready}, with any fault {flags.ready_wrong}, with a critical one {flags.ready_critical}")
    for kind, count in flags.asked.most_common():
        print(f"  {kind:28s}{count:5d}{flags.right[kind]:5d} right")


def main() -> None:
    """Print a table a folder."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench_flags", description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="*", type=Path, metavar="DIR", help="folders of cases")
    parser.add_argument("--cache", type=Path, metavar="DIR", help="keeps the pages that were recognised")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        for folder in arguments.folders:
            readings = read([folder], arguments.cache or Path(place), forgotten=(0.0,))
            report(folder.name, [one for one in readings if is_original(one.case_id, folder)])


if __name__ == "__main__":
    main()
