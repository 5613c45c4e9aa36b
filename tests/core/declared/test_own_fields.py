"""Fields that a person added to a type that ships: declared, read on the same page, checked, remembered with their version."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pymupdf
import pytest

from core.accuracy.truths import truth_of
from core.declared.definition import FieldDefinition, TableDefinition, TypeDefinition
from core.declared.yaml_text import read_type, write_type
from core.document_types import SHIPPED, USUAL, type_declared, type_of
from core.entrypoints.bootstrap import build_studio
from core.entrypoints.cli import main
from core.errors import CaseError, TypeDefinitionError
from core.evaluation.cases import load_case
from core.events import RunFinished
from core.extraction import Extraction
from core.llm.schema import fields_in_words, schema_of
from core.recipe import AUTO, Recipe
from core.review.standing import confirmed
from core.settings import Settings
from core.stores.records import FieldFilter, Record, RecordQuery
from core.studio import Studio
from tests.core.made import pdf_of

COST_CENTRE = FieldDefinition(
    name="cost_centre", title="Cost centre", kind="identifier", labels=("Cost centre", "Kostenstelle"), mask="9999-A"
)
FREIGHT = FieldDefinition(name="freight", title="Freight", kind="money", group="Amounts", labels=("Freight share",))
PROJECT = FieldDefinition(name="project", title="Project", kind="identifier", labels=("Project",))
WEIGHT = FieldDefinition(name="weight", title="Weight", kind="quantity", labels=("Weight",))
ADDED = TypeDefinition(
    name="invoice",
    extends="invoice",
    title="Invoice",
    fields=(COST_CENTRE, FREIGHT),
    tables=(TableDefinition(name="line_items", title="Line items", columns=(PROJECT, WEIGHT)),),
    checks=("freight <= total_amount",),
)
#: The run of the last document that was read, and the shipped e-invoice.
RUN, E_INVOICE = "0123456789abcdef", "german-einvoice"
HEADS = ("Description", "Project", "Weight", "Qty", "Unit price", "Amount")
ROWS = (
    ("Oak boards, planed", "P-4711", "120.5", "10", "25.00", "250.00"),
    ("Delivery to site", "", "", "1", "50.00", "50.00"),
    ("Steel brackets", "P-9002", "8", "40", "2.50", "100.00"),
)
_EDGES = (50, 210, 290, 350, 410, 500)


def paper(*more: tuple[float, float, str]) -> bytes:
    """An invoice with a cost centre beside its number and two columns that invoices do not have."""
    pdf = pymupdf.open()
    page = pdf.new_page(width=595, height=842)
    texts: list[tuple[float, float, str]] = [
        (50, 60, "Birch & Sons Ltd"),
        (50, 75, "4 Mill Lane, Leeds LS1 4AB"),
        (50, 120, "INVOICE"),
        (50, 150, "Invoice number: B-2041"),
        (50, 165, "Invoice date: 12 May 2025"),
        (330, 150, "Cost centre: 4711-B"),
        (330, 165, "Due date: 11 June 2025"),
        (330, 180, "Freight share: 12.40 GBP"),
        (50, 200, "Bill to: Harbour Works Ltd"),
        (50, 215, "9 Dock Street, Hull HU1 2AA"),
        (350, 420, "Subtotal"),
        (500, 420, "400.00"),
        (350, 435, "VAT 20%"),
        (500, 435, "80.00"),
        (350, 450, "Total"),
        (500, 450, "GBP 480.00"),
        *more,
    ]
    for at, row in enumerate((HEADS, *ROWS)):
        texts += [(x, 260 + 20 * at, text) for x, text in zip(_EDGES, row, strict=True) if text]
    for x, y, text in texts:
        page.insert_text((x, y), text, fontsize=9)
    data: bytes = pdf.tobytes()
    return data


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    """A studio in which nothing was added yet."""
    return build_studio(Settings(data_dir=tmp_path))


def read(studio: Studio, data: bytes, recipe: Recipe | None = None) -> Extraction:
    """A document as a run reads it."""
    document = studio.open(data, "invoice.pdf")
    *_, last = studio.extract(document, None, recipe, RUN)
    assert isinstance(last, RunFinished)
    return last.extraction


def test_fields_and_columns_are_read_beside_the_invoices_own(studio: Studio) -> None:
    """By label, pattern and column head, with place and confidence; the rest is as it was, and so is the run without them."""
    before = read(studio, paper())
    studio.types.keep(ADDED)
    found = read(studio, paper())
    assert (found.value_at("cost_centre"), found.value_at("freight")) == ("4711-B", Decimal("12.40"))
    columns = [(row.project, row.weight) for row in found.values.line_items]
    assert columns == [("P-4711", Decimal("120.5")), (None, None), ("P-9002", Decimal("8"))]
    assert found.evidence["cost_centre"].page == found.evidence["line_items.2.weight"].page == 1
    assert found.confidences["cost_centre"] > 0.8
    kept = {path: value for path, _, value in before.walk()}
    assert {path: found.value_at(path) for path in kept} == kept
    assert {path: found.confidences.get(path) for path in kept} == {path: before.confidences.get(path) for path in kept}
    assert Extraction.model_validate_json(found.model_dump_json()) == found
    assert (before.type, before.recipe.declared) == (USUAL, None)


def test_a_result_keeps_the_version_it_was_read_with(studio: Studio) -> None:
    """What is taken out again is still in what was read before; out of use, nothing is added any more."""
    studio.types.keep(ADDED)
    first = read(studio, paper())
    second = studio.types.keep(ADDED.model_copy(update={"fields": (COST_CENTRE,), "checks": ()}))
    later = read(studio, paper())
    studio.types.remove("invoice")
    assert [first.type.extension.version, second.version] == [1, 2]  # type: ignore[union-attr]
    assert "freight" not in later.values.model_dump()
    assert Extraction.model_validate_json(first.model_dump_json()).value_at("freight") == Decimal("12.40")
    assert read(studio, paper()).type is USUAL
    assert studio.types.types() == [*SHIPPED]
    assert studio.types.keep(ADDED).version == 3


def test_its_checks_speak_of_the_invoices_fields_too(studio: Studio) -> None:
    """A relation, and a pattern, each broken one a finding with its fields."""
    studio.types.keep(ADDED.model_copy(update={"checks": ("freight = tax",)}))
    found = read(studio, paper())
    (broken,) = [finding for finding in found.findings if finding.check == "declared"]
    assert (set(broken.fields), "Freight = Tax" in broken.message) == ({"freight", "tax"}, True)
    wrong = studio.review(found, found.values.model_copy(update={"cost_centre": "4711"})).extraction
    assert any(finding.check == "mask" and finding.fields == ("cost_centre",) for finding in wrong.findings)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"fields": (COST_CENTRE.model_copy(update={"name": "currency"}),)}, "Invoice has “Cost centre” already"),
        ({"fields": (COST_CENTRE.model_copy(update={"title": "total"}),)}, "Invoice has “total” already"),
        ({"fields": (COST_CENTRE.model_copy(update={"name": "order_id"}),)}, "word with another meaning"),
        ({"tables": (TableDefinition(name="rows", title="Rows", columns=(PROJECT,)),)}, "has no table “rows”"),
        (
            {
                "tables": (
                    TableDefinition(
                        name="line_items", title="x", columns=(PROJECT.model_copy(update={"name": "quantity"}),)
                    ),
                )
            },
            "Line items has “Project” already",
        ),
        ({"checks": ("freight = wages",)}, "speaks of wages, which is no field of Invoice"),
        ({"checks": ("freight = vendor_name",)}, "vendor_name"),
        ({"fields": (), "tables": (), "checks": ()}, "nothing is added to Invoice yet"),
        ({"extends": "letter", "name": "letter"}, "There is no document type “letter”"),
    ],
)
def test_what_is_not_sound_is_refused_in_one_sentence(studio: Studio, change: dict[str, Any], sentence: str) -> None:
    """It names the field and why."""
    with pytest.raises(TypeDefinitionError, match=sentence):
        studio.types.keep(ADDED.model_copy(update=change))


def test_a_field_that_a_later_version_ships_is_the_types_own() -> None:
    """What was kept with one of that name is still read."""
    clash = ADDED.model_copy(update={"fields": (COST_CENTRE, FREIGHT.model_copy(update={"name": "customer_id"}))})
    kind = type_declared(clash)
    assert [info.name for info in kind.added] == ["cost_centre"]
    assert kind.field_of("customer_id") == USUAL.field_of("customer_id")


def test_it_goes_out_and_in_as_yaml(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also on the command line, which lists what was added and reads it."""
    monkeypatch.setenv("STUDIO_DATA_DIR", str(tmp_path))
    file, document = tmp_path / "mine.yaml", tmp_path / "invoice.pdf"
    file.write_text(write_type(ADDED), encoding="utf-8")
    assert read_type(file.read_bytes()) == ADDED
    document.write_bytes(paper())
    assert main(["types", "import", str(file)]) == 0
    capsys.readouterr()
    assert main(["types"]) == 0
    assert "ships, with 4 fields of your own (version 1)" in capsys.readouterr().out
    assert main(["extract", "--quiet", str(document)]) == 0
    assert "4711-B" in capsys.readouterr().out
    assert main(["types", "export", "invoice", str(tmp_path / "out.yaml")]) == 0
    assert read_type((tmp_path / "out.yaml").read_bytes()) == ADDED


