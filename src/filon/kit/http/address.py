"""A URL in the parts that a request needs. Pure."""

import ipaddress
import re
from functools import lru_cache
from string import punctuation
from urllib.parse import quote, urlsplit

import idna
from msgspec import Struct

from filon.kit.http.exchange import HttpFailure

_PORTS = {"http": 80, "https": 443}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_PLAIN = re.compile(r"[!-~]*")
_HOST = re.compile(r"[A-Za-z0-9._~-]+")
_IPV6 = re.compile(r"[0-9A-Fa-f:.]+")


class Address(Struct, frozen=True, kw_only=True):
    """Where a request goes. `host` is ASCII and has no brackets, `authority` is what the header
    Host says, `target` what the request line says. `place` is scheme, host and port: what has to
    be the same for a connection to be used again."""

    scheme: str
    host: str
    port: int
    authority: str
    target: str
    place: tuple[str, str, int]


@lru_cache(256)
def address_of(url: str) -> Address:
    """The parts of a URL. Path and query stay as they are written, but for letters beyond ASCII and
    blanks, which no request line can hold. Raises HttpFailure of the kind `url`."""
    if _CONTROL.search(url):
        raise _unusable("there is a line break or another control character in it")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise _unusable(str(error)) from error
    if parts.scheme not in _PORTS or not parts.hostname:
        raise _unusable("it begins with http:// or https:// and a host")
    if "@" in parts.netloc:
        # Its words would stand in logs and traces, where the password must not.
        raise _unusable("it holds a user or a password; put them into a header instead")
    if port is None:
        port = _PORTS[parts.scheme]
    host = _ascii(parts.hostname)
    named = f"[{host}]" if ":" in host else host.rstrip(".")
    return Address(
        scheme=parts.scheme,
        host=host,
        port=port,
        authority=named if port == _PORTS[parts.scheme] else f"{named}:{port}",
        target=_target(url.partition("://")[2][len(parts.netloc) :]),
        place=(parts.scheme, host, port),
    )


def host_and_port(host: str, port: int) -> str:
    """Both as one; an address of IPv6 stands in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def is_ip(host: str) -> bool:
    """Whether it is an address already, and no name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _ascii(host: str) -> str:
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode()
        except UnicodeError as error:
            raise _unusable(f"its host is no name: {error}") from error
    if not (_IPV6 if ":" in host else _HOST).fullmatch(host):
        raise _unusable(f"its host {host} is no name")
    return host


def _target(rest: str) -> str:
    tail = rest.partition("#")[0]
    target = tail if tail.startswith("/") else f"/{tail}"
    return target if _PLAIN.fullmatch(target) else quote(target, safe=punctuation)


def _unusable(because: str) -> HttpFailure:
    return HttpFailure("url", f"not an address that can be asked: {because}")
