"""Commit on first output: until a reader could see something, nothing of a reply is passed on.

So a failure before that point still has a status of its own, and a retry can stay invisible.
"""

from collections.abc import Sequence

from filon.conversation.events import shows
from filon.pipeline.turn import Chunk, Opened

# Seconds after which what there is goes out all the same: a caller that hears nothing gives up.
GRACE = 10.0
_NEVER = float("inf")


class Held:
    """Outputs that wait for the first that shows something, or for `ends` (monotonic seconds). The
    head of a reply is nothing that anyone waits for: with it alone, another attempt can follow."""

    __slots__ = ("_ends", "_open", "_outputs", "committed")

    def __init__(self, ends: float) -> None:
        self._ends = ends
        self._open = False
        self._outputs: list[Opened | Chunk] = []
        self.committed = False

    def until(self) -> float:
        """When what is held is to be released in any case."""
        held = self._outputs
        return self._ends if held and type(held[-1]) is Chunk else _NEVER

    def add(self, output: Opened | Chunk, now: float) -> Sequence[Opened | Chunk]:
        """Takes an output; returns what may be passed on now."""
        if self._open:
            self.committed = True
            return (output,)
        self._outputs.append(output)
        if type(output) is Chunk and (now >= self._ends or shows(output.events)):
            return self.release()
        return ()

    def release(self) -> Sequence[Opened | Chunk]:
        """Passes on what is held, and holds nothing any more."""
        released, self._outputs = self._outputs, []
        self._open = True
        self.committed = self.committed or bool(released)
        return released

    def drop(self) -> None:
        """Forgets what is held: another attempt begins."""
        self._outputs = []
