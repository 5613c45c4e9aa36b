"""What a person declares is sound, or refused in one sentence; what is sound becomes a type, and YAML and back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from core.declared.building import build
from core.declared.mask import fits, mask_of
from core.declared.yaml_text import make_definition, read_type, write_type
from core.document_types import type_of
from core.errors import TypeDefinitionError

PARTS: dict[str, Any] = {
    "name": "timesheet",
    "title": "Timesheet",
    "fields": [
        {"name": "worker", "title": "Worker", "kind": "name", "required": True, "labels": ["Employee", "Mitarbeiter"]},
        {"name": "week_begin", "title": "Week from", "kind": "date"},
        {"name": "week_end", "title": "Week to", "kind": "date"},
        {"name": "sheet_no", "title": "Sheet no.", "kind": "identifier", "mask": "TS-9999", "required": True},
        {"name": "hours", "title": "Hours in all", "kind": "quantity"},
        {"name": "site", "title": "Site", "allowed": ["Harbour", "Mill"]},
    ],
    "tables": [
        {
            "name": "days",
            "title": "Days",
            "columns": [
                {"name": "day", "title": "Day", "kind": "date", "required": True},
                {"name": "hours", "title": "Hours", "kind": "quantity"},
            ],
        }
    ],
    "checks": ["sum(days.hours) = hours", "week_begin <= week_end"],
}
TIMESHEET = make_definition(PARTS)


def test_a_definition_becomes_a_type_with_its_fields_and_tables() -> None:
    """Typed as the invoice is: text in, dates and decimals out, what is strange refused."""
    kind = build(TIMESHEET)
    values = kind.model.model_validate(
        {"worker": "Ida", "week_begin": "2026-03-02", "hours": "38.50", "days": [{"day": "2026-03-02", "hours": 8}]}
    )
    assert (values.model_dump()["week_begin"], values.model_dump()["hours"]) == (date(2026, 3, 2), Decimal("38.50"))
    assert [info.title for info in kind.header][:2] == ["Worker", "Week from"]
    assert kind.title_of("days.0.hours") == "Row 1 hours"
    assert (kind.duplicate_key, type_of(values) is kind, build(make_definition(PARTS)) is kind) == (
        ("worker", "sheet_no"),
        True,
        True,
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": "Time Sheet"}, "cannot be a name"),
        ({"fields": []}, "at least one field"),
        ({"checks": ["hours = wages"]}, "speaks of wages, which is no field"),
        ({"checks": ["worker + hours = hours"]}, "reckons with worker, which is no number"),
        ({"checks": ["__import__('os')"]}, "is no check"),
        ({"checks": ["hours = hours = hours"]}, "is no check"),
        ({"checks": ["sum(hours) = hours"]}, "is no check"),
        ({"fields": [PARTS["fields"][0], PARTS["fields"][0]]}, "there are 2 of “worker”"),
        ({"fields": [{**PARTS["fields"][0], "name": "copy"}]}, "another meaning here"),
        ({"fields": [{**PARTS["fields"][0], "kind": "colour"}]}, "fields → 1 → kind"),
        ({"wage": 1}, "wage"),
    ],
)
def test_what_is_not_sound_is_refused_in_one_sentence(change: dict[str, Any], said: str) -> None:
    """The sentence says which part, and what is wrong with it."""
    with pytest.raises(TypeDefinitionError) as refused:
        make_definition(PARTS | change)
    assert said in str(refused.value)
    assert str(refused.value).count("\n") == 0


def test_a_type_goes_out_as_yaml_and_comes_back_the_same() -> None:
    """Also numbers and truths that YAML would read otherwise."""
    assert read_type(write_type(TIMESHEET).encode()) == TIMESHEET
    assert "version" not in write_type(TIMESHEET)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "holds no document type"),
        ("- just\n- words", "one type a file"),
        ("name: &a x\ntitle: *a", "aliases"),
        ("name: x\ntitle: y\nfields: [[[[[[[[[[[1]]]]]]]]]]]", "nested too deeply"),
        ("name: [", "cannot be read"),
    ],
)
def test_yaml_that_is_no_type_says_so(text: str, said: str) -> None:
    """Nothing harmful is even parsed."""
    with pytest.raises(TypeDefinitionError, match=said):
        read_type(text.encode())


@pytest.mark.parametrize(
    ("mask", "text", "fitting"),
    [
        ("A+-9999", "INV-2024", True),
        ("A+-9999", "INV-24", False),
        ("AA9+", "DE 123 456", True),
        ("A+X9", "ABC1", True),
        ("TS-9999", "ts-0001", True),
        ("9+/9+", "12/3456", True),
        ("99.99", "1234", False),
    ],
)
def test_a_mask_says_what_a_value_looks_like(mask: str, text: str, fitting: bool) -> None:
    """A letter, a digit, either, more of the same; every other character is itself."""
    assert fits(mask, text) is fitting


def test_a_mask_is_made_from_a_value_and_fits_its_like() -> None:
    """Longer and shorter runs too; a hostile mask costs nothing."""
    assert mask_of("TS-0412 b") == "A+-9+A+"
    assert fits(mask_of("TS-0412"), "KL-7")
    assert not fits("X+" * 30, "1" * 5000 + "!")
