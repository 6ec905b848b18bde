"""The messages that will really be sent, each with where it came from."""

from collections.abc import Awaitable

from msgspec import Struct
from msgspec.structs import replace

from filon.config import special
from filon.config.preset import Preset
from filon.conversation import tokens
from filon.conversation.errors import InvalidRequest
from filon.conversation.message import Message, Reasoning, Text, ToolCall, have_images, say
from filon.conversation.request import ChatRequest
from filon.kit import clock
from filon.pipeline.directory import Directory
from filon.pipeline.presets import named_preset
from filon.pipeline.services import Services
from filon.pipeline.turn import Turn
from filon.store.messages import MessageRow
from filon.trace.messages import sourced
from filon.trace.records import Assembled


class Gathered(Struct, frozen=True, kw_only=True):
    """What was fetched. `branch` is a chat's path from its root to the message to be answered,
    None where the caller brings the messages; `preset` the chosen preset; `person` who asks; `now`
    when (Unix seconds)."""

    branch: tuple[MessageRow, ...] | None = None
    preset: Preset | None = None
    person: str = ""
    now: float


def assemble(turn: Turn, services: Services) -> Turn | Awaitable[Turn]:
    """Fetches the branch of a chat; other callers bring their messages with them. Raises NotFound
    for a preset that is not there, InvalidRequest for one that is asked for vectors."""
    preset = preset_of(turn.request, services.directory)
    if turn.thread is None and preset is None:
        return decide(turn, Gathered(now=turn.started))
    return _assemble(turn, preset, services)


async def _assemble(turn: Turn, preset: Preset | None, services: Services) -> Turn:
    return decide(turn, await _gather(turn, preset, services))


async def _gather(turn: Turn, preset: Preset | None, services: Services) -> Gathered:
    owner, thread = turn.caller.owner_id, turn.thread
    branch = await services.store.messages.path(owner, thread.leaf_id) if thread else None
    person = await services.store.people.find(owner) if preset and preset.system else None
    return Gathered(
        branch=branch,
        preset=preset,
        person=person.name if person else "",
        now=turn.started,
    )


def preset_of(request: ChatRequest, directory: Directory) -> Preset | None:
    """The preset that the request names, apart or as its model. Raises NotFound."""
    if request.preset is None:
        return directory.preset(request.model)
    return named_preset(directory.presets, request.preset)


def decide(turn: Turn, gathered: Gathered) -> Turn:
    """Puts the messages together: a preset's system prompt, then the branch or what the caller
    brought. Of a branch, what a model thought is left out, and so are its tool calls: nobody ran
    them, and providers refuse a call without a result. So are answers that then hold nothing."""
    branch, preset = gathered.branch, gathered.preset
    if preset is not None and turn.request.wants == "vectors":
        raise InvalidRequest(
            f"{turn.request.model} is a preset, and presets are for chat.",
            fix="Name a model that makes embeddings: endpoint/model.",
            param="model",
        )
    if preset is None and turn.caller.kind == "gateway":
        return turn.after(_WITH_IMAGES if have_images(turn.request.messages) else _AS_ASKED)
    if branch is None:
        told = sourced(turn.request.messages, "request")
        request = turn.request
    else:
        messages = tuple(message for row in branch if (message := _as_sent(row)) is not None)
        told = sourced(messages[:-1], "history") + sourced(messages[-1:], "this message")
        request = replace(turn.request, messages=messages, raw=None)
    if preset is not None and preset.system is not None:
        now = clock.local(gathered.now)
        said = say("system", special.fill(preset.system.text, gathered.person, now))
        request = _begun_with(said, request)
        (first,) = sourced((said,), "preset")
        told = (replace(first, because=preset.system.because), *told)
    record = Assembled(messages=told, tokenizer=tokens.TOKENIZER)
    return turn.after(record, request=request, preset=preset)


# What a program asks stands in its request, and is not told twice.
_AS_ASKED = Assembled(in_request=True, tokenizer=tokens.TOKENIZER)
_WITH_IMAGES = Assembled(in_request=True, images=True, tokenizer=tokens.TOKENIZER)


def _begun_with(message: Message, request: ChatRequest) -> ChatRequest:
    """The request with one more message before all others, which keep the bytes they came in."""
    return replace(request, messages=(message, *request.messages))


def _as_sent(row: MessageRow) -> Message | None:
    if row.role == "user":
        return say("user", row.text)
    parts = tuple(
        part
        for part in row.message.parts
        if not isinstance(part, Reasoning | ToolCall) and part != Text("")
    )
    return Message(role="assistant", parts=parts) if parts else None
