"""The names of the invoice's fields stay in the invoice's rooms: whatever serves any document takes its type instead."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from core.invoice.document_type import INVOICE
from tests.test_layers import TYPES, files, module_of

#: Names that are words of their own as well (a kind of field, a parameter) and so prove nothing.
ALSO_OTHERS = set(
    "tax currency description quantity unit discount shipping rounding iban taxes rate base amount tax_rate".split()
)
NAMES = set(INVOICE.names()) - ALSO_OTHERS

#: The invoice's own rooms, and those of types that call the same by the same name.
OWN = ("core.rules", *(f"core.{name}" for name in TYPES))
#: Where an invoice is still spoken of by its fields. A file is only ever taken out of this list: the tables of invoices
#: have them as the names of their columns; core.llm.prices has the word from the library that it asks.
STILL = """
core.llm.prices storage.tables storage.migrations.versions.0001_orders_and_ledger storage.migrations.versions.0004_records
storage.migrations.versions.0014_grown_invoice
""".split()


def names_in(path: Path) -> set[str]:
    """The invoice's field names that a file's code uses: as attributes, keywords, or in texts that are names or paths."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.keyword) and node.arg:
            found.add(node.arg)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and " " not in node.value:
            found.update(node.value.split("."))
    return found & NAMES


@pytest.mark.parametrize("path", [p for p in files() if not module_of(p).startswith(OWN)], ids=module_of)
def test_invoice_field_names_stay_in_the_invoices_rooms(path: Path) -> None:
    """A file that names them serves the invoice only; one that no longer does leaves the list."""
    found, module = sorted(names_in(path)), module_of(path)
    if module in STILL:
        assert found, f"{module} names no field of the invoice any more: take it out of the list"
    else:
        assert not found, f"{module} names {found} of the invoice: ask the document's type instead"


def test_the_list_names_files_that_there_are() -> None:
    """A file that was renamed or removed leaves the list too."""
    assert set(STILL) <= {module_of(path) for path in files()}
