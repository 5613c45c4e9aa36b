"""No circles: of files, whenever they import one another, and of the rooms that stand on the ground floor."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from tests.test_layers import files, layer_of, module_of


def imports_at_run(path: Path, known: set[str]) -> set[str]:
    """Modules of ours that a file imports, at load time or within functions; what only types need is no import."""
    return {name for name in _named(ast.parse(path.read_text(encoding="utf-8")), known) if name in known}


def _named(node: ast.AST, known: set[str]) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and isinstance(child.test, ast.Name) and child.test.id == "TYPE_CHECKING":
            continue
        if isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        elif isinstance(child, ast.ImportFrom) and child.module:
            inner = [f"{child.module}.{alias.name}" for alias in child.names]
            yield from (name if name in known else child.module for name in inner)
        yield from _named(child, known)


@cache
def graph() -> dict[str, set[str]]:
    """What every file of the product imports."""
    known = {module_of(path) for path in files()}
    return {module_of(path): imports_at_run(path, known) - {module_of(path)} for path in files()}


def circle_of(arrows: Mapping[str, set[str]]) -> list[str]:
    """The first circle found, as a way that ends where it began; empty where there is none."""
    try:
        TopologicalSorter(arrows).prepare()
    except CycleError as error:
        way: list[str] = error.args[1]
        return way
    return []


def room_of(module: str) -> str:
    """The room of a file: a contract is ground by itself, the rest belongs to its package."""
    return module if layer_of(module) == "contract" else ".".join(module.split(".")[:2])


def test_no_file_imports_itself_by_others() -> None:
    """Also where the import waits inside a function: each file can be read, and taken out, by itself."""
    assert circle_of(graph()) == []


def test_no_two_rooms_stand_on_each_other() -> None:
    """A room is built on others or they on it, never both."""
    arrows: dict[str, set[str]] = defaultdict(set)
    for module, others in graph().items():
        mine = room_of(module)
        arrows[mine] |= {room_of(other) for other in others} - {mine}
    assert circle_of(arrows) == []


def test_a_circle_would_be_found() -> None:
    """The test of the tests: a way back is told whole."""
    assert circle_of({"a": {"b"}, "b": {"c"}, "c": {"a"}})[0] in "abc"
