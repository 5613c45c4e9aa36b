"""Zips that come in: what is taken out of them, and what is refused with its sentence."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping

import pytest

from core.documents.archives import MOST_ENTRIES, Packed, is_archive, unpack_archive
from core.errors import BrokenDocument, DocumentTooLarge, UnsupportedDocument
from core.settings import Limits


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def unpacked(data: bytes, **limits: int) -> list[Packed]:
    """What is in it."""
    return list(unpack_archive(data, "papers.zip", Limits(**limits)))


def test_files_come_with_the_way_to_them() -> None:
    """Folders and zips in zips are part of it; litter of systems is left out."""
    inner = zipped({"deep/c.pdf": b"c"})
    found = unpacked(
        zipped({"a.pdf": b"a", "march/b.pdf": b"b", "in.zip": inner, "__MACOSX/a": b"x", "x/.DS_Store": b"x"})
    )
    assert [(each.within, each.file.name, each.file.data, each.depth) for each in found] == [
        ("papers.zip", "a.pdf", b"a", 1),
        ("papers.zip/march", "b.pdf", b"b", 1),
        ("papers.zip/in.zip/deep", "c.pdf", b"c", 2),
    ]


def test_a_name_leads_nowhere() -> None:
    """It is only ever a name: no folder above, no drive, no root."""
    found = unpacked(zipped({"../../etc/passwd": b"a", "/root/b.pdf": b"b", "..\\c.pdf": b"c"}))
    assert [each.file.name for each in found] == ["passwd", "b.pdf", "c.pdf"]
    assert all(".." not in each.within for each in found)


def test_a_link_is_no_file() -> None:
    """It may point anywhere."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("link.pdf")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("a.pdf", b"a")
    assert [each.file.name for each in unpacked(out.getvalue())] == ["a.pdf"]


def test_a_bomb_is_refused_without_being_unpacked_whole() -> None:
    """Whatever size it claims: of one file no more than a file may have, of all no more than may be unpacked."""
    (found,) = unpacked(zipped({"big.pdf": bytes(3_000_000)}), file_megabytes=2)
    assert (found.file.data, found.trouble) == (
        b"",
        "big.pdf: it has more than 2 MB, which is the limit: raise it in the settings.",
    )
    many = zipped({f"{number}.pdf": bytes(900_000) for number in range(4)})
    with pytest.raises(DocumentTooLarge, match=r"papers.zip: this zip unpacks to more than 2 MB"):
        unpacked(many, unpacked_megabytes=2)
    nested = zipped({f"{number}.zip": zipped({"a.pdf": bytes(900_000)}) for number in range(4)})
    with pytest.raises(DocumentTooLarge):
        unpacked(nested, unpacked_megabytes=2)


def test_a_zip_of_too_many_files_is_refused() -> None:
    """Also where they are spread over zips in it."""
    half = zipped({f"{number}.txt": b"" for number in range(MOST_ENTRIES // 2 + 1)})
    with pytest.raises(DocumentTooLarge, match="lists more than 5,000 files"):
        unpacked(zipped({"a.zip": half, "b.zip": half}))


def test_zips_in_zips_are_followed_only_so_far() -> None:
    """The next one is named with the reason."""
    data = zipped({"a.pdf": b"a"})
    for level in range(5):
        data = zipped({f"level{level}.zip": data})
    (found,) = unpacked(data)
    assert found.trouble.startswith("level1.zip: it lies more than 4 archives deep")


def test_one_bad_file_holds_up_none_of_the_others() -> None:
    """A damaged one, a locked one and a zip that is none each have their sentence."""
    data = bytearray(zipped({"bad.pdf": b"bad" * 50, "no.zip": b"PK\x03\x04 nothing", "good.pdf": b"good"}))
    data[40] ^= 0xFF
    found = {each.file.name: each for each in unpacked(bytes(data))}
    assert found["bad.pdf"].trouble == "bad.pdf: it is damaged in its zip: get it again from its sender."
    assert found["no.zip"].trouble == "no.zip: this zip cannot be unpacked: make it again."
    assert found["good.pdf"].file.data == b"good"
    locked = bytearray(zipped({"locked.pdf": b"secret"}))
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        struct.pack_into("<H", locked, locked.index(signature) + place, 1)
    (packed,) = unpacked(bytes(locked))
    assert packed.trouble.startswith("locked.pdf: it is locked by a password")


@pytest.mark.parametrize(
    ("data", "error", "sentence"),
    [
        (b"PK\x03\x04 nothing", BrokenDocument, "cannot be unpacked"),
        (zipped({}), UnsupportedDocument, "holds no files"),
    ],
)
def test_a_zip_that_cannot_be_used_is_one_sentence(data: bytes, error: type[Exception], sentence: str) -> None:
    """It names the zip."""
    with pytest.raises(error, match=f"papers.zip: this zip {sentence}"):
        unpacked(data)


def test_an_office_document_is_no_archive() -> None:
    """Though it is a zip: whoever reads documents says what to do with it."""
    assert is_archive(zipped({"a.pdf": b"a"}))
    assert not is_archive(zipped({"[Content_Types].xml": b"", "word/document.xml": b""}))
    assert not is_archive(zipped({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b""}))
    assert not is_archive(b"%PDF-1.7")
