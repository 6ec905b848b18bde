"""Chat as Ollama's own API has it: options of its own names, answers in lines of JSON.

Shapes after docs.ollama.com/api and the `ollama` client 0.6.3, 2026-11.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any, cast

import msgspec
from msgspec.structs import replace

from filon.conversation.errors import InvalidRequest
from filon.practice import pace
from filon.practice.answers.voice import Delta, Over, Spoken
from filon.practice.dialects.chat_parts import logprobs_of
from filon.practice.dialects.reading import read
from filon.practice.http import Response
from filon.practice.serving.chat import SPEED_HEADER, Answer, prepare
from filon.practice.serving.visit import Visit
from filon.protocols.openai_chat.request import parse_request

JSON = ("content-type", "application/json; charset=utf-8")
LINES = ("content-type", "application/x-ndjson")

# The names of `options` that mean what a parameter of /v1 means.
_OPTIONS = {
    "num_predict": "max_tokens",
    "repeat_penalty": "repetition_penalty",
    "temperature": "temperature",
    "top_p": "top_p",
    "top_k": "top_k",
    "min_p": "min_p",
    "seed": "seed",
    "stop": "stop",
    "frequency_penalty": "frequency_penalty",
    "presence_penalty": "presence_penalty",
}


async def chat(visit: Visit) -> Response:
    """Answers POST /api/chat. Raises Refused, FilonError."""
    told = body_of(visit)
    if told.get("model") and not told.get("messages"):
        return _loaded(visit, told)
    request = parse_request(msgspec.json.encode(_as_chat(told)))
    speed = pace.read_speed(visit.request.header(SPEED_HEADER), visit.desk.speed)
    model = visit.choose(request.model)
    visit.refuse_if_wanted()
    if told.get("think") and not model.reasons:
        # Words of server/routes.go, github.com/ollama/ollama, seen 2026-11-25.
        raise InvalidRequest(f'"{request.model}" does not support thinking')
    options = table_of(told.get("options"), "options")
    context = options.get("num_ctx")
    if isinstance(context, int) and not isinstance(context, bool) and context > 0:
        model = replace(model, context=min(context, 131_072))
    wish = read(request, visit.dialect, model)
    answer = prepare(visit, request, wish, model)
    groups = answer.groups(speed)
    marks = {"error": b'{"error":"an error was encountered while running the model"}\n', "end": b""}
    if request.stream:
        lines = visit.framed(_lines(answer, groups), stream=True, **marks)
        return visit.respond(Response(status=200, headers=(LINES,), stream=lines))
    spoken: list[Spoken] = []
    async with aclosing(groups):
        async for group in groups:
            spoken += group
    body = msgspec.json.encode(_last(answer, spoken))
    return visit.respond(Response(status=200, headers=(JSON,), body=body))


def _loaded(visit: Visit, told: Mapping[str, Any]) -> Response:
    """The answer to no messages, with which a model is only loaded, or unloaded again."""
    name = str(told["model"])
    visit.choose(name)
    visit.refuse_if_wanted()
    unload = told.get("keep_alive") == 0
    (visit.desk.unload if unload else visit.desk.load)(name.removesuffix(":latest"))
    body = {
        "model": name,
        "created_at": _now(visit),
        "message": {"role": "assistant", "content": ""},
        "done": True,
        "done_reason": "unload" if unload else "load",
    }
    response = visit.respond(Response(status=200, headers=(JSON,), body=msgspec.json.encode(body)))
    visit.finish("complete")
    return response


async def _lines(answer: Answer, groups: AsyncGenerator[list[Spoken]]) -> AsyncGenerator[bytes]:
    calls: list[Spoken] = []
    reason = "stop"
    async with aclosing(groups):
        async for group in groups:
            for spoken in group:
                if isinstance(spoken, Over):
                    reason = spoken.reason
                elif spoken.kind == "call":
                    calls.append(spoken)
                else:
                    name = "thinking" if spoken.kind == "reasoning" else "content"
                    head = _head(answer, {"content": "", name: spoken.text})
                    yield line_of(head | _logprobs(answer, [spoken]))
    if calls:
        yield line_of(_head(answer, {"content": "", "tool_calls": _calls(calls)}))
    yield line_of(_head(answer, {"content": ""}) | _ending(answer, reason))


def _last(answer: Answer, spoken: list[Spoken]) -> dict[str, Any]:
    deltas = [one for one in spoken if isinstance(one, Delta)]
    reason = next((one.reason for one in spoken if isinstance(one, Over)), "stop")
    message: dict[str, Any] = {"content": "".join(one.text for one in deltas if one.kind == "text")}
    thought = "".join(one.text for one in deltas if one.kind == "reasoning")
    if thought:
        message["thinking"] = thought
    calls = _calls(spoken)
    if calls:
        message["tool_calls"] = calls
    return _head(answer, message) | _ending(answer, reason) | _logprobs(answer, deltas)


def _head(answer: Answer, message: dict[str, Any]) -> dict[str, Any]:
    return {
        "model": answer.reply.served,
        "created_at": _now(answer.visit),
        "message": {"role": "assistant", **message},
        "done": False,
    }


def _logprobs(answer: Answer, deltas: Sequence[Delta]) -> dict[str, Any]:
    """The probabilities of what was said, thoughts included, where they are wanted."""
    if not answer.reply.wish.sampling.logprobs:
        return {}
    said = [one for delta in deltas if delta.kind != "call" for one in delta.said]
    return {"logprobs": logprobs_of(said, answer.reply)}


def _ending(answer: Answer, reason: str) -> dict[str, Any]:
    counts = answer.speaking.counts()
    return {
        "done": True,
        "done_reason": "stop" if reason == "tool_calls" else reason,
        "total_duration": _ns(
            counts.load_time + counts.queue_time + counts.prompt_time + counts.answer_time
        ),
        "load_duration": _ns(counts.load_time),
        "prompt_eval_count": counts.prompt,
        "prompt_eval_duration": _ns(counts.prompt_time),
        "eval_count": counts.answer,
        "eval_duration": _ns(counts.answer_time),
    }


def _calls(spoken: list[Spoken]) -> list[dict[str, Any]]:
    """The calls; Ollama sends their arguments as an object, so a broken text is left as one."""
    rows: dict[int, list[str]] = {}
    names: dict[int, str] = {}
    for one in spoken:
        if isinstance(one, Delta) and one.kind == "call":
            rows.setdefault(one.call, []).append(one.text)
            names.setdefault(one.call, one.name or "")
    return [
        {"function": {"name": names[number], "arguments": _object("".join(texts))}}
        for number, texts in sorted(rows.items())
    ]


def _object(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return {"arguments": text}


def _as_chat(told: Mapping[str, Any]) -> dict[str, Any]:
    """The request as chat completions have it."""
    chat: dict[str, Any] = {
        "model": told.get("model"),
        "messages": [_message(row) for row in told.get("messages") or ()],
        "stream": told.get("stream", True),
    }
    for name, value in table_of(told.get("options"), "options").items():
        if name in _OPTIONS and value is not None and (name, value) != ("num_predict", -1):
            chat[_OPTIONS[name]] = value
    if told.get("tools"):
        chat["tools"] = told["tools"]
    form: Any = told.get("format")
    if form == "json":
        chat["response_format"] = {"type": "json_object"}
    elif isinstance(form, dict):
        schema = {"name": "format", "schema": cast("dict[str, Any]", form)}
        chat["response_format"] = {"type": "json_schema", "json_schema": schema}
    if told.get("logprobs"):
        chat["logprobs"] = True
        chat["top_logprobs"] = told.get("top_logprobs") or 0
    think = told.get("think")
    if think is False:
        chat["reasoning_effort"] = "none"
    elif isinstance(think, str):
        chat["reasoning_effort"] = think
    return chat


def _message(row: Any) -> Any:
    """A message with its calls as chat completions have them: arguments as text, with ids."""
    if not isinstance(row, dict):
        return row
    message = dict(cast("dict[str, Any]", row))
    message.pop("images", None)
    message.pop("thinking", None)
    calls: Any = message.get("tool_calls")
    if isinstance(calls, list):
        message["tool_calls"] = [
            {
                "id": f"call_{number}",
                "type": "function",
                "function": {
                    "name": function.get("name"),
                    "arguments": msgspec.json.encode(function.get("arguments")).decode(),
                },
            }
            for number, call in enumerate(cast("list[Any]", calls))
            for function in [table_of(table_of(call, "tool_calls").get("function"), "function")]
        ]
    if message.get("role") == "tool":
        message.setdefault("tool_call_id", message.pop("tool_name", None) or "call_0")
    return message


def body_of(visit: Visit) -> dict[str, Any]:
    """The body of a request as an object. Raises InvalidRequest."""
    try:
        told = msgspec.json.decode(visit.request.body or b"{}")
    except (msgspec.DecodeError, RecursionError) as error:
        raise InvalidRequest(f"The body is no JSON: {error}.") from error
    return table_of(told, "the body")


def table_of(value: Any, name: str) -> dict[str, Any]:
    """A value that must be an object. Raises InvalidRequest."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InvalidRequest(f"`{name}` must be an object.", param=name)
    return cast("dict[str, Any]", value)


def line_of(value: Any) -> bytes:
    """One line of an answer."""
    return msgspec.json.encode(value) + b"\n"


def _now(visit: Visit) -> str:
    at = datetime.fromtimestamp(visit.desk.clock.now(), UTC)
    return at.isoformat().replace("+00:00", "Z")


def _ns(seconds: float) -> int:
    return round(seconds * 1_000_000_000)
