"""What the practice provider answers at which path, and the server that does it."""

import asyncio
from collections.abc import Awaitable, Callable

from filon.conversation.errors import CallerError, NotFound, Problem
from filon.practice.dialects import openai_chat
from filon.practice.http import Request, Response
from filon.practice.listener import Connection, Limits

_PREFIX = "/practice"
_CHAT = "/v1/chat/completions"
_MODELS = "/v1/models"


class Practice:
    """The practice provider on a port of its own; `async with` or `start` and `stop`."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._connections: set[Connection] = set()
        self._server: asyncio.Server | None = None

    @property
    def busy(self) -> int:
        """How many answers are being written."""
        return sum(connection.busy for connection in self._connections)

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> int:
        """Opens the port and returns its number; 0 takes any free one. Raises OSError."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._connection, host, port)
        return self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Closes the port and every connection."""
        if self._server is None:
            return
        self._server.close()
        connections = tuple(self._connections)
        for connection in connections:
            connection.close()
        for connection in connections:
            await connection.wait_closed()
        await self._server.wait_closed()
        self._server = None

    async def answer(self, request: Request) -> Response:
        """The response to a request. Raises FilonError."""
        path = request.path.removeprefix(_PREFIX)
        methods = _methods(path)
        if request.method == "OPTIONS":
            allow = ", ".join((*methods, "OPTIONS")) if methods else "GET, HEAD, POST, OPTIONS"
            return Response(status=204, headers=(("allow", allow),))
        if not methods:
            raise NotFound(f"Nothing is at {request.path[:200]}.", fix=f"Use {_CHAT} or {_MODELS}.")
        action = methods.get(request.method)
        if action is None:
            raise CallerError(
                f"{request.method} is not for {path}.",
                code="method_not_allowed",
                status=405,
                fix=f"Use {' or '.join(methods)}.",
            )
        return await action(request)

    def refuse(self, problem: Problem) -> Response:
        """The response that tells a problem."""
        return openai_chat.refuse(problem)

    def _connection(self) -> Connection:
        return Connection(self, self._limits, self._connections)


Action = Callable[[Request], Awaitable[Response]]


def _methods(path: str) -> dict[str, Action]:
    if path == _CHAT:
        return {"POST": openai_chat.complete}
    if path == _MODELS:
        return {"GET": _list_models, "HEAD": _list_models}
    if path.startswith(f"{_MODELS}/"):
        return {"GET": _show_model, "HEAD": _show_model}
    return {}


async def _list_models(_request: Request) -> Response:
    return openai_chat.list_models()


async def _show_model(request: Request) -> Response:
    return openai_chat.show_model(request.path.rpartition("/")[2])
