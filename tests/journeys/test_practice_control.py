"""Practice seen and changed from outside: ledger, rules, limits, speed, clock, and who may."""

import asyncio
import json
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from filon.practice.clock import Clock, RealClock, VirtualClock
from filon.practice.service import Practice
from tests.journeys.process import ROOT
from tests.journeys.site import Site
from tests.waiting import LONG, until

CHAT = {"model": "pocket", "messages": [{"role": "user", "content": "What is 2 + 3?"}]}
NOTHING: Mapping[str, str] = {}


class Client:
    """A program that speaks to one practice."""

    def __init__(self, practice: Practice, port: int, http: aiohttp.ClientSession) -> None:
        self.practice = practice
        self.port = port
        self.http = http

    async def ask(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] = NOTHING
    ) -> tuple[int, Any]:
        """One request: its status, and its body as JSON, None where there is none."""
        data = None if body is None else json.dumps(body)
        url = f"http://127.0.0.1:{self.port}{path}"
        async with self.http.request(method, url, data=data, headers=dict(headers)) as reply:
            raw = await reply.read()
            return reply.status, json.loads(raw) if raw else None

    async def chat(
        self, body: Mapping[str, Any] = CHAT, headers: Mapping[str, str] = NOTHING, root: str = ""
    ) -> tuple[int, Any]:
        """One chat, without waiting."""
        head = {"x-practice-speed": "0", **headers}
        return await self.ask("POST", f"{root or '/v1'}/chat/completions", body, head)


@asynccontextmanager
async def running(time: Clock | None = None, token: str | None = None) -> AsyncGenerator[Client]:
    practice = Practice(clock=time or RealClock(), token=token)
    port = await practice.start()
    try:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True)) as http:
            yield Client(practice, port, http)
    finally:
        await practice.stop()


async def test_the_ledger_tells_what_was_received_and_answered() -> None:
    async with running() as client:
        key = "sk-canary-0123456789abcdef"
        await client.chat(headers={"authorization": f"Bearer {key}", "x-nonce": "n-17"})
        await client.chat(CHAT | {"model": "gone"})
        status, told = await client.ask("GET", "/practice/ledger")
        assert status == 200
        refused, answered = told["entries"]
        assert (refused["status"], refused["outcome"]) == (404, "refused")
        assert (answered["status"], answered["outcome"]) == (200, "complete")
        assert answered["skill"] == "arithmetic"
        assert json.loads(answered["request"]["text"]) == CHAT
        assert "5" in json.loads(answered["response"]["text"])["choices"][0]["message"]["content"]
        assert key not in json.dumps(told)
        usage = json.loads(answered["response"]["text"])["usage"]
        assert answered["counts"]["prompt"] == usage["prompt_tokens"]
        assert answered["counts"]["answer"] == usage["completion_tokens"]
        assert (await client.ask("GET", f"/practice/ledger/{answered['id']}"))[1] == answered
        for query, count in (
            ("status=404", 1),
            ("model=pocket", 1),
            ("contains=2%20%2B%203", 2),
            ("dialect=mistral", 0),
            (f"since={answered['id']}", 1),
            ("limit=1", 1),
        ):
            found = (await client.ask("GET", f"/practice/ledger?{query}"))[1]["entries"]
            assert len(found) == count, query
        assert (await client.ask("GET", "/practice/ledger?limit=x"))[0] == 400
        assert (await client.ask("GET", "/practice/ledger/999"))[0] == 404
        assert (await client.ask("DELETE", "/practice/ledger"))[0] == 204
        assert (await client.ask("GET", "/practice/ledger"))[1]["entries"] == []


