"""What a document is: which kind of invoice, which of the types that there are, and which pages of a file belong together. By what
pages call themselves and by what they look like; no model is asked."""

from core.recognition.recognition import Recognition, doubt_of, recognise

__all__ = ["Recognition", "doubt_of", "recognise"]
