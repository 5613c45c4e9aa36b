"""How the walk in the browser speaks to the studio: one signed address a window, and a verb a request.

The page's script does not run for it: a key is answered in the browser, and what was done is told here afterwards.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from core.errors import NotAllowed, StudioError
from core.person import Person
from core.reviewing import ReviewDesk
from core.reviewing.desk import Seat, Waiting, Wish
from core.sign_in import typed_name
from core.stores.reviews import Claim
from core.stores.vendors import Place
from core.studio import Studio
from pages.shared.frame import get_studio
from pages.shared.pictures import address as picture_address
from pages.shared.pictures import crop_address
from pages.shared.signed import base, is_signed, sign
from pages.shared.who import signs_in

REVIEW_ROUTE = "/review-desk/{seat}/{signature}"
#: Bytes of a request at most.
_LARGEST = 2_000_000
_LONGEST_REASON = 500

Told = Mapping[str, Any]
Verb = Callable[[ReviewDesk, Seat, Told], Any]


def address(seat: str) -> str:
    """Where the window of a seat sends what is done in it."""
    return f"{base()}/review-desk/{seat}/{sign('review', seat)}"


def routes() -> list[Route]:
    """The route that answers it, mounted by ``app.py``."""
    return [Route(REVIEW_ROUTE, _answer, methods=["POST"])]


async def _answer(request: Request) -> Response:
    seat = request.path_params["seat"]
    if not is_signed(request.path_params["signature"], "review", seat):
        return PlainTextResponse("This address is not valid.", status_code=403)
    body = await request.body()
    try:
        told = json.loads(body) if len(body) <= _LARGEST else None
    except ValueError:
        told = None
    if not isinstance(told, dict) or told.get("verb") not in VERBS:
        return PlainTextResponse("This is no request of the review.", status_code=400)
    try:
        reply = await run_in_threadpool(answer, get_studio(), seat, told)
    except StudioError as error:
        return JSONResponse({"error": str(error)}, status_code=409)
    except (KeyError, TypeError, ValueError):
        return PlainTextResponse("This is no request of the review.", status_code=400)
    return JSONResponse(reply, headers={"Cache-Control": "no-store"})


#: Who sits where, of those that signed in: what such a window says of its name is not asked.
_SIGNED_IN: dict[str, Person] = {}


def take_seat(seat: str, person: Person) -> None:
    """Note who a seat belongs to, where they signed in."""
    if person.known == "signed in":
        _SIGNED_IN[seat] = person


def answer(studio: Studio, seat: str, told: Told) -> Any:
    """What the studio answers to a request: JSON values. What is done stands under the name of who signed in, else of the one
    that was typed. Raises StudioError, and KeyError, TypeError or ValueError for what is no request."""
    if seat not in _SIGNED_IN and signs_in():  # of a process that is gone, or a window that signed out
        raise NotAllowed("It is not known any more who sits here: load the page again and sign in.")
    person = _SIGNED_IN.get(seat) or Person(typed_name(str(told.get("who", ""))), known="typed")
    by = Seat(seat, person.name)
    desk = studio.by(person).reviewing if person.name else studio.reviewing
    return _with_addresses(VERBS[told["verb"]](desk, by, told))


def _with_addresses(reply: Any) -> Any:
    """A walk, or what a save taught, with where the browser gets the pictures."""
    if isinstance(reply, dict) and reply.get("taught"):
        taught = reply["taught"]
        taught["crops"] = [place and crop_address(Place(**place)) for place in taught["places"]]
    for walk in reply.get("documents", [reply]) if isinstance(reply, dict) else ():
        for page in walk.get("pages", ()):
            page["address"] = picture_address(walk["document"], page["number"], page["rotation"])
    return reply


def _next(desk: ReviewDesk, by: Seat, told: Told) -> Any:
    return desk.following(by, {str(run) for run in told.get("but", [])}) or {"none": True}


def _open(desk: ReviewDesk, by: Seat, told: Told) -> Any:
    return desk.open(str(told["run"]), by) or {"none": True}


def _keep(desk: ReviewDesk, by: Seat, told: Told) -> Any:
    return desk.keep(str(told["run"]), by, told["acts"]) or {"none": True}


def _save(desk: ReviewDesk, by: Seat, told: Told) -> Any:
    wished = told.get("wish") or {}
    order, version = wished.get("update"), wished.get("version")
    wish = Wish(
        bool(wished.get("anyway")),
        None if order is None else int(order),
        None if version is None else int(version),
        bool(wished.get("both")),
    )
    return desk.save(str(told["run"]), by, told["acts"], wish, told.get("time") or {}) or {"none": True}


def _reject(desk: ReviewDesk, by: Seat, told: Told) -> Any:
    return desk.reject(str(told["run"]), by, str(told["reason"])[:_LONGEST_REASON], told.get("time") or {})


def _undo(desk: ReviewDesk, by: Seat, told: Told) -> Any:
    return desk.undo(str(told["run"]), by) or {"none": True}


def _unlearn(desk: ReviewDesk, by: Seat, told: Told) -> Any:
    return desk.unlearn(str(told["run"]), by)


def _renew(desk: ReviewDesk, by: Seat, told: Told) -> Any:
    pace = desk.pace()
    lost = desk.renew(by, [str(run) for run in told["runs"]])
    return {"lost": lost, "waiting": desk.count(), "pace": asdict(pace) if pace else None}


def _leave(desk: ReviewDesk, by: Seat, told: Told) -> Any:
    desk.leave(by, [str(run) for run in told["runs"]])
    return {}


def _words(desk: ReviewDesk, by: Seat, told: Told) -> Any:
    x0, y0, x1, y1 = (min(max(float(part), 0.0), 1.0) for part in told["at"])
    return {"words": desk.words(str(told["run"]), int(told["page"]), (x0, y0, x1, y1))}


def _queue(desk: ReviewDesk, by: Seat, told: Told) -> Any:
    return {"queue": [_row(by, each, claim) for each, claim in desk.queue()]}


def _fields(desk: ReviewDesk, by: Seat, told: Told) -> Any:
    return {"fields": desk.fields(by)}


def _column(desk: ReviewDesk, by: Seat, told: Told) -> Any:
    but = {str(run) for run in told.get("but", [])}
    return {"documents": desk.column(by, str(told["type"]), str(told["field"]), but)}


def _row(by: Seat, each: Waiting, claim: Claim | None) -> dict[str, Any]:
    return asdict(each) | {
        "at": claim.who if claim and claim.seat != by.seat else "",
        "mine": bool(claim and claim.seat == by.seat),
    }


VERBS: dict[str, Verb] = {
    "next": _next,
    "open": _open,
    "keep": _keep,
    "save": _save,
    "reject": _reject,
    "undo": _undo,
    "unlearn": _unlearn,
    "renew": _renew,
    "leave": _leave,
    "words": _words,
    "queue": _queue,
    "fields": _fields,
    "column": _column,
}
