"""The form of the person's choices, drawn from the fields of :class:`core.settings.Defaults`: a new field of the
models appears here by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeGuard, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from core.recipe import Cleanup, OcrRecipe, Recipe
from core.settings import Defaults, Limits
from core.stores.records import Target

#: Where a setting is: the names that lead to it from :class:`Defaults`.
Place = tuple[str, ...]
Kind = Literal["whole number", "share", "yes or no", "choices", "path", "text"]

#: What each model's part of the form is called, and what it decides.
SECTIONS: dict[type[BaseModel], tuple[str, str]] = {
    Recipe: ("How values are found", "Used for every document unless another recipe is chosen for it."),
    OcrRecipe: ("How pages are read", "A page is read anew only after a change here."),
    Cleanup: (
        "How pages are cleaned up before they are read",
        "Each step is taken only on a page that needs it; what was done stands beside the page.",
    ),
    Defaults: (
        "Where records go, and resources",
        "Where Save puts a record, and what the studio may take of this machine.",
    ),
    Limits: ("What a document may be", "A document beyond a limit is refused with a sentence that names the limit."),
}
#: What engines, extractors and targets are called; a name that is not here is shown as it is.
_NAMES = {
    "auto": "Automatic",
    "text-layer": "Text layer (no OCR)",
    "rapid": "RapidOCR (built in)",
    "paddle": "PaddleOCR",
    "tesseract": "Tesseract",
    "einvoice": "E-invoice XML",
    "rules": "Offline rules",
    "llm": "Language model",
    "vision": "Vision model",
    "database": "Database",
    "workbook": "Excel workbook",
}
#: The default recipe is always called so: a name is for recipes kept beside it. What documents are read as is chosen beside
#: them or in a recipe of one's own. Budgets are set on the Cost page, when somebody is told on the Operation page, what is read on
#: arrival in the Inbox, what is masked where a document is about to be sent, gates and spot checks on their pages, days of keeping beside.
_NOT_SHOWN = frozenset(
    {
        ("recipe", "name"),
        ("recipe", "type_name"),
        ("budget",),
        ("redaction",),
        ("read_on_arrival",),
        ("alerts",),
        ("retention",),
        ("spot_checks",),
    }
)


def shown_name(name: str) -> str:
    """What an engine, an extractor or a target is called on the page."""
    return _NAMES.get(name, name)


@dataclass(frozen=True, slots=True)
class Choice:
    """One setting: its path in :class:`Defaults` and the model and field that describe it."""

    path: Place
    model: type[BaseModel]
    field: FieldInfo

    @property
    def key(self) -> str:
        """The key of its widget."""
        return f"setting_{'_'.join(self.path)}"

    @property
    def title(self) -> str:
        """What it is called."""
        return self.field.title or self.path[-1].replace("_", " ").capitalize()

    @property
    def kind(self) -> Kind:
        """Which widget it needs."""
        hint = self.field.annotation
        if hint is int:
            return "whole number"
        if hint is float:
            return "share"
        if hint is bool:
            return "yes or no"
        if get_origin(hint) is tuple:
            return "choices"
        return "path" if Path in get_args(hint) else "text"

    def limit(self, name: Literal["ge", "le"]) -> Any:
        """The least or greatest value that the model allows, or ``None``."""
        return next((getattr(rule, name) for rule in self.field.metadata if hasattr(rule, name)), None)

    @property
    def bounds(self) -> str:
        """The whole numbers that the model allows, as ``1 to 2,000``; empty for another kind or no bounds."""
        least, greatest = self.limit("ge"), self.limit("le")
        return f"{least:,} to {greatest:,}" if self.kind == "whole number" and None not in (least, greatest) else ""


def choices(model: type[BaseModel] = Defaults, path: Place = ()) -> Iterator[Choice]:
    """Every setting that is shown, in the models' order, those of nested models in their place."""
    for name, field in model.model_fields.items():
        here = (*path, name)
        if here in _NOT_SHOWN or _is_kept_elsewhere(field.annotation):
            continue
        if _is_model(field.annotation):
            yield from choices(field.annotation, here)
        else:
            yield Choice(here, model, field)


