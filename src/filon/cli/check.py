"""`filon check FILE`."""

import sys
from pathlib import Path

from filon.cli.console import fail, plain
from filon.config.check import check_file
from filon.conversation.errors import FilonError


def run(file: Path) -> int:
    """Prints one finding per line; 1 when there is an error among them."""
    try:
        verdicts = check_file(file)
    except FilonError as error:
        return fail(error)
    for one in verdicts:
        place = f"{file}:{one.line}:{one.column}"
        sys.stdout.write(plain(f"{place}: {one.level} {one.code} {one.message}") + "\n")
    if not verdicts:
        sys.stdout.write(f"{file}: nothing to say: every key is known and has its effect\n")
    return 1 if any(one.level == "error" for one in verdicts) else 0
