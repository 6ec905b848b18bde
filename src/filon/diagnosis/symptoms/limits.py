"""Limits: of a minute, a day, of what runs at once, and of one request."""

from filon.diagnosis.symptom import Sign, Symptom

LIMITS: tuple[Symptom, ...] = (
    Symptom(
        code="upstream_limited",
        title="A host behind {endpoint} asks to slow down",
        causes=(
            "The router's own account there has reached a limit: yours has not.",
            "Only that host is busy; others offer the model too.",
        ),
        fix="Try again, let the router fall back to other hosts, or give it a key of your own for "
        "that host.",
        signs=(
            Sign(
                statuses=(429,),
                words=r"provider returned error|rate-limited upstream|upstream[^.]{0,30}"
                r"rate[- ]?limit",
            ),
        ),
        retry="wait",
        offers=("wait", "other"),
        sources=("litellm issue 8448; openrouter.ai on errors, 2026-11",),
    ),
    Symptom(
        code="gateway_cooldown",
        title="The gateway at {endpoint} keeps the model back after earlier failures",
        causes=(
            "Its deployments failed and are resting; the 429 is its own and hides the first cause.",
        ),
        fix="Look into the gateway's log for what failed first; wait for the end of its pause.",
        signs=(Sign(words=r"no deployments available|cooldown_list|cooldown_time"),),
        retry="wait",
        offers=("wait", "other"),
        sources=("litellm issue 5764, 2026-11",),
    ),
    Symptom(
        code="cdn_limited",
        title="The network before {endpoint} has blocked this address for a while",
        causes=(
            "Too many requests came from this machine's public address, whoever sent them.",
            "The provider's firewall takes this client for a robot.",
        ),
        fix="Wait some minutes; if it stays, send from another address or ask the provider.",
        signs=(
            Sign(
                statuses=(403, 429, 503),
                words=r"error( code)?:? ?(1015|1020|1010|1006|1009)\b|"
                r"sorry, you have been blocked|attention required|just a moment",
            ),
        ),
        retry="wait",
        offers=("wait", "other"),
        sources=("developers.cloudflare.com on 1xxx errors; litellm issue 8448, 2026-11",),
    ),
    Symptom(
        code="trial_key_limit",
        title="{endpoint} limits this key because it is for trying out",
        causes=("Trial and free keys may ask a few times a minute, or a fixed number a month.",),
        fix="Make a production key at the provider and put it into {variable}.",
        signs=(Sign(statuses=(401, 403, 429), words=r"trial (key|account|token)|trial_key"),),
        retry="elsewhere",
        offers=("keys", "variable", "other"),
        sources=("docs.cohere.com on rate limits, 2026-11",),
    ),
    Symptom(
        code="request_too_large",
        title="The request is larger than {endpoint} takes at once",
        causes=(
            "Prompt and max_tokens together exceed a limit per minute or per request: the whole of "
            "max_tokens counts, whatever the answer needs.",
            "A free plan has a small allowance, and waiting does not make it larger.",
        ),
        fix="Lower max_tokens or shorten the conversation.",
        signs=(
            # A limit per minute that one request exceeds by itself: no waiting helps.
            Sign(
                statuses=(413, 429),
                words=r"request too large[^\n]*(limit (?P<limit>[\d,]+),? requested "
                r"(?P<requested>[\d,]+))|must be reduced|request too large for",
            ),
            Sign(statuses=(413,)),
        ),
        retry="changed",
        offers=("lower", "shorten", "other"),
        sources=("continue issue 10218, vanna-flask issue 11; OpenAI's guide, 2026-11",),
    ),
    Symptom(
        code="body_too_large",
        title="The request has more bytes than {endpoint} takes",
        causes=(
            "Pictures and files stand in the messages as text, a third larger than they are.",
            "A proxy before it has a smaller limit than the provider.",
        ),
        fix="Send smaller pictures or fewer of them, or give their address in place of their "
        "bytes.",
        signs=(
            Sign(
                statuses=(400, 413),
                words=r"entity too large|payload too large|body (is )?too (large|big)|"
                r"request_too_large|exceeds the (maximum|max)[^.]{0,20}(size|bytes)|"
                r"maximum (request|body|allowed) size|\d+ ?MB (limit|maximum)",
            ),
        ),
        retry="changed",
        offers=("shorten", "other"),
        sources=("docs.anthropic.com on errors (32 MB, told by Cloudflare), 2026-11",),
    ),
    Symptom(
        code="too_many_at_once",
        title="Too many requests to {endpoint} run at the same time",
        causes=(
            "The account's limit is on what runs at once, and not on a minute.",
            "Others share the same key.",
        ),
        fix="Send fewer at once: `concurrent` under limits of the endpoint makes them wait in "
        "Filon.",
        signs=(
            Sign(
                statuses=(429, 503),
                words=r"concurren|at once|at the same time|parallel requests|"
                r"too many (simultaneous|in-flight|ongoing)",
            ),
        ),
        retry="wait",
        offers=("wait", "other"),
        sources=("api-docs.deepseek.com on rate limits, 2026-11",),
    ),
    Symptom(
        code="daily_limit",
        title="The day's or month's allowance at {endpoint} is used up",
        causes=(
            "The plan counts requests or tokens per day or month, beside the limit per minute.",
        ),
        fix="Wait for the day to end, or choose another endpoint or plan.",
        signs=(
            Sign(
                statuses=(429, 200, 403),
                words=r"per[ _-]?day|\((RPD|TPD|ASD)\)|PerDay|daily (limit|quota)|-per-day|"
                r"per[ _-]?month|monthly (limit|quota)|per week|weekly (limit|usage)",
            ),
        ),
        retry="elsewhere",
        offers=("wait", "other", "keys"),
        sources=("console.groq.com/docs/rate-limits; ai.google.dev; OpenRouter, 2026-11",),
    ),
    Symptom(
        code="ramp_up",
        title="Requests to {endpoint} have grown faster than it follows",
        causes=("A sudden rise is held back even where the minute's limit is not reached.",),
        fix="Send at the earlier pace for a while, then raise it gradually.",
        signs=(
            Sign(statuses=(429, 503, 200), codes=("slow_down",)),
            Sign(statuses=(429, 503, 200), words=r"acceleration limit|ramp(ing)? up"),
        ),
        retry="wait",
        offers=("wait", "other"),
        sources=("OpenAI's guide to error codes; Anthropic on acceleration limits, 2026-11",),
    ),
    Symptom(
        code="rate_limited",
        title="{endpoint} asks to slow down",
        causes=("Too many requests or tokens in this minute.", "Others share the same key."),
        fix="Wait as long as it says, then try again.",
        signs=(
            # Said before money is: at Groq and Gemini the text names billing too.
            Sign(
                statuses=(429, 200, 500, 503),
                words=r"rate[ _-]?limit|too many requests|per[ _-]?min(ute)?\b|PerMinute|"
                r"\((TPM|RPM|ITPM|OTPM)\)|throttl|try again in [\d.]+ ?m?s|"
                r"retry in [\d.]+ ?s|RateLimitError",
            ),
            Sign(statuses=(429,)),
        ),
        retry="wait",
        offers=("wait", "lower", "other"),
        sources=("aider issue 3265 (Groq's words); the providers' pages on limits, 2026-11",),
    ),
)
