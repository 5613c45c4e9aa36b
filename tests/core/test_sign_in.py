"""Which person and role a sign-in makes, by the provider's claims and the studio's lists."""

from __future__ import annotations

from typing import Any

import pytest

from core.sign_in import signed_in, typed_name

LISTS = {
    "STUDIO_ADMINS": "ada@example.org, boss@example.org",
    "STUDIO_REVIEWERS": "*@example.org",
    "STUDIO_VIEWERS": "guest@elsewhere.net",
}


def role(claims: dict[str, Any], settings: dict[str, str] = LISTS) -> str | None:
    """The role of somebody with these claims; ``None``: nobody who may come in."""
    person = signed_in(claims, lambda name: settings.get(name, ""))
    return person.role if person else None


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({"email": "Ada@Example.org", "email_verified": True}, "admin"),
        ({"email": "bob@example.org"}, "reviewer"),
        ({"email": "guest@elsewhere.net"}, "viewer"),
        ({"email": "eve@evil.net"}, None),
        ({"email": "ada@example.org", "email_verified": False}, None),
        ({"email": "ada@example.org.evil.net"}, None),
        ({"email": ""}, None),
        ({"sub": "1", "roles": ["studio-reviewer", "payroll"]}, "reviewer"),
        ({"sub": "1", "roles": "admin, viewer"}, "admin"),
        ({"sub": "1", "roles": {"admin": True}}, None),
        ({"email": "bob@example.org", "roles": ["viewer"]}, "reviewer"),
    ],
)
def test_claims_and_lists_make_a_role(claims: dict[str, Any], expected: str | None) -> None:
    """The greatest that either gives; an address that is not verified, or is in no list, gives none."""
    assert role(claims) == expected


def test_others_and_the_claim_are_chosen() -> None:
    """Whoever is in no list gets what is set for others, nothing as shipped; the claim may have another name."""
    assert role({"email": "eve@evil.net"}, {"STUDIO_OTHERS": "viewer"}) == "viewer"
    assert role({"sub": "1", "groups": ["admin"]}, {"STUDIO_ROLE_CLAIM": "groups"}) == "admin"
    assert role({"sub": "1", "roles": ["admin"]}, {"STUDIO_ROLE_CLAIM": "groups"}) is None


def test_a_name_is_one_line() -> None:
    """As it stands in the trail; a name that was typed is no longer than a line either."""
    told = signed_in({"name": "Ada\nLovelace", "email": "ada@example.org"}, lambda name: LISTS.get(name, ""))
    assert told is not None
    assert (told.name, told.known) == ("Ada Lovelace <ada@example.org>", "signed in")
    assert typed_name(" Bob\t\x1b[31m " + "x" * 99) == "Bob [31m " + "x" * 51
