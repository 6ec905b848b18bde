"""What is an address: to `new URL()`, as LibreChat asks it, and to its lists of private ones."""

import ipaddress
import re
from typing import Annotated, Any
from urllib.parse import unquote_to_bytes

from msgspec import Struct

from filon.config import interpolate
from filon.config.environment import Environment
from filon.config.shape.section import rule

# Schemes whose addresses need a host; any other may be followed by any text at all.
_WITH_HOST = {"http": 80, "https": 443, "ws": 80, "wss": 443, "ftp": 21}
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(.*)", re.DOTALL)
_FORBIDDEN = re.compile(r"[\x00-\x20#/:<>?@\[\\\]^|%\x7f]")
_ENDS_IN_NUMBER = re.compile(r"(?:.*\.)?(?:[0-9]+|0[xX][0-9a-fA-F]*)\.?")
_PORT = re.compile(r"[0-9]*")


class Parts(Struct, frozen=True):
    """Scheme and host of an address, both in small letters. The host is empty where there is
    none."""

    scheme: str
    host: str


def parts(text: str) -> Parts | None:
    """Takes an address apart; None if `new URL()` would not take it."""
    text = re.sub(r"[\t\n\r]", "", text.strip("".join(map(chr, range(33)))))
    found = _SCHEME.fullmatch(text)
    if not found:
        return None
    scheme, rest = found[1].lower(), found[2]
    if scheme == "file":
        return Parts(scheme, "")
    if scheme not in _WITH_HOST:
        return _other(scheme, rest)
    authority = re.split(r"[/\\?#]", rest.lstrip("/\\"), maxsplit=1)[0]
    host = _host(authority.rpartition("@")[2])
    return None if host is None else Parts(scheme, host)


def _other(scheme: str, rest: str) -> Parts | None:
    if not rest.startswith("//"):
        return Parts(scheme, "")
    authority = re.split(r"[/?#]", rest[2:], maxsplit=1)[0]
    _, at, place = authority.rpartition("@")
    host, port = _cut(place)
    if (not host and (port or at)) or not _is_port(port):
        return None
    if host.startswith("["):
        return Parts(scheme, host) if _is_ipv6(host) else None
    plain = host.replace("%", "")
    return None if _FORBIDDEN.search(plain) else Parts(scheme, host)


def _host(place: str) -> str | None:
    """The host of an address with one, or None if it is not one."""
    host, port = _cut(place)
    if not host or not _is_port(port):
        return None
    if host.startswith("["):
        return host.lower() if _is_ipv6(host) else None
    try:
        host = unquote_to_bytes(host).decode("utf-8")
    except UnicodeDecodeError:
        return None
    if _FORBIDDEN.search(host) or not host.strip("\u00ad\u200b\u2060\ufeff"):
        return None
    if _ENDS_IN_NUMBER.fullmatch(host) and not _is_ipv4(host):
        return None
    return host.lower()


def _cut(place: str) -> tuple[str, str | None]:
    """Host and port; the port is None where there is no colon before one."""
    if place.startswith("["):
        host, bracket, port = place.partition("]")
        if port and not port.startswith(":"):
            return "", "x"
        return host + bracket, port[1:] if port else None
    host, colon, port = place.partition(":")
    return host, port if colon else None


def _is_port(port: str | None) -> bool:
    return port is None or (_PORT.fullmatch(port) is not None and int(port or 0) <= 65535)


def _is_ipv6(host: str) -> bool:
    try:
        return host.endswith("]") and "%" not in host and bool(ipaddress.IPv6Address(host[1:-1]))
    except ValueError:
        return False


def _is_ipv4(host: str) -> bool:
    """Up to four numbers, the last of which may fill the places of those that are missing."""
    labels = host.removesuffix(".").split(".")
    try:
        numbers = [_number(label) for label in labels]
    except ValueError:
        return False
    return (
        len(numbers) <= 4
        and all(number <= 255 for number in numbers[:-1])
        and numbers[-1] < 256 ** (5 - len(numbers))
    )


def _number(label: str) -> int:
    if label[:2] in ("0x", "0X"):
        return int(label[2:] or "0", 16) if re.fullmatch(r"[0-9a-fA-F]*", label[2:]) else _none()
    if not re.fullmatch(r"[0-9]+", label):
        return _none()
    return int(label, 8) if len(label) > 1 and label[0] == "0" else int(label)


def _none() -> int:
    raise ValueError


def url(value: Any, _: Environment) -> str | None:
    """Any address."""
    return None if parts(value) else f"{value} is not an address such as https://example.com."


