"""Who does something here: a person with a role, and how we know them. It travels with the verbs and with the jobs; there is
no global one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

Role = Literal["viewer", "reviewer", "admin"]
#: How a person is known: by sign-in, by the name they typed, by the account that runs the studio, or not a person at all.
Known = Literal["signed in", "typed", "account", "studio"]

#: From the least to the most that a role may do: each may do what those before it may.
ROLES: tuple[Role, ...] = get_args(Role)


@dataclass(frozen=True, slots=True)
class Person:
    """Who acts: ``name`` as it goes into the trail. Without sign-in everybody who reaches the studio is an admin of it."""

    name: str
    role: Role = "admin"
    known: Known = "account"

    def may(self, role: Role) -> bool:
        """Whether this person may do what needs ``role``."""
        return ROLES.index(self.role) >= ROLES.index(role)

    def to_json(self) -> dict[str, str]:
        """As a job carries it."""
        return {"name": self.name, "role": self.role, "known": self.known}


def person_from(kept: Mapping[str, Any] | None) -> Person:
    """The person of a job; the studio itself where a job of an earlier version names none."""
    return Person(**kept) if kept else STUDIO


#: Who did what nobody asked for: work of its own, and jobs of earlier versions.
STUDIO = Person("the studio", "admin", "studio")
