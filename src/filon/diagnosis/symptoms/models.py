"""The model that was asked for, what it can do, and the address it was asked at."""

from filon.diagnosis.symptom import Sign, Symptom

MODELS: tuple[Symptom, ...] = (
    Symptom(
        code="model_retired",
        title="{model} is no longer offered by {endpoint}",
        causes=("The provider has switched the model off, and names what replaces it.",),
        fix="Choose its successor; the provider's page on deprecations says which.",
        signs=(
            Sign(codes=("model_decommissioned",)),
            Sign(
                statuses=(400, 404, 410, 422),
                words=r"decommission|model[^.]{0,60}(has been|is|was) (retired|deprecated|removed|"
                r"shut ?down|discontinued|sunset)|model[^.]{0,60}no longer (available|supported|"
                r"offered)|reached (its )?end[ -]of[ -]life",
            ),
            Sign(statuses=(410,)),
        ),
        retry="changed",
        offers=("model", "docs", "other"),
        sources=("console.groq.com/docs/deprecations; sqlmap-ai issue 3, 2026-11",),
    ),
    Symptom(
        code="model_not_pulled",
        title="{endpoint} has not pulled {model} yet",
        causes=("Its name or its tag is mistyped.", "It was never pulled, or was deleted."),
        fix="Pull it under Endpoints, or with `ollama pull`, and send it again.",
        signs=(Sign(statuses=(400, 404), words=r"try pulling it|not found, pull"),),
        retry="changed",
        offers=("model", "doctor"),
        sources=("ollama's server/routes.go, 2026-11",),
    ),
    Symptom(
        code="model_kind",
        title="{model} is no model to chat with",
        causes=(
            "It makes embeddings, pictures or speech, or completes text without a conversation.",
        ),
        fix="Choose a chat model of {endpoint}.",
        signs=(
            Sign(
                statuses=(400, 404, 422),
                words=r"not a chat model|not support chat|not supported in the v1/chat|"
                r"only supported in v1/|is (an? )?(embedding|rerank|speech|image)[^.]{0,10} model|"
                r"does not (support|have) (a )?chat",
            ),
        ),
        retry="changed",
        offers=("model", "other"),
        sources=("OpenAI's words as quoted in issues; ollama's server/routes.go, 2026-11",),
    ),
    Symptom(
        code="tools_not_supported",
        title="{model} cannot call tools at {endpoint}",
        causes=("The model, its template, or every host of it lacks tool calling.",),
        fix="Choose a model with tools, or send the request without them.",
        signs=(
            Sign(
                statuses=(400, 404, 422),
                words=r"not support (tools|tool use|tool calling|function call)|"
                r"support tool use|(tools?|function calling|tool_choice|tool use)[\"'` ]+"
                r"(is|are) not (supported|enabled)|tool-call-parser",
            ),
        ),
        retry="changed",
        offers=("without", "drop", "other"),
        sources=("ollama's server/routes.go; OpenRouter; vllm's docs, 2026-11",),
    ),
    Symptom(
        code="thinking_not_supported",
        title="{model} does not think, and was asked to",
        causes=("Thinking is an ability of some models; the field is an error for others.",),
        fix="Send it without the field, or choose a model that thinks.",
        signs=(
            Sign(
                statuses=(400, 422),
                words=r"not support (thinking|reasoning)\b|"
                r"(thinking|reasoning) is not supported",
            ),
        ),
        retry="changed",
        offers=("without", "drop", "other"),
        sources=("ollama's server/routes.go, 2026-11",),
    ),
    Symptom(
        code="images_not_supported",
        title="{model} does not take pictures",
        causes=(
            "The model reads text alone, or the server runs it without its part for pictures.",
        ),
        fix="Choose a model that sees, or leave the pictures out.",
        signs=(
            Sign(
                words=r"not (a )?multimodal|not support (image|vision|multimodal|pictures)|"
                r"image(_url| input|s)?[^.]{0,30} (is|are) (not supported|unsupported|only "
                r"supported)|support image input|mmproj|unknown variant `image_url`",
            ),
        ),
        retry="changed",
        offers=("shorten", "other"),
        sources=("litellm pull request 32237; llama.cpp's server; DeepSeek, 2026-11",),
    ),
    Symptom(
        code="format_not_supported",
        title="{model} does not take this response_format",
        causes=(
            "Schemas need more than JSON mode does; some models and hosts have one or neither.",
        ),
        fix="Ask for the type json_object and describe the form in words, or choose another model.",
        signs=(
            Sign(
                statuses=(400, 404, 422),
                words=r"response_format[^\n]{0,60}(unavailable|not (supported|support|available))|"
                r"(not support|unsupported)[^.]{0,30}(response_format|response format|json_schema|"
                r"json mode|structured output)|json_schema[^.]{0,30} not supported",
            ),
        ),
        retry="changed",
        offers=("without", "other"),
        sources=("DeepSeek's and Groq's refusals as quoted in issues, 2026-11",),
    ),
    Symptom(
        code="api_version",
        title="{endpoint} does not know this version of its API",
        causes=("api-version is too old for the model or the feature, or mistyped.",),
        fix="Set a newer version in the entry of {endpoint}.",
        signs=(
            Sign(
                statuses=(400, 404),
                words=r"api[- _]?version[^.]{0,40}(not supported|unsupported|invalid|required|"
                r"or later)|anthropic-version",
            ),
        ),
        retry="changed",
        offers=("doctor", "docs"),
        sources=("Azure OpenAI's and Anthropic's pages on versions, 2026-11",),
    ),
    Symptom(
        code="model_not_found",
        title="{endpoint} has no model {model}",
        causes=(
            "The id is mistyped, retired, or not open to this key.",
            "The path is wrong: /v1 is missing or stands twice in baseURL.",
        ),
        fix="Load the models of {endpoint} and choose one of them.",
        signs=(
            Sign(
                statuses=(400, 404, 422, 403, 200, 500),
                words=r"model_not_found|unknown[_ ]model|invalid[_ ]model|DeploymentNotFound|"
                r"model[^.\n]{0,160}(does not exist|not found|not exist|not a valid|is not "
                r"available|not recognized|could not be found|unknown)|no such model|"
                r"(deployment|engine)[^.\n]{0,60} (does not exist|not found)",
            ),
            Sign(statuses=(404,), words=r"model|endpoints|deployment|engine"),
        ),
        retry="changed",
        offers=("model", "doctor", "other"),
        sources=("the providers' pages on errors; ollama's server/routes.go, 2026-11",),
    ),
    Symptom(
        code="path_not_found",
        title="{endpoint} has nothing at {url}",
        causes=(
            "The path is wrong: /v1 is missing or stands twice in baseURL.",
            "The model is unknown there, and the reply does not say so.",
        ),
        fix="Compare baseURL of {endpoint} with the provider's documentation.",
        signs=(Sign(statuses=(404,)),),
        retry="changed",
        offers=("doctor", "docs"),
        sources=("LibreChat issues 1626, 4671 and 9793, 2026-11",),
    ),
    Symptom(
        code="method_not_allowed",
        title="{url} takes no POST",
        causes=(
            "baseURL leads to a page or to another door of the API.",
            "A redirect on the way has made a GET of it.",
        ),
        fix="Compare baseURL of {endpoint} with the provider's documentation.",
        signs=(Sign(statuses=(405,)),),
        retry="changed",
        offers=("doctor", "docs"),
        sources=("LibreChat issue 4756, 2026-11",),
    ),
    Symptom(
        code="redirected",
        title="{endpoint} answered with a redirect, which is not followed",
        causes=("baseURL lacks /v1, or has http where https is meant.",),
        fix="Set baseURL to the address it points to, if you trust it.",
        signs=(Sign(statuses=(301, 302, 303, 307, 308)),),
        retry="changed",
        offers=("doctor",),
    ),
)
