"""What is odd about an answer that came: notices, and no failures."""

from filon.diagnosis.symptom import Symptom

OUTPUT: tuple[Symptom, ...] = (
    Symptom(
        code="cut_by_length",
        title="The answer was cut off: it reached its longest allowed length",
        causes=(
            "max_tokens is smaller than the answer.",
            "The model, or the provider, has a limit of its own.",
        ),
        fix="Raise max_tokens, ask for less, or ask it to continue.",
        kind="notice",
        retry="changed",
        sources=("LibreChat issue 9682, 2026-11",),
    ),
    Symptom(
        code="empty_after_reasoning",
        title="{model} used all of its tokens for thinking and answered nothing",
        causes=("max_tokens covers thoughts and answer together, and the thoughts were longer.",),
        fix="Raise max_tokens, or lower the effort of reasoning.",
        kind="notice",
        retry="changed",
        sources=("OpenAI's guide to reasoning, 2026-11",),
    ),
    Symptom(
        code="answer_empty",
        title="{model} answered with nothing",
        causes=(
            "The model ended at once: its template or a stop sequence fits the first token.",
            "A filter on the way took the text away without saying so.",
        ),
        fix="Try again; look at stop and at the last message of the request.",
        kind="notice",
        retry="wait",
        offers=("other",),
    ),
    Symptom(
        code="repeats_itself",
        title="{model} repeats itself",
        causes=("It is caught in a loop: a small model, a low temperature, or a quantised one.",),
        fix="Raise the temperature or frequency_penalty a little, or choose a larger model.",
        kind="notice",
        retry="changed",
        offers=("other",),
    ),
    Symptom(
        code="prompt_cut",
        title="{endpoint} has read only a part of the prompt",
        causes=(
            "The prompt is longer than the context that {model} has there, and its beginning was "
            "cut without an error.",
        ),
        fix="Give the model more context ({larger}), or shorten the conversation.",
        kind="notice",
        retry="changed",
        offers=("shorten",),
        sources=("ollama's FAQ on the context window, 2026-11",),
    ),
    Symptom(
        code="prompt_counted_short",
        title="{endpoint} counted far fewer tokens than the prompt seems to have",
        causes=(
            "The prompt was cut on the way without an error: by the server's context, or by a "
            "router that drops the middle.",
            "The provider counts otherwise, such as without what it had in its cache.",
        ),
        fix="Ask something that only the beginning of the prompt answers; shorten it if that "
        "fails.",
        kind="notice",
        retry="changed",
        offers=("shorten",),
        sources=("ollama's FAQ; openrouter.ai on message transforms, 2026-11",),
    ),
    Symptom(
        code="json_in_fence",
        title="JSON was asked for, and stands in a Markdown fence",
        causes=("response_format is not enforced there, and the model writes as in a chat.",),
        fix="Take the fence away before reading it, or use an endpoint that enforces the format.",
        kind="notice",
        retry="wait",
        offers=("other",),
    ),
    Symptom(
        code="json_unreadable",
        title="JSON was asked for, and the answer is none",
        causes=(
            "The answer was cut, or words stand before or after it.",
            "response_format is not enforced there.",
        ),
        fix="Raise max_tokens if it was cut; else use json_schema, or an endpoint that enforces "
        "it.",
        kind="notice",
        retry="wait",
        offers=("other",),
        sources=("docs.perplexity.ai's FAQ; Mistral's known limitations, 2026-11",),
    ),
    Symptom(
        code="think_tags",
        title="The model's thoughts stand in its answer, between tags",
        causes=("The server passes on the model's raw text: its parser for reasoning is off.",),
        fix="Turn the parser on where the model runs (`--reasoning-parser`, reasoning_format), or "
        "read the answer after the closing tag.",
        kind="notice",
        sources=("docs.perplexity.ai's FAQ; console.groq.com/docs/reasoning, 2026-11",),
    ),
    Symptom(
        code="stalled",
        title="The stream stood still for {gap} s",
        causes=(
            "The provider was short of machines, or moved the answer to another one.",
            "A proxy on the way gathers pieces before it passes them on.",
        ),
        fix="Nothing is lost; if it happens often, compare with another endpoint.",
        kind="notice",
        offers=("other",),
    ),
    Symptom(
        code="other_model",
        title="{answered} answered, and {model} was asked",
        causes=("The provider or a gateway has an alias, or fell back to another model.",),
        fix="Ask for the model by its full id; look at the gateway's fallbacks.",
        kind="notice",
        offers=("doctor",),
    ),
    Symptom(
        code="answer_filtered",
        title="A content filter ended the answer",
        causes=("What the model was about to say met a rule of {endpoint}.",),
        fix="Say it otherwise, or choose another model.",
        kind="notice",
        offers=("other",),
        sources=("Azure OpenAI on content filtering; ai.google.dev on finish reasons, 2026-11",),
    ),
    Symptom(
        code="model_refused",
        title="{model} declined to answer",
        causes=("The model's own rules, and no fault of the connection.",),
        fix="Give it the context that makes the wish harmless, or choose another model.",
        kind="notice",
        offers=("other",),
    ),
    Symptom(
        code="tool_json_broken",
        title="The arguments for the tool {tool} are no JSON",
        causes=(
            "The answer was cut within the call, or the model is too small for its schema.",
            "Pieces of the call were joined wrongly on the way.",
        ),
        fix="Raise max_tokens if it was cut; else simplify the tool's schema or try again.",
        kind="notice",
        retry="wait",
        offers=("other",),
        sources=("LibreChat issues 14435, 14926 and 15197, 2026-11",),
    ),
    Symptom(
        code="tool_unknown",
        title="{model} called the tool {tool}, which was not offered",
        causes=("The model invents a name, or remembers a tool of an earlier turn.",),
        fix="Answer the call with an error that lists the tools, or choose a larger model.",
        kind="notice",
        retry="wait",
        offers=("other",),
    ),
    Symptom(
        code="usage_missing",
        title="{endpoint} did not say how many tokens were used",
        causes=(
            "A stream tells it only where stream_options.include_usage asks, and nothing asked.",
            "The server does not count.",
        ),
        fix="Take stream_options out of dropParams of {endpoint}; until then figures are "
        "estimates.",
        kind="notice",
        sources=("LibreChat issues 14398 and 4099, 2026-11",),
    ),
)
