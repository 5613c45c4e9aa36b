"""What Japanese documents need besides their labels: a script without blanks, and OCR that writes it in Chinese forms."""

from __future__ import annotations

#: Chinese and Japanese characters come after this one.
FIRST_CJK = "\u2e80"
#: What a sum says in brackets behind its name: tax included, yen.
_TAX_INCLUDED = ("税込", "税込み", "円", "等")


def bare_label(key: str) -> str:
    """A folded word without the rate at its end and the remark that tax is in it (``合計税込10`` is ``合計``)."""
    name = key.rstrip("0123456789")
    for said in _TAX_INCLUDED:
        name = name.removesuffix(said)
    return name if len(name) > 1 else ""
