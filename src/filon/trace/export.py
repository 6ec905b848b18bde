"""A trace as something that other tools run."""

import shlex

from filon.trace.records import AnyRecord, Attempt, Headers

KEY_PLACEHOLDER = "$API_KEY"
_LEFT_OUT = frozenset({"host", "content-length", "connection"})


def curl(records: tuple[AnyRecord, ...]) -> str | None:
    """The last attempt as a curl command, or None when nothing was sent.

    The key is the shell variable API_KEY; everything else is quoted, so that no text of a prompt
    can become a command. Bytes of the body are exact where they are UTF-8.
    """
    attempts = [record for record in records if isinstance(record, Attempt)]
    if not attempts:
        return None
    attempt = attempts[-1]
    lines = [f"curl -sS -N -X {attempt.method} {_quote(attempt.url)}"]
    lines += [f"  -H {_header(name, value)}" for name, value in _sendable(attempt.request_headers)]
    if attempt.request_body.data:
        # curl itself reads a leading @ of --data-raw as text, unlike --data-binary.
        text = attempt.request_body.data.decode("utf-8", "replace")
        lines.append(f"  --data-raw {_quote(text)}")
    return " \\\n".join(lines)


def _sendable(headers: Headers) -> Headers:
    return tuple((name, value) for name, value in headers if name.lower() not in _LEFT_OUT)


def _header(name: str, value: str) -> str:
    lowered = name.lower()
    if lowered in {"authorization", "proxy-authorization"}:
        scheme = value.partition(" ")[0]
        if not scheme.isalnum():
            scheme = "Bearer"
        # Double quotes, so that the shell puts the key in.
        return f'"{name}: {scheme} {KEY_PLACEHOLDER}"'
    if lowered in {"x-api-key", "api-key", "x-goog-api-key"}:
        return f'"{name}: {KEY_PLACEHOLDER}"'
    return _quote(f"{name}: {value}")


def _quote(text: str) -> str:
    return shlex.quote(text.replace("\0", ""))
