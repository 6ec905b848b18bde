"""The headers that an endpoint's configuration asks for, for one request. Pure."""

from collections.abc import Mapping

from msgspec.structs import replace

from filon.providers import placeholders
from filon.providers.endpoint import Auth, Endpoint, Key


def keyed(endpoint: Endpoint) -> dict[str, str]:
    """The headers that carry the key, by their names in small letters."""
    value = endpoint.key.value
    if not value:
        return {}
    return dict(_carrying(auth, value) for auth in endpoint.auth)


def with_key(
    headers: tuple[tuple[str, str], ...], endpoint: Endpoint, key: Key
) -> tuple[tuple[str, str], ...]:
    """A request's headers with another of the endpoint's keys in place of its own. A header that
    the configuration writes itself stays as it is."""
    mine, other = keyed(endpoint), keyed(replace(endpoint, key=key))
    return tuple(
        (name, other.get(name, value) if mine.get(name) == value else value)
        for name, value in headers
    )


def _carrying(auth: Auth, value: str) -> tuple[str, str]:
    return ("authorization", f"Bearer {value}") if auth == "bearer" else (auth, value)


def personal(endpoint: Endpoint, values: Mapping[str, str]) -> dict[str, str]:
    """The configured headers with their placeholders filled in, by their names in small letters.
    One with a placeholder that has no value is left out: its literal text is for nobody."""
    filled = ((name, placeholders.put(text, values)) for name, text in endpoint.headers.items())
    return {name.lower(): value for name, value in filled if value is not None}
