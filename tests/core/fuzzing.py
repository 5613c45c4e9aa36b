"""Mutates documents and uses them, in a process of its own: ``python -m tests.core.fuzzing SECONDS FIRST_SEED FILE [COUNT]``.

The seed in hand stands in FILE, so that a crash or a hang names its document. The same seed makes the same document.
"""

from __future__ import annotations

import faulthandler
import random
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pymupdf
from PIL import Image

from core.documents.opening import open_document
from core.errors import StudioError
from core.ocr.text_layer import judge_text_layer
from core.settings import Limits
from tests.core.made import LINES, encoded, pdf_of, picture_of, scan_of

#: A document that takes longer than this, in seconds, hangs.
PATIENCE = 20
LIMITS = Limits(file_megabytes=20, pages=50, page_megapixels=20, unpacked_megabytes=50)

Mutation = Callable[[random.Random, bytearray, bytes], bytes]


def originals() -> list[tuple[str, bytes]]:
    """One document of every kind, by file name."""
    small = picture_of(size=(300, 200))
    attached = pymupdf.open(stream=pdf_of(LINES, LINES))
    attached.embfile_add("a.xml", b"<Invoice/>", filename="a.xml")
    attached[0].set_rotation(90)
    return [
        ("plain.pdf", pdf_of(LINES)),
        ("packed.pdf", pdf_of(LINES, LINES, deflate=True, use_objstms=1)),
        ("scan.pdf", scan_of(small)),
        ("attached.pdf", attached.tobytes()),
        ("locked.pdf", pdf_of(LINES, encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="a", owner_pw="b")),
        ("a.png", encoded(small, "PNG")),
        ("a.jpg", encoded(small, "JPEG")),
        ("a.tif", encoded(small, "TIFF", save_all=True, append_images=[small], compression="tiff_lzw")),
        ("fax.tif", encoded(small.convert("1"), "TIFF", compression="group4")),
        ("a.webp", encoded(small, "WEBP")),
        ("a.bmp", encoded(Image.new("RGB", (40, 30), "white"), "BMP")),
        ("a.xml", b"<?xml version='1.0'?><Invoice xmlns='urn:x'><ID>1</ID></Invoice>"),
    ]


def _truncate(dice: random.Random, data: bytearray, other: bytes) -> bytes:
    return bytes(data[: dice.randrange(len(data))])


def _flip(dice: random.Random, data: bytearray, other: bytes) -> bytes:
    for _ in range(dice.choice((1, 3, 20, 200))):
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    return bytes(data)


def _splice(dice: random.Random, data: bytearray, other: bytes) -> bytes:
    start, length = dice.randrange(len(other)), dice.randrange(1, 400)
    place = dice.randrange(len(data))
    data[place : place + dice.choice((0, length))] = other[start : start + length]
    return bytes(data)


def _renumber(dice: random.Random, data: bytearray, other: bytes) -> bytes:
    digits = [place for place, byte in enumerate(data) if 48 <= byte <= 57] or [0]
    for _ in range(dice.choice((1, 5, 30))):
        data[dice.choice(digits)] = dice.choice(b"0189-")
    return bytes(data)


MUTATIONS: tuple[Mutation, ...] = (_truncate, _flip, _splice, _renumber)


def mutant(seed: int, documents: list[tuple[str, bytes]]) -> tuple[str, bytes]:
    """The name and bytes of the document that ``seed`` makes."""
    dice = random.Random(seed)
    name, data = dice.choice(documents)
    for _ in range(dice.choice((1, 1, 2))):
        data = dice.choice(MUTATIONS)(dice, bytearray(data), dice.choice(documents)[1]) or b"%"
    return name, data


def use(name: str, data: bytes) -> str:
    """What became of a document: ``read``, or the name of our error. Anything else is raised."""
    try:
        document = open_document(data, name, LIMITS, password="a")
        document.attachments()
        if document.page_count:
            page = document.page(1, 90)
            judge_text_layer(page.text_layer())
            page.preview(60)
    except StudioError as error:
        return type(error).__name__ if str(error).startswith(name) else f"a sentence without the name: {error}"
    return "read"


def main(seconds: float, first: int, note: Path, count: int = sys.maxsize) -> None:
    """Use mutants until the time is over or there were so many; prints how many, how many came to which end, the longest
    time that one took, and the most memory."""
    documents = originals()
    for name, data in documents:
        assert use(name, data) == "read", name
    ends: dict[str, int] = {}
    stop = time.monotonic() + seconds
    seed, longest = first, 0.0
    while time.monotonic() < stop and seed - first < count:
        note.write_text(str(seed), encoding="ascii")
        faulthandler.dump_traceback_later(PATIENCE, exit=True)
        name, data = mutant(seed, documents)
        started = time.perf_counter()
        end = use(name, data)
        longest = max(longest, time.perf_counter() - started)
        ends[end] = ends.get(end, 0) + 1
        seed += 1
    faulthandler.cancel_dump_traceback_later()
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(seed - first, *sorted(ends.items()), f"at most {longest:.2f} s and {megabytes:.0f} MB", sep="\n")


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]), *map(int, sys.argv[4:5]))
