"""Telling the lines of a party apart: street, town, country, contact, company name. The patterns are in ``addresses.toml``."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from core.notation.folding import fold
from core.notation.months import months
from core.rules.countries import is_country

_HOUSE_NUMBER = re.compile(
    r"^\d{1,5}[A-Z][a-z]{2,}|^\d{1,5}\s?[A-Za-z]?(?:[-/]\d+\s?[A-Za-z]?)?,?\s+[^\W\d_]{2,}|[^\W\d_.]{3,}\.?,?\s+(?:n[°ºo.]\s*)?\d{1,4}\s?[A-Za-z]?(?:[-/]\d{1,4}\s?[A-Za-z]?)?$"
)
_CONTACT = re.compile(
    r"@|\bwww\.|https?:|\.(?:com|de|fr|net|org|nl|it|es|pt|co\.uk)\b|\+\d[\d\s().-]{6,}|^[\d\s()/.+-]{8,}$",
    re.IGNORECASE,
)
_REGISTRATION = re.compile(
    r"\b(?:VAT|GST|GSTIN|ABN|ACN|UEN|USt|UID|MWST|TVA|SIRET|SIREN|RCS|NIF|CIF|P\.?\s?IVA|BTW|KvK|CNPJ|HRB|HRA|EIN|TIN|CVR|Momsreg|NIP|REGON|IČO?|DIČ|VKN|CUI)\b"
    r"|\bOrg\.?\s?nr\b|\bVergi\s(?:Dairesi|No)\b|\bY-tunnus\b|\b(?:Tel|Tlf|Tél|Fax|Phone|Fon|Mob)\b",
    re.IGNORECASE,
)
#: Endings of streets that surnames have too: without a number or a preposition they prove nothing.
_SURNAMES = ("berg", "hof", "steig", "damm", "ring", "ufer", "dijk", "singel")
_YEAR = re.compile(r"^(?:19|20)\d\d$")
_WORDS = re.compile(r"[^\W_]+")
_DOTTED = re.compile(r"[\s.]+")


@dataclass(frozen=True, slots=True)
class Patterns:
    """What ``addresses.toml`` says, compiled."""

    town: re.Pattern[str]
    street_words: frozenset[str]
    street_endings: tuple[str, ...]
    legal_forms: frozenset[str]
    legal_marks: tuple[str, ...]
    exact_forms: frozenset[str]
    salutations: frozenset[str]
    titles: frozenset[str]
    place_words: frozenset[str]
    leading_forms: frozenset[str]
    bank_words: frozenset[str]
    trade_words: frozenset[str]
    provinces: frozenset[str]
    greetings: tuple[str, ...]


@cache
def patterns() -> Patterns:
    """The patterns, read once a process."""
    data = tomllib.loads(Path(__file__).with_name("addresses.toml").read_text(encoding="utf-8"))
    words = data["street_words"]
    return Patterns(
        re.compile("|".join(f"(?:{pattern})" for pattern in data["towns"])),
        frozenset(fold(word) for word in words if not word.startswith("-")),
        tuple(fold(word) for word in words if word.startswith("-")),
        frozenset(map(fold, data["legal_forms"])),
        tuple(data["legal_marks"]),
        frozenset(data["exact_forms"]),
        frozenset(map(fold, data["salutations"])),
        frozenset(map(fold, data["titles"])),
        frozenset(map(fold, data["place_words"])),
        frozenset(map(fold, data["leading_forms"])),
        frozenset(map(fold, data["bank_words"])),
        frozenset(map(fold, data["trade_words"])),
        frozenset(map(fold, data["provinces"])),
        tuple(map(fold, data["greetings"])),
    )


@lru_cache(maxsize=4096)
def is_town(text: str) -> bool:
    """Whether a line holds a postcode with its town."""
    return any(map(str.isdigit, text)) and patterns().town.search(text) is not None


@lru_cache(maxsize=4096)
def is_street(text: str) -> bool:
    """Whether a line is a street with its number, a building, or a post box."""
    has_digit = any(map(str.isdigit, text))
    if has_digit and _HOUSE_NUMBER.search(text):
        return not _names_month(text)
    known = patterns()
    keys = [fold(word) for word in _WORDS.findall(text)]
    long_word = any(len(key) > 3 and key in known.street_words for key in keys)
    if has_digit:
        return long_word or any(key in known.street_words for key in keys) or any(_ends_street(key) for key in keys)
    if len(keys) < 2:
        return False
    if is_place(text):
        return True
    ending = any(_ends_street(key) and not key.endswith(_SURNAMES) for key in keys)
    return ending or ((long_word or any(map(_ends_street, keys))) and keys[0] in known.street_words)


def has_street_word(text: str) -> bool:
    """Whether one of a line's words is a street's, a building's or a part of one (Quay Street, Unit 3)."""
    keys = [fold(word) for word in _WORDS.findall(text)]
    return any(key in patterns().street_words or _ends_street(key) for key in keys)


