"""A declared type from the studio's door to its result: read, cached by its version, kept and shown again."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from core.entrypoints.bootstrap import build_studio
from core.entrypoints.cli import main
from core.events import RunFinished
from core.extraction import Extraction
from core.recipe import Recipe
from core.settings import Settings
from core.studio import Studio
from tests.core.declared.papers import PAYSLIP, paper
from tests.core.declared.test_reading import from_example

DEFINITION, NAMES = from_example(PAYSLIP, 3)
PAPER = paper(PAYSLIP, 5)


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    """A studio with one declared type."""
    made = build_studio(Settings(data_dir=tmp_path))
    made.types.keep(
        DEFINITION.model_copy(update={"checks": (f"{NAMES['gross']} - {NAMES['deductions']} = {NAMES['net']}",)})
    )
    return made


def read(studio: Studio, recipe: Recipe) -> Extraction:
    """The paper read by a recipe."""
    document = studio.open(PAPER.data, PAPER.name)
    *_, last = studio.extract(document, None, recipe)
    assert isinstance(last, RunFinished)
    return last.extraction


def test_a_document_is_read_as_a_declared_type_and_comes_back_as_it_was(studio: Studio) -> None:
    """With evidence, sums that confirm, and the definition that it was read with."""
    found = read(studio, studio.types.reading_as(Recipe(), PAYSLIP.name))
    assert (found.type.name, found.value_at(NAMES["net"])) == (PAYSLIP.name, PAPER.truth["net"])
    assert len(found.type.rows(found.values, found.type.main_table)) == len(PAPER.rows)
    assert found.evidence[NAMES["net"]].page == 1
    assert found.confidences[NAMES["net"]] > 0.9
    assert Extraction.model_validate_json(found.model_dump_json()) == found


def test_a_changed_type_is_read_anew_and_an_old_result_keeps_its_own(studio: Studio) -> None:
    """The cache never answers with what another version gave; a field that left the type is still in what was read before."""
    recipe = studio.types.reading_as(Recipe(), PAYSLIP.name)
    before = read(studio, recipe)
    fields = tuple(field for field in DEFINITION.fields if field.name != NAMES["tax_code"])
    studio.types.keep(DEFINITION.model_copy(update={"fields": fields}))
    after = read(studio, recipe)
    assert NAMES["tax_code"] not in after.values.model_dump()
    again = Extraction.model_validate_json(before.model_dump_json())
    assert again.value_at(NAMES["tax_code"]) == PAPER.truth["tax_code"]


def test_an_unknown_type_is_refused_in_a_sentence(studio: Studio) -> None:
    """It names those that there are."""
    with pytest.raises(Exception, match="There is no document type “wage” here"):
        read(studio, Recipe(type_name="wage"))


def test_the_command_line_lists_writes_takes_in_and_reads(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``types``, ``types export``, ``types import``, ``extract --type``, ``types remove``."""
    monkeypatch.setenv("STUDIO_DATA_DIR", str(tmp_path))
    file, document = tmp_path / "payslip.yaml", tmp_path / "slip.pdf"
    document.write_bytes(PAPER.data)
    assert main(["types", "export", "payslip", str(file)]) == 0
    text = file.read_text(encoding="utf-8")
    assert main(["types", "remove", "payslip"]) == 0
    assert main(["extract", "--quiet", "--type", "payslip", str(document)]) == 1
    file.write_text(text.replace("title: Payslip", "title: Wage slip"), encoding="utf-8")
    capsys.readouterr()
    assert main(["types", "import", str(file)]) == 0
    assert main(["types"]) == 0
    listed = capsys.readouterr().out
    assert "invoice" in listed
    assert "Wage slip, 10 fields, rows (4 columns)" in listed
    assert main(["extract", "--quiet", "--type", "payslip", str(document)]) == 0
    assert str(PAPER.truth["net"].quantize(Decimal("0.01"))) in capsys.readouterr().out
