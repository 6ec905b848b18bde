"""From a failed exchange to the Problem that the caller is told. Pure."""

from msgspec import Struct
from msgspec.structs import replace

from filon.conversation.errors import (
    BrokenReply,
    Problem,
    ProviderError,
    ProviderRefused,
    TimedOut,
    Unreachable,
)
from filon.conversation.finding import Finding
from filon.diagnosis.diagnose import Failure, Known, diagnose
from filon.kit.http import HttpFailure
from filon.providers.endpoint import Endpoint
from filon.trace.records import Headers

# Failures that concern our own account with the provider: passing their status on would tell
# the caller that the caller's key is wrong.
_OURS = frozenset({401, 402, 403, 407})


class Seen(Struct, frozen=True, kw_only=True):
    """What else is known of an exchange: the reply's headers, the pieces of it that told the error
    (their numbers, from 1), the time (Unix seconds), and what is known of place and request."""

    headers: Headers = ()
    now: float = 0.0
    frames: tuple[int, int] | None = None
    known: Known = Known()


_NOTHING = Seen()


def unreachable(
    failure: HttpFailure, endpoint: Endpoint, model: str, url: str, seen: Seen = _NOTHING
) -> tuple[ProviderError, tuple[Finding, ...]]:
    """No reply came."""
    findings = diagnose(
        replace(_about(endpoint, model, url), kind=failure.kind, body=failure.detail), seen.known
    )
    title = findings[0].title if findings else f"{endpoint.label} cannot be reached"
    problem = Problem(
        code=findings[0].code if findings else "provider_unreachable",
        message=f"{title}.",
        blame="network",
        status=502,
        fix=findings[0].fix if findings else None,
        provider_body=failure.detail,
        names=findings[0].names if findings else {},
    )
    return Unreachable(problem), findings


def refused(
    told: Problem, endpoint: Endpoint, model: str, url: str, seen: Seen = _NOTHING
) -> tuple[ProviderError, tuple[Finding, ...]]:
    """The provider answered with an error, which the protocol has read into `told`: one without
    a status of its own stood inside a reply that began well."""
    findings = diagnose(
        replace(
            _about(endpoint, model, url),
            status=told.provider_status or 200,
            body=told.provider_body or told.message,
            headers=seen.headers,
            retry_after=told.retry_after,
            frames=seen.frames,
            now=seen.now,
        ),
        seen.known,
    )
    status = told.provider_status or 200
    answered = f"answered {status}" if status != 200 else "told an error inside its reply"
    problem = Problem(
        code=findings[0].code if findings else told.code,
        message=f"{endpoint.label} {answered}: {told.message}",
        blame="provider",
        status=status if 400 <= status < 600 and status not in _OURS else 502,
        fix=findings[0].fix if findings else told.fix,
        param=told.param,
        provider_status=told.provider_status,
        provider_body=told.provider_body,
        retry_after=told.retry_after,
        names={
            "status": str(status),
            "said": told.message,
            **(findings[0].names if findings else {}),
        },
    )
    return ProviderRefused(problem), findings


def silent(
    endpoint: Endpoint, model: str, url: str, seconds: float, *, began: bool
) -> tuple[ProviderError, tuple[Finding, ...]]:
    """It is connected, but nothing comes."""
    when = "after the answer had begun" if began else "and no answer has begun"
    findings = diagnose(
        replace(
            _about(endpoint, model, url),
            kind="silent",
            body=f"nothing for {seconds:.0f} s, {when}",
            seconds=seconds,
        )
    )
    problem = Problem(
        code="provider_timeout",
        message=f"{endpoint.label} has sent nothing for {seconds:.0f} s {when}.",
        blame="provider",
        status=504,
        fix=findings[0].fix,
        names=findings[0].names,
    )
    return TimedOut(problem), findings


def broken(
    told: Problem, endpoint: Endpoint, model: str, url: str, seen: Seen = _NOTHING
) -> tuple[ProviderError, tuple[Finding, ...]]:
    """The reply was cut, or nobody can read it."""
    findings = diagnose(
        replace(
            _about(endpoint, model, url),
            kind="broken_reply",
            body=told.provider_body or told.message,
            frames=seen.frames,
        ),
        seen.known,
    )
    problem = replace(
        told,
        code=findings[0].code,
        message=f"{endpoint.label}: {told.message}",
        fix=told.fix or findings[0].fix,
        names={"said": told.message, **findings[0].names},
    )
    return BrokenReply(problem), findings


def _about(endpoint: Endpoint, model: str, url: str) -> Failure:
    return Failure(endpoint=endpoint.label, model=model, url=url, variable=endpoint.key.variable)
