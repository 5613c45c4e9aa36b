"""Case folders travel as zip; a hostile zip does nothing outside its folder and unpacks no further than it may."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from core.accuracy.archive import pack, unpack
from core.documents import Document
from core.documents.opening import open_document
from core.errors import CaseError
from core.settings import Limits
from tests.core.made import pdf_of

TRUTH = json.dumps({"invoice_number": "1", "line_items": [], "meta": {"visible": {"invoice_number": True}}}).encode()
PDF = pdf_of(("Invoice 1",))
LIMITS = Limits(file_megabytes=1, unpacked_megabytes=2)


def look(data: bytes, name: str) -> Document:
    """The document, opened within the limits."""
    return open_document(data, name, LIMITS)


def zip_of(**files: bytes) -> bytes:
    """A zip; ``__`` in a name stands for a slash, ``_dot_`` for a dot."""
    return zip_named({name.replace("__", "/").replace("_dot_", "."): data for name, data in files.items()})


def zip_named(files: dict[str, bytes]) -> bytes:
    """A zip with files by name."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def everything_in(folder: Path) -> list[str]:
    """The files of a folder, by relative name."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_cases_come_back_as_they_were_packed(tmp_path: Path) -> None:
    """Also from a zip with a folder around them and files that are no cases."""
    data = zip_of(mine__acme__document_dot_pdf=PDF, mine__acme__truth_dot_json=TRUTH, mine__notes_dot_txt=b"x")
    assert unpack(data, tmp_path / "one", LIMITS, look).added == ["acme"]
    again = pack([tmp_path / "one" / "acme"])
    assert unpack(again, tmp_path / "two", LIMITS, look).added == ["acme"]
    assert (
        everything_in(tmp_path / "one") == everything_in(tmp_path / "two") == ["acme/document.pdf", "acme/truth.json"]
    )


def test_a_case_that_is_there_is_only_replaced_when_asked(tmp_path: Path) -> None:
    """The same case again is no change; another of its name is left out, or replaces it."""
    first = zip_named({"a/document.pdf": PDF, "a/truth.json": TRUTH})
    other = zip_named({"a/document.pdf": PDF, "a/truth.json": TRUTH.replace(b'"1"', b'"2"')})
    unpack(first, tmp_path, LIMITS, look)
    assert unpack(first, tmp_path, LIMITS, look).unchanged == ["a"]
    assert "another case of this name" in unpack(other, tmp_path, LIMITS, look).refused["a"]
    assert unpack(other, tmp_path, LIMITS, look, replace=True).replaced == ["a"]
    assert b'"2"' in (tmp_path / "a" / "truth.json").read_bytes()


@pytest.mark.parametrize("name", ["../evil/", "/evil/", "a/../../evil/", "..\\evil\\", "C:\\evil\\"])
def test_a_zip_that_leads_out_of_its_folder_is_refused_whole(tmp_path: Path, name: str) -> None:
    """Nothing of it is written, neither here nor there."""
    data = zip_named(
        {f"{name}document.pdf": PDF, f"{name}truth.json": TRUTH, "a/document.pdf": PDF, "a/truth.json": TRUTH}
    )
    with pytest.raises(CaseError, match="outside its own folders"):
        unpack(data, tmp_path / "cases", LIMITS, look)
    assert everything_in(tmp_path) == []


def test_a_zip_with_links_is_refused(tmp_path: Path) -> None:
    """A link could point at any file of the machine."""
    entry = zipfile.ZipInfo("a/document.pdf")
    entry.external_attr = 0o120777 << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(entry, "/etc/passwd")
        archive.writestr("a/truth.json", TRUTH)
    with pytest.raises(CaseError, match="links"):
        unpack(out.getvalue(), tmp_path, LIMITS, look)


def test_a_bomb_is_unpacked_no_further_than_it_may(tmp_path: Path) -> None:
    """A document of more than the limit is left out, whatever size the zip claims; the other cases come in."""
    bomb = zip_named(
        {
            "a/document.pdf": b"%PDF-" + b"\0" * 30_000_000,
            "a/truth.json": TRUTH,
            "b/document.pdf": PDF,
            "b/truth.json": TRUTH,
        }
    )
    done = unpack(bomb, tmp_path, LIMITS, look)
    assert done.added == ["b"]
    assert "more than 1 MB" in done.refused["a"]


def test_all_cases_together_stay_below_the_limit(tmp_path: Path) -> None:
    """Many documents that are each small enough can still be too much."""
    large = pdf_of(("Invoice 1",)) + b"\n%" + b"x" * 900_000
    files = {
        f"c{number}/{name}": data
        for number in range(4)
        for name, data in (("document.pdf", large), ("truth.json", TRUTH))
    }
    done = unpack(zip_named(files), tmp_path, LIMITS, look)
    assert done.added == ["c0", "c1"]
    assert "more than 2 MB" in done.refused["c2"]
    assert "c3" not in everything_in(tmp_path)


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"a/document.pdf": b"no pdf", "a/truth.json": TRUTH}, "not a PDF"),
        ({"a/document.pdf": PDF, "a/truth.json": b"[]"}, "truth.json cannot be used"),
        ({"a/document.pdf": PDF, "a/truth.json": b"[" * 100_000}, "truth.json cannot be used"),
        (
            {"a/document.pdf": PDF, "a/truth.json": TRUTH.replace(b'{"vis', b'{"alternatives": 7, "vis')},
            "cannot be used",
        ),
        ({"a/truth.json": TRUTH}, "one document"),
        ({"a/document.pdf": PDF, "a/document.png": PDF, "a/truth.json": TRUTH}, "one document"),
        ({".hidden/document.pdf": PDF, ".hidden/truth.json": TRUTH}, "named by letters"),
    ],
)
def test_a_case_that_cannot_be_used_is_left_out_with_the_reason(
    tmp_path: Path, files: dict[str, bytes], why: str
) -> None:
    """The sentence names what is wrong."""
    done = unpack(zip_named(files), tmp_path, LIMITS, look)
    assert done.added == []
    assert why in next(iter(done.refused.values()))
    assert everything_in(tmp_path) == []


@pytest.mark.parametrize("data", [b"", b"no zip", zip_named({"readme.txt": b"x"})])
def test_what_holds_no_cases_is_said_to(tmp_path: Path, data: bytes) -> None:
    """One sentence, no traceback."""
    with pytest.raises(CaseError, match="zip"):
        unpack(data, tmp_path, LIMITS, look)
