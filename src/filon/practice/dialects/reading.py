"""From a request of chat completions to a wish, by a dialect's rules."""

from collections.abc import Mapping
from typing import Any, cast

from filon.conversation.message import Message, Reasoning, ToolCall
from filon.conversation.request import ChatRequest
from filon.practice.answers.wish import Thoughts, Wish
from filon.practice.dialects.dialect import Dialect
from filon.practice.dialects.parameters import Reader, sort_out
from filon.practice.model.family import Model
from filon.practice.model.sampling import Sampling
from filon.practice.refusal import Refusal, Refused
from filon.practice.skills.asked import Asked, Format, Tool, ToolChoice

MOST_CHOICES = 8
MOST_STOPS = 4
MOST_TOOLS = 128

_EFFORTS = {
    "none": "none",
    "minimal": "low",
    "low": "low",
    "medium": "medium",
    "high": "high",
    "xhigh": "high",
    "max": "high",
}
_FORMATS: dict[str, Thoughts] = {"parsed": "apart", "raw": "raw", "hidden": "hidden"}


def read(chat: ChatRequest, dialect: Dialect, model: Model) -> Wish:
    """What a request wants. Raises Refused."""
    reader = Reader(sort_out(chat.parameters, dialect, model), dialect)
    _check_messages(chat.messages, dialect, model, thinking=_effort(reader) != "none")
    tools = _tools(reader)
    choice, only = _choice(reader, tools)
    if not model.tools and tools:
        raise reader.wrong("tools", f"cannot be used: {model.name} does not support tools")
    form = _format(reader)
    _check_word(chat.messages, form, dialect)
    limits = [reader.integer(name, 1, None) for name in ("max_tokens", "max_completion_tokens")]
    return Wish(
        asked=Asked(
            model=model,
            messages=chat.messages,
            tools=tools,
            choice=choice,
            only=only,
            parallel=reader.switch("parallel_tool_calls", usual=True),
            format=form,
            effort=_effort(reader),
        ),
        sampling=_sampling(reader, dialect),
        n=reader.integer("n", 1, MOST_CHOICES) or 1,
        max_tokens=min((limit for limit in limits if limit is not None), default=None),
        stop=_stop(reader, int(dialect.value("most_stops", "") or MOST_STOPS)),
        stream=chat.stream,
        usage=_usage(reader, stream=chat.stream),
        thoughts=_thoughts(reader),
    )


def _check_messages(
    messages: tuple[Message, ...], dialect: Dialect, model: Model, *, thinking: bool
) -> None:
    for number, message in enumerate(messages):
        late = number > 0 and messages[number - 1].role not in ("system", "developer")
        if dialect.has("system_first") and message.role == "system" and late:
            words = "A system message may only stand at the beginning."
            raise Refused(Refusal(kind="bad_request", message=words, values={"message": words}))
        if not (dialect.has("reasoning_back") and model.reasons and thinking):
            continue
        calls = any(isinstance(part, ToolCall) for part in message.parts)
        if calls and not any(isinstance(part, Reasoning) for part in message.parts):
            words = (
                "The `reasoning_content` in the thinking mode must be passed back to the API: "
                f"it is missing in the assistant message at message index {number}."
            )
            raise Refused(Refusal(kind="bad_request", message=words, values={"message": words}))


def _check_word(messages: tuple[Message, ...], form: Format | None, dialect: Dialect) -> None:
    """Some refuse JSON mode where no message speaks of JSON: the model might never end."""
    words = dialect.value("json_word", "The messages must contain the word JSON.")
    if words is None or form is None or form.schema is not None:
        return
    if not any("json" in message.text.lower() for message in messages):
        values = {"message": words}
        raise Refused(Refusal(kind="bad_request", message=words, param="messages", values=values))


def _sampling(reader: Reader, dialect: Dialect) -> Sampling:
    temperature = reader.number("temperature", 0.0, 2.0, 1.0)
    if temperature == 0 and dialect.has("zero_temperature"):
        temperature = 1e-8
    logprobs = reader.switch("logprobs", usual=False)
    top = reader.integer("top_logprobs", 0, 20) or 0
    if top and not logprobs:
        raise reader.wrong("top_logprobs", "needs `logprobs` to be true")
    return Sampling(
        temperature=temperature,
        top_p=reader.number("top_p", 0.0, 1.0, 1.0),
        top_k=reader.integer("top_k", 0, None) or None,
        min_p=reader.number("min_p", 0.0, 1.0, 0.0),
        seed=reader.integer("seed", None, None),
        logit_bias=_bias(reader),
        frequency_penalty=reader.number("frequency_penalty", -2.0, 2.0, 0.0),
        presence_penalty=reader.number("presence_penalty", -2.0, 2.0, 0.0),
        repetition_penalty=reader.number("repetition_penalty", 0.01, 10.0, 1.0),
        logprobs=logprobs,
        top_logprobs=top,
    )


def _bias(reader: Reader) -> Mapping[int, float]:
    biases: dict[int, float] = {}
    for name, value in (reader.table("logit_bias") or {}).items():
        # No longer number is an id, and Python refuses to read some thousand digits.
        if not (name.isascii() and name.isdecimal() and len(name) <= 4 and int(name) < 4096):
            raise reader.wrong(
                f"logit_bias.{name}", "is no token of this model: ids go from 0 to 4095"
            )
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise reader.wrong(f"logit_bias.{name}", "must be a number")
        if not -100 <= value <= 100:
            raise reader.wrong(f"logit_bias.{name}", f"must be between -100 and 100, not {value}")
        biases[int(name)] = float(value)
    return biases


