"""The provider, or something before it, fails or has too much to do."""

from filon.diagnosis.symptom import Sign, Symptom

PROVIDER: tuple[Symptom, ...] = (
    Symptom(
        code="queue_full",
        title="The queue of {endpoint} is full",
        causes=("The server answers few requests at once and has as many waiting as it allows.",),
        fix="Wait a little; at Ollama OLLAMA_NUM_PARALLEL and OLLAMA_MAX_QUEUE raise both.",
        signs=(
            Sign(
                statuses=(429, 500, 503),
                words=r"maximum pending requests|server busy, please try again|queue is full|"
                r"queue (is )?at capacity",
            ),
        ),
        retry="wait",
        offers=("wait", "other"),
        sources=("ollama's server/sched.go, 2026-11",),
    ),
    Symptom(
        code="model_loading",
        title="{endpoint} is still loading {model}",
        causes=("The server has just started, or the model was not in memory.",),
        fix="Try again in a moment; large models take a minute.",
        signs=(
            Sign(
                statuses=(500, 502, 503),
                words=r"loading (the )?model|model (is )?(currently |still )?(being )?load|"
                r"model is not ready|warming up",
            ),
        ),
        retry="wait",
        offers=("wait", "other"),
        sources=("llama.cpp's server; Hugging Face's inference, as quoted in issues, 2026-11",),
    ),
    Symptom(
        code="out_of_memory",
        title="{endpoint} has not enough memory for this",
        causes=(
            "The model, or the context that the request needs, does not fit beside what is loaded.",
        ),
        fix="Choose a smaller model or quantisation, lower the context, or unload other models.",
        signs=(
            Sign(
                statuses=(400, 500, 503, 200),
                words=r"out of memory|requires more (system )?memory|CUDA error|"
                r"unable to allocate|insufficient memory|cudaMalloc",
            ),
        ),
        retry="changed",
        offers=("shorten", "other"),
        sources=("ollama's llm/server.go, 2026-11",),
    ),
    Symptom(
        code="model_crashed",
        title="The process that runs {model} at {endpoint} has died",
        causes=(
            "It ran out of memory, or met a fault in its driver.",
            "The model's file is damaged, or too new for the program.",
        ),
        fix="Read the server's own log, update it, and pull the model again.",
        signs=(
            Sign(
                statuses=(500, 502),
                words=r"(runner|model)[^.]{0,30}(has terminated|crashed|exited|unexpectedly)|"
                r"llama runner|EngineDeadError|engine (is )?dead",
            ),
        ),
        retry="wait",
        offers=("doctor", "other"),
        sources=("ollama's llm/server.go; vllm's engine errors, 2026-11",),
    ),
    Symptom(
        code="tier_full",
        title="The service tier at {endpoint} has no room for the request",
        causes=("Cheaper tiers (flex) give way when the provider is busy.",),
        fix="Try again after a pause, or ask for another service_tier.",
        signs=(
            Sign(words=r"capacity_exceeded|flex (tier|capacity|processing)[^.]{0,40}"),
            Sign(statuses=(498,)),
        ),
        retry="wait",
        offers=("wait", "without", "other"),
        sources=("console.groq.com/docs/flex-processing, 2026-11",),
    ),
    Symptom(
        code="resources_ran_out",
        title="{endpoint} broke the answer off because it ran short of machines",
        causes=(
            "Its inference was interrupted under load; the part that came is no whole answer.",
        ),
        fix="Try again, or choose another endpoint.",
        signs=(Sign(words=r"insufficient_system_resource"),),
        retry="wait",
        offers=("wait", "other"),
        sources=("api-docs.deepseek.com on chat completions, 2026-11",),
    ),
    Symptom(
        code="no_host_by_policy",
        title="No host behind {endpoint} may take this, by the account's privacy settings",
        causes=("The data policy or a guardrail of the account leaves no host for {model}.",),
        fix="Relax the policy at openrouter.ai/settings/privacy, or choose another model.",
        signs=(
            Sign(
                statuses=(404, 403, 503),
                words=r"(no endpoints|no allowed providers)[^\n]*"
                r"(data policy|guardrail|privacy|zdr)",
            ),
        ),
        retry="changed",
        offers=("other", "keys"),
        sources=("kilocode issue 9006, 2026-11",),
    ),
    Symptom(
        code="no_host_left",
        title="No host behind {endpoint} meets the request's conditions",
        causes=(
            "provider.only, provider.order or require_parameters exclude every host of {model}.",
            "The model has no host at this moment.",
        ),
        fix="Relax the conditions under provider, or choose a model with more hosts.",
        signs=(
            Sign(
                statuses=(404, 503, 400),
                words=r"routing requirements|no endpoints found(?! (that support|for))|"
                r"no allowed providers|no available model provider|"
                r"no endpoints found that support (?!tool|image|input)",
            ),
        ),
        retry="changed",
        offers=("without", "other"),
        sources=("openrouter.ai/docs on provider routing; truefoundry, 2026-11",),
    ),
    Symptom(
        code="mcp_failed",
        title="{endpoint} could not use a tool server that the request names",
        causes=("The remote MCP server refused the sign-in, or cannot be reached from there.",),
        fix="Check the address and the key of that server; the provider calls it, not Filon.",
        signs=(
            Sign(statuses=(400, 424), words=r"\bmcp\b[^.]{0,60}(fail|error|auth|unreachable)"),
            Sign(statuses=(424,)),
        ),
        retry="changed",
        offers=("without",),
        sources=("console.groq.com/docs/errors, 2026-11",),
    ),
    Symptom(
        code="origin_down",
        title="The network before {endpoint} cannot reach the provider's servers",
        causes=("The provider is down, or changes its set-up at this moment.",),
        fix="Look at the provider's status page, then try again or choose another endpoint.",
        # Cloudflare's own: the server behind it is off, unreachable, or has a bad certificate.
        signs=(Sign(statuses=(521, 523, 525, 526, 530)),),
        retry="wait",
        offers=("status", "other"),
        sources=("developers.cloudflare.com on 5xx errors, 2026-11",),
    ),
    Symptom(
        code="gave_up_waiting",
        title="{endpoint} or a proxy before it gave up waiting",
        causes=(
            "The answer took longer than they wait: it is long, and was not streamed.",
            "The request arrived too slowly, or the provider is overloaded.",
        ),
        fix="Try again; if it happens twice, stream the answer or lower max_tokens.",
        signs=(
            Sign(
                statuses=(500, 503, 200),
                words=r"timeout_error|(upstream|gateway|request) time[d ]?[- ]?out|"
                r"deadline[ _]exceeded",
            ),
            # 499: the proxy's own client left, which is not our caller.
            Sign(statuses=(408, 499, 504, 524)),
        ),
        retry="wait",
        offers=("lower", "other"),
        sources=("the pages on errors of Anthropic, Fireworks, Groq and Mistral, 2026-11",),
    ),
    Symptom(
        code="overloaded",
        title="{endpoint} is overloaded or failing",
        causes=("The provider has a fault or too much to do.",),
        fix="Try again in a moment, or choose another endpoint.",
        signs=(
            Sign(statuses=(200,), words=r"overload|capacity|unavailable|busy|try again later"),
            Sign(
                statuses=(400, 429),
                words=r"overload|over capacity|at capacity|no capacity|engine is busy",
            ),
            Sign(statuses=(500, 502, 503, 520, 522, 529)),
        ),
        retry="wait",
        offers=("wait", "status", "other"),
        sources=("the providers' pages on errors, 2026-11",),
    ),
)
