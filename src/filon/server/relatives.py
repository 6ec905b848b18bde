"""How traces are related, as the page shows it: lineage, and two beside each other."""

import asyncio

import msgspec

from filon.conversation.errors import NotFound
from filon.server.house import ServerHouse
from filon.server.replay_shapes import (
    ChangeShape,
    ComparedParameterShape,
    ComparedShape,
    DifferenceShape,
    FigureShape,
    LineageShape,
    Manner,
    RelativeShape,
    SideShape,
    SpanShape,
)
from filon.server.stored import Looked, look
from filon.trace.difference.compared import (
    Compared,
    ComparedParameter,
    Side,
    compare,
    parameter_differences,
)
from filon.trace.difference.texts import Span
from filon.trace.difference.values import Difference
from filon.trace.records import Received, Settled


async def lineage(owner_id: int, trace_id: str, house: ServerHouse) -> LineageShape:
    """The family of a trace. Raises NotFound."""
    mine = await look(owner_id, trace_id, house)
    received, settled = _received(mine), _settled(mine)
    parent_id = received.replay_of if received else None
    parent = await _found(owner_id, parent_id, house) if parent_id else None
    running = [
        progress.turn.id
        for progress in reversed(house.running(owner_id))
        if progress.turn.received.replay_of == trace_id
    ]
    replays = (*running, *await house.store.lineage.replays(owner_id, trace_id))
    siblings: tuple[str, ...] = ()
    if settled is not None and settled.message_id is not None:
        answered = await house.store.lineage.answered(owner_id, settled.message_id)
        siblings = answered.trace_ids
    manner: Manner | None = None
    if received is not None and received.replay_as is not None:
        manner = "wire" if received.replay_as == "wire" else "asked"
    return LineageShape(
        parent_id=parent_id,
        manner=manner,
        changes=_changes(received),
        parent=_relative(parent, mine, shown=parent) if parent else None,
        replays=await _relatives(owner_id, mine, dict.fromkeys(replays), house),
        siblings=await _relatives(owner_id, mine, dict.fromkeys(siblings), house),
    )


async def _relatives(
    owner_id: int, mine: Looked, ids: dict[str, None], house: ServerHouse
) -> list[RelativeShape]:
    found = [await _found(owner_id, one, house) for one in ids]
    return [_relative(mine, one, shown=one) for one in found if one is not None]


async def _found(owner_id: int, trace_id: str, house: ServerHouse) -> Looked | None:
    """A trace that may have been deleted."""
    try:
        return await look(owner_id, trace_id, house)
    except NotFound:
        return None


def _relative(before: Looked, after: Looked, *, shown: Looked) -> RelativeShape:
    return RelativeShape(
        trace=shown.shape,
        changes=_changes(_received(shown)),
        parameters=_differences(parameter_differences(before.records, after.records)),
    )


async def compared(
    owner_id: int, trace_id: str, other_id: str, house: ServerHouse
) -> ComparedShape:
    """Two traces beside each other. Raises NotFound."""
    before, after = await look(owner_id, trace_id, house), await look(owner_id, other_id, house)
    # Long texts take their time, and other requests must not wait for that.
    found = await asyncio.to_thread(compare, before.records, after.records)
    return _shape(before, after, found)


def _shape(before: Looked, after: Looked, found: Compared) -> ComparedShape:
    return ComparedShape(
        before=before.shape,
        after=after.shape,
        protocols=list(found.protocols),
        asked=None if found.asked is None else _differences(found.asked),
        request=None if found.request is None else _differences(found.request),
        parameters=[_parameter(one) for one in found.parameters],
        output=_spans(found.output),
        reasoning=_spans(found.reasoning),
        calls=_differences(found.calls),
        figures=[
            FigureShape(**msgspec.structs.asdict(one), difference=one.difference)
            for one in found.figures
        ],
    )


def _parameter(one: ComparedParameter) -> ComparedParameterShape:
    return ComparedParameterShape(
        name=one.name, before=_side(one.before), after=_side(one.after), same=one.same
    )


def _side(side: Side) -> SideShape:
    return SideShape(value=side.value, sent=side.sent, decision=side.decision)


def _spans(spans: list[Span]) -> list[SpanShape]:
    return [SpanShape(kind=one.kind, text=one.text) for one in spans]


def _differences(found: list[Difference]) -> list[DifferenceShape]:
    return [DifferenceShape(**msgspec.structs.asdict(one)) for one in found]


def _changes(received: Received | None) -> list[ChangeShape]:
    changes = received.changes if received is not None else ()
    return [ChangeShape(name=one.name, before=one.before, after=one.after) for one in changes]


def _received(looked: Looked) -> Received | None:
    return next((one for one in looked.records if isinstance(one, Received)), None)


def _settled(looked: Looked) -> Settled | None:
    return next((one for one in looked.records if isinstance(one, Settled)), None)
