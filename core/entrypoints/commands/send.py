"""``send``: documents to a studio elsewhere, and what they say back: a small client of its API."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from core.entrypoints.console import print_json, warn
from core.errors import StudioError


def run(arguments: argparse.Namespace) -> int:
    """Send each file; gives 1 where one could not be read."""
    import httpx

    key = arguments.key or os.environ.get("STUDIO_API_KEY", "")
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    with httpx.Client(base_url=arguments.to.rstrip("/"), headers=headers, timeout=90.0) as client:
        told = [_send(client, path, arguments) for path in arguments.files]
    return 0 if all(told) else 1


def _send(client: Any, path: Path, arguments: argparse.Namespace) -> bool:
    import httpx

    form = {"recipe": arguments.recipe, "type": arguments.type, "save": arguments.save}
    try:
        with path.open("rb") as file:
            reply = client.post("/v1/extract", files={"file": (path.name, file)}, data=form)
        while reply.status_code == 202:
            told = reply.json()
            warn(f"{path}: {told['status']}{_where(told)}")
            reply = client.get(f"/v1/tasks/{told['task_id']}", params={"wait": 30})
            if reply.status_code == 200:
                reply = _after(client, reply)
    except OSError as error:
        warn(f"{path}: it cannot be opened ({error.strerror}).")
        return False
    except httpx.HTTPError as error:
        raise StudioError(f"{arguments.to} does not answer ({type(error).__name__}): check the address.") from error
    if reply.status_code != 200:
        warn(f"{path}: {_sentence(reply)}")
        return False
    print_json(reply.json())
    return True


def _after(client: Any, reply: Any) -> Any:
    """The result of a task that is over; of one that is not, what :func:`_send` asks again for."""
    if reply.json()["status"] in ("queued", "running"):
        reply.status_code = 202
        return reply
    return client.get(f"/v1/tasks/{reply.json()['task_id']}/result")


def _where(told: dict[str, Any]) -> str:
    return f", {told['ahead']} before it" if told.get("ahead") else f", {told['stage']}" if told.get("stage") else ""


def _sentence(reply: Any) -> str:
    try:
        return str(reply.json()["detail"])
    except (ValueError, KeyError):
        return f"the studio answered with status {reply.status_code}."
