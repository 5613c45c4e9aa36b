"""``python -m samples`` makes the shipped documents anew; ``--out DIR --count N`` makes a folder of varied cases."""

from __future__ import annotations

import argparse
from pathlib import Path

from samples.generate import write_many
from samples.shipped import write_shipped
from samples.typed import MAKERS, write_typed
from samples.vendors import write_vendors
from samples.vocabulary import LANGUAGES


def main() -> None:
    """Make documents and name them."""
    parser = argparse.ArgumentParser(prog="python -m samples", description=__doc__)
    parser.add_argument("--out", type=Path, help="make varied cases in this folder instead of the shipped ones")
    parser.add_argument("--count", type=int, default=20, help="how many (default: %(default)s)")
    parser.add_argument(
        "--vendors",
        action="store_true",
        help="with --out: several documents of each of 24 vendors, in place of varied ones",
    )
    parser.add_argument("--type", choices=MAKERS, help="with --out: documents of this type in place of invoices")
    parser.add_argument("--seed", type=int, default=0, help="another seed gives other invoices (default: %(default)s)")
    parser.add_argument("--language", action="append", choices=LANGUAGES, help="only this language (may be repeated)")
    chosen = parser.parse_args()
    if chosen.out and chosen.vendors:
        paths = write_vendors(chosen.out, seed=chosen.seed)
    elif chosen.out and chosen.type:
        languages = tuple(chosen.language or LANGUAGES)
        paths = write_typed(chosen.out, chosen.type, chosen.count, chosen.seed, languages)
    elif chosen.out:
        paths = write_many(chosen.out, chosen.count, chosen.seed, tuple(chosen.language or LANGUAGES))
    else:
        paths = write_shipped()
    for path in paths:
        print(path)


if __name__ == "__main__":
    main()
