"""Every fault there is, by its switch: at practice's own port, and through the gateway, where it
must end in a right answer or a clear error, with nothing hung and the turn settled."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from filon.practice.faults.fault import Door, Fault
from filon.practice.faults.rules import Rule
from tests.journeys.doors import (
    DOORS,
    HARMLESS,
    SWITCHED,
    at_rest,
    hurried,
    patience_for,
    switch_of,
    told_in,
)
from tests.journeys.site import Reply, Site
from tests.waiting import LONG, until

MESSAGES = [{"role": "user", "content": "What is 2 + 3?"}]


@pytest.fixture(scope="module")
async def patient(tmp_path_factory: pytest.TempPathFactory, template: Path) -> AsyncIterator[Site]:
    async with hurried(tmp_path_factory.mktemp("faults") / "home", template) as site:
        yield site


@pytest.mark.parametrize("fault", SWITCHED, ids=lambda fault: fault.name)
async def test_a_switch_reaches_it_at_practices_own_port(patient: Site, fault: Fault) -> None:
    url = f"http://127.0.0.1:{patient.house.practice_port}/v1/chat/completions"
    ledger = patient.house.practice.desk.ledger
    for model, headers in (
        (f"pocket:{switch_of(fault)}", {}),
        ("pocket", {"x-practice-fault": switch_of(fault)}),
    ):
        body = {"model": model, "messages": MESSAGES, "stream": True}
        connector = aiohttp.TCPConnector(force_close=True)
        async with aiohttp.ClientSession(connector=connector, auto_decompress=False) as http:
            ledger.clear()
            asking = asyncio.ensure_future(read(http, url, body, headers))
            await until(ledger.entries)
            if fault.name == "silent":
                asking.cancel()
            await asyncio.wait({asking})
        await at_rest(patient)
        (entry,) = ledger.entries()
        assert fault.name in entry.switches
        assert entry.outcome != "open"


async def read(
    http: aiohttp.ClientSession, url: str, body: Any, headers: Mapping[str, str]
) -> None:
    """Reads an answer to its end, whichever it is."""
    try:
        async with http.post(url, json=body, headers=headers) as got:
            await got.read()
    except aiohttp.ClientError:
        pass  # many faults are just this


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("fault", SWITCHED, ids=lambda fault: fault.name)
async def test_through_the_gateway_it_ends_and_is_settled(
    patient: Site, fault: Fault, streamed: bool
) -> None:
    body = {
        "model": f"practice/pocket:{switch_of(fault)}",
        "messages": MESSAGES,
        "stream": streamed,
        "max_tokens": 60,
    }
    with patience_for(patient, fault):
        reply = await patient.program(body)
    await at_rest(patient)
    whole = await patient.trace(reply.headers["x-filon-trace"])
    trace = whole["trace"]
    assert trace["outcome"] in ("complete", "partial", "failed")
    (attempt,) = [one for one in whole["records"] if one["type"] == "attempt"]
    assert bool(attempt["findings"]) == (trace["outcome"] != "complete"), trace
    if fault.group == "refusals":
        assert reply.status >= 400
    if reply.status >= 400:
        assert set(reply.error) == {"message", "type", "param", "code"}
        assert reply.error["message"]
        assert trace["outcome"] == "failed"
        assert reply.error["type"] != "authentication_error"
        return
    failed = told_error(reply) if streamed else None
    assert (failed is not None) == (streamed and trace["outcome"] != "complete"), reply.text
    if fault.name in HARMLESS:
        assert trace["outcome"] == "complete"
    if failed is not None:
        assert failed["message"]
        assert "[DONE]" not in reply.text


def told_error(reply: Reply) -> dict[str, Any] | None:
    """The error that a stream ends with, if it does."""
    frames = told_in(reply.text)
    last: dict[str, Any] = frames[-1] if frames else {}
    return last.get("error")


@pytest.mark.parametrize("fault", DOORS, ids=lambda fault: fault.name)
async def test_a_door_is_met_at_its_endpoint(patient: Site, fault: Fault) -> None:
    assert isinstance(fault.effect, Door)
    reply = await patient.program(
        {"model": f"practice-{fault.effect.name}/pocket", "messages": MESSAGES}
    )
    assert reply.status == 502
    trace = await patient.trace(reply.headers["x-filon-trace"])
    (attempt,) = [one for one in trace["records"] if one["type"] == "attempt"]
    assert attempt["findings"][0]["code"] in ("refused", "tls")


async def test_an_outage_is_told_while_it_lasts(patient: Site) -> None:
    desk = patient.house.practice.desk
    rule = desk.rules.add(Rule(fault="closed", ends=desk.clock.now() + 600))
    async with asyncio.timeout(LONG):
        while (reply := await ask(patient)).status == 200:
            pass
        assert reply.status == 502
        desk.rules.remove(rule.id)
        while (await ask(patient)).status != 200:
            pass
    await at_rest(patient)


async def ask(site: Site) -> Reply:
    return await site.program({"model": "practice/pocket", "messages": MESSAGES})