def is_province(text: str) -> bool:
    """Whether a line is nothing but a state or a province that is printed below its town (Selangor)."""
    return fold(text) in patterns().provinces


def is_place(text: str) -> bool:
    """Whether a line begins like a place that needs no number (ZA Les Portes, Lieu-dit Le Mazet)."""
    keys = [fold(word) for word in _WORDS.findall(text)[:3]]
    words = patterns().place_words
    return len(keys) > 1 and (keys[0] in words or (len(keys) > 2 and keys[0] + keys[1] in words))


def _names_month(text: str) -> bool:
    """Whether a line ends in a month and its year (April 2025), which reads like a street and its number."""
    words = text.split()[-2:]
    return len(words) == 2 and _YEAR.match(words[1]) is not None and fold(words[0]) in months()


def _ends_street(key: str) -> bool:
    return len(key) > 6 and key.endswith(patterns().street_endings)


@lru_cache(maxsize=4096)
def is_contact(text: str) -> bool:
    """Whether a line is a phone number, an e-mail or a web address."""
    return _CONTACT.search(text) is not None


@lru_cache(maxsize=4096)
def is_registration(text: str) -> bool:
    """Whether a line gives a tax or register number or a phone, as letterheads do."""
    return _REGISTRATION.search(text) is not None


def is_salutation(text: str) -> bool:
    """Whether a line is nothing but Mr, Firma, Messrs ..."""
    known = patterns().salutations
    words = [fold(word) for word in text.split()]
    return fold(text) in known or (len(words) > 1 and all(word in known for word in words))


@lru_cache(maxsize=4096)
def is_greeting(text: str) -> bool:
    """Whether a line greets or thanks (Dear customer, Thank you for your visit)."""
    return fold(text).startswith(patterns().greetings)


def names_bank(text: str) -> bool:
    """Whether a name has the word of a bank in it."""
    return any(fold(word) in patterns().bank_words for word in _WORDS.findall(text))


def is_title(text: str) -> bool:
    """Whether a line is nothing but a person's title."""
    return fold(text) in patterns().titles


@lru_cache(maxsize=4096)
def has_legal_form(text: str) -> bool:
    """Whether a line names a company with its legal form (GmbH, Ltd, S.r.l. ...)."""
    known = patterns().legal_forms
    words = text.replace(".", "").split()
    keys = [fold(word) for word in words]
    # forms can be set without a blank (SAN.TIC.LTD.STI), and a kilogram is none
    parts = [*zip(words, keys, strict=True), *((word, fold(word)) for word in _DOTTED.split(text) if word)]
    forms = [key for word, key in parts if key in known and word != "kg"]
    named = len(keys) > 1 and (keys[0] in patterns().leading_forms or any(key != keys[0] for key in forms))
    exact = any(word.strip(",;") in patterns().exact_forms for word in text.split()[1:])
    return named or exact or any(mark in text for mark in patterns().legal_marks)


__all__ = [
    "has_legal_form",
    "has_street_word",
    "is_contact",
    "is_country",
    "is_greeting",
    "is_place",
    "is_province",
    "is_registration",
    "is_salutation",
    "is_street",
    "is_title",
    "is_town",
    "names_bank",
    "patterns",
]
