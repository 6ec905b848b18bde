"""Two traces beside each other: what was asked, what left, what came back, and the figures."""

from collections.abc import Callable, Iterable
from typing import Any, Literal, TypeVar, cast

import msgspec
from msgspec import Struct

from filon.conversation.message import Message, Reasoning, Refusal, Text, ToolCall
from filon.trace.difference.texts import Span, spans
from filon.trace.difference.values import Difference, differences
from filon.trace.records import AnyRecord, Attempt, Decision, Received, Settled, Translated

_R = TypeVar("_R")
Records = tuple[AnyRecord, ...]
Unit = Literal["seconds", "tokens", "usd", "tokens_per_second", "word", "count"]

# Members of a body that are no parameters.
_NO_PARAMETERS = frozenset({"model", "messages", "input", "system", "instructions"})
_ABSENT = object()


class Side(Struct, frozen=True, kw_only=True):
    """A parameter in one trace: its value on the wire, if it was sent, and what was decided."""

    value: Any = None
    sent: bool = False
    decision: str | None = None


class ComparedParameter(Struct, frozen=True, kw_only=True):
    """A parameter in both traces."""

    name: str
    before: Side
    after: Side

    @property
    def same(self) -> bool:
        """Whether the provider got the same."""
        one, other = self.before, self.after
        return one.sent == other.sent and not differences(one.value, other.value)


class Figure(Struct, frozen=True, kw_only=True):
    """One figure of both traces. `difference` is after less before."""

    name: str
    unit: Unit
    before: float | str | None
    after: float | str | None

    @property
    def difference(self) -> float | None:
        """How much more it is after, where both are numbers."""
        if isinstance(self.before, int | float) and isinstance(self.after, int | float):
            return self.after - self.before
        return None


class Compared(Struct, frozen=True, kw_only=True):
    """All of it. `asked` and `request` are None where the two are in different protocols."""

    protocols: tuple[str, str]
    asked: list[Difference] | None
    request: list[Difference] | None
    parameters: list[ComparedParameter]
    output: list[Span]
    reasoning: list[Span]
    calls: list[Difference]
    figures: list[Figure]


def compare(before: Records, after: Records) -> Compared:
    """What differs. A trace that did not get far has less to compare, and is not refused."""
    one, other = _last(before, Settled), _last(after, Settled)
    first = one.message if one else None
    second = other.message if other else None
    return Compared(
        protocols=(_protocol(before), _protocol(after)),
        asked=_asked(before, after),
        request=_request(before, after),
        parameters=_parameters(before, after),
        output=spans(_said(first, Text, Refusal), _said(second, Text, Refusal)),
        reasoning=spans(_said(first, Reasoning), _said(second, Reasoning)),
        calls=differences(_calls(first), _calls(second)),
        figures=_figures(before, after),
    )


def parameter_differences(before: Records, after: Records) -> list[Difference]:
    """The parameters that differ on the wire, and the model, if it does."""
    found = [
        Difference(
            path=one.name,
            kind="changed"
            if one.before.sent and one.after.sent
            else "added"
            if one.after.sent
            else "removed",
            before=one.before.value,
            after=one.after.value,
        )
        for one in _parameters(before, after)
        if not one.same
    ]
    names = [
        f"{attempt.endpoint}/{attempt.model}" if attempt else None
        for attempt in (_last(before, Attempt), _last(after, Attempt))
    ]
    if None not in names and names[0] != names[1]:
        moved = Difference(path="model", kind="changed", before=names[0], after=names[1])
        found.insert(0, moved)
    return found


def _asked(before: Records, after: Records) -> list[Difference] | None:
    one, other = _last(before, Received), _last(after, Received)
    if one is None or other is None or one.protocol != other.protocol:
        return None
    return _bodies(one.body.data, other.body.data)


def _request(before: Records, after: Records) -> list[Difference] | None:
    if _protocol(before) != _protocol(after):
        return None
    return _bodies(_wire(before), _wire(after))


def _bodies(before: bytes, after: bytes) -> list[Difference]:
    one, other = _json(before), _json(after)
    if _ABSENT not in (one, other):
        try:
            return differences(one, other)
        except RecursionError:
            # Nested too deeply to be told place by place.
            pass
    return differences(before.decode("utf-8", "replace"), after.decode("utf-8", "replace"))


def _json(data: bytes) -> Any:
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _ABSENT


def _wire(records: Records) -> bytes:
    attempt, translated = _last(records, Attempt), _last(records, Translated)
    if attempt is not None:
        return attempt.request_body.data
    return translated.body.data if translated else b""


