"""The cache answers only for the code that read: whatever decides a result is part of its version."""

from __future__ import annotations

import ast
from pathlib import Path

from core.entrypoints import bootstrap

ROOT = Path(__file__).parents[2]
#: What a run is made of, as bootstrap puts it together.
READERS = (
    "core.pipeline core.invoice.einvoice core.rules.extractor core.llm.extractor core.ocr.reader "
    "core.ocr.registry core.ocr.vision core.imaging"
).split()


def _file_of(module: str) -> Path | None:
    path = ROOT / module.replace(".", "/")
    return next((file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file()), None)


def _imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return {name for name in found if name.startswith("core.")}


def test_every_room_that_a_run_imports_is_in_the_codes_version() -> None:
    """Agreement between two readers is decided by the pairing of the evaluation, so that room counts as well."""
    reached: set[Path] = set()
    waiting = list(READERS)
    while waiting:
        path = _file_of(waiting.pop())
        if path is not None and path not in reached:
            reached.add(path)
            waiting += _imports(path)
    rooms = {path.relative_to(ROOT / "core").parts[0] for path in reached}
    assert "evaluation" in rooms
    assert rooms.isdisjoint(bootstrap._NO_PART_IN_A_RESULT)
