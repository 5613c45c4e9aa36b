"""What a review teaches of a vendor, what that does to its next document, and how it is taken back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.entrypoints.bootstrap import build_studio
from core.errors import PackError, RuleError
from core.events import RunFinished
from core.extraction import Extraction
from core.extraction_json import to_json
from core.review.standing import confirmed
from core.settings import Settings
from core.stores.receipt import SaveReceipt
from core.studio import Studio
from tests.core.made import pdf_of

VENDOR = "Kahlert & Voss"


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    """A studio of its own."""
    made = build_studio(Settings(data_dir=tmp_path, DATABASE_URL=None))
    yield made
    made.close()


def document(
    number: str, day: str, total: str, iban: str = "DE02 1203 0000 0000 2020 51", head: str = "SPRING SALE"
) -> bytes:
    """An invoice whose number stands behind words that no lexicon has, and whose vendor is small print."""
    return pdf_of(
        (
            head,
            f"{VENDOR} - Hafenweg 3 - 20457 Hamburg",
            "Brightwater Ltd",
            "12 Mill Lane",
            "Leeds LS1 4AB",
            f"Our mark {number}",
            f"Invoice date {day}",
            f"Total EUR {total}",
            "VAT DE136695976  Tel: +49 30 12345678",
            f"IBAN {iban}",
        )
    )


def read(studio: Studio, data: bytes, run_id: str) -> Extraction:
    """One run."""
    events = list(studio.extract(studio.open(data, f"{run_id}.pdf"), run_id=run_id))
    last = events[-1]
    assert isinstance(last, RunFinished)
    return last.extraction


def save(studio: Studio, run_id: str, found: Extraction, **right: Any) -> SaveReceipt:
    """Save it as a person does who types what is ``right`` and confirms the rest."""
    values = found.values.model_copy(update=right)
    paths = [info.name for info in found.type.header if getattr(values, info.name) is not None]
    reviewed = confirmed(studio.review(found, values), paths).extraction
    return studio.save(values, ["database"], run_id=run_id, extraction=reviewed)


FIRST, SECOND, THIRD = (
    document("KV-4711", "2024-03-05", "119.00"),
    document("KV-4802", "2024-04-07", "238.00"),
    document("KV-4977", "2024-05-06", "357.00"),
)


def taught(studio: Studio) -> SaveReceipt:
    """A first document, corrected."""
    return save(studio, "r1", read(studio, FIRST, "r1"), vendor_name=VENDOR, invoice_number="KV-4711")


def test_without_any_memory_a_result_says_nothing_of_it(studio: Studio) -> None:
    """The JSON is as ever."""
    assert "learnt" not in to_json(read(studio, FIRST, "r1"))


def test_the_next_document_of_the_vendor_is_read_as_the_first_was_corrected(studio: Studio) -> None:
    """Name and number come from what was learnt, say so, and are asked about while one document alone taught them."""
    receipt = taught(studio)
    assert receipt.taught is not None
    assert any("Our mark" in thing for thing in receipt.taught.things)
    assert not any("Brightwater" in thing for thing in receipt.taught.things if "wanted" not in thing)
    found = read(studio, SECOND, "r2")
    assert (found.values.vendor_name, found.values.invoice_number) == (VENDOR, "KV-4802")
    assert found.provenance["invoice_number"].rule == "learnt"
    assert found.evidence["invoice_number"].text == "KV-4802"
    assert {one.path for one in found.learnt} >= {"invoice_number"}
    assert found.verdict == "needs review"
    assert any(finding.check == "learnt" for finding in found.findings)


def test_a_second_document_that_agrees_ends_the_trial(studio: Studio) -> None:
    """The third is not asked about for that."""
    taught(studio)
    second = read(studio, SECOND, "r2")
    save(studio, "r2", second)
    (vendor,) = studio.memory.all()
    assert {rule.state for rule in vendor.rules if rule.helped} == {"active"}
    third = read(studio, THIRD, "r3")
    assert third.values.invoice_number == "KV-4977"
    assert not any(finding.check == "learnt" for finding in third.findings)


def test_what_hurts_on_the_vendors_own_documents_is_not_taken(studio: Studio) -> None:
    """A correction that would break what the first document had right stays without a rule."""
    first = read(studio, FIRST, "r1")
    save(studio, "r1", first, vendor_name=VENDOR)
    second = read(studio, SECOND, "r2")
    save(studio, "r2", second, vendor_name=VENDOR, customer_name="SPRING SALE")
    (vendor,) = studio.memory.all()
    assert not [
        rule for rule in vendor.rules if getattr(rule.habit, "value", "") == "SPRING SALE" and rule.state == "active"
    ]


def test_a_reading_that_the_cache_has_is_not_given_once_more_was_learnt(studio: Studio) -> None:
    """And another vendor's is."""
    before = read(studio, SECOND, "r0")
    taught(studio)
    assert read(studio, SECOND, "r2").values != before.values
    again = read(studio, SECOND, "r3")
    assert all(step.cached or step.state == "skipped" for step in again.steps)
    assert again.values.invoice_number == "KV-4802"


