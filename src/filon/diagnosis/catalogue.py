"""What failures look like, as data: the first entry that matches is the diagnosis.

The patterns restate what the providers' public documents and bug reports said in 2026; each fits
several providers on purpose. `{endpoint}`, `{variable}`, `{model}` and `{url}` are filled in.
"""

from msgspec import Struct
from msgspec.structs import replace


class Symptom(Struct, frozen=True, kw_only=True):
    """One way to fail. `statuses` empty means any; `pattern` is searched in the body, ignoring
    case; `kind` is how it failed where no status tells it: the kind of an `HttpFailure`, "silent"
    or "broken_reply". A status of 200 is that of an error inside a reply."""

    code: str
    title: str
    causes: tuple[str, ...]
    fix: str
    statuses: tuple[int, ...] = ()
    pattern: str = ""
    kind: str = ""


_NO_MONEY = Symptom(
    code="quota_exhausted",
    title="{endpoint} says that the account has no credit left",
    causes=("The prepaid balance or the monthly budget is used up.",),
    fix="Add credit at the provider or choose another endpoint; trying again does not help.",
    statuses=(402, 429, 400, 403, 200),
    pattern=r"insufficient[_ ](quota|balance|credit|funds)|credit_balance|billing|usage limits|"
    r"spend(ing)?[_ ]limit|all available credits",
)
_TOO_LARGE = Symptom(
    code="request_too_large",
    title="The request is larger than {endpoint} takes at once",
    causes=("Prompt and max_tokens together exceed a limit per minute or per request.",),
    fix="Lower max_tokens or shorten the conversation.",
    statuses=(413,),
)
_SLOW_DOWN = Symptom(
    code="rate_limited",
    title="{endpoint} asks to slow down",
    causes=("Too many requests or tokens in this minute.", "Others share the same key."),
    fix="Wait as long as it says, then try again.",
    statuses=(429,),
)
_OVERLOADED = Symptom(
    code="overloaded",
    title="{endpoint} is overloaded or failing",
    causes=("The provider has a fault or too much to do.",),
    fix="Try again in a moment, or choose another endpoint.",
    # 498: a service tier without room, console.groq.com/docs/errors, read by 2026-11-23.
    statuses=(498, 500, 502, 503, 520, 522, 529),
)

