"""What kind of failure a Problem is, and so what may help against it: waiting, another key,
another target, or nothing. Pure; the retries and the breakers read the same."""

import re
from typing import Literal

from filon.conversation.errors import Problem

# request: the request itself, or our own fault. The same request fails anywhere
# target:  this model or endpoint cannot serve it, and another may
# key:     the key is refused
# credit:  the key's account has no money
# right:   the key may not do this one thing
# pace:    too many requests; it says, or does not say, when there is more
# silence: connected, and nothing comes
# passing: a fault that may be over in a moment
# lasting: a fault of the endpoint that will be there in a moment too, as far as anyone can say
Kind = Literal[
    "request", "target", "key", "credit", "right", "pace", "silence", "passing", "lasting"
]

# Codes of diagnosis/catalogue.py and our own, where they say more than the status: providers give
# one status to several things, such as 429 to an empty account and 400 to a wrong key.
_BY_CODE: dict[str, Kind] = {
    "key_refused": "key",
    "key_not_sent": "key",
    "ip_not_allowed": "key",
    "account_suspended": "key",
    "trial_key_limit": "key",
    "quota_exhausted": "credit",
    "spend_cap": "credit",
    "daily_limit": "credit",
    "max_tokens_unaffordable": "target",
    "not_verified": "right",
    "plan_excludes_model": "right",
    "refused_by_policy": "right",
    "region_not_supported": "target",
    "rate_limited": "pace",
    "upstream_limited": "pace",
    "cdn_limited": "pace",
    "gateway_cooldown": "pace",
    "too_many_at_once": "pace",
    "in_flight_budget": "pace",
    "ramp_up": "pace",
    "context_too_long": "target",
    "request_too_large": "target",
    "body_too_large": "target",
    "model_not_found": "target",
    "model_not_pulled": "target",
    "model_retired": "target",
    "model_kind": "target",
    "tools_not_supported": "target",
    "thinking_not_supported": "target",
    "images_not_supported": "target",
    "format_not_supported": "target",
    "no_host_left": "target",
    "no_host_by_policy": "target",
    "out_of_memory": "target",
    "content_refused": "request",
    "larger_than_endpoint_limit": "target",
    "parameter_refused": "request",
    "provider_timeout": "silence",
    "parameter_renamed": "request",
    "parameter_value": "request",
    "overloaded": "passing",
    "queue_full": "passing",
    "tier_full": "passing",
    "model_loading": "passing",
    "model_crashed": "passing",
    "resources_ran_out": "passing",
    "origin_down": "passing",
    "gave_up_waiting": "passing",
    "generation_failed": "passing",
    "broken_reply": "passing",
    "page_instead": "lasting",
    "tls": "lasting",
    "proxy_auth": "lasting",
    "proxy_denied": "lasting",
    "compressed": "lasting",
    "unsendable": "lasting",
}
_BY_STATUS: dict[int, Kind] = {
    401: "key",
    402: "credit",
    403: "right",
    404: "target",
    405: "target",
    407: "lasting",
    408: "passing",
    # A lock that was not had in time; OpenAI's own client tries again (openai-python 3.54,
    # _base_client.py, read 2026-11-27).
    409: "passing",
    410: "target",
    425: "passing",
    429: "pace",
    499: "passing",
    501: "lasting",
    505: "lasting",
}
# A refusal of what was said and no matter of the key, though some answer it with 403:
# openrouter.ai/docs/errors, read 2026-11-27. Asking elsewhere would evade the provider's rule.
_OF_CONTENT = re.compile(
    r"content[ _-]?(filter|policy|management)|moderation|\bflagged\b", re.IGNORECASE
)


def kind_of(problem: Problem) -> Kind:
    """The kind of a failure."""
    kind = _BY_CODE.get(problem.code) or _by_status(problem.provider_status)
    if kind is None:
        kind = _by_blame(problem)
    if kind in ("right", "lasting") and _is_of_content(problem):
        return "request"
    # An empty account does not fill at a time that anyone could name. Gemini and Groq speak of
    # quota and billing when a minute's limit is reached, and OpenRouter's 402 has retry-after when
    # too much is running (openrouter.ai/docs/api/reference/errors-and-debugging, 2026-11-27).
    if kind == "credit" and problem.retry_after is not None:
        return "pace"
    return kind


def _by_status(status: int | None) -> Kind | None:
    if status is None:
        return None
    if status < 400:
        return "lasting"
    return _BY_STATUS.get(status, "request" if status < 500 else "passing")


def _by_blame(problem: Problem) -> Kind:
    """The kind where no status tells it: nothing was sent, or the reply began well."""
    if problem.blame in ("caller", "filon"):
        return "request"
    if problem.blame == "network":
        return "passing"
    return "lasting"


def _is_of_content(problem: Problem) -> bool:
    return bool(_OF_CONTENT.search(f"{problem.code} {problem.provider_body or problem.message}"))