async def test_limits_are_changed_while_it_runs_and_time_gives_them_back() -> None:
    async with running(VirtualClock()) as client:
        root, headers = "/practice/openai/v1", {"authorization": "Bearer sk-practice-openai"}
        path = "/practice/limits/openai"
        assert (await client.ask("GET", path))[1]["requests_per_minute"] == 500
        status, _ = await client.ask("PUT", path, {"requests_per_minute": 2})
        assert status == 200
        told = [await client.chat(root=root, headers=headers) for _ in range(3)]
        assert [status for status, _ in told] == [200, 200, 429]
        assert told[2][1]["error"]["code"] == "rate_limit_exceeded"
        assert (await client.ask("POST", "/practice/clock", {"advance": 29}))[0] == 200
        assert (await client.chat(root=root, headers=headers))[0] == 429
        assert (await client.ask("POST", "/practice/clock", {"advance": 1}))[0] == 200
        assert (await client.chat(root=root, headers=headers))[0] == 200
        assert (await client.ask("PUT", path, {"requests_per_minute": -1}))[0] == 400
        assert (await client.ask("PUT", path, {"rpm": 1}))[0] == 400
        assert (await client.ask("PUT", "/practice/limits/none", {}))[0] == 404


async def test_a_client_that_leaves_gives_back_its_place() -> None:
    async with running() as client:
        path = "/practice/limits/deepseek"
        assert (await client.ask("PUT", path, {"concurrent": 1}))[0] == 200
        headers = {"authorization": "Bearer sk-practice-deepseek"}
        for _ in range(3):
            reading = asyncio.ensure_future(read_slowly(client, headers))
            await until(lambda: client.practice.busy)
            reading.cancel()
            await asyncio.wait({reading})
            assert reading.cancelled()
            await quiet(client.practice)
            assert client.practice.desk.ledger.entries()[0].outcome == "client left"
        reset = {**headers, "x-practice-fault": "reset-before-headers"}
        with pytest.raises(aiohttp.ClientError):
            await client.chat(headers=reset, root="/practice/deepseek")
        await quiet(client.practice)
        status, _ = await client.chat(headers=headers, root="/practice/deepseek")
        assert status == 200


async def read_slowly(client: Client, headers: Mapping[str, str]) -> None:
    """Reads a stream at a pace that takes longer than anybody waits here."""
    headers = {**headers, "x-practice-speed": "0.01"}
    await client.chat({**CHAT, "stream": True}, headers, "/practice/deepseek")


async def quiet(practice: Practice) -> None:
    await until(lambda: not practice.busy)


async def test_rules_strike_and_end() -> None:
    async with running(VirtualClock()) as client:
        now = (await client.ask("GET", "/practice/clock"))[1]["now"]
        rule = {"fault": "overloaded", "model": "pocket", "starts": now + 10, "ends": now + 20}
        status, made = await client.ask("POST", "/practice/rules", rule)
        assert status == 201
        assert (await client.chat())[0] == 200
        await client.ask("POST", "/practice/clock", {"advance": 10})
        assert (await client.chat())[0] == 529
        assert (await client.chat(CHAT | {"model": "pocket-large"}))[0] == 200
        (standing,) = (await client.ask("GET", "/practice/rules"))[1]["rules"]
        assert (standing["state"], standing["matched"], standing["struck"]) == ("active", 1, 1)
        await client.ask("POST", "/practice/clock", {"advance": 10})
        assert (await client.chat())[0] == 200
        assert (await client.ask("DELETE", f"/practice/rules/{made['id']}"))[0] == 204
        assert (await client.ask("DELETE", f"/practice/rules/{made['id']}"))[0] == 404
        status, told = await client.ask("POST", "/practice/rules", {"fault": "overlaoded"})
        assert status == 400
        assert "Did you mean overloaded" in told["error"]["message"]


async def test_an_outage_closes_the_port_and_opens_it_again() -> None:
    time = VirtualClock()
    async with running(time) as client:
        rule = {"fault": "closed", "ends": time.now() + 60}
        assert (await client.ask("POST", "/practice/rules", rule))[0] == 201
        await until_answered(client, False)
        time.advance(60)
        await until_answered(client, True)


