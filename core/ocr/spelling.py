"""One way to write what a recogniser writes in several: quotes, dashes, full-width forms."""

from __future__ import annotations

import re

_PLAIN = str.maketrans(
    {
        **dict.fromkeys("“”„‟", '"'),
        **dict.fromkeys("‘’‚‛´`", "'"),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        "…": "...",
        "￥": "¥",
        "\u3000": " ",
    }
)
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {ord("。"): ".", ord("、"): ","}
_EAST_ASIAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def plain(text: str) -> str:
    """``text`` with plain quotes and dashes; full-width forms too, unless it is East Asian, where they belong."""
    text = text.translate(_PLAIN)
    return text if _EAST_ASIAN.search(text) else text.translate(_WIDE)
