"""All manifests, found by name, by the host of an address, or by what a file's entry says."""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib import resources
from ipaddress import ip_address
from urllib.parse import urlsplit

from filon.providers.manifest import Manifest, parse

# The order in which detected endpoints are listed; others follow by name, local servers last.
_FIRST = ("openai", "anthropic", "google", "deepseek", "mistral", "groq", "openrouter", "fireworks")

_PORTS = {"http": 80, "https": 443}

# How containers and home networks call what is near.
_NEAR = ("localhost", ".localhost", ".local", ".internal", ".lan", ".home")


@cache
def manifests() -> tuple[Manifest, ...]:
    """Every manifest that comes with Filon, in their order. Read once. Raises ManifestError."""
    folder = resources.files("filon.providers") / "manifests"
    names = sorted(file.name for file in folder.iterdir() if file.name.endswith(".toml"))
    read = [parse((folder / name).read_text(encoding="utf-8"), name) for name in names]
    return tuple(sorted(read, key=_rank))


def text_of(name: str) -> str | None:
    """A manifest as it is written, by its name; None where there is none."""
    if by_name(name) is None:
        return None
    return (resources.files("filon.providers") / "manifests" / f"{name}.toml").read_text("utf-8")


def _rank(manifest: Manifest) -> tuple[int, bool, str]:
    first = _FIRST.index(manifest.name) if manifest.name in _FIRST else len(_FIRST)
    return first, manifest.kind == "local", manifest.name


def by_name(name: str) -> Manifest | None:
    """The manifest of this name."""
    return _by_name().get(name)


@cache
def _by_name() -> Mapping[str, Manifest]:
    return {manifest.name: manifest for manifest in manifests()}


def practice() -> Manifest:
    """The manifest of the provider that is built in."""
    return next(manifest for manifest in manifests() if manifest.kind == "practice")


def by_address(base_url: str) -> Manifest | None:
    """The manifest whose provider answers at this address, judged by host and port alone."""
    host = host_of(base_url)
    if host is None:
        return None
    exact = _by_host().get(host)
    return exact or next((manifest for manifest in manifests() if _below(host, manifest)), None)


def by_entry(label: str, base_url: str) -> Manifest | None:
    """The manifest for an entry of a file, by its address and, where that cannot tell, its name.

    A name counts only for what has an address of each user's own (a gateway, a server on one's own
    machine), and only with the path that is usual there: a name alone makes nobody a provider.
    """
    found = by_address(base_url)
    if found is not None and found.kind != "local" and not found.own_address:
        return found
    namesake = next((one for one in manifests() if _is_called(label, one)), None)
    return namesake if namesake and _fits(base_url, namesake) else found


def hosts(manifest: Manifest) -> frozenset[str]:
    """The hosts of a provider, with a port where it is not the scheme's usual one. Those of an
    address of one's own are only the ones that the manifest lists."""
    own = None if manifest.own_address else host_of(manifest.base_url)
    return frozenset((*manifest.hosts, own) if own else manifest.hosts)


@cache
def _by_host() -> Mapping[str, Manifest]:
    return {host: manifest for manifest in manifests() for host in hosts(manifest)}


@lru_cache(maxsize=1024)
def host_of(address: str) -> str | None:
    """The host of an address in small letters, with its port unless it is the usual one; None if
    the text is no http address."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in _PORTS or not parts.hostname:
        return None
    usual = port is None or port == _PORTS[parts.scheme.lower()]
    return parts.hostname if usual else f"{parts.hostname}:{port}"


def _below(host: str, manifest: Manifest) -> bool:
    """Whether the host is one of those that the manifest means by `*.name`."""
    return any(
        pattern.startswith("*.") and host.endswith(pattern[1:]) for pattern in manifest.hosts
    )


def _is_called(label: str, manifest: Manifest) -> bool:
    if manifest.kind != "local" and not manifest.own_address:
        return False
    words = [word for word in re.split(r"[^a-z0-9.]+", label.lower()) if word]
    names = {manifest.name, manifest.label.lower()}
    return not names.isdisjoint((*words, " ".join(words), "".join(words).replace(".", "")))


def _fits(base_url: str, manifest: Manifest) -> bool:
    """Whether an address may be the manifest's. A server of one's own machine costs nothing, so
    one that is far away must not pass for it."""
    if host_of(base_url) is None:
        return False
    parts = urlsplit(base_url)
    usual = urlsplit(re.sub(r"\$\{\w+\}", "x", manifest.base_url)).path.rstrip("/")
    path = parts.path.rstrip("/")
    near = manifest.kind != "local" or _is_near(parts.hostname or "")
    return near and (not path or path.endswith(usual))


def _is_near(host: str) -> bool:
    try:
        return ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith(_NEAR)
