"""Names a conversation: by its first words at once, then by a model where the endpoint says so.

The request for a title is a turn of its own, with a trace of its own.
"""

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from filon.conversation.errors import UnknownModel
from filon.conversation.message import Message, ToolCall, say
from filon.conversation.request import ChatRequest
from filon.pipeline.directory import Directory
from filon.pipeline.ending import settled
from filon.pipeline.run import run
from filon.pipeline.services import Services
from filon.pipeline.turn import Caller, Nobody, Thread, Turn, begin
from filon.providers.endpoint import Endpoint, Title, TitleMethod
from filon.trace.records import Assembled, Body, Received

_LONGEST = 80
_READ = 2000

_ASK = (
    "Give this conversation a title of at most six words, in the language of the conversation. "
    "Answer with the title alone: no quotes, no full stop.\n\n{convo}"
)
_WRITTEN = "The person wrote:\n{input}"
_ANSWERED = "The person wrote:\n{input}\n\nThe answer was:\n{output}"
_PLACE = re.compile(r"\{(convo|input|output)\}")

_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {"title": {"type": "string", "description": "The title of the conversation"}},
    "required": ["title"],
    "additionalProperties": False,
}
_PARAMETERS: Mapping[TitleMethod, Mapping[str, Any]] = {
    "completion": {},
    "structured": {
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "title", "strict": True, "schema": _SCHEMA},
        }
    },
    "functions": {
        "tools": [
            {
                "type": "function",
                "function": {
                    "name": "title",
                    "description": "Gives the conversation its title.",
                    "parameters": _SCHEMA,
                },
            }
        ],
        "tool_choice": {"type": "function", "function": {"name": "title"}},
    },
}
# By these a provider says that it does not take such a request; then it is asked in plain words.
_NOT_TAKEN = frozenset({400, 404, 422})


class Untitled(Struct, frozen=True, kw_only=True):
    """A conversation that is to be named: who asked what at which endpoint and model, and what the
    answer was; empty while there is none."""

    caller: Caller
    thread: Thread
    endpoint: Endpoint
    model: str
    asked: str
    answered: str = ""


class _Titled(msgspec.Struct):
    title: str = ""


def first_words(text: str) -> str:
    """The beginning of a message, cut at a word."""
    line = " ".join(text.split())
    if len(line) <= _LONGEST // 2 + 8:
        return line or "…"
    return line[: _LONGEST // 2 + 8].rsplit(" ", 1)[0].rstrip(",;:.-") + " …"


def untitled(turn: Turn) -> Untitled | None:
    """The conversation whose first answer this is, at an endpoint that then writes titles."""
    end = settled(turn)
    assembled = [record for record in turn.records if isinstance(record, Assembled)]
    if (
        end is None
        or end.outcome != "complete"
        or turn.endpoint is None
        or turn.thread is None
        or not turn.endpoint.title.enabled
        or turn.endpoint.title.timing == "immediate"
        or not assembled
        or sum(one.origin != "preset" for one in assembled[-1].messages) != 1
    ):
        return None
    message = turn.answer.message
    return Untitled(
        caller=turn.caller,
        thread=turn.thread,
        endpoint=turn.endpoint,
        model=turn.model or "",
        asked=turn.request.messages[-1].text if turn.request.messages else "",
        answered=message.text if message else "",
    )


def untitled_yet(turn: Turn, directory: Directory, asked: str) -> Untitled | None:
    """The conversation that begins with this turn, at an endpoint that writes titles meanwhile."""
    try:
        endpoint, model = directory.first(turn.request.model)
    except UnknownModel:
        return None
    title = endpoint.title
    if turn.thread is None or not title.enabled or title.timing != "immediate":
        return None
    if endpoint.against(model) is not None:
        return None
    return Untitled(
        caller=turn.caller, thread=turn.thread, endpoint=endpoint, model=model, asked=asked
    )


async def write_title(conversation: Untitled, services: Services) -> str | None:
    """Asks the title's model; None when it gave nothing usable. A model that takes no schema and
    no tool is asked again in plain words."""
    method = conversation.endpoint.title.method
    ended = await _ask(conversation, method, services)
    problem = ended.problem
    if method != "completion" and problem and problem.provider_status in _NOT_TAKEN:
        ended = await _ask(conversation, "completion", services)
    message = ended.answer.message
    return None if message is None else cleaned(services.redactor.text(_said(message)))


async def _ask(conversation: Untitled, method: TitleMethod, services: Services) -> Turn:
    turn = _turn(conversation, method, services.directory)
    return await run(turn, services, Nobody())


def _said(message: Message) -> str:
    """The title in a message: a tool's argument, a JSON object's, or what it says."""
    calls = [part.arguments for part in message.parts if isinstance(part, ToolCall)]
    for text in (*calls, message.text.rpartition("</think>")[2]):
        try:
            told = msgspec.json.decode(text, type=_Titled)
        except msgspec.DecodeError:
            continue
        if told.title:
            return told.title
    return message.text


def cleaned(text: str) -> str | None:
    """A model's words as a title: one line, no quotes, no thinking, not too long."""
    said = text.rpartition("</think>")[2].strip()
    line = next((line.strip() for line in said.splitlines() if line.strip()), "")
    line = line.removeprefix("Title:").removeprefix("#").strip().strip("\"'“”«»*").rstrip(".")
    if not line:
        return None
    return line if len(line) <= _LONGEST else line[: _LONGEST - 2].rsplit(" ", 1)[0] + " …"


def prompt_of(title: Title, asked: str, answered: str) -> str:
    """What the title's model is asked. A prompt without `{convo}` gets the conversation behind it:
    without it there would be nothing to name."""
    template = title.template or (_ANSWERED if answered else _WRITTEN)
    convo = _filled(template, {"input": asked[:_READ], "output": answered[:_READ]})
    prompt = title.prompt or _ASK
    if "{convo}" not in prompt:
        prompt += "\n\n{convo}"
    return _filled(prompt, {"convo": convo})


def _filled(text: str, values: Mapping[str, str]) -> str:
    """In one pass, so that braces in what a person wrote stay what they are."""
    return _PLACE.sub(lambda match: values.get(match[1], match[0]), text)


def _turn(conversation: Untitled, method: TitleMethod, directory: Directory) -> Turn:
    title = conversation.endpoint.title
    text = prompt_of(title, conversation.asked, conversation.answered)
    turn = begin(
        replace(conversation.caller, kind="title"),
        ChatRequest(
            model=_model(conversation, directory),
            messages=(say(title.role, text),),
            parameters=_PARAMETERS[method],
        ),
        Received(protocol="filon_chat", path="title of a conversation", body=Body(text.encode())),
    )
    return replace(turn, about=conversation.thread)


def _model(conversation: Untitled, directory: Directory) -> str:
    """Who is asked. A titleEndpoint that is not there, or not ready, is passed over."""
    title = conversation.endpoint.title
    model = title.model or conversation.model
    other = directory.endpoint(title.endpoint) if title.endpoint else None
    if other is not None:
        known = directory.models(other)
        if title.model is None and model not in known:
            model = other.title.model or next(iter(known), "")
        if model and other.against(model) is None:
            return f"{other.name}/{model}"
    return f"{conversation.endpoint.name}/{title.model or conversation.model}"