def test_undo_of_a_save_takes_back_what_it_taught(studio: Studio) -> None:
    """The vendor that was new is gone."""
    studio.undo(taught(studio))
    assert studio.memory.all() == []
    assert read(studio, SECOND, "r2").learnt == ()


def test_what_was_not_reviewed_teaches_nothing(studio: Studio) -> None:
    """A save as ready or with open points is no review."""
    found = read(studio, FIRST, "r1")
    for status in ("approved", "needs review"):
        receipt = studio.save(found.values, ["database"], run_id="r1", extraction=found, status=status)
        assert receipt.taught is None
    assert studio.memory.all() == []


def test_a_forgotten_rule_is_not_used_and_not_learnt_again(studio: Studio) -> None:
    """Though the next document would teach it."""
    taught(studio)
    (vendor,) = studio.memory.all()
    for rule in vendor.rules:
        if getattr(rule.habit, "field", "") == "invoice_number":
            studio.memory.forget_rule(vendor.vendor_id, rule)
    second = read(studio, SECOND, "r2")
    assert second.values.invoice_number != "KV-4802"
    save(studio, "r2", second, vendor_name=VENDOR, invoice_number="KV-4802")
    (after,) = studio.memory.all()
    words = {getattr(rule.habit, "words", "") for rule in vendor.rules} & {"ourmark"}
    assert not words & {getattr(rule.habit, "words", "") for rule in after.rules}


def test_a_locked_vendor_learns_nothing_and_a_forgotten_one_is_gone(studio: Studio) -> None:
    """Its lessons too."""
    taught(studio)
    (vendor,) = studio.memory.all()
    studio.memory.lock(vendor.vendor_id, True)
    assert save(studio, "r2", read(studio, SECOND, "r2")).taught is None
    studio.memory.forget(vendor.vendor_id)
    assert studio.memory.all() == []


def test_a_new_account_of_a_known_vendor_is_an_error(studio: Studio) -> None:
    """The usual invoice fraud; the known account is none."""
    taught(studio)
    fraud = read(studio, document("KV-5000", "2024-06-06", "10.00", iban="GB82 WEST 1234 5698 7654 32"), "r2")
    (found,) = [finding for finding in fraud.findings if finding.check == "new_account"]
    assert found.severity == "error"
    assert fraud.verdict == "needs review"
    assert not [finding for finding in read(studio, SECOND, "r3").findings if finding.check == "new_account"]


def test_a_pack_teaches_another_studio_and_names_no_customer(studio: Studio, tmp_path: Path) -> None:
    """Its rules begin on trial there."""
    taught(studio)
    packed = studio.memory.export()
    assert b"Brightwater" not in packed
    assert b"4711" not in packed
    other = build_studio(Settings(data_dir=tmp_path / "other", DATABASE_URL=None))
    assert other.memory.bring_in(packed) == 1
    found = read(other, SECOND, "r2")
    assert found.values.invoice_number == "KV-4802"
    assert found.verdict == "needs review"
    other.close()


