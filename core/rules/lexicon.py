"""The words of invoices by language: labels, titles, column heads and ends of tables, read from ``labels/*.toml``.

To add a language, add one file beside the others. Its shape is checked when it is loaded: unknown kinds and columns are
refused, so that a spelling mistake cannot silently cost a label.

Languages that many documents mix (an English label on a German invoice) are read on every document. One whose file names
its ``kin`` is read on documents of its own and of these languages alone: *data* is Polish for a date, *ale* Finnish for a
discount, and both are words elsewhere.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from core.notation.folding import fold
from core.page.japanese import FIRST_CJK, is_chinese

#: What a label may announce. Kinds that are no field of the invoice are there so that their values are not taken for one.
KINDS = frozenset(
    "invoice_number invoice_date invoice_number_and_date due_date order_date customer_id order_number other subtotal tax "
    "tax_rate total_amount amount_due paid discount shipping rounding not_total customer ship_to vendor "
    "party_name party_address party_town party_contact".split()
)
#: What a column of a line-item table may hold.
COLUMNS = frozenset(
    "position article description quantity unit unit_price total_price tax_rate tax_amount discount gross date".split()
)
#: What labels of a kind announce more closely: the customer's order among numbers of orders; tax ids, tax numbers (with those
#: that name the customer) and terms of payment among what is no field of every invoice.
MEANINGS = frozenset("purchase_order tax_id tax_number customers_tax_id payment_terms".split())
WEIGHTS = {"strong": 1.0, "weak": 0.6}

_SECTIONS = frozenset(
    {
        "language",
        "kin",
        "compound_heads",
        "qualifiers",
        "net_terms",
        "receipts",
        "payment_words",
        "paid_words",
        "stop_words",
        "titles",
        "words",
        "labels",
        "meanings",
        "customer_words",
        "debit_words",
        "day_words",
        "columns",
        "table",
    }
)
#: A document with this share of its words in Chinese characters or kana is Japanese or Chinese, whatever else it has.
_SOME_CJK = 0.25
#: So few different words tell no language.
_FEW_WORDS = 12
#: Of a document in a known language the votes of its words come to this share of them; pages in foreign ones reach a half
#: to a tenth of it, by words that languages share.
_FAMILIAR = 0.12
_WORD = re.compile(r"<(\w+)>")
_HERE = Path(__file__).with_name("labels")


class LexiconError(ValueError):
    """A language file that does not have the expected shape; the sentence names the file and what is wrong."""


class Entry(NamedTuple):
    """One meaning of a phrase: the kind of value it announces and how sure that is (0 to 1)."""

    kind: str
    weight: float


@dataclass(slots=True, eq=False)
class Lexicon:
    """All languages together. Keys are folded phrases (:func:`core.page.layout.fold`)."""

    labels: dict[str, dict[str, Entry]] = field(default_factory=lambda: defaultdict(dict))
    """Phrase -> language -> meaning."""
    joined: set[str] = field(default_factory=set)
    """Keys of phrases that begin with a word of one or two letters: one plain word that reads like them (Reno for “re
    no”) is none."""
    prefixes: set[str] = field(default_factory=set)
    """Every beginning of a label phrase, so that a search can stop early."""
    columns: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=lambda: defaultdict(dict))
    """Column head -> language -> kinds of column that it may head, the likeliest first."""
    titles: set[str] = field(default_factory=set)
    receipts: set[str] = field(default_factory=set)
    """Titles and words that only till receipts bear."""
    net_terms: set[str] = field(default_factory=set)
    """What stands behind the date on which the full amount is due (by 17 July *without deduction*)."""
    payment_words: set[str] = field(default_factory=set)
    """Words of a sentence that says by when to pay."""
    paid_words: set[str] = field(default_factory=set)
    """Words of a sentence that tells of a payment made."""
    meanings: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Meaning (one of :data:`MEANINGS`) -> the labels that have it."""
    debit_words: set[str] = field(default_factory=set)
    """Words of a sentence that says whose account is charged: the customer's."""
    customer_words: set[str] = field(default_factory=set)
    """Words beside a label that make what it announces the customer's."""
    day_words: set[str] = field(default_factory=set)
    """Words for days in which to pay."""
    table_end: set[str] = field(default_factory=set)
    carry: set[str] = field(default_factory=set)
    """What announces a sum carried over to another page."""
    words: dict[str, dict[str, float]] = field(default_factory=dict)
    """Word -> language -> vote, for telling a document's language."""
    compound_heads: list[str] = field(default_factory=list)
    """Ends of compound words that are read as the word itself."""
    qualifiers: dict[str, str] = field(default_factory=dict)
    """Word behind the label of a sum -> ``net`` or ``gross``."""
    kin: dict[str, frozenset[str]] = field(default_factory=dict)
    """Language that keeps to its own documents -> the languages on whose documents it is read too."""
    contents: Sequence[Mapping[str, Any]] = ()
    """What the files say, from which the part for one language is made."""
    _parts: dict[frozenset[str], Lexicon] = field(default_factory=dict, init=False)

    def for_language(self, language: str | None) -> Lexicon:
        """What is read on a document of ``language``: all but the languages that keep to other documents. Made once."""
        strange = frozenset(name for name, kin in self.kin.items() if language != name and language not in kin)
        if strange not in self._parts:
            part = _lexicon_of([data for data in self.contents if data["language"] not in strange])
            part.labels = {phrase: found for phrase, found in part.labels.items() if phrase in self.labels}
            part.columns = {head: found for head, found in part.columns.items() if head in self.columns}
            part.prefixes = _beginnings(part.labels)
            self._parts[strange] = part
        return self._parts[strange]

    def label(self, key: str, language: str | None) -> Entry | None:
        """What ``key`` announces in a document of ``language``; another language's meaning counts a little less."""
        found = self.labels.get(key)
        if not found:
            return None
        if language in found:
            return found[language]
        entry = found.get("en") or max(found.values(), key=lambda entry: entry.weight)
        return Entry(entry.kind, entry.weight * 0.9)

    def column_kinds(self, key: str, language: str | None) -> tuple[str, ...]:
        """The kinds of column that ``key`` may head, the likeliest first; empty where it is no column head."""
        found = self.columns.get(key)
        if not found:
            return ()
        return found.get(language or "") or found.get("en") or next(iter(found.values()))

    def language_of(self, keys: Iterable[str]) -> str | None:
        """The language of a document with these folded words, or ``None`` where they do not tell. Each word has one voice:
        a hundred lines that begin with the same one say no more than the first."""
        votes: Counter[str] = Counter()
        keys = list(keys)
        if sum(key[:1] > FIRST_CJK or key[-1:] > FIRST_CJK for key in keys) > _SOME_CJK * len(keys):
            return "zh" if is_chinese("".join(keys)) else "ja"
        for key in dict.fromkeys(keys):
            for language, vote in self.words.get(key, {}).items():
                votes[language] += vote  # type: ignore[assignment]  # counters take fractions too
        return votes.most_common(1)[0][0] if votes else None

    def knows(self, keys: Iterable[str], language: str | None) -> bool:
        """Whether a document with these folded words is in a language that was learnt: enough of its different words are
        known in ``language``. Of a few words nothing is said."""
        words = {key for key in keys if len(key) > 1 and key.isalpha()}
        if len(words) < _FEW_WORDS or language in ("ja", "zh"):
            return True
        familiar = sum(self.words.get(word, {}).get(language or "", 0.0) for word in words)
        return familiar >= _FAMILIAR * len(words)


