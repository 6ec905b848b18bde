"""What commands share: running async work, and telling a failure in one line."""

import asyncio
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from filon.conversation.errors import FilonError


def finish(work: Coroutine[Any, Any, int]) -> int:
    """Runs a command's work; its failure becomes one line and exit code 1."""
    try:
        return asyncio.run(work)
    except FilonError as error:
        return fail(error)
    except KeyboardInterrupt:
        return 130


def fail(error: FilonError) -> int:
    """Tells a failure on stderr: what, and what to do."""
    problem = error.problem
    told = f"{problem.message} {problem.fix}" if problem.fix else problem.message
    sys.stderr.write(f"filon: {told}\n")
    return 1


def plain(text: str) -> str:
    """Text of a stranger as a terminal may show it: control characters made visible."""
    return "".join(
        letter if letter.isprintable() or letter in "\n\t" else f"\\x{ord(letter):02x}"
        for letter in text
    )


def home_only(config: Path | None = None) -> Any:
    """The settings for a command beside the server."""
    from filon.config.load import load_from_process

    return load_from_process(config=config)
