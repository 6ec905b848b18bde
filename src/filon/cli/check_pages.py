"""The pages of docs/check, made of the catalogue and of what `filon check` really prints."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from filon.cli.check_text import Style, report
from filon.config.check import check_text
from filon.config.codes.catalogue import CODES
from filon.config.codes.code import Code

_GROUPS = (
    ("F0", "The file and its YAML"),
    ("F1", "Keys"),
    ("F2", "Values"),
    ("F3", "Variables and placeholders"),
    ("F4", "Endpoints: address, key, name, models"),
    ("F5", "Parameters"),
    ("F6", "Titles"),
    ("F7", "Presets: modelSpecs"),
    ("F8", "Tools and servers"),
    ("F9", "Filon and LibreChat"),
)
_WIDTH = 92


def pages() -> Mapping[str, str]:
    """Every page by its file's name."""
    made = {f"{code.name}.md": page(code) for code in CODES}
    return {"README.md": index(), **made}


def index() -> str:
    """The page that lists all codes."""
    lines = [
        "# What `filon check` may say",
        "",
        "Errors are what LibreChat refuses, or what makes it leave an endpoint out. Warnings have",
        "no effect, or wait for something. Notes are worth knowing.",
        "",
        "`filon check --explain F102` prints a page of this folder, and [trial.md](trial.md) shows",
        "`check` on a file that was broken in ten ways.",
        "",
        "These pages are made by `make docs` of `src/filon/config/codes/`; change them there.",
    ]
    for prefix, title in _GROUPS:
        group = [code for code in CODES if code.number.startswith(prefix)]
        if group:
            lines += ["", f"## {title}", "", "| code | name | says |", "|---|---|---|"]
            lines += [
                f"| {code.number} | [{code.name}]({code.name}.md) | {_cell(code.title)} |"
                for code in group
            ]
    return "\n".join(lines) + "\n"


def page(code: Code) -> str:
    """The page of one code."""
    return "\n".join(_parts(code)).rstrip("\n") + "\n"


def _parts(code: Code) -> Iterator[str]:
    yield f"# {code.number} {code.name}"
    yield f"\n{code.title}."
    yield f"\n## Why it matters\n\n{code.why}"
    yield f"\n## What to do\n\n{code.fix}"
    if code.example is None:
        return
    yield "\n## Example\n"
    if code.variables:
        names = " and ".join(f"`{visible(one)}`" for one in code.variables)
        yield f"With {names} set, this `{code.file}`\n"
    yield from _block("yaml", code.example)
    yield "\ngives\n"
    yield from _block("", output(code, code.example))
    if code.better is not None:
        yield "\n## Better\n"
        yield from _block("yaml", code.better)


def output(code: Code, text: str) -> str:
    """What `filon check` prints of a text, with the variables of the code's example alone."""
    variables = dict(one.split("=", 1) for one in code.variables)
    # The folder is one that is nowhere, so that no .env of this machine counts.
    checked = check_text(text, Path("/nowhere/at/all") / code.file, variables)
    return report([checked], [checked.verdicts], Style(width=_WIDTH))


def visible(text: str) -> str:
    """A text with what no page can show spelt out."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", lambda found: f"\\x{ord(found[0]):02x}", text)


def _block(language: str, text: str) -> Iterator[str]:
    yield f"```{language}"
    yield visible(text).rstrip("\n")
    yield "```"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
