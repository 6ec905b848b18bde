"""Which endpoint and model answers, and which were passed over and why. Pure, but for the
time in its record."""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from filon.conversation.errors import EndpointNotReady, FilonError
from filon.kit.memo import Memo
from filon.pipeline.candidates import Asker, Looked, look, wishes
from filon.pipeline.directory import Directory
from filon.pipeline.presets import check_ready
from filon.pipeline.turn import Turn
from filon.providers.endpoint import Endpoint
from filon.trace.records import Candidate, Routed


class _Way(Struct, frozen=True):
    """Where a request goes, and the record that says why."""

    endpoint: Endpoint
    record: Routed


# Of the same directory, the same key and the same model nothing else can come.
_WAYS: Memo[_Way] = Memo()


def route(turn: Turn, directory: Directory) -> Turn:
    """Chooses the first that can be used. Called again with what has failed, it chooses the next.

    Where one model alone was asked for, raises what is wrong with it: UnknownModel, InvalidRequest,
    or EndpointNotReady with the preset's or endpoint's reason. Where there were several, raises
    EndpointNotReady with the reason of each.
    """
    request, rules = turn.request, turn.caller.rules
    is_plain = turn.preset is None and not turn.failed and not request.fallbacks
    way = _WAYS.get((request.model, request.wants), directory, rules) if is_plain else None
    if way is None:
        way = _way(turn, directory)
        if is_plain:
            _WAYS.keep(way, (request.model, request.wants), directory, rules)
    return turn.after(way.record, endpoint=way.endpoint, model=way.record.model)


def _way(turn: Turn, directory: Directory) -> _Way:
    if turn.preset is not None:
        check_ready(turn.preset)
    asker = Asker(wants=turn.request.wants, rules=turn.caller.rules, failed=turn.failed)
    looked = look(wishes(turn.request, turn.preset, directory), directory, asker)
    chosen = next((one for one in looked if one.endpoint is not None), None)
    if chosen is None or chosen.endpoint is None:
        raise _none_usable(turn.request.model, looked)
    record = Routed(
        candidates=tuple(_told(one, chosen) for one in looked),
        endpoint=chosen.endpoint.name,
        model=chosen.model,
    )
    return _Way(chosen.endpoint.at(chosen.model), record)


def _told(one: Looked, chosen: Looked) -> Candidate:
    candidate = one.candidate
    if one is chosen or not candidate.kept:
        return candidate
    return replace(candidate, reason=f"{candidate.reason}; waits for those before it to fail")


def _none_usable(asked: str, looked: Sequence[Looked]) -> FilonError:
    first = looked[0].error
    if len(looked) == 1 and first is not None:
        return first
    reasons = "; ".join(f"{one.name}: {one.candidate.reason.rstrip('.')}" for one in looked)
    return EndpointNotReady(
        f"None of the {len(looked)} models for {asked} can be used. {reasons}.",
        code="no_target_usable",
        fix="Mend one of them under Endpoints, or choose another model.",
        param="model",
        names={"model": asked, "reasons": reasons},
    )
