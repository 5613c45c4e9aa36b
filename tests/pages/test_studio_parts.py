"""What the Studio page is made of, without a screen: the desk, the edits, the step list, the trust in a value."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from core.events import StepFailed, StepFinished, StepProgressed, StepSkipped, StepStarted
from core.evidence import Box, Evidence, PageText
from core.extraction import Candidate, Extraction, Finding, PageRef, Provenance
from core.invoice.document_type import INVOICE, LINE_ITEMS
from core.invoice.model import Invoice, LineItem
from core.jobs.queue import Job, JobState
from core.notation import usual_notation
from core.notation.typed import parse_value
from core.recipe import Recipe
from core.review.before import before, put_back
from core.review.edits import Edits, differences, edits_from, read_edits, tidy
from core.review.standing import confirmed, open_points, proposals, status_of, unread
from core.review.stops import Stop, stops
from core.review.trust import trust, word_of
from core.status import STATUS_WORDS
from core.studio import Reviewed
from core.validation.calibration import shipped_calibration
from core.validation.rule_words import rule_words
from pages.shared.desk import Desk, Group, OpenDocument, desk_from, range_text
from pages.shared.drawing import box_on_page
from pages.shared.frame import plain
from pages.shared.lines import REMOVE, line_level, rows_after
from pages.shared.questions import offered_places
from pages.shared.steps import headline_of, in_words, lines_of
from pages.shared.viewer import boxes_of
from pages.studio_parts.desk_bar import batch_progress
from pages.studio_parts.tabs import why_rows

GIVEN = Invoice(
    invoice_number="A-7",
    invoice_date=date(2026, 3, 1),
    vendor_name="Paper Mill",
    total_amount=Decimal("119.00"),
    line_items=(LineItem(description="Paper", quantity=Decimal(3), unit_price=Decimal("4.50")),),
)


#: Every value of ``GIVEN`` found on the page.
ON_PAGE = {path: Evidence(1, (Box(0, 0, 9, 9),), "…", 1.0, "exact") for path, _, _ in INVOICE.walk(GIVEN)}


def german(path: str, text: str) -> object:
    """Reads typed text as a German document writes it."""
    from core.invoice.document_type import INVOICE

    return parse_value(INVOICE.field_of(path), text, usual_notation("de"))


def extraction(**changes: object) -> Extraction:
    """A small extraction of one page."""
    page = PageText(1, 200.0, 100.0, (), "text layer")
    fields: dict[str, object] = {
        "document": "0" * 64,
        "name": "a.pdf",
        "pages": (PageRef(1),),
        "recipe": Recipe(),
        "values": GIVEN,
        "page_texts": (page,),
    }
    return Extraction.model_validate(fields | changes)


def open_document(pages: int = 3) -> OpenDocument:
    """A document on a desk of its own."""
    return Desk("d").put("0" * 64, "a.pdf", pages)


# --- the desk


def test_a_document_comes_with_all_its_pages_chosen() -> None:
    """Nothing needs to be chosen for the common case."""
    assert open_document().group.pages == [1, 2, 3]


def test_clicking_a_page_takes_it_out_and_puts_it_back_in_order() -> None:
    """Pages stay in page order whatever the order of clicks."""
    document = open_document()
    document.toggle(1)
    assert document.group.pages == [2, 3]
    document.toggle(1)
    assert document.group.pages == [1, 2, 3]


def test_one_document_can_hold_several_invoices() -> None:
    """A new group takes the pages that no other has; each group is read on its own."""
    document = open_document()
    document.toggle(3)
    document.add_group()
    assert [group.pages for group in document.groups] == [[1, 2], [3]]
    document.join_groups()
    assert [group.pages for group in document.groups] == [[1, 2, 3]]


def test_a_page_moves_from_one_document_into_another() -> None:
    """It is never in two; a document is joined with the one before it."""
    document = open_document()
    document.split([(1,), (2, 3)])
    document.toggle(2)
    assert [group.pages for group in document.groups] == [[1, 2], [3]]
    document.active = 1
    document.join_to_previous()
    assert ([group.pages for group in document.groups], document.active) == ([[1, 2, 3]], 0)


def test_every_page_can_become_an_invoice_of_its_own() -> None:
    """Splitting by page makes a group a page."""
    document = open_document()
    document.split_by_page()
    assert [group.pages for group in document.groups] == [[1], [2], [3]]


def test_turns_go_round() -> None:
    """Four quarter turns are none, and left is the other way."""
    document = open_document()
    document.rotate(2, -90)
    assert document.refs(document.group)[1] == PageRef(2, 270)
    document.rotate(2, 90)
    assert document.refs(document.group)[1] == PageRef(2, 0)


def test_turning_a_page_makes_an_old_run_stale() -> None:
    """What a run read is compared before it is started again."""
    document = open_document()
    before = document.signature(document.group, "r")
    document.rotate(1, 90)
    assert document.signature(document.group, "r") != before


def test_closing_a_document_shows_its_neighbour() -> None:
    """The next document is chosen; the last one leaves an empty desk."""
    desk = Desk("d")
    desk.put("a", "a.pdf", 1)
    desk.put("b", "b.pdf", 1)
    desk.close("a")
    assert desk.chosen == "b"
    desk.close("b")
    assert desk.document is None


def test_an_address_is_followed_to_a_closed_document_and_its_invoice() -> None:
    """Back opens it again; what is not known changes nothing."""
    desk = Desk("d")
    for letter in "ab":
        desk.put(letter * 64, f"{letter}.pdf", 2)
    desk.documents[0].groups = [Group([1], "r1"), Group([2], "r2")]
    desk.close("a" * 64)
    assert not desk.follow("f" * 12, "")
    assert desk.follow("a" * 12, "r2")
    assert (desk.chosen, desk.documents[-1].active, desk.closed) == ("a" * 64, 1, [])
    assert not desk.follow("", "r2")
    assert desk.follow("", "r1")


def test_a_desk_survives_as_json() -> None:
    """A reload finds documents, groups and turns as they were."""
    desk = Desk("d")
    desk.put("a", "a.pdf", 2).rotate(2, 90)
    assert desk_from(desk.to_json()) == desk


@pytest.mark.parametrize(("pages", "text"), [([1, 2, 3, 5], "1-3,5"), ([2], "2"), ([], ""), ([3, 1, 2], "3,1-2")])
def test_pages_are_written_as_a_range(pages: list[int], text: str) -> None:
    """Runs of pages are joined."""
    assert range_text(pages) == text


# --- the edits


def test_nothing_changed_gives_the_very_same_invoice() -> None:
    """Values that were not touched are never read anew."""
    assert read_edits(GIVEN, Edits(), german).values == GIVEN


def test_typed_text_is_read_in_the_documents_language() -> None:
    """A German amount becomes the amount it means, and shows in our notation."""
    assert tidy("total_amount", "1.234,56", german) == "1234.56"
    edits = Edits()
    edits.set_text(GIVEN, "total_amount", "1234.56")
    assert read_edits(GIVEN, edits, german).values.total_amount == Decimal("1234.56")


def test_text_in_our_own_notation_is_not_read_again_as_the_documents() -> None:
    """1.234 as we show it stays one and a quarter, also in a German document."""
    edits = Edits(texts={"total_amount": "1.234"})
    assert read_edits(GIVEN, edits, german).values.total_amount == Decimal("1.234")


def test_what_cannot_be_read_is_kept_and_named() -> None:
    """The typed text stays, the value is empty, and one sentence says why."""
    edits = Edits()
    edits.set_text(GIVEN, "due_date", "soon")
    read = read_edits(GIVEN, edits, german)
    assert edits.text_at(GIVEN, "due_date") == "soon"
    assert read.values.due_date is None
    assert "due_date" in read.errors


def test_a_number_too_long_is_told_of_and_the_rest_is_read() -> None:
    """A barcode scanned into an amount; a price with many decimals is no such number."""
    edits = Edits(texts={"total_amount": "12345678901234567890", "tax": "0.12345678912", "subtotal": "1" * 15 + ".5"})
    found = read_edits(GIVEN, edits, german)
    assert (found.values.total_amount, found.values.tax) == (None, Decimal("0.12345678912"))
    assert list(found.errors) == ["total_amount"]
    assert "at most 15 digits before the point" in found.errors["total_amount"]


def test_typing_the_extracted_value_again_is_no_change() -> None:
    """Going back by hand is as good as the undo button."""
    edits = Edits()
    edits.set_text(GIVEN, "invoice_number", "B-8")
    edits.set_text(GIVEN, "invoice_number", "A-7")
    assert edits.texts == {}


def test_an_emptied_field_is_null() -> None:
    """Blank text means that nothing stands on the page."""
    edits = Edits(texts={"vendor_name": "  "})
    assert read_edits(GIVEN, edits, german).values.vendor_name is None


def test_a_value_for_a_line_past_the_last_adds_a_line() -> None:
    """A drawn box can begin a new line."""
    edits = Edits()
    edits.set_text(GIVEN, "line_items.1.description", "Ink")
    lines = read_edits(GIVEN, edits, german).values.line_items
    assert [line.description for line in lines] == ["Paper", "Ink"]


def test_a_line_can_be_put_between_others() -> None:
    """The lines after it move down with what was drawn and confirmed for them."""
    box = Evidence(1, (Box(0, 0, 1, 1),), "4", 1.0, "drawn")
    edits = Edits(drawn={"line_items.0.quantity": box, "tax": box}, confirmed={"line_items.0.total_price"})
    edits.insert_row(GIVEN, LINE_ITEMS, 0, {"description": "Ink"})
    lines = read_edits(GIVEN, edits, german).values.line_items
    assert [line.description for line in lines] == ["Ink", "Paper"]
    assert edits.drawn == {"line_items.1.quantity": box, "tax": box}
    assert edits.confirmed == {"line_items.1.total_price"}


def test_blank_lines_are_left_out() -> None:
    """A line that was added and not filled is no line."""
    edits = Edits(tables={"line_items": [{"description": "", "quantity": " ", "unit_price": "", "total_price": ""}]})
    assert read_edits(GIVEN, edits, german).values.line_items == ()


def test_a_drawn_value_keeps_its_box_until_it_is_typed_over() -> None:
    """The box is evidence of the words in it, not of what is typed later."""
    edits = Edits()
    box = Evidence(1, (Box(0, 0, 1, 1),), "12", 1.0, "drawn")
    edits.set_text(GIVEN, "tax", "12", box)
    assert edits.drawn == {"tax": box}
    edits.set_text(GIVEN, "tax", "13")
    assert edits.drawn == {}


def test_what_was_put_somewhere_is_taken_back_alone() -> None:
    """The text, its box and that it was confirmed come back; what was typed elsewhere since then stays."""
    edits = Edits(confirmed={"vendor_name"})
    place = Evidence(1, (Box(0, 0, 9, 9),), "Mill", 1.0, "drawn")
    was = before(edits, GIVEN, "vendor_name")
    edits.set_text(GIVEN, "vendor_name", "Mill", place)
    edits.set_text(GIVEN, "customer_name", "Typed since")
    put_back(edits, GIVEN, was)
    assert edits == Edits(texts={"customer_name": "Typed since"}, confirmed={"vendor_name"})


def test_a_line_added_for_a_drawn_value_goes_with_it() -> None:
    """The table is as it was extracted again."""
    edits = Edits()
    path = f"line_items.{len(GIVEN.line_items)}.quantity"
    was = before(edits, GIVEN, path)
    edits.set_text(GIVEN, path, "4")
    put_back(edits, GIVEN, was)
    assert edits.tables == {}


def test_edits_survive_as_json() -> None:
    """A reload finds texts, lines and boxes."""
    edits = Edits(
        {"tax": "1"},
        {"line_items": [{"description": "x"}]},
        {"tax": Evidence(1, (Box(0, 0, 1, 1),), "1", 1.0, "drawn")},
    )
    assert edits_from(edits.to_json()) == edits


def test_rows_follow_the_tables_changes() -> None:
    """Edited cells are taken over, and a ticked line goes."""
    rows = [{"description": "a", "quantity": "1"}, {"description": "b", "quantity": "2"}]
    assert rows_after(rows, {0: {"quantity": None}, 1: {REMOVE: True}}) == [{"description": "a", "quantity": ""}]


def test_a_cell_is_named_by_its_line() -> None:
    """Lines count from one for the person."""
    assert INVOICE.title_of("line_items.1.unit_price") == "Line 2 unit price"


# --- trust


def test_confidence_is_said_in_words() -> None:
    """Each level has its word beside its colour."""
    evidence = {"invoice_number": Evidence(1, (), "A-7", 1.0, "exact")}
    read = extraction(confidences={"invoice_number": 0.97, "vendor_name": 0.6}, evidence=evidence)
    assert trust(read, "invoice_number").words == "Sure 97%"
    assert trust(read, "vendor_name").words == "Check 60% (enough: 80%), not found on the page"
    assert trust(read, "total_amount").level == "doubtful"
    assert trust(read, "currency").level == "absent"


def test_what_a_person_typed_is_theirs() -> None:
    """A corrected value says who gave it."""
    read = extraction(provenance={"vendor_name": Provenance("person", "typed")})
    assert trust(read, "vendor_name").words == "Typed by you"


def test_what_stands_nowhere_on_the_page_is_looked_at() -> None:
    """However sure its reader was."""
    sure = {"vendor_name": 0.99}
    assert trust(extraction(confidences=sure, evidence=ON_PAGE), "vendor_name").level == "sure"
    unseen = trust(extraction(confidences=sure), "vendor_name")
    assert (unseen.level, unseen.words) == ("check", "Check 75% (enough: 80%), not found on the page")


def test_doubtful_fields_come_in_form_order() -> None:
    """Missing required fields, unsure values and those that a warning names."""
    sure = dict.fromkeys(("invoice_number", "invoice_date", "vendor_name", "total_amount"), 0.99)
    lines = dict.fromkeys(("line_items.0.description", "line_items.0.quantity", "line_items.0.unit_price"), 0.99)
    finding = Finding("currency", "warning", "?", ("currency",))
    read = extraction(confidences=sure | lines | {"invoice_date": 0.4}, findings=(finding,), evidence=ON_PAGE)
    assert [stop.path for stop in stops(read)] == ["invoice_date", "currency"]


def test_a_line_is_as_sure_as_its_most_doubtful_cell() -> None:
    """One doubtful cell makes the line doubtful; a line that is not there is empty."""
    read = extraction(confidences={"line_items.0.description": 0.99, "line_items.0.quantity": 0.7})
    assert line_level(read, LINE_ITEMS, 0) == "doubtful"
    assert line_level(read, LINE_ITEMS, 4) == "absent"


def test_boxes_are_fractions_of_their_page() -> None:
    """The browser lays them over a picture of any size."""
    read = extraction(evidence={"vendor_name": Evidence(1, (Box(20, 10, 100, 30),), "Paper Mill", 1.0, "exact")})
    (box,) = boxes_of(read)
    assert box["at"] == [0.1, 0.1, 0.5, 0.3]
    assert box["label"].startswith("Vendor · ")


def test_every_value_has_its_reason() -> None:
    """Rule, label and place are named for each value that was found."""
    source = {"invoice_number": Provenance("rules", "beside", "Invoice no.")}
    rows = why_rows(extraction(provenance=source))
    assert rows[0]["Found"] == "beside its label"
    assert "“Invoice no.”" in rows[0]["Why"]
    assert rows[0]["Stands on"] == "not found on the page"


def test_a_drawn_box_is_in_page_units() -> None:
    """Canvas pixels are scaled to the page."""
    assert box_on_page({"left": 10, "top": 20, "width": 30, "height": 5}, 0.5) == Box(5, 10, 20, 12.5)


# --- steps


def job(*events: object, state: JobState = "running") -> Job:
    """A run with these facts so far."""
    return Job("j", "a.pdf", state, events)  # type: ignore[arg-type]


def test_steps_tell_state_time_and_cache() -> None:
    """Each step shows what is known of it so far; those to come wait."""
    lines = {
        line.step: line
        for line in lines_of(
            job(
                StepStarted("load"),
                StepFinished("load", 0.004, True, "1 page"),
                StepSkipped("einvoice", "no"),
                StepStarted("ocr"),
                StepProgressed("ocr", 1, 3),
            )
        )
    }
    assert (lines["load"].state, lines["load"].time, lines["load"].cached) == ("finished", "4 ms", True)
    assert lines["einvoice"].state == "skipped"
    assert (lines["ocr"].state, lines["ocr"].detail) == ("running", "1 of 3")
    assert lines["validate"].state == "waiting"


def test_a_failed_step_shows_its_error_and_the_rest_was_not_reached() -> None:
    """Nothing seems to go on in a run that is over."""
    lines = lines_of(job(StepStarted("load"), StepFailed("load", 1.25, "It broke."), state="failed"))
    assert (lines[0].state, lines[0].detail, lines[0].time) == ("failed", "It broke.", "1.2 s")
    assert {line.state for line in lines[1:]} == {"unreached"}


def test_a_cancelled_step_is_stopped() -> None:
    """What had begun when the person stopped the run says so."""
    assert lines_of(job(StepStarted("load"), state="cancelled"))[0].state == "stopped"


@pytest.mark.parametrize(("seconds", "words"), [(0.0, "0 ms"), (0.0421, "42 ms"), (2.345, "2.3 s")])
def test_durations_are_said_shortly(seconds: float, words: str) -> None:
    """Milliseconds for what is quick."""
    assert in_words(seconds) == words


def test_a_documents_words_never_become_markup() -> None:
    """Stars, brackets, tags, formulas and colour directives are shown as they stand."""
    assert plain("*a* [b](c) <i> $x$ :red[d]") == r"\*a\* \[b\]\(c\) \<i\> \$x\$ \:red\[d\]"


def test_a_text_that_cannot_be_read_is_doubtful_and_approves_nothing() -> None:
    """An unreadable cell is no empty cell: its line is doubtful and the document is not approved."""
    found = extraction(verdict="approved", confidences={path: 0.95 for path, _, _ in INVOICE.walk(GIVEN)})
    marked = unread(Reviewed(found, {}), {"line_items.0.quantity": "Quantity: “n” is not a number."}).extraction
    assert marked.verdict == "needs review"
    assert line_level(marked, LINE_ITEMS, 0) == "doubtful"
    assert "line_items.0.quantity" in [stop.path for stop in stops(marked)]
    assert marked.findings[0].message == "Line 1 quantity: “n” is not a number."


def judged(**changes: object) -> Reviewed:
    """An extraction whose total alone is unsure, as a review gives it."""
    sure = {path: 0.95 for path, _, _ in INVOICE.walk(GIVEN)} | {"total_amount": 0.6}
    return Reviewed(extraction(**({"confidences": sure, "evidence": ON_PAGE} | changes)), {})


def test_a_record_that_nobody_looked_at_is_not_called_reviewed() -> None:
    """An unsure required value keeps it open until the person confirms the value."""
    assert open_points(judged().extraction) == ["Total “119.00” is only 60% sure: is it right?"]
    assert status_of(judged()) == "needs review"
    after = confirmed(judged(), {"total_amount"})
    assert trust(after.extraction, "total_amount").words == "Confirmed by you"
    assert "total_amount" not in [stop.path for stop in stops(after.extraction)]
    assert status_of(after) == "reviewed"


def test_an_untouched_record_is_saved_with_its_verdict() -> None:
    """Approved and unchanged stays approved."""
    found = judged(confidences={path: 0.95 for path, _, _ in INVOICE.walk(GIVEN)}, verdict="approved")
    assert status_of(found) == "approved"


def test_a_finding_is_settled_once_all_its_fields_are_confirmed() -> None:
    """One of two fields is not enough; with both the check no longer stands in the way."""
    mismatch = Finding("sum", "error", "The sum does not fit.", ("subtotal", "total_amount"))
    found = judged(findings=(mismatch,))
    assert open_points(confirmed(found, {"total_amount"}).extraction) == ["The sum does not fit."]
    assert open_points(confirmed(found, {"total_amount", "subtotal"}).extraction) == []


def test_a_missing_required_value_cannot_be_confirmed() -> None:
    """To look at nothing is not to find it right."""
    found = judged(values=GIVEN.model_copy(update={"invoice_date": None}))
    assert "Invoice date is missing." in open_points(confirmed(found, {"invoice_date"}).extraction)


def test_a_confirmation_is_kept_and_ends_with_the_next_change() -> None:
    """It survives a reload; a new text must be looked at anew."""
    edits = edits_from(Edits(confirmed={"total_amount"}).to_json())
    assert edits.confirmed == {"total_amount"}
    edits.set_text(GIVEN, "total_amount", "120")
    assert edits.confirmed == set()


def test_a_proposal_that_was_taken_is_not_called_typed() -> None:
    """Who typed nothing is not told so; a text changed afterwards is typed again."""
    source = {"total_amount": Provenance("person", "typed", score=1.0, exact=True)}
    found = Reviewed(extraction(provenance=source), {"total_amount": None})
    taken = proposals(found, {"total_amount": "119.00"}).extraction
    assert trust(taken, "total_amount").words == "Taken from the proposal"
    other = proposals(found, {"total_amount": "118.00"}).extraction
    assert trust(other, "total_amount").words == "Typed by you"


def test_an_update_says_what_it_would_replace() -> None:
    """Every value that differs is named with what is stored and what stands now."""
    now = GIVEN.model_copy(update={"total_amount": Decimal("120.00"), "line_items": ()})
    found = differences(GIVEN, now)
    assert ("Total", "119.00", "120.00") in found
    assert ("Line 1 quantity", "3", "") in found
    assert differences(GIVEN, GIVEN) == []


def test_checks_speak_a_persons_words() -> None:
    """Neither a rule's inner name nor that of a way of matching is shown, and no reason repeats what other values lack."""
    found = Evidence(1, (Box(0, 0, 9, 9),), "Paper Mill", 1.0, "format")
    source = Provenance("rules", "legal form", box=(0, 0, 9, 9))
    objection = Finding("sum", "error", "The sum does not fit.", ("total_amount",))
    read = extraction(provenance={"vendor_name": source}, evidence={"vendor_name": found}, findings=(objection,))
    row = next(row for row in why_rows(read) if row["Field"] == "Vendor")
    assert (row["Found"], row["Stands on"]) == ("named as a company (Ltd, GmbH …)", "page 1, written otherwise")
    assert "legal form" not in row["Why"]
    assert "other values" not in row["Why"]