SYMPTOMS: tuple[Symptom, ...] = (
    Symptom(
        code="dns",
        title="The name in {url} has no address",
        causes=("The address is mistyped.", "This machine has no working name service."),
        fix="Check baseURL of {endpoint}.",
        kind="dns",
    ),
    Symptom(
        code="refused",
        title="Nothing listens at {url}",
        causes=(
            "The server is not running.",
            "It listens on another port, or only inside a container.",
        ),
        fix="Start the server, or correct baseURL of {endpoint}. From a container, the host is "
        "host.docker.internal, not localhost.",
        kind="refused",
    ),
    Symptom(
        code="tls",
        title="No secure connection to {url}",
        causes=(
            "The certificate is not trusted here, has expired, or is for another name.",
            "The server speaks plain http.",
        ),
        fix="Check that baseURL of {endpoint} begins with the right http or https.",
        kind="tls",
    ),
    Symptom(
        code="unreachable",
        title="{url} cannot be reached",
        causes=("A firewall or a missing route.", "The network is down."),
        fix="Try the address from this machine with curl.",
        kind="unreachable",
    ),
    Symptom(
        code="connect_timeout",
        title="{url} did not accept the connection in time",
        causes=("A firewall drops packets silently.", "The server is overloaded."),
        fix="Try the address from this machine with curl.",
        kind="connect_timeout",
    ),
    Symptom(
        code="cut",
        title="{endpoint} ended the connection before its reply was complete",
        causes=(
            "The provider or a proxy on the way closed it: an idle timeout, a restart, overload.",
        ),
        fix="Try again; the part that came is kept.",
        kind="disconnected",
    ),
    Symptom(
        code="cut",
        title="{endpoint} ended the connection before its reply was complete",
        causes=("The connection was lost on the way, or the provider gave up.",),
        fix="Try again; the part that came is kept.",
        kind="payload",
    ),
    Symptom(
        code="compressed",
        title="{endpoint} sent a compressed reply that cannot be unpacked",
        causes=(
            "A proxy on the way compresses what passes, although that was not asked for.",
            "The header content-encoding does not say what the bytes are.",
        ),
        fix="Turn compression off in the proxy before {endpoint}, or choose another endpoint.",
        kind="compressed",
    ),
    Symptom(
        code="unsendable",
        title="The request to {endpoint} cannot be written, and was not sent",
        causes=(
            "Its address holds a user, a password, or letters that no address can have.",
            "A header holds a line break, or a length that only the body can tell.",
        ),
        fix="Correct baseURL or headers of {endpoint}; the evidence says which, and what is wrong.",
        kind="url",
    ),
    Symptom(
        code="provider_timeout",
        title="{endpoint} has sent nothing for {seconds} s",
        causes=("The provider is overloaded or stuck.",),
        fix="Try again, or choose another endpoint.",
        kind="silent",
    ),
    Symptom(
        code="broken_reply",
        title="{endpoint} sent a reply that ends too early or cannot be read",
        causes=(
            "The provider or a proxy on the way gave up in the middle.",
            "baseURL leads to a website, and not to an API.",
        ),
        fix="Try again; if it comes each time, check baseURL of {endpoint}.",
        kind="broken_reply",
    ),
    _NO_MONEY,
    replace(_NO_MONEY, statuses=(402,), pattern=""),
    Symptom(
        code="key_refused",
        title="{endpoint} refused the key",
        causes=(
            "The key is mistyped, revoked, or has blanks or quotes around it.",
            "It is a key of another provider.",
        ),
        fix="Correct {variable}: in the .env it counts at once, else when Filon starts again.",
        statuses=(401,),
    ),
    Symptom(
        code="key_refused",
        title="{endpoint} refused the key",
        causes=("The key is mistyped or revoked.",),
        fix="Correct {variable}: in the .env it counts at once, else when Filon starts again.",
        statuses=(400, 200),
        pattern=r"(incorrect|invalid|wrong)[^.]{0,20}api[ _-]?key",
    ),
    Symptom(
        code="not_allowed",
        title="{endpoint} does not allow this",
        causes=(
            "The key has no right to this model, or the plan does not include it.",
            "A content rule or the region stands against it.",
        ),
        fix="Read the provider's own words; choose another model or key.",
        statuses=(403,),
    ),
    Symptom(
        code="context_too_long",
        title="The messages are too long for {model}",
        causes=("The conversation with max_tokens is larger than the model's context.",),
        fix="Shorten the conversation, lower max_tokens, or choose a model with more context.",
        statuses=(400, 413, 422, 200),
        pattern=r"context[_ ]length|maximum context|maximum prompt|prompt is too long|context size|"
        r"too many tokens",
    ),
    Symptom(
        code="parameter_refused",
        title="{endpoint} refused a parameter",
        causes=("This model or provider does not know the field, or not this value of it.",),
        fix="Add the field to dropParams of {endpoint}, or do not send it.",
        statuses=(400, 422, 200),
        pattern=r"extra_forbidden|unsupported (parameter|value)|unrecognized|not supported|"
        r"is unsupported|not support (the )?parameter|unknown (field|parameter|name)|not permitted",
    ),
    Symptom(
        code="model_not_found",
        title="{endpoint} has no model {model}",
        causes=(
            "The id is mistyped, retired, or not open to this key.",
            "The path is wrong: /v1 is missing or stands twice in baseURL.",
        ),
        fix="Load the models of {endpoint} and choose one of them.",
        statuses=(404,),
        pattern=r"model|endpoints|deployment|engine",
    ),
    Symptom(
        code="path_not_found",
        title="{endpoint} has nothing at {url}",
        causes=(
            "The path is wrong: /v1 is missing or stands twice in baseURL.",
            "The model is unknown there, and the reply does not say so.",
        ),
        fix="Compare baseURL of {endpoint} with the provider's documentation.",
        statuses=(404,),
    ),
    _TOO_LARGE,
    # A limit per minute that one request exceeds by itself: no waiting helps.
    replace(_TOO_LARGE, statuses=(429,), pattern=r"request too large|must be reduced"),
    _SLOW_DOWN,
    replace(_SLOW_DOWN, statuses=(200,), pattern=r"rate[ _-]?limit|too many requests"),
    Symptom(
        code="redirected",
        title="{endpoint} answered with a redirect, which is not followed",
        causes=("baseURL lacks /v1, or has http where https is meant.",),
        fix="Set baseURL to the address it points to, if you trust it.",
        statuses=(301, 302, 303, 307, 308),
    ),
    Symptom(
        code="gave_up_waiting",
        title="{endpoint} or a proxy before it gave up waiting",
        causes=(
            "The answer took longer than they wait: it is long, and was not streamed.",
            "The request arrived too slowly, or the provider is overloaded.",
        ),
        fix="Try again; if it happens twice, stream the answer or lower max_tokens.",
        # 499: the proxy's own client left, which is not our caller.
        statuses=(408, 499, 504, 524),
    ),
    _OVERLOADED,
    replace(
        _OVERLOADED,
        statuses=(200,),
        pattern=r"overload|capacity|unavailable|busy|insufficient_system_resource",
    ),
    Symptom(
        code="error_in_reply",
        title="{endpoint} told an error inside a reply with status 200",
        causes=(
            "The status was sent before the failure happened.",
            "A router passes on the error of a host behind it.",
        ),
        fix="Read the provider's own words; try again, or choose another endpoint.",
        statuses=(200,),
    ),
    Symptom(
        code="request_refused",
        title="{endpoint} refused the request",
        causes=("The provider's own words say why.",),
        fix="Compare the request as sent with the provider's documentation.",
        statuses=(400, 402, 405, 409, 415, 422),
    ),
)
