"""Several endpoints at a time, for the question whether all is well."""

import asyncio
from collections.abc import AsyncGenerator, Sequence

from filon.doctor.case import Tools
from filon.doctor.examine import Examination
from filon.doctor.step import Report
from filon.providers.endpoint import Endpoint

AT_ONCE = 4


async def examine_all(
    endpoints: Sequence[Endpoint], tools: Tools, *, at_once: int = AT_ONCE
) -> AsyncGenerator[tuple[Endpoint, Report]]:
    """A report on each, in the given order; `at_once` are under way at the same time."""
    room = asyncio.Semaphore(at_once)
    tasks = [asyncio.ensure_future(_one(endpoint, tools, room)) for endpoint in endpoints]
    try:
        for endpoint, task in zip(endpoints, tasks, strict=True):
            yield endpoint, await task
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _one(endpoint: Endpoint, tools: Tools, room: asyncio.Semaphore) -> Report:
    async with room:
        return await Examination(endpoint, tools).report()


def is_absent(endpoint: Endpoint, report: Report) -> bool:
    """Whether a local server that nobody configured is simply not running, which is no fault."""
    stopped = report.failed
    return endpoint.kind == "local" and stopped is not None and stopped.name == "tcp"
