"""curl's own options: which of them say something of the request, which do not, and which cannot be
followed without a file or a form. Pure."""

import base64
import re
from collections.abc import Callable

from msgspec import Struct

from filon.conversation.errors import InvalidRequest

_DATA = {
    **dict.fromkeys(("-d", "--data", "--data-ascii", "--data-binary"), "data"),
    **{"--data-raw": "raw", "--json": "json"},
}
# Options with a value that change nothing of the request.
_ASIDE = frozenset(
    {
        *("-m", "--max-time", "--connect-timeout", "-o", "--output", "-w", "--write-out"),
        *("--retry", "--retry-delay", "--retry-max-time", "-D", "--dump-header", "-c"),
        *("--cookie-jar", "--cacert", "--capath", "-y", "-Y", "--limit-rate", "--max-filesize"),
        *("--trace", "--trace-ascii", "--stderr", "--keepalive-time", "--expect100-timeout"),
        *("--tls-max", "--ciphers", "--interface", "--max-redirs", "-r", "--range", "-z", "-Q"),
    }
)
_HEADERS = {
    **dict.fromkeys(("-A", "--user-agent"), "user-agent"),
    **dict.fromkeys(("-e", "--referer"), "referer"),
    **dict.fromkeys(("-b", "--cookie"), "cookie"),
}
# Options that this reading cannot follow, and why.
_REFUSED = {
    **dict.fromkeys(("-F", "--form", "--form-string"), "sends a form, with a body of many parts"),
    **dict.fromkeys(("-T", "--upload-file"), "sends a file"),
    **dict.fromkeys(("-K", "--config"), "reads its options from a file"),
    "--data-urlencode": "sends a form, not JSON",
    "--url-query": "adds to its address what only curl can encode",
}
_ROUTED = frozenset(
    {*("-x", "--proxy", "--resolve", "--connect-to", "-E", "--cert", "--key", "--unix-socket")}
)
_VALUED = frozenset(
    {
        *("-X", "-H", "-d", "-u", "-A", "-e", "-b", "-F", "-T", "-K", "-x", "-E", "-m", "-o"),
        *("-w", "-D", "-c", "-y", "-Y", "-r", "-z", "-Q"),
    }
)
_LONG_VALUED = frozenset(
    {
        *("--request", "--header", "--user", "--url", "--oauth2-bearer", "--proxy-header"),
        *(name for name in (*_DATA, *_ASIDE, *_HEADERS, *_REFUSED, *_ROUTED) if name[1] == "-"),
    }
)
_QUIET = frozenset(
    {
        *("--silent", "--show-error", "--no-buffer", "--location", "--include", "--verbose"),
        *("--fail", "--fail-with-body", "--compressed", "--globoff", "--path-as-is", "--http1.1"),
        *("--http2", "--http1.0", "--http2-prior-knowledge", "--no-progress-meter", "--ipv4"),
        *("--ipv6", "--tlsv1.2", "--tlsv1.3", "--progress-bar", "--no-keepalive", "--disable"),
    }
)
_QUIET_LETTERS = frozenset("sSNLivfgq#046")
VARIABLE = re.compile(r"\$[A-Za-z_][A-Za-z0-9_]*")


class Note(Struct, frozen=True, kw_only=True):
    """Something to know about what was read. `names` is what the sentence speaks of."""

    code: str
    message: str
    names: tuple[tuple[str, str], ...] = ()


class Gathering:
    """What the options have said so far."""

    def __init__(self, given: str | None) -> None:
        self.given = given
        self.method: str | None = None
        self.urls: list[str] = []
        self.headers: list[tuple[str, str]] = []
        self.data: list[str] = []
        self.json = False
        self.get = False
        self.notes: list[Note] = []

    def note(self, code: str, message: str, **names: str) -> None:
        """Something to know."""
        self.notes.append(Note(code=code, message=message, names=tuple(names.items())))


def read_options(words: list[str], into: Gathering) -> None:
    """Takes the words behind `curl`. Raises InvalidRequest for what cannot be followed."""
    at = 0
    while at < len(words):
        word = words[at]
        at += 1
        if word == "--" or not word.startswith("-") or word == "-":
            if word not in ("--", "-"):
                into.urls.append(word)
        elif word.startswith("--"):
            value: str | None = None
            if word in _LONG_VALUED:
                value, at = _value(words, at, word)
            _option(word, value, into)
        else:
            at = _letters(word, words, at, into)