def test_models_are_asked_for_the_added_fields() -> None:
    """By name, in the schema and in words, with what paper calls them; without them nothing is asked otherwise."""
    kind = type_declared(ADDED)
    schema = schema_of(kind.model)["properties"]
    assert "Kostenstelle" in schema["cost_centre"]["description"]
    assert "project" in schema["line_items"]["items"]["properties"]
    assert "cost_centre (Cost centre)" in fields_in_words(kind)
    assert "cost_centre" not in fields_in_words(USUAL)


def test_values_know_their_type() -> None:
    """Of a model that was made of the invoice's."""
    kind = type_declared(ADDED)
    assert type_of(kind.model()) is kind
    assert kind.base is USUAL
    assert type_of(USUAL.model()) is USUAL
    assert [info.name for info in kind.header if info.group == "Amounts"][-1] == "freight"


def test_an_e_invoice_has_its_page_read_for_them(studio: Studio) -> None:
    """The XML's values stay exact; what was added stands on the page alone, a column beside the XML's lines."""
    sample = Path(__file__).parents[3] / "samples" / "cases" / E_INVOICE / "document.pdf"
    plain = read(studio, sample.read_bytes())
    pdf = pymupdf.open(stream=sample.read_bytes())
    pdf[0].insert_text((330, 30), "Cost centre: 4711-B", fontsize=9)
    position = FieldDefinition(name="position", title="Position", kind="quantity", labels=("Pos.",))
    columns = (TableDefinition(name="line_items", title="Line items", columns=(position,)),)
    studio.types.keep(ADDED.model_copy(update={"tables": columns}))
    found = read(studio, pdf.tobytes())
    assert [row.position for row in found.values.line_items] == [Decimal(number) for number in range(1, 6)]
    assert (found.extractor, found.value_at("cost_centre")) == ("einvoice", "4711-B")
    assert {path: found.value_at(path) for path, _, _ in plain.walk()} == {path: v for path, _, v in plain.walk()}
    assert found.provenance["invoice_number"].exact
    assert not found.provenance["cost_centre"].exact


