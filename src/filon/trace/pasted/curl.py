"""A curl command, as documentation has them, read as the request that it would send. Pure: no file
is opened, nothing is run or sent.

A key in the text is masked here already, so that nothing behind this keeps it.
"""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from msgspec import Struct

from filon.conversation.errors import InvalidRequest
from filon.kit.redact import SECRET_HEADERS, mask, mask_header
from filon.trace.pasted import cmd, sh
from filon.trace.pasted.options import Gathering, Note, read_options, refused
from filon.trace.pasted.sh import Command

# Members of an address that carry a key.
_KEYED = re.compile(r"key|token|secret|signature|^sig$", re.IGNORECASE)
# How providers' keys begin; one may stand in a header of any name.
_KEY = re.compile(r"\b(?:sk|gsk|xai|pplx|hf|fw|r8|nvapi|csk|AIza)[-_]?[A-Za-z0-9_-]{20,}")
# A variable in place of a key, perhaps behind the scheme.
_NAMED = re.compile(
    r"((?:[A-Za-z]+ )?)\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))((?::\$?[A-Za-z_]*)?)", re.ASCII
)
_PROGRAM = re.compile(r"(?:.*[/\\])?curl(?:\.exe)?", re.IGNORECASE)


class CurlRead(Struct, frozen=True, kw_only=True):
    """The request that a command would send. Headers are in their order, keys in them masked;
    a variable stays as `$NAME`. `body` is None where there is none."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    body: str | None = None
    variables: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()


def read_curl(text: str) -> CurlRead:
    """The request of the first curl command in a text. Raises InvalidRequest, saying why, for a
    text without one and for what cannot be known without running it or opening a file."""
    command = _command(text)
    gathering = Gathering(command.given)
    if command.more:
        gathering.note(
            "more_commands", "The text holds several commands; only the first curl is read."
        )
    read_options(list(command.words[1:]), gathering)
    return _request(gathering, command)


def _command(text: str) -> Command:
    stripped = _without_prompt(text)
    found = (cmd.command(stripped),) if cmd.is_cmd(stripped) else sh.commands(stripped)
    for number, command in enumerate(found):
        words = _without_settings(command.words)
        if _is_curl(command):
            before = found[number - 1] if number else None
            given = command.given
            if given is None and before is not None and before.piped:
                given = _printed(before)
            return Command(
                words=words,
                variables=command.variables,
                given=given,
                more=command.more or any(map(_is_curl, found[number + 1 :])),
            )
    raise InvalidRequest(
        "There is no curl command in this text.",
        code="no_curl",
        fix="Paste one that begins with curl, such as a provider's documentation has.",
        param="text",
    )


def _is_curl(command: Command) -> bool:
    words = _without_settings(command.words)
    return bool(words) and _PROGRAM.fullmatch(words[0]) is not None


def _without_prompt(text: str) -> str:
    """The text without a fence of Markdown around it, and without a prompt before the command."""
    lines = [line for line in text.strip().split("\n") if not line.lstrip().startswith("```")]
    return re.sub(r"^[ \t]*[$>%][ \t]+(?=\S*curl)", "", "\n".join(lines), flags=re.MULTILINE)


def _without_settings(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words behind `NAME=value` and `time` or `sudo`."""
    at = 0
    while at < len(words) and (
        words[at] in ("time", "sudo") or re.match(r"[A-Za-z_]\w*=", words[at])
    ):
        at += 1
    return words[at:]


def _printed(command: Command) -> str:
    """What printf, echo or cat would give to the curl behind it."""
    name, *arguments = command.words
    if name == "cat" and not arguments and command.given is not None:
        return command.given
    if name == "printf" and len(arguments) == 2 and arguments[0] in ("%s", "%s\\n"):
        return arguments[1] + ("\n" if arguments[0].endswith("n") else "")
    if name == "printf" and len(arguments) == 1 and "%" not in arguments[0]:
        data = re.sub(rb"\\([0-7]{1,3})", _octal, arguments[0].encode("utf-8", "replace"))
        try:
            return data.decode()
        except UnicodeDecodeError as error:
            raise refused(
                "body_no_text", "sends bytes that are no text", "Send it by curl itself."
            ) from error
    if name == "echo" and arguments and not arguments[0].startswith("-"):
        return " ".join(arguments) + "\n"
    raise refused(
        "runs_commands", f"gets its body from {name}", "Put the body into the command itself."
    )