def _letters(word: str, words: list[str], at: int, into: Gathering) -> int:
    """Options of one letter, which may stand together, the last with its value."""
    for number, letter in enumerate(word[1:], 1):
        option = f"-{letter}"
        if option not in _VALUED:
            _option(option, None, into)
            continue
        attached = word[number + 1 :]
        value, at = (attached, at) if attached else _value(words, at, option)
        _option(option, value, into)
        break
    return at


def _value(words: list[str], at: int, option: str) -> tuple[str, int]:
    if at >= len(words):
        raise InvalidRequest(
            f"{option} stands last, without its value.",
            code="option_without_value",
            fix="Copy the whole command, to its last line.",
            param="text",
            names={"option": option},
        )
    return words[at], at + 1


def _option(option: str, value: str | None, into: Gathering) -> None:
    if value is None:
        _flag(option, into)
        return
    if option in _REFUSED:
        raise refused(
            "option_refused",
            f"{_REFUSED[option]} ({option})",
            "Filon sends JSON in one piece; put the body behind -d.",
        )
    if option in _ASIDE:
        return
    if option in _ROUTED:
        into.note(
            "route_ignored",
            f"{option} is left out: the way to an endpoint is the configuration's.",
            option=option,
        )
        return
    if option in _DATA:
        _data(_DATA[option], value, into)
        return
    _VALUES[option](option, value, into)


def _flag(option: str, into: Gathering) -> None:
    if option in ("-k", "--insecure"):
        into.note("insecure_ignored", "-k is left out: Filon checks every certificate.")
    elif option in ("-G", "--get"):
        into.get = True
    elif option in ("-I", "--head"):
        into.method = "HEAD"
    elif option in _QUIET or (len(option) == 2 and option[1] in _QUIET_LETTERS):
        return
    else:
        into.note(
            "option_unknown",
            f"{option} is not known here, and left out.",
            option=option,
        )


def _data(kind: str, value: str, into: Gathering) -> None:
    if kind != "raw" and value.startswith("@"):
        if value != "@-" or into.given is None:
            raise refused(
                "file_refused",
                f"reads its body from a file, {value[1:] or '@'}",
                "Put the file's content into the command; Filon opens no file that a pasted "
                "text names.",
            )
        value = into.given
    into.data.append(value)
    into.json = into.json or kind == "json"


def _method(_: str, value: str, into: Gathering) -> None:
    into.method = value.upper()


def _header(_: str, value: str, into: Gathering) -> None:
    if value.startswith("@"):
        raise refused(
            "file_refused", f"reads headers from a file, {value[1:]}", "Put them into the command."
        )
    name, colon, told = value.partition(":")
    if not colon:
        name = name.removesuffix(";")
    elif not told.strip():
        # So curl is told to send none.
        return
    if name.strip():
        into.headers.append((name.strip(), told.strip()))


def _own_header(option: str, value: str, into: Gathering) -> None:
    into.headers.append((_HEADERS[option], value))


def _user(_: str, value: str, into: Gathering) -> None:
    if VARIABLE.search(value):
        into.headers.append(("authorization", f"Basic {value}"))
        return
    encoded = base64.b64encode(value.encode("utf-8", "replace")).decode()
    into.headers.append(("authorization", f"Basic {encoded}"))


def _bearer(_: str, value: str, into: Gathering) -> None:
    into.headers.append(("authorization", f"Bearer {value}"))


def _url(_: str, value: str, into: Gathering) -> None:
    into.urls.append(value)


def _nothing(_: str, value: str, into: Gathering) -> None:
    """A header for a proxy is none of the request's."""


_VALUES: dict[str, Callable[[str, str, Gathering], None]] = {
    **dict.fromkeys(("-X", "--request"), _method),
    **dict.fromkeys(("-H", "--header"), _header),
    **dict.fromkeys(_HEADERS, _own_header),
    **dict.fromkeys(("-u", "--user"), _user),
    "--oauth2-bearer": _bearer,
    "--url": _url,
    "--proxy-header": _nothing,
}


def refused(code: str, what: str, fix: str) -> InvalidRequest:
    """For a command that does what this reading does not."""
    return InvalidRequest(f"The command {what}.", code=code, fix=fix, param="text")
