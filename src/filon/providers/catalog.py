"""All manifests, found by name or by the host of an address."""

from functools import cache
from importlib import resources
from urllib.parse import urlsplit

from filon.providers.manifest import Manifest, parse

# The order in which detected endpoints are listed; the folder's other files follow by name.
_FIRST = ("openai", "deepseek", "mistral", "groq", "openrouter", "fireworks", "ollama")

_PORTS = {"http": 80, "https": 443}


@cache
def manifests() -> tuple[Manifest, ...]:
    """Every manifest that comes with Filon, in their order. Read once."""
    folder = resources.files("filon.providers") / "manifests"
    names = sorted(file.name for file in folder.iterdir() if file.name.endswith(".toml"))
    read = {
        manifest.name: manifest
        for name in names
        for manifest in (parse((folder / name).read_text(encoding="utf-8"), name),)
    }
    order = [*(name for name in _FIRST if name in read), *(n for n in read if n not in _FIRST)]
    return tuple(read[name] for name in order)


def by_name(name: str) -> Manifest | None:
    """The manifest of this name."""
    return next((manifest for manifest in manifests() if manifest.name == name), None)


def by_address(base_url: str) -> Manifest | None:
    """The manifest whose provider answers at this address, judged by host and port alone."""
    host = host_of(base_url)
    if host is None:
        return None
    return next((manifest for manifest in manifests() if host in hosts(manifest)), None)


def hosts(manifest: Manifest) -> frozenset[str]:
    """The hosts of a provider, with a port where it is not the scheme's usual one."""
    own = host_of(manifest.base_url)
    return frozenset((*manifest.hosts, own) if own else manifest.hosts)


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
