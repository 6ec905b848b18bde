"""One turn in a terminal, whose answer is printed as it comes."""

import sys

from filon.cli.console import plain
from filon.conversation.events import TextDelta
from filon.pipeline.run import run
from filon.pipeline.services import Services
from filon.pipeline.turn import Chunk, Ended, Turn


async def answered(turn: Turn, services: Services, *, quiet: bool = False) -> Turn:
    """Takes the turn through the pipeline; returns it settled. `quiet` prints nothing."""
    async for output in run(turn, services):
        match output:
            case Chunk() if not quiet:
                for event in output.events:
                    if isinstance(event, TextDelta):
                        sys.stdout.write(plain(event.text))
                sys.stdout.flush()
            case Ended(turn=turn):
                pass
            case _:
                pass
    return turn
