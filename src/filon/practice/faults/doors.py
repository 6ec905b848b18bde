"""Ports for what an open connection cannot show: one that refuses, and one with bad TLS."""

import asyncio
import socket
import ssl
from importlib import resources

from filon.conversation.errors import Problem
from filon.practice.http import Request, Response
from filon.practice.listener import Connection, Limits

_UNCHECKED = Response(
    status=403,
    headers=(("content-type", "application/json"),),
    body=b'{"error": {"message": "The certificate of this port is self-signed and expired on '
    b'2 January 2000. You read this because your client does not check certificates.", '
    b'"type": "practice_error", "param": null, "code": "certificate_not_checked"}}',
)
# One that is still shaking hands when practice stops is not known yet, and ends by itself.
_LIMITS = Limits(idle=5.0, arrival=5.0)


class Doors:
    """Two ports that stay as they are for as long as practice runs; 0 while it does not."""

    def __init__(self) -> None:
        self.closed_port = 0
        self.tls_port = 0
        self._closed: socket.socket | None = None
        self._server: asyncio.Server | None = None
        self._connections: set[Connection] = set()

    async def start(self, host: str = "127.0.0.1") -> None:
        """Takes two free ports at this address. Raises OSError."""
        self._closed = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        try:
            # Bound and never listening: nobody else gets the port, and connecting is refused.
            self._closed.bind((host, 0))
            self._server = await asyncio.get_running_loop().create_server(
                self._connection, host, 0, ssl=_bad_tls(), ssl_handshake_timeout=_LIMITS.idle
            )
        except OSError:
            await self.stop()
            raise
        self.closed_port = self._closed.getsockname()[1]
        self.tls_port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Gives both ports back."""
        if self._closed is not None:
            self._closed.close()
        if self._server is not None:
            # Nobody waits for it: from Python 3.12 on that would last as long as a handshake may.
            self._server.close()
        connections = tuple(self._connections)
        for connection in connections:
            connection.close()
        for connection in connections:
            await connection.wait_closed()
        self._closed = self._server = None
        self.closed_port = self.tls_port = 0

    def _connection(self) -> Connection:
        return Connection(_Unchecked(), _LIMITS, self._connections)


class _Unchecked:
    """Answers whoever did not look at the certificate."""

    async def answer(self, request: Request) -> Response:
        return _UNCHECKED

    def refuse(self, problem: Problem) -> Response:
        return _UNCHECKED


def _bad_tls() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with resources.as_file(resources.files("filon.practice.faults") / "expired.pem") as file:
        context.load_cert_chain(file)
    return context
