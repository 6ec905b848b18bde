"""Writes docs/findings: what Filon finds in failures and in odd answers, made of its catalogue."""

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from filon.conversation.finding import Retry
from filon.diagnosis.catalogue import GROUPS, Group
from filon.diagnosis.symptom import Offer, Sign, Symptom
from scripts.pages.markdown import code, plain, table

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "findings"

_TITLES: Mapping[Group, str] = {
    "connection": "No connection, or no whole reply",
    "limits": "Limits",
    "money": "Money",
    "keys": "Keys and rights",
    "provider": "The provider and what is before it",
    "content": "The messages",
    "models": "Models and addresses",
    "parameters": "Parameters",
    "rest": "What nobody explains further",
    "configuration": "What the configuration and the headers add",
    "output": "Odd answers",
}
_RETRY: Mapping[Retry, str] = {
    "wait": "The same request may work later.",
    "elsewhere": "The same request fails here again; another key, model or endpoint may answer.",
    "changed": "Something must be changed first; the same request fails again.",
    "no": "There is nothing to repeat.",
}
_OFFERS: Mapping[Offer, str] = {
    "wait": "wait as long as it says",
    "without": "try again without the parameter",
    "rename": "send it under the other name",
    "drop": "add it to dropParams",
    "lower": "lower max_tokens",
    "shorten": "shorten the conversation",
    "model": "use the nearest model",
    "doctor": "run the doctor",
    "variable": "set the variable",
    "other": "choose another model",
    "keys": "the provider's page of keys",
    "status": "the provider's status page",
    "docs": "the provider's documentation",
}
_KINDS = {
    "dns": "the name has no address",
    "refused": "the connection is refused",
    "tls": "the handshake of TLS fails",
    "unreachable": "there is no way to the address",
    "connect_timeout": "the connection is not made in time",
    "disconnected": "the connection ends",
    "payload": "the reply ends before its announced length",
    "compressed": "the reply cannot be unpacked",
    "url": "the request cannot be written",
    "silent": "nothing comes for as long as is waited",
    "broken_reply": "the reply cannot be read",
    "proxy_refused": "nobody listens at the proxy",
    "proxy_unreachable": "the proxy cannot be reached",
    "proxy_auth": "the proxy answers 407",
    "proxy_denied": "the proxy forbids the host",
    "proxy_failed": "the proxy makes no way",
}
_INTRO = """\
# What Filon finds

A finding is one diagnosis: its code, the words that gave it away and where they stood, the likely
causes in order, what to do, and buttons for what can be done at once. It stands in the inspector,
on the chat's card, in `filon ask`, in the log as `finding=`, and in the gateway's error body as
`error.filon` for callers who ask ([how](../gateway.md)).

A reply is unwrapped before it is read: what OpenRouter quotes of a host, what LiteLLM wraps in a
string, Azure's `innererror`, FastAPI's `detail`, Google's arrays, a CDN's page, an error inside a
200 or in mid-stream. A code in the body counts before words, and words before a status. Links are
left out: one to a page on billing says nothing of money.

Retries go by the same list: what *waits* is tried again, what another key or endpoint can answer
goes there, and what must be changed is never repeated.

These pages are made by `make docs` of `src/filon/diagnosis/symptoms/`; change them there.
"""


def files() -> Mapping[str, str]:
    """What the folder must hold, by the files' names."""
    pages = {f"{name}.md": _page(name) for name in GROUPS}
    return {"README.md": _index(), **pages}


def _index() -> str:
    parts = [_INTRO]
    for name, symptoms in GROUPS.items():
        rows = [
            (f"[{one.code}]({name}.md#{one.code})", general(one.title), _short(one))
            for one in symptoms
        ]
        parts.append(f"## {_TITLES[name]}\n\n{table(('code', 'it says', 'again?'), rows)}\n")
    return "\n".join(parts)


def _short(symptom: Symptom) -> str:
    if symptom.kind == "notice":
        return "a notice"
    return {"wait": "later", "elsewhere": "elsewhere", "changed": "after a change", "no": "no"}[
        symptom.retry
    ]


def _page(name: Group) -> str:
    parts = [f"# {_TITLES[name]}\n\n[All findings](README.md)\n"]
    parts += ["\n".join(_section(one)) + "\n" for one in GROUPS[name]]
    return "\n".join(parts)


def _section(symptom: Symptom) -> Iterator[str]:
    yield f"## {symptom.code}\n"
    yield f"**{general(symptom.title)}**\n"
    yield from (f"{number}. {general(cause)}" for number, cause in enumerate(symptom.causes, 1))
    yield f"\n{general(symptom.fix)} {_RETRY[symptom.retry]}"
    if symptom.offers:
        yield f"\nButtons, where they apply: {', '.join(_OFFERS[one] for one in symptom.offers)}."
    if symptom.signs:
        yield "\nIt is told by:\n"
        yield from (f"- {_sign(sign)}" for sign in symptom.signs)
    if symptom.sources:
        yield f"\n*Source: {plain('; '.join(symptom.sources))}*"


def _sign(sign: Sign) -> str:
    parts: list[str] = []
    if sign.kind:
        parts.append(_KINDS[sign.kind])
    if sign.statuses:
        shown = ", ".join(map(str, sign.statuses))
        parts.append(f"status {shown}")
    if sign.codes:
        parts.append(f"the code {' or '.join(code(one) for one in sign.codes)}")
    if sign.page:
        parts.append("a web page as its body")
    if sign.words:
        named = re.sub(r"\?P<\w+>", "", sign.words)
        parts.append(f"words that match {code(named)}" if "`" not in named else _fenced(named))
    return ", ".join(parts)


def _fenced(words: str) -> str:
    return f"words that match `` {words} ``"


def general(text: str) -> str:
    """A sentence of the catalogue with words for what is filled in."""
    told = text.format_map(_Names())
    return plain(told[0].upper() + told[1:])


class _Names(dict[str, str]):
    """What stands for a name that only a real failure has."""

    _USUAL: Mapping[str, str] = {
        "endpoint": "the endpoint",
        "model": "the model",
        "url": "the address",
        "variable": "the variable of the key",
        "seconds": "so many",
        "gap": "so many",
    }

    def __missing__(self, key: str) -> str:
        return self._USUAL.get(key, f"`{key}`")


def main() -> None:
    """Writes what has changed, and removes the pages of groups that are gone."""
    wanted = files()
    FOLDER.mkdir(exist_ok=True)
    for path in FOLDER.glob("*.md"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    sys.stdout.write(f"wrote {len(wanted)} pages to docs/findings\n")


if __name__ == "__main__":
    main()
