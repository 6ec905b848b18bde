"""The order in which a request's parameters are decided, row by row: what a file says, what was
asked, what LibreChat 0.8.7 sends, what Filon sends, and why where that is not the same.

`docs/differences.md` is written from these rows:
python -m tests.unit.order_rows > docs/differences.md
"""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Values = Mapping[str, Any]
NOTHING: Values = {}

OPENAI = "https://api.openai.com/v1"
OPENROUTER = "https://openrouter.ai/api/v1"


@dataclass(frozen=True)
class Row:
    """One case. `file` are lines of an entry of `endpoints.custom`, `asked` is what a person or a
    program gave. Both wires are without `model` and `messages`; a name in brackets is something
    else of the request, such as `(path)` or `(header x)`. `why` is None where they are equal.

    `whole` compares `stream`, `stream_options` and `user` too, which are in every request.
    """

    file: str
    asked: Values
    librechat: Values
    filon: Values
    why: str | None = None
    model: str = "m-1"
    address: str = "https://one.example/v1"
    whole: bool = False
    variables: Values = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True)
class Step:
    """One step, in the order of its rows."""

    title: str
    rows: tuple[Row, ...]


_OWN_WORD = "Filon sends what was asked; the provider judges it, and its error is explained."
_ALIASES = "Filon knows a parameter under all its names, so that the line does what it says."
_HOST = (
    "What such a model takes depends on who hosts it; Filon has this rule for OpenAI's own host."
)
_COUNT = {"include_usage": True}

