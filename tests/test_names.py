"""One name a thing: a word that several things could claim is the name of one class only."""

from __future__ import annotations

import ast
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@cache
def files_of_classes() -> dict[str, list[str]]:
    """Where each name of a class of the product is defined."""
    found = defaultdict(list)
    for folder in ("core", "storage", "pages"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ClassDef):
                    found[node.name.lstrip("_")].append(path.relative_to(ROOT).as_posix())
    return found


@pytest.mark.parametrize(
    "name",
    ["Answer", "Cancelled", "Case", "Draft", "Extracted", "Line", "Order", "Reading", "Record", "RunOrder", "TextLine"],
)
def test_a_word_names_one_class(name: str) -> None:
    """Whoever reads the word in the code knows which thing is meant."""
    found = files_of_classes().get(name, [])
    assert len(found) <= 1, f"{name}: {found}"


def test_the_words_of_the_order_tables_stay_in_storage() -> None:
    """How the tables are called is nobody's matter but of what writes them."""
    users = [
        path.relative_to(ROOT).as_posix()
        for folder in ("core", "pages")
        for path in (ROOT / folder).rglob("*.py")
        if "sales_order" in path.read_text(encoding="utf-8")
    ]
    assert users == []
