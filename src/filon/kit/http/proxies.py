"""Which requests go by way of a proxy, and by which. Pure; the environment is read elsewhere.

curl, Go and Python agree on most of it; where they do not, curl is followed.
"""

import ipaddress
import re
from base64 import b64encode
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from filon.kit.http.address import Address, address_of, host_and_port
from filon.kit.http.exchange import HttpFailure

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Ip = ipaddress.IPv4Address | ipaddress.IPv6Address

# Docker hands the proxies of its host on to containers, and no proxy knows the names of Docker and
# Podman for that host.
_HERE = frozenset({"localhost", "host.docker.internal", "host.containers.internal"})
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_NOT_OF_A_NAME = re.compile(r"[/:@?#\[\]]")
_WITH_PORT = re.compile(r"(?P<host>\[[^\]]*\]|[^:]*):(?P<port>\d{1,5})")


class UnusableProxy(ValueError):
    """No proxy that can be used. Its words hold nothing of the address, where a password may be."""


class Proxy(Struct, frozen=True, kw_only=True):
    """A proxy. `address` is where it listens, `authorization` what the header Proxy-Authorization
    says to it."""

    address: Address
    authorization: str | None = None

    def __repr__(self) -> str:
        return f"Proxy({self.url!r})"

    @property
    def url(self) -> str:
        """Its address as it may be shown, without user and password."""
        place = host_and_port(self.address.host, self.address.port)
        return f"{self.address.scheme}://{place}"

    def place(self, address: Address) -> tuple[str, str, int]:
        """What has to be the same for a connection by way of it to be used again: a tunnel leads
        to one server, and requests without a tunnel may share a connection."""
        if address.scheme == "https":
            return f"{self.url}>https", address.host, address.port
        return self.url, "", 0


class Direct(Struct, frozen=True, kw_only=True):
    """What is reached without a proxy: names with all that end in them, and networks; each at one
    port alone where it has one. `ignored` is what nobody can read."""

    everything: bool = False
    names: tuple[tuple[str, int | None], ...] = ()
    networks: tuple[tuple[Network, int | None], ...] = ()
    ignored: tuple[str, ...] = ()

    def has(self, host: str, port: int) -> bool:
        """Whether this is reached without one."""
        if self.everything:
            return True
        name = host.rstrip(".")
        address = _ip(name)
        if address is not None:
            return any(
                address.version == network.version and address in network and at in (None, port)
                for network, at in self.networks
            )
        return any(
            (name == suffix or name.endswith(f".{suffix}")) and at in (None, port)
            for suffix, at in self.names
        )


class Proxies(Struct, frozen=True, kw_only=True):
    """The proxies for http:// and https:// addresses, and what is reached without."""

    http: Proxy | None = None
    https: Proxy | None = None
    direct: Direct = Direct()

    @property
    def any(self) -> bool:
        """Whether there is one at all."""
        return self.http is not None or self.https is not None

    def through(self, address: Address) -> Proxy | None:
        """The proxy by which this address is reached; None for none. This machine itself never is:
        a proxy elsewhere would look for the address on its own."""
        proxy = self.https if address.scheme == "https" else self.http
        if proxy is None or is_loopback(address.host):
            return None
        return None if self.direct.has(address.host, address.port) else proxy

    def through_url(self, url: str) -> Proxy | None:
        """The same for a whole URL; None for what is none."""
        try:
            return self.through(address_of(url))
        except HttpFailure:
            return None


def is_loopback(host: str) -> bool:
    """Whether it is this machine, or the one that a container runs on, by a name or an address that
    can be nobody else's."""
    name = host.rstrip(".")
    address = _ip(name)
    if address is not None:
        return address.is_loopback or address.is_unspecified
    return name in _HERE or name.endswith(".localhost")


def proxy_of(url: str) -> Proxy:
    """The proxy at a URL, such as http://user:password@proxy.example:3128; without a scheme it is
    http. Raises UnusableProxy."""
    whole = url.strip() if _SCHEME.match(url.strip()) else f"http://{url.strip()}"
    scheme = whole.partition("://")[0].lower()
    if scheme.startswith("socks"):
        raise UnusableProxy(f"{scheme} proxies are not supported, only http:// and https:// ones")
    if scheme not in ("http", "https"):
        raise UnusableProxy(f"{scheme}:// is no scheme of a proxy; http:// and https:// are")
    try:
        parts = urlsplit(whole)
        bare = f"{scheme}://{parts.netloc.rpartition('@')[2]}"
        address = address_of(bare)
        authorization = _basic(parts.netloc.rpartition("@")[0])
    except (HttpFailure, ValueError):
        raise UnusableProxy("it is no address of a proxy, such as http://proxy.example:3128") from (
            None
        )
    return Proxy(address=address, authorization=authorization)


def secrets_in(url: str, proxy: Proxy) -> Iterator[str]:
    """What of a proxy's URL must never be shown: the password, as written and as meant, and the
    header made of it."""
    if proxy.authorization is None:
        return
    user = url.rpartition("@")[0].partition("://")[2] or url.rpartition("@")[0]
    written = user.partition(":")[2]
    # Without a password the user is a token.
    secret = written or user
    yield from dict.fromkeys((secret, unquote(secret)))
    yield proxy.authorization.partition(" ")[2]


def _basic(user: str) -> str | None:
    if not user:
        return None
    name, _, password = user.partition(":")
    pair = f"{unquote(name)}:{unquote(password)}"
    return f"Basic {b64encode(pair.encode()).decode()}"


def direct_of(text: str) -> Direct:
    """What NO_PROXY says: names, `.suffixes`, addresses, networks such as 10.0.0.0/8, each with a
    port or without; `*` is all. They are divided by commas or blanks."""
    names: list[tuple[str, int | None]] = []
    networks: list[tuple[Network, int | None]] = []
    ignored: list[str] = []
    entries = text.lower().replace(",", " ").split()
    for entry in entries:
        if entry == "*":
            continue
        host, port = _parted(entry)
        network = _network(host)
        if network is not None:
            networks.append((network, port))
        elif name := _name(host):
            names.append((name, port))
        else:
            ignored.append(entry)
    return Direct(
        everything="*" in entries,
        names=tuple(names),
        networks=tuple(networks),
        ignored=tuple(ignored),
    )


def _parted(entry: str) -> tuple[str, int | None]:
    found = _WITH_PORT.fullmatch(entry)
    host, port = (found["host"], int(found["port"])) if found else (entry, None)
    return host.removeprefix("[").removesuffix("]"), port


def _network(text: str) -> Network | None:
    try:
        # An address alone is a network of one; its last bits may be set in one of many.
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def _name(text: str) -> str:
    """A name without the signs that say what follows from it anyway; empty for none."""
    name = text.removeprefix("*").strip(".")
    if not name or _NOT_OF_A_NAME.search(name):
        return ""
    try:
        return address_of(f"http://{name}/").host
    except HttpFailure:
        return ""


def _ip(host: str) -> Ip | None:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address