STEPS = (
    Step(
        "What is sent unasked",
        (
            Row(
                "",
                {},
                {"stream": True, "user": "ID"},
                {"stream": True, "stream_options": _COUNT},
                "Filon names nobody to a provider, and asks for token counts, which it takes out "
                "of the reply again.",
                whole=True,
            ),
            Row(
                "dropParams: [user]",
                {},
                {"stream": True},
                {"stream": True, "stream_options": _COUNT},
                "Of the user there was nothing to drop; Filon asks for token counts.",
                whole=True,
            ),
            Row(
                "dropParams: [stream_options]",
                {},
                {"stream": True, "user": "ID"},
                {"stream": True},
                "Here the line has an effect: for a provider that refuses the field.",
                whole=True,
            ),
            Row(
                "",
                {},
                {"include_reasoning": True},
                {},
                "Nothing is sent that nobody asked for; OpenRouter sends thoughts without it.",
                address=OPENROUTER,
            ),
            Row(
                "",
                {},
                {"(header http-referer)": "https://librechat.ai", "(header x-title)": "LibreChat"},
                {},
                "Filon does not advertise itself to a provider.",
                address=OPENROUTER,
            ),
            Row(
                "",
                {},
                {"(header openai-organization)": "org-1"},
                {},
                "OPENAI_ORGANIZATION is for OpenAI; LibreChat tells it every provider.",
                variables={"OPENAI_ORGANIZATION": "org-1"},
            ),
        ),
    ),
    Step(
        "What was asked",
        (
            Row("", {"temperature": 0.9}, {"temperature": 0.9}, {"temperature": 0.9}),
            Row(
                "",
                {"frequency_penalty": 0.5},
                {"frequency_penalty": 0.5},
                {"frequency_penalty": 0.5},
            ),
            Row("", {"max_tokens": 5}, {"max_tokens": 5}, {"max_tokens": 5}),
            Row(
                "",
                {"top_p": 0.9},
                {},
                {"top_p": 0.9},
                "LibreChat loses it on the way (its issue 15101).",
            ),
            Row("", {"top_k": 40}, {}, {"top_k": 40}, "LibreChat takes only names from its list."),
            Row(
                "",
                {"maxOutputTokens": 5},
                {},
                {"max_tokens": 5},
                "Filon knows the name, and sends it as the protocol spells it.",
            ),
            Row(
                "",
                {"temperature": "hot", "max_tokens": 5},
                {},
                {"temperature": "hot", "max_tokens": 5},
                f"One value of the wrong type costs LibreChat all of them. {_OWN_WORD}",
            ),
            Row("", {"stop": None}, {}, {"stop": None}, _OWN_WORD),
        ),
    ),
    Step(
        "customParams.paramDefinitions: a default counts where nobody gave a value",
        (
            Row(
                "customParams: {paramDefinitions: [{key: temperature, default: 0.3}]}",
                {},
                {"temperature": 0.3},
                {"temperature": 0.3},
            ),
            Row(
                "customParams: {paramDefinitions: [{key: temperature, default: 0.3}]}",
                {"temperature": 0.9},
                {"temperature": 0.9},
                {"temperature": 0.9},
            ),
            Row(
                "customParams: {paramDefinitions: [{key: max_tokens, default: 100}]}",
                {"max_tokens": 5},
                {"max_tokens": 100},
                {"max_tokens": 5},
                "A default is no order. LibreChat writes it over the value that was asked for.",
            ),
            Row(
                "customParams: {paramDefinitions: [{key: temperature, range: {min: 0, max: 1}, "
                "default: 0.5}]}",
                {"temperature": 1.5},
                {"temperature": 1.5},
                {"temperature": 1.5},
            ),
        ),
    ),
    Step(
        "addParams: over what was asked",
        (
            Row(
                "addParams: {temperature: 0.2}",
                {"temperature": 0.9},
                {"temperature": 0.2},
                {"temperature": 0.2},
            ),
            Row(
                "addParams: {max_tokens: 2000}", {}, {"max_tokens": 2000}, {"max_tokens": 2000}
            ),
            Row(
                "addParams: {max_tokens: 2000}",
                {"max_tokens": 5},
                {"max_tokens": 2000},
                {"max_tokens": 2000},
            ),
            Row("addParams: {top_p: 0.5}", {}, {"top_p": 0.5}, {"top_p": 0.5}),
            Row(
                "addParams: {provider: {order: [a]}}",
                {},
                {"provider": {"order": ["a"]}},
                {"provider": {"order": ["a"]}},
            ),
            Row(
                "addParams: {seed: 7}",
                {},
                {},
                {"seed": 7},
                "LibreChat's client takes the name for a setting of its own and forgets it, as it "
                "does tools, tool_choice, response_format, stream_options, parallel_tool_calls, "
                "functions and prediction.",
            ),
            Row(
                "addParams: {web_search: true}",
                {},
                {"(path)": "/responses"},
                {},
                "Few providers have that address. Filon does not speak its protocol yet, sends "
                "nothing for the line, and check says so.",
            ),
            Row(
                "addParams: {disableStreaming: true}",
                {},
                {"stream": False, "user": "ID"},
                {},
                "No stream means the same as stream: false. The chat and a program that wants a "
                "stream get the answer in one piece.",
                whole=True,
            ),
        ),
    ),
    Step(
        "dropParams: last, so that dropping wins",
        (
            Row("dropParams: [temperature]", {"temperature": 0.9}, {}, {}),
            Row("dropParams: [stop]", {"stop": ["x"]}, {}, {}),
            Row("dropParams: [reasoning_effort]", {"reasoning_effort": "low"}, {}, {}),
            Row(
                "addParams: {temperature: 0.2}\ndropParams: [temperature]",
                {"temperature": 0.9},
                {},
                {},
            ),
            Row("dropParams: [frequencyPenalty]", {"frequency_penalty": 0.5}, {}, {}),
            Row("dropParams: [maxTokens]", {"max_tokens": 5}, {}, {}),
            Row(
                "dropParams: [frequency_penalty]",
                {"frequency_penalty": 0.5},
                {"frequency_penalty": 0.5},
                {},
                _ALIASES,
            ),
            Row(
                "dropParams: [presence_penalty]",
                {"presence_penalty": 0.5},
                {"presence_penalty": 0.5},
                {},
                _ALIASES,
            ),
            Row("dropParams: [max_tokens]", {"max_tokens": 5}, {"max_tokens": 5}, {}, _ALIASES),
            Row(
                "addParams: {frequency_penalty: 0.1}\ndropParams: [frequency_penalty]",
                {},
                {},
                {},
            ),
            Row(
                "dropParams: [stream]",
                {},
                {"stream": True, "user": "ID"},
                {},
                "Filon asks for the whole reply at once, which is what the line is written for.",
                whole=True,
            ),
        ),
    ),
    Step(
        "customParams.reasoningFormat: how an effort to think goes out",
        (
            Row(
                "", {"reasoning_effort": "low"}, {"reasoning_effort": "low"},
                {"reasoning_effort": "low"},
            ),
            Row(
                "customParams: {reasoningFormat: reasoning_object}",
                {"reasoning_effort": "low"},
                {"reasoning": {"effort": "low"}},
                {"reasoning": {"effort": "low"}},
            ),
            Row(
                "customParams: {reasoningFormat: disabled}",
                {"reasoning_effort": "low"},
                {},
                {},
            ),
            Row(
                "customParams: {defaultParamsEndpoint: anthropic}",
                {"thinking": True, "thinkingBudget": 3000},
                {"thinking": {"type": "enabled", "budget_tokens": 3000}},
                {"thinking": {"type": "enabled", "budget_tokens": 3000}},
                model="claude-sonnet-4-5",
            ),
        ),
    ),
    Step(
        "What the model wants",
        (
            Row(
                "",
                {"temperature": 0.9},
                {},
                {},
                model="gpt-5-mini",
                address=OPENAI,
            ),
            Row(
                "",
                {"temperature": 0.9},
                {},
                {"temperature": 0.9},
                f"LibreChat goes by the model's name alone. {_HOST}",
                model="gpt-5-mini",
            ),
            Row(
                "",
                {"max_tokens": 5},
                {"max_completion_tokens": 5},
                {"max_completion_tokens": 5},
                model="gpt-5-mini",
                address=OPENAI,
            ),
            Row(
                "",
                {"max_tokens": 5},
                {"max_completion_tokens": 5},
                {"max_tokens": 5},
                f"LibreChat goes by the model's name alone. {_HOST}",
                model="gpt-5-mini",
            ),
        ),
    ),
)  # fmt: skip

