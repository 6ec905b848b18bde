"""What a diagnosis is made from: the failed exchange, and what is known of the place it went to."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from filon.providers.endpoint import Endpoint
from filon.trace.records import Headers

NO_VARIABLE = "the key in the configuration"


class Failure(Struct, frozen=True, kw_only=True):
    """What is known of a failed exchange.

    `kind` is that of an `HttpFailure`, "silent", "broken_reply", or empty when a readable reply
    came. `body` is the reply's text or the failure's own words. `variable` names where the key
    comes from. `seconds` is how long nothing came, for one that is silent. `headers` are the
    reply's, `retry_after` the seconds that it asks to wait. `frames` are the numbers, from 1, of
    the first and the last piece of the reply that told an error in mid-stream. `now` is Unix time
    in seconds, to reckon the dates in headers.
    """

    endpoint: str
    model: str
    url: str
    variable: str | None
    status: int | None = None
    kind: str = ""
    body: str = ""
    seconds: float | None = None
    headers: Headers = ()
    retry_after: float | None = None
    frames: tuple[int, int] | None = None
    now: float = 0.0


class Known(Struct, frozen=True, kw_only=True):
    """What is known of the place, and of what was sent there.

    `models` are those that the endpoint is known to have, `parameters` the fields of the request
    beside model and messages, by their names on the wire, `headers` those that were sent.
    `container` says that Filon runs in one.
    """

    endpoint: Endpoint | None = None
    models: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = {}
    headers: Headers = ()
    container: bool = False


def names_of(failure: Failure) -> dict[str, str]:
    """What every sentence may speak of."""
    names = {
        "endpoint": failure.endpoint,
        "model": failure.model,
        "url": failure.url,
        "variable": failure.variable or NO_VARIABLE,
    }
    if failure.seconds is not None:
        names["seconds"] = f"{failure.seconds:.0f}"
    return names
