"""Which prompt a document gets, and that a stored result is never taken for another prompt's."""

from __future__ import annotations

from pathlib import Path

import pytest

from core import document_types
from core.errors import PromptError
from core.llm.prompting import About, PromptShelf, built_in, render, shipped_for
from core.notation.folding import fold
from core.prompt import Prompt
from core.recipe import ModelChoice, Recipe
from storage.database import open_database
from storage.prompts import SqlPrompts

GERMAN = About("invoice", "de", fold("Rechnung der Müller & Söhne GmbH"))
AUTO = ModelChoice()


@pytest.fixture
def prompts(tmp_path: Path) -> SqlPrompts:
    """A database without prompts."""
    return SqlPrompts(open_database(f"sqlite:///{tmp_path / 'a.db'}"))


def test_every_document_type_has_a_prompt_that_ships() -> None:
    """One of its own or the general one; each shows the fields and the document."""
    for kind in document_types.kinds():
        prompt = built_in()[shipped_for(kind)]
        assert (prompt.version, prompt.document_type) in ((0, kind), (0, None))
        assert "{{document}}" in prompt.user
        assert "{{fields}}" in prompt.user


def test_auto_takes_the_documents_type_then_the_persons_default(prompts: SqlPrompts) -> None:
    """Unknown types are read as invoices."""
    shelf = PromptShelf(prompts)
    assert shelf.choose(AUTO, About("receipt")).label == "receipt@0"
    assert shelf.choose(AUTO, About("other")).label == "invoice@0"
    mine = prompts.add(Prompt(name="till", user="{{document}}"))
    prompts.set_default("receipt", mine.name, mine.version)
    assert shelf.choose(AUTO, About("receipt")).label == "till@1"
    assert shelf.choose(AUTO, About("invoice")).label == "invoice@0"


def test_a_prompt_for_this_vendor_or_language_comes_before_the_default(prompts: SqlPrompts) -> None:
    """The vendor counts more; accents and blanks in its name do not."""
    shelf = PromptShelf(prompts)
    prompts.add(Prompt(name="german", language="de"))
    prompts.add(Prompt(name="miller", vendor="Muller & Sohne"))
    prompts.add(Prompt(name="receipts of miller", vendor="Müller & Söhne", document_type="receipt"))
    assert shelf.choose(AUTO, GERMAN).name == "miller"
    assert shelf.choose(AUTO, GERMAN._replace(words="")).name == "german"
    assert shelf.choose(AUTO, About("invoice", "fr")).label == "invoice@0"


def test_a_named_prompt_is_taken_whatever_the_document_is(prompts: SqlPrompts) -> None:
    """The newest version, or the one that is named; the shipped one where there is no other."""
    shelf = PromptShelf(prompts)
    assert shelf.named("invoice").version == 0
    prompts.add(Prompt(name="invoice", system="one"))
    prompts.add(Prompt(name="invoice", system="two"))
    assert [shelf.named("invoice", version).version for version in (None, 1, 0)] == [2, 1, 0]
    for name, version in (("invoice", 9), ("nobody", None), ("nobody", 0)):
        with pytest.raises(PromptError, match=name):
            shelf.named(name, version)


def test_a_pin_changes_with_every_prompt_that_could_be_meant(prompts: SqlPrompts) -> None:
    """A new default, a new version of a scoped prompt: the cache is not asked for the old answer."""
    shelf = PromptShelf(prompts)
    pins = [shelf.pin(AUTO).pin]
    mine = prompts.add(Prompt(name="mine", user="A {{document}}"))
    assert shelf.pin(AUTO).pin == pins[0], "a prompt that auto never takes changes nothing"
    prompts.set_default("invoice", mine.name, mine.version)
    pins.append(shelf.pin(AUTO).pin)
    prompts.add(Prompt(name="german", language="de"))
    pins.append(shelf.pin(AUTO).pin)
    assert len(set(pins)) == 3


def test_a_pinned_recipe_can_be_repeated(prompts: SqlPrompts) -> None:
    """The newest version of a named prompt becomes that version; an unknown prompt is left to the extractor to tell."""
    shelf = PromptShelf(prompts)
    prompts.add(Prompt(name="mine"))
    recipe = Recipe(models={"a": ModelChoice(prompt="mine"), "b": ModelChoice(prompt="gone")})
    pinned = shelf.pin_recipe(recipe)
    prompts.add(Prompt(name="mine", system="new"))
    assert pinned.models["a"].version == 1
    assert pinned.models["b"] == recipe.models["b"]
    assert pinned.digest != shelf.pin_recipe(recipe).digest
    assert shelf.pin_recipe(pinned) == pinned


def test_variables_in_a_documents_words_stay_words() -> None:
    """What is put in is not looked at again."""
    text = render("{{ document }} {{fields}} {{unknown}}", {"document": "{{fields}}", "fields": "F"})
    assert text == "{{fields}} F {{unknown}}"