def test_every_rule_that_the_calibration_knows_has_plain_words() -> None:
    """Nobody reads the inner name of a rule."""
    known = {name.split(":")[-1] for name in shipped_calibration().weights if name.startswith("rule:")}
    assert known
    assert [rule for rule in known if rule_words(rule) == rule] == []


def test_the_machine_says_ready_and_people_say_approved() -> None:
    """What nobody looked at is never called approved."""
    assert STATUS_WORDS == {"approved": "ready", "reviewed": "approved", "needs review": "needs review"}


@pytest.mark.parametrize(
    ("ahead", "left", "headline"),
    [
        (0, None, "Waiting for its turn"),
        (1, None, "Waiting for its turn · 1 before it"),
        (3, 42.0, "Waiting for its turn · 3 before it · about 40 s left"),
        (9, 200.0, "Waiting for its turn · 9 before it · about 3 min left"),
    ],
)
def test_a_waiting_run_says_how_many_come_before_it(ahead: int, left: float | None, headline: str) -> None:
    """And about how long it takes, where that is known."""
    assert headline_of(Job("j", "a.pdf", "queued", ahead=ahead, left=left)) == headline


def test_a_batch_says_how_far_it_is() -> None:
    """Of one document, and of what is read, nothing has to be said."""
    done, reading, waiting = (Job("j", "a.pdf", state) for state in ("done", "running", "queued"))
    assert batch_progress([reading]) == ""
    assert batch_progress([done, done]) == ""
    assert batch_progress([done, reading, waiting]) == "1 of 3 read"
    both = [done, replace(reading, left=12.0), replace(waiting, left=58.0)]
    assert batch_progress(both) == "1 of 3 read · about 60 s left"


