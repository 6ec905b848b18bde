"""What a new server has not loaded yet comes when somebody asks for it, whoever else asks too."""

import asyncio
from pathlib import Path

import aiohttp

from tests.journeys.process import serving


async def test_the_first_of_everything_at_once(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    # Whoever has a configuration has not practice read ahead.
    (home / "librechat.yaml").write_text("version: 1.2.1\n")
    async with serving(home) as server, aiohttp.ClientSession(server.url) as session:
        paths = ("/", "/api/me", "/health", "/practice/v1/models", "/v1/models")
        found = await asyncio.gather(*(status(session, path) for path in paths * 4))
    assert found == [200, 401, 200, 200, 401] * 4


async def status(session: aiohttp.ClientSession, path: str) -> int:
    async with session.get(path) as reply:
        await reply.read()
        return reply.status
