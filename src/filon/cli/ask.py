"""`filon ask MODEL PROMPT`: one turn through the same pipeline, without a server."""

import sys
import textwrap
from pathlib import Path

import msgspec
from msgspec.structs import replace

from filon.cli.answering import answered
from filon.cli.console import finish, plain, settings_of
from filon.conversation.finding import Finding
from filon.conversation.message import say
from filon.conversation.request import ChatRequest
from filon.kit import clock
from filon.pipeline.ending import chip, settled
from filon.pipeline.turn import Caller, Turn, begin
from filon.server.house import ServerHouse
from filon.store.messages import Chip
from filon.trace.records import Attempt, Body, Received


def run(model: str, prompt: str, config: Path | None) -> int:
    """Prints the answer to stdout as it comes, and its figures to stderr."""
    text = sys.stdin.read() if prompt == "-" else prompt
    return finish(_ask(model, text, config))


async def _ask(model: str, prompt: str, config: Path | None) -> int:
    settings = replace(settings_of(config), log_level="error")
    house = await ServerHouse.open(settings, serving=False)
    try:
        person = await house.store.people.first_person(clock.now())
        turn = await answered(_turn(person.id, model, prompt), house.services)
    finally:
        await house.close()
    return _told(turn)


def _turn(owner_id: int, model: str, prompt: str) -> Turn:
    asked = msgspec.json.encode({"model": model, "prompt": prompt})
    return begin(
        Caller(kind="cli", owner_id=owner_id, by="command line"),
        ChatRequest(model=model, messages=(say("user", prompt),), stream=True),
        Received(protocol="filon_chat", path="filon ask", body=Body(asked)),
    )


def _told(turn: Turn) -> int:
    sys.stdout.write("\n")
    sys.stdout.flush()
    end = settled(turn)
    if turn.problem is not None:
        attempts = [record for record in turn.records if isinstance(record, Attempt)]
        found = attempts[-1].findings if attempts else ()
        # A finding says itself what to do.
        fix = f" {turn.problem.fix}" if turn.problem.fix and not found else ""
        sys.stderr.write(plain(f"filon: {turn.problem.message}{fix} (trace {turn.id})") + "\n")
        for finding in found:
            sys.stderr.write(plain(explained(finding)))
        return 1
    if end is not None:
        for finding in end.findings:
            sys.stderr.write(plain(explained(finding)))
        sys.stderr.write(f"{figures(chip(turn, end))}  {turn.id}\n")
    return 0


def explained(finding: Finding) -> str:
    """A finding as text: what it is, the words that tell it, the likeliest cause, what to do."""
    lines = [f"  {finding.title} ({finding.code})"]
    if finding.evidence:
        where = f" ({finding.where})" if finding.where else ""
        lines += _part("seen", f"{finding.evidence}{where}")
    if finding.causes:
        lines += _part("cause", finding.causes[0])
    lines += _part("fix", finding.fix)
    return "\n".join(lines) + "\n"


def _part(name: str, text: str) -> list[str]:
    return textwrap.wrap(
        " ".join(text.split()), 92, initial_indent=f"    {name:<6}", subsequent_indent=" " * 10
    )


def figures(told: Chip) -> str:
    """A chip as one line of text."""
    about = "≈" if told.estimated else ""
    parts = [f"{about}{_count(told.input_tokens)} → {about}{_count(told.output_tokens)} tok"]
    if told.cost_usd is not None:
        parts.append(f"{about}${told.cost_usd:.6f}".rstrip("0"))
    else:
        parts.append("price unknown" if told.cost_kind == "unknown" else f"{told.cost_kind}")
    if told.ttft is not None:
        parts.append(f"TTFT {told.ttft:.2f} s")
    if told.rate is not None:
        parts.append(f"{told.rate:.0f} tok/s")
    if told.lost:
        parts.append(f"{told.lost} lost")
    return " · ".join(parts)


def _count(tokens: int | None) -> str:
    return "?" if tokens is None else f"{tokens:,}"
