"""Starts the real `filon` command in a process of its own without waiting for its imports, which
take a second of a core each time: one process of each worker has them, and forks for each command.
That a command also starts by itself is seen by tests/browser, tests/docs and test_reload_signals.
"""

import atexit
import functools
import gc
import importlib
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from filon.cli.main import main
from tests import network

ROOT = Path(__file__).resolve().parents[2]
# What commands import late, beside those of filon.cli.
LATE = ("alembic.command", "sqlalchemy.dialects.sqlite.aiosqlite", "uvloop", "filon.server.app")
_MOST = 1 << 20  # bytes of one request


@functools.cache
def _forker() -> socket.socket:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    for one in (ours, theirs):
        one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _MOST)
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.journeys.forking", str(theirs.fileno())],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        cwd=ROOT,
        env={**kept, "PYTHONPATH": str(ROOT)},
        pass_fds=(theirs.fileno(),),
    )
    theirs.close()
    atexit.register(_end, ours, process)
    return ours


def _end(ours: socket.socket, process: "subprocess.Popen[bytes]") -> None:
    ours.close()
    process.wait()


def fork(words: Sequence[str], environ: Mapping[str, str], folder: Path, ends: list[int]) -> None:
    """Starts `filon` with these words in this folder. `ends` are its standard input, output and
    error, and where two lines are written: its process id, and at its end its exit code."""
    asked = json.dumps({"words": words, "environ": dict(environ), "folder": str(folder)})
    socket.send_fds(_forker(), [asked.encode()], ends)


def _serve(asking: socket.socket) -> None:
    """Forks for every request, and returns in what was forked."""
    while True:
        data, ends, _, _ = socket.recv_fds(asking, _MOST, 4)
        if not data:
            os._exit(0)
        _reap()
        # One of its own waits for each command, so that this one goes on at once.
        if os.fork():
            for end in ends:
                os.close(end)
            continue
        told = ends.pop()
        command = os.fork()
        if command:
            os.write(told, b"%d\n" % command)
            for end in ends:
                os.close(end)
            code = os.waitstatus_to_exitcode(os.waitpid(command, 0)[1])
            os.write(told, b"%d\n" % code)
            os._exit(0)
        os.close(told)
        asking.close()
        _become(json.loads(data), ends)
        return


def _reap() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def _become(asked: dict[str, Any], ends: list[int]) -> None:
    for number, end in enumerate(ends):
        os.dup2(end, number)
        os.close(end)
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environ"])
    time.tzset()
    sys.argv = ["filon", *asked["words"]]


def _import_all() -> None:
    cli = importlib.import_module("filon.cli")
    for found in pkgutil.iter_modules(cli.__path__, "filon.cli."):
        importlib.import_module(found.name)
    for name in LATE:
        importlib.import_module(name)


if __name__ == "__main__":
    _import_all()
    gc.collect()
    gc.freeze()
    _serve(socket.socket(fileno=int(sys.argv[1])))
    network.watch()
    # A shell that starts the tests in the background has it ignored by all that they start.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    main()
