"""A question asked in a thread of its own, so that a person's “stop” and the time limit do not wait for the network."""

from __future__ import annotations

from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Thread

from core.llm.wires.exchange import Exchange

#: Seconds between looks at the clock and at whether the person stopped.
LOOK = 0.1


def carry_out(send: Callable[[Exchange], None], exchange: Exchange) -> None:
    """Run ``send`` in a thread of its own and hand its pieces over in this one. Raises what ``send`` raises, and
    Cancelled or ProviderTimeout as soon as it is time; what is still under way then ends at its next piece."""
    mail: SimpleQueue[str | BaseException | None] = SimpleQueue()

    def work() -> None:
        try:
            send(exchange)
        except BaseException as error:  # handed over to the thread that asked
            mail.put(error)
        else:
            mail.put(None)

    exchange.check()
    exchange.deliver = mail.put
    Thread(target=work, name=f"ask-{exchange.model}", daemon=True).start()
    try:
        while True:
            try:
                letter = mail.get(timeout=min(LOOK, exchange.remaining))
            except Empty:
                exchange.check()
                continue
            if letter is None:
                return
            if isinstance(letter, BaseException):
                raise letter
            if exchange.listen is not None:
                exchange.listen(letter)
            exchange.check()
    finally:
        exchange.abandoned = True
