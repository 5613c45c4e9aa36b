"""How the page's process starts a worker's."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from core.jobs.channel import Channel
from core.jobs.processes import Plan
from core.settings import Settings

_ROOT = Path(__file__).parents[2]


def start_worker(settings: Settings, plan: Plan, name: str) -> subprocess.Popen[str]:
    """Start a worker. It is no fork: nothing of this process goes over but what it is told."""
    path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH", ""))))
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"}
    if plan.threads:
        environment["STUDIO_THREADS"] = str(plan.threads)
    process = subprocess.Popen(
        [sys.executable, "-m", "core.entrypoints.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
        text=True,
        encoding="utf-8",
    )
    assert process.stdin
    assert process.stdout
    Channel(process.stdout, process.stdin).send(settings=_told(settings), plan=asdict(plan), name=name)
    return process


def _told(settings: Settings) -> dict[str, Any]:
    url = settings.database_url.get_secret_value() if settings.database_url else None
    return {
        "data_dir": str(settings.data_dir.resolve()),
        "DATABASE_URL": url,
        "case_folders": settings.case_folders,
        "libreoffice": settings.libreoffice,
        "workers": "threads",
        "log": settings.log,
        "log_level": settings.log_level,
    }
