"""How failures become replies: those of `/api`, and for `/api` and the gateway's doors what nobody
foresaw."""

import traceback
from collections.abc import Awaitable
from typing import Any

import msgspec
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
from filon.kit.log import Log
from filon.protocols.registry import PROTOCOLS
from filon.protocols.wire import Protocol
from filon.server.door import Door

_CODES = {400: "invalid_request", 404: "not_found", 405: "method_not_allowed"}


def problem_response(problem: Problem) -> Response:
    """A problem as the body of `/api`'s errors."""
    told = {name: getattr(problem, name) for name in problem.__struct_fields__}
    return Response(
        msgspec.json.encode({"error": told}),
        status_code=problem.status if problem.status != 499 else 400,
        media_type="application/json",
        headers={"cache-control": "no-store"},
    )


def problem_at(path: str, problem: Problem, protocol: Protocol | None = None) -> Response:
    """A problem in the shape that is read by whoever asks for this path: that of `protocol` at the
    gateway's doors, and where none is named that of OpenAI's."""
    if not path.startswith(("/v1/", "/practice/")):
        return problem_response(problem)
    status, body = (protocol or PROTOCOLS["openai_chat"]).render_error(problem)
    return Response(body, status_code=status, media_type="application/json")


def install(app: FastAPI) -> None:
    """Registers the handlers."""
    app.add_exception_handler(FilonError, _ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unforeseen)


async def _ours(_: Request, error: Any) -> Response:
    return problem_response(error.problem)


async def _invalid(_: Request, error: Any) -> Response:
    first: dict[str, Any] = error.errors()[0]
    place = [str(step) for step in first["loc"] if step not in ("body", "query", "path")]
    if first["type"] == "json_invalid":
        place = []
        message = f"The body is not JSON: {first.get('ctx', {}).get('error', 'not readable')}."
    else:
        message = f"{'.'.join(place) or 'The body'}: {first['msg']}."
    problem = InvalidRequest(message, param=".".join(place) or None, status=422).problem
    return problem_response(problem)


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
    reply = problem_response(problem)
    reply.headers.update(error.headers or {})
    return reply


async def _unforeseen(request: Request, error: Exception) -> Response:
    request.app.state.house.services.log.event(
        "fault", level="error", path=request.url.path, reason=f"{type(error).__name__}: {error}"
    )
    return problem_response(
        InternalError("A fault of Filon's own.", fix="The log has the details; report it.").problem
    )


async def guarded(serving: Awaitable[None], door: Door, protocol: Protocol, log: Log) -> None:
    """Serves a door of the gateway. A fault that nobody foresaw is logged, and leaves in the
    caller's protocol unless a reply has begun; then the connection ends."""
    try:
        await serving
    except Exception as error:
        details = traceback.format_exc(limit=8)
        log.event("fault", level="error", path=door.path, details=details)
        if door.begun:
            raise
        problem = InternalError(
            f"A fault of Filon's own: {type(error).__name__}.",
            fix="The log has the details; report it.",
        ).problem
        status, body = protocol.render_error(problem)
        door.reply(status, body, b"x-filon-blame: filon\r\n")
