"""What Japanese documents need besides their labels: a script without blanks, and OCR that writes it in Chinese forms."""

from __future__ import annotations

#: Chinese and Japanese characters come after this one.
FIRST_CJK = "\u2e80"
#: Simplified or traditional Chinese forms that recognisers write, and the Japanese ones.
FORMS = str.maketrans(
    "费剂额计总單单价价税货發发编爱綠緑値單請请収领领银银账録录项项备备払拂预",
    "費剤額計総単単価価税貨発発編愛緑緑値単請請収領領銀銀帳録録項項備備払払預",
)
#: What a sum says in brackets behind its name: tax included, yen.
_TAX_INCLUDED = ("税込", "税込み", "円", "等")


def bare_label(key: str) -> str:
    """A folded word without the rate at its end and the remark that tax is in it (``合計税込10`` is ``合計``)."""
    name = key.rstrip("0123456789")
    for said in _TAX_INCLUDED:
        name = name.removesuffix(said)
    return name if len(name) > 1 else ""
