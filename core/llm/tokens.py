"""How many tokens a text, a picture or a whole question has, counted roughly and without a network.

No provider's own vocabulary is used: words count by their length, digits and signs in threes, letters of other scripts
one by one. On the sample invoices, as text and as JSON, that is within a fifth of the vocabulary ``o200k_base``.
"""

from __future__ import annotations

import json
import re
from io import BytesIO

from core.call import Purpose, Usage
from core.llm.provider import Image, Question

_PIECES = re.compile(
    r"(?P<word>_?[A-Za-zÀ-ɏ]+)|(?P<digits>\d+)|(?P<blank>[ \t]{2,}|[\r\n]+)|(?P<signs>[!-/:-@\[-`{-~]+)|(?P<other>\S)"
)
#: Characters of a kind that share a token; a run of blanks is one, and so is a character of any other kind.
_SHARED = {"word": 5, "digits": 3, "signs": 3}
#: Square pixels of a picture that cost a token, and what the smallest picture costs (what the large providers name).
_PIXELS, _LEAST = 750, 250
#: What every turn of the conversation adds around its text.
_TURN = 6
#: Longest reply to be expected where the purpose says more than the question's own limit does.
_SHORT: dict[Purpose, int] = {"recognise": 150, "check": 600, "second opinion": 1500}


def count_text(text: str) -> int:
    """Tokens of ``text``, roughly."""
    total = 0
    for piece in _PIECES.finditer(text):
        shared = _SHARED.get(piece.lastgroup or "")
        total += -((piece.start() - piece.end()) // shared) if shared else 1
    return total


def count_image(image: Image) -> int:
    """Tokens of a picture, roughly: by its area."""
    from PIL import Image as Picture
    from PIL import UnidentifiedImageError

    try:
        with Picture.open(BytesIO(image.data)) as picture:
            width, height = picture.size
    except (UnidentifiedImageError, OSError):
        return _LEAST
    return max(_LEAST, width * height // _PIXELS)


def count_question(question: Question) -> int:
    """Tokens of all that a question sends, roughly: instructions, turns, pictures and schema."""
    total = count_text(question.system) + _TURN
    if question.schema is not None:
        total += count_text(json.dumps(question.schema))
    for message in question.messages:
        total += _TURN
        total += sum(count_text(part) if isinstance(part, str) else count_image(part) for part in message.parts)
    return total


def expected_usage(question: Question, purpose: Purpose) -> Usage:
    """What a question will use, most likely. A reply that reads a document is taken to be half as long as what the
    last turn shows of it, and never longer than the question allows."""
    asked = question.messages[-1].parts if question.messages else ()
    shown = sum(count_text(part) if isinstance(part, str) else count_image(part) for part in asked)
    output = min(400 + shown // 2, _SHORT.get(purpose, question.max_output_tokens), question.max_output_tokens)
    return Usage(count_question(question), output)


def greatest_usage(question: Question, longest: int) -> Usage:
    """What a question can use at most: its reply as long as it and the model (``longest``) allow."""
    return Usage(count_question(question), min(question.max_output_tokens, longest))
