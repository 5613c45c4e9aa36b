"""What recipes are called on the pages."""

from __future__ import annotations

from core.recipe import BUILT_IN

#: What the recipes that ship are called on the page.
TITLES = {
    "default": "As set in Settings",
    "page-only": "The page only (no e-invoice XML)",
    "always-ocr": "Always read the picture (OCR)",
    "model": "A language model",
    "cascade": "Rules first, a model where they doubt",
}


def title_of_recipe(name: str) -> str:
    """What a recipe is called on the page: one that ships by its title, the person's own by its name."""
    return TITLES.get(name, name) if name in BUILT_IN else name
