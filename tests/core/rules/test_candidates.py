"""What else on the page may be a field's value: the readings that were not chosen, with their place and label."""

from __future__ import annotations

from tests.core.rules.pages import read


def values(text: str, path: str) -> list[str]:
    """The candidates' values of a field."""
    return [one.value for one in read(text).candidates.get(path, ())]


def test_every_labelled_amount_is_a_candidate_of_the_total() -> None:
    """Also the one that was not chosen, with the words and the label that stand there, and where."""
    draft = read("Invoice R-1\nTotal|@300 14.50\nTotal payable|@300 27.10")
    found = {one.value: one for one in draft.candidates["total_amount"]}
    assert set(found) == {"14.50", "27.10"}
    assert (found["27.10"].text, found["27.10"].label) == ("27.10", "Total payable")
    assert found["27.10"].page == 1
    assert found["27.10"].box is not None


def test_every_date_may_be_a_due_date() -> None:
    """What stands before a date says what it is."""
    text = "Invoice date|@200 2024-05-06\nWe expect your money before|@300 2024-06-05\nTotal|@300 9.00"
    found = read(text).candidates["due_date"]
    assert [(one.value, one.label) for one in found if one.value != "2024-05-06"] == [
        ("2024-06-05", "We expect your money before")
    ]


def test_other_names_and_addresses_are_candidates() -> None:
    """The blocks of both parties, so that a wrong one is exchanged with a click."""
    text = (
        "Bill to|@300 Ship to\nAcme Ltd|@300 Bolt Ltd\n1 Main Street|@300 2 Hill Road\nLeeds LS1 5AB|@300 York YO1 7AB"
    )
    assert values(text, "customer_name") == ["Acme Ltd", "Bolt Ltd"]
    assert len(values(text, "billing_address")) == 2


def test_a_number_of_another_kind_may_be_the_invoices() -> None:
    """An order number beside the invoice's own."""
    assert values("Invoice no. R-77\nOrder no. 4711\nTotal 9.00", "invoice_number") == ["R-77", "4711"]


def test_candidates_are_a_handful() -> None:
    """A list to choose from, each value once."""
    text = "\n".join(f"Total {number}.00" for number in range(10, 30)) + "\nTotal 10.00"
    found = values(text, "total_amount")
    assert len(found) == len(set(found)) == 6
