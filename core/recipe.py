"""The recipe: every choice that can change a result, in one frozen model. Its digest is part of the cache key."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from core.declared.definition import TypeDefinition
from core.document_types import USUAL
from core.errors import RecipeError
from core.schema.type_choice import TypeChoice

#: ``Recipe.type_name`` that leaves the type to what the pages say.
AUTO = "auto"


class Cleanup(BaseModel):
    """Which defects of a scan or photo are mended before it is read. A step is only taken on a page that needs it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    orientation: bool = Field(
        True, title="Turn upright", description="Pages that lie on their side or upside down are turned."
    )
    deskew: bool = Field(True, title="Straighten", description="Lines that run aslant, by up to 15°, are made level.")
    perspective: bool = Field(
        True, title="Flatten photos", description="The sheet is found on its background and seen from straight above."
    )
    light: bool = Field(False, title="Even out light", description="Shadows are taken off the paper.")
    contrast: bool = Field(False, title="Darken faint print", description="Pale print is made dark, grey paper bright.")
    denoise: bool = Field(False, title="Remove noise", description="Grain of the scanner or camera is smoothed.")


class OcrRecipe(BaseModel):
    """How pages become words. Changing anything else never reads a page again."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    engine: str = Field(
        "auto",
        title="OCR engine",
        description="“auto” takes a good text layer where there is one and reads the picture where there is not.",
    )
    languages: tuple[str, ...] = Field((), title="Languages", description="Hints for engines that need them.")
    dpi: int = Field(200, ge=72, le=600, title="Resolution", description="Dots per inch at which PDF pages are read.")
    detection_side: int = Field(
        1280, ge=320, le=4096, title="Detection size", description="Longest side, in pixels, for finding text lines."
    )
    cleanup: Cleanup = Cleanup()
    vision: str = Field(
        "", title="Vision model", description="provider:model, for the engine “vision”, which sends the page's picture."
    )

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON, as hex."""
        return _digest(self)


class Redaction(BaseModel):
    """What is masked in text and pictures before anything leaves the machine. Values are put back here afterwards."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kinds: tuple[str, ...] = Field((), title="Kinds", description="iban, email, phone, tax id.")
    names: tuple[str, ...] = Field((), title="Names", description="Words that are never sent.")
    boxes: tuple[tuple[int, float, float, float, float], ...] = Field((), title="Places")
    """(page number from 1, x0, y0, x1, y1) in page units."""

    def __bool__(self) -> bool:
        return bool(self.kinds or self.names or self.boxes)

    def joined(self, other: Redaction) -> Redaction:
        """What either masks."""
        return Redaction(
            kinds=tuple(dict.fromkeys(self.kinds + other.kinds)),
            names=tuple(dict.fromkeys(self.names + other.names)),
            boxes=tuple(dict.fromkeys(self.boxes + other.boxes)),
        )


class ModelChoice(BaseModel):
    """Which model is asked, and how. An extractor of the recipe bears the name under which it stands in ``models``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    provider: str = Field("", title="Provider", description="Empty: the first that is set up here.")
    model: str = Field("", title="Model", description="Empty: the provider's default.")
    prompt: str = Field("auto", title="Prompt", description="“auto” takes the default of the document's type.")
    version: int | None = Field(None, ge=0, title="Version", description="Empty: the newest, or the default's.")
    pin: str = Field("", title="Pin", description="Digest of what the prompt stands for, set when a run begins.")
    input: Literal["text", "image", "both"] = Field("text", title="Input")
    temperature: float | None = Field(0.0, ge=0, le=2, title="Temperature")
    max_output_tokens: int = Field(8192, ge=256, le=200_000, title="Longest reply (tokens)")
    fallbacks: tuple[str, ...] = Field((), title="Fallbacks", description="provider:model, tried in order.")
    second_opinion: str = Field(
        "", title="Second opinion", description="“same” asks again to verify, provider:model asks another; empty: none."
    )
    redaction: Redaction = Redaction()


_SEEN_FIRST = (
    "a vision model would see the page before anything on it can be masked; choose another OCR engine, or mask nothing"
)


