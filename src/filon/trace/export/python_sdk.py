"""An attempt as Python with the SDK of OpenAI or of Anthropic. The SDK writes the body anew: the
same JSON, perhaps in another order."""

import json
import math
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from msgspec import Struct

from filon.trace.export.python_text import env, keyed, literal, string
from filon.trace.export.source import Exported, Header, Source, unexportable

# Names that the SDK has had for long; all others go by extra_body, which any version takes.
CHAT = frozenset(
    {
        *("messages", "model", "frequency_penalty", "function_call", "functions", "logit_bias"),
        *("logprobs", "max_completion_tokens", "max_tokens", "metadata", "modalities", "n"),
        *("parallel_tool_calls", "prediction", "presence_penalty", "reasoning_effort"),
        *("response_format", "seed", "service_tier", "stop", "store", "stream", "stream_options"),
        *("temperature", "tool_choice", "tools", "top_logprobs", "top_p", "user"),
    }
)
RESPONSES = frozenset(
    {
        *("include", "input", "instructions", "max_output_tokens", "metadata", "model"),
        *("parallel_tool_calls", "previous_response_id", "reasoning", "store", "stream"),
        *("temperature", "text", "tool_choice", "tools", "top_p", "truncation", "user"),
    }
)
EMBEDDINGS = frozenset({"input", "model", "dimensions", "encoding_format", "user"})
MESSAGES = frozenset(
    {
        *("max_tokens", "messages", "model", "metadata", "service_tier", "stop_sequences"),
        *("stream", "system", "thinking", "tool_choice", "tools"),
    }
)
# Python reads no literal that is nested more than about twice as deep.
_DEEPEST = 90
# They follow from the SDK, or from the body.
_USUAL = frozenset({"content-type", "accept", "accept-encoding", "user-agent"})


class _Call(Struct, frozen=True, kw_only=True):
    """How an SDK is called for one protocol. `path` is what it adds to its base URL, `keys` has the
    headers that it can fill with the key, and by which argument."""

    package: str
    client: str
    method: str
    path: str
    names: frozenset[str]
    needs: tuple[str, ...]
    keys: Mapping[str, str]


_BEARER: Mapping[str, str] = {"authorization": "api_key"}
_OPENAI = {
    "openai_chat": _Call(
        package="openai",
        client="OpenAI",
        method="chat.completions.create",
        path="/chat/completions",
        names=CHAT,
        needs=("model", "messages"),
        keys=_BEARER,
    ),
    "openai_responses": _Call(
        package="openai",
        client="OpenAI",
        method="responses.create",
        path="/responses",
        names=RESPONSES,
        needs=(),
        keys=_BEARER,
    ),
    "openai_embeddings": _Call(
        package="openai",
        client="OpenAI",
        method="embeddings.create",
        path="/embeddings",
        names=EMBEDDINGS,
        needs=("model", "input"),
        keys=_BEARER,
    ),
}
_ANTHROPIC = {
    "anthropic_messages": _Call(
        package="anthropic",
        client="Anthropic",
        method="messages.create",
        path="/v1/messages",
        names=MESSAGES,
        needs=("model", "messages", "max_tokens"),
        keys={"authorization": "auth_token", "x-api-key": "api_key"},
    )
}


def python_openai(source: Source) -> Exported:
    """With the package `openai`. Raises InvalidRequest for what it cannot send."""
    return _program(source, _OPENAI, "OpenAI")


def python_anthropic(source: Source) -> Exported:
    """With the package `anthropic`. Raises InvalidRequest for what it cannot send."""
    return _program(source, _ANTHROPIC, "Anthropic")


