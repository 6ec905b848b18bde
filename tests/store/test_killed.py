"""A program that is killed while it writes leaves whole rows, and all it had said was done."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from filon.store.store import Store
from tests.store.conftest import ME

ROOT = Path(__file__).resolve().parents[2]


def run_and_kill(url: str, lines: int) -> list[str]:
    """Starts the writing program and kills it after so many lines; all its lines."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.store.writing_child", url],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert child.stdout is not None
    told = [child.stdout.readline().strip() for _ in range(lines)]
    child.send_signal(signal.SIGKILL)
    told += [line.strip() for line in child.stdout.read().splitlines()]
    child.stdout.close()
    assert child.wait() == -signal.SIGKILL
    return told


@pytest.mark.parametrize("lines", [1, 2, 61, 150])
async def test_nothing_is_half_written(url: str, file: Path, lines: int) -> None:
    told = run_and_kill(url, lines)
    store = await Store.open(url)
    for line in told:
        what, _, number = line.partition(" ")
        tree = await store.messages.tree(ME, f"c{number}")
        assert {row.id for row in tree} == {f"a{number}", f"b{number}"}
        if what == "finished":
            row = await store.messages.get(ME, f"b{number}")
            assert (row.state, row.text) == ("complete", "word " * 500)
    assert await store.messages.close_open(9.0) <= 1
    for chat in await store.conversations.all(ME):
        assert len(await store.messages.tree(ME, chat.id)) == 2
    page = await store.traces.page(ME, limit=500)
    for trace in page.traces:
        found = await store.traces.get(ME, trace.id)
        assert len(found.records) == 5
    # A trace goes into the queue before the end of its message, which was waited for.
    finished = sum(line.startswith("finished") for line in told)
    assert page.total >= finished
    await store.close()
    connection = sqlite3.connect(file)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    connection.close()