class Correction(BaseModel):
    """A studio's own correction of the shipped confidences, learnt from what people reviewed: their log-odds times slope,
    plus shift; for header values and for cells of line items apart. ``reviewed`` is how many values it was learnt from."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    header_slope: float = Field(1.0, gt=0)
    header_shift: float = 0.0
    line_slope: float = Field(1.0, gt=0)
    line_shift: float = 0.0
    reviewed: int = Field(0, ge=0)


class Recipe(BaseModel):
    """A named set of choices: how to read, who extracts, and when a result is good enough."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field("default", title="Name")
    ocr: OcrRecipe = OcrRecipe()
    extractors: tuple[str, ...] = Field(
        ("einvoice", "rules"),
        min_length=1,
        title="Extractors",
        description="Tried in order; the first result that passes the gate is taken.",
    )
    models: dict[str, ModelChoice] = Field(
        {}, title="Models", description="What an extractor of that name asks: “cheap”, “strong”."
    )
    approve_at: float = Field(
        0.92,
        ge=0,
        le=1,
        title="Approval threshold",
        description="Every amount, number and date needs at least this confidence for the verdict “ready”, a name a "
        "little less.",
    )
    type_name: str | None = Field(
        None,
        exclude_if=lambda name: name is None,
        title="Document type",
        description="What documents are read as (core.document_types); empty: as invoices; “auto”: as what their pages say.",
    )
    declared: TypeDefinition | None = Field(None, exclude_if=lambda declared: declared is None)
    """The document type as it was declared when a run began, where it is one of a person's own."""
    among: tuple[TypeDefinition, ...] = Field((), exclude_if=lambda among: not among)
    """The declared types that “auto” chooses among, as they were when a run began; those that ship are always among them."""
    type_choice: TypeChoice | None = Field(None, exclude_if=lambda choice: choice is None)
    """What “auto” came to in a run, and why."""
    correction: Correction | None = None
    """The studio's own, set when a run begins; ``None``: the shipped calibration alone."""

    @model_validator(mode="after")
    def _masks_before_it_sends(self) -> Recipe:
        if self.ocr.engine == "vision" and any(choice.redaction for choice in self.models.values()):
            raise ValueError(_SEEN_FIRST)
        return self

    @property
    def asked(self) -> tuple[ModelChoice, ...]:
        """The models that it may ask, in the order of its cascade."""
        return tuple(self.models[name] for name in self.extractors if name in self.models)

    @property
    def sends(self) -> bool:
        """Whether a run may send something of the document to a model."""
        return bool(self.asked) or self.ocr.engine == "vision"

    def hiding(self, redaction: Redaction) -> Recipe:
        """The recipe with ``redaction`` masked too in whatever it sends. Raises RecipeError where it would send the page's
        picture before anything on it can be masked."""
        if not redaction or not self.sends:
            return self
        models = {
            name: choice.model_copy(update={"redaction": choice.redaction.joined(redaction)})
            for name, choice in self.models.items()
        }
        if self.ocr.engine == "vision":
            raise RecipeError(f"The recipe “{self.name}” cannot be used: {_SEEN_FIRST}.")
        return self.model_copy(update={"models": models})

    def reading(self, type_name: str | None) -> Recipe:
        """The recipe for documents of a type, where it does not say itself what it reads."""
        return self if self.type_name else self.model_copy(update={"type_name": type_name})

    def with_declared(self, declared: TypeDefinition | None) -> Recipe:
        """The recipe with the type that it reads as a person declared it, or what they added to it, where it says nothing of that itself."""
        says = self.declared is not None and self.declared.name == self.type_name
        fits = declared is not None and self.type_name == declared.name and not says
        return self.model_copy(update={"declared": declared}) if fits else self

    @property
    def chooses_type(self) -> bool:
        """Whether the pages say what a document is read as."""
        return self.type_name == AUTO

    def chosen(self, choice: TypeChoice) -> Recipe:
        """The recipe as it reads a document whose pages said what it is: with the type fixed, as if a person had."""
        name = choice.type_name
        declared = next((definition for definition in self.among if definition.name == name), None)
        told = {"type_name": None if name == USUAL.name else name, "declared": declared, "among": ()}
        return self.model_copy(update=told | {"type_choice": choice})

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON without the name and without why its type was chosen, as hex."""
        return _digest(self, exclude={"name", "type_choice"})


def _digest(model: BaseModel, exclude: set[str] | None = None) -> str:
    return hashlib.sha256(model.model_dump_json(exclude=exclude).encode()).hexdigest()


#: The recipes that ship.
BUILT_IN: dict[str, Recipe] = {
    recipe.name: recipe
    for recipe in (
        Recipe(),
        Recipe(name="page-only", extractors=("rules",)),
        Recipe(name="always-ocr", ocr=OcrRecipe(engine="rapid"), extractors=("rules",)),
        Recipe(name="cascade", extractors=("einvoice", "rules", "model"), models={"model": ModelChoice()}),
        Recipe(name="model", extractors=("einvoice", "model"), models={"model": ModelChoice()}),
    )
}


def load_recipe(source: str, known: Mapping[str, Recipe] = BUILT_IN) -> Recipe:
    """The recipe that ``source`` names: one of ``known``, or a JSON file. Raises RecipeError with what is wrong."""
    if source in known:
        return known[source]
    path = Path(source)
    if not path.is_file():
        raise RecipeError(f"There is no recipe “{source}”: use {', '.join(known)} or the path of a JSON file.")
    try:
        return Recipe.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        first = error.errors()[0] if isinstance(error, ValidationError) else {"loc": (), "msg": str(error)}
        where = ".".join(str(part) for part in first["loc"])
        raise RecipeError(
            f"The recipe {path.name} cannot be used: {where} {first['msg']}".replace("  ", " ")
        ) from error
