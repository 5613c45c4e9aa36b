"""Which prompt is meant for a document, and its text with the variables filled in."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from core import document_types
from core.document_types import USUAL
from core.errors import PromptError, RecordMissing
from core.notation.folding import fold
from core.prompt import Prompt
from core.recipe import ModelChoice, Recipe
from core.schema.document_type import DocumentType
from core.stores.prompts import Prompts

#: ``ModelChoice.prompt`` that takes the default of the document's type.
AUTO = "auto"
#: The prompt for documents of a type that brings none.
GENERAL = "general"
_HERE = Path(__file__).with_name("prompts")
_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
#: A vendor's name shorter than this is not looked for in a text: it would be found in other words.
_SHORTEST_NAME = 4


def built_in() -> Mapping[str, Prompt]:
    """The prompts that ship (version 0), by name: the general one and those that the document types bring."""
    folders = [kind.prompts for kind in document_types.SHIPPED if kind.prompts]
    return {name: prompt for folder in (_HERE, *folders) for name, prompt in _prompts_in(folder).items()}


@cache
def _prompts_in(folder: Path) -> Mapping[str, Prompt]:
    import yaml

    prompts = [Prompt.model_validate(yaml.safe_load(path.read_bytes())) for path in sorted(folder.glob("*.yaml"))]
    return {prompt.name: prompt for prompt in prompts}


def shipped_for(kind: str) -> str:
    """The name of the prompt that ships for documents that call themselves ``kind``."""
    return kind if kind in built_in() else GENERAL


def render(template: str, variables: Mapping[str, str]) -> str:
    """``template`` with ``{{name}}`` replaced. What is put in is not looked at again: variables in a document's words
    stay words. Unknown names stay as they are, so that the person sees them."""
    return _VARIABLE.sub(lambda found: variables.get(found[1], found[0]), template)


def uses(prompt: Prompt, variable: str) -> bool:
    """Whether one of the texts of ``prompt`` holds ``variable``."""
    return variable in _VARIABLE.findall(prompt.system + prompt.user)


class About(NamedTuple):
    """What is known of a document before a model is asked: what it calls itself within its ``type``, its language (ISO 639-1)
    and its words, folded (:func:`core.page.layout.fold`) and joined by nothing."""

    document_type: str | None = None
    language: str | None = None
    words: str = ""
    type: DocumentType = USUAL

    @property
    def kind(self) -> str:
        """What it calls itself, where that is a kind of its type; else the usual kind."""
        told = self.type.told_kinds
        return self.document_type if self.document_type in told else told[0]


@dataclass(frozen=True)
class PromptShelf:
    """The prompts that ship and those of the person. ``stored`` is ``None`` where there is no database."""

    stored: Prompts | None = None

    def choose(self, choice: ModelChoice, about: About) -> Prompt:
        """The prompt that ``choice`` means for this document: the one it names; else of the person's prompts the one made
        for this vendor or language; else the default of the document's type; else the one that ships. Raises PromptError."""
        if choice.prompt != AUTO:
            return self.named(choice.prompt, choice.version)
        kind = about.kind
        fitting = [prompt for prompt in self._narrow() if _fits(prompt, kind, about)]
        if fitting:
            return max(
                fitting, key=lambda prompt: (prompt.vendor is not None, prompt.language is not None, prompt.name)
            )
        default = self.stored.defaults().get(kind) if self.stored else None
        return self.named(*default) if default else built_in()[shipped_for(kind)]

    def named(self, name: str, version: int | None = None) -> Prompt:
        """One version of a prompt (``None``: the newest), the person's before the one that ships. Raises PromptError."""
        shipped = built_in().get(name)
        if shipped and version == 0:
            return shipped
        if self.stored is not None:
            try:
                return self.stored.get(name, version)
            except RecordMissing as error:
                if version is not None or shipped is None:
                    raise PromptError(str(error)) from error
        if shipped and version is None:
            return shipped
        wanted = name if version is None else f"{name}@{version}"
        raise PromptError(f"There is no prompt “{wanted}”: choose another on the Prompts page.")

    def pin(self, choice: ModelChoice) -> ModelChoice:
        """``choice`` with a digest of every prompt that it may come to stand for, so that a result is never taken from
        the cache after one of them changed; a prompt's newest version becomes that version. Raises PromptError."""
        if choice.prompt != AUTO:
            prompt = self.named(choice.prompt, choice.version)
            return choice.model_copy(update={"version": prompt.version, "pin": _digest([prompt])})
        defaults = self.stored.defaults() if self.stored else {}
        named = [self.named(*default) for _, default in sorted(defaults.items())]
        return choice.model_copy(update={"pin": _digest([*built_in().values(), *named, *self._narrow()])})

    def pin_recipe(self, recipe: Recipe) -> Recipe:
        """``recipe`` with every choice pinned. One whose prompt does not exist stays as it is: its extractor says so, and
        what others read is kept."""
        models = dict(recipe.models)
        for name, choice in models.items():
            with suppress(PromptError):
                models[name] = self.pin(choice)
        return recipe.model_copy(update={"models": models}) if models else recipe

    def _narrow(self) -> Iterator[Prompt]:
        """The newest version of each of the person's prompts that is for a vendor or a language only."""
        if self.stored is None:
            return
        for summary in self.stored.summaries():
            prompt = self.stored.get(summary.name)
            if prompt.vendor or prompt.language:
                yield prompt


def _fits(prompt: Prompt, document_type: str, about: About) -> bool:
    if prompt.document_type not in (None, document_type) or prompt.language not in (None, about.language):
        return False
    return prompt.vendor is None or names_vendor(about.words, prompt.vendor)


def names_vendor(words: str, vendor: str) -> bool:
    """Whether ``vendor`` stands in a document's folded words, whatever its case, accents, blanks and punctuation."""
    name = fold(vendor)
    return len(name) >= _SHORTEST_NAME and name in words


def _digest(prompts: list[Prompt]) -> str:
    digest = hashlib.sha256()
    for prompt in prompts:
        digest.update(prompt.model_dump_json(exclude={"created_at", "notes"}).encode())
    return digest.hexdigest()[:16]
