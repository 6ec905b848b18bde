"""What commands share: running async work, and telling a failure in one line."""

import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from filon.config.load import load_from_process
from filon.config.settings import Settings
from filon.conversation.errors import FilonError


def finish(work: Coroutine[Any, Any, int]) -> int:
    """Runs a command's work; its failure becomes one line and exit code 1."""
    # Commands that do nothing in the background do not pay for it.
    import asyncio

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


def one_line(text: str) -> str:
    """The same for what must not break the line: an end of line or a tab is spelt out too."""
    return plain(text).replace("\n", "\\n").replace("\t", "\\t")


def settings_of(config: Path | None = None) -> Settings:
    """The settings for a command beside the server."""
    return load_from_process(config=config)
