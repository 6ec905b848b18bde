"""The faults with which a provider refuses a request.

The dialect chooses the words, and the status where none is given here: at xAI a wrong key is a
400. What has a number in the catalogue always has that status, so that the number can be asked for.
"""

from filon.practice.faults.fault import Argument, Fault, Refuse
from filon.practice.refusal import Kind, Refusal

_WAIT = Argument(usual=2, low=0, high=3_600, unit="seconds")
_USUAL_WAIT = 2.0


def _refuse(kind: Kind, status: int | None = None, *, param: str | None = None) -> Refuse:
    return Refuse(Refusal(kind=kind, status=status, param=param))


def _refuse_for_now(kind: Kind, status: int | None = None) -> Refuse:
    return Refuse(Refusal(kind=kind, status=status, retry_after=_USUAL_WAIT))


REFUSALS: tuple[Fault, ...] = (
    Fault(
        name="bad-request",
        aliases=("400",),
        group="refusals",
        what="The request is refused as malformed, with status 400.",
        teaches="A request that is wrong stays wrong, so it is corrected and never sent again.",
        effect=_refuse("bad_request", 400),
    ),
    Fault(
        name="missing-key",
        group="refusals",
        what="The request is refused as if it had carried no key.",
        teaches="A key can get lost between a program and a provider, in a proxy for example.",
        effect=_refuse("missing_key"),
    ),
    Fault(
        name="wrong-key",
        aliases=("401",),
        group="refusals",
        what="The key is refused as unknown or revoked, with 401 at most providers.",
        teaches="A refused key is a matter of configuration, and no repetition helps.",
        effect=_refuse("wrong_key"),
    ),
    Fault(
        name="no-money",
        aliases=("402",),
        group="refusals",
        what="The account's balance is used up, with status 402.",
        teaches="Money that is gone looks like a technical error until the body is read.",
        effect=_refuse("no_money", 402),
    ),
    Fault(
        name="forbidden",
        aliases=("403",),
        group="refusals",
        what="The key is known but may not use this model, with status 403.",
        teaches="To be recognised and to be allowed are two checks with two different remedies.",
        effect=_refuse("forbidden", 403),
    ),
    Fault(
        name="unknown-model",
        aliases=("404",),
        group="refusals",
        what="The model does not exist for this key, with status 404.",
        teaches="Model names are retired, need prefixes and differ by account, so a list is asked.",
        effect=_refuse("unknown_model", 404, param="model"),
    ),
    Fault(
        name="unknown-path",
        group="refusals",
        what="The address is answered as if nothing were there, with status 404.",
        teaches="A 404 may mean a wrong base address rather than a wrong model.",
        effect=_refuse("not_found", 404),
    ),
    Fault(
        name="request-timeout",
        aliases=("408",),
        group="refusals",
        what="The provider gives up waiting for the request, with status 408.",
        teaches="Not every 4xx is the caller's mistake, and this one may be tried again.",
        effect=_refuse("timeout", 408),
    ),
    Fault(
        name="too-large",
        aliases=("413",),
        group="refusals",
        what="The body has too many bytes, with status 413.",
        teaches="Files and pictures count in bytes before anything counts in tokens.",
        effect=_refuse("too_large", 413),
    ),
    Fault(
        name="unprocessable",
        aliases=("422",),
        group="refusals",
        what="The JSON is fine but a field is not accepted, with status 422.",
        teaches="Compatible interfaces differ in what they accept, and the body names the field.",
        effect=_refuse("unprocessable", 422, param="temperature"),
    ),
    Fault(
        name="unknown-parameter",
        group="refusals",
        what="A parameter is refused because the provider does not know it.",
        teaches="A strict provider refuses what a lenient one drops in silence.",
        effect=_refuse("unknown_parameter", param="temperature"),
    ),
    Fault(
        name="unsupported-parameter",
        group="refusals",
        what="A parameter is refused because this model does not take it.",
        teaches="A parameter may be right for one model and an error for the next.",
        effect=_refuse("unsupported_parameter", param="temperature"),
    ),
    Fault(
        name="context-too-long",
        aliases=("context-length-exceeded",),
        group="refusals",
        what="Prompt and answer together do not fit into the model's context.",
        teaches="Tokens asked for the answer take room from the prompt.",
        effect=_refuse("context_too_long", param="messages"),
    ),
    Fault(
        name="rate-limited",
        aliases=("429",),
        group="refusals",
        what="Too many requests or tokens came within a minute, with the time to wait.",
        teaches="A rate limit passes by itself, and the provider says when.",
        effect=_refuse_for_now("rate_limited", 429),
        argument=_WAIT,
    ),
    Fault(
        name="quota-exhausted",
        aliases=("insufficient-quota",),
        group="refusals",
        what="What the account may use is used up, with the status of a rate limit.",
        teaches="Two errors share the status 429, and waiting helps against one of them only.",
        effect=_refuse("quota_exhausted"),
    ),
    Fault(
        name="request-over-limit",
        group="refusals",
        what="This one request wants more tokens than a minute allows.",
        teaches="A limit that one request exceeds by itself is never waited out.",
        effect=_refuse("request_over_limit"),
    ),
    Fault(
        name="too-many-at-once",
        group="refusals",
        what="The account has too many requests open at the same time.",
        teaches="Some providers limit what runs at once, so a queue helps and a timer does not.",
        effect=_refuse_for_now("too_many_at_once"),
        argument=_WAIT,
    ),
    Fault(
        name="no-capacity",
        # Groq, flex tier, `capacity_exceeded`: console.groq.com/docs/errors, read by 2026-11-23.
        aliases=("498",),
        group="refusals",
        what="The cheaper service tier has no room for the request, with status 498.",
        teaches="A status need not stand in the HTTP standard to be met.",
        effect=_refuse_for_now("capacity", 498),
        argument=_WAIT,
    ),
    Fault(
        name="client-closed",
        # Groq: console.groq.com/docs/errors, read by 2026-11-23.
        aliases=("499",),
        group="refusals",
        what="The provider says that the caller has cancelled the request, with status 499.",
        teaches="A proxy in between may give up before either side does.",
        effect=_refuse("client_closed", 499),
    ),
    Fault(
        name="internal-error",
        aliases=("500",),
        group="refusals",
        what="The provider fails by its own fault, with status 500.",
        teaches="A failure of the other side may be tried again, with growing pauses.",
        effect=_refuse("internal", 500),
    ),
    Fault(
        name="bad-gateway",
        aliases=("502",),
        group="refusals",
        what="A proxy before the provider answers with a page of HTML, with status 502.",
        teaches="An error's body is not always JSON, whatever was asked for.",
        effect=_refuse("bad_gateway", 502),
    ),
    Fault(
        name="unavailable",
        aliases=("503",),
        group="refusals",
        what="The provider is out of service for the moment, with the time to wait.",
        teaches="An announced wait is kept to, since a crowd that returns early keeps it down.",
        effect=_refuse_for_now("unavailable", 503),
        argument=_WAIT,
    ),
    Fault(
        name="gateway-timeout",
        aliases=("504",),
        group="refusals",
        what="A proxy before the provider has waited too long for it, with status 504.",
        teaches="Long answers are streamed, because what is silent is taken for dead.",
        effect=_refuse("gateway_timeout", 504),
    ),
    Fault(
        name="overloaded",
        # Anthropic, `overloaded_error`: docs.anthropic.com/en/api/errors, read by 2026-11-23.
        aliases=("529",),
        group="refusals",
        what="The provider has too much to do for everybody, with status 529.",
        teaches="Where everybody is refused, another provider helps and another key does not.",
        effect=_refuse_for_now("overloaded", 529),
        argument=_WAIT,
    ),
)
