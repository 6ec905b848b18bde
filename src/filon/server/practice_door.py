"""Passes `/practice` on to the practice provider's own port, so that curl reaches it here."""

from filon.config.settings import Limits
from filon.conversation.errors import FilonError, Stopped
from filon.kit.http import Exchange, HttpFailure, Outgoing, Phases, Upstream
from filon.server.bodies import Door, read_body
from filon.server.errors import problem_at

_HOP = frozenset({b"connection", b"keep-alive", b"transfer-encoding", b"host", b"content-length"})


async def pass_on(door: Door, upstream: Upstream, port: int, limits: Limits) -> None:
    """One request there and its reply back, bytes as they are."""
    path: str = door.scope["path"]
    try:
        body = await read_body(door, limits)
        exchange = await upstream.open(_outgoing(door, body, port), Phases())
    except Stopped:
        return
    except FilonError as error:
        await problem_at(path, error.problem)(door.scope, door.receive, door.send)
        return
    except HttpFailure as error:
        problem = FilonError(f"Practice does not answer: {error.detail}.", status=502).problem
        await problem_at(path, problem)(door.scope, door.receive, door.send)
        return
    await _relay(door, exchange)


def _outgoing(door: Door, body: bytes, port: int) -> Outgoing:
    query: bytes = door.scope.get("query_string", b"")
    path: bytes = door.scope.get("raw_path") or door.scope["path"].encode()
    tail = f"?{query.decode('latin-1')}" if query else ""
    return Outgoing(
        method=door.scope["method"],
        url=f"http://127.0.0.1:{port}{path.decode('latin-1')}{tail}",
        headers=tuple(
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in door.scope["headers"]
            if name not in _HOP
        ),
        body=body,
        connect_timeout=5.0,
    )


async def _relay(door: Door, exchange: Exchange) -> None:
    headers = [
        (name.lower().encode("latin-1"), value.encode("latin-1"))
        for name, value in exchange.headers
        if name.lower().encode() not in _HOP
    ]
    try:
        await door.send(
            {"type": "http.response.start", "status": exchange.status, "headers": headers}
        )
        async for chunk in exchange.chunks():
            await door.send({"type": "http.response.body", "body": chunk, "more_body": True})
        await door.send({"type": "http.response.body", "body": b""})
    except HttpFailure:
        # The head is sent already; an end without its last chunk tells the caller it was cut.
        return
    finally:
        await exchange.close()
