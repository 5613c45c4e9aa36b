"""Errors as RFC 9457 has them: our stable code, and the sentence that helps."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from core.errors import (
    AccessDenied,
    DocumentError,
    DocumentTooLarge,
    EInvoiceLacking,
    NotAllowed,
    RecordChanged,
    RecordMissing,
    SignatureRefused,
    StorageError,
    StudioError,
    TooManyCalls,
    UnsupportedDocument,
)

#: The first that an error is an instance of says its status.
_STATUS: tuple[tuple[type[StudioError], int], ...] = (
    (AccessDenied, 401),
    (SignatureRefused, 401),
    (NotAllowed, 403),
    (TooManyCalls, 429),
    (RecordMissing, 404),
    (RecordChanged, 412),
    (DocumentTooLarge, 413),
    (UnsupportedDocument, 415),
    (DocumentError, 422),
    (EInvoiceLacking, 422),
    (StorageError, 503),
    (StudioError, 422),
)
_TITLES = {
    400: "Bad request",
    401: "Not known",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    410: "Gone",
    412: "Changed meanwhile",
    413: "Too large",
    415: "Not a document that is read here",
    422: "Cannot be done",
    428: "Version needed",
    429: "Too many calls",
    503: "Not available",
}


class Refused(Exception):
    """An answer that is no success: its status, code and sentence."""

    def __init__(self, status: int, code: str, sentence: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.status, self.code, self.sentence, self.headers = status, code, sentence, headers or {}


def problem(status: int, code: str, sentence: str, headers: dict[str, str] | None = None, **more: Any) -> JSONResponse:
    """A problem document (RFC 9457)."""
    content = {
        "type": f"urn:extraction-studio:{code}",
        "title": _TITLES.get(status, "Error"),
        "status": status,
        "detail": sentence,
        "code": code,
        **more,
    }
    return JSONResponse(content, status, headers, media_type="application/problem+json")


def answer_problems(api: FastAPI) -> None:
    """Have every error answered so."""

    @api.exception_handler(StudioError)
    async def _studio(request: Request, error: StudioError) -> JSONResponse:
        status = next(status for kind, status in _STATUS if isinstance(error, kind))
        headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
        if isinstance(error, TooManyCalls):
            headers["Retry-After"] = str(error.after)
        more = {"lacking": list(error.lacking)} if isinstance(error, EInvoiceLacking) else {}
        return problem(status, error.code, str(error), headers, **more)

    @api.exception_handler(Refused)
    async def _refused(request: Request, error: Refused) -> JSONResponse:
        return problem(error.status, error.code, error.sentence, error.headers)

    @api.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        errors = [{"where": ".".join(map(str, each["loc"])), "what": each["msg"]} for each in error.errors()[:20]]
        first = errors[0] if errors else {"where": "request", "what": "it is not valid"}
        return problem(422, "invalid-request", f"{first['where']}: {first['what']}.", errors=errors)

    @api.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:
        code = _TITLES.get(error.status_code, "error").lower().replace(" ", "-")
        return problem(error.status_code, code, str(error.detail), dict(error.headers or {}))

    @api.exception_handler(Exception)
    async def _ours(request: Request, error: Exception) -> JSONResponse:
        return problem(500, "unexpected", "Something unexpected went wrong here; the log has it. Please report it.")
