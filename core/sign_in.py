"""Who somebody is who signed in, by what their provider says of them and by the lists of this studio."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from core.person import ROLES, Person, Role

#: Where the roles are said (environment, ``.env`` or secrets): e-mail addresses or patterns such as ``*@example.org``,
#: separated by commas; the claim that names roles; and what whoever is in no list is (empty: nobody may come in so).
LISTS: Mapping[Role, str] = {"viewer": "STUDIO_VIEWERS", "reviewer": "STUDIO_REVIEWERS", "admin": "STUDIO_ADMINS"}
CLAIM, OTHERS = "STUDIO_ROLE_CLAIM", "STUDIO_OTHERS"


def signed_in(claims: Mapping[str, Any], setting: Callable[[str], str]) -> Person | None:
    """The person of these claims (of an OIDC identity token), with the greatest role that a claim or a list gives; ``None``
    for one that has none here. ``setting`` gives a setting by its name, empty where there is none. An address that its
    provider calls unverified stands in no list."""
    email = str(claims.get("email") or "")
    told = [
        *_of_claim(claims.get(setting(CLAIM) or "roles")),
        *(role for role, name in LISTS.items() if _listed(email, claims, setting(name))),
    ]
    if not told:
        told = _of_claim(setting(OTHERS))
    if not told:
        return None
    name = str(claims.get("name") or claims.get("preferred_username") or "")
    known = f"{name} <{email}>" if name and email else name or email or str(claims.get("sub") or "somebody")
    return Person(_line(known), max(told, key=ROLES.index), "signed in")


def typed_name(text: str) -> str:
    """A name as a person may type it: one line, not too long."""
    return _line(text)[:60].strip()


def _of_claim(value: object) -> list[Role]:
    """The roles in a claim: a word, words separated by commas, or a list; ``studio-admin`` is an admin too."""
    words: Iterable[object] = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else ()
    plain = [str(word).strip().casefold().removeprefix("studio-") for word in words]
    return [role for role in ROLES if role in plain]


def _listed(email: str, claims: Mapping[str, Any], patterns: str) -> bool:
    if not email or claims.get("email_verified") is False:
        return False
    return any(fnmatchcase(email.casefold(), one.strip().casefold()) for one in patterns.split(",") if one.strip())


def _line(text: str) -> str:
    return " ".join("".join(mark if mark.isprintable() else " " for mark in text).split())
