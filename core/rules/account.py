"""The account to pay to: an IBAN, known by its check digits wherever it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from core.notation.checked import is_iban
from core.page.layout import Token
from core.rules.header import Candidate
from core.rules.reading import Reading

_BEGINNING = re.compile(r"^[A-Z]{2}(?:[0-9OILSBZ]{2}[0-9A-Z.\-]*)?$")
_CHECK = re.compile(r"^[0-9]{2}[0-9A-Z]*$")
#: What OCR reads for the digits of a number, and the digits.
_CONFUSED = str.maketrans("OILSBZ", "011582")
_SHORTEST, _LONGEST = 15, 34
#: The rule of what check digits prove.
CHECKED = "check digits"


def read_iban(reading: Reading) -> Candidate | None:
    """The first IBAN that is not said to be the customer's own, from which the money is taken."""
    return next(_ibans(reading), None)


def _ibans(reading: Reading) -> Iterator[Candidate]:
    for page, layout in enumerate(reading.layouts):
        for line in layout.lines:
            tokens = line.tokens
            for at, token in enumerate(tokens):
                if _BEGINNING.match(token.text) and (found := _iban_at(tokens, at, reading.scanned)):
                    number, used = found
                    if _is_debited(reading, page, line.index):
                        break
                    yield Candidate("iban", number, tuple(used), page, 1.0, CHECKED, "IBAN")
                    break


def _iban_at(tokens: Sequence[Token], at: int, misread: bool) -> tuple[str, Sequence[Token]] | None:
    """The IBAN that begins with the token at ``at``, in groups or not, and its tokens. In a page that OCR read, letters
    that it takes for digits are read as these where only so the check digits are right."""
    if len(tokens[at].text) == 2 and not (at + 1 < len(tokens) and _CHECK.match(tokens[at + 1].text)):
        return None
    text = ""
    for end in range(at, len(tokens)):
        text += re.sub(r"[^0-9A-Za-z]", "", tokens[end].text).upper()
        if len(text) > _LONGEST:
            return None
        if len(text) < _SHORTEST:
            continue
        mended = text[:2] + text[2:].translate(_CONFUSED)
        for number in (text, mended) if misread else (text,):
            if is_iban(number):
                return number, tokens[at : end + 1]
    return None


def _is_debited(reading: Reading, page: int, line: int) -> bool:
    """Whether the line, or the one above it, says that the account is charged."""
    lines = reading.layouts[page].lines[max(line - 1, 0) : line + 1]
    keys = {token.key for one in lines for token in one.tokens}
    return any(key.startswith(word) for word in reading.lexicon.debit_words for key in keys)
