"""Mails as programs write them, made for the tests: as they travel, and as Outlook keeps them."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from email.message import EmailMessage

_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_TEXT, _BYTES, _OBJECT = 0x001F, 0x0102, 0x000D
Tree = Mapping[str, "bytes | Tree"]


def eml(
    subject: str = "Invoice",
    text: str = "",
    html: str = "",
    files: Sequence[tuple[str, bytes, str]] = (),
    inline: Mapping[str, bytes] | None = None,
    inner: Sequence[EmailMessage] = (),
) -> EmailMessage:
    """A mail; ``files`` are name, bytes and media type, ``inline`` pictures (PNG) by their content id, ``inner`` mails in it."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Billing <billing@woodshed.example>", "ap@mason.example", subject
    mail["Date"], mail["Message-ID"] = "Tue, 03 Mar 2026 09:15:00 +0000", "<1@woodshed.example>"
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
        for name, data in (inline or {}).items():
            part = mail.get_payload()[-1]
            part.add_related(data, "image", "png", cid=f"<{name}>", filename=f"{name}.png", disposition="inline")
    for name, data, media_type in files:
        main, _, sub = media_type.partition("/")
        mail.add_attachment(data, maintype=main, subtype=sub, filename=name)
    for each in inner:
        mail.add_attachment(each)
    return mail


def message(
    subject: str,
    text: str = "",
    files: Sequence[tuple[str, bytes]] = (),
    inner: Sequence[Tree] = (),
    *,
    is_inner: bool = False,
) -> Tree:
    """An Outlook message as storages and streams."""
    said = {0x0037: subject, 0x1000: text, 0x0C1A: "Billing", 0x5D01: "billing@woodshed.example"}
    tree: dict[str, bytes | Tree] = {}
    entries = []
    for number, value in said.items():
        tree[f"__substg1.0_{number:04X}{_TEXT:04X}"] = value.encode("utf-16-le")
        entries.append(_entry(number, _TEXT, 2 * len(value) + 2))
    for place, (name, data) in enumerate(files):
        tree[f"__attach_version1.0_#{place:08X}"] = {
            "__properties_version1.0": bytes(8)
            + _entry(0x3707, _TEXT, 2 * len(name) + 2)
            + _entry(0x3701, _BYTES, len(data)),
            f"__substg1.0_3707{_TEXT:04X}": name.encode("utf-16-le"),
            f"__substg1.0_3701{_BYTES:04X}": data,
        }
    for place, each in enumerate(inner, len(files)):
        tree[f"__attach_version1.0_#{place:08X}"] = {
            "__properties_version1.0": bytes(8) + _entry(0x3701, _OBJECT, 0),
            f"__substg1.0_3701{_OBJECT:04X}": each,
        }
    count = len(files) + len(inner)
    head = struct.pack("<8x4I", 0, count, 0, count) + (b"" if is_inner else bytes(8))
    tree["__properties_version1.0"] = head + b"".join(entries)
    return tree


def msg(subject: str, text: str = "", files: Sequence[tuple[str, bytes]] = (), inner: Sequence[Tree] = ()) -> bytes:
    """An Outlook message (.msg)."""
    return compound_file(message(subject, text, files, inner))


def _entry(number: int, kind: int, size: int) -> bytes:
    return struct.pack("<HHIII", kind, number, 6, size, 0)


def compound_file(tree: Tree) -> bytes:
    """Storages and streams as a compound file (version 3)."""
    entries: list[list[object]] = [["Root Entry", 5, _FREE, _FREE, _FREE, _END, 0]]
    small, large = bytearray(), bytearray()
    small_chain: list[int] = []
    chains: list[tuple[int, int]] = []

    def add(parent: int, nodes: Tree) -> None:
        before = None
        for name, node in nodes.items():
            number = len(entries)
            entries.append([name, 2 if isinstance(node, bytes) else 1, _FREE, _FREE, _FREE, _END, 0])
            if before is None:
                entries[parent][4] = number
            else:
                entries[before][3] = number
            before = number
            if not isinstance(node, bytes):
                add(number, node)
            elif len(node) >= 4096:
                entries[number][5:] = [len(large) // 512, len(node)]
                chains.append((len(large) // 512, -(-len(node) // 512)))
                large.extend(node + bytes(-len(node) % 512))
            elif node:
                first, count = len(small) // 64, -(-len(node) // 64)
                entries[number][5:] = [first, len(node)]
                small_chain.extend([*range(first + 1, first + count), _END])
                small.extend(node + bytes(-len(node) % 64))

    add(0, tree)
    directory = b"".join(_directory_entry(*entry) for entry in entries)
    blocks = [bytes(large), b"", struct.pack(f"<{len(small_chain)}I", *small_chain), bytes(small)]
    entries[0][5:] = [0, len(small)]
    sizes = [len(large) // 512, -(-len(directory) // 512), -(-len(blocks[2]) // 512), -(-len(small) // 512)]
    starts = [sum(sizes[:place]) for place in range(4)]
    entries[0][5] = starts[3] if small else _END
    blocks[1] = b"".join(_directory_entry(*entry) for entry in entries)
    total = sum(sizes)
    fats = 1
    while (total + fats) * 4 > fats * 512:
        fats += 1
    table = [_FREE] * (fats * 128)
    for first, count in [*chains, *((starts[place], sizes[place]) for place in (1, 2, 3) if sizes[place])]:
        table[first : first + count] = [*range(first + 1, first + count), _END]
    table[total : total + fats] = [_FAT] * fats
    body = b"".join(block + bytes(-len(block) % 512) for block in blocks) + struct.pack(f"<{len(table)}I", *table)
    head = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        0x3E,
        3,
        0xFFFE,
        9,
        6,
        0,
        fats,
        starts[1],
        0,
        4096,
        starts[2] if small else _END,
        sizes[2],
        _END,
        0,
    )
    sectors = [*range(total, total + fats)]
    return head + struct.pack("<109I", *sectors, *[_FREE] * (109 - fats)) + body


def _directory_entry(name: str, kind: int, left: int, right: int, child: int, first: int, size: int) -> bytes:
    text = name.encode("utf-16-le")
    return struct.pack("<64sHBBIII16xI8x8xIQ", text, len(text) + 2, kind, 1, left, right, child, 0, first, size)
