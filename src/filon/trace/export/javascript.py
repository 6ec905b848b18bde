"""An attempt as JavaScript with fetch, for Node 20 and newer: the very bytes that were sent."""

import base64
import json
import unicodedata

from filon.trace.export.source import Exported, Header, Source

_SENT = """\

const reply = await fetch({url}, {{
  method: {method},
  headers,{body}
}});
console.error(reply.status, reply.headers.get("content-type"));
for await (const chunk of reply.body ?? []) process.stdout.write(chunk);
"""
# Control and format characters, surrogates, and the ends of lines that only JavaScript knows.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def javascript(source: Source) -> Exported:
    """A module that prints the reply as it comes."""
    headers = "".join(f"  {_pair(header, source.variable)},\n" for header in source.headers)
    text = f"// node this-file.mjs\nconst headers = {{\n{headers}}};\n"
    if source.body:
        text += f"const body = {_body(source)};\n"
    text += _SENT.format(
        url=string(source.attempt.url),
        method=string(source.attempt.method),
        body="\n  body," if source.body else "",
    )
    return Exported(text, "text/javascript", "mjs")


def string(text: str) -> str:
    """A text as JavaScript writes it. It ends no script element of a page, and what cannot be
    seen is written by its number."""
    quoted = json.dumps(text, ensure_ascii=False).replace("</", "<\\/").replace("<!", "<\\u0021")
    return "".join(_seen(letter) for letter in quoted)


def _seen(letter: str) -> str:
    if letter.isascii() and letter != "\x7f":
        return letter
    if unicodedata.category(letter) not in _UNSEEN:
        return letter
    return json.dumps(letter).strip('"') if letter != "\x7f" else "\\u007f"


def _pair(header: Header, variable: str) -> str:
    if header.carries == "key":
        before = f"{string(header.value)} + " if header.value else ""
        return f"{string(header.name)}: {before}process.env.{variable}"
    value = header.value
    if not value.isascii():
        # A header's letters stand for bytes in fetch.
        value = value.encode("utf-8", "replace").decode("latin-1")
    return f"{string(header.name)}: {string(value)}"


def _body(source: Source) -> str:
    text = source.text
    if text is None:
        return f'Buffer.from({string(base64.b64encode(source.body).decode())}, "base64")'
    return string(text)