@cache
def load_lexicon() -> Lexicon:
    """The languages that ship, read once a process. Raises LexiconError."""
    return read_lexicon(sorted(_HERE.glob("*.toml")))


def read_lexicon(files: Iterable[Path]) -> Lexicon:
    """A lexicon of the given language files. Raises LexiconError where one does not have the expected shape."""
    found = []
    for file in files:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
        _check(data, file.name)
        found.append(data)
    # those that many documents mix come first: the others' words must not weaken theirs
    return _lexicon_of(sorted(found, key=lambda data: "kin" in data))


def _lexicon_of(contents: Sequence[Mapping[str, Any]]) -> Lexicon:
    lexicon = Lexicon(contents=contents)
    words: dict[str, Counter[str]] = defaultdict(Counter)
    for data in contents:
        own: dict[str, Counter[str]] = defaultdict(Counter)
        _add(lexicon, own, data)
        if "kin" in data:
            lexicon.kin[data["language"]] = frozenset(data["kin"])
        for word, votes in own.items():
            # a word of English or German tells nothing for a language that keeps to itself
            if "kin" not in data or not words[word].keys() - lexicon.kin.keys():
                words[word] |= votes
    lexicon.labels = dict(lexicon.labels)
    lexicon.columns = dict(lexicon.columns)
    lexicon.prefixes = _beginnings(lexicon.labels)
    lexicon.words = {
        word: {language: strength / len(votes) ** 2 for language, strength in votes.items()}
        for word, votes in words.items()
        if votes
    }
    return lexicon


