"""Prompts: versions, defaults, examples, their record, and YAML."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from core.call import Call, Usage
from core.entrypoints.bootstrap import build_studio
from core.errors import PromptError, RecordMissing
from core.prompt import Example, Prompt
from core.prompts import compare_prompts, read_prompts, unknown_variables, write_prompts
from core.settings import Settings
from core.stores.bills import PromptRecord
from core.studio import Studio
from tests.conftest import SampleFile

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
MINE = Prompt(name="mine", system="Read.\nWell.", user="{{document}}", language="de", notes="first: try")


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    """A studio with a database of its own."""
    return build_studio(Settings(data_dir=tmp_path))


def test_yaml_gives_back_what_was_written() -> None:
    """Texts of several lines are blocks that can be read; numbers and times are left out."""
    text = write_prompts([MINE, MINE.model_copy(update={"name": "other", "version": 7})])
    assert "system: |" in text
    assert "version" not in text
    assert [prompt.name for prompt in read_prompts(text.encode())] == ["mine", "other"]
    assert read_prompts(text.encode())[0] == MINE


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "holds no prompt"),
        (b"name: [", "cannot be read"),
        (b"just text", "is no mapping"),
        (b"name: x\nspeed: 3", "speed"),
        (b"name: ../x", "name"),
        (b"name: x\nlanguage: " + b"x" * 21, "language"),
        (b"a: &a [1]\nb: *a", "aliases"),
        (b"\xff\xfe\x00", "no text"),
        (b"name: !!python/object:os.system x", "uses tags"),
        (b"[" * 50_000, "nested too deeply"),
        (b"[" * 50_000 + b"]" * 50_000, "nested too deeply"),
        (b"name: " + b"1:" * 500_000 + b"1", "name"),
        (b'name: x\nsystem: "\\ud800"', "character in line 2"),
        (b'name: x\nsystem: "\\0"', "character in line 2"),
        (b"- name: a\n" * 1001, "limit is 1,000"),
        (b"#" * 2_000_001, "larger than"),
    ],
)
def test_a_file_that_is_no_prompt_is_refused_in_a_sentence(text: bytes, said: str) -> None:
    """Also hostile ones: nothing is run and nothing grows."""
    with pytest.raises(PromptError, match=said):
        read_prompts(text)


def test_values_of_a_prompt_are_text_whatever_they_look_like() -> None:
    """Norwegian is no “false”, and a prompt may be called by a year."""
    found = read_prompts(b"name: 2024\nlanguage: no\nvendor: 1:30\ndocument_type:\n")[0]
    assert (found.name, found.language, found.vendor, found.document_type) == ("2024", "no", "1:30", None)


def test_a_difference_shows_the_changed_lines_between_their_neighbours() -> None:
    """And nothing where nothing changed."""
    lines = compare_prompts(MINE, MINE.model_copy(update={"system": "Read.\nBetter."}))
    assert [line.text.strip() for line in lines if line.mark == "-"] == ["Well."]
    assert [line.text.strip() for line in lines if line.mark == "+"] == ["Better."]
    assert compare_prompts(MINE, MINE.model_copy(update={"version": 3})) == []


def test_variables_that_stand_for_nothing_are_named() -> None:
    """A typing error would be sent as it stands."""
    assert unknown_variables(Prompt(system="{{documnet}} {{ fields }}", user="{{document}}")) == ["documnet"]


def test_the_prompts_that_ship_are_there_and_are_the_defaults(studio: Studio) -> None:
    """Version 0 each."""
    entries = {entry.name: entry for entry in studio.prompts.entries()}
    assert entries["invoice"].default_for == ("invoice",)
    assert (entries["receipt"].newest, entries["receipt"].versions) == (0, 1)
    assert studio.prompts.get("invoice", 0).system


def test_an_edit_is_a_new_version_and_can_be_the_default(studio: Studio) -> None:
    """What ships stays beside it, and can be the default again."""
    book = studio.prompts
    kept = book.keep(book.get("invoice", 0).model_copy(update={"system": "Read it."}))
    book.make_default("invoice", "invoice", kept.version)
    assert [prompt.version for prompt in book.versions("invoice")] == [1, 0]
    assert book.default("invoice") == ("invoice", 1)
    book.make_default("invoice", "invoice", 0)
    assert book.default("invoice") == ("invoice", 0)


def test_what_could_not_be_used_is_not_kept(studio: Studio) -> None:
    """Each with what to do."""
    book = studio.prompts
    with pytest.raises(PromptError, match="never shows the document"):
        book.keep(Prompt(name="mine", system="Hi", user="there"))
    with pytest.raises(PromptError, match="Nothing was changed"):
        book.keep(book.get("invoice", 0))
    twice = Example(text="a", reply="{}")
    with pytest.raises(PromptError, match="stands twice"):
        book.keep(MINE.model_copy(update={"examples": (twice, twice)}))
    with pytest.raises(RecordMissing):
        book.versions("nobody")


def test_an_example_is_the_page_as_a_model_sees_it_with_what_the_person_saved(
    studio: Studio, digital_pdf: SampleFile
) -> None:
    """So that the next document of this vendor is read as the person corrected this one."""
    document = studio.open(digital_pdf.data, digital_pdf.name)
    *_, finished = studio.extract(document, run_id="a" * 32)
    extraction = finished.extraction  # type: ignore[union-attr]
    corrected = extraction.values.model_copy(update={"total_amount": Decimal("12.34")})
    receipt = studio.save(corrected, ["database"], run_id="a" * 32, extraction=extraction)
    example = studio.prompts.example_of(receipt.order_id)
    assert str(extraction.values.invoice_number) in example.text
    assert '"12.34"' in example.reply


def test_a_record_without_its_text_is_no_example(studio: Studio, digital_pdf: SampleFile) -> None:
    """It says how to get there."""
    document = studio.open(digital_pdf.data, digital_pdf.name)
    *_, finished = studio.extract(document)
    receipt = studio.save(finished.extraction.values, ["database"])  # type: ignore[union-attr]
    with pytest.raises(PromptError, match="read its document again"):
        studio.prompts.example_of(receipt.order_id)


def test_what_is_brought_in_twice_is_stored_once(studio: Studio) -> None:
    """The second time says nothing new."""
    text = write_prompts([MINE]).encode()
    assert [prompt.label for prompt in studio.prompts.bring_in(text)] == ["mine@1"]
    assert studio.prompts.bring_in(text) == []
    assert read_prompts(studio.prompts.export("mine").encode()) == [MINE]


def test_a_version_s_record_is_that_of_its_runs(studio: Studio) -> None:
    """Of the versions asked about; repairs are counted, and no run is no share."""
    mine, other = studio.prompts.keep(MINE), MINE.model_copy(update={"name": "other", "version": 3})
    for name, purpose, run in (("a", "extract", "r1"), ("b", "repair", "r1"), ("c", "extract", "r2")):
        call = Call(name, NOON, "p", "m", purpose, Usage(1, 1), Decimal("0.5"), prompt="mine@1")  # type: ignore[arg-type]
        studio._parts.calls.keep_call(call, run)
    assert studio.prompts.records([mine, other]) == {
        "mine@1": PromptRecord("mine@1", 2, cost=Decimal("1.5"), repairs=1)
    }
    record = PromptRecord("mine@1", 2, 1, 9, 1, Decimal("1.5"), 1)
    assert (record.accuracy, record.cost_per_run) == (0.9, Decimal("0.75"))
    assert (PromptRecord("x").accuracy, PromptRecord("x").cost_per_run) == (None, None)
