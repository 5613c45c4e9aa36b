"""``worker``: do the work of queues, on this host, beside as many others as there are."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from core.entrypoints.console import warn
from core.errors import QueueUnavailable
from core.jobs.routes import QUEUES
from core.ocr.machine import processors
from core.settings import Settings


def run(arguments: argparse.Namespace) -> int:
    """Work until it is told to end. Raises QueueUnavailable where no Redis or no PostgreSQL is named."""
    from core.entrypoints.bootstrap import build_worker, redis_url
    from core.jobs.celery import serve

    settings = Settings()
    url = redis_url(settings)
    if url is None:
        raise QueueUnavailable("REDIS_URL is not set: without it the studio starts workers of its own.")
    queues = [name.strip() for name in arguments.queues.split(",") if name.strip()] or list(QUEUES)
    if unknown := [name for name in queues if name not in QUEUES]:
        raise QueueUnavailable(f"There is no queue “{unknown[0]}”: choose among {', '.join(QUEUES)}.")
    count = arguments.concurrency or max(1, processors())
    # Each child has its share: several that take all processors each are slower together than one.
    os.environ["STUDIO_THREADS"] = str(max(1, processors() // count))
    warn(f"Working for {', '.join(queues)} with {count} processes.")
    alive = Path(arguments.alive) if arguments.alive else None
    lease = settings.lease_seconds
    return serve(
        url,
        queues,
        lambda: build_worker(settings, None),
        concurrency=count,
        lease=lease,
        watched=arguments.watched,
        alive=alive,
    )
