"""``api``: the HTTP API alone, without the pages."""

from __future__ import annotations

import argparse

from core.entrypoints.commands.reading import open_studio
from core.entrypoints.console import warn
from core.errors import AccessDenied

_HERE = ("127.0.0.1", "::1", "localhost")


def run(arguments: argparse.Namespace) -> int:
    """Serve until it is stopped. Raises AccessDenied where others could reach it and no key was made."""
    import uvicorn

    from core.entrypoints.api import make_api

    studio = open_studio()
    if arguments.host not in _HERE and studio.access.is_open():
        raise AccessDenied("Make a key before others can reach the API: python -m core keys make NAME.")
    studio.warm()
    warn(f"http://{arguments.host}:{arguments.port}/docs says what it does.")
    try:
        api = make_api(lambda: studio)
        uvicorn.run(api, host=arguments.host, port=arguments.port, log_level="warning", log_config=None)
    finally:
        studio.close()
    return 0
