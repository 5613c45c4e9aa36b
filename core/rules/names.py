"""Names that may be a vendor's: what is one, what is only a part of one, and what stands around it on its line."""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass

from core.notation.currencies import currency_of
from core.notation.folding import fold
from core.page.layout import Token
from core.rules.addresses import (
    has_legal_form,
    is_contact,
    is_country,
    is_greeting,
    is_province,
    is_registration,
    is_salutation,
    is_street,
    is_town,
    patterns,
)
from core.rules.reading import Reading

_EDGE = " ,;:·|-–•*\u200b©"
#: A line that names the owner of the firm above it, or the firm to which that name belongs.
_OWNER = re.compile(
    r"^(?:Inh\.|Inhaber(?:in)?\b|Prop\.|Proprietor|Owner|Titular\b|Gérant"
    r"|an? (?:trading|division|part|member|subsidiary|brand)\b|trading as\b|(?:operated|owned|powered) by\b|licensee of\b|formerly\b)",
    re.IGNORECASE,
)
#: The second half of an address (1500 - Bela Vista).
_NUMBERED = re.compile(r"^\d+\s*[-–,]")
#: Numbers before a comma are a house's (Pt 17920 Sek U9, Shah Alam).
_LISTED = re.compile(r"\d\w*\s*,")
#: So many figures are a document's number or an article's.
_LONG = re.compile(r"\d{6}")
_LETTERS = re.compile(r"[^\W\d_]")
_WORDS = re.compile(r"[^\W\d_]{2,}")
_NAME_STOP = re.compile(r"\s(?:[·•|–]|-)\s|\s{2,}")
#: What may follow a name and is none of it: a register number, bare or in brackets, the company's capital.
_BEHIND_NAME = re.compile(
    r"\s*[(<\[][^()<>\[\]]*\d{3}[^()<>\[\]]*[)>\]]$"
    r"|\s+\d{4,7}\s?-?\s?[A-Z](?:\s*\([A-Z]{1,5}\))?$"
    r"|\s*[(<\[]?\s*\b(?:Co(?:mpany)?\.?,?\s*)?Reg(?:istration)?\.?\s*(?:No|Nr|Number)\b.*$"
    r"|\s+au capital\b.*$|\s+capitale sociale\b.*$",
    re.IGNORECASE,
)
#: What parts a sender's line (Acme Ltd · 12 High Street · Leeds).
_DOTS = re.compile(r"\s*[·•●|∙]\s*")
#: What a company's line of registration says, and what is no part of a name.
_REGISTERED = re.compile(
    r"\b(?:regist(?:ered|ro|re)|au capital|limited liability|authorised|Geschäftsführer)\b", re.IGNORECASE
)
_CLAUSE = re.compile(r"\s(?:is|are|ist|est|trading as|t/a|of the)\s", re.IGNORECASE)
_LONGEST_NAME = 10
_BRACKETED = re.compile(r"\([^()]*\)")
#: No code of a currency is longer.
_SHORT = 5
#: So many heads of columns in a line, and this share of its words, make it a table's head.
_HEADS, _HEADS_SHARE = 2, 0.5
#: Letters that OCR took for signs or digits inside a word.
_MISREAD = str.maketrans({"$": "S", "0": "O", "1": "I", "2": "Z", "5": "S", "8": "B", "€": "E"})
#: How alike a misread word of a trade is (0 to 100), and from how many letters on that says something.
_ALIKE, _LONG_WORD = 78, 7


@dataclass(frozen=True, slots=True)
class Name:
    """A name that may be the vendor's, where it stands, how likely it is and by which sign."""

    text: str
    tokens: tuple[Token, ...]
    page: int
    score: float
    rule: str
    label: str = ""


def without_number(text: str) -> str:
    """A name without the register number or capital behind it (Acme Sdn Bhd (123456-X))."""
    return _BEHIND_NAME.sub("", text.strip(_EDGE)).strip()


def has_number_behind(text: str) -> bool:
    """Whether a register number or the like follows a name."""
    return _BEHIND_NAME.search(text.strip(_EDGE)) is not None


