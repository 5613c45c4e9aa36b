"""Two readings of one page made one: the words of a reader that tells no places, where another reader saw them.

Both are sequences of words in reading order. Runs that say the same hold the two together (the longest common
subsequence of folded words, as :class:`difflib.SequenceMatcher` finds it); between them stand words that were read
differently, which take the room of their counterparts.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from core.evidence import Box, Word, union

#: How sure a word is: seen alike by both, read otherwise by the other, seen by one alone.
AGREED, DIFFERENT, ALONE = 0.99, 0.8, 0.4


def align(lines: Sequence[str], seen: Sequence[Word]) -> list[Word]:
    """The words of ``lines`` with the boxes of ``seen``.

    A word that both read the same is taken as it is written in ``lines``; one that they read differently too, with less
    confidence; one that only ``lines`` has stands, unsure, beside its neighbour; one that only ``seen`` has stays, unsure.
    """
    texts = [word for line in lines for word in line.split()]
    pairs = SequenceMatcher(None, [_fold(text) for text in texts], [_fold(word.text) for word in seen], autojunk=False)
    aligned: list[Word] = []
    for tag, a0, a1, b0, b1 in pairs.get_opcodes():
        if tag == "equal":
            aligned += [
                word._replace(text=text, confidence=max(word.confidence, AGREED))
                for text, word in zip(texts[a0:a1], seen[b0:b1], strict=True)
            ]
        elif tag == "replace":
            aligned += _in_place_of(texts[a0:a1], seen[b0:b1])
        elif tag == "delete":
            aligned += _beside(texts[a0:a1], aligned[-1] if aligned else None, seen[b0] if b0 < len(seen) else None)
        else:
            aligned += [word._replace(confidence=min(word.confidence, ALONE)) for word in seen[b0:b1]]
    return aligned


def _fold(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum()) or text


def _in_place_of(texts: Sequence[str], words: Sequence[Word]) -> list[Word]:
    """``texts`` in the room of ``words``: line by line, by the share of letters that each line has."""
    runs = _runs(words)
    letters = sum(len(word.text) for word in words)
    placed: list[Word] = []
    start = 0
    for number, run in enumerate(runs):
        share = sum(len(word.text) for word in run) / max(letters, 1)
        end = len(texts) if number == len(runs) - 1 else min(len(texts), start + round(share * len(texts)))
        placed += _spread(texts[start:end], run)
        start = end
    return placed


def _runs(words: Sequence[Word]) -> list[list[Word]]:
    """``words`` as the runs that stand on one line each."""
    runs: list[list[Word]] = []
    for word in words:
        if runs and word.line == runs[-1][-1].line and word.box.x0 >= runs[-1][-1].box.x0:
            runs[-1].append(word)
        else:
            runs.append([word])
    return runs


def _spread(texts: Sequence[str], words: Sequence[Word]) -> list[Word]:
    """``texts`` side by side over the room of ``words``; one for one where they are as many."""
    if len(texts) == len(words):
        return [word._replace(text=text, confidence=DIFFERENT) for text, word in zip(texts, words, strict=True)]
    if not texts:
        return []
    room = union(word.box for word in words)
    letters = sum(len(text) + 1 for text in texts)
    placed, x = [], room.x0
    for text in texts:
        width = room.width * (len(text) + 1) / letters
        box = Box(x, room.y0, x + width * len(text) / (len(text) + 1), room.y1)
        placed.append(Word(text, box, DIFFERENT, words[0].line))
        x += width
    return placed


def _beside(texts: Sequence[str], before: Word | None, after: Word | None) -> list[Word]:
    """Words that only one reader saw: right of the word before them, as large as its letters; nowhere without one."""
    near = before or after
    if near is None:
        return []
    letter = near.box.width / max(len(near.text), 1)
    placed, x = [], near.box.x1 + letter if before else near.box.x0
    for text in texts:
        box = Box(x, near.box.y0, x + letter * len(text), near.box.y1)
        placed.append(Word(text, box, ALONE, near.line))
        x = box.x1 + letter
    return placed
