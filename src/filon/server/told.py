"""Rows and values as the bodies of `/api`."""

from typing import Any, cast

import msgspec

from filon.conversation.errors import Problem
from filon.conversation.message import Reasoning, Refusal, ToolCall
from filon.pipeline.services import Progress
from filon.providers.endpoint import Key
from filon.server import shapes
from filon.server.running import so_far
from filon.store.conversations import ConversationRow
from filon.store.messages import MessageRow
from filon.store.traces import TraceSummary
from filon.trace.facts import Facts
from filon.trace.frames import Frame, Frames
from filon.trace.records import AnyRecord, Because, Body, Timing


def problem(value: Problem | None) -> shapes.ProblemShape | None:
    """A problem, if there is one."""
    return None if value is None else shapes.ProblemShape(**msgspec.structs.asdict(value))


def conversation(row: ConversationRow, *, live: bool) -> shapes.ConversationShape:
    """A conversation of the list; `live` while an answer of it is being written."""
    return shapes.ConversationShape(
        id=row.id,
        title=row.title,
        model=row.model,
        preset=row.preset,
        active=row.active_id,
        live=live,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def message(row: MessageRow) -> shapes.MessageShape:
    """A message of the tree."""
    chip = None if row.chip is None else shapes.ChipShape(**msgspec.structs.asdict(row.chip))
    parts = row.message.parts
    calls = [part for part in parts if isinstance(part, ToolCall)]
    return shapes.MessageShape(
        id=row.id,
        conversation_id=row.conversation_id,
        parent_id=row.parent_id,
        role="assistant" if row.role == "assistant" else "user",
        # The column holds a refusal too, so that it is found.
        text=row.text if row.content is None else row.content.text,
        refusal="".join(part.text for part in parts if isinstance(part, Refusal)),
        reasoning=row.reasoning,
        sealed=any(isinstance(part, Reasoning) and not part.text for part in parts),
        calls=[
            shapes.CallShape(index=index, **msgspec.structs.asdict(call))
            for index, call in enumerate(calls)
        ],
        state=row.state,
        sender=row.sender,
        model=row.model,
        preset=row.preset,
        trace_id=row.trace_id,
        chip=chip,
        problem=problem(row.problem),
        created_at=row.created_at,
    )


def trace(summary: TraceSummary) -> shapes.TraceShape:
    """A trace of the list."""
    fields: dict[str, Any] = msgspec.structs.asdict(summary)
    fields["timing"] = _timing(summary.timing)
    known = msgspec.structs.asdict(fields.pop("facts") or Facts())
    del known["flags"]
    return shapes.TraceShape(**fields, **known)


def running_trace(progress: Progress) -> shapes.TraceShape:
    """The trace of a turn that is not over."""
    return trace(so_far(progress)).model_copy(update={"outcome": "live"})


def _timing(timing: Timing) -> dict[str, float | None]:
    fields = msgspec.structs.asdict(timing)
    return {name: value for name, value in fields.items() if not isinstance(value, bool)}


def where(because: Because) -> shapes.WhereShape:
    """A place in a file, or the word for where no file is at work."""
    return shapes.WhereShape(**msgspec.structs.asdict(because))


def key_state(key: Key) -> shapes.KeyStateShape:
    """Where a key comes from; never the key."""
    return shapes.KeyStateShape(source=key.source, variable=key.variable, masked=key.masked)


def record(value: AnyRecord) -> dict[str, Any]:
    """A record with its type's name; bytes as text with their size."""
    told = _plain(value)
    told["type"] = type(value).__struct_config__.tag
    for only_kept in _ONLY_KEPT:
        told.pop(only_kept, None)
    return told


# How older versions kept the frames, and what a trace is found by where its messages are not kept.
_ONLY_KEPT = ("apart", "images")


def _plain(value: Any) -> Any:
    match value:
        case Body(data=data):
            return _bytes(data)
        case Frames():
            return [_frame(frame) for frame in value]
        case msgspec.Struct():
            fields = {name: _plain(getattr(value, name)) for name in value.__struct_fields__}
            tag = value.__struct_config__.tag
            return fields if tag is None else {"type": tag, **fields}
        case tuple() | list():
            return [_plain(item) for item in cast("tuple[Any, ...] | list[Any]", value)]
        case _:
            return value


def _frame(frame: Frame) -> dict[str, Any]:
    shown = _bytes(frame.data)
    told = {"at": frame.at, "text": shown["text"], "size": shown["size"], "kind": frame.kind}
    # Text stands for bytes that are not UTF-8 only in part.
    return told if shown["exact"] else {**told, "hex": frame.data.hex(" ")}


def _bytes(data: bytes) -> dict[str, Any]:
    text = data.decode("utf-8", "replace")
    return {"text": text, "size": len(data), "exact": text.encode() == data}