def _octal(match: re.Match[bytes]) -> bytes:
    return bytes([int(match[1], 8) & 0xFF])


def _request(gathering: Gathering, command: Command) -> CurlRead:
    if not gathering.urls:
        raise InvalidRequest(
            "The command names no address.",
            code="no_address",
            fix="Copy the whole command, with its URL.",
            param="text",
        )
    if len(gathering.urls) > 1:
        gathering.note("more_addresses", "It names several addresses; only the first is read.")
    body = "&".join(gathering.data) if gathering.data else None
    url = gathering.urls[0]
    if "://" not in url:
        url = f"http://{url}"
    if gathering.get and body is not None:
        url, body = url + ("&" if "?" in url else "?") + body, None
    headers = _complete(gathering)
    method = gathering.method or ("GET" if body is None else "POST")
    return CurlRead(
        method=method,
        url=_masked_url(url, gathering),
        headers=tuple((name, _masked(name, value, gathering)) for name, value in headers),
        body=body,
        variables=tuple(dict.fromkeys((*command.variables, *_named(headers)))),
        notes=tuple(dict.fromkeys(gathering.notes)),
    )


def _named(headers: list[tuple[str, str]]) -> list[str]:
    """Variables that stand for a key, also in single quotes, where a shell would not fill them
    in."""
    found = (_NAMED.fullmatch(value) for name, value in headers if name.lower() in SECRET_HEADERS)
    return [match[2] or match[3] for match in found if match is not None]


def _complete(gathering: Gathering) -> list[tuple[str, str]]:
    """The headers with those that --json adds."""
    names = {name.lower() for name, _ in gathering.headers}
    more = [("content-type", "application/json"), ("accept", "application/json")]
    added = [pair for pair in more if gathering.json and pair[0] not in names]
    return [*gathering.headers, *added]


def _masked(name: str, value: str, into: Gathering) -> str:
    secret = name.lower() in SECRET_HEADERS
    named = _NAMED.fullmatch(value) if secret else None
    if named is not None:
        return f"{named[1]}${named[2] or named[3]}{named[4]}"
    hidden = mask_header(name, value) if secret else _KEY.sub(_hide, value)
    if hidden != value:
        _taken_out(name, into)
    return hidden


def _hide(match: re.Match[str]) -> str:
    return mask(match[0])


def _masked_url(url: str, into: Gathering) -> str:
    """The address without a password and with the keys in its query masked."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise InvalidRequest(
            f"The address cannot be read: {error}.", code="no_address", param="text"
        ) from error
    if not host:
        raise InvalidRequest(
            "The address names no host.",
            code="no_address",
            fix="Give it as https://host/path.",
            param="text",
        )
    netloc = parts.netloc
    if "@" in netloc:
        netloc = netloc.rpartition("@")[2]
        _taken_out("URL", into)
    query = parts.query
    pairs = parse_qsl(query, keep_blank_values=True)
    shown = [
        (name, mask(value) if _KEYED.search(name) and not _NAMED.fullmatch(value) else value)
        for name, value in pairs
    ]
    if shown != pairs:
        query = urlencode(shown, safe="*$")
        _taken_out("URL", into)
    del port
    return urlunsplit((parts.scheme, netloc, parts.path, query, ""))


def _taken_out(where: str, into: Gathering) -> None:
    into.note(
        "key_taken_out",
        f"The text held a key ({where}). It was taken out and is kept nowhere; the endpoint's own "
        "is sent.",
        where=where,
    )
