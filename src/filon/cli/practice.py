"""`filon practice faults` and `filon practice dialects`: what the built-in provider can do."""

import sys
import textwrap

import msgspec

from filon.cli.console import fail
from filon.conversation.errors import FilonError, NotFound
from filon.practice.dialects.dialect import Dialect, by_name, dialects, facts
from filon.practice.faults.catalogue import FAULTS, told
from filon.practice.faults.fault import Door, Fault
from filon.practice.faults.switches import look_up

_GROUPS = {
    "refusals": "Refusals: the provider answers, and the answer is no",
    "connection": "Connection: the way to the provider misbehaves",
    "stream": "Stream: the answer arrives damaged",
    "content": "Content: the answer arrives, and says something wrong",
}
_WIDTH = 96


def run_faults(name: str | None, *, as_json: bool) -> int:
    """Prints all faults, or one."""
    try:
        found = FAULTS if name is None else (look_up(name, "name"),)
    except FilonError as error:
        return fail(error)
    if as_json:
        text = msgspec.json.format(msgspec.json.encode([told(fault) for fault in found]), indent=2)
        sys.stdout.write(text.decode() + "\n")
        return 0
    for group, title in _GROUPS.items():
        rows = [fault for fault in found if fault.group == group]
        if rows:
            sys.stdout.write(f"{title}\n\n")
        for fault in rows:
            sys.stdout.write(_paragraph(fault))
    if name is None:
        sys.stdout.write(
            "A switch is the end of a model's name, `practice/pocket:overloaded`, or the header\n"
            "`x-practice-fault: overloaded`. With a number: `cut=5`. For half of the requests:\n"
            "`flaky-overloaded`. By schedule and by chance: the page Endpoints > Practice.\n"
        )
    return 0


def run_dialects(name: str | None) -> int:
    """Prints all dialects, or one with its facts."""
    if name is None:
        for dialect in dialects():
            key = f"key {dialect.key}" if dialect.key else "no key"
            sys.stdout.write(f"{dialect.name:<12} {dialect.roots[0]:<32} {key}\n")
        return 0
    found = by_name(name)
    if found is None:
        known = ", ".join(dialect.name for dialect in dialects())
        return fail(NotFound(f"Practice has no dialect {name!r}.", fix=f"There are {known}."))
    _tell(found)
    return 0


def _tell(dialect: Dialect) -> None:
    sys.stdout.write(f"{dialect.label} as practice imitates it, facts as of {dialect.seen}\n\n")
    for about, fact in facts(dialect):
        source = f"  ({fact.source})" if fact.source else ""
        line = f"{about}: {fact.use} [{fact.sure}]{source}"
        sys.stdout.write(textwrap.fill(line, _WIDTH, subsequent_indent="    ") + "\n")


def _paragraph(fault: Fault) -> str:
    switch = fault.name
    if fault.argument is not None:
        takes = fault.argument
        switch += f"={takes.usual:g}   {takes.unit}, {takes.low:g} to {takes.high:g}"
    if fault.aliases:
        switch += f"   also {', '.join(fault.aliases)}"
    if isinstance(fault.effect, Door):
        switch += f"   endpoint practice-{fault.effect.name}"
    told_text = textwrap.fill(
        f"{fault.what} {fault.teaches}", _WIDTH, initial_indent="    ", subsequent_indent="    "
    )
    return f"  {switch}\n{told_text}\n\n"
