"""What the tests of replays and exports share: one server with endpoints of each protocol, all of
them recorded."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from filon.store.traces import Trace
from filon.trace.records import Attempt
from tests.journeys.recorder import Recorder
from tests.journeys.replies import completion
from tests.journeys.site import ME, Site, running, settings_of

KEY = "sk-canary-REC-0123456789abcdef"
OTHER_KEY = "sk-canary-OTHER-0123456789abcdef"

CONFIG = """
version: 1.2.1
endpoints:
  custom:
    - name: rec
      apiKey: "${{REC_KEY}}"
      baseURL: "{first}"
      models: {{default: [m-1, m-2]}}
      addParams: {{top_p: 0.5}}
      dropParams: [seed]
      titleConvo: false
    - name: other
      apiKey: "${{OTHER_KEY}}"
      baseURL: "{second}"
      models: {{default: [m-1, m-3]}}
      titleConvo: false
    - name: claude
      apiKey: "${{CLAUDE_KEY}}"
      baseURL: "{first}"
      provider: anthropic
      models: {{default: [c-1]}}
      titleConvo: false
    - name: going
      apiKey: "${{REC_KEY}}"
      baseURL: "{first}"
      models: {{default: [m-1]}}
      titleConvo: false
modelSpecs:
  list:
    - name: terse
      label: Terse
      preset: {{endpoint: rec, model: m-1, promptPrefix: Be terse., temperature: 0.3}}
"""
SECRETS = {"REC_KEY": KEY, "OTHER_KEY": OTHER_KEY, "CLAUDE_KEY": "sk-ant-canary-0123456789"}


class Place:
    """A server, and the two providers that it talks to."""

    def __init__(self, site: Site, first: Recorder, second: Recorder) -> None:
        self.site = site
        self.first = first
        self.second = second

    async def asked(self, body: dict[str, Any], headers: Mapping[str, str] | None = None) -> str:
        """The trace of a program's request."""
        reply = await self.site.program(body, headers=headers or {})
        assert reply.status == 200, reply.text
        return reply.headers["x-filon-trace"]

    async def replayed(self, trace_id: str, manner: str = "asked", **changes: Any) -> str:
        """The trace of a replay, settled."""
        reply = await self.site.browse(
            "POST", f"/api/traces/{trace_id}/replay", {"as": manner, "changes": changes}
        )
        assert reply.status == 200, reply.text
        await self.site.quiet()
        return reply.json["id"]

    async def refused(self, trace_id: str, manner: str = "asked", **changes: Any) -> dict[str, Any]:
        """Why a replay is not begun."""
        reply = await self.site.browse(
            "POST", f"/api/traces/{trace_id}/replay", {"as": manner, "changes": changes}
        )
        assert reply.status >= 400
        return reply.error

    async def stored(self, trace_id: str) -> Trace:
        """A settled trace with its records."""
        await self.site.quiet()
        return await self.site.house.store.traces.get(ME, trace_id)

    async def sent(self, trace_id: str) -> Attempt:
        """What a trace sent last."""
        records = (await self.stored(trace_id)).records
        return [record for record in records if isinstance(record, Attempt)][-1]


@asynccontextmanager
async def replaying(home: Path, template: Path) -> AsyncGenerator[Place]:
    """One place until the end; both providers answer with a whole completion."""
    async with Recorder().listening() as first, Recorder().listening() as second:
        first.answers(completion("first says so"))
        second.answers(completion("second says so"))
        config = CONFIG.format(first=first.url, second=second.url)
        async with running(settings_of(home, config, SECRETS), template) as site:
            yield Place(site, first, second)
