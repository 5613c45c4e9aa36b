"""A recipe's models by their whole names: what the person's settings leave open is fixed as a run begins, so that the cache
never answers for another model and a stored run says who was asked."""

from __future__ import annotations

from core.call import ModelName
from core.llm.provider import Models
from core.recipe import ModelChoice, Recipe


def settle_recipe(recipe: Recipe, models: Models) -> Recipe:
    """``recipe`` with every provider and model that it may ask named whole."""
    settled = {name: _settle_choice(choice, models) for name, choice in recipe.models.items()}
    ocr = recipe.ocr
    if ocr.vision:
        ocr = ocr.model_copy(update={"vision": _settle_text(ocr.vision, models)})
    return recipe.model_copy(update={"models": settled, "ocr": ocr})


def _settle_choice(choice: ModelChoice, models: Models) -> ModelChoice:
    name = models.settle(ModelName(choice.provider, choice.model))
    opinion = choice.second_opinion
    return choice.model_copy(
        update={
            "provider": name.provider,
            "model": name.model,
            "fallbacks": tuple(_settle_text(text, models) for text in choice.fallbacks),
            "second_opinion": opinion if opinion in ("", "same") else _settle_text(opinion, models),
        }
    )


def _settle_text(text: str, models: Models) -> str:
    return str(models.settle(ModelName.parse(text)))
