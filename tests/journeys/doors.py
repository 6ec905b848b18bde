"""What the tests of the gateway's doors share: a server whose practice does not wait, the clients
of each door, and the faults that can be switched on."""

import json
from collections.abc import AsyncGenerator
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any

from anthropic import AsyncAnthropic

from filon.practice.faults.catalogue import FAULTS
from filon.practice.faults.fault import Door, Fault
from tests.journeys.site import Site, impatient, running, settings_of
from tests.waiting import until

SWITCHED = [fault for fault in FAULTS if not isinstance(fault.effect, Door)]
DOORS = [fault for fault in FAULTS if isinstance(fault.effect, Door)]
# They change how the answer comes, and a client that reads by the standard does not notice.
HARMLESS = {
    "crlf",
    "no-space",
    "split-writes",
    "merged-writes",
    "keep-alive",
    "blank-lines-before",
    "no-usage",
    "wrong-content-type",
    "no-done",
    "gzip",
}


@asynccontextmanager
async def hurried(home: Path, template: Path) -> AsyncGenerator[Site]:
    """One server whose practice does not wait."""
    async with running(settings_of(home, "version: 1.2.1\n", {}), template) as site:
        site.house.practice.desk.speed = 0
        yield site


@asynccontextmanager
async def claude(site: Site, **given: Any) -> AsyncGenerator[AsyncAnthropic]:
    """Anthropic's own client, as a program would set it up."""
    given.setdefault("api_key", site.key)
    async with AsyncAnthropic(base_url=site.url, max_retries=0, **given) as client:
        yield client


def patience_for(site: Site, fault: Fault) -> AbstractContextManager[None]:
    """The gateway's patience in the block: little where nothing else ends the test."""
    return impatient(site, first=0.3) if fault.name == "silent" else nullcontext()


def switch_of(fault: Fault) -> str:
    """The switch with the smallest number that it takes, so that nobody waits long."""
    takes = fault.argument
    return fault.name if takes is None else f"{fault.name}={takes.low:g}"


async def at_rest(site: Site) -> None:
    """Until nothing runs any more, here or in practice."""
    await until(lambda: not (site.house.practice.busy or site.house.services.running))


def told_in(text: str) -> list[dict[str, Any]]:
    """Every JSON of a stream, in its order."""
    lines = text.replace("\r\n", "\n").split("\n")
    return [json.loads(line[6:]) for line in lines if line.startswith("data: {")]