def _stop(reader: Reader, most: int) -> tuple[str, ...]:
    value = reader.get("stop")
    if value is None:
        return ()
    stops = cast("list[Any]", value) if isinstance(value, list) else [value]
    if len(stops) > most or not all(isinstance(stop, str) and stop for stop in stops):
        words = f"must be a text, or a list of at most {most}, none of them empty"
        raise reader.wrong(reader.came_as("stop"), words)
    return tuple(stops)


def _usage(reader: Reader, *, stream: bool) -> bool:
    options = reader.table("stream_options")
    if options is None:
        return False
    if not stream:
        raise reader.wrong("stream_options", "is only allowed together with `stream`: true")
    value = options.get("include_usage", False)
    if not isinstance(value, bool):
        raise reader.wrong("stream_options.include_usage", "must be true or false")
    return value


def _tools(reader: Reader) -> tuple[Tool, ...]:
    rows = reader.rows("tools")
    if len(rows) > MOST_TOOLS:
        raise reader.wrong("tools", f"has {len(rows)} entries, and {MOST_TOOLS} are allowed")
    return tuple(_tool(reader, row, f"tools[{number}]") for number, row in enumerate(rows))


def _tool(reader: Reader, row: Any, where: str) -> Tool:
    if not isinstance(row, dict):
        raise reader.wrong(where, "must be an object")
    told = cast("dict[str, Any]", row)
    if told.get("type", "function") != "function":
        raise reader.wrong(f"{where}.type", "must be 'function'")
    function: Any = told.get("function")
    if not isinstance(function, dict):
        raise reader.wrong(f"{where}.function", "must be an object")
    inner = cast("dict[str, Any]", function)
    name: Any = inner.get("name")
    parameters: Any = inner.get("parameters") or {}
    if not isinstance(name, str) or not _is_name(name):
        words = "must be 1 to 64 letters, digits, underscores or hyphens"
        raise reader.wrong(f"{where}.function.name", words)
    if not isinstance(parameters, dict):
        raise reader.wrong(f"{where}.function.parameters", "must be a JSON Schema")
    description = inner.get("description") or ""
    if not isinstance(description, str):
        raise reader.wrong(f"{where}.function.description", "must be a text")
    schema = cast("dict[str, Any]", parameters)
    return Tool(name=name, description=description, parameters=schema)


def _is_name(name: str) -> bool:
    plain = name.replace("_", "a").replace("-", "a")
    return 1 <= len(name) <= 64 and plain.isascii() and plain.isalnum()


def _choice(reader: Reader, tools: tuple[Tool, ...]) -> tuple[ToolChoice, str | None]:
    value: Any = reader.get("tool_choice")
    if value is None:
        return "auto", None
    if isinstance(value, str):
        # `any` is Mistral's word for it (their openapi.yaml, 2026-08-21).
        choices: dict[str, ToolChoice] = {
            "auto": "auto",
            "none": "none",
            "required": "required",
            "any": "required",
        }
        if value not in choices:
            raise reader.wrong("tool_choice", "must be auto, none, required, or name a function")
        if choices[value] == "required" and not tools:
            raise reader.wrong("tool_choice", "needs `tools`")
        return choices[value], None
    table = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
    function: Any = table.get("function")
    name: Any = cast("dict[str, Any]", function).get("name") if isinstance(function, dict) else None
    if not any(tool.name == name for tool in tools):
        raise reader.wrong("tool_choice", "names no function of `tools`")
    return "required", name


def _format(reader: Reader) -> Format | None:
    table = reader.table("response_format")
    if table is None:
        return None
    kind = table.get("type")
    if kind == "text":
        return None
    if kind == "json_object":
        return Format()
    if kind != "json_schema":
        raise reader.wrong("response_format.type", "must be text, json_object or json_schema")
    inner: Any = table.get("json_schema")
    schema: Any = cast("dict[str, Any]", inner).get("schema") if isinstance(inner, dict) else None
    if schema is None and isinstance(inner, dict):
        # The Mistral client renames the field on its way (mistralai 3.7, 2026-11).
        schema = cast("dict[str, Any]", inner).get("schema_definition")
    if not isinstance(schema, dict):
        raise reader.wrong("response_format.json_schema.schema", "must be a JSON Schema")
    name: Any = cast("dict[str, Any]", inner).get("name")
    return Format(schema=cast("dict[str, Any]", schema), name=name if isinstance(name, str) else "")


def _effort(reader: Reader) -> str:
    thinking = reader.table("thinking")
    if thinking is not None and thinking.get("type") == "disabled":
        return "none"
    value: Any = reader.get("reasoning_effort")
    name = reader.came_as("reasoning_effort")
    table = reader.table("reasoning")
    if table is not None:
        if table.get("enabled") is False:
            return "none"
        value, name = table.get("effort", value), "reasoning.effort"
    if value is None:
        return "medium"
    if not isinstance(value, str) or value not in _EFFORTS:
        raise reader.wrong(name, f"must be one of {', '.join(_EFFORTS)}")
    return _EFFORTS[value]


def _thoughts(reader: Reader) -> Thoughts:
    table = reader.table("reasoning")
    if table is not None and table.get("exclude") is True:
        return "hidden"
    if not reader.switch("include_reasoning", usual=True):
        return "hidden"
    value = reader.get("reasoning_format")
    if value is None:
        return "apart"
    if not isinstance(value, str) or value not in _FORMATS:
        raise reader.wrong("reasoning_format", f"must be one of {', '.join(_FORMATS)}")
    return _FORMATS[value]
