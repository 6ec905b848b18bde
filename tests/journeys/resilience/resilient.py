"""What the tests of retries, breakers, limits and fallbacks share: a server before two recording
providers, whose waits by chance are none and whose breakers have a clock that is set by hand."""

import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from filon.config.load import load
from filon.config.settings import Settings
from filon.pipeline.breaker import MemoryBreakers
from filon.pipeline.slots import MemorySlots
from tests.journeys.recorder import Recorder
from tests.journeys.site import PROVIDER_KEY, Reply, Site, running

MESSAGES: Any = [{"role": "user", "content": "a vein"}]
BODY: dict[str, Any] = {"model": "rec/m-1", "messages": MESSAGES}
KEYS = [f"sk-canary-KEY-{number}-0123456789abcdef" for number in range(3)]
DOORS: list[tuple[str, dict[str, Any]]] = [
    ("/v1/chat/completions", {"messages": MESSAGES}),
    ("/v1/messages", {"messages": MESSAGES, "max_tokens": 9}),
    ("/v1/responses", {"input": "a vein"}),
]

_TEAM = """
version: 1.3.13
endpoints:
  custom:
    - name: rec
      apiKey: "${REC_KEY}"
      baseURL: "%(rec)s"
      models: {default: [m-1]}
      tokenConfig: {m-1: {prompt: 1, completion: 2, context: 1000}}
      titleConvo: false
    - name: second
      apiKey: "${REC_KEY}"
      baseURL: "%(second)s"
      models: {default: [m-2]}
      titleConvo: false
    - name: claude
      provider: anthropic
      apiKey: "${REC_KEY}"
      baseURL: "%(second)s"
      models: {default: [claude-x, claude-y]}
    - name: keyed
      apiKey: "${KEY_0}"
      baseURL: "%(rec)s"
      models: {default: [m-1]}
    - name: narrow
      apiKey: none
      baseURL: "%(rec)s"
      models: {default: [m-1]}
    - name: slow
      apiKey: none
      baseURL: "%(rec)s"
      models: {default: [m-1]}
    - name: counted
      apiKey: none
      baseURL: "%(rec)s"
      models: {default: [m-1]}
    - name: gone
      apiKey: none
      baseURL: "%(gone)s"
      models: {default: [m-1]}
"""
_OWN = """
include: librechat.yaml
filon:
  routes:
    pair: [rec/m-1, second/m-2]
    crossing: [rec/m-1, claude/claude-x]
    back: [claude/claude-x, rec/m-1]
    strangers: [claude/claude-x, claude/claude-y]
    eased: [slow/m-1, second/m-2]
  endpoints:
    keyed: {keys: ["${KEY_1}", "${KEY_2}"]}
    narrow: {limits: {concurrent: 1}}
    slow: {limits: {requests_per_minute: 1}}
    counted: {limits: {tokens_per_minute: 1000}}
"""


class Clock:
    """A clock that goes on by hand, in seconds."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def resilient(
    home: Path, template: Path, recorder: Recorder, second: Recorder
) -> AsyncGenerator[Site]:
    """The server. `rec` and those with limits or keys are the first recorder, `second` and
    `claude` the other; at `gone` nobody listens."""
    places = {"rec": recorder.url, "second": second.url, "gone": unheard()}
    async with running(_settings(home, places), template) as site:
        site.house.services.random01 = lambda: 0.0
        yield site
        await site.quiet()
        assert "fault" not in site.log.getvalue()


def _settings(home: Path, places: dict[str, str]) -> Settings:
    home.mkdir()
    (home / "librechat.yaml").write_text(_TEAM % places, encoding="utf-8")
    (home / "filon.yaml").write_text(_OWN, encoding="utf-8")
    environ = {"FILON_LOCAL_SERVERS": "off", "REC_KEY": PROVIDER_KEY}
    environ |= {f"KEY_{number}": key for number, key in enumerate(KEYS)}
    return load(environ, cwd=home, home=home, port=0)


def unheard() -> str:
    """An address where nobody listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{one.getsockname()[1]}/v1"


def renew(site: Site, *recorders: Recorder) -> Clock:
    """As after a start: no breaker is open, no place taken, and no request written down. Returns
    the breakers' clock."""
    clock = Clock()
    site.house.services.breakers = MemoryBreakers(monotonic=clock, random01=lambda: 0.0)
    site.house.services.slots = MemorySlots()
    for recorder in recorders:
        recorder.requests.clear()
    return clock


async def ask(site: Site, path: str, body: Any, **headers: str) -> Reply:
    """One request of a program at a door."""
    given = {"authorization": f"Bearer {site.key}"}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    return await site.ask("POST", path, body, headers=given)


async def chat(site: Site, model: str) -> dict[str, Any]:
    """A question in the chat; its answer when it is over."""
    sent = await site.browse("POST", "/api/chat/send", {"model": model, "text": "a vein"})
    assert sent.status == 200, sent.text
    await site.quiet()
    page = await site.browse("GET", f"/api/conversations/{sent.json['conversation']['id']}")
    return page.json["messages"][-1]


async def trace_of(site: Site, reply: Reply) -> dict[str, Any]:
    """The trace that the reply names."""
    return await site.trace(reply.headers["x-filon-trace"])


def records(trace: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """A trace's records of one type."""
    return [one for one in trace["records"] if one["type"] == kind]


def keys_of(recorder: Recorder) -> list[str]:
    """The key that came with each request."""
    heads = [dict(one.headers) for one in recorder.requests]
    given = [{name.lower(): value for name, value in head.items()} for head in heads]
    return [one["authorization"].removeprefix("Bearer ") for one in given]