def test_a_file_that_is_no_pack_is_refused_in_a_sentence(studio: Studio) -> None:
    """Nothing is taken over."""
    with pytest.raises(PackError, match="no file of vendors"):
        studio.memory.bring_in(b"[1, 2]")
    assert studio.memory.all() == []


# --- shown and changed ------------------------------------------------------------------------------------------------


def rule_of(studio: Studio, field: str) -> Any:
    """The first rule of a field that was learnt."""
    (vendor,) = studio.memory.all()
    return next(rule for rule in vendor.rules if getattr(rule.habit, "field", "") == field)


def test_what_a_save_taught_is_shown_where_it_stands(studio: Studio) -> None:
    """The number's rule on its line with the words before it; its picture is cut from the page."""
    receipt = taught(studio)
    assert receipt.taught is not None
    places = dict(zip(receipt.taught.things, receipt.taught.places, strict=True))
    place = next(place for thing, place in places.items() if "Our mark" in thing)
    assert place is not None
    layer = studio.document(place.document).page(1, 0).text_layer()
    mine = [word.text for word in layer.words if place.box[0] <= word.box.center[0] <= place.box[2]]
    inside = [
        word.text for word in layer.words if word.text in mine and place.box[1] <= word.box.center[1] <= place.box[3]
    ]
    assert " ".join(inside) == "Our mark KV-4711"
    assert studio.picture_of(place).startswith(b"\x89PNG")


def test_a_record_that_is_corrected_later_teaches_too(studio: Studio) -> None:
    """As the Records page saves it: with the run's reading as the person corrected it."""
    found = read(studio, FIRST, "r1")
    order = studio.save(found.values, ["database"], run_id="r1", extraction=found, status="approved")
    assert order.taught is None
    values = found.values.model_copy(update={"vendor_name": VENDOR, "invoice_number": "KV-4711"})
    corrected = studio.review(found, values).extraction
    receipt = studio.save(
        values, ["database"], run_id="r1", update=order.order_id, status="approved", corrected=corrected
    )
    assert receipt.taught is not None
    assert read(studio, SECOND, "r2").values.invoice_number == "KV-4802"
    studio.undo(receipt)
    assert studio.memory.all() == []


def test_how_the_documents_of_a_vendor_went_is_kept(studio: Studio) -> None:
    """The second is read right by what the first taught, and would not have been without it."""
    taught(studio)
    save(studio, "r2", read(studio, SECOND, "r2"))
    (vendor,) = studio.memory.all()
    first, second = vendor.course
    assert first.wrong == first.without > 0
    assert second.wrong < second.without
    studio.memory.erase(["r2"])
    (vendor,) = studio.memory.all()
    assert [visit.run_id for visit in vendor.course] == ["r1"]


def test_a_rule_can_be_changed_unless_that_breaks_a_kept_document(studio: Studio) -> None:
    """What it was is not learnt again."""
    taught(studio)
    save(studio, "r2", read(studio, SECOND, "r2"))
    (vendor,) = studio.memory.all()
    rule = rule_of(studio, "vendor_name")
    with pytest.raises(RuleError, match="would make a value wrong"):
        studio.memory.edit_rule(vendor.vendor_id, rule, replace(rule.habit, field="vendor_tax_id"))
    studio.memory.edit_rule(vendor.vendor_id, rule, replace(rule.habit, value="Kahlert & Voss."))
    assert rule_of(studio, "vendor_name").habit.value == "Kahlert & Voss."


def test_two_corrections_that_contradict_are_both_shown_and_one_is_kept(studio: Studio) -> None:
    """Each on the page that says it."""
    save(studio, "r1", read(studio, FIRST, "r1"), vendor_name=VENDOR, customer_name="12 Mill Lane")
    save(studio, "r2", read(studio, SECOND, "r2"), vendor_name=VENDOR, customer_name="SPRING SALE")
    (vendor,) = studio.memory.all()
    shown = studio.memory.shown(vendor)
    (rules,) = shown.contradicting
    assert {rule.habit.value for rule in rules} == {"12 Mill Lane", "SPRING SALE"}  # type: ignore[union-attr]
    assert {rule.state for rule in rules} == {"trial"}
    assert all(shown.places[vendor.rules.index(rule)] for rule in rules)
