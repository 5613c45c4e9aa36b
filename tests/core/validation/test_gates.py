"""What a person asks of documents before they pass: thresholds, fields, amounts and vendors; with nothing set all is as without."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.evidence import Evidence
from core.extraction import Extraction, Finding
from core.gates import Gates, TypeGate
from core.review import Reviewed
from core.review.standing import confirmed, status_of
from core.review.stops import stops
from core.validation.gate import gated_by
from tests.core.test_stops import GIVEN, read

USUAL = TypeGate()
SURE = read()
FOUND = {
    path: Evidence(1, ((0.0, 0.0, 1.0, 1.0),), "x", 1.0, "exact")  # type: ignore[arg-type]
    for path, _, value in SURE.walk()
    if value is not None
}
SURE = SURE.model_copy(
    update={"evidence": FOUND, "confidences": dict.fromkeys(FOUND, 0.95), "findings": (), "verdict": "approved"}
)


def gated(extraction: Extraction = SURE, invoice: TypeGate = USUAL, **gates: object) -> Extraction:
    """An extraction before a gate."""
    return gated_by(Gates(types={"invoice": invoice}, **gates), extraction)  # type: ignore[arg-type]


def asked(extraction: Extraction) -> list[str]:
    """What is asked, a sentence each."""
    return [stop.sentence for stop in stops(extraction)]


def test_with_nothing_set_a_reading_stays_the_very_same() -> None:
    """Not even a field of it is another."""
    assert gated() is SURE
    assert SURE.type_name == "invoice"
    assert gated_by(Gates(types={"receipt": TypeGate(approve_at=1.0)}), SURE) is SURE
    assert not {"gate", "vendor"} & SURE.model_dump().keys()


def test_a_threshold_of_the_gate_decides_instead_of_the_recipes() -> None:
    """Stricter and looser, for what costs money and for names apart; the questions are the same that hold it back."""
    assert (gated().verdict, gated(invoice=TypeGate(approve_at=0.99)).verdict) == ("approved", "needs review")
    assert len(asked(gated(invoice=TypeGate(approve_at=0.99)))) >= 3
    names = gated(invoice=TypeGate(others_at=0.97))
    assert names.verdict == "needs review"
    assert {stop.path for stop in stops(names)} == {"vendor_name", "customer_name"}
    doubtful = SURE.model_copy(update={"confidences": {**SURE.confidences, "total_amount": 0.7}})
    loose = gated(doubtful, TypeGate(approve_at=0.6))
    assert (loose.verdict, asked(loose)) == ("approved", [])


def test_required_fields_are_the_gates() -> None:
    """One more is asked for where it is missing, until it is there; one less is not."""
    more = gated(invoice=TypeGate(required=("total_amount", "iban")))
    assert more.verdict == "needs review"
    assert [stop.path for stop in stops(more)] == ["iban"]
    lacking = SURE.model_copy(update={"values": GIVEN.model_copy(update={"invoice_number": None})})
    lacking = lacking.model_copy(
        update={"findings": (Finding("required", "error", "It was not found.", ("invoice_number",)),)}
    )
    assert gated(lacking).verdict == lacking.verdict
    less = gated(lacking, TypeGate(required=("total_amount",)))
    assert (less.verdict, asked(less)) == ("approved", [])
    assert gated(less, TypeGate(required=("invoice_number",))).verdict == "needs review"


@pytest.mark.parametrize(
    ("most", "passes"),
    [
        ({"EUR": Decimal(100)}, True),
        ({"EUR": Decimal(10)}, False),
        ({"USD": Decimal(100)}, False),
        ({"USD": Decimal(1), "": Decimal(100)}, True),
        ({"": Decimal(10)}, False),
    ],
)
def test_an_amount_above_its_currencys_limit_does_not_pass_unseen(most: dict[str, Decimal], passes: bool) -> None:
    """Nor one in a currency that has none; it is one question, and a yes answers it."""
    values = GIVEN.model_copy(update={"currency": "EUR", "total_amount": Decimal("14.50")})
    known = SURE.model_copy(
        update={"values": values, "confidences": dict.fromkeys([*FOUND, "currency"], 0.95)}
    ).model_copy(update={"evidence": FOUND | {"currency": FOUND["vendor_name"]}})
    found = gated(known, TypeGate(most=most))
    assert (found.verdict == "approved") is passes
    if not passes:
        (stop,) = stops(found)
        assert (stop.kind, stop.path) == ("document", None)
        looked = confirmed(Reviewed(found, {}), stop.answers)
        assert (looked.extraction.verdict, stops(looked.extraction)) == ("approved", ())


def test_a_document_with_too_few_values_is_looked_at() -> None:
    """Whatever they are."""
    assert gated(invoice=TypeGate(least_values=4)).verdict == "approved"
    assert "a value" in asked(gated(invoice=TypeGate(least_values=30)))[0]


def test_vendors_always_and_never_reviewed() -> None:
    """By the name read, as people write it, or by the one that the memory of vendors knows it by; a doubt stops none that is never
    reviewed, but what is missing, wrong or stored already does, and the largest amount."""
    issuer = str(SURE.value_at("vendor_name"))
    assert gated(always=(issuer.upper() + ".",)).verdict == "needs review"
    assert gated(SURE.model_copy(update={"vendor": "Acme Works"}), always=("acme works",)).verdict == "needs review"
    doubt = Finding("language", "warning", "Is it right?")
    doubtful = SURE.model_copy(
        update={"confidences": dict.fromkeys(FOUND, 0.3), "findings": (doubt,), "verdict": "needs review"}
    )
    passed = gated(doubtful, never=(issuer,))
    assert (passed.verdict, asked(passed)) == ("approved", [])
    assert status_of(Reviewed(passed, {})) == "approved"
    assert gated(doubtful, never=(issuer,), always=(issuer,)).verdict == "needs review"
    for grave in (Finding("duplicate", "warning", "Stored."), Finding("sum", "error", "It does not add up.")):
        assert gated(doubtful.model_copy(update={"findings": (grave,)}), never=(issuer,)).verdict == "needs review"
    assert gated(doubtful, TypeGate(most={"": Decimal(1)}), never=(issuer,)).verdict == "needs review"
    assert gated_by(Gates(), passed).findings == (doubt,)


def test_what_a_gate_said_goes_with_it() -> None:
    """Another one has nothing of it."""
    strict = gated(invoice=TypeGate(approve_at=1.0, required=("iban",), least_values=40, most={"XXX": Decimal(1)}))
    assert strict.verdict == "needs review"
    back = gated_by(Gates(), strict)
    assert (back.findings, back.verdict, back.gate) == ((), "approved", None)