async def until_answered(client: Client, whether: bool) -> None:
    async with asyncio.timeout(LONG):
        while await answered(client) != whether:
            pass


async def answered(client: Client) -> bool:
    """Whether a chat is answered, or nobody listens."""
    try:
        return (await client.chat())[0] == 200
    except aiohttp.ClientConnectorError:
        return False
    except aiohttp.ClientError:
        return True  # it was cut, and so somebody listened


async def test_controls_ask_for_their_token() -> None:
    async with running(token="a-token") as client:
        for method, path, body in (
            ("GET", "/practice/ledger", None),
            ("GET", "/practice/ledger/1", None),
            ("DELETE", "/practice/ledger", None),
            ("GET", "/practice/rules", None),
            ("POST", "/practice/rules", {"fault": "overloaded"}),
            ("DELETE", "/practice/rules/x", None),
            ("PUT", "/practice/limits/openai", {}),
            ("PUT", "/practice/speed", {"speed": 0}),
            ("POST", "/practice/clock", {"advance": 1}),
        ):
            assert (await client.ask(method, path, body))[0] == 403, path
        headers = {"x-practice-token": "a-token"}
        assert (await client.ask("GET", "/practice/ledger", headers=headers))[0] == 200
        assert (await client.chat())[0] == 200


async def test_what_there_is_is_listed() -> None:
    async with running() as client:
        faults = (await client.ask("GET", "/practice/faults"))[1]["faults"]
        assert len({fault["name"] for fault in faults}) == len(faults) > 50
        dialects = (await client.ask("GET", "/practice/dialects"))[1]["dialects"]
        assert {"openai", "mistral", "ollama"} <= {dialect["name"] for dialect in dialects}
        assert (await client.ask("GET", "/practice/models"))[1]["models"]
        text = "Temperature, ñandú 42"
        told = (await client.ask("POST", "/practice/tokenize", {"text": text}))[1]
        assert told["count"] == len(told["tokens"])
        assert (await client.ask("POST", "/practice/tokenize", {"text": 1}))[0] == 400
        assert (await client.ask("PUT", "/practice/speed", {"speed": 2}))[1] == {"speed": 2}
        assert (await client.ask("PUT", "/practice/speed", {"speed": -1}))[0] == 400
        status, _ = await client.ask("POST", "/practice/clock", {"advance": 1})
        assert status == 400  # the machine's time cannot be moved


async def test_the_ledger_through_filon_takes_a_key_of_filons(site: Site) -> None:
    refused = await site.ask("GET", "/practice/ledger")
    assert refused.status == 401
    body = {"model": "practice/pocket", "messages": CHAT["messages"]}
    site.house.practice.desk.speed = 0
    assert (await site.program(body)).status == 200
    headers = {"authorization": f"Bearer {site.key}"}
    told = await site.ask("GET", "/practice/ledger?limit=1", headers=headers)
    assert told.status == 200
    (entry,) = told.json["entries"]
    assert entry["target"] == "/practice/v1/chat/completions"
    assert site.key not in told.text
    page = await site.browse("GET", "/api/practice/ledger?limit=1")
    assert page.json["entries"][0]["id"] == entry["id"]
    detail = await site.browse("GET", f"/api/practice/ledger/{entry['id']}")
    assert detail.json["request_body"] == entry["request"]["text"]


async def test_it_runs_alone() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "filon.practice", "--port", "0", "--speed", "0", "--virtual-clock"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(LONG):
            line = (await process.stdout.readline()).decode()
        assert "needs no key" in line
        address = line.split(" is at ")[1].split("/v1")[0]
        async with (
            aiohttp.ClientSession() as http,
            http.post(f"{address}/v1/chat/completions", json=CHAT) as reply,
        ):
            assert reply.status == 200
            assert "5" in (await reply.json())["choices"][0]["message"]["content"]
    finally:
        process.terminate()
        await process.communicate()
