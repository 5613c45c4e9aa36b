"""What Japanese and Chinese documents need besides their labels: a script without blanks, and OCR that writes it in other forms."""

from __future__ import annotations

import re

from core.notation.folding import fold

#: Chinese and Japanese characters come after this one.
FIRST_CJK = "\u2e80"
#: What a sum says in brackets behind its name: tax included, yen.
_TAX_INCLUDED = ("税込", "税込み", "円", "等")

#: Kana, which every Japanese page has.
_KANA = re.compile(r"[\u3041-\u30fa]")
#: What Chinese invoices call themselves, folded.
_FAPIAO = tuple(fold(word) for word in ("发票", "發票"))


def is_chinese(key: str) -> bool:
    """Whether folded text in Chinese characters is a Chinese invoice's: no kana, and the word for it."""
    return _KANA.search(key) is None and any(word in key for word in _FAPIAO)


def bare_label(key: str) -> str:
    """A folded word without the rate at its end and the remark that tax is in it (``合計税込10`` is ``合計``)."""
    name = key.rstrip("0123456789")
    for said in _TAX_INCLUDED:
        name = name.removesuffix(said)
    return name if len(name) > 1 else ""