def _program(source: Source, calls: dict[str, _Call], whose: str) -> Exported:
    call = calls.get(source.protocol)
    if call is None:
        raise unexportable(
            f"This request is in {source.protocol}, which {whose}'s SDK does not speak.",
            "Take python, which sends the bytes as they are.",
        )
    members = _members(source, call)
    streams = members.get("stream") is True
    known = {name: value for name, value in members.items() if name in call.names}
    others = {name: value for name, value in members.items() if name not in call.names}
    lines = [f"import {call.package}  # pip install {call.package}\n"]
    if any(header.carries == "key" for header in source.headers):
        lines.insert(0, "import os\n\n")
    lines += ["\n", _client(source, call), "\n"]
    arguments = [f"{name}={literal(value, 4)}" for name, value in known.items()]
    if source.protocol == "openai_embeddings" and "encoding_format" not in known:
        # Left to itself, the SDK asks for base64.
        arguments.append('encoding_format="float"')
    if others:
        arguments.append(f"extra_body={literal(others, 4)}")
    lines.append(f"{'stream' if streams else 'reply'} = client.{call.method}(\n")
    lines += [f"    {argument},\n" for argument in arguments]
    lines.append(")\n")
    lines.append(_reading(source.protocol) if streams else "print(reply.to_json())\n")
    return Exported("".join(lines), "text/x-python", "py")


def _reading(protocol: str) -> str:
    """The loop over a stream."""
    if protocol == "openai_chat":
        return (
            "for chunk in stream:\n"
            "    for choice in chunk.choices:\n"
            '        print(choice.delta.content or "", end="", flush=True)\n'
            "print()\n"
        )
    if protocol == "anthropic_messages":
        return (
            "for event in stream:\n"
            '    if event.type == "content_block_delta" and event.delta.type == "text_delta":\n'
            '        print(event.delta.text, end="", flush=True)\n'
            "print()\n"
        )
    return (
        "for event in stream:\n"
        '    if event.type == "response.output_text.delta":\n'
        '        print(event.delta, end="", flush=True)\n'
        "print()\n"
    )


def _client(source: Source, call: _Call) -> str:
    parts = urlsplit(source.attempt.url)
    if not parts.path.endswith(call.path):
        raise unexportable(
            f"The SDK sends to an address that ends in {call.path}, and this one does not: "
            f"{source.attempt.url}.",
            "Take python, which sends the bytes as they are.",
        )
    base = urlunsplit((parts.scheme, parts.netloc, parts.path.removesuffix(call.path), "", ""))
    given = [f"base_url={string(base)}", *_access(source, call)]
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    if query:
        given.append(f"default_query={literal(query, 4)}")
    more = [
        f"        {string(header.name)}: {_value(header, source.variable)},\n"
        for header in source.headers
        if header.name.lower() not in _USUAL and not _is_usual_key(header, call)
    ]
    if more:
        given.append("default_headers={\n" + "".join(more) + "    }")
    given.append("max_retries=0")
    # Anthropic's SDK refuses long answers in one piece unless a time is said.
    given.append("timeout=600")
    inside = "".join(f"    {one},\n" for one in given)
    return f"client = {call.package}.{call.client}(\n{inside})\n"


def _access(source: Source, call: _Call) -> list[str]:
    """How the client is given the key."""
    given = [
        f"{call.keys[header.name.lower()]}={env(source.variable)}"
        for header in source.headers
        if _is_usual_key(header, call)
    ]
    return given or ['api_key="none"']


def _is_usual_key(header: Header, call: _Call) -> bool:
    """Whether the client itself puts the key there."""
    if header.carries != "key" or header.name.lower() not in call.keys:
        return False
    return header.value in ("", "Bearer ")


def _value(header: Header, variable: str) -> str:
    return keyed(header.value, variable) if header.carries == "key" else string(header.value)


def _members(source: Source, call: _Call) -> dict[str, Any]:
    try:
        value: Any = json.loads(source.body)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict) or not _is_plain(value, _DEEPEST):
        raise unexportable(
            "The body is no JSON object that an SDK could write.",
            "Take python, which sends the bytes as they are.",
        )
    members = cast("dict[str, Any]", value)
    missing = [name for name in call.needs if name not in members]
    if missing:
        raise unexportable(
            f"The SDK sends no request without {', '.join(missing)}, as this one was.",
            "Take python, which sends the bytes as they are.",
        )
    return members


def _is_plain(value: Any, depth: int) -> bool:
    """Whether a value can be written as Python and read again as the same."""
    match value:
        case float():
            return math.isfinite(value)
        case dict():
            inner = list(cast("dict[str, Any]", value).values())
        case list():
            inner = cast("list[Any]", value)
        case _:
            return True
    return depth > 0 and all(_is_plain(one, depth - 1) for one in inner)
