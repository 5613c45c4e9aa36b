"""Who may import whom: the table of ARCHITECTURE.md, read from the code's own imports."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
#: The packages of the document types that ship: each has its model and type on the ground floor, the rest is logic.
TYPES = tuple(
    path.parent.name for path in sorted((ROOT / "core").glob("*/document_type.py")) if path.parent.name != "schema"
)

CONTRACTS = {
    f"core.{name}"
    for name in (
        "documents documents.archives documents.office documents.office.kinds documents.base documents.batches documents.formats documents.geometry documents.members documents.ranges "
        "document_types atomic evidence homography recipe events errors settings gates extraction extractor cache "
        "documents.signed documents.visible documents.xml_kinds declared.definition declared.relation declared.building "
        "declared.mask yaml_text imaging.cleaned ocr.engine jobs.queue jobs.store llm.provider prompt call cancelling status person outage logs"
    ).split()
} | {f"core.{name}.{file}" for name in TYPES for file in ("model", "document_type")}
#: Rooms that are ground as a whole.
CONTRACT_ROOMS = ("core.documents.mail.", "core.notation.", "core.page.", "core.schema.", "core.stores.")
LOGIC = (
    *TYPES,
    "pipeline",
    "judgement",
    "placing",
    "review",
    "reviewing",
    "studio",
    "shelf",
    "runs",
    "pages_read",
    "regions",
    "records",
    "history",
    "indexing",
    "rights",
    "sign_in",
    "memory",
    "spot_checks",
    "preferences",
    "evaluation",
    "extraction_json",
    "matching",
    "accuracy",
    "comparison",
    "spending",
    "prompts",
    "recognition",
    "redaction",
    "declared",
    "inbox",
    "exporting",
    "operation",
    "gating",
    "access",
    "forgetting",
    "webhooks",
    "analysis",
    "bulk",
    "views",
)
LOGIC_PACKAGES = (
    "rules",
    "examination",
    "validation",
    "imaging",
    "accuracy",
    "comparison",
    "spending",
    "redaction",
    "prompts",
    "inbox",
)
#: What in core/llm speaks to the outside; the rest of it is logic.
LLM_ADAPTERS = ("core.llm.wires", "core.llm.prices")
#: What calls addresses that others gave us.
OUTSIDE = "core.webhooks.outside"
WIRING = ("core.entrypoints", "core.ocr.registry", "core.llm.registry", "core.__main__")
MAY_IMPORT = {
    "contract": {"contract"},
    "logic": {"contract", "logic"},
    "adapter": {"contract", "adapter"},
    "wiring": {"contract", "logic", "adapter", "wiring"},
    "ui": {"contract", "logic", "wiring", "ui"},
}


def layer_of(module: str) -> str | None:
    """The layer of a module of ours; ``None`` for someone else's and for bare packages."""
    if module in CONTRACTS or f"{module}.".startswith(CONTRACT_ROOMS):
        return "contract"
    if module.startswith(WIRING):
        return "wiring"
    if module == OUTSIDE:
        return "adapter"
    parts = module.split(".")
    if parts[0] == "core" and len(parts) > 1:
        if parts[1] in LOGIC or parts[1] in LOGIC_PACKAGES:
            return "logic"
        if parts[1] == "llm" and len(parts) > 2:
            return "adapter" if module.startswith(LLM_ADAPTERS) else "logic"
        return "adapter" if parts[1] in ("documents", "ocr", "jobs") and len(parts) > 2 else None
    if parts[0] == "storage":
        return "adapter"
    return "ui" if parts[0] in ("app", "pages") else None


@cache
def imports_of(path: Path) -> set[str]:
    """Modules that a file imports anywhere in it, submodules of packages resolved."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = ROOT / node.module.replace(".", "/") / f"{alias.name}.py"
                found.add(f"{node.module}.{alias.name}" if inner.exists() else node.module)
    return found


def files() -> list[Path]:
    """Every module of the product."""
    folders = [ROOT / name for name in ("core", "storage", "pages")]
    return [ROOT / "app.py", *(path for folder in folders for path in sorted(folder.rglob("*.py")))]


def module_of(path: Path) -> str:
    """The dotted name of a file."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@pytest.mark.parametrize("path", files(), ids=module_of)
