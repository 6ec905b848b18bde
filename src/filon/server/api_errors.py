"""How failures of FastAPI's routes become replies."""

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from filon.conversation.errors import (
    CallerError,
    FilonError,
    InternalError,
    InvalidRequest,
    Problem,
)
from filon.server.errors import told

_CODES = {400: "invalid_request", 404: "not_found", 405: "method_not_allowed"}


def install(app: FastAPI) -> None:
    """Registers the handlers."""
    app.add_exception_handler(FilonError, _ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unforeseen)


async def _ours(_: Request, error: Any) -> Response:
    return _response(error.problem)


async def _invalid(_: Request, error: Any) -> Response:
    first: dict[str, Any] = error.errors()[0]
    place = [str(step) for step in first["loc"] if step not in ("body", "query", "path")]
    if first["type"] == "json_invalid":
        place = []
        message = f"The body is not JSON: {first.get('ctx', {}).get('error', 'not readable')}."
    else:
        message = f"{'.'.join(place) or 'The body'}: {first['msg']}."
    problem = InvalidRequest(message, param=".".join(place) or None, status=422).problem
    return _response(problem)


async def _http(_: Request, error: Any) -> Response:
    status: int = error.status_code
    words = {
        400: "The body cannot be read: it must be JSON in UTF-8.",
        404: "There is nothing at this address.",
        405: "This address takes another method.",
    }
    problem = CallerError(
        words.get(status, str(error.detail)), code=_CODES.get(status, "http_error"), status=status
    ).problem
    reply = _response(problem)
    reply.headers.update(error.headers or {})
    return reply


async def _unforeseen(request: Request, error: Exception) -> Response:
    request.app.state.house.services.log.event(
        "fault", level="error", path=request.url.path, reason=f"{type(error).__name__}: {error}"
    )
    return _response(
        InternalError("A fault of Filon's own.", fix="The log has the details; report it.").problem
    )


def _response(problem: Problem) -> Response:
    status, body = told(problem)
    return Response(
        body,
        status_code=status,
        media_type="application/json",
        headers={"cache-control": "no-store"},
    )
