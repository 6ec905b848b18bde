"""Draws a line of a file with a mark under the letters that are meant.

Whatever stands in the line, one letter of output is as wide as it is counted here: tabs become
spaces, control characters are spelt out, wide letters count twice and combining marks nothing.
"""

import unicodedata

from filon.cli.console import plain

_TAB = 4
_CUT = "…"


def drawn(line: str, column: int, length: int, room: int) -> tuple[str, str]:
    """The line as it may be shown in `room` cells, and the mark that goes below it."""
    cells = [_cell(letter) for letter in line]
    start, end = _span(cells, column - 1, length)
    first, last = _window(cells, start, end, room)
    before = _CUT if first else ""
    after = _CUT if last < len(cells) else ""
    text = before + "".join(shown for shown, _ in cells[first:last]) + after
    indent = len(before) + sum(width for _, width in cells[first:start])
    covered = sum(width for _, width in cells[start : min(end, last)])
    return text, " " * indent + "^" + "~" * max(covered - 1, 0)


def width_of(text: str) -> int:
    """How many cells a text takes on a terminal."""
    return sum(_cell(letter)[1] for letter in text)


def _cell(letter: str) -> tuple[str, int]:
    if letter == "\t":
        return " " * _TAB, _TAB
    shown = plain(letter)
    if shown != letter:
        return shown, len(shown)
    if unicodedata.category(letter) in ("Mn", "Me"):
        return letter, 0
    return letter, 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def _span(cells: list[tuple[str, int]], start: int, length: int) -> tuple[int, int]:
    """The letters to mark, with the combining marks that sit on the last of them."""
    end = min(start + max(length, 1), len(cells))
    while end < len(cells) and cells[end][1] == 0:
        end += 1
    return min(start, len(cells)), max(end, start)


def _window(cells: list[tuple[str, int]], start: int, end: int, room: int) -> tuple[int, int]:
    """Which letters fit into the room, those that are marked among them, two thirds of the rest
    before them."""
    if sum(width for _, width in cells) <= room:
        return 0, len(cells)
    free = room - 2 - sum(width for _, width in cells[start:end])
    first, left = start, max(free, 0) * 2 // 3
    while first > 0 and cells[first - 1][1] <= left:
        first -= 1
        left -= cells[first][1]
    last, left = first, room - 2
    while last < len(cells) and cells[last][1] <= left:
        left -= cells[last][1]
        last += 1
    return first, last
