"""An attempt as Python with httpx: the very bytes that were sent."""

from filon.trace.export.python_text import keyed, string
from filon.trace.export.source import Exported, Header, Source

_SENT = """\

with httpx.stream({arguments}, headers=headers{content}, timeout=None) as reply:
    print(reply.status_code, reply.headers.get("content-type"), file=sys.stderr)
    for chunk in reply.iter_bytes():
        sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()
"""


def python(source: Source) -> Exported:
    """A program that prints the reply as it comes."""
    attempt = source.attempt
    headers = "".join(f"    {_pair(header, source.variable)},\n" for header in source.headers)
    modules = ["os"] if any(header.carries == "key" for header in source.headers) else []
    imports = "".join(f"import {name}\n" for name in (*modules, "sys"))
    text = f"{imports}\nimport httpx  # pip install httpx\n\nheaders = [\n{headers}]\n"
    content = ""
    if source.body:
        text += f"body = {_body(source)}\n"
        content = ", content=body"
    arguments = f"{string(attempt.method)}, {string(attempt.url)}"
    text += _SENT.format(arguments=arguments, content=content)
    return Exported(text, "text/x-python", "py")


def _pair(header: Header, variable: str) -> str:
    if header.carries == "key":
        return f"({string(header.name)}, {keyed(header.value, variable)})"
    encoded = "" if header.value.isascii() else ".encode()"
    return f"({string(header.name)}, {string(header.value)}{encoded})"


def _body(source: Source) -> str:
    """The body, a line for each message."""
    body = source.attempt.request_body
    edges = sorted({cut for cut in body.cuts if 0 < cut < len(body.data)})
    ends = (*edges, len(body.data))
    parts = [body.data[start:end] for start, end in zip((0, *edges), ends, strict=True)]
    try:
        lines = [string(part.decode()) for part in parts]
    except UnicodeDecodeError:
        lines = [repr(part) for part in parts]
        return _joined(lines)
    return f"{_joined(lines)}.encode()"


def _joined(lines: list[str]) -> str:
    if len(lines) == 1:
        return lines[0]
    return "(\n" + "".join(f"    {line}\n" for line in lines) + ")"
