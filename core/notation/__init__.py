"""How a document writes its numbers and dates: decided once a document, used by whoever reads a text of it."""

from core.notation.notation import Notation, notation_of, notation_of_text, usual_notation

__all__ = ["Notation", "notation_of", "notation_of_text", "usual_notation"]
