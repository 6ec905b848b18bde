"""`filon trace replay`: a trace's request sent again, with changes, and both beside each other."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from filon.cli.answering import answered
from filon.cli.console import finish, one_line, plain, settings_of
from filon.cli.trace import stored
from filon.conversation.errors import InvalidRequest
from filon.kit import clock
from filon.pipeline.replay_changes import Changes
from filon.pipeline.replaying import Manner
from filon.pipeline.turn import Turn
from filon.server.house import ServerHouse
from filon.server.relatives import compared
from filon.server.replay_shapes import ComparedShape, DifferenceShape, FigureShape, SpanShape
from filon.server.replaying import Replayer, replay_turn

_WIDE = 44
_UNITS = {
    "seconds": "{:.3f} s",
    "tokens": "{:,.0f}",
    "usd": "${:.6f}",
    "tokens_per_second": "{:.1f} tok/s",
    "count": "{:.0f}",
}
# As git marks words that went and words that came, and in a terminal by colour too.
_MARKS = {
    "removed": ("[-", "-]", "\x1b[31m"),
    "added": ("{+", "+}", "\x1b[32m"),
    "same": ("", "", ""),
}


class Wanted(Struct, frozen=True, kw_only=True):
    """The options of the command. `given` are NAME=VALUE, `unset` names."""

    manner: Manner = "asked"
    endpoint: str | None = None
    model: str | None = None
    given: Sequence[str] = ()
    unset: Sequence[str] = ()
    body: Path | None = None
    as_json: bool = False


def run(trace_id: str, wanted: Wanted, config: Path | None) -> int:
    """Prints the answer to stdout as it comes, and the comparison to stderr; or all as JSON. 1
    where the replay failed."""
    return finish(_replay(trace_id, wanted, config))


async def _replay(trace_id: str, wanted: Wanted, config: Path | None) -> int:
    changes = _changes(wanted)
    parent = (await stored(trace_id)).summary.id
    settings = replace(settings_of(config), log_level="error")
    house = await ServerHouse.open(settings, serving=False)
    try:
        person = await house.store.people.first_person(clock.now())
        replayer = Replayer(person.id, "command line")
        turn = await replay_turn(replayer, parent, wanted.manner, changes, house)
        turn = await answered(turn, house.services, quiet=wanted.as_json)
        await house.store.flush()
        both = await compared(person.id, parent, turn.id, house)
    finally:
        await house.close()
    if wanted.as_json:
        told: dict[str, Any] = {"id": turn.id, "replay_of": parent, **both.model_dump()}
        sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=2) + "\n")
    else:
        _tell(turn, both)
    return 0 if turn.problem is None else 1


def _changes(wanted: Wanted) -> Changes:
    parameters: dict[str, Any] = dict(_given(one) for one in wanted.given)
    parameters |= dict.fromkeys(wanted.unset)
    return Changes(
        endpoint=wanted.endpoint,
        model=wanted.model,
        parameters=parameters,
        body=None if wanted.body is None else _read(wanted.body),
    )


def _given(text: str) -> tuple[str, Any]:
    name, mark, value = text.partition("=")
    if not mark or not name.strip():
        raise InvalidRequest(
            f"--set takes NAME=VALUE, not {text!r}.", fix="For example: --set temperature=0"
        )
    try:
        return name.strip(), msgspec.json.decode(value)
    except msgspec.DecodeError:
        return name.strip(), value


def _read(file: Path) -> str:
    try:
        return sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise InvalidRequest(f"{file} cannot be read: {reason}.") from error


def _tell(turn: Turn, both: ComparedShape) -> None:
    sys.stdout.write("\n")
    sys.stdout.flush()
    lines = [f"{both.before.id} → {both.after.id}", ""]
    lines += _of_request(both)
    lines += _table(("", "before", "after", "difference"), map(_figure, both.figures))
    lines += _of_output(both.output)
    if turn.problem is not None:
        fix = f" {turn.problem.fix}" if turn.problem.fix else ""
        lines.append(f"filon: {turn.problem.message}{fix}")
    sys.stderr.write("\n".join(lines) + "\n")


def _of_request(both: ComparedShape) -> list[str]:
    if both.request is None:
        return [f"On the wire: {' → '.join(both.protocols)}; the bodies are not comparable.", ""]
    if not both.request:
        return ["On the wire: the same body.", ""]
    rows = [_difference(one) for one in both.request]
    return _table(("on the wire", "before", "after"), rows)


def _difference(one: DifferenceShape) -> tuple[str, ...]:
    absent = "–"
    before = absent if one.kind == "added" else _short(one.before)
    after = absent if one.kind == "removed" else _short(one.after)
    return one_line(one.path or "body"), before, after


def _short(value: Any) -> str:
    text = one_line(json.dumps(value, ensure_ascii=False))
    return text if len(text) <= _WIDE else f"{text[: _WIDE - 1]}…"


def _figure(one: FigureShape) -> tuple[str, ...]:
    difference = ""
    if one.difference:
        sign = "+" if one.difference > 0 else "−"
        difference = sign + _amount(abs(one.difference), one.unit)
    elif isinstance(one.before, str) and one.before != one.after:
        difference = "≠"
    before, after = _amount(one.before, one.unit), _amount(one.after, one.unit)
    return one.name.replace("_", " ").removesuffix(" usd"), before, after, difference


def _amount(value: float | str | None, unit: str) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, str):
        return one_line(value)
    return _UNITS[unit].format(value)


def _table(
    heads: tuple[str, ...], rows: "Sequence[tuple[str, ...]] | map[tuple[str, ...]]"
) -> list[str]:
    table = [heads, *rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in table
    ]
    return [*lines, ""]


def _of_output(spans: list[SpanShape]) -> list[str]:
    if all(span.kind == "same" for span in spans):
        return ["The answer is the same." if spans else "Neither has an answer."]
    colours = sys.stderr.isatty()
    return ["".join(_span(span, colours=colours) for span in spans)]


def _span(span: SpanShape, *, colours: bool) -> str:
    before, after, colour = _MARKS[span.kind]
    text = f"{before}{plain(span.text)}{after}"
    return f"{colour}{text}\x1b[0m" if colours and colour else text
