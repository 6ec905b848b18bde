"""The words of a command as sh would pass them to a program, without running anything. Pure.

Variables stay as they are written, and are named; what would run another command is refused.
"""

import re

from msgspec import Struct

from filon.conversation.errors import InvalidRequest

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_BRACED = re.compile(r"\{(?:Env:|env:)?([A-Za-z_][A-Za-z0-9_]*)(:?[-=?+][^}]*)?\}")
_POWER = re.compile(r"[Ee]nv:([A-Za-z_][A-Za-z0-9_]*)")
_BLANKS = " \t\r"
_ENDS = "\n;&|"
_HEREDOC = re.compile(r"<<(-?)[ \t]*(?:'([^'\n]+)'|\"([^\"\n]+)\"|\\?([A-Za-z_][A-Za-z0-9_]*))")
# What $'...' stands for (POSIX 2024, 2.2.4; and bash's \u and \U).
_ESCAPES = {
    **{"a": "\a", "b": "\b", "e": "\x1b", "E": "\x1b", "f": "\f", "n": "\n", "r": "\r"},
    **{"t": "\t", "v": "\v", "\\": "\\", "'": "'", '"': '"', "?": "?"},
}
_NUMBERED = re.compile(r"x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|([0-7]{1,3})")


class Command(Struct, frozen=True, kw_only=True):
    """One command: its words, the names of the variables in them, and what comes to it on standard
    input, if the text says so. `more` says that other commands follow, `piped` that its output goes
    to the next."""

    words: tuple[str, ...]
    variables: tuple[str, ...] = ()
    given: str | None = None
    piped: bool = False
    more: bool = False


