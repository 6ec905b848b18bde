"""Everything that can go wrong on the way to an answer.

FilonError                  carries a Problem: what happened, where, what to do
├── CallerError             the request is at fault; sending it again changes nothing
│   ├── InvalidRequest      400  not readable, or a field is wrong
│   ├── Unauthenticated     401  no key, an unknown key, no session
│   ├── Forbidden           403  known, but not allowed this
│   ├── NotFound            404  no such route, conversation, trace, ...
│   ├── UnknownModel        404  no such model or endpoint
│   ├── TooLarge            413  the body is over the limit
│   ├── RateLimited         429  the key has used what it may use for now
│   ├── TooSlow             408  the body did not arrive in time
│   └── DeadlinePassed      504  the time that the caller allows was over before the answer was
├── EndpointNotReady        503  the chosen endpoint cannot be used as configured
├── ProviderError                the provider, or the way to it, failed
│   ├── ProviderRefused     its own status; it answered with an error
│   ├── Unreachable         502  no connection: name, port, TLS
│   ├── TimedOut            504  connected, but nothing came in time
│   └── BrokenReply         502  the reply was cut, or nobody can read it
├── Stopped                 499  the person pressed stop, or the caller left
└── InternalError           500  our own fault; the trace has the details
"""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

Blame = Literal["caller", "configuration", "provider", "network", "filon"]


class Problem(Struct, frozen=True, kw_only=True):
    """One failure as a value, to be stored in a trace and rendered in any protocol.

    `code` is stable and machine-readable, `message` says what happened and where, `fix` what to
    do. `status` is the HTTP status for our caller. `provider_status` and `provider_body` are what
    the provider answered, when it did; `retry_after` is in seconds, as the provider asked.
    `names` are what the sentences speak of, so that a page can say them in another language.
    """

    code: str
    message: str
    blame: Blame
    status: int
    fix: str | None = None
    param: str | None = None
    provider_status: int | None = None
    provider_body: str | None = None
    retry_after: float | None = None
    names: Mapping[str, str] = {}


class FilonError(Exception):
    """Base of all that we raise on purpose."""

    status = 500
    code = "internal_error"
    blame: Blame = "filon"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        fix: str | None = None,
        param: str | None = None,
        status: int | None = None,
        names: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.problem = Problem(
            code=code or self.code,
            message=message,
            blame=self.blame,
            status=status or self.status,
            fix=fix,
            param=param,
            names=names or {},
        )


class CallerError(FilonError):
    """The request is at fault; sending it again changes nothing."""

    status = 400
    blame = "caller"


class InvalidRequest(CallerError):
    """Not readable, or a field is wrong."""

    code = "invalid_request"


class Unauthenticated(CallerError):
    """No key, an unknown key, or no session."""

    status = 401
    code = "invalid_api_key"


class Forbidden(CallerError):
    """Known, but not allowed this."""

    status = 403
    code = "forbidden"


class NotFound(CallerError):
    """No such thing, or not this person's."""

    status = 404
    code = "not_found"


class UnknownModel(CallerError):
    """No such model or endpoint."""

    status = 404
    code = "model_not_found"


class TooLarge(CallerError):
    """The body is over the limit."""

    status = 413
    code = "request_too_large"


class TooSlow(CallerError):
    """The body did not arrive in time."""

    status = 408
    code = "request_timeout"


class RateLimited(CallerError):
    """The key has used what it may use for now. `wait` is in how many seconds there is more."""

    status = 429
    code = "key_rate_limit"

    def __init__(
        self, message: str, *, wait: float, fix: str, names: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message, fix=fix, names=names)
        self.problem = replace(self.problem, retry_after=wait)


class DeadlinePassed(CallerError):
    """The time that the caller allows was over before the answer was."""

    status = 504
    code = "deadline_passed"


class EndpointNotReady(FilonError):
    """The chosen endpoint cannot be used as configured: a missing key, a broken entry."""

    status = 503
    code = "endpoint_not_ready"
    blame = "configuration"


class ProviderError(FilonError):
    """The provider, or the way to it, failed. Built from a Problem, which has its answer."""

    status = 502
    code = "provider_error"
    blame = "provider"

    def __init__(self, problem: Problem) -> None:
        Exception.__init__(self, problem.message)
        self.problem = problem


class ProviderRefused(ProviderError):
    """It answered with an error status."""

    code = "provider_refused"


class Unreachable(ProviderError):
    """No connection: the name, the port, TLS."""

    code = "provider_unreachable"
    blame = "network"


class TimedOut(ProviderError):
    """Connected, but nothing came in time."""

    status = 504
    code = "provider_timeout"


class BrokenReply(ProviderError):
    """The reply was cut, or nobody can read it."""

    code = "broken_reply"


class Stopped(FilonError):
    """The person pressed stop, or the caller left."""

    status = 499
    code = "stopped"
    blame = "caller"


class InternalError(FilonError):
    """Our own fault; the trace has the details."""
