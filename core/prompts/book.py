"""The verbs of the Prompts page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from core import document_types
from core.document_types import type_of
from core.errors import PromptError, RecordMissing
from core.extraction import Extraction
from core.llm.layout_text import layout_text
from core.llm.prompting import built_in, shipped_for
from core.llm.schema import reply_of
from core.prompt import Example, Prompt
from core.prompts.yaml_text import read_prompts, write_prompts
from core.stores.bills import Bills, PromptRecord
from core.stores.prompts import Prompts
from core.stores.records import Record

#: Variables that a prompt's texts may hold, with what stands for them.
VARIABLES = {
    "document": "the pages, fenced as data",
    "fields": "the fields to answer with, in words",
    "language": "the document's language",
    "document_type": "what the document is, such as a credit note",
    "vendor": "who issued it, where that could be told",
}


@dataclass(frozen=True, slots=True)
class PromptEntry:
    """A prompt in the list: its newest version's number (0: as it ships), how many versions there are, and the document
    types whose default it is."""

    name: str
    newest: int
    versions: int
    default_for: tuple[str, ...]
    ships: bool


class PromptBook:
    """The person's prompts and those that ship."""

    def __init__(
        self,
        stored: Prompts,
        bills: Bills,
        order: Callable[[int], Record],
        extraction: Callable[[str], Extraction | None],
    ) -> None:
        """``order`` and ``extraction`` give a saved record and what a run read: examples are made of them."""
        self._stored = stored
        self._bills = bills
        self._order = order
        self._extraction = extraction

    def entries(self) -> list[PromptEntry]:
        """Every prompt by name; each document type's default is marked, which is the shipped one where none was chosen."""
        stored = {summary.name: summary for summary in self._stored.summaries()}
        chosen = self._stored.defaults()
        entries = []
        for name in sorted({*built_in(), *stored}):
            mine = stored.get(name)
            default_for = [
                kind for kind in document_types.kinds() if chosen.get(kind, (shipped_for(kind), 0))[0] == name
            ]
            entries.append(
                PromptEntry(
                    name,
                    mine.newest if mine else 0,
                    (mine.versions if mine else 0) + (name in built_in()),
                    tuple(default_for),
                    name in built_in(),
                )
            )
        return entries

    def versions(self, name: str) -> list[Prompt]:
        """Every version, newest first; the one that ships last. Raises RecordMissing for an unknown name."""
        shipped = built_in().get(name)
        found = [*self._stored.versions(name), *([shipped] if shipped else [])]
        if not found:
            raise RecordMissing(f"There is no prompt “{name}”: choose another.")
        return found

    def get(self, name: str, version: int) -> Prompt:
        """One version. Raises RecordMissing."""
        return next((p for p in self.versions(name) if p.version == version), None) or self._stored.get(name, version)

    def default(self, document_type: str) -> tuple[str, int]:
        """(name, version) of the prompt that is the default of a document type."""
        return self._stored.defaults().get(document_type, (shipped_for(document_type), 0))

    def keep(self, prompt: Prompt) -> Prompt:
        """Store ``prompt`` as the next version of its name. Raises PromptError where it could not be used, or where it is
        word for word the newest version."""
        if "{{document}}" not in prompt.system + prompt.user.replace(" ", ""):
            raise PromptError("The prompt never shows the document: write {{document}} where its pages shall stand.")
        if len({example.text for example in prompt.examples}) < len(prompt.examples):
            raise PromptError("The same document stands twice among the examples: take one of them out.")
        newest = next(iter(self._stored.versions(prompt.name)), built_in().get(prompt.name))
        if newest is not None and _content(newest) == _content(prompt):
            raise PromptError(f"Nothing was changed: {newest.label} says the same.")
        return self._stored.add(prompt)

    def make_default(self, document_type: str, name: str, version: int) -> None:
        """Use a version for every document of a type whose recipe says “auto”. Raises RecordMissing."""
        if version == 0:
            if name != shipped_for(document_type):
                raise PromptError("Keep this shipped prompt as a version of your own first.")
            self._stored.remove_default(document_type)
        else:
            self._stored.set_default(document_type, name, version)

    def records(self, prompts: Iterable[Prompt]) -> Mapping[str, PromptRecord]:
        """How these versions did, by ``name@version``; those that were never asked are left out."""
        return self._bills.prompts([prompt.label for prompt in prompts])

    def example_of(self, order_id: int) -> Example:
        """A worked example of a saved record: the text that a model would see, and what the person made of it. Raises
        RecordMissing, PromptError where the pages' text is no longer kept."""
        order = self._order(order_id)
        extraction = self._extraction(order.run_id) if order.run_id else None
        if extraction is None or not any(page.words for page in extraction.page_texts):
            raise PromptError(f"The text of order {order_id} is no longer kept: read its document again and save it.")
        text = "\n\n".join(layout_text(page.as_read()) for page in extraction.page_texts)
        kind = type_of(order.values)
        issuer, number = (getattr(order.values, name) if name else None for name in (kind.issuer, kind.identifier))
        return Example(
            name=f"{issuer or extraction.name} {number or ''}".strip(),
            text=text,
            reply=reply_of(order.values, extraction.document_type, extraction.language),
            document_type=extraction.document_type,
            vendor=issuer,
        )

    def export(self, name: str, version: int | None = None) -> str:
        """One version (``None``: all, oldest first) as YAML. Raises RecordMissing."""
        chosen = reversed(self.versions(name)) if version is None else [self.get(name, version)]
        return write_prompts(chosen)

    def bring_in(self, data: bytes) -> list[Prompt]:
        """Store the prompts of a YAML file, each as a new version; those that say what the newest says are passed over.
        Raises PromptError; nothing is stored where one of them cannot be used."""
        prompts = read_prompts(data)
        kept = []
        for prompt in prompts:
            newest = next(iter(self._stored.versions(prompt.name)), None)
            if newest is None or _content(newest) != _content(prompt):
                kept.append(self._stored.add(prompt))
        return kept


def unknown_variables(prompt: Prompt) -> list[str]:
    """Names in ``{{…}}`` that stand for nothing."""
    found = re.findall(r"\{\{\s*(\w+)\s*\}\}", prompt.system + prompt.user)
    return list(dict.fromkeys(name for name in found if name not in VARIABLES))


def _content(prompt: Prompt) -> dict[str, object]:
    return prompt.model_dump(exclude={"version", "created_at", "notes"})