def test_the_word_follows_the_number_and_the_limit_is_said() -> None:
    """A name and an amount of the same confidence have the same word; the one that needs more says how much."""
    sure = dict.fromkeys([path for path, _, _ in INVOICE.walk(GIVEN)], 0.85)
    read = extraction(confidences=sure, evidence=ON_PAGE)
    assert trust(read, "vendor_name").words == "Likely 85%"
    assert trust(read, "total_amount").words == "Likely 85% (enough: 92%)"
    asked = [stop.path for stop in stops(read)]
    assert "total_amount" in asked
    assert "vendor_name" not in asked
    assert [word_of(number, 0.92) for number in (0.92, 0.91, 0.5, 0.49)] == ["Sure", "Likely", "Check", "Doubtful"]


def test_a_yes_to_the_whole_document_is_kept() -> None:
    """What a check says of no field in particular is a question until the person has seen it."""
    general = Finding("page", "error", "Page 2 could not be read.")
    found = judged(confidences={path: 0.95 for path, _, _ in INVOICE.walk(GIVEN)}, findings=(general,))
    (stop,) = [stop for stop in stops(found.extraction) if stop.kind == "document"]
    assert not [s for s in stops(confirmed(found, stop.answers).extraction) if s.kind == "document"]


def test_the_value_that_a_check_worked_out_is_offered_first_and_once() -> None:
    """One number a choice: a value that also stands on the page keeps its place there."""
    there = Candidate("120.00", "120.00", "Total", 1, (0, 0, 9, 9))
    stop = Stop(
        "sum", ("total_amount",), "It fails.", candidates=(Candidate("99.00", "99.00"), there), proposed="120.00"
    )
    assert [offer.candidate for offer in stop.offers] == [there, Candidate("99.00", "99.00")]
    (worked_out,) = Stop("sum", ("tax",), "It fails.", proposed="20.00").offers
    assert (worked_out.path, worked_out.candidate.value) == ("tax", "20.00")


def test_what_is_offered_is_shown_where_it_stands() -> None:
    """In fractions of its page, under the key of its button."""
    there = Candidate("120.00", "120.00", "Total", 1, (20, 10, 100, 30))
    read = extraction(confidences={"total_amount": 0.4}, candidates={"total_amount": (there,)}, evidence=ON_PAGE)
    assert {"key": "other_total_amount_1", "page": 1, "at": [0.1, 0.1, 0.5, 0.3]} in offered_places(read)
