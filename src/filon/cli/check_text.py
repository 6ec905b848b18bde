"""What `filon check` prints for people: each verdict at its line, then the sums."""

import textwrap
from collections.abc import Iterator, Sequence

from msgspec import Struct

from filon.cli.check_drawing import drawn
from filon.cli.console import one_line
from filon.config.check import Checked
from filon.config.codes.catalogue import by_name
from filon.config.settings import Verdict
from filon.config.spans import at_line

_COLORS = {"error": "\x1b[1;31m", "warning": "\x1b[1;33m", "note": "\x1b[1;36m"}
_STRONG, _FAINT, _END = "\x1b[1m", "\x1b[2m", "\x1b[0m"
_MEANT = " Did you mean "


class Style(Struct, frozen=True):
    """How to print. `width` is that of a line, in cells."""

    color: bool = False
    width: int = 100

    def paint(self, text: str, how: str) -> str:
        """The text in a colour, where there are colours."""
        return f"{how}{text}{_END}" if self.color and text else text


def report(files: Sequence[Checked], shown: Sequence[Sequence[Verdict]], style: Style) -> str:
    """Everything to print: of each file the verdicts that are to be shown, then its sums."""
    told: set[str] = set()
    pieces: list[str] = []
    for file, verdicts in zip(files, shown, strict=True):
        pieces += [_verdict(file, one, style, told) for one in verdicts]
    sums = [_sums(file, style) for file in files]
    return "\n\n".join(pieces) + ("\n\n" if pieces else "") + "\n".join(sums) + "\n"


def _verdict(file: Checked, one: Verdict, style: Style, told: set[str]) -> str:
    code = by_name(one.code)
    color = _COLORS[one.level]
    message, _, meant = one.message.partition(_MEANT)
    name = f"{code.number} {code.name}" if code else one.code
    place = style.paint(f"{one_line(file.name)}:{one.line}:{one.column}:", _STRONG)
    lines = [f"{place} {style.paint(one.level, color)} {name} {one_line(message)}"]
    gutter = f"{one.line:>5} | "
    text = at_line(file.lines, one.line)
    if text:
        shown, mark = drawn(text, one.column, one.length, max(style.width - len(gutter), 20))
        blank = " " * (len(gutter) - 2) + "| "
        hint = f" did you mean {one_line(meant)}" if meant else ""
        lines.append(style.paint(gutter, _FAINT) + shown)
        lines.append(style.paint(blank, _FAINT) + style.paint(mark + hint, color))
    elif meant:
        lines.append(f"        did you mean {one_line(meant)}")
    # Why it matters is said once; a file that has it forty times has enough to read.
    if code and code.name not in told:
        told.add(code.name)
        lines += _wrapped(code.why, style)
        lines.append(style.paint(f"        {code.page}", _FAINT))
    return "\n".join(lines)


def _wrapped(text: str, style: Style) -> Iterator[str]:
    indent = " " * 8
    width = min(max(style.width, 40), 100)
    return iter(textwrap.wrap(text, width, initial_indent=indent, subsequent_indent=indent))


def _sums(file: Checked, style: Style) -> str:
    counts = [
        _count(file.count("error"), "error"),
        _count(file.count("warning"), "warning"),
        _count(file.count("note"), "note"),
    ]
    keys = f"{_count(file.keys.valid, 'key')} valid, {file.keys.unused} not used by Filon"
    name = style.paint(f"{one_line(file.name)}:", _STRONG)
    if not file.keys.all:
        keys = "nothing in it could be read"
    if not file.verdicts:
        return f"{name} nothing to say: every key is known and has its effect; {keys}"
    return f"{name} {', '.join(counts)}; {keys}"


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
