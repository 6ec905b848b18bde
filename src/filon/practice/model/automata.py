"""Grammars over bytes: nodes, run as a set of stacks of what is due.

All alternatives are followed at once, so nothing is read twice. Nothing here knows JSON.
"""

from bisect import bisect_left
from collections.abc import Hashable

from filon.practice.model.nodes import (
    ENDLESS,
    Chain,
    Choice,
    Node,
    OneOf,
    Place,
    Repeat,
    Rule,
    Words,
    measure,
)

# With more alternatives open than this the last are let go. What is said is then still in the
# language, and the cost of a byte stays bounded whatever the grammar.
MOST_STACKS = 1_000
# Of moves and of the stacks of their states, together; about 10 MB.
_MOST_KNOWN = 1 << 16


class Stack:
    """A node that is under way, and what is due after it. Equal by content."""

    __slots__ = ("_hash", "node", "place", "rest")

    def __init__(self, node: Node, place: Place, rest: "Stack | None") -> None:
        self.node = node
        self.place = place
        self.rest = rest
        self._hash = hash((id(node), place, rest))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Stack):
            return NotImplemented
        one, two = self, other
        while one is not two:
            if one._hash != two._hash or one.node is not two.node or one.place != two.place:
                return False
            if one.rest is None or two.rest is None:
                return one.rest is two.rest
            one, two = one.rest, two.rest
        return True


class State:
    """All the ways in which the bytes so far can be read. None among them is the end.

    `moves` are the states after one more byte, as far as they are known.
    """

    __slots__ = ("_hash", "_next", "moves", "stacks")

    def __init__(self, stacks: tuple[Stack | None, ...]) -> None:
        self.stacks = stacks
        self.moves: dict[int, State] = {}
        self._next: set[int] | None = None
        self._hash = hash(stacks)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, State):
            return NotImplemented
        return self._hash == other._hash and self.stacks == other.stacks

    def takes(self, byte: int) -> bool:
        """Whether this byte may come next."""
        if self._next is None:
            self._next = set()
            for stack in self.stacks:
                if stack is not None:
                    self._next |= _next_bytes(stack)
        return byte in self._next


