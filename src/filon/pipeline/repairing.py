"""The one automatic repair: of a parameter that a provider refused and said how to mend. Pure.

A name that changes keeps what was meant, so it is always given its new one. Leaving something out
does not: of a caller who is strict it is left out only where it was not the caller's own wish, and
what shapes the answer (tools, its format, its length) never is.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from filon.conversation.finding import Finding, RenameParameter, RetryWithout
from filon.pipeline.turn import Repair, Turn
from filon.providers.aliases import canonical
from filon.trace.records import Because, Decision, Translated

# Without one of these the answer is one of the same kind, if not the same.
_MAY_GO = frozenset(
    {
        "temperature",
        "top_p",
        "top_k",
        "min_p",
        "frequency_penalty",
        "presence_penalty",
        "repetition_penalty",
        "seed",
        "logit_bias",
        "logprobs",
        "top_logprobs",
        "user",
        "store",
        "metadata",
        "stream_options",
        "parallel_tool_calls",
        "reasoning_effort",
        "verbosity",
        "service_tier",
    }
)
_OURS = ("defaulted", "added")


class Repairing(Exception):
    """The turn is to be translated anew, with this repair."""

    def __init__(self, repair: Repair) -> None:
        super().__init__(told(repair))
        self.repair = repair


def repair_of(turn: Turn, findings: Sequence[Finding]) -> Repair | None:
    """The repair that the first finding names, if it may be made: once in a turn, and never of a
    body that is to be sent as it stands."""
    if turn.repair is not None or turn.exact is not None or not findings:
        return None
    finding = findings[0]
    for fix in finding.fixes:
        match fix:
            case RenameParameter(parameter=name, to=to):
                return Repair(parameter=name, to=to, code=finding.code, said=finding.evidence)
            case RetryWithout(parameter=name) if _may_go(turn, name):
                return Repair(parameter=name, code=finding.code, said=finding.evidence)
            case _:
                pass
    return None


def _may_go(turn: Turn, name: str) -> bool:
    if canonical(name) not in _MAY_GO:
        return False
    strict = turn.caller.kind == "gateway" and not turn.caller.lenient
    return not strict or any(
        one.sent_as == name and one.decision in _OURS for one in _decisions(turn)
    )


def _decisions(turn: Turn) -> tuple[Decision, ...]:
    translated = [record for record in turn.records if isinstance(record, Translated)]
    return translated[-1].decisions if translated else ()


def repaired(decisions: tuple[Decision, ...], repair: Repair | None) -> tuple[Decision, ...]:
    """The decisions with the repair made."""
    if repair is None:
        return decisions
    taken = {one.sent_as for one in decisions}
    because = Because(source="provider", rule=repair.code, why=repair.said)
    return tuple(
        _mended(one, repair, because, taken) if one.sent_as == repair.parameter else one
        for one in decisions
    )


def _mended(one: Decision, repair: Repair, because: Because, taken: set[str | None]) -> Decision:
    if repair.to is not None and repair.to not in taken:
        return replace(one, decision="renamed", because=because, sent_as=repair.to)
    return replace(one, decision="dropped", because=because, sent=None, sent_as=None)


def told(repair: Repair) -> str:
    """What is done after the attempt, in a sentence."""
    if repair.to is None:
        return f"It refused `{repair.parameter}`; the same is sent without it."
    return f"It wants `{repair.to}`; the same is sent with that name for `{repair.parameter}`."
