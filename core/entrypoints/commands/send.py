"""``send``: documents to a studio elsewhere, and what they say back, by the client that other programs may use too."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from core.entrypoints.console import print_json, warn
from core.errors import StudioError

if TYPE_CHECKING:
    from studio_client import StudioClient, Task


def run(arguments: argparse.Namespace) -> int:
    """Send each file; gives 1 where one could not be read. Raises StudioError where no studio answers."""
    from studio_client import StudioClient, StudioUnreachable

    key = arguments.key or os.environ.get("STUDIO_API_KEY", "")
    try:
        with StudioClient(arguments.to, key) as client:
            told = [_send(client, path, arguments) for path in arguments.files]
    except StudioUnreachable as error:
        raise StudioError(str(error)) from error
    return 0 if all(told) else 1


def _send(client: StudioClient, path: Path, arguments: argparse.Namespace) -> bool:
    from studio_client import StudioRefused

    try:
        print_json(
            client.read(
                path,
                told=lambda task: warn(f"{path}: {task.status}{_where(task)}"),
                recipe=arguments.recipe,
                type=arguments.type,
                save=arguments.save,
            )
        )
    except OSError as error:
        warn(f"{path}: it cannot be opened ({error.strerror}).")
        return False
    except StudioRefused as refused:
        warn(f"{path}: {refused}")
        return False
    return True


def _where(task: Task) -> str:
    return f", {task.ahead} before it" if task.ahead else f", {task.stage}" if task.stage else ""
