"""What all exports begin with: one attempt, and which of its headers carry the key."""

import re
from typing import Literal

from msgspec import Struct

from filon.conversation.errors import InvalidRequest, NotFound
from filon.trace.records import AnyRecord, Attempt, Headers, Translated

# The variable of a key whose endpoint names none.
VARIABLE = "API_KEY"

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# What every client says for itself, or says to a proxy that another machine does not have.
_LEFT_OUT = frozenset({"host", "content-length", "connection", "proxy-authorization"})
_SCHEMED = frozenset({"authorization"})
_BARE = frozenset({"x-api-key", "api-key", "x-goog-api-key"})


class Exported(Struct, frozen=True):
    """A file to run or to read: its text, its media type, and the end of its name."""

    text: str
    media_type: str
    ending: str


class Header(Struct, frozen=True):
    """One header to send. Where it carries the key, `value` is only what stands before the key,
    such as "Bearer "."""

    name: str
    value: str
    carries: Literal["text", "key"] = "text"


class Source(Struct, frozen=True, kw_only=True):
    """An attempt to export. `variable` is the environment variable that has the key, `protocol`
    the wire's."""

    attempt: Attempt
    variable: str
    protocol: str

    @property
    def body(self) -> bytes:
        """The body as it was sent."""
        return self.attempt.request_body.data

    @property
    def text(self) -> str | None:
        """The body as text; None when it is none that can be written down as it stands."""
        try:
            text = self.body.decode()
        except UnicodeDecodeError:
            return None
        return None if "\0" in text else text

    @property
    def headers(self) -> tuple[Header, ...]:
        """The headers that have to be given to a client, in their order."""
        return tuple(
            _header(name, value)
            for name, value in self.attempt.request_headers
            if name.lower() not in _LEFT_OUT
        )


def source_of(
    records: tuple[AnyRecord, ...], *, number: int | None = None, variable: str | None = None
) -> Source:
    """The attempt of this number, else the last. `variable` is the endpoint's own for its key.
    Raises NotFound where nothing was sent, or not so often."""
    found: tuple[Attempt, str] | None = None
    protocol = ""
    count = 0
    for record in records:
        if isinstance(record, Translated):
            protocol = record.protocol
        if isinstance(record, Attempt):
            count += 1
            if number is None or record.number == number:
                found = record, protocol
    if found is None:
        raise _missing(count, number)
    attempt, protocol = found
    return Source(attempt=attempt, variable=variable_of(variable), protocol=protocol)


def _missing(count: int, number: int | None) -> NotFound:
    if not count:
        return NotFound(
            "Nothing was sent in this trace, so there is nothing to repeat.",
            code="nothing_sent",
        )
    return NotFound(f"There is no attempt {number} in this trace; the last is {count}.")


def variable_of(name: str | None) -> str:
    """A name that every shell takes for a variable."""
    return name if name is not None and _NAME.fullmatch(name) else VARIABLE


def _header(name: str, value: str) -> Header:
    lowered = name.lower()
    if lowered in _SCHEMED:
        scheme, blank, _ = value.partition(" ")
        # What stands there in place of a scheme may be a part of the key.
        known = scheme if blank and scheme.isalnum() else "Bearer"
        return Header(name, f"{known} ", "key")
    if lowered in _BARE:
        return Header(name, "", "key")
    return Header(name, value)


def unexportable(reason: str, fix: str) -> InvalidRequest:
    """For a form that cannot say this request."""
    return InvalidRequest(reason, code="not_exportable", fix=fix, param="as")


def with_keys_named(headers: Headers, reference: str) -> Headers:
    """Headers in which `reference` stands where the key was."""
    return tuple(
        (name, header.value + reference if header.carries == "key" else value)
        for name, value in headers
        for header in (_header(name, value),)
    )
