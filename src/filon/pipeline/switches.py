"""LibreChat's settings that change how a request is made, rather than being fields of it: whether
the reply is streamed, and how an effort to think is asked for. Pure.

They act after `dropParams`, so that what a file drops has no effect.
"""

from typing import Any

from msgspec.structs import replace

from filon.providers.endpoint import Endpoint, ParameterRule
from filon.trace.records import Because, Decision

Decisions = dict[str, Decision]

# What LibreChat gives Anthropic's models to think with where nobody says how much.
_BUDGET = 2000


def turn(decisions: Decisions, endpoint: Endpoint, usage: Because) -> None:
    """Carries all of them out. `usage` marks the options that only we asked for."""
    _streaming(decisions, usage)
    if endpoint.thinks_by_switch:
        _thinking(decisions)
    if endpoint.reasoning_format is not None:
        _reasoning(decisions, endpoint.reasoning_format)


def _streaming(decisions: Decisions, usage: Because) -> None:
    """`disableStreaming`, and what a request without `stream` must not hold."""
    switch, stream = decisions.get("disable_streaming"), decisions.get("stream")
    if switch is not None and switch.sent_as is not None:
        if switch.sent is True and stream is not None and stream.sent_as is not None:
            stream = replace(
                stream, decision="dropped", because=switch.because, sent=None, sent_as=None
            )
            decisions["stream"] = stream
        note = "Not a field of the request; it says whether the reply is streamed."
        decisions["disable_streaming"] = replace(switch, sent_as=None, note=note)
    if stream is None or stream.sent_as is not None:
        return
    options = decisions.get("stream_options")
    if options is None or options.sent_as is None:
        return
    if options.because == usage and options.wanted is None:
        del decisions["stream_options"]
    else:
        decisions["stream_options"] = replace(
            options, decision="dropped", because=stream.because, sent=None, sent_as=None
        )


def _thinking(decisions: Decisions) -> None:
    """Anthropic's `thinking` is an object on the wire; a person gives it as a switch and a number
    of tokens."""
    switch, budget = decisions.get("thinking"), decisions.get("thinking_budget")
    if switch is None or switch.sent_as is None or not isinstance(switch.sent, bool):
        return
    tokens = budget.sent if budget is not None and budget.sent_as is not None else _BUDGET
    if switch.sent:
        sent: dict[str, Any] = {"type": "enabled", "budget_tokens": tokens}
        decisions["thinking"] = replace(switch, sent=sent, note="Written as Anthropic has it.")
    else:
        decisions["thinking"] = replace(switch, sent=None, sent_as=None, note="It is off unasked.")
    if budget is not None and budget.sent_as is not None:
        decisions["thinking_budget"] = replace(
            budget, sent_as=None, note="Goes out inside thinking." if switch.sent else None
        )


def _reasoning(decisions: Decisions, rule: ParameterRule) -> None:
    """`customParams.reasoningFormat`."""
    names = ("reasoning_effort", "reasoning_summary")
    rows = [(n, r) for n in names if (r := decisions.get(n)) is not None and r.sent_as is not None]
    if not rows or rule.value == "reasoning_effort":
        return
    if rule.value == "disabled":
        for name, row in rows:
            decisions[name] = replace(
                row, decision="dropped", because=rule.because, sent=None, sent_as=None
            )
        return
    whole = decisions.get("reasoning")
    if whole is not None and whole.sent_as is not None:
        for name, row in rows:
            note = "reasoning itself is sent, which holds the effort."
            decisions[name] = replace(
                row,
                decision="no_effect",
                because=whole.because,
                sent=None,
                sent_as=None,
                note=note,
            )
        return
    sent = {name.removeprefix("reasoning_"): row.sent for name, row in rows}
    (first, row), *others = rows
    decisions[first] = replace(
        row, decision="renamed", because=rule.because, sent=sent, sent_as="reasoning"
    )
    for name, other in others:
        decisions[name] = replace(
            other,
            decision="renamed",
            because=rule.because,
            sent_as=None,
            note="Goes out inside reasoning.",
        )