_HEAD = """\
# What goes out, in LibreChat and in Filon

Both decide a request's parameters in steps, in the order of this page. Each row is a case: lines of
an entry of `endpoints.custom`, what a person or a program asked for, and what then stands in the
request beside `model` and `messages`. LibreChat's column is its version 0.8.7, by reading its code
in 2026-11; Filon's is what Filon's tests see it send. Where the two are the same, the last column
is empty.

A trace shows the same steps for a real request, each with the line that decided; `filon explain`
shows them without sending anything.
"""

_FOOT = """\
Titles go the same way, without streaming and with nothing asked.

This page is written by `python -m tests.unit.order_rows`; a test holds it fresh.
"""


def rows() -> list[Row]:
    """All rows, in their order."""
    return [row for step in STEPS for row in step.rows]


def page() -> str:
    """The rows as `docs/differences.md`."""
    parts = [_HEAD]
    for step in STEPS:
        parts.append(f"## {step.title}\n")
        parts.append("| in the file | asked | LibreChat sends | Filon sends | why not the same |")
        parts.append("|---|---|---|---|---|")
        parts += [_line(row) for row in step.rows]
        parts.append("")
    return "\n".join([*parts, _FOOT])


def _line(row: Row) -> str:
    said = [*(f"`{line}`" for line in row.file.splitlines())]
    if row.address == OPENAI:
        said.append("at OpenAI")
    if row.address == OPENROUTER:
        said.append("at OpenRouter")
    said += [f"`{name}={value}`" for name, value in row.variables.items()]
    if row.model != "m-1":
        said.append(f"for `{row.model}`")
    cells = [
        "<br>".join(said) or "nothing",
        _shown(row.asked),
        _shown(row.librechat),
        _shown(row.filon),
        row.why or "",
    ]
    return f"| {' | '.join(cells)} |"


def _shown(values: Values) -> str:
    if not values:
        return "nothing"
    return "<br>".join(_value(name, value) for name, value in values.items())


def _value(name: str, value: Any) -> str:
    if name.startswith("("):
        return f"{name.strip('()')} `{value}`"
    return f"`{name}: {json.dumps(value)}`"


if __name__ == "__main__":
    sys.stdout.write(page())