def filled_url(value: Any, environment: Environment) -> str | None:
    """An address in which LibreChat puts variables before it looks at it."""
    return _filled(value, environment, ())


Filled = Annotated[str, rule(filled_url)]


def server_url(value: Any, environment: Environment) -> str | None:
    """The address of an MCP server that is reached by HTTP."""
    text = interpolate.fill(value, environment).value
    found = parts(text)
    if found and found.scheme in ("ws", "wss"):
        return f"{text} is a WebSocket's address: this kind of server wants http:// or https://."
    return _filled(value, environment, ())


def socket_url(value: Any, environment: Environment) -> str | None:
    """The address of an MCP server that is reached by a WebSocket."""
    return _filled(value, environment, ("ws", "wss"))


def proxy_url(value: Any, environment: Environment) -> str | None:
    """The address of a proxy."""
    return _filled(value, environment, ("http", "https", "socks", "socks5"))


def _filled(value: str, environment: Environment, schemes: tuple[str, ...]) -> str | None:
    filled = interpolate.fill(value, environment)
    if filled.missing:
        # What comes of an unset variable is said where all variables are.
        return None
    if interpolate.is_several(value):
        return (
            "LibreChat does not put variables into a text that begins with one and ends with "
            "another, so this is no address to it."
        )
    found = parts(filled.value)
    if found and (not schemes or found.scheme in schemes):
        return None
    if found:
        return f"{filled.value} must begin with {' or '.join(f'{one}://' for one in schemes)}."
    return f"{filled.value} is not an address such as https://example.com."


def secure_url(value: Any, _: Environment) -> str | None:
    """An https address, or one of this machine."""
    found = parts(value)
    if found is None:
        return f"{value} is not an address such as https://example.com."
    here = found.host in ("localhost", "127.0.0.1", "[::1]") or found.host.endswith(".localhost")
    if found.scheme == "https" or (found.scheme == "http" and here):
        return None
    return f"{value} must begin with https://, unless it leads to localhost."


def plain_address(value: Any, _: Environment) -> str | None:
    """An address of a server, with nothing behind the path."""
    found = parts(value)
    if found and found.scheme in ("http", "https") and not set(value) & {"?", "#"}:
        return None
    return f"{value} must begin with http:// or https:// and have no ? and no #."


def is_secure(text: str) -> bool:
    """Whether nobody on the way can read along."""
    found = parts(text.strip())
    here = found is not None and found.host in ("localhost", "127.0.0.1", "[::1]")
    return found is not None and (found.scheme == "https" or (found.scheme == "http" and here))


def allowed_address(value: Any, _: Environment) -> str | None:
    """A host and a port in a private network."""
    if not value.strip():
        return "An entry of allowedAddresses is empty."
    if "/" in value or any(character.isspace() for character in value):
        return f"{value} must be a host and a port, such as localhost:11434: no address, no range."
    found = re.fullmatch(r"\[([^\]]+)\]:(\d+)|([^:]+):(\d+)", value.lower(), re.ASCII)
    if not found or not 1 <= int(found[2] or found[4]) <= 65535:
        return f"{value} needs a port, such as localhost:11434 or [::1]:11434."
    host = found[1] or found[3].strip("[]")
    if _is_public(host):
        return f"{value} is in the public network; only private addresses are exempted."
    return None


def _is_public(host: str) -> bool:
    if re.fullmatch(r"(?:\d{1,3}\.){3}\d{1,3}", host, re.ASCII):
        return not _is_private4([int(number) for number in host.split(".")])
    return ":" in host and not _is_private6(host)


def _is_private4(numbers: list[int]) -> bool:
    first, second, third, _ = numbers
    return (
        first in (0, 10, 127)
        or first >= 224
        or (first, second) in ((169, 254), (192, 168), (198, 18), (198, 19))
        or (first, second, third) == (192, 0, 0)
        or (first == 172 and 16 <= second <= 31)
        or (first == 100 and 64 <= second <= 127)
    )


def _is_private6(host: str) -> bool:
    try:
        address = ipaddress.IPv6Address(host)
    except ValueError:
        return host.startswith(("fc", "fd"))
    embedded = address.ipv4_mapped or address.sixtofour
    if address.teredo:
        embedded = address.teredo[1]
    if host.startswith("64:ff9b::"):
        embedded = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if embedded:
        return _is_private4(list(embedded.packed))
    return (
        address in (ipaddress.IPv6Address("::"), ipaddress.IPv6Address("::1"))
        or host.startswith(("fc", "fd"))
        or address.is_link_local
    )