def clean_name(text: str, titles: Set[str] = frozenset()) -> str:
    """A name without the address or slogan behind a dash, and without the document's title behind it (Acme Invoice)."""
    if len(parts := _DOTS.split(text)) > 2 and any(map(str.isdigit, "".join(parts[1:]))):
        text = parts[0]
    if _NAME_STOP.search(text) and (is_town(text) or is_registration(_NAME_STOP.split(text, maxsplit=1)[1])):
        text = _NAME_STOP.split(text)[0]
    words = without_number(text).split()
    while len(words) > 1 and fold(words[-1]) in titles:
        words.pop()
    return " ".join(words)


def registered_name(text: str) -> str | None:
    """The company with which a line begins that goes on with its register, seat or tax number (Acme Ltd. Registered in
    England No. 4711), else ``None``."""
    words = text.strip(_EDGE).split()
    if words and fold(words[0]) in patterns().leading_forms:
        return None
    for end in range(2, min(len(words), _LONGEST_NAME)):
        name, rest = " ".join(words[:end]), " ".join(words[end:])
        if not has_legal_form(name):
            continue
        if end + 1 < len(words) and is_fragment(words[end]) and not words[end - 1].endswith((",", ";", "–", "-")):
            continue  # the form goes on (Co. Ltd)
        says = _REGISTERED.search(rest) or is_registration(rest) or is_town(rest) or is_contact(rest)
        return without_number(name).rstrip(",") if says and not _CLAUSE.search(name) else None
    return None


def is_fragment(text: str, misread: bool = False) -> bool:
    """Whether a line is only the end of a name that begins above it: a legal form, a trade, a branch in brackets. ``misread`` also
    knows words of which OCR took a letter for another sign (IN$. MAL2.)."""
    text = _BRACKETED.sub(" ", text)
    words = [fold(word) for word in _WORDS.findall(text.translate(_MISREAD) if misread else text)]
    return bool(words) and all(_ends_name(word, misread) for word in words)


def _ends_name(word: str, misread: bool) -> bool:
    known = patterns()
    if word in known.legal_forms or word in known.trade_words:
        return True
    if not misread or len(word) < _LONG_WORD:
        return False
    from rapidfuzz import fuzz, process

    return process.extractOne(word, known.trade_words, scorer=fuzz.ratio, score_cutoff=_ALIKE) is not None


def is_legal_form(text: str) -> bool:
    """Whether a line is nothing but a legal form, or the rest of one."""
    words = [fold(word) for word in _WORDS.findall(text)]
    return bool(words) and all(word in patterns().legal_forms for word in words)


def names_province(text: str) -> bool:
    """Whether a line is a town with its state or province behind a comma (Semenyih, Selangor)."""
    if "," not in text:
        return False
    head, _, province = text.rpartition(",")
    bare = " ".join(word for word in province.split() if not any(map(str.isdigit, word)))
    return bool(head.strip()) and is_province(bare.strip(_EDGE + ".")) and not has_legal_form(head)


def _heads_table(reading: Reading, text: str) -> bool:
    """Whether a line is the head of a table that was not known as such (Pos Artikel-Nr. Menge €/Stk)."""
    words = [fold(word) for word in text.split()]
    if len(words) < _HEADS:
        return False
    heads = sum(bool(reading.lexicon.column_kinds(word, reading.language)) for word in words if len(word) > 2)
    return heads >= _HEADS and heads >= _HEADS_SHARE * len(words) and not has_legal_form(text)


def is_namelike(reading: Reading, text: str) -> bool:
    """Whether a line can name somebody: words, and neither a label, a title, a greeting, an address nor a date."""
    key = fold(text)
    letters = len(_LETTERS.findall(text))
    return (
        letters >= 3
        and letters > 1.5 * sum(map(str.isdigit, text))
        and len(text) < 70
        and not (_NUMBERED.match(text) and not has_legal_form(text))
        and not text.startswith("di ")
        and not ((_LISTED.search(text) or _LONG.search(text)) and not has_legal_form(text))
        and not _OWNER.match(text)
        and key not in reading.lexicon.titles
        and key not in reading.lexicon.labels
        and not reading.lexicon.column_kinds(key, reading.language)
        and not is_contact(text)
        and not is_country(text)
        and not is_town(text)
        and not names_province(text)
        and not _heads_table(reading, text)
        and not (len(text) < _SHORT and text.isupper() and currency_of(text) is not None)
        and not is_salutation(text)
        and not is_greeting(text)
        and not (is_street(text) and not has_legal_form(text))
        and not reading.dates_in([Token(part, "", 0, 0, 0, 1, -1) for part in text.split()])
    )
