"""A new connection: the name looked up, then TCP to the first address that takes it, then TLS.

By way of a proxy, name and TCP are those of the proxy, and before TLS it makes the tunnel.
"""

import asyncio
import os
import socket
import ssl
from collections import deque
from collections.abc import Sequence
from functools import partial
from itertools import chain, zip_longest

from filon.kit.http.address import Address, host_and_port, is_ip
from filon.kit.http.connection import Connection, Holder, Place
from filon.kit.http.exchange import HttpFailure, Phases
from filon.kit.http.proxies import Proxy
from filon.kit.http.tunnel import Tunnel, asking

# How long one address is given before the next is tried beside it (RFC 8305, 5).
_HEAD_START = 0.25


class Dialer:
    """Opens connections. `trust` is what certificates are checked with: what this machine trusts,
    unless another is given."""

    def __init__(self, holder: Holder, trust: ssl.SSLContext | None) -> None:
        self._holder = holder
        self._trust = trust
        self._asked: dict[str, asyncio.Task[tuple[str, ...]]] = {}

    async def dial(
        self, address: Address, seconds: float, phases: Phases, proxy: Proxy | None = None
    ) -> Connection:
        """A connection within so many seconds. Raises HttpFailure."""
        try:
            async with asyncio.timeout(seconds):
                return await self._dial(address, phases, proxy)
        except TimeoutError:
            raise _late(address, seconds, phases, proxy) from None

    async def _dial(self, address: Address, phases: Phases, proxy: Proxy | None) -> Connection:
        if proxy is None:
            connection = await self._connected(address, address.place, phases)
        else:
            connection = await self._through(proxy, address, phases)
        if address.scheme == "https":
            began = phases.since()
            await self._secure(connection, address)
            phases.tls = phases.since() - began
        return connection

    async def _connected(self, address: Address, place: Place, phases: Phases) -> Connection:
        addresses = (address.host,)
        if not is_ip(address.host):
            began = phases.since()
            addresses = await self._look_up(address.host)
            phases.dns = phases.since() - began
        began = phases.since()
        make = partial(Connection, place, self._holder)
        connection = await first_open(addresses, address, make)
        phases.connect = phases.since() - began
        return connection

    async def _through(self, proxy: Proxy, address: Address, phases: Phases) -> Connection:
        """A connection to the proxy, or by way of it where the server is to hear TLS."""
        try:
            connection = await self._connected(proxy.address, proxy.place(address), phases)
            if proxy.address.scheme == "https":
                await self._secure(connection, proxy.address)
        except HttpFailure as failure:
            kind = "proxy_refused" if failure.kind == "refused" else "proxy_unreachable"
            raise HttpFailure(kind, f"the proxy {proxy.url}: {failure.detail}") from failure
        if address.scheme == "https":
            began = phases.since()
            await connection.pass_through(asking(address, proxy), Tunnel(address, proxy))
            phases.proxy = phases.since() - began
        return connection

    async def _look_up(self, host: str) -> tuple[str, ...]:
        """The addresses of a name. Those who ask at the same moment share one look-up: there are
        few threads for them."""
        task = self._asked.get(host)
        if task is None:
            task = self._asked[host] = asyncio.ensure_future(_addresses(host))
            task.add_done_callback(partial(self._answered, host))
        return await asyncio.shield(task)

    def _answered(self, host: str, task: asyncio.Task[tuple[str, ...]]) -> None:
        del self._asked[host]
        if not task.cancelled():
            # Whoever asked may have left; a failure that nobody takes would be a warning.
            task.exception()

    async def _secure(self, connection: Connection, address: Address) -> None:
        if self._trust is None:
            self._trust = ssl.create_default_context()
            self._trust.set_alpn_protocols(["http/1.1"])
        done = False
        try:
            transport = await asyncio.get_running_loop().start_tls(
                connection.transport,
                connection,
                self._trust,
                server_hostname=address.host.rstrip("."),
            )
            if transport is None:
                raise HttpFailure("tls", _CLOSED)
            connection.secured(transport)
            done = True
        except ssl.SSLError as error:
            raise HttpFailure("tls", str(error)) from error
        except OSError as error:
            raise HttpFailure("tls", _CLOSED) from error
        finally:
            if not done:
                connection.abandon()

    async def close(self) -> None:
        """Gives up what is still looked up."""
        for task in self._asked.values():
            task.cancel()


_CLOSED = "the server closed the connection in the middle of the handshake"


def _late(address: Address, seconds: float, phases: Phases, proxy: Proxy | None) -> HttpFailure:
    """What the time was over for, by the last phase that came to its end."""
    where = host_and_port(address.host, address.port)
    if proxy is not None and phases.connect is None:
        told = f"no connection to the proxy {proxy.url} within {seconds:g} s"
        return HttpFailure("proxy_unreachable", told)
    if proxy is not None and phases.proxy is None:
        told = f"the proxy {proxy.url} has made no tunnel to {where} within {seconds:g} s"
        return HttpFailure("proxy_failed", told)
    return HttpFailure("connect_timeout", f"no connection to {where} within {seconds:g} s")


async def _addresses(host: str) -> tuple[str, ...]:
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        told = getattr(error, "strerror", None) or str(error)
        raise HttpFailure("dns", f"{host}: {told}") from error
    return interleaved([str(where[0]) for *_, where in found])


def interleaved(addresses: Sequence[str]) -> tuple[str, ...]:
    """The addresses, of IPv6 and IPv4 in turn, beginning with the kind that is named first: where
    one kind leads nowhere, the other is tried soon (RFC 8305, 4)."""
    kinds = [[one for one in addresses if (":" in one) is six] for six in (True, False)]
    if addresses and ":" not in addresses[0]:
        kinds.reverse()
    return tuple(dict.fromkeys(one for one in chain(*zip_longest(*kinds)) if one is not None))


async def first_open(
    addresses: Sequence[str], address: Address, make: partial[Connection]
) -> Connection:
    """The connection that is open first. An address is tried when the one before it has failed, or
    has said nothing for a while. Raises HttpFailure."""
    waiting = deque(addresses)
    trying: set[asyncio.Task[Connection]] = set()
    failures: list[OSError] = []
    try:
        while waiting or trying:
            if waiting:
                trying.add(asyncio.ensure_future(_reach(waiting.popleft(), address.port, make)))
            await asyncio.wait(
                trying,
                timeout=_HEAD_START if waiting else None,
                return_when=asyncio.FIRST_COMPLETED,
            )
            for task in [one for one in trying if one.done()]:
                trying.discard(task)
                error = task.exception()
                if error is None:
                    return task.result()
                if not isinstance(error, OSError):
                    raise error
                failures.append(error)
    finally:
        for task in trying:
            task.add_done_callback(_hang_up)
            task.cancel()
    raise _unreached(failures, address)


async def _reach(host: str, port: int, make: partial[Connection]) -> Connection:
    _, connection = await asyncio.get_running_loop().create_connection(make, host, port)
    return connection


def _hang_up(task: asyncio.Task[Connection]) -> None:
    """Closes a connection that came too late to be wanted."""
    if not task.cancelled() and task.exception() is None:
        task.result().abort()


def _unreached(failures: Sequence[OSError], address: Address) -> HttpFailure:
    refused = any(isinstance(failure, ConnectionRefusedError) for failure in failures)
    told = [
        os.strerror(failure.errno) if failure.errno else str(failure) for failure in failures
    ] or ["the name has no address"]
    detail = f"{host_and_port(address.host, address.port)}: {', '.join(dict.fromkeys(told))}"
    return HttpFailure("refused" if refused else "unreachable", detail)
