"""A request's head as bytes: the headers as configured, and the two that HTTP needs. Pure."""

import re
from functools import lru_cache

from filon.kit.http.address import Address
from filon.kit.http.exchange import Headers, HttpFailure, Outgoing
from filon.kit.http.proxies import Proxy

# RFC 9110, 5.6.2: the letters of a token.
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# A request of these has a body only if it says so; any other says that it has none.
_BODILESS = ("GET", "HEAD", "OPTIONS")
_FRAMING = ("content-length", "transfer-encoding")


def head_of(
    request: Outgoing, address: Address, proxy: Proxy | None = None
) -> tuple[bytes, Headers]:
    """The head, and the headers in it as they go out. A Host among the request's own headers counts
    in place of the address. With `proxy` it is read by that proxy and not by the server. Raises
    HttpFailure of the kind `url`, since nothing is sent."""
    head, headers = _lasting(request.method, request.headers, address, proxy)
    size = len(request.body)
    if not size and request.method in _BODILESS:
        return head + b"\r\n", headers
    return b"%sContent-Length: %d\r\n\r\n" % (head, size), (
        *headers,
        ("Content-Length", str(size)),
    )


# An endpoint's requests differ in the length of their body alone.
@lru_cache(256)
def _lasting(
    method: str, headers: Headers, address: Address, proxy: Proxy | None
) -> tuple[bytes, Headers]:
    """As `head_of`, without the length and the end."""
    names = [_lowered(name) for name, _ in headers]
    if "host" not in names:
        headers = (("Host", address.authority), *headers)
    for name in _FRAMING:
        if name in names:
            raise HttpFailure("url", f"the header {name} follows from the body; take it out")
    target = address.target
    if proxy is not None:
        target = f"{address.scheme}://{address.authority}{target}"
        if proxy.authorization is not None and "proxy-authorization" not in names:
            headers = (*headers, ("Proxy-Authorization", proxy.authorization))
    lines = [f"{name}: {value}" for name, value in headers]
    text = "\r\n".join([f"{_method(method)} {target} HTTP/1.1", *lines, ""])
    breaks = len(lines) + 1
    if text.count("\n") != breaks or text.count("\r") != breaks or "\0" in text:
        raise HttpFailure("url", f"there is a line break in the header {_broken(headers)}")
    try:
        return text.encode(), headers
    except UnicodeEncodeError as error:
        raise HttpFailure("url", "a header holds half a character") from error


@lru_cache(1024)
def _lowered(name: str) -> str:
    if not _TOKEN.fullmatch(name):
        raise HttpFailure("url", f"{name[:40]!r} is no name of a header")
    return name.lower()


def _method(method: str) -> str:
    _lowered(method)
    return method


def _broken(headers: Headers) -> str:
    return next(name for name, value in headers if any(one in value for one in "\r\n\0"))
