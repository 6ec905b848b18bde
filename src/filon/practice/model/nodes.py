"""The nodes that a grammar over bytes is built from, and how short each can end. Pure."""

from collections import deque
from collections.abc import Iterable

# A node that needs as many bytes as this to end is held to have no end.
ENDLESS = 1 << 40


class OneOf:
    """One byte out of a set."""

    __slots__ = ("bytes",)
    start = 0

    def __init__(self, options: Iterable[int]) -> None:
        self.bytes = frozenset(options)


class Words:
    """One out of a set of byte strings, none of them empty; one may begin with another."""

    __slots__ = ("sorted", "start")

    def __init__(self, words: Iterable[bytes]) -> None:
        self.sorted = tuple(sorted(set(words)))
        self.start = (0, len(self.sorted), 0)
        if not all(self.sorted):
            raise ValueError("a word is empty")


class Chain:
    """All parts, one after the other; without parts, nothing."""

    __slots__ = ("parts",)
    start = 0

    def __init__(self, *parts: "Node") -> None:
        self.parts = parts


class Choice:
    """One of the options; without options there is no way on, and whoever needs it has none."""

    __slots__ = ("options",)
    start = 0

    def __init__(self, *options: "Node") -> None:
        self.options = options


class Repeat:
    """An item at least `low` and at most `high` times; None is without end."""

    __slots__ = ("high", "item", "low")
    start = 0

    def __init__(self, item: "Node", low: int, high: int | None) -> None:
        self.item = item
        self.low = low
        self.high = high


class Rule:
    """A name for what is defined later, so that it may hold itself. It must not begin with itself
    unless by way of choices alone."""

    __slots__ = ("body",)
    start = 0

    def __init__(self) -> None:
        self.body: Node = Choice()


Node = OneOf | Words | Chain | Choice | Repeat | Rule
# How far a node is: the next part, the repetitions so far, or of words the range and the depth.
Place = int | tuple[int, int, int]


def literal(data: bytes) -> Words:
    """Just these bytes."""
    return Words((data,))


def optional(node: Node) -> Repeat:
    """This or nothing."""
    return Repeat(node, 0, 1)


def measure(root: Node) -> tuple[dict[Node, int], dict[Choice, Node]]:
    """How many bytes each node needs at least, and which option of a choice needs the fewest.

    An option is noted only when it makes its choice shorter, so that following the notes ends.
    """
    lengths: dict[Node, int] = {}
    shortest: dict[Choice, Node] = {}
    nodes = _children_first(root)
    holders: dict[Node, list[Node]] = {}
    for node in nodes:
        lengths[node] = ENDLESS
        for child in _children(node):
            holders.setdefault(child, []).append(node)
    due = deque(nodes)
    waiting = set(nodes)
    while due:
        node = due.popleft()
        waiting.discard(node)
        length = _length(node, lengths)
        if length >= lengths[node]:
            continue
        lengths[node] = length
        if isinstance(node, Choice):
            shortest[node] = min(node.options, key=lengths.__getitem__)
        for holder in holders.get(node, ()):
            if holder not in waiting:
                waiting.add(holder)
                due.append(holder)
    return lengths, shortest


def _length(node: Node, lengths: dict[Node, int]) -> int:
    match node:
        case OneOf():
            return 1 if node.bytes else ENDLESS
        case Words():
            return min(map(len, node.sorted), default=ENDLESS)
        case Chain():
            return min(sum(lengths[part] for part in node.parts), ENDLESS)
        case Choice():
            return min((lengths[option] for option in node.options), default=ENDLESS)
        case Repeat():
            return min(lengths[node.item] * node.low, ENDLESS)
        case Rule():
            return lengths[node.body]


def _children(node: Node) -> tuple[Node, ...]:
    match node:
        case Chain():
            return node.parts
        case Choice():
            return node.options
        case Repeat():
            return (node.item,)
        case Rule():
            return (node.body,)
        case _:
            return ()


def _children_first(root: Node) -> list[Node]:
    found: dict[Node, None] = {}
    seen: set[Node] = {root}
    path = [(root, iter(_children(root)))]
    while path:
        node, children = path[-1]
        child = next(children, None)
        if child is None:
            found[node] = None
            path.pop()
        elif child not in seen:
            seen.add(child)
            path.append((child, iter(_children(child))))
    return list(found)
