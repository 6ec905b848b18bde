"""A refusal as practice means it, before a dialect puts it into a provider's words."""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

Kind = Literal[
    "bad_request",
    "missing_key",
    "wrong_key",
    "no_money",
    "forbidden",
    "unknown_model",
    "not_found",
    "timeout",
    "too_large",
    "unknown_parameter",
    "unsupported_parameter",
    "context_too_long",
    "unprocessable",
    "rate_limited",
    "request_over_limit",
    "too_many_at_once",
    "quota_exhausted",
    "capacity",
    "client_closed",
    "internal",
    "bad_gateway",
    "unavailable",
    "gateway_timeout",
    "overloaded",
]


class Refusal(Struct, frozen=True, kw_only=True):
    """Why a request gets no answer.

    `kind` is what happened; the dialect knows its own status and words for it. `status` replaces
    the dialect's, `message` its words, `code` its code; `values` fill the words. `retry_after` is
    in seconds.
    """

    kind: Kind
    status: int | None = None
    message: str | None = None
    code: str | None = None
    param: str | None = None
    retry_after: float | None = None
    values: Mapping[str, str | int | float] = {}


class Refused(Exception):
    """Raised where a request cannot go on; the dialect of its path says so to the client."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message or refusal.kind)
        self.refusal = refusal
