"""The messages: their length, their order, their form, and what they say."""

from filon.diagnosis.symptom import Sign, Symptom

_BAD = (400, 422, 200)

CONTENT: tuple[Symptom, ...] = (
    Symptom(
        code="context_too_long",
        title="The messages are too long for {model}",
        causes=(
            "The conversation with max_tokens is larger than the model's context.",
            "A local server gives the model less context than it was made for.",
        ),
        fix="Shorten the conversation, lower max_tokens, or choose a model with more context.",
        signs=(
            Sign(codes=("context_length_exceeded", "string_above_max_length")),
            Sign(
                statuses=(400, 413, 422, 429, 500, 200),
                words=r"context[_ ](length|window|size)|maximum context|maximum prompt|"
                r"prompt is too long|too many tokens|input is too long|max_new_tokens`? must be|"
                r"exceeds? the (available |model.s )?(maximum )?(context|number of tokens)|"
                r"input (token count|length)[^\n]{0,40}exceed|ContextWindowExceeded|"
                r"string_above_max_length|reduce the length",
            ),
        ),
        retry="changed",
        offers=("shorten", "lower", "other"),
        sources=("aibridge issue 56; ollama's tests; docs.cohere.com, 2026-11",),
    ),
    Symptom(
        code="reasoning_must_return",
        title="{model} wants its earlier thoughts back in the messages",
        causes=(
            "A turn with tool calls was stored without what the model thought.",
            "The conversation began with another model, which has no such thoughts.",
        ),
        fix="Turn thinking off for this turn, or go on in a new conversation.",
        signs=(
            Sign(
                statuses=_BAD,
                words=r"reasoning_content[^\n]{0,60}(must be|passed back|missing)|"
                r"missing `?reasoning_content|thinking[`\]\" ]{1,3}[^\n]{0,60}(must be passed|"
                r"passed back)|expected `?(thinking|redacted_thinking)|thought_signature|"
                r"must start with a thinking block|thinking blocks? [^\n]{0,60}cannot be modified|"
                r"invalid [`\"']?signature[`\"']? in [`\"']?thinking",
            ),
        ),
        retry="changed",
        offers=("without", "shorten", "other"),
        sources=(
            "LibreChat issues 13366 and 12836; GitNexus issue 43; Newelle issue 404, 2026-11",
        ),
    ),
    Symptom(
        code="tool_results_missing",
        title="A tool call in the messages has no result, or a result has no call",
        causes=(
            "A turn was stopped between a call and its result, or one of them was cut away.",
            "The ids of calls and results differ.",
        ),
        fix="Remove the unanswered call from the conversation, or add its result.",
        signs=(
            Sign(
                statuses=_BAD,
                words=r"tool_call_ids? [^\n]{0,40}(response|messages)|without [^\n]{0,20}"
                r"tool_result|must be followed by tool messages|unexpected `?tool_use_id|"
                r"must be a response to a prece+ding|no tool (call|output) found|"
                r"not the same number of function calls",
            ),
        ),
        retry="changed",
        offers=("shorten",),
        sources=("OpenAI's, Anthropic's and Mistral's refusals as quoted in issues, 2026-11",),
    ),
    Symptom(
        code="roles_must_alternate",
        title="{endpoint} wants user and assistant to take turns in the messages",
        causes=(
            "Two messages of one role follow each other, or a system message stands in the middle.",
        ),
        fix="Join neighbouring messages of one role; put the system prompt first.",
        signs=(
            Sign(
                statuses=(*_BAD, 500),
                words=r"roles? (must|should) (be )?alternat|should be alternating|"
                r"alternate (between )?user|alternating user",
            ),
        ),
        retry="changed",
        offers=("other",),
        sources=("LibreChat issues 3048, 4117 and 13137, 2026-11",),
    ),
    Symptom(
        code="message_order",
        title="{endpoint} does not take the messages in this order",
        causes=(
            "Some models want a user's message first or last, or one message beside the system "
            "prompt.",
            "The last message is the assistant's, and the model does not continue answers.",
        ),
        fix="Begin and end with a user's message; put the system prompt first.",
        signs=(
            Sign(
                statuses=(*_BAD, 500),
                words=r"non-system message|first message must|last message (must|role)|"
                r"(conversation|messages) must (start|end|begin)|assistant (message )?prefill|"
                r"system (message|prompt)[^\n]{0,30} (must|only|beginning|first)|"
                r"unexpected role|expected last role|contents is not specified|"
                r"at least one (user )?message",
            ),
        ),
        retry="changed",
        offers=("other",),
        sources=("litellm issue 9857; Mistral's and Anthropic's refusals, 2026-11",),
    ),
    Symptom(
        code="message_empty",
        title="{endpoint} does not take an empty message",
        causes=("An earlier answer was empty or stopped at once, and its message has no text.",),
        fix="Remove the empty message from the conversation.",
        signs=(
            Sign(
                statuses=_BAD,
                words=r"(content|message|text|messages?\.\d+)[^\n]{0,50}(must|can ?not|should)"
                r"( not)? be (non-?empty|empty|blank)|must have non-empty content|"
                r"content (field )?is (empty|required)|non-whitespace text|"
                r"must have either content or tool_calls",
            ),
        ),
        retry="changed",
        offers=("shorten",),
        sources=("Anthropic's and Mistral's refusals as quoted in issues, 2026-11",),
    ),
    Symptom(
        code="content_shape",
        title="{endpoint} wants the content of messages in another form",
        causes=("It takes plain text where parts came, or parts where text came.",),
        fix="Send plain text, or choose an endpoint that takes parts.",
        signs=(
            Sign(
                statuses=_BAD,
                words=r"content[^\n]{0,40}(must|should|expected)[^\n]{0,20}(string|array|list)|"
                r"(invalid type|expected a string)[^\n]{0,60}(sequence|array|map)|string_type|"
                r"input[`'\" ]+must be[^\n]{0,10} string",
            ),
        ),
        retry="changed",
        offers=("other",),
        sources=("LibreChat issues 8476 and 3045, 2026-11",),
    ),
    Symptom(
        code="image_unreadable",
        title="{endpoint} cannot read a picture of the messages",
        causes=(
            "Its type is not among those that the model reads, or it is too large or damaged.",
            "Its address cannot be reached from the provider.",
        ),
        fix="Send a JPEG or PNG, smaller, as bytes in place of an address.",
        signs=(
            Sign(
                statuses=_BAD,
                words=r"(process|decode|download|fetch|load|read)[^\n]{0,20} (the )?image|"
                r"invalid[_ ]image|unsupported image|image[^\n]{0,40}(exceeds|too large|"
                r"could not)|invalid_image|failed to (download|process) ",
            ),
        ),
        retry="changed",
        offers=("shorten",),
        sources=("OpenAI's and Anthropic's guides to vision, 2026-11",),
    ),
    Symptom(
        code="content_refused",
        title="A content rule of {endpoint} stands against the messages",
        causes=(
            "A filter took something in the prompt for forbidden; it is not about the key.",
            "A guardrail of the account or of a router is stricter than the model.",
        ),
        fix="Say it otherwise, or choose another model; asking again the same way does not help.",
        signs=(
            Sign(
                codes=("content_filter", "responsibleaipolicyviolation", "content_policy_violation")
            ),
            Sign(
                statuses=(400, 403, 422, 200, 500),
                words=r"content[ _-]?(filter|policy|management)|moderation|\bflagged\b|"
                r"ResponsibleAIPolicy|safety (system|filter|settings)|prompt[^\n]{0,20} blocked|"
                r"blocked (by|due to)[^\n]{0,20}(safety|content)|guardrail|usage policy|"
                r"data_inspection_failed|inappropriate content|sensitive_words",
            ),
        ),
        offers=("other",),
        sources=("openrouter.ai/docs/errors; Azure OpenAI on content filtering, 2026-11",),
    ),
    Symptom(
        code="generation_failed",
        title="{model} wrote JSON or a tool call that {endpoint} itself rejected",
        causes=(
            "The model's output did not fit the schema or any tool; another try may.",
            "The schema is large, or the temperature high.",
        ),
        fix="Try again, lower the temperature, simplify the schema, or choose a larger model.",
        signs=(
            Sign(
                statuses=_BAD,
                words=r"json_validate_failed|tool_use_failed|failed_generation|"
                r"failed to (call a function|generate json|parse tool|validate json)|"
                r"model hallucinat|malformed_function_call|"
                r"could not finish the message because max_tokens",
            ),
        ),
        retry="wait",
        offers=("other",),
        sources=("console.groq.com/docs/errors, 2026-11",),
    ),
    Symptom(
        code="body_unreadable",
        title="{endpoint} cannot read the request as JSON",
        causes=(
            "A proxy on the way changed or cut the body.",
            "A lone half of an emoji or a number such as NaN stands in it.",
        ),
        fix="Look at the body as sent; compare its length with content-length.",
        signs=(
            Sign(
                statuses=(400, 415, 422),
                words=r"(parse|decod|read)[^\n]{0,30}(json|body)|not valid json|"
                r"malformed (json|request body)|json_invalid|unsupported media type|"
                r"invalid json\b(?! payload)|unexpected end of json",
            ),
            Sign(statuses=(415,)),
        ),
        retry="changed",
        offers=("doctor",),
        sources=("OpenAI's and FastAPI's refusals as quoted in issues, 2026-11",),
    ),
)

REST: tuple[Symptom, ...] = (
    Symptom(
        code="error_in_reply",
        title="{endpoint} told an error inside a reply with status 200",
        causes=(
            "The status was sent before the failure happened.",
            "A router passes on the error of a host behind it.",
        ),
        fix="Read the provider's own words; try again, or choose another endpoint.",
        signs=(Sign(statuses=(200,)),),
        retry="wait",
        offers=("other",),
        sources=("litellm pull request 32237; openrouter.ai on streaming, 2026-11",),
    ),
    Symptom(
        code="request_refused",
        title="{endpoint} refused the request",
        causes=("The provider's own words say why.",),
        fix="Compare the request as sent with the provider's documentation.",
        signs=(Sign(statuses=(400, 409, 422)),),
        retry="changed",
        offers=("doctor", "docs"),
    ),
)
