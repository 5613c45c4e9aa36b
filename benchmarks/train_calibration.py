"""Fits the weights of confidence and writes ``core/validation/calibration.toml``.

    python -m benchmarks.train_calibration [DIR ...] [--hard DIR ...] [--without-fold N] [--generated N] [--scans N]
                                           [--cache DIR] [--out FILE]

It reads the folders of cases named (document and truth each) and invoices of our own making, every one as it is and again
with a part of the labels forgotten (benchmarks/calibration_data.py says why), and fits a logistic regression with an L2
penalty. ``python -m benchmarks.bench_calibration`` judges it by cross-validation, no vendor on both sides.
Needs scikit-learn (requirements-dev.txt); the studio itself does not.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from benchmarks.calibration_data import HARD_SHARE, Reading, generate, read, weights
from core.validation.calibration import HIGHEST, Calibration
from core.validation.signs import KIND, Signs

OUT = Path(__file__).parent.parent / "core" / "validation" / "calibration.toml"
#: Inverse strength of the penalty: chosen by cross-validation among 0.05, 0.1, 0.2 and 0.5.
STRENGTH = 0.5
#: A sign that fewer values have is not weighed.
LEAST_SEEN = 8
#: These can only speak for a value, or against it: a weight of the other sign would be chance, and is left out.
FOR = ("believed", "match", "reading", "confirmed", "sums")
AGAINST = ("warnings", "errors", "finding", "elsewhere", "unlabelled", "unmatched", "negative", "big_tax")
#: What is rarely seen is taken to make a usual value right to this share, worth so many values, before any was seen.
SUPPOSED = {
    "warnings": (0.75, 20),
    "errors": (0.5, 20),
    "unmatched": (0.7, 10),
    "negative": (0.5, 20),
    "big_tax": (0.5, 10),
}
#: What no training document shows, in log-odds: invented values and second readers come with models.
ASSUMED = {"unfound": -4.5, "agreed": 1.1, "disputed": -2.1}
#: Exact values are taken to be right to this share, worth as many of them, before any was seen.
EXACT_PRIOR = {True: 0.995, False: 0.9}
EXACT_COUNTS = 20


def fit(readings: Sequence[Reading], strength: float = STRENGTH) -> Calibration:
    """The calibration that ``readings`` ask for."""
    values = [value for reading in readings for value in reading.values()]
    counts = weights(readings)
    weighed = [at for at, (_, signs, _) in enumerate(values) if not signs.exact]
    rows = [values[at][1].numbers for at in weighed]
    right = np.array([values[at][2] for at in weighed])
    usual = {name: float(np.mean([row[name] for row in rows])) for name in ("believed", "elsewhere")}
    supposed = _supposed(usual)
    matrix_rows = [*rows, *(row for row, _, _ in supposed)]
    right = np.append(right, [one for _, one, _ in supposed])
    heavy = np.array([*(counts[at] for at in weighed), *(weight for _, _, weight in supposed)])
    names = sorted({*_names(rows), *SUPPOSED})
    while True:
        model = LogisticRegression(C=strength, fit_intercept=False, max_iter=1000)
        model.fit(_matrix(matrix_rows, names), right, heavy)
        found = dict(zip(names, model.coef_[0].tolist(), strict=True))
        chance = [name for name, weight in found.items() if _is_chance(name, weight)]
        if not chance:
            return Calibration({**found, **ASSUMED}, _exact(values, True), _exact(values, False), usual)
        names = [name for name in names if name not in chance]


def _is_chance(name: str, weight: float) -> bool:
    group = name.split(":", 1)[0]
    return (group in FOR and weight < 0) or (group in AGAINST and weight > 0)


def _supposed(usual: Mapping[str, float]) -> list[tuple[dict[str, float], bool, float]]:
    """What SUPPOSED says, as values: their signs, whether they are right, and how much they count."""
    base = {"base": 1.0, **usual}
    return [
        ({**base, name: 1.0}, right, count * (share if right else 1 - share))
        for name, (share, count) in SUPPOSED.items()
        for right in (True, False)
    ]


def _names(rows: Sequence[Mapping[str, float]]) -> list[str]:
    seen = Counter(name for row in rows for name in row)
    return sorted(
        name
        for name, count in seen.items()
        if count >= LEAST_SEEN and name not in ASSUMED and not name.startswith(KIND)
    )


def _matrix(rows: Sequence[Mapping[str, float]], names: Sequence[str]) -> np.ndarray:
    return np.array([[row.get(name, 0.0) for name in names] for row in rows])


def _exact(values: Sequence[tuple[str, Signs, bool]], found: bool) -> float:
    seen = [right for _, signs, right in values if signs.exact and signs.found == found and not signs.findings]
    share = (sum(seen) + EXACT_PRIOR[found] * EXACT_COUNTS) / (len(seen) + EXACT_COUNTS)
    return min(share, HIGHEST)


def as_toml(calibration: Calibration, told: str) -> str:
    """The file's text; ``told`` says in a line what it was fitted on."""
    tables: dict[str, dict[str, float]] = {}
    for name, weight in sorted(calibration.weights.items()):
        table, _, key = name.rpartition(":")
        if abs(weight) >= 0.005:
            tables.setdefault(table, {})[key] = weight
    lines = [
        "# Weights of the signs of a value, in log-odds: see signs.py and calibration.py.",
        "# Made by python -m benchmarks.train_calibration; not to be edited by hand.",
        f"# Fitted on {told}.",
        "",
        "[exact]",
        f"found = {calibration.exact_found:.3f}",
        f"unfound = {calibration.exact_unfound:.3f}",
        "",
        "[usual]",
        *(f"{name} = {usual:.3f}" for name, usual in calibration.usual.items()),
    ]
    for table, entries in sorted(tables.items()):
        lines += ["", f"[{'.'.join(_quoted(part) for part in ['weights', *filter(None, table.split(':'))])}]"]
        lines += [f"{_quoted(key)} = {weight:.3f}" for key, weight in entries.items()]
    return "\n".join(lines) + "\n"