def test_a_module_imports_only_what_its_layer_may(path: Path) -> None:
    """An arrow from a lower layer to a higher one is refused, with its name."""
    layer = layer_of(module_of(path))
    if layer is None:
        assert path.name == "__init__.py", f"{module_of(path)} belongs to no layer: add it to the table"
        return
    wrong = [
        name for name in imports_of(path) if (other := layer_of(name)) is not None and other not in MAY_IMPORT[layer]
    ]
    assert not wrong, f"{module_of(path)} ({layer}) may not import {wrong}"


def test_the_ground_floor_knows_no_room_of_models() -> None:
    """Only what asks a model imports the contract of those who answer; a call in the books is no part of it."""
    ground = [path for path in files() if layer_of(module_of(path)) == "contract"]
    assert len(ground) > 20
    users = [
        module_of(path)
        for path in ground
        if not module_of(path).startswith("core.llm") and any(name.startswith("core.llm") for name in imports_of(path))
    ]
    assert users == []


def test_the_client_needs_nothing_of_the_studio() -> None:
    """It is installed where there is no studio; and only the command line uses it here."""
    theirs = {name.split(".")[0] for path in sorted((ROOT / "studio_client").glob("*.py")) for name in imports_of(path)}
    assert not theirs & {"core", "storage", "pages", "samples"}
    users = [module_of(path) for path in files() if any(name.startswith("studio_client") for name in imports_of(path))]
    assert users == ["core.entrypoints.commands.send"]


@pytest.mark.parametrize(
    ("library", "allowed"),
    [
        ("streamlit", ("app", "pages")),
        ("streamlit_drawable_canvas", ("pages",)),
        ("sqlalchemy", ("storage",)),
        ("celery", ("core.jobs.celery",)),
        ("redis", ("core.jobs.redis",)),
        ("fsspec", ("storage",)),
        ("alembic", ("storage",)),
        ("openpyxl", ("storage", "core.documents.office")),
        ("pymupdf", ("core.documents",)),
        ("docx", ("core.documents.office",)),
        ("mammoth", ("core.documents.office",)),
        ("oxmsg", ("core.documents.mail",)),
        ("rapidocr", ("core.ocr",)),
        ("paddleocr", ("core.ocr",)),
        ("tesserocr", ("core.ocr",)),
        ("openai", ("core.llm.wires",)),
        ("groq", ("core.llm.wires",)),
        ("anthropic", ("core.llm.wires",)),
        ("genai_prices", ("core.llm.prices",)),
    ],
)
def test_a_library_stays_in_its_room(library: str, allowed: tuple[str, ...]) -> None:
    """Only the rooms named import the library."""
    users = [
        module_of(path)
        for path in files()
        if any(name == library or name.startswith(f"{library}.") for name in imports_of(path))
    ]
    assert [user for user in users if not user.startswith(allowed)] == []


@pytest.mark.parametrize("path", sorted((ROOT / "pages").rglob("*.py")), ids=module_of)
def test_a_page_draws_with_its_own_parts_and_the_shared_ones(path: Path) -> None:
    """No page reaches into another's folder, and what is shared stands on no page."""
    room = path.parent.name if path.parent != ROOT / "pages" else f"{path.stem}_parts"
    rooms = {name.split(".")[1] for name in imports_of(path) if name.startswith("pages.")}
    assert rooms <= {room, "shared"} if room != "shared" else rooms <= {"shared"}


HEAVY = set(
    "rapidocr paddleocr paddle tesserocr cv2 onnxruntime plotly pandas numpy openpyxl lxml openai groq anthropic genai_prices sklearn yaml docx mammoth oxmsg olefile celery redis fsspec cryptography".split()
)


@pytest.mark.parametrize(
    "path", [p for p in files() if not module_of(p).startswith("storage.migrations")], ids=module_of
)
def test_nothing_heavy_is_imported_before_it_is_needed(path: Path) -> None:
    """Heavy libraries are imported inside functions, so the app starts in a second."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    top = {
        (alias.name if isinstance(node, ast.Import) else str(node.module)).split(".")[0]
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert not top & HEAVY
