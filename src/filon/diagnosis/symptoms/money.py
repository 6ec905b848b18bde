"""Balances, budgets and caps."""

from filon.diagnosis.symptom import Sign, Symptom

MONEY: tuple[Symptom, ...] = (
    Symptom(
        code="in_flight_budget",
        title="Too much is being paid for at {endpoint} at this moment",
        causes=("Several costly requests run at once, and their reserves exceed the balance.",),
        fix="Wait as long as it says, send fewer at once, or lower max_tokens.",
        signs=(Sign(statuses=(402, 429), words=r"in[_ -]flight[_ -]budget"),),
        retry="wait",
        offers=("wait", "lower"),
        sources=("openrouter.ai/docs/api/reference/errors-and-debugging, 2026-11-27",),
    ),
    Symptom(
        code="max_tokens_unaffordable",
        title="The balance at {endpoint} does not cover an answer of max_tokens",
        causes=(
            "The provider reserves the price of the longest answer that the request allows.",
            "The balance is nearly used up.",
        ),
        fix="Lower max_tokens, or add credit.",
        signs=(
            Sign(
                statuses=(402, 400, 403, 429),
                words=r"can only afford (?P<afford>[\d,]+)|fewer max_tokens|"
                r"more credits, or fewer",
            ),
        ),
        retry="changed",
        offers=("lower", "keys", "other"),
        sources=("OpenRouter's refusals as quoted in issues, 2026-11",),
    ),
    Symptom(
        code="spend_cap",
        title="A spending limit that was set at {endpoint} is reached",
        causes=(
            "The organisation, the workspace or the key has a cap of its own, whatever the "
            "balance.",
        ),
        fix="Raise the cap at the provider, wait for the date that it names, or choose another "
        "endpoint.",
        signs=(
            Sign(
                statuses=(400, 402, 403, 429, 200),
                words=r"specified API usage limits|regain access on|maximum billing|"
                r"spend(ing)?[_ ](limit|cap)|hard[_ ]limit|budget (has been |is )?exceeded|"
                r"key limit exceeded|ExceededBudget|monthly (usage|spend)",
            ),
        ),
        retry="elsewhere",
        offers=("other", "keys"),
        sources=("litellm issue 37599; docs.cohere.com on errors, 2026-11",),
    ),
    Symptom(
        code="quota_exhausted",
        title="{endpoint} says that the account has no credit left",
        causes=(
            "The prepaid balance or the monthly budget is used up.",
            "The card was declined, or no way to pay is stored.",
        ),
        fix="Add credit at the provider or choose another endpoint; trying again does not help.",
        signs=(
            Sign(codes=("insufficient_quota", "credit_balance_exhausted")),
            Sign(
                statuses=(402, 429, 400, 403, 200, 500),
                words=r"insufficient[_ ](quota|balance|credit|funds|user quota)|credit_balance|"
                r"credit balance|billing|usage limits|payment (method|required)|"
                r"all available credits|no credits|out of credits|exceeded your current quota",
            ),
            Sign(statuses=(402,)),
        ),
        retry="elsewhere",
        offers=("other", "keys"),
        sources=("the pages on errors of OpenAI, DeepSeek, Gemini, Cohere, OpenRouter, 2026-11",),
    ),
)
