"""`filon check [FILE...]`: what each line of a configuration does, and does not."""

import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

from msgspec.structs import replace

from filon.cli.check_formats import as_github, as_json
from filon.cli.check_pages import page
from filon.cli.check_text import Style, report
from filon.cli.console import fail
from filon.config.check import Checked, check_data, check_file, files_in, used_file
from filon.config.codes.catalogue import CODES, find
from filon.config.files import NAMES, ConfigError
from filon.config.load import wants_color
from filon.config.settings import Verdict
from filon.conversation.errors import FilonError

Format = Literal["text", "json", "github"]

# What stdin and a fetched file are read as, and so which `.env` counts: that of this folder.
_STAND_IN = Path(NAMES[1])


def run(
    names: Sequence[str], form: Format = "text", *, quiet: bool = False, strict: bool = False
) -> int:
    """Checks files, folders, addresses, `-`. 1 when there are errors, 2 when one cannot be read.

    `quiet` shows errors alone; `strict` takes warnings for errors.
    """
    files: list[Checked] = []
    unread = False
    for name in names or ("",):
        try:
            files += _checked(name)
        except FilonError as error:
            fail(error)
            unread = True
    if strict:
        files = [_strict(file) for file in files]
    shown = [[one for one in file.verdicts if not quiet or one.level == "error"] for file in files]
    if files:
        sys.stdout.write(_told(files, shown, form))
    if unread or any(file.unread for file in files):
        return 2
    return 1 if any(file.count("error") for file in files) else 0


def run_explain(text: str) -> int:
    """Prints the page of one code."""
    code = find(text)
    if code is None:
        known = f"{CODES[0].number} to {CODES[-1].number}"
        said = f"There is no code {text}."
        return fail(ConfigError(said, fix=f"Codes are {known}, or names such as unknown-key."))
    sys.stdout.write(page(code))
    return 0


def _told(files: Sequence[Checked], shown: Sequence[Sequence[Verdict]], form: Format) -> str:
    if form == "json":
        return as_json(files, shown)
    if form == "github":
        return as_github(files, shown)
    terminal = sys.stdout.isatty()
    width = shutil.get_terminal_size().columns if terminal else 100
    return report(files, shown, Style(color=wants_color(terminal), width=width))


def _strict(file: Checked) -> Checked:
    verdicts = tuple(
        replace(one, level="error") if one.level == "warning" else one for one in file.verdicts
    )
    return replace(file, verdicts=verdicts)


def _checked(name: str) -> Iterator[Checked]:
    """What one word of the command line stands for. Raises ConfigError."""
    if name == "-":
        yield check_data(sys.stdin.buffer.read(), _STAND_IN, "stdin")
    elif name.lower().startswith(("http://", "https://")):
        from filon.cli.check_fetch import fetch, shown

        yield check_data(fetch(name), _STAND_IN, shown(name))
    elif not name:
        path, places = used_file()
        if path is None:
            looked = ", ".join(str(place) for place in places)
            raise ConfigError(
                f"There is no configuration file; looked for {looked}.",
                code="config_not_found",
                fix="Filon runs without one. To check another file, name it.",
            )
        yield from check_file(path, _short(path))
    elif Path(name).is_dir():
        found = files_in(Path(name))
        if not found:
            said = f"In {name} is no filon.yaml, no librechat.yaml and nothing that looks like one."
            raise ConfigError(said, code="config_not_found", fix="Name the file itself.")
        for path in found:
            yield from check_file(path)
    else:
        yield from check_file(Path(name))


def _short(path: Path) -> str:
    """A path as one would type it from here."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
