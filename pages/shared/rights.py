"""Buttons of what a person's role does not allow: grey, and they say why. The verb itself refuses too."""

from __future__ import annotations

from typing import Any

from pages.shared.frame import get_studio


def kept_for(verb: str, help: str | None = None, disabled: bool = False) -> dict[str, Any]:
    """How a button behind which ``verb`` stands is drawn for whoever sits here: see :func:`core.rights.refusal`."""
    sentence = get_studio().refusal(verb)
    return {"disabled": disabled or bool(sentence), "help": sentence or help}
