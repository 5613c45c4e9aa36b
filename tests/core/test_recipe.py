"""Recipes: their digest is the cache key, and a bad one says what is wrong."""

from pathlib import Path

import pytest

from core.errors import RecipeError
from core.recipe import ModelChoice, OcrRecipe, Recipe, Redaction, load_recipe


def test_a_choice_changes_the_digest_and_a_name_does_not() -> None:
    """Only what can change a result is part of the key."""
    assert Recipe().digest == Recipe(name="other").digest
    assert Recipe().digest != Recipe(extractors=("rules",)).digest


def test_pages_are_not_read_again_for_another_extractor() -> None:
    """OCR is cached by the OCR part alone."""
    assert Recipe().ocr.digest == Recipe(extractors=("rules",), approve_at=0.5).ocr.digest
    assert OcrRecipe().digest != OcrRecipe(dpi=300).digest


def test_a_recipe_comes_from_its_name_or_a_json_file(tmp_path: Path) -> None:
    """Built-in names first, then a path."""
    path = tmp_path / "mine.json"
    path.write_text('{"name": "mine", "ocr": {"dpi": 300}}')
    assert load_recipe("page-only").extractors == ("rules",)
    assert load_recipe(str(path)).ocr.dpi == 300
    assert load_recipe("default", {"default": Recipe(approve_at=0.1)}).approve_at == 0.1


@pytest.mark.parametrize("text", ["{", '{"ocr": {"dpi": 5}}', '{"engine": "x"}', "[]"])
def test_a_bad_recipe_file_says_so_in_one_sentence(tmp_path: Path, text: str) -> None:
    """Syntax, bounds and unknown keys are each named."""
    path = tmp_path / "bad.json"
    path.write_text(text)
    with pytest.raises(RecipeError, match=r"bad\.json"):
        load_recipe(str(path))


def test_an_unknown_recipe_names_the_known_ones() -> None:
    """The sentence says what to use."""
    with pytest.raises(RecipeError, match="page-only"):
        load_recipe("nothing")


def test_what_is_masked_for_every_document_joins_what_a_recipe_masks() -> None:
    """A recipe that sends nothing stays as it is."""
    mine = ModelChoice(redaction=Redaction(kinds=("iban",)))
    recipe = Recipe(extractors=("rules", "cheap"), models={"cheap": mine})
    hiding = recipe.hiding(Redaction(kinds=("email", "iban"), names=("Ann",)))
    assert hiding.models["cheap"].redaction == Redaction(kinds=("iban", "email"), names=("Ann",))
    assert hiding.digest != recipe.digest
    assert Recipe().hiding(Redaction(kinds=("iban",))) == Recipe()


def test_a_vision_model_is_not_asked_where_something_is_to_be_masked() -> None:
    """It would see the page first."""
    recipe = Recipe(name="eyes", ocr=OcrRecipe(engine="vision", vision="p:m"))
    with pytest.raises(RecipeError, match="eyes"):
        recipe.hiding(Redaction(names=("Ann",)))
