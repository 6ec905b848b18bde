"""The watch over Node's network is tried; tests/unit/test_network_guard.py tries Python's."""

import asyncio
import json

from tests.clients.program import guarded
from tests.waiting import LONG


async def test_no_way_leads_out() -> None:
    process = await asyncio.create_subprocess_exec(
        *guarded("leaving"), stdout=asyncio.subprocess.PIPE, env={}
    )
    async with asyncio.timeout(LONG):
        out, _ = await process.communicate()
    told = json.loads(out)
    assert {way for way, words in told["told"].items() if "refused in tests" not in words} == set()
    assert told["refused"] == len(told["told"]) == 7