def test_what_a_person_corrects_of_them_is_learnt(studio: Studio) -> None:
    """On the vendor's next document the value behind the same words is taken, and asked about."""
    studio.types.keep(ADDED.model_copy(update={"fields": (COST_CENTRE.model_copy(update={"mask": ""}),), "checks": ()}))

    def department(value: str, number: str) -> bytes:
        data = paper((330, 230, f"Our department {value}"))
        pdf = pymupdf.open(stream=data)
        for old, new in (("Cost centre: 4711-B", ""), ("B-2041", number)):
            (box,) = pdf[0].search_for(old)
            pdf[0].add_redact_annot(box, new, fontsize=9)
        pdf[0].apply_redactions()
        return bytes(pdf.tobytes())

    first = read(studio, department("7001", "B-2042"))
    assert first.value_at("cost_centre") is None
    values = first.values.model_copy(update={"cost_centre": "7001"})
    names = [info.name for info in first.type.header if getattr(values, info.name) is not None]
    reviewed = confirmed(studio.review(first, values), names).extraction
    assert studio.save(values, ["database"], run_id=RUN, extraction=reviewed).taught is not None
    second = read(studio, department("7002", "B-2043"))
    assert (second.value_at("cost_centre"), second.provenance["cost_centre"].rule) == ("7002", "learnt")
    assert [row.project for row in second.values.line_items] == ["P-4711", None, "P-9002"]