def _beginnings(phrases: Iterable[str]) -> set[str]:
    return {phrase[:end] for phrase in phrases for end in range(1, len(phrase) + 1)}


def _check(data: Mapping[str, Any], name: str) -> None:
    unknown = data.keys() - _SECTIONS
    if unknown or not isinstance(data.get("language"), str):
        raise LexiconError(f"{name}: needs a language and no sections but {', '.join(sorted(_SECTIONS))}.")
    for section, allowed in (
        ("labels", KINDS),
        ("columns", COLUMNS),
        ("table", {"end", "carry"}),
        ("qualifiers", {"net", "gross"}),
        ("meanings", MEANINGS),
    ):
        if strange := data.get(section, {}).keys() - allowed:
            raise LexiconError(f"{name}: [{section}] does not know {', '.join(sorted(strange))}.")
    for kind, phrases in data.get("labels", {}).items():
        if strange := phrases.keys() - WEIGHTS.keys():
            raise LexiconError(f"{name}: labels.{kind} has {', '.join(sorted(strange))}; use strong or weak.")


def _add(lexicon: Lexicon, words: dict[str, Counter[str]], data: Mapping[str, Any]) -> None:
    language = data["language"]
    named = {name: [str(word) for word in found] for name, found in data.get("words", {}).items()}
    lexicon.net_terms.update(map(fold, data.get("net_terms", ())))
    lexicon.titles.update(map(fold, data.get("titles", ())))
    lexicon.receipts.update(map(fold, data.get("receipts", ())))
    lexicon.payment_words.update(map(fold, data.get("payment_words", ())))
    lexicon.paid_words.update(map(fold, data.get("paid_words", ())))
    lexicon.debit_words.update(map(fold, data.get("debit_words", ())))
    lexicon.customer_words.update(map(fold, data.get("customer_words", ())))
    lexicon.day_words.update(map(fold, data.get("day_words", ())))
    for meaning, phrases in data.get("meanings", {}).items():
        lexicon.meanings[meaning].update(fold(spelled) for phrase in phrases for spelled in _spell_out(phrase, named))
    lexicon.table_end.update(map(fold, data.get("table", {}).get("end", ())))
    lexicon.carry.update(map(fold, data.get("table", {}).get("carry", ())))
    lexicon.compound_heads += map(fold, data.get("compound_heads", ()))
    for side, found in data.get("qualifiers", {}).items():
        lexicon.qualifiers.update((fold(word), side) for word in found)
    for word in str(data.get("stop_words", "")).split():
        words[fold(word)][language] = 2
    for kind, phrases in data.get("labels", {}).items():
        for strength, weight in WEIGHTS.items():
            for phrase in phrases.get(strength, ()):
                _add_label(lexicon, words, language, Entry(kind, weight), phrase, named)
    for column, heads in data.get("columns", {}).items():
        for head in heads:
            known = lexicon.columns[fold(head)]
            known[language] = (*known.get(language, ()), column)


def _add_label(
    lexicon: Lexicon,
    words: dict[str, Counter[str]],
    language: str,
    entry: Entry,
    phrase: str,
    named: Mapping[str, list[str]],
) -> None:
    for spelled in _spell_out(phrase, named):
        known = lexicon.labels[fold(spelled)]
        parts = spelled.split()
        if len(parts) == 2 and len(fold(parts[0])) < 3 and not parts[0].startswith("#"):
            lexicon.joined.add(fold(spelled))
        if language not in known or known[language].weight < entry.weight:
            known[language] = entry
        for word in spelled.split():
            if len(word) > 2:
                words[fold(word)].setdefault(language, 1)


def _spell_out(phrase: str, named: Mapping[str, list[str]]) -> Iterator[str]:
    """``<document> no`` as ``invoice no``, ``receipt no`` ... Raises LexiconError for a name that [words] lacks."""
    names = _WORD.findall(phrase)
    if missing := set(names) - named.keys():
        raise LexiconError(f"“{phrase}” needs [words] {', '.join(sorted(missing))}.")
    pattern = _WORD.sub("{}", phrase)
    for choice in product(*(named[name] for name in names)):
        yield pattern.format(*choice)