def _is_model(hint: Any) -> TypeGuard[type[BaseModel]]:
    return isinstance(hint, type) and issubclass(hint, BaseModel)


def _is_kept_elsewhere(hint: Any) -> bool:
    """Whether it is no single value: a table by name (recipes, providers, prices), or a part that may be missing."""
    return get_origin(hint) is dict or any(_is_model(part) for part in get_args(hint))


def options_of(
    choice: Choice, health: Sequence[tuple[str, str, Any]], languages: Callable[[str], tuple[str, ...]]
) -> list[str] | None:
    """The values to choose from, where there is a list: only what can be used here. ``None``: any value.
    ``languages`` gives those of an OCR engine."""
    usable = {kind: [name for of, name, state in health if of == kind and state.usable] for kind, _, _ in health}
    lists: dict[Place, list[str]] = {
        ("recipe", "ocr", "engine"): ["auto", *(name for name in usable.get("OCR engine", []) if name != "auto")],
        ("recipe", "ocr", "languages"): sorted(
            {code for name in usable.get("OCR engine", []) for code in languages(name)}
        ),
        # a model is asked under a name of the recipe's own (core.recipe.Recipe.models)
        ("recipe", "extractors"): [name for name in usable.get("Extractor", []) if name != "llm"],
        ("save_to",): list(get_args(Target)),
    }
    return lists.get(choice.path)


def value_of(defaults: Defaults, choice: Choice) -> Any:
    """The choice's value as its widget takes it."""
    value: Any = defaults
    for name in choice.path:
        value = getattr(value, name)
    if choice.kind == "choices":
        return list(value)
    return ("" if value is None else str(value)) if choice.kind in ("path", "text") else value


def read_form(defaults: Defaults, values: Mapping[Place, Any]) -> tuple[Defaults, dict[Place, str]]:
    """``defaults`` with the form's values by path, or unchanged with a sentence for every path whose value is wrong."""
    data = defaults.model_dump()
    known = {choice.path: choice for choice in choices()}
    for path, value in values.items():
        place = data
        for name in path[:-1]:
            place = place[name]
        place[path[-1]] = _plain(known[path], value)
    try:
        read = Defaults.model_validate(data)
    except ValidationError as error:
        paths = [(_path(found["loc"]), found["msg"]) for found in error.errors()]
        return defaults, {path: _sentence(known[path], message) for path, message in paths}
    wrong = _wrong_here(read)
    return (defaults, wrong) if wrong else (read, {})


def _plain(choice: Choice, value: Any) -> Any:
    if choice.kind == "path":
        return str(value).strip().strip('"') or None
    return str(value).strip() if choice.kind == "text" else value


def _path(location: tuple[int | str, ...]) -> Place:
    """The setting's path without the places within its list."""
    return tuple(part for part in location if isinstance(part, str))


def _sentence(choice: Choice, message: str) -> str:
    if choice.bounds:
        return f"{choice.title}: {choice.bounds}."
    return f"{choice.title}: {message[:1].lower()}{message[1:]}."


def _wrong_here(read: Defaults) -> dict[Place, str]:
    """What the types allow and the place does not."""
    wrong: dict[Place, str] = {}
    if not read.save_to:
        wrong[("save_to",)] = "Choose at least one place to save to."
    path = read.workbook_path
    if path is not None and path.suffix.lower() != ".xlsx":
        wrong[("workbook_path",)] = f"The workbook's name must end in .xlsx: “{path.name}” does not."
    elif path is not None and not path.expanduser().parent.is_dir():
        wrong[("workbook_path",)] = f"There is no folder {path.parent}: create it first or choose another."
    return wrong
