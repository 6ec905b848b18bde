"""An attempt as a curl command, for the shells of Unix and for PowerShell. Whatever stands in the
request, a shell passes it on and runs none of it."""

import base64
import re
import shlex

from filon.trace.export.source import Exported, Header, Source

# Linux starts no program with an argument beyond 128 KiB; a shell's own printf is not started.
_ARGUMENT = 100_000
# PowerShell takes each of these for the end of a text in single quotes.
_QUOTES = re.compile("(['\u2018\u2019\u201a\u201b])")
# All but what a terminal would take for a key pressed, or show in the wrong order.
_PLAIN = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]*")


def curl(source: Source) -> Exported:
    """For sh and what is like it. The key is the endpoint's own variable."""
    attempt, text = source.attempt, source.text
    lines = [f"curl -sS -N -g -X {attempt.method} {shlex.quote(attempt.url)}"]
    if "/." in attempt.url:
        lines.append("  --path-as-is")
    lines += [f"  -H {_sh_header(header, source.variable)}" for header in source.headers]
    before = ""
    if text is None or not _PLAIN.fullmatch(text):
        before = f"printf '{_octal(source.body)}' |\n"
    elif len(source.body) > _ARGUMENT:
        before = f"printf %s {shlex.quote(text)} |\n"
    if before:
        lines.append("  --data-binary @-")
    elif text:
        # curl itself reads a leading @ of --data-raw as text, unlike --data-binary.
        lines.append(f"  --data-raw {shlex.quote(text)}")
    return Exported(before + " \\\n".join(lines) + "\n", "text/x-shellscript", "sh")


def _sh_header(header: Header, variable: str) -> str:
    if header.carries == "key":
        # Double quotes, so that the shell puts the key in.
        return f'"{header.name}: {header.value}${variable}"'
    return shlex.quote(_argument(header))


def _argument(header: Header) -> str:
    """A header as curl takes it: one without a value ends with a semicolon."""
    return f"{header.name}: {header.value}" if header.value.strip() else f"{header.name};"


def _octal(data: bytes) -> str:
    """Bytes as the format of printf: letters and digits as they are, all else by number."""
    return "".join(
        chr(byte)
        if byte < 128 and (chr(byte).isalnum() or byte in b' {}[]",:._-')
        else f"\\{byte:03o}"
        for byte in data
    )


def powershell(source: Source) -> Exported:
    """For PowerShell, with the curl.exe of Windows. The body goes by a file: what PowerShell does
    to quotes in arguments differs from version to version."""
    attempt = source.attempt
    given = [f"-sS -N -g -X {attempt.method}", "--path-as-is", _quoted(attempt.url)]
    given += [f"-H {_ps_header(header, source.variable)}" for header in source.headers]
    lines: list[str] = []
    if source.body:
        given.append('--data-binary "@$body"')
        lines = [
            "$body = New-TemporaryFile",
            f"[IO.File]::WriteAllBytes($body, {_ps_bytes(source)})",
        ]
    lines.append("curl.exe " + " `\n  ".join(given))
    if source.body:
        lines.append("Remove-Item $body")
    return Exported("\n".join(lines) + "\n", "text/plain", "ps1")


def _ps_bytes(source: Source) -> str:
    text = source.text
    if text is None or not _PLAIN.fullmatch(text):
        return f"[Convert]::FromBase64String('{base64.b64encode(source.body).decode()}')"
    return f"[Text.Encoding]::UTF8.GetBytes({_quoted(text)})"


def _ps_header(header: Header, variable: str) -> str:
    if header.carries == "key":
        return f'"{header.name}: {header.value}$Env:{variable}"'
    # An argument's own quotes are lost before version 7.3, unless a backslash is before them.
    return _quoted(_argument(header).replace('"', '\\"'))


def _quoted(text: str) -> str:
    return "'" + _QUOTES.sub(r"\1\1", text) + "'"