def _protocol(records: Records) -> str:
    translated = _last(records, Translated)
    return translated.protocol if translated else ""


def _parameters(before: Records, after: Records) -> list[ComparedParameter]:
    one, other = _sides(before), _sides(after)
    return [
        ComparedParameter(name=name, before=one.get(name, Side()), after=other.get(name, Side()))
        for name in dict.fromkeys((*other, *one))
    ]


def _sides(records: Records) -> dict[str, Side]:
    """Each parameter by its name on the wire, and those that were not sent by the one asked for."""
    translated = _last(records, Translated)
    decisions = translated.decisions if translated else ()
    body = _json(_wire(records))
    members = cast("dict[str, Any]", body) if isinstance(body, dict) else {}
    by_wire = {one.sent_as: one for one in decisions if one.sent_as is not None}
    found = {
        name: Side(value=value, sent=True, decision=_verdict(by_wire.get(name)))
        for name, value in members.items()
        if name not in _NO_PARAMETERS
    }
    for one in decisions:
        if one.sent_as is None and one.wanted is not None:
            found.setdefault(one.name, Side(decision=one.decision))
    return found


def _verdict(decision: Decision | None) -> str | None:
    return decision.decision if decision is not None else None


def _said(message: Message | None, *kinds: type[Text | Reasoning | Refusal]) -> str:
    parts = message.parts if message is not None else ()
    return "".join(part.text for part in parts if isinstance(part, kinds))


def _calls(message: Message | None) -> list[Any]:
    """The tool calls, with their arguments as JSON where they are. Ids differ by nature."""
    parts = message.parts if message is not None else ()
    return [
        {"name": part.name, "arguments": part.arguments if told is _ABSENT else told}
        for part in parts
        if isinstance(part, ToolCall)
        for told in (_json(part.arguments.encode("utf-8", "replace")),)
    ]


def _figures(before: Records, after: Records) -> list[Figure]:
    rows: tuple[tuple[str, Unit, Callable[[Records], Any]], ...] = (
        ("outcome", "word", _outcome),
        ("status", "count", _status),
        ("finish_reason", "word", _finish),
        ("attempts", "count", _attempts),
        ("ttft", "seconds", _ttft),
        ("total", "seconds", _total),
        ("rate", "tokens_per_second", _rate),
        ("input_tokens", "tokens", _input),
        ("cached_tokens", "tokens", _cached),
        ("output_tokens", "tokens", _output),
        ("reasoning_tokens", "tokens", _reasoning),
        ("cost_usd", "usd", _cost),
    )
    return [
        Figure(name=name, unit=unit, before=of(before), after=of(after)) for name, unit, of in rows
    ]


def _outcome(records: Records) -> str | None:
    settled = _last(records, Settled)
    return settled.outcome if settled else None


def _status(records: Records) -> int | None:
    attempt = _last(records, Attempt)
    return attempt.status if attempt else None


def _finish(records: Records) -> str | None:
    settled = _last(records, Settled)
    return settled.finish_reason if settled else None


def _attempts(records: Records) -> int:
    return sum(isinstance(record, Attempt) for record in records)


def _ttft(records: Records) -> float | None:
    settled = _last(records, Settled)
    return settled.ttft if settled else None


def _total(records: Records) -> float | None:
    settled, received = _last(records, Settled), _last(records, Received)
    return settled.started - received.started if settled and received else None


def _rate(records: Records) -> float | None:
    settled = _last(records, Settled)
    return settled.rate if settled else None


def _counted(records: Records, name: str) -> int | None:
    settled = _last(records, Settled)
    used = (settled.usage or settled.estimated) if settled else None
    return cast("int | None", getattr(used, name)) if used else None


def _input(records: Records) -> int | None:
    return _counted(records, "input_tokens")


def _cached(records: Records) -> int | None:
    return _counted(records, "cached_tokens")


def _output(records: Records) -> int | None:
    return _counted(records, "output_tokens")


def _reasoning(records: Records) -> int | None:
    return _counted(records, "reasoning_tokens")


def _cost(records: Records) -> float | None:
    settled = _last(records, Settled)
    if settled is None:
        return None
    return 0.0 if settled.cost.kind == "free" else settled.cost.usd


def _last(records: Iterable[AnyRecord], kind: type[_R]) -> _R | None:
    return next((one for one in reversed(tuple(records)) if isinstance(one, kind)), None)
