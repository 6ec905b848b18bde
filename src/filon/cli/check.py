"""`filon check FILE`."""

import sys
from pathlib import Path

from filon.cli.console import plain
from filon.config.check import check_file


def run(file: Path) -> int:
    """Prints one finding per line; 1 when there is an error among them."""
    verdicts = check_file(file)
    for one in verdicts:
        place = f"{file}:{one.line}:{one.column}"
        sys.stdout.write(plain(f"{place}: {one.level} {one.code} {one.message}") + "\n")
    if not verdicts:
        sys.stdout.write(f"{file}: nothing to say: every key is known and has its effect\n")
    return 1 if any(one.level == "error" for one in verdicts) else 0
