"""What runs the studio on many hosts says nothing that the studio does not know: commands, queues, settings."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from core.entrypoints.cli import make_parser
from core.jobs.routes import QUEUES
from core.settings import Settings

ROOT = Path(__file__).parent.parent
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
KUBERNETES = [
    each
    for path in sorted((ROOT / "deploy" / "kubernetes").glob("*.yaml"))
    for each in yaml.safe_load_all(path.read_text(encoding="utf-8"))
]


def containers() -> Iterator[tuple[str, dict[str, Any]]]:
    """Each container of ours, in either way of running them, by name."""
    for name, service in COMPOSE["services"].items():
        if str(service["image"]).startswith("extraction-studio"):
            yield f"compose {name}", service
    for thing in KUBERNETES:
        if thing["kind"] in ("Deployment", "Job"):
            for container in thing["spec"]["template"]["spec"]["containers"]:
                yield f"kubernetes {container['name']}", container


@pytest.mark.parametrize(
    ("name", "container"), list(containers()), ids=lambda each: each if isinstance(each, str) else ""
)
def test_every_command_is_one_of_the_studio(name: str, container: dict[str, Any]) -> None:
    """The command line takes it as it stands there; the pages are started as the image does."""
    command = container.get("command")
    if command and command[:3] == ["python", "-m", "core"]:
        assert make_parser().parse_args(command[3:])
    else:
        shipped = json.loads(
            re.search(r"^CMD (\[\"streamlit.*\])$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)[1]
        )
        assert command in (None, shipped)


@pytest.mark.parametrize("where", ["compose", "kubernetes"])
def test_every_queue_has_workers(where: str) -> None:
    """None is forgotten, none is asked for that there is not."""
    commands = [container.get("command", []) for name, container in containers() if name.startswith(where)]
    named = [each[each.index("--queues") + 1] for each in commands if "--queues" in each]
    assert sorted(queue for names in named for queue in names.split(",")) == sorted(QUEUES)


def test_every_scaled_queue_is_that_of_its_worker() -> None:
    """The question to the database names the queues that the worker works for."""
    workers = {
        name.removeprefix("kubernetes "): each["command"] for name, each in containers() if "kubernetes worker" in name
    }
    scaled = [thing for thing in KUBERNETES if thing["kind"] == "ScaledObject"]
    assert len(scaled) == len(workers) == 3
    for thing in scaled:
        command = workers[thing["spec"]["scaleTargetRef"]["name"].removeprefix("studio-")]
        asked = re.search(r"queue IN \((.*)\)", thing["spec"]["triggers"][0]["metadata"]["query"])[1]
        assert asked.replace("'", "").replace(" ", "") == command[command.index("--queues") + 1]


def test_every_setting_is_known() -> None:
    """What containers are told is what the studio reads."""
    fields = {f"STUDIO_{name.upper()}" for name in Settings.model_fields} | {"DATABASE_URL", "REDIS_URL"}
    told = {
        name
        for _, container in containers()
        for name in _names(container.get("env") or container.get("environment", {}))
    }
    told -= {"REMAP_SIGTERM", "OTEL_EXPORTER_OTLP_ENDPOINT"}  # Celery's and OpenTelemetry's own
    assert told
    assert told <= fields


def _names(told: Any) -> list[str]:
    return list(told) if isinstance(told, dict) else [each["name"] for each in told]


def test_every_secret_is_asked_for() -> None:
    """None has a value of its own in the file: whoever forgets one is told."""
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    names = re.findall(r"^([A-Z_]+)=$", (ROOT / "deploy" / "example.env").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(names) == 4
    for name in names:
        assert set(re.findall(rf"\$\{{{name}([^}}]*)\}}", text)) == {":?see deploy/example.env"}


@pytest.mark.skipif(shutil.which("docker-compose") is None, reason="Docker Compose is not here")
def test_compose_itself_takes_the_file() -> None:
    """The official parser, where it is at hand."""
    secrets = dict.fromkeys(("POSTGRES_PASSWORD", "REDIS_PASSWORD", "STUDIO_TOKEN_SECRET", "FLOWER_BASIC_AUTH"), "a:b")
    command = [str(shutil.which("docker-compose")), "--profile", "monitoring", "config", "-q"]
    done = subprocess.run(
        command, cwd=ROOT, env=secrets | {"PATH": "/usr/bin:/bin:/usr/local/bin"}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