class Automaton:
    """The Grammar of a node. Every state that it gives can be led to an end.

    Raises ValueError where the node has no end: a list that must hold itself.
    """

    def __init__(self, root: Node) -> None:
        self._lengths, self._shortest = measure(root)
        self.least = self._lengths[root]
        if self.least >= ENDLESS:
            raise ValueError("no text of finite length is in this grammar")
        self._states: dict[State, State] = {}
        self._known = 0
        self._start = State(self._open([Stack(root, root.start, None)]))

    @property
    def start(self) -> Hashable:
        """The state before the first byte."""
        return self._start

    def advance(self, state: Hashable, data: bytes) -> Hashable | None:
        """The state after these bytes; None where they may not come."""
        at = _own(state)
        for byte in data:
            after = at.moves.get(byte) or self._move(at, byte)
            if after is None:
                return None
            at = after
        return at

    def complete(self, state: Hashable) -> bool:
        """Whether the text may end here."""
        return None in _own(state).stacks

    def shortest(self, state: Hashable) -> bytes:
        """The bytes of a shortest way to an end."""
        stack = min(_own(state).stacks, key=self._due)
        text = bytearray()
        while stack is not None:
            match stack.node:
                case OneOf():
                    text.append(min(stack.node.bytes))
                    stack = stack.rest
                case Words():
                    low, high, depth = _range(stack)
                    text += min(stack.node.sorted[low:high], key=len)[depth:]
                    stack = stack.rest
                case Choice():
                    option = self._shortest[stack.node]
                    stack = Stack(option, option.start, stack.rest)
                case _:
                    # Of a repetition, the way out comes last.
                    stack = self._unfold(stack)[-1]
        return bytes(text)

    def _move(self, state: State, byte: int) -> State | None:
        if not state.takes(byte):
            return None
        if self._known >= _MOST_KNOWN:
            for known in list(self._states):
                known.moves.clear()
            self._states = {}
            self._known = 0
        after: list[Stack | None] = []
        for stack in state.stacks:
            if stack is None:
                continue
            if isinstance(stack.node, OneOf):
                if byte in stack.node.bytes:
                    after.append(stack.rest)
            elif isinstance(stack.node, Words):
                after += _spell(stack.node, stack, byte)
        found = State(self._open(after))
        found = self._states.setdefault(found, found)
        self._known += len(found.stacks) + 1
        state.moves[byte] = found
        return found

    def _open(self, stacks: list[Stack | None]) -> tuple[Stack | None, ...]:
        """The stacks unfolded until each has bytes on top, or is at the end."""
        found: list[Stack | None] = []
        seen: set[Stack | None] = set()
        due = stacks[::-1]
        while due and len(found) < MOST_STACKS:
            stack = due.pop()
            if stack in seen:
                continue
            seen.add(stack)
            if stack is None or isinstance(stack.node, OneOf | Words):
                found.append(stack)
            else:
                due += reversed(self._unfold(stack))
        return tuple(found)

    def _unfold(self, stack: Stack) -> list[Stack | None]:
        node, place, rest = stack.node, stack.place, stack.rest
        assert isinstance(place, int)
        match node:
            case Chain():
                if not node.parts:
                    return [rest]
                part = node.parts[place]
                last = place + 1 == len(node.parts)
                return [Stack(part, part.start, rest if last else Stack(node, place + 1, rest))]
            case Choice():
                return [
                    Stack(option, option.start, rest)
                    for option in node.options
                    if self._lengths[option] < ENDLESS
                ]
            case Repeat():
                return self._again(node, place, rest)
            case Rule():
                return [Stack(node.body, node.body.start, rest)]
            case _:
                return [stack]

    def _again(self, node: Repeat, count: int, rest: Stack | None) -> list[Stack | None]:
        ways: list[Stack | None] = []
        if (node.high is None or count < node.high) and self._lengths[node.item] < ENDLESS:
            # Without a highest count all counts from the lowest on are one, and so are the states.
            more = count + 1 if node.high is not None else min(count + 1, node.low)
            ways.append(Stack(node.item, node.item.start, Stack(node, more, rest)))
        if count >= node.low:
            ways.append(rest)
        return ways

    def _due(self, stack: Stack | None) -> int:
        """How many bytes the shortest way to the end takes."""
        total = 0
        while stack is not None:
            node = stack.node
            match node:
                case Words():
                    low, high, depth = _range(stack)
                    total += min(map(len, node.sorted[low:high])) - depth
                case Chain():
                    assert isinstance(stack.place, int)
                    total += sum(self._lengths[part] for part in node.parts[stack.place :])
                case Repeat():
                    assert isinstance(stack.place, int)
                    total += max(0, node.low - stack.place) * self._lengths[node.item]
                case _:
                    total += self._lengths[node]
            stack = stack.rest
        return total


def _own(state: Hashable) -> State:
    if not isinstance(state, State):
        raise TypeError("a state of another grammar")
    return state


def _range(stack: Stack) -> tuple[int, int, int]:
    assert isinstance(stack.place, tuple)
    return stack.place


def _next_bytes(stack: Stack) -> frozenset[int] | set[int]:
    if isinstance(stack.node, OneOf):
        return stack.node.bytes
    assert isinstance(stack.node, Words)
    low, high, depth = _range(stack)
    return {word[depth] for word in stack.node.sorted[low:high]}


def _spell(node: Words, stack: Stack, byte: int) -> list[Stack | None]:
    """The ways on after one more byte of a word. At the top of a stack a word is never at its end,
    so one that ends here counts as read."""
    low, high, depth = _range(stack)
    words = node.sorted
    if high - low == 1:
        if words[low][depth] != byte:
            return []
    else:
        head = words[low][:depth]
        if byte < 255:
            high = bisect_left(words, head + bytes((byte + 1,)), low, high)
        low = bisect_left(words, head + bytes((byte,)), low, high)
    ways: list[Stack | None] = []
    depth += 1
    if low < high and len(words[low]) == depth:
        ways.append(stack.rest)
        low += 1
    if low < high:
        ways.append(Stack(node, (low, high, depth), stack.rest))
    return ways
