"""The key and what it may do."""

from filon.diagnosis.symptom import Sign, Symptom

_CORRECT = "Correct {variable}: in the .env it counts at once, else when Filon starts again."

KEYS: tuple[Symptom, ...] = (
    Symptom(
        code="key_not_sent",
        title="{endpoint} says that no key came with the request",
        causes=(
            "{variable} is empty, or headers of the entry replace the one that carries it.",
            "A proxy on the way takes the header away.",
        ),
        fix="Look at the request's headers as sent, then run the doctor.",
        signs=(
            Sign(
                statuses=(400, 401, 403),
                words=r"(no|missing|without|didn.t provide|not provide[^.]{0,12}) [^.]{0,30}"
                r"(api[ _-]?key\b(?! (found|provided:))|authorization|authentication header)|"
                r"(x-api-key|authorization) header is required|"
                r"api[ _-]?key (is )?(missing|required)",
            ),
        ),
        retry="elsewhere",
        offers=("variable", "doctor"),
        sources=("docs.x.ai on debugging, console.groq.com/docs/errors, 2026-11",),
    ),
    Symptom(
        code="ip_not_allowed",
        title="{endpoint} does not take requests from this address",
        causes=("The key or its project has a list of addresses, and this machine is not in it.",),
        fix="Add this machine's public address to the list at the provider, or use another key.",
        signs=(
            Sign(
                statuses=(401, 403),
                words=r"\bIP\b[^\n]{0,60}(not (authorized|allowed)|allow[- ]?list|whitelist|"
                r"denied|blocked)|ip_not_authorized",
            ),
        ),
        retry="elsewhere",
        offers=("keys", "other"),
        sources=("OpenAI's guide to error codes, 2026-11",),
    ),
    Symptom(
        code="region_not_supported",
        title="{endpoint} does not serve the country that the request came from",
        causes=("This machine's public address is there, or that of its VPN or proxy.",),
        fix="Choose another endpoint, or one of this provider's in a region that it serves.",
        signs=(
            Sign(codes=("unsupported_country_region_territory",)),
            Sign(
                statuses=(400, 403, 451),
                words=r"unsupported_country|(country|region|territory|location)[^.]{0,40}"
                r"(not supported|unsupported|not available|not allowed)|"
                r"not (supported|available) in your (country|region|location)",
            ),
            Sign(statuses=(451,)),
        ),
        retry="elsewhere",
        offers=("other",),
        sources=("OpenAI's guide to error codes; ai.google.dev on available regions, 2026-11",),
    ),
    Symptom(
        code="account_suspended",
        title="{endpoint} says that the account is suspended or closed",
        causes=(
            "A bill is unpaid, or the account broke a rule.",
            "At Fireworks, a LoRA that failed to load is answered alike.",
        ),
        fix="Sign in at the provider and see what it asks for; other endpoints work meanwhile.",
        signs=(
            Sign(
                statuses=(401, 402, 403, 412, 429),
                words=r"(account|organi[sz]ation|user|team|workspace)[^.]{0,40}"
                r"(suspended|deactivated|disabled|terminated|banned|not active)|"
                r"account_deactivated|access_terminated",
            ),
            Sign(statuses=(412,)),
        ),
        retry="elsewhere",
        offers=("keys", "other"),
        sources=("docs.fireworks.ai on error codes, 2026-11",),
    ),
    Symptom(
        code="not_verified",
        title="{endpoint} wants the organisation to be verified before it gives this",
        causes=("The model, or streaming it, is open to verified organisations alone.",),
        fix="Verify it at the provider, turn streaming off, or choose another model.",
        signs=(
            Sign(
                statuses=(400, 403, 404),
                words=r"must be verified|verify (your )?organi[sz]ation|not verified",
            ),
        ),
        retry="elsewhere",
        offers=("other",),
        sources=("OpenAI's page on organization verification, as quoted in issues, 2026-11",),
    ),
    Symptom(
        code="plan_excludes_model",
        title="The plan or the key's project does not include {model}",
        causes=(
            "The model belongs to a higher tier, or must be switched on for the project first.",
        ),
        fix="Choose a model that the key may use, or upgrade at the provider.",
        signs=(
            Sign(
                statuses=(400, 401, 403),
                words=r"(not (included|available)|unavailable)[^.]{0,30}(plan|tier|subscription)|"
                r"upgrade (your )?(plan|account|subscription)|requires a (paid|pro)|"
                r"(project|team|key|account|you)[^.]{0,30} not have access to (the )?model|"
                r"model_permission_blocked|blocked at the (organization|project) level",
            ),
        ),
        retry="elsewhere",
        offers=("other", "keys"),
        sources=("Mistral, Groq and Fireworks on 403; Groq's model permissions, 2026-11",),
    ),
    Symptom(
        code="refused_by_policy",
        title="A rule of the organisation at {endpoint} forbids this",
        causes=("A gateway's or router's policy allows other providers or models only.",),
        fix="Ask for a model that the policy allows, or change the policy there.",
        signs=(
            Sign(
                statuses=(400, 403, 404),
                words=r"(provider|model)s? (is |are )?not allowed (for|by|in)|"
                r"blocked by (your )?(organization|policy)|violates? [^.]{0,20}policy of",
            ),
        ),
        retry="elsewhere",
        offers=("other",),
        sources=("librechat.ai issue 331, 2026-11",),
    ),
    Symptom(
        code="key_refused",
        title="{endpoint} refused the key",
        causes=(
            "The key is mistyped, revoked, or has blanks or quotes around it.",
            "It is a key of another provider.",
        ),
        fix=_CORRECT,
        signs=(
            Sign(codes=("invalid_api_key", "api_key_invalid")),
            Sign(
                # xAI answers a wrong key with 400, a gateway with 500.
                statuses=(400, 200, 403, 500),
                words=r"(incorrect|invalid|wrong|bad|unknown|expired)[^.]{0,20}"
                r"(api[ _-]?key|authentication)|invalid_api_key|api_key_invalid|"
                r"api key not (valid|found)|authentication fails|AuthenticationError",
            ),
            Sign(statuses=(401,)),
        ),
        retry="elsewhere",
        offers=("variable", "doctor", "keys", "other"),
        sources=("docs.x.ai on debugging; the providers' pages on errors, 2026-11",),
    ),
    Symptom(
        code="not_allowed",
        title="{endpoint} does not allow this",
        causes=(
            "The key has no right to this model, or the plan does not include it.",
            "A content rule or the region stands against it.",
        ),
        fix="Read the provider's own words; choose another model or key.",
        signs=(Sign(statuses=(403,)),),
        retry="elsewhere",
        offers=("other", "keys"),
        sources=("the providers' pages on errors, 2026-11",),
    ),
)
