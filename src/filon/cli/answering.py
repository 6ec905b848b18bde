"""One turn in a terminal, whose answer is printed as it comes."""

import sys
from collections.abc import Awaitable

from filon.cli.console import plain
from filon.conversation.events import TextDelta
from filon.pipeline.run import run
from filon.pipeline.services import Services
from filon.pipeline.turn import Chunk, Nobody, Turn


async def answered(turn: Turn, services: Services, *, quiet: bool = False) -> Turn:
    """Takes the turn through the pipeline; returns it settled. `quiet` prints nothing."""
    return await run(turn, services, Nobody() if quiet else _Printing())


class _Printing(Nobody):
    def chunk(self, chunk: Chunk, /) -> Awaitable[None] | None:
        """Prints the text in it."""
        for event in chunk.events:
            if isinstance(event, TextDelta):
                sys.stdout.write(plain(event.text))
        sys.stdout.flush()
