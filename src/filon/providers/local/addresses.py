"""Where local servers are looked for: their usual ports, or what two variables say instead."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from filon.providers.local.servers import SERVERS

# Which servers to look for, and where; `off` looks for none.
VARIABLE = "FILON_LOCAL_SERVERS"
_NONE = ("off", "")
# What the servers' own programs read.
_THEIRS = {"ollama": ("OLLAMA_HOST", 11434)}
_HOST = "host.docker.internal"
_NEAR = ("localhost", "::1", _HOST)


class AddressError(ValueError):
    """A variable names no server that is known, or no address; the text says which and what to
    write."""


def wanted(text: str, *, strict: bool = True) -> Mapping[str, str | None]:
    """The servers that `FILON_LOCAL_SERVERS` names, with the base address of those that have one
    there: `ollama vllm=127.0.0.1:8001`. Raises AddressError for what nobody can read, unless it
    is to be passed over."""
    found: dict[str, str | None] = {}
    for word in re.split(r"[\s,]+", text.strip()):
        name, equals, address = word.partition("=")
        place = base_url(address) if equals else None
        wrong = _wrong(name, equals, address, place)
        if wrong and strict:
            raise AddressError(wrong)
        if not wrong and name not in _NONE:
            found[name] = place
    return found


def _wrong(name: str, equals: str, address: str, place: str | None) -> str | None:
    if name in _NONE and not equals:
        return None
    if name not in SERVERS:
        return (
            f"{VARIABLE} names {name!r}; it may name {', '.join(SERVERS)}, each with "
            "=HOST:PORT where the port is another, or be off."
        )
    if equals and place is None:
        return f"{VARIABLE}: {address!r} is no address such as 127.0.0.1:8001."
    return None


def theirs(server: str) -> str | None:
    """The variable in which a server's own programs look for its address."""
    return _THEIRS[server][0] if server in _THEIRS else None


def from_theirs(server: str, text: str) -> str | None:
    """The base address that such a variable means; None where it is none."""
    return base_url(text, _THEIRS[server][1])


def base_url(text: str, port: int | None = None) -> str | None:
    """The base address that is meant by a host and a port, with or without its scheme and /v1."""
    place = text.strip()
    if place.startswith(":"):
        # A port alone, as one writes it to listen on.
        place = f"127.0.0.1{place}"
    full = place if "://" in place else f"http://{place}"
    try:
        parts = urlsplit(full)
        number = parts.port or port
    except ValueError:
        return None
    host = parts.hostname
    if parts.scheme not in ("http", "https") or not host or re.search(r"[^\w.:-]", host):
        return None
    # An address to listen on is none to connect to.
    host = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104
    shown = f"[{host}]" if ":" in host else host
    there = f"{shown}:{number}" if number else shown
    path = parts.path.rstrip("/").removesuffix("/v1")
    return f"{parts.scheme}://{there}{path}/v1"


def is_near(address: str) -> bool:
    """Whether an address is this very machine, as far as its text can tell."""
    host = (urlsplit(address).hostname or "").lower()
    return host in _NEAR or re.fullmatch(r"127(\.\d{1,3}){3}", host) is not None


def is_port(address: str, port: int) -> bool:
    """Whether an address is this port of this machine."""
    parts = urlsplit(address)
    return is_near(address) and parts.hostname != _HOST and parts.port == port


def outside(address: str) -> str:
    """The same port of the machine that a container runs on."""
    parts = urlsplit(address)
    place = f"{_HOST}:{parts.port}" if parts.port else _HOST
    return parts._replace(netloc=place).geturl()
