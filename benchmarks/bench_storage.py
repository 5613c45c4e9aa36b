"""Saving and finding records as the stores grow: an order into a workbook of 10,000 orders and into a database of
100,000, and the first page of a listing. Every figure stands beside the same one on a small store."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from core.invoice.model import Invoice, LineItem
from core.stores.records import Record, RecordQuery
from storage.database import Database, open_database
from storage.exports import export_orders
from storage.orders import SqlOrders
from storage.workbook import Workbook

LINES = 5
ROUNDS = 5
STARTED = datetime(2024, 1, 1, tzinfo=UTC)
Figures = dict[str, float]


def order(number: int) -> Record:
    """A made-up order with five lines."""
    amount = Decimal(number * 7919 % 1_000_003) / 100
    items = tuple(
        LineItem(description=f"Position {n}, item {number % 89}", quantity=n, unit_price=amount, total_price=amount * n)
        for n in range(1, LINES + 1)
    )
    invoice = Invoice(
        invoice_number=f"INV-{number:06d}",
        invoice_date=date(2020, 1, 1) + timedelta(days=number % 2000),
        vendor_name=f"Vendor {number % 997} Société {number % 13}",
        customer_name=f"Customer {number % 1009}",
        billing_address="1 Example Street, 12345 Town",
        subtotal=amount,
        total_amount=amount,
        currency="EUR",
        line_items=items,
    )
    moment = STARTED + timedelta(seconds=number)
    return Record(invoice, ("approved", "reviewed")[number % 2], number, created_at=moment, updated_at=moment)


def orders(count: int) -> Iterator[Record]:
    """The first ``count`` orders."""
    return (order(number) for number in range(1, count + 1))


def median_ms(work: Callable[[], object]) -> float:
    """The median time of ``work`` in milliseconds, after one warm-up."""
    work()
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return statistics.median(times) * 1000


def save_new(save: Callable[[Record], None], count: int) -> Callable[[], None]:
    """Saves one new order each time it is called, behind the ``count`` that are there."""
    numbers = iter(range(count + 1, count + 1000))
    return lambda: save(order(next(numbers)))


def workbook_figures(folder: Path, count: int) -> Figures:
    """Times on a workbook of ``count`` orders, in milliseconds."""
    book = Workbook(folder / f"book_{count}.xlsx")
    book.path.write_bytes(export_orders(orders(count), "xlsx"))
    middle = count // 2 + 1
    return {
        "workbook: save a new order": median_ms(save_new(book.save, count)),
        "workbook: save one again": median_ms(lambda: book.save(order(middle))),
        "workbook: read one": median_ms(lambda: book.get(middle)),
        "workbook: look for duplicates": median_ms(lambda: book.duplicates(order(middle).values)),
        "workbook: greatest id": median_ms(book.last_id),
    }


def openpyxl_ms(folder: Path, count: int) -> float:
    """What openpyxl alone needs to load and save the same workbook, in milliseconds."""
    import openpyxl

    path = folder / f"book_{count}.xlsx"
    started = time.perf_counter()
    openpyxl.load_workbook(path).save(folder / "again.xlsx")
    return (time.perf_counter() - started) * 1000


def database_figures(database: Database, count: int) -> Figures:
    """Times on a database of ``count`` orders, in milliseconds."""
    store = SqlOrders(database)
    store.add_all(orders(count))
    middle = count // 2 + 1
    searches = {
        "first page, latest first": RecordQuery(),
        "first page, by vendor": RecordQuery(sort="vendor_name", descending=False),
        "first page, by amount": RecordQuery(sort="total_amount"),
        "last page": RecordQuery(page=count // 50 - 1),
        "search, one match": RecordQuery(text=f"inv-{middle:06d}"),
        "search, all match": RecordQuery(text="societe"),
        "search, by status": RecordQuery(status="reviewed"),
    }
    figures = {
        "database: reserve an id": median_ms(store.reserve_id),
        "database: save a new order": median_ms(save_new(store.add, count)),
        "database: save one again": median_ms(lambda: store.update(order(middle))),
        "database: look for duplicates": median_ms(lambda: store.duplicates(None, (), order(middle).values)),
    }
    return figures | {
        f"database: {name}": median_ms(lambda q=query: store.search(q)) for name, query in searches.items()
    }


def print_growth(small: Figures, large: Figures, counts: tuple[int, int]) -> None:
    """A line a figure: on the small store, on the large one, and their ratio."""
    print(f"{'':32s} {counts[0]:>9,d} orders {counts[1]:>9,d} orders {'ratio':>8s}")
    for name, before in small.items():
        print(f"{name:32s} {before:13.1f} ms {large[name]:13.1f} ms {large[name] / before:8.1f}")


def main() -> None:
    """Print the tables."""
    with tempfile.TemporaryDirectory() as name:
        folder, counts = Path(name), (1_000, 10_000)
        small, large = (workbook_figures(folder, count) for count in counts)
        print_growth(small, large, counts)
        alone, ours = openpyxl_ms(folder, counts[1]), large["workbook: save a new order"]
        print(f"openpyxl alone, load and save: {alone:.0f} ms, {alone / ours:.1f} x a save of ours\n")
        counts = (1_000, 100_000)
        small, large = (
            database_figures(open_database(f"sqlite:///{folder / f'{count}.db'}"), count) for count in counts
        )
        print_growth(small, large, counts)


if __name__ == "__main__":
    main()
