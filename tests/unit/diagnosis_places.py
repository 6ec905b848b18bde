"""What triggers the signs of what is wrong at the other end: connection, limits, money, keys, and
the provider itself; and what is near them and must not."""

from tests.unit.diagnosis_row import PAGE, Row, said

CONNECTION = (
    Row("dns", "dns", "Name or service not known", "refused", "Name or service not known"),
    Row("refused", "refused", "Connect call failed", "dns", "Connect call failed"),
    Row("tls", "tls", "certificate verify failed: self-signed", "url", "self-signed"),
    Row("unreachable", "unreachable", "No route to host", "connect_timeout", "No route to host"),
    Row("connect_timeout", "connect_timeout", "Connection timeout", "unreachable", "timeout"),
    Row("proxy_refused", "proxy_refused", "refused", "refused", "the proxy refused"),
    Row("proxy_unreachable", "proxy_unreachable", "no name", "dns", "the proxy has no name"),
    Row("proxy_auth", "proxy_auth", "it asks for Basic", 407, "Proxy Authentication Required"),
    Row("proxy_denied", "proxy_denied", "answered 403", "proxy_failed", "answered 502"),
    Row("proxy_failed", "proxy_failed", "answered 502", "proxy_denied", "answered 403"),
    Row("cut", "disconnected", "Server disconnected", "broken_reply", "Server disconnected"),
    Row("cut", "payload", "the connection ended in the middle", "silent", "it ended"),
    Row("compressed", "compressed", "content-encoding br, unasked", "payload", "content-encoding"),
    Row("unsendable", "url", "there is a line break in the header x", "refused", "a line break"),
    Row("provider_timeout", "silent", "nothing for 60 s", "payload", "nothing for 60 s"),
    Row("broken_reply", "broken_reply", "the stream ended before [DONE]", "broken_reply", PAGE),
    Row("page_instead", "broken_reply", PAGE, "broken_reply", '{"id":"<html>"}'),
    Row("page_instead", 404, PAGE, 502, PAGE),
)
LIMITS = (
    Row(
        "upstream_limited",
        429,
        '{"error":{"message":"Provider returned error","code":429,"metadata":{"provider_name":'
        '"DeepInfra","raw":"error code: 1015"}}}',
        502,
        '{"error":{"message":"Provider returned error","code":502}}',
    ),
    Row(
        "gateway_cooldown",
        429,
        said("No deployments available for selected model, Try again in 60 s. cooldown_list=[x]"),
        404,
        said("The deployment for this resource does not exist"),
    ),
    Row("cdn_limited", 429, "error code: 1015", 429, "error code: 1101"),
    Row(
        "trial_key_limit",
        429,
        '{"message":"You are using a Trial key, which is limited to 40 API calls / minute."}',
        429,
        '{"message":"You are limited to 40 API calls / minute."}',
    ),
    Row(
        "request_too_large",
        413,
        said(
            "Request too large for model `x` on tokens per minute (TPM): Limit 6000, Requested "
            "14810, please reduce your message size",
            code="rate_limit_exceeded",
        ),
        429,
        said(
            "Rate limit reached for model `x` on tokens per minute (TPM): Limit 6000, Used 5000, "
            "Requested 4351. Please try again in 5.289s."
        ),
    ),
    Row("request_too_large", 413, said("Too much"), 400, said("Too much")),
    Row(
        "body_too_large",
        413,
        '{"type":"error","error":{"type":"request_too_large","message":"Request exceeds the '
        'maximum size"}}',
        413,
        said("Request too large for model"),
    ),
    Row(
        "too_many_at_once",
        429,
        said("Your account has too many concurrent requests"),
        429,
        said("Too many requests"),
    ),
    Row(
        "daily_limit",
        429,
        '{"error":{"code":429,"message":"Quota exceeded","status":"RESOURCE_EXHAUSTED","details":'
        '[{"violations":[{"quotaId":"GenerateRequestsPerDayPerProjectPerModel-FreeTier"}]}]}}',
        429,
        '{"error":{"code":429,"message":"Quota exceeded","status":"RESOURCE_EXHAUSTED","details":'
        '[{"violations":[{"quotaId":"GenerateRequestsPerMinutePerProjectPerModel"}]}]}}',
    ),
    Row(
        "ramp_up",
        429,
        said("Your usage exceeds the acceleration limit of your organization"),
        429,
        said("Slow down"),
    ),
    Row("ramp_up", 503, said("Slow down", code="slow_down"), 503, said("Down", code="down")),
    Row(
        # Groq's text ends with a link to its page on billing, and no money is missing.
        "rate_limited",
        429,
        said(
            "Rate limit reached for model `x` in organization `o` on tokens per minute (TPM): "
            "Limit 15000, Used 11972, Requested 4351. Please try again in 5.289s. Need more "
            "tokens? Upgrade to Dev Tier and add billing: https://console.groq.com/billing",
            type="tokens",
            code="rate_limit_exceeded",
        ),
        429,
        said(
            "You exceeded your current quota, please check your plan and billing details.",
            code="insufficient_quota",
        ),
    ),
    Row("rate_limited", 429, "", 420, ""),
)
MONEY = (
    Row(
        "in_flight_budget",
        402,
        '{"error":{"message":"Too much","code":402,"metadata":{"error_type":'
        '"openrouter_in_flight_budget"}}}',
        402,
        '{"error":{"message":"Too much","code":402}}',
    ),
    Row(
        "max_tokens_unaffordable",
        402,
        said(
            "This request requires more credits, or fewer max_tokens. You requested up to 64000 "
            "tokens, but can only afford 1200."
        ),
        402,
        said("Insufficient credits."),
    ),
    Row(
        "spend_cap",
        400,
        said(
            "You have reached your specified API usage limits. You will regain access on "
            "2026-12-01 at 00:00 UTC.",
            type="invalid_request_error",
        ),
        400,
        said("You have reached the end of the messages."),
    ),
    Row(
        "quota_exhausted",
        429,
        said("You exceeded your quota", type="insufficient_quota", code="insufficient_quota"),
        429,
        said("You exceeded your rate limit"),
    ),
    Row(
        "quota_exhausted",
        400,
        said("Your credit balance is too low to access the Anthropic API."),
        400,
        said("Your balance of roles is wrong."),
    ),
    Row("quota_exhausted", 402, said("Payment"), 403, said("Payment")),
)
KEYS = (
    Row(
        "key_not_sent",
        401,
        said("You didn't provide an API key."),
        401,
        said("Incorrect API key provided: sk-…abcd"),
    ),
    Row(
        "ip_not_allowed",
        401,
        said("Your IP 203.0.113.9 is not authorized to access this project"),
        401,
        said("Your key is not authorized"),
    ),
    Row(
        "region_not_supported",
        403,
        said("Denied", code="unsupported_country_region_territory"),
        403,
        said("Denied", code="unsupported"),
    ),
    Row(
        "region_not_supported",
        400,
        said("User location is not supported for the API use."),
        400,
        said("The parameter location is not supported here: logprobs", param="logprobs").replace(
            "location is", "loc is"
        ),
    ),
    Row("region_not_supported", 451, "", 450, ""),
    Row(
        "account_suspended",
        403,
        said("Your account has been suspended"),
        403,
        said("Your request has been rejected"),
    ),
    Row("account_suspended", 412, "", 411, ""),
    Row(
        "not_verified",
        400,
        said("Your organization must be verified to stream this model.", code="unsupported_value"),
        400,
        said("Unsupported value: 'stream'", code="unsupported_value"),
    ),
    Row(
        "plan_excludes_model",
        403,
        said("This model is not available on your plan. Upgrade to use it."),
        403,
        said("This is not available."),
    ),
    Row(
        "refused_by_policy",
        400,
        said("Provider not allowed for organization"),
        400,
        said("Organization not given"),
    ),
    Row(
        "key_refused",
        400,
        said("No", code="invalid_api_key"),
        400,
        said("No", code="invalid_value"),
    ),
    Row(
        # xAI answers a wrong key with 400.
        "key_refused",
        400,
        '{"code":"Client specified an invalid argument","error":"Incorrect API key provided: xa"}',
        400,
        '{"code":"Client specified an invalid argument","error":"Incorrect role provided"}',
    ),
    Row("key_refused", 401, said("Unauthorized"), 403, said("Unauthorized")),
    Row("not_allowed", 403, said("Forbidden"), 404, said("Forbidden")),
)
PROVIDER = (
    Row(
        "queue_full",
        503,
        '{"error":"server busy, please try again.  maximum pending requests exceeded"}',
        503,
        '{"error":"server down"}',
    ),
    Row("model_loading", 503, said("Loading model"), 503, said("Downloading")),
    Row(
        "out_of_memory",
        500,
        '{"error":"model requires more system memory (9.1 GiB) than is available (3.2 GiB)"}',
        500,
        '{"error":"the model has no memory of this"}',
    ),
    Row(
        "model_crashed",
        500,
        '{"error":"llama runner process has terminated: exit status 2"}',
        500,
        '{"error":"the process has ended"}',
    ),
    Row(
        "tier_full",
        429,
        said("Full", code="capacity_exceeded"),
        429,
        said("Full", code="capacity"),
    ),
    Row("tier_full", 498, "", 497, ""),
    Row(
        "resources_ran_out",
        200,
        said("It ended", code="insufficient_system_resource"),
        200,
        said("It ended", code="system"),
    ),
    Row(
        "no_host_by_policy",
        404,
        said("No endpoints found matching your data policy (Paid model training)."),
        404,
        said("No endpoints found for x/y."),
    ),
    Row(
        "no_host_left",
        503,
        said("There is no available model provider that meets your routing requirements"),
        503,
        said("There is no provider"),
    ),
    Row("mcp_failed", 424, said("Failed dependency"), 425, said("Failed dependency")),
    Row(
        "mcp_failed",
        400,
        said("Error retrieving tool list from MCP server: authentication failed"),
        400,
        said("Error retrieving tool list"),
    ),
    Row("origin_down", 523, "", 524, ""),
    Row(
        "gave_up_waiting",
        500,
        said("Request timed out", type="timeout_error"),
        500,
        said("Request failed"),
    ),
    Row("gave_up_waiting", 504, "upstream", 500, "upstream"),
    Row(
        "overloaded",
        200,
        '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}',
        200,
        '{"type":"error","error":{"type":"api_error","message":"Overwritten"}}',
    ),
    Row(
        "overloaded",
        429,
        said("Engine is busy, please wait"),
        429,
        said("Please wait"),
    ),
    Row("overloaded", 529, "", 528, ""),
)
