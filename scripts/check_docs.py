"""Writes docs/check: a page for each code of `filon check`, their index, and the trial.

Everything that looks like output is output: the examples are checked while the pages are made.
"""

import difflib
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from filon.cli.check_pages import pages, visible
from filon.cli.check_text import Style, report
from filon.config.check import Checked, check_text

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "check"

_VARIABLES: Mapping[str, str] = {
    "DEEPSEEK_API_KEY": "local-1",
    "GROQ_API_KEY": "local-1",
    "MISTRAL_API_KEY": "local-1",
}
# Nowhere, so that no .env of this machine counts.
_PLACE = Path("/nowhere/at/all/librechat.yaml")
_INTRO = """\
# A newcomer's trial

[trial.yaml](trial.yaml) is the configuration of a small team, and `filon check` finds no fault in
it. Below it is broken in ten ways that people really break theirs, one at a time, and this is what
`check` then prints. What it says of the whole file in any case is left out.

This page is made by `make docs`; the ten ways stand in `scripts/check_docs.py`.
"""


class Slip(NamedTuple):
    """One way to break the file: the text that is replaced, and by what."""

    title: str
    old: str
    new: str


SLIPS = (
    Slip("A small letter", '      apiKey: "${DEEPSEEK', '      apikey: "${DEEPSEEK'),
    Slip("A tab for spaces", "  search:\n    type", "\tsearch:\n    type"),
    Slip("The version without its quotes", '"1.3.13"', "1.3"),
    Slip(
        "The address as it stands in the provider's documentation",
        "https://api.mistral.ai/v1",
        "https://api.mistral.ai/v1/chat/completions",
    ),
    Slip(
        "One model, without brackets",
        'default: ["llama-3.3-70b-versatile"]',
        'default: "llama-3.3-70b-versatile"',
    ),
    Slip(
        "A block pasted a second time",
        '      titleModel: "deepseek-chat"\n',
        '      titleModel: "deepseek-chat"\n      models:\n        default: ["deepseek-chat"]\n',
    ),
    Slip("A default as in a shell", '"${MISTRAL_API_KEY}"', '"${MISTRAL_API_KEY:-not-set}"'),
    Slip("Placeholder without quotes", '"{{LIBRECHAT_USER_ID}}"', "{{LIBRECHAT_USER_ID}}"),
    Slip("Yes for true", "titleConvo: false", "titleConvo: no"),
    Slip(
        "A section moved to the top",
        "endpoints:\n  custom:\n",
        "custom:\n",
    ),
)


def files() -> Mapping[str, str]:
    """What the folder must hold, by the files' names."""
    return {**pages(), "trial.md": "\n".join(_trial()).rstrip() + "\n"}


def _trial() -> Iterator[str]:
    good = (FOLDER / "trial.yaml").read_text(encoding="utf-8")
    usual = {(one.code, one.message) for one in _check(good).verdicts}
    yield _INTRO
    for number, slip in enumerate(SLIPS, 1):
        broken = good.replace(slip.old, slip.new, 1)
        assert broken != good, slip.title
        checked = _check(broken)
        shown = [one for one in checked.verdicts if (one.code, one.message) not in usual]
        yield f"## {number}. {slip.title}\n\n```diff"
        yield from _changed(good, broken)
        yield "```\n\n```"
        yield report([checked], [shown], Style(width=92)).rstrip()
        yield "```\n"


def _check(text: str) -> Checked:
    return check_text(text, _PLACE, _VARIABLES)


def _changed(before: str, after: str) -> Iterator[str]:
    lines = difflib.ndiff(before.splitlines(), after.splitlines())
    return (visible(line.replace("\t", "⇥   ")) for line in lines if line[0] in "+-")


def main() -> None:
    """Writes what has changed, and removes the pages of codes that are gone."""
    wanted = files()
    for path in FOLDER.glob("*.md"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    sys.stdout.write(f"wrote {len(wanted)} pages to {FOLDER.relative_to(FOLDER.parents[1])}\n")


if __name__ == "__main__":
    main()
