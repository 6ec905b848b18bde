"""What `filon check` says of a file: everything that was found while it was read, by line."""

from pathlib import Path

from filon.config.files import ConfigError
from filon.config.load import read_from_process
from filon.config.settings import Verdict


def check_file(path: Path) -> tuple[Verdict, ...]:
    """The verdicts on one file, with this process's variables. Raises ConfigError if there is no
    such file."""
    if not path.exists():
        raise ConfigError(f"There is no file {path}.", code="config_not_found")
    return read_from_process(path).file.verdicts
