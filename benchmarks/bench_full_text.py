"""Searching 10,000 and 100,000 records, each with five lines and a page of about 1,500 characters: median milliseconds of a first page of
50 with its snippets and the count. ``--postgres URL URL`` asks two empty databases of PostgreSQL in place of SQLite."""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from sqlalchemy import insert

from benchmarks.bench_storage import Figures, median_ms, order, print_growth, save_new
from core.extraction import PageRef
from core.stores.records import Record, RecordQuery
from storage.database import Database, open_database
from storage.orders import SqlOrders
from storage.tables import RUN_TEXT

COUNTS = (10_000, 100_000)
_BATCH = 1000
_SYLLABLES = "ba be bo da de do ka ke ko la le lo ma me mo na ne no ra re ro sa se so ta te to wä wö wü zä zö".split()
_CHANCE = random.Random(5)
#: As in a language, few words are frequent and most are rare.
_WORDS = ["".join(_CHANCE.choices(_SYLLABLES, k=_CHANCE.randint(2, 4))) for _ in range(30_000)]
_OFTEN = [1 / (place + 1) for place in range(len(_WORDS))]


def page(chance: random.Random, number: int) -> str:
    """About 1,500 characters of a page that says its own number, too."""
    words = chance.choices(_WORDS, weights=_OFTEN, k=200)
    return " ".join([*words[:100], f"Beleg{number:06d}", *words[100:]])


def records(count: int) -> Iterator[Record]:
    """The first ``count`` records, each of a run of its own."""
    for number in range(1, count + 1):
        yield replace(order(number), run_id=f"r{number}", pages=(PageRef(1),))


def fill(database: Database, count: int) -> None:
    """Write the runs' texts and the records."""
    chance = random.Random(count)
    for first in range(1, count + 1, _BATCH):
        rows = [{"run_id": f"r{number}", "text": page(chance, number)} for number in range(first, first + _BATCH)]
        with database.write() as connection:
            connection.execute(insert(RUN_TEXT), rows)
    SqlOrders(database).add_all(records(count))


def figures(database: Database, count: int) -> Figures:
    """Times of a first page, in milliseconds."""
    store = SqlOrders(database)
    middle = count // 2 + 1
    queries = {
        "number of one": RecordQuery(text=f"inv-{middle:06d}"),
        "a page's word of one": RecordQuery(text=f"beleg{middle:06d}"),
        "a page's word, being typed": RecordQuery(text="bel"),
        "the most frequent word": RecordQuery(text=_WORDS[0]),
        "the same, by amount": RecordQuery(text=_WORDS[0], sort="total_amount"),
        "a rarer word": RecordQuery(text=_WORDS[2000]),
        "two words": RecordQuery(text=f"{_WORDS[3]} {_WORDS[40]}"),
        "a phrase of two": RecordQuery(text=f'"{_WORDS[0]} {_WORDS[1]}"'),
        "a word of lines": RecordQuery(text="item 17"),
        "two letters": RecordQuery(text=_WORDS[0][:2]),
        "no match": RecordQuery(text="qwertz"),
    }
    found = {name: median_ms(lambda query=query: store.search(query)) for name, query in queries.items()}
    return found | {"save a new record": median_ms(save_new(store.add, count))}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--postgres", nargs=2, metavar="URL")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        urls = given.postgres or [f"sqlite:///{Path(folder) / f'{count}.db'}" for count in COUNTS]
        found = []
        for url, count in zip(urls, COUNTS, strict=True):
            database, began = open_database(url), time.perf_counter()
            fill(database, count)
            print(f"{count:,} records written in {time.perf_counter() - began:.0f} s")
            found.append(figures(database, count))
            database.close()
        print_growth(found[0], found[1], COUNTS)


if __name__ == "__main__":
    main()
