"""The words of a command as cmd of Windows would pass them to a program. Pure."""

import re

from filon.conversation.errors import InvalidRequest
from filon.trace.pasted.sh import Command

# A line that goes on, or the way in which browsers quote for cmd.
_SIGNS = re.compile(r"\^[ \t]*\r?(\n|$)|\^\"")
_VARIABLE = re.compile(r"%([A-Za-z_][A-Za-z0-9_]*)%")
_ENDS = "&|\n"


def is_cmd(text: str) -> bool:
    """Whether a text is written for cmd."""
    return bool(_SIGNS.search(text))


def command(text: str) -> Command:
    """The first command of a text. Raises InvalidRequest for a quote that is not closed."""
    plain, more = _without_carets(text.replace("\r\n", "\n"))
    variables: list[str] = []
    words = [_named(word, variables) for word in _words(plain)]
    return Command(words=tuple(words), variables=tuple(dict.fromkeys(variables)), more=more)


def _named(word: str, variables: list[str]) -> str:
    variables += _VARIABLE.findall(word)
    return _VARIABLE.sub(r"$\1", word)


def _without_carets(text: str) -> tuple[str, bool]:
    """What cmd itself makes of the text: carets are taken off, and what they stood before means
    nothing to it."""
    parts: list[str] = []
    quoted = False
    at = 0
    while at < len(text):
        letter = text[at]
        at += 1
        if letter == "^" and not quoted:
            at = _blanks_before_end(text, at)
            after = text[at : at + 1]
            at += 1
            if after == "\n":
                # What follows a line end that is taken off is taken as it is, another one too.
                if text[at : at + 1] == "\n":
                    parts.append("\n")
                    at += 1
                continue
            parts.append(after)
        elif letter in _ENDS and not quoted:
            if "".join(parts).strip():
                return "".join(parts), bool(text[at:].strip())
        else:
            quoted ^= letter == '"'
            parts.append(letter)
    return "".join(parts), False


def _blanks_before_end(text: str, at: int) -> int:
    """A caret before blanks at the end of a line was meant to stand at its end."""
    end = at
    while text[end : end + 1] in (" ", "\t"):
        end += 1
    return end if text[end : end + 1] == "\n" else at


def _words(text: str) -> list[str]:
    """The arguments as programs of Windows take a line apart: backslashes count only before a
    quote."""
    words: list[str] = []
    at = 0
    while True:
        while text[at : at + 1].isspace():
            at += 1
        if at >= len(text):
            return words
        word, at = _next(text, at)
        words.append(word)


def _next(text: str, at: int) -> tuple[str, int]:
    parts: list[str] = []
    quoted = False
    while at < len(text) and (quoted or not text[at].isspace()):
        slashes = 0
        while text[at : at + 1] == "\\":
            slashes += 1
            at += 1
        if text[at : at + 1] != '"':
            parts.append("\\" * slashes)
            if slashes == 0:
                parts.append(text[at])
                at += 1
            continue
        parts.append("\\" * (slashes // 2))
        at += 1
        if slashes % 2:
            parts.append('"')
        elif quoted and text[at : at + 1] == '"':
            parts.append('"')
            at += 1
        else:
            quoted = not quoted
    if quoted:
        raise InvalidRequest(
            'A quote is not closed: "',
            code="unclosed_quote",
            fix="Copy the whole command, to its last line.",
            param="text",
            names={"sign": '"'},
        )
    return "".join(parts), at
