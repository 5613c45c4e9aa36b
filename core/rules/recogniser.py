"""What pages are, told by the labels that the offline rules know."""

from __future__ import annotations

from collections.abc import Sequence

from core.evidence import PageText
from core.recognition.parts import OwnNumbers
from core.recognition.recogniser import Recogniser
from core.recognition.recognition import Labelled
from core.rules.lexicon import load_lexicon
from core.rules.reading import Reading
from core.rules.several import own_numbers


def _laid_out(pages: Sequence[PageText]) -> Reading:
    return Reading(tuple(page.as_read() for page in pages), load_lexicon())


def _own_numbers(reading: Labelled) -> OwnNumbers:
    return own_numbers(reading) if isinstance(reading, Reading) else OwnNumbers()


OFFLINE = Recogniser(_laid_out, _own_numbers)
