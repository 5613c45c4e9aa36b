"""What a recipe leaves open is fixed as a run begins."""

from __future__ import annotations

import pytest

from core.call import ModelName
from core.entrypoints.bootstrap import build_studio
from core.llm.settling import settle_recipe
from core.recipe import BUILT_IN, ModelChoice, OcrRecipe, Recipe
from core.settings import ProviderSettings, Settings
from core.studio import Studio


@pytest.fixture
def studio(tmp_path, monkeypatch) -> Studio:  # type: ignore[no-untyped-def]
    """A studio without any key."""
    for name in ("GROQ", "OPENAI", "ANTHROPIC", "GEMINI", "GOOGLE", "AZURE_OPENAI", "LOCAL_MODELS"):
        for what in ("API_KEY", "BASE_URL"):
            monkeypatch.delenv(f"{name}_{what}", raising=False)
    return build_studio(Settings(data_dir=tmp_path))


def test_the_shipped_recipes_ask_whoever_has_a_key(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has to edit them for a key of another provider."""
    monkeypatch.setenv("ANTHROPIC_API_KEY", "k")
    studio.configure()
    settled = settle_recipe(BUILT_IN["model"], studio.models).models["model"]
    assert settled.provider == "anthropic"
    assert settled.model


def test_without_a_key_the_first_provider_says_what_it_needs(studio: Studio) -> None:
    """A local server that nobody set up is not asked by itself; one with an address of the person's is."""
    assert "GROQ_API_KEY" in studio.models.missing(ModelName("", ""))
    chosen = {"local": ProviderSettings(base_url="http://localhost:1234/v1", model="qwen")}
    studio.configure(providers=chosen)
    assert studio.models.settle(ModelName("", "")) == ModelName("local", "qwen")


def test_another_default_model_is_another_run(studio: Studio) -> None:
    """The cache never answers for a model that was not asked."""
    recipe = Recipe(extractors=("a",), models={"a": ModelChoice(provider="groq", fallbacks=("openai",))})
    before = settle_recipe(recipe, studio.models)
    chosen = {"groq": ProviderSettings(model="other")}
    studio.configure(providers=chosen)
    after = settle_recipe(recipe, studio.models)
    assert after.models["a"].model == "other"
    assert before.digest != after.digest
    assert after.models["a"].fallbacks[0].startswith("openai:")
    assert settle_recipe(Recipe(ocr=OcrRecipe(vision="groq")), studio.models).ocr.vision == "groq:other"
