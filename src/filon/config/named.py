"""Which variables a file names, where, and whether each is set. Never their values."""

import re
from collections.abc import Iterator

from filon.config.environment import NEVER, Environment
from filon.config.settings import NamedVariable
from filon.config.yaml import Node

_NAMED = re.compile(r"\$\{(\w+)\}")


def named_variables(root: Node, environment: Environment) -> tuple[NamedVariable, ...]:
    """Every `${NAME}` of the values, in the order in which they are first named."""
    lines: dict[str, dict[int, None]] = {}
    for node in texts(root):
        for match in _NAMED.finditer(node.value):
            lines.setdefault(match[1], {})[node.line] = None
    return tuple(_variable(name, tuple(found), environment) for name, found in lines.items())


def texts(node: Node) -> Iterator[Node]:
    """All texts among the values below a node. An alias gives again what it stands for."""
    for entry in node.entries:
        yield from texts(entry.node)
    for item in node.items:
        yield from texts(item)
    if node.text is not None:
        yield node


def _variable(name: str, lines: tuple[int, ...], environment: Environment) -> NamedVariable:
    if name in NEVER:
        return NamedVariable(name=name, state="withheld", lines=lines)
    own, aside = environment.process.get(name), environment.file.get(name)
    value = own if own is not None else aside.value if aside is not None else None
    return NamedVariable(
        name=name,
        state="unset" if value is None else "set" if value.strip() else "empty",
        lines=lines,
        place=aside.place if own is None and aside is not None else None,
        passed_over=aside.place if own is not None and aside is not None else None,
    )
