"""A worker's process. The page's process starts it (:mod:`core.entrypoints.worker_start`) and tells it on its standard
input who it is; run by itself it does nothing."""

from __future__ import annotations

import os
import signal
import sys

from core.jobs.channel import Channel
from core.jobs.processes import Plan
from core.jobs.worker import Passwords, Worker
from core.settings import Settings


def main() -> None:
    """Serve until it is over."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C at the terminal is the parent's, whose end we see
    # What libraries print goes to the log: our output is the channel.
    outgoing = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    channel = Channel(sys.stdin, outgoing)
    told = next(channel.messages(), None)
    if told is None:
        return
    plan = Plan(**told["plan"])
    if hasattr(os, "nice"):
        os.nice(plan.nice)  # the page comes first
    settings = Settings(**told["settings"])
    from core.entrypoints.bootstrap import build_worker
    from core.entrypoints.logs import set_up_logs

    set_up_logs(settings)
    passwords = Passwords(channel)
    store, handlers = build_worker(settings, passwords)
    worker = Worker(store, handlers, plan.slots, name=told["name"], idle=plan.idle, megabytes=plan.megabytes)
    worker.serve(channel, passwords)


if __name__ == "__main__":
    main()
