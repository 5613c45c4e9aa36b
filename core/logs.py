"""What a line of the log is about: the document, its run, its record, the request that asked for it. Whoever begins to work on something says
so once; every line that is logged meanwhile, in that thread and in those that carry it on, has it (:mod:`core.entrypoints.logs`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from typing import Any, ParamSpec, TypeVar

Given = ParamSpec("Given")
Result = TypeVar("Result")

#: What a line may be about, each by its id. A document's id is the SHA-256 of its bytes, from its upload to its record.
SUBJECTS = ("document", "item", "run", "order", "request", "delivery")
#: What is known of it and must not stand in the log: a file's name may be a person's.
NAME = "name"

_FACTS: ContextVar[dict[str, Any] | None] = ContextVar("log_facts", default=None)


@contextmanager
def about(**facts: Any) -> Iterator[None]:
    """Meanwhile every line is about these too (:data:`SUBJECTS`, or a file's :data:`NAME` that is to be masked); ``None`` says nothing."""
    told = {**(_FACTS.get() or {}), **{name: value for name, value in facts.items() if value is not None}}
    token = _FACTS.set(told)
    try:
        yield
    finally:
        _FACTS.reset(token)


@contextmanager
def alone() -> Iterator[None]:
    """Meanwhile a line is about nothing: other work is begun from here."""
    token = _FACTS.set({})
    try:
        yield
    finally:
        _FACTS.reset(token)


def note(**facts: Any) -> None:
    """What is being worked on became known: the lines of the whole :func:`about`, in whichever of its threads, have it from now on."""
    if (told := _FACTS.get()) is not None:
        told.update({name: value for name, value in facts.items() if value is not None})


def facts() -> dict[str, Any]:
    """What a line is about that is logged now."""
    return dict(_FACTS.get() or {})


def carried(work: Callable[Given, Result]) -> Callable[Given, Result]:
    """``work`` for another thread, whose lines are about what those of this one are."""
    context = copy_context()

    def carry(*given: Given.args, **named: Given.kwargs) -> Result:
        return context.run(work, *given, **named)

    return carry
