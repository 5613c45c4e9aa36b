"""``keys``: the keys of programs that call the API."""

from __future__ import annotations

import argparse

from core.entrypoints.commands.reading import open_studio
from core.entrypoints.console import one_line, warn


def run(arguments: argparse.Namespace) -> int:
    """List the keys, make one, or revoke one. Raises AccessDenied."""
    studio = open_studio()
    access = studio.access
    match arguments.do:
        case "make":
            key, kept = access.make(
                arguments.name,
                arguments.role,
                studio.person.name,
                days=arguments.days,
                calls_per_minute=arguments.calls,
                pages_per_day=arguments.pages,
                dollars_per_day=arguments.dollars,
            )
            print(key)
            warn(f"{kept.name}, {kept.role}: keep this key, it is shown only now. Its id is {kept.key_id}.")
        case "revoke":
            access.revoke(arguments.key_id)
            warn(f"{arguments.key_id} opens nothing more.")
        case _:
            now = access.now()
            for known in sorted(access.keys(), key=lambda key: key.created_at):
                state = "works" if known.works(now) else "revoked" if known.revoked_at else "expired"
                used = f"used {known.used_at:%Y-%m-%d %H:%M} UTC" if known.used_at else "never used"
                told = f"{one_line(known.name)}, {used}"
                print(f"{known.key_id}  {known.prefix}…  {known.role:<8}  {state:<7}  {told}")
    return 0
