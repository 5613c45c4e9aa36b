"""What a document is: an invoice, a credit note, a receipt, or none of them. By what it calls itself and by what it looks
like; no model is asked."""

from core.recognition.recognition import Recognition, doubt_of, recognise

__all__ = ["Recognition", "doubt_of", "recognise"]