def _quoted(key: str) -> str:
    return (
        key
        if key.replace("_", "").isascii() and key.replace("_", "").isalnum()
        else json.dumps(key, ensure_ascii=False)
    )


def chosen_readings(arguments: argparse.Namespace) -> Iterator[Reading]:
    """The readings that the command line asks for: the folders', then our own invoices'."""
    with tempfile.TemporaryDirectory() as place:
        cache = arguments.cache or Path(place)
        folders = list(arguments.folders)
        if arguments.generated or arguments.scans:
            folders.append(generate(cache / "generated", arguments.generated, arguments.scans))
        found = [*read(folders, cache / "pages"), *read(arguments.hard, cache / "pages", share=HARD_SHARE)]
        yield from (reading for reading in found if reading.fold != arguments.without_fold)


def add_choices(parser: argparse.ArgumentParser) -> None:
    """What is read."""
    parser.add_argument("folders", nargs="*", type=Path, metavar="DIR", help="folders of cases with their truth")
    parser.add_argument("--generated", type=int, default=90, help="invoices made as PDF (default: %(default)s)")
    parser.add_argument("--scans", type=int, default=40, help="invoices made as scans (default: %(default)s)")
    parser.add_argument(
        "--hard", nargs="*", type=Path, default=[], metavar="DIR", help="folders of cases that count less"
    )
    parser.add_argument("--without-fold", type=int, metavar="N", help="leave the vendors of this fold (0 to 4) out")
    parser.add_argument("--cache", type=Path, help="a folder that keeps what was read for another time")


def main() -> None:
    """Fit and write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.train_calibration", description=__doc__.splitlines()[0])
    add_choices(parser)
    parser.add_argument("--out", type=Path, default=OUT, metavar="FILE", help="default: where the studio looks")
    arguments = parser.parse_args()
    readings = list(chosen_readings(arguments))
    documents = {(reading.vendor, reading.case_id) for reading in readings}
    values = sum(1 for reading in readings for _ in reading.values())
    vendors = len({vendor for vendor, _ in documents})
    told = f"{len(documents)} documents of {vendors} vendors: {values} values of {len(readings)} readings"
    arguments.out.write_text(as_toml(fit(readings), told), encoding="utf-8")
    print(f"{told}; written to {arguments.out}")


if __name__ == "__main__":
    main()
