"""A way through a proxy to one server: CONNECT, and what the proxy answers (RFC 9110, 9.3.6)."""

import asyncio
import re

from filon.kit.http.address import Address, host_and_port
from filon.kit.http.exchange import HttpFailure
from filon.kit.http.proxies import Proxy

# Bytes that the answer's head may have.
_LIMIT = 64 * 1024
_BEGINS = b"HTTP/1."
_END = re.compile(rb"\r?\n\r?\n")
_STATUS = re.compile(rb"HTTP/1\.[01] +(\d{3})(?: +([^\r\n]*))?")
_ASKED_FOR = re.compile(rb"\nproxy-authenticate:[ \t]*([\w-]+)", re.IGNORECASE)
_LONGEST = 80

PROXY_AUTH = 407


def asking(address: Address, proxy: Proxy) -> bytes:
    """The request for a tunnel."""
    place = host_and_port(address.host, address.port)
    lines = [f"CONNECT {place} HTTP/1.1", f"Host: {place}"]
    if proxy.authorization is not None:
        lines.append(f"Proxy-Authorization: {proxy.authorization}")
    return "\r\n".join([*lines, "", ""]).encode()


def wants_authorisation(proxy: Proxy, schemes: str) -> HttpFailure:
    """The proxy does not let us pass as who we say that we are, if we say so at all. `schemes` are
    the ways that it knows to tell it, as far as it says."""
    wants = f" (it asks for {schemes})" if schemes else ""
    if proxy.authorization is None:
        told = f"the proxy {proxy.url} wants a user and a password{wants}, and none is configured"
    else:
        told = f"the proxy {proxy.url} refuses the user and the password{wants}"
    return HttpFailure("proxy_auth", told)


class Tunnel:
    """The answer to CONNECT, while it comes. `open` is done when the tunnel is."""

    def __init__(self, address: Address, proxy: Proxy) -> None:
        self.open: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._proxy = proxy
        self._place = host_and_port(address.host, address.port)
        self._came = b""

    def sent(self) -> None:
        """The request has left."""

    def feed(self, data: bytes) -> None:
        """These bytes came."""
        if self.open.done():
            return
        self._came += data
        failure = self._look()
        if failure is not None:
            self.open.set_exception(failure)

    def ended(self, error: Exception | None) -> None:
        """The connection is over."""
        if not self.open.done():
            how = "closed the connection" if error is None else f"broke off ({error})"
            self.open.set_exception(self._broken(f"{how} instead of answering"))

    def _look(self) -> HttpFailure | None:
        """Opens it where the answer is whole and a good one; what is wrong with it, if it is."""
        while True:
            begins = self._came[: len(_BEGINS)]
            if not _BEGINS.startswith(begins):
                return self._broken("answered with what is no HTTP")
            end = _END.search(self._came)
            if end is None:
                long = len(self._came) > _LIMIT
                return self._broken("answered without an end") if long else None
            head, self._came = self._came[: end.start()], self._came[end.end() :]
            found = _STATUS.match(head)
            if found is None:
                return self._broken("answered with what is no HTTP")
            status = int(found[1])
            if status >= 200:
                return self._judged(status, _plain(found[2] or b""), head)

    def _judged(self, status: int, phrase: str, head: bytes) -> HttpFailure | None:
        if status == PROXY_AUTH:
            schemes = dict.fromkeys(_plain(one) for one in _ASKED_FOR.findall(head))
            return wants_authorisation(self._proxy, ", ".join(schemes))
        if status >= 300:
            told = f"{self._asked} and answered {status} {phrase}".rstrip()
            return HttpFailure("proxy_failed" if status >= 500 else "proxy_denied", told)
        if self._came:
            # It would be taken for the server's, and nothing was said to that yet.
            return self._broken("sent more than its answer before the tunnel was used")
        self.open.set_result(None)
        return None

    @property
    def _asked(self) -> str:
        return f"the proxy {self._proxy.url} was asked for a tunnel to {self._place}"

    def _broken(self, how: str) -> HttpFailure:
        return HttpFailure("proxy_failed", f"{self._asked} and {how}")


def _plain(text: bytes) -> str:
    told = text.decode("latin-1").strip()[:_LONGEST]
    return told if told.isprintable() else ""
