"""Pictures of pages by address: the browser asks for the page and the width it shows, when it shows it.

A page's picture is so never part of a rerun, sharp at every zoom, and drawn only when looked at. An address carries
a signature of this process: nobody can guess the address of another person's page.
"""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from core.errors import StudioError
from core.extraction import Extraction
from core.stores.vendors import Place
from pages.shared.frame import get_studio
from pages.shared.samples import sample_picture
from pages.shared.signed import base, is_signed, sign

PAGE_ROUTE = "/page-picture/{sha256}/{number:int}/{rotation:int}/{signature}"
CROP_ROUTE = "/page-crop/{sha256}/{number:int}/{rotation:int}/{box}/{signature}"
SAMPLE_ROUTE = "/sample-picture/{index:int}"
SAMPLE_WIDTH = 480
MAX_WIDTH = 4000


def address(sha256: str, number: int, rotation: int) -> str:
    """Where the browser gets the page's picture; it appends ``?w=<pixels>``."""
    return f"{base()}/page-picture/{sha256}/{number}/{rotation}/{sign(sha256, number, rotation)}"


def crop_address(place: Place) -> str:
    """Where the browser gets a cutting of a page around a place."""
    box = "_".join(f"{side:.1f}" for side in place.box)
    signature = sign("crop", place.document, place.page, place.rotation, box)
    return f"{base()}/page-crop/{place.document}/{place.page}/{place.rotation}/{box}/{signature}"


def sample_address(index: int) -> str:
    """Where the browser gets the picture of a shipped sample."""
    return f"{base()}/sample-picture/{index}"


def routes() -> list[Route]:
    """The routes that answer the addresses of pictures, mounted by ``app.py``."""
    answers = {PAGE_ROUTE: _answer_page, CROP_ROUTE: _answer_crop, SAMPLE_ROUTE: _answer_sample}
    return [Route(path, answer, methods=["GET"]) for path, answer in answers.items()]


def draw(sha256: str, number: int, rotation: int, width: int) -> bytes:
    """The picture's bytes. Raises a StudioError for a document or page that is not there."""
    return get_studio().document(sha256).page(number, rotation).preview(width)


def page_sizes(extraction: Extraction) -> dict[int, tuple[float, float]]:
    """Width and height of every chosen page in page units, also of one that could not be read. Raises a StudioError
    when the document is no longer there."""
    sizes = {text.page: (text.width, text.height) for text in extraction.page_texts}
    for ref in extraction.pages:
        if ref.number not in sizes:
            page = get_studio().document(extraction.document).page(ref.number, ref.rotation)
            sizes[ref.number] = (page.width, page.height)
    return sizes


async def _answer_page(request: Request) -> Response:
    about = request.path_params
    sha256, number, rotation = about["sha256"], about["number"], about["rotation"]
    if not is_signed(about["signature"], sha256, number, rotation):
        return PlainTextResponse("This address is not valid.", status_code=403)
    width = _width(request.query_params.get("w", ""))
    try:
        picture = await run_in_threadpool(draw, sha256, number, rotation, width)
    except StudioError as error:
        return PlainTextResponse(str(error), status_code=404)
    return _picture(picture)


async def _answer_crop(request: Request) -> Response:
    about = request.path_params
    sha256, number, rotation, box = (about[name] for name in ("sha256", "number", "rotation", "box"))
    if not is_signed(about["signature"], "crop", sha256, number, rotation, box):
        return PlainTextResponse("This address is not valid.", status_code=403)
    x0, y0, x1, y1 = map(float, box.split("_"))
    try:
        picture = await run_in_threadpool(get_studio().picture_of, Place(sha256, number, rotation, (x0, y0, x1, y1)))
    except StudioError as error:
        return PlainTextResponse(str(error), status_code=404)
    return _picture(picture)


async def _answer_sample(request: Request) -> Response:
    try:
        return _picture(await run_in_threadpool(sample_picture, request.path_params["index"], SAMPLE_WIDTH))
    except (IndexError, StudioError):
        return PlainTextResponse("There is no such sample.", status_code=404)


def _picture(data: bytes) -> Response:
    kind = "image/png" if data.startswith(b"\x89PNG") else "image/jpeg"
    return Response(data, media_type=kind, headers={"Cache-Control": "private, max-age=3600"})


def _width(text: str) -> int:
    return min(max(int(text), 40), MAX_WIDTH) if text.isascii() and text.isdigit() else 1200