def test_a_kept_record_with_them_is_a_case_that_is_read_and_scored_with_them(studio: Studio, tmp_path: Path) -> None:
    """Its truth says what was added."""
    studio.types.keep(ADDED)
    found = read(studio, paper())
    truth = truth_of(Record(found.values, "reviewed", 7, found.document, found.pages), found, "digital", 1)
    folder = tmp_path / "kept"
    folder.mkdir()
    (folder / "truth.json").write_text(json.dumps(truth), encoding="utf-8")
    case = load_case(folder)
    assert "cost_centre" in {info.name for info in case.type.header}
    assert case.read_with(Recipe()).declared == found.recipe.declared
    truth["meta"]["declared"] = {"name": "invoice"}
    (folder / "truth.json").write_text(json.dumps(truth), encoding="utf-8")
    with pytest.raises(CaseError):
        load_case(folder)


def test_a_type_that_is_chosen_by_the_page_has_its_added_fields_too(studio: Studio) -> None:
    """Those of the type that the page turns out to be of."""
    studio.types.keep(ADDED)
    found = read(studio, paper(), studio.types.reading_as(Recipe(), AUTO))
    assert (found.type_name, found.value_at("cost_centre")) == ("invoice", "4711-B")


def test_any_type_that_ships_takes_fields_of_ones_own(studio: Studio) -> None:
    """A receipt is read with them, saved to both stores and read back."""
    till = FieldDefinition(name="till", title="Till", kind="identifier", labels=("Till",))
    studio.types.keep(TypeDefinition(name="receipt", extends="receipt", title="Receipt", fields=(till,)))
    data = pdf_of(("CORNER STORE", "Receipt 1001", "Date 12.05.2025", "Till: K-07", "Coffee 3.20", "Total EUR 3.20"))
    found = read(studio, data, studio.types.reading_as(Recipe(), "receipt"))
    assert (found.type_name, found.value_at("till")) == ("receipt", "K-07")
    receipt = studio.save(found.values, ["database", "workbook"], run_id=RUN, extraction=found)
    assert studio.record(receipt.order_id).values == found.values
    assert studio.search(RecordQuery(type_name="receipt", fields=(FieldFilter("till", "k-07"),))).total == 1
    book = openpyxl.load_workbook(studio.workbook_path)["ReceiptHeader"]
    assert [cell.value for cell in book[1]][-2:] == ["Till", "TypeVersion"]
    assert [cell.value for cell in book[2]][-2:] == ["K-07", 1]
