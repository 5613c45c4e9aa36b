"""What differs between two versions of a prompt, line by line."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from core.prompt import Prompt
from core.prompts.yaml_text import write_prompts


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line: only in the old version (``-``), only in the new one (``+``), in both (blank), or left out (``…``)."""

    mark: Literal["-", "+", " ", "…"]
    text: str


def compare_prompts(old: Prompt, new: Prompt, around: int = 3) -> list[DiffLine]:
    """The changed lines of two prompts (as YAML) with ``around`` unchanged ones on each side; empty where they are alike."""
    before, after = (write_prompts([prompt]).splitlines() for prompt in (old, new))
    lines: list[DiffLine] = []
    groups = list(SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(around))
    for number, group in enumerate(groups):
        if number:
            lines.append(DiffLine("…", ""))
        for tag, a0, a1, b0, b1 in group:
            if tag == "equal":
                lines += [DiffLine(" ", text) for text in before[a0:a1]]
                continue
            lines += [DiffLine("-", text) for text in before[a0:a1]]
            lines += [DiffLine("+", text) for text in after[b0:b1]]
    return lines