class _Reader:
    """Where the reading is."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.variables: list[str] = []

    @property
    def rest(self) -> bool:
        return self.at < len(self.text)

    def take(self) -> str:
        letter = self.text[self.at]
        self.at += 1
        return letter

    def peek(self, offset: int = 0) -> str:
        return self.text[self.at + offset : self.at + offset + 1]


def commands(text: str) -> tuple[Command, ...]:
    """All commands of a text. Raises InvalidRequest for a quote that is not closed, and for what
    would run something."""
    reader = _Reader(text.replace("\r\n", "\n"))
    found: list[Command] = []
    while reader.rest:
        command = _command(reader)
        if command.words:
            found.append(command)
    return tuple(found)


def _command(reader: _Reader) -> Command:
    words: list[str] = []
    given: str | None = None
    first = len(reader.variables)
    end = ""
    while reader.rest:
        _skip_blanks(reader)
        letter = reader.peek()
        if not letter:
            break
        if letter in _ENDS:
            end = _end(reader)
            break
        if letter == "#":
            _skip_line(reader)
        elif letter in "<>" or (letter.isdigit() and reader.peek(1) == ">"):
            given = _redirection(reader, given)
        else:
            words.append(_word(reader))
    variables = tuple(dict.fromkeys(reader.variables[first:]))
    return Command(words=tuple(words), variables=variables, given=given, piped=end == "|")


def _skip_blanks(reader: _Reader) -> None:
    while True:
        if reader.peek() and reader.peek() in _BLANKS:
            reader.at += 1
        elif reader.peek() in ("\\", "`", "^") and reader.peek(1) == "\n":
            # sh, PowerShell and cmd each have their own sign for a line that goes on.
            reader.at += 2
        else:
            return


def _end(reader: _Reader) -> str:
    sign = reader.take()
    while reader.peek() and reader.peek() == sign and sign in "&|":
        reader.at += 1
        sign += sign[0]
    if sign == "|":
        while reader.peek() and reader.peek() in " \t\n":
            reader.at += 1
    return sign


def _skip_line(reader: _Reader) -> None:
    end = reader.text.find("\n", reader.at)
    reader.at = len(reader.text) if end < 0 else end


def _redirection(reader: _Reader, given: str | None) -> str | None:
    """A heredoc is what the command reads; where its output goes is of no interest here."""
    heredoc = _HEREDOC.match(reader.text, reader.at)
    if heredoc is not None:
        return _heredoc(reader, heredoc)
    if reader.peek() == "<":
        raise _refused("reads a file", "Put the file's content into the command.", "file_refused")
    while reader.peek() and reader.peek() in "0123456789>&":
        reader.at += 1
    _skip_blanks(reader)
    if reader.peek() and reader.peek() not in _ENDS:
        _word(reader)
    return given


def _heredoc(reader: _Reader, match: re.Match[str]) -> str:
    quoted = match[2] or match[3]
    mark = quoted or match[4]
    # What stands behind it on the line still belongs to the command.
    start = reader.text.find("\n", match.end())
    if start < 0:
        raise _unclosed(f"<<{mark}")
    lines = reader.text[start + 1 :].split("\n")
    stripped = [line.lstrip("\t") if match[1] else line for line in lines]
    bare = [line.rstrip("\r") for line in stripped]
    if mark not in bare:
        raise _unclosed(f"<<{mark}")
    count = bare.index(mark)
    body = "".join(f"{line}\n" for line in stripped[:count])
    behind = "\n".join(lines[count + 1 :])
    line = reader.text[match.end() : start]
    reader.text = reader.text[: match.start()] + " " + line + "\n" + behind
    reader.at = match.start()
    return body if quoted else _expanded(body, reader)


def _expanded(body: str, reader: _Reader) -> str:
    """A heredoc without quotes is read as a text in double quotes."""
    inner = _Reader(body)
    inner.variables = reader.variables
    parts: list[str] = []
    while inner.rest:
        parts.append(_in_double(inner, keeps_quotes=True))
    return "".join(parts)


def _word(reader: _Reader) -> str:
    parts: list[str] = []
    while reader.rest:
        letter = reader.peek()
        if letter in _BLANKS or letter in _ENDS or letter in "<>":
            break
        if letter == "'":
            reader.at += 1
            parts.append(_single(reader))
        elif letter == '"':
            reader.at += 1
            parts.append(_double(reader))
        elif letter == "$":
            parts.append(_dollar(reader))
        elif letter == "\\":
            parts.append(_escaped(reader))
        elif letter in "`(":
            raise _runs()
        else:
            parts.append(reader.take())
    return "".join(parts)


def _escaped(reader: _Reader) -> str:
    reader.at += 1
    if not reader.rest:
        return ""
    letter = reader.take()
    return "" if letter == "\n" else letter


def _single(reader: _Reader) -> str:
    end = reader.text.find("'", reader.at)
    if end < 0:
        raise _unclosed("'")
    text = reader.text[reader.at : end]
    reader.at = end + 1
    return text


def _double(reader: _Reader) -> str:
    parts: list[str] = []
    while reader.rest:
        if reader.peek() == '"':
            reader.at += 1
            return "".join(parts)
        parts.append(_in_double(reader))
    raise _unclosed('"')


def _in_double(reader: _Reader, *, keeps_quotes: bool = False) -> str:
    """The next of a text in double quotes, where few signs mean anything."""
    letter = reader.take()
    if letter == "`":
        raise _runs()
    if letter == "$":
        reader.at -= 1
        return _dollar(reader, quoted=True)
    if letter != "\\" or not reader.rest:
        return letter
    after = reader.take()
    if after == "\n":
        return ""
    return after if after in "\\$`" or (after == '"' and not keeps_quotes) else letter + after


def _dollar(reader: _Reader, *, quoted: bool = False) -> str:
    """A variable, which stays as it is written; or a text of $'...'."""
    reader.at += 1
    after = reader.peek()
    if after == "'" and not quoted:
        reader.at += 1
        return _ansi(reader)
    if after == '"' and not quoted:
        return ""
    if after == "(":
        raise _runs()
    for pattern in (_BRACED, _POWER, _NAME):
        found = pattern.match(reader.text, reader.at)
        if found is not None:
            name = found[1] if pattern is not _NAME else found[0]
            reader.at = found.end()
            reader.variables.append(name)
            return f"${name}"
    return "$"


def _ansi(reader: _Reader) -> str:
    data = bytearray()
    while reader.rest:
        letter = reader.take()
        if letter == "'":
            return data.decode("utf-8", "replace")
        if letter == "\\" and reader.rest:
            data += _ansi_escape(reader)
        else:
            data += letter.encode("utf-8", "replace")
    raise _unclosed("$'")


def _ansi_escape(reader: _Reader) -> bytes:
    found = _NUMBERED.match(reader.text, reader.at)
    if found is not None:
        reader.at = found.end()
        if found[1] or found[4]:
            # A byte, of which several may be one letter.
            return bytes([int(found[1], 16) if found[1] else int(found[4], 8) & 0xFF])
        number = int(found[2] or found[3], 16)
        return chr(number).encode("utf-8", "replace") if number < 0x110000 else b"?"
    letter = reader.take()
    return _ESCAPES.get(letter, f"\\{letter}").encode("utf-8", "replace")


def _unclosed(sign: str) -> InvalidRequest:
    return InvalidRequest(
        f"A quote is not closed: {sign}",
        code="unclosed_quote",
        fix="Copy the whole command, to its last line.",
        param="text",
        names={"sign": sign},
    )


def _runs() -> InvalidRequest:
    return _refused(
        "runs another command, in `...` or $(...)",
        "Put what it would print in its place.",
        "runs_commands",
    )


def _refused(what: str, fix: str, code: str) -> InvalidRequest:
    return InvalidRequest(f"The command {what}.", code=code, fix=fix, param="text")
