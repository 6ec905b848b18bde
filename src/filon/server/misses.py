"""Requests that miss a door of the gateway since their client's base URL is written otherwise."""

from filon.server.door import Door

_BASE = "v1"
BASE_URLS = (
    "The base URL of OpenAI's clients ends in /v1, that of Anthropic's before it, and neither in "
    "a slash."
)


def meant(path: str) -> str:
    """The path that a client with a right base URL would have asked: with one /v1 at its head,
    and without slashes that are too many."""
    parts = [part for part in path.split("/") if part]
    while parts[:1] == [_BASE]:
        del parts[0]
    return "/".join(["", _BASE, *parts])


def is_program(door: Door) -> bool:
    """Whether a program asks: the page sends no key, and nothing but a program posts where there
    is no page."""
    keys = (door.header(b"authorization"), door.header(b"x-api-key"))
    return door.method == "POST" or any(key is not None for key in keys)
