"""The fields of a request beside its messages."""

from filon.diagnosis.symptom import Sign, Symptom

_BAD = (400, 422, 200)

PARAMETERS: tuple[Symptom, ...] = (
    Symptom(
        code="parameter_renamed",
        title="{model} wants {other} in place of {param}",
        causes=("Newer models of this provider have another name for the field.",),
        fix="Send {other}; with dropParams and addParams {endpoint} always will.",
        signs=(
            Sign(
                statuses=_BAD,
                words=r"unsupported parameter: ['\"](?P<param>[\w.]+)['\"][^\n]*"
                r"use ['\"](?P<other>[\w.]+)['\"] instead",
            ),
        ),
        retry="changed",
        offers=("rename", "without", "drop"),
        sources=("9router issue 560, LibreChat issues 8966 and 4349, 2026-11",),
    ),
    Symptom(
        code="max_tokens_too_high",
        title="max_tokens is more than {model} can write",
        causes=("Each model has a longest answer, smaller than its context.",),
        fix="Lower max_tokens.",
        signs=(
            Sign(
                statuses=_BAD,
                words=r"max(_completion|_output|_new)?_tokens[^\n]{0,30}(is too large|too (large|"
                r"high|big)|exceeds|> )[^\n]*?(at most|maximum[^\d\n]{0,40}|supports[^\d\n]{0,20}|"
                r"> )(?P<most>[\d,]+)|max(_completion|_output|_new)?_tokens[^\n]{0,60}"
                r"(less than or equal to|<=|must be at most|range of \[1,|range is \[1,) ?"
                r"`?(?P<highest>[\d,]+)|(max(_completion|_output)?_tokens)[^\n]{0,20} is too large",
            ),
        ),
        retry="changed",
        offers=("lower", "without"),
        sources=("OpenAI's, Anthropic's and DeepSeek's refusals as quoted in issues, 2026-11",),
    ),
    Symptom(
        code="max_tokens_missing",
        title="{endpoint} wants max_tokens, and the request has none",
        causes=("Its protocol asks for a bound on every answer.",),
        fix="Set max_tokens in the chat, in the preset, or under addParams of {endpoint}.",
        signs=(
            Sign(
                statuses=_BAD,
                words=r"max_tokens[`'\"]?:? ?(is )?(field )?(required|missing)|"
                r"missing[^.\n]{0,30}max_tokens",
            ),
        ),
        retry="changed",
        offers=("docs",),
        sources=("docs.anthropic.com on messages, 2026-11",),
    ),
    Symptom(
        code="parameters_conflict",
        title="Two parameters of the request exclude each other at {endpoint}",
        causes=("Each is fine alone; this model or provider takes one of them at a time.",),
        fix="Leave one of the two out; the evidence names them.",
        signs=(
            Sign(
                statuses=_BAD,
                words=r"mutually exclusive|cannot both be|can ?not be (used|set|specified) "
                r"(together|at the same time|both|simultaneously)|only one of [`'\"]|"
                r"not compatible with|incompatible with|in combination with|"
                r"both be specified",
            ),
        ),
        retry="changed",
        offers=("without", "drop"),
        sources=("console.groq.com/docs/reasoning; Anthropic on temperature and top_p, 2026-11",),
    ),
    Symptom(
        code="json_word_missing",
        title="JSON mode at {endpoint} wants the word JSON in the messages",
        causes=("response_format asks for JSON, and no message speaks of it.",),
        fix="Say in the system prompt that the answer is to be JSON.",
        signs=(
            Sign(
                statuses=_BAD,
                words=r"must contain the word [\"'\\]*json|the word ['\"]?json['\"]? in",
            ),
        ),
        retry="changed",
        offers=("without",),
        sources=("xray.koplugin issue 33; api-docs.deepseek.com on JSON mode, 2026-11",),
    ),
    Symptom(
        code="tool_schema_rejected",
        title="{endpoint} does not take the schema of a tool",
        causes=(
            "Providers accept a part of JSON Schema: `not`, `anyOf`, `$ref` or null often fail.",
            "A tool server describes its arguments in a form that is not strict enough.",
        ),
        fix="Simplify the parameters of the tool that the evidence names, or leave it out.",
        signs=(
            Sign(
                statuses=_BAD,
                words=r"invalid schema for function|invalid_function_parameters|"
                r"json schema not supported|tools\.\d+[^\n]{0,60}(input_schema|parameters)|"
                r"function_declarations\[\d+\]|tools\[\d+\]\.function\.parameters|"
                r"'strict'[^\n]{0,40}null",
            ),
        ),
        retry="changed",
        offers=("without", "other"),
        sources=("LibreChat issues 9242, 13845, 11189 and 5525, 2026-11",),
    ),
    Symptom(
        code="response_schema_rejected",
        title="{endpoint} does not take the schema of response_format",
        causes=(
            "Strict schemas want every property required and additionalProperties false.",
            "A keyword of the schema is one that the provider does not know.",
        ),
        fix="Correct the schema as the provider's words say, or set strict to false.",
        signs=(
            Sign(
                statuses=_BAD,
                words=r"invalid schema for response_format|response_format[^\n]{0,60}schema|"
                r"response_schema|additionalProperties",
            ),
        ),
        retry="changed",
        offers=("without", "docs"),
        sources=("OpenAI's guide to structured outputs, 2026-11",),
    ),
    Symptom(
        code="parameter_value",
        title="{endpoint} refused the value of a parameter",
        causes=(
            "The value is outside what this model or provider allows, or of another type.",
            "Reasoning models take the default alone.",
        ),
        fix="Correct the value as the provider's words say, or do not send the field.",
        signs=(
            Sign(
                statuses=_BAD,
                words=r"unsupported[ _]value|"
                r"(must|should) be (less|greater|between|at (most|least)|"
                r"in (the )?range|one of|a (number|integer|boolean))|less_than|greater_than|"
                r"out of range|invalid[ _]value|only the default|enum value|"
                r"above the maximum|below the minimum|literal_error|"
                r"(int|float|bool|number)_(type|parsing)",
            ),
        ),
        retry="changed",
        offers=("without", "drop", "docs"),
        sources=("ESPHomeDesigner issue 379; docs.cohere.com on errors, 2026-11",),
    ),
    Symptom(
        code="parameter_refused",
        title="{endpoint} refused a parameter",
        causes=("This model or provider does not know the field, or not this value of it.",),
        fix="Add the field to dropParams of {endpoint}, or do not send it.",
        signs=(
            Sign(
                statuses=_BAD,
                words=r"extra_forbidden|extra inputs|unsupported[ _](parameter|field|argument)|"
                r"unrecognized|not supported|is unsupported|not support (the )?parameter|"
                r"unknown[ _](field|parameter|name|argument)|not permitted|unexpected (keyword|"
                r"argument|field)|property [^\n]{0,60} is (unsupported|not allowed)|"
                r"UnsupportedParamsError",
            ),
        ),
        retry="changed",
        offers=("without", "drop", "docs"),
        sources=("Mistral's openapi.yaml; console.groq.com/docs/openai, 2026-11",),
    ),
    Symptom(
        code="field_missing",
        title="{endpoint} misses a field in the request",
        causes=("The field is required there, and nothing set it or dropParams took it away.",),
        fix="Set the field that the evidence names, under addParams of {endpoint} for good.",
        signs=(
            Sign(
                statuses=_BAD,
                words=r"field required|missing required|is a required property|"
                r"required (field|parameter)|must be (provided|specified)",
            ),
        ),
        retry="changed",
        offers=("docs",),
        sources=("FastAPI's and OpenAI's refusals as quoted in issues, 2026-11",),
    ),
)
