"""Finding values on a page: every value of an invoice located in the words that were read.

Means, in order: the same letters and digits; another notation of the same number, date or currency; inside the box
that the extractor named; in pieces across text lines; the most similar stretch of text.
"""

from core.matching.choice import find_evidence, find_value

__all__ = ["find_evidence", "find_value"]
