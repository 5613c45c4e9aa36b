"""``webhooks``: the addresses that are told what happens here, and the programs that may tell the studio."""

from __future__ import annotations

import argparse

from core.entrypoints.commands.reading import open_studio
from core.entrypoints.console import one_line, warn
from core.webhooks.webhooks import Webhooks


def run(arguments: argparse.Namespace) -> int:
    """List, add or remove one; show what one was told, or send a message again. Raises AddressRefused, RecordMissing."""
    studio = open_studio()
    webhooks = studio.webhooks
    match arguments.do:
        case "add":
            made = webhooks.add(arguments.url, arguments.event, studio.person.name, arguments.values)
            print(made.secret)
            warn(
                f"Keep this secret, it is shown only now: it signs what is sent. The webhook's id is {made.webhook_id}."
            )
        case "rotate":
            print(webhooks.rotate(arguments.id, arguments.hours).secret)
            warn(f"Keep this secret, it is shown only now. For {arguments.hours:g} hours the one before signs too.")
        case "remove":
            webhooks.remove(arguments.id)
            warn(f"{arguments.id} is told nothing more.")
        case "log":
            for sent in webhooks.deliveries(arguments.id):
                last = sent.tries[-1] if sent.tries else None
                how = (last.error or f"status {last.status}") if last else "not tried yet"
                print(
                    f"{sent.delivery_id}  {sent.created_at:%Y-%m-%d %H:%M} UTC  {sent.event:<14}  {sent.state:<9}  {one_line(how)}"
                )
        case "send":
            webhooks.send_again(arguments.id, arguments.delivery)
            warn("It is sent again as soon as the studio or its API runs.")
        case "source":
            source = webhooks.add_source(arguments.name, studio.person.name)
            print(source.secret)
            warn(
                f"Keep this secret, it is shown only now: {source.name} signs with it. The source's id is {source.source_id}."
            )
        case _:
            _list(webhooks)
    return 0


def _list(webhooks: Webhooks) -> None:
    for webhook in webhooks.all():
        state = one_line(webhook.reason) if webhook.disabled_at else ", ".join(webhook.events)
        print(f"{webhook.webhook_id}  {one_line(webhook.url)}  {state}")
    for source in webhooks.sources():
        print(f"{source.source_id}  {one_line(source.name)}  may tell the studio")
