"""`make soak`: ten minutes at half of what Filon can, before providers that fail at random.

Prints what came of it, and 1 is its exit code where something is wrong. A run of ten minutes or
more writes soak.md.
"""

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from msgspec import Struct

from benchmarks import soak_found
from benchmarks.callers import OF_KEYS, SWITCHES
from benchmarks.machine import describe
from benchmarks.measure import free_port, start_upstream
from benchmarks.processes import BenchError, Process, pinned
from benchmarks.runs import Load
from benchmarks.soak_found import Found, Sample
from benchmarks.targets import ROOT, surroundings
from filon.kit import clock

STEADY = Load(name="steady", wait=2, gap=2, chunks=10)
_PYTHON = str(ROOT / ".venv" / "bin" / "python")
_FILON = str(ROOT / ".venv" / "bin" / "filon")
_MAXIMUM_SECONDS = 10.0
_SAMPLE_EVERY = 5.0
# Practice refuses every connection for so long, once in so long; the first time after a while.
_OUTAGE, _OUTAGE_EVERY, _OUTAGE_FIRST = 12.0, 60.0, 15.0
# Seconds in which Filon has closed its connections to providers that nobody used.
_REST = 90.0
_WHOLE_RUN = 10.0
# The third key may ask so often; beyond that it is told to wait.
_RPM = 3_000


class Ground(Struct, frozen=True, kw_only=True):
    """What runs: Filon, and the ports of all; `keys` are Filon's."""

    folder: Path
    filon: Process
    port: int
    practice: int
    keys: Sequence[str]
    core: int | None


def soak(minutes: float, seed: int, cache: Path) -> Found:
    """The whole soak."""
    cores = sorted(os.sched_getaffinity(0))
    target, other = cores[:2] if len(cores) > 1 else (None, None)
    machine = describe((), cache, pinned=target is not None)
    # Under the cache, since the system's temporary folder may be in memory.
    with tempfile.TemporaryDirectory(dir=cache, prefix="soak-") as name:
        folder = Path(name)
        with _running(folder, target, other) as ground:
            before = ground.filon.files()
            maximum = _load(ground, 0, _MAXIMUM_SECONDS, seed)
            rate = maximum["answered"] / maximum["seconds"] / 2
            ground.filon.wait_until_idle()
            _say(f"{rate * 2:,.0f} requests/s at most; {minutes:g} minutes at {rate:,.0f}")
            samples: list[Sample] = []
            told = _soaked(ground, rate, minutes * 60, seed, samples)
            _say("the callers are done; waiting until it is at rest")
            after = _files_at_rest(ground, before + soak_found.FILES)
            # The first look is noted as a use of its key.
            _figures(ground)
            time.sleep(1)
            figures = _figures(ground)
        _say("reading the traces")
        return soak_found.found(
            machine=machine,
            minutes=minutes,
            seed=seed,
            rate=rate,
            told=told,
            plain=maximum,
            samples=samples,
            files=(before, after),
            figures=figures,
            stored=soak_found.stored(folder),
        )


@contextmanager
def _running(folder: Path, target: int | None, other: int | None) -> Generator[Ground]:
    """Filon on its core; practice and the steady upstream on the other."""
    upstream, practice, port = free_port(), free_port(), free_port()
    steady = start_upstream(_new(folder, "steady"), upstream, other)
    command = (_PYTHON, "-m", "filon.practice", "--port", str(practice), "--speed", "0")
    place = _new(folder, "practice")
    flaky = Process(command, surroundings(place), place, core=other)
    place = _new(folder, "filon")
    environment = surroundings(place) | {"FILON_HOME": str(place / "home")}
    config = place / "filon.yaml"
    config.write_text(json.dumps(_config(upstream, practice), indent=1), encoding="utf-8")
    keys = [_key(environment, "one"), _key(environment, "two")]
    keys.append(_key(environment, "limited", "--rpm", str(_RPM)))
    serve = (_FILON, "serve", "--no-browser", "--config", str(config), "--port", str(port))
    filon = Process(serve, environment, place, core=target)
    try:
        _wait_for(filon, port)
        yield Ground(
            folder=folder, filon=filon, port=port, practice=practice, keys=keys, core=other
        )
    finally:
        for process in (filon, flaky, steady):
            process.stop()


def _config(upstream: int, practice: int) -> Mapping[str, Any]:
    flaky = f"http://127.0.0.1:{practice}/v1"
    places = {
        "steady": (f"http://127.0.0.1:{upstream}{STEADY.prefix}/v1", ["mock"]),
        "flaky": (flaky, ["echo", *(f"echo:{name}" for name in SWITCHES)]),
        "refusing": (flaky, [f"echo:{name}" for name in OF_KEYS]),
        "gone": (f"http://127.0.0.1:{free_port()}/v1", ["echo"]),
    }
    custom = [
        {
            "name": name,
            "apiKey": f"sk-soak-{name}-0",
            "baseURL": base,
            "models": {"default": models},
        }
        for name, (base, models) in places.items()
    ]
    more = {name: {"keys": [f"sk-soak-{name}-1", f"sk-soak-{name}-2"]} for name in places}
    return {
        "endpoints": {"custom": custom},
        "filon": {
            "routes": {"both": ["flaky/echo", "steady/mock"]},
            "endpoints": {
                **more,
                "steady": {**more["steady"], "limits": {"concurrent": 200}},
                "flaky": {**more["flaky"], "limits": {"concurrent": 50}},
            },
            "timeouts": {"connect": 2, "first_payload": 2, "between_payloads": 2},
        },
    }


def _key(environment: Mapping[str, str], *words: str) -> str:
    made = subprocess.run(
        (_FILON, "keys", "create", *words),
        env=dict(environment),
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode != 0:
        raise BenchError(f"`filon keys create` failed:\n{made.stderr.strip()}")
    return made.stdout.split()[-1]


def _soaked(
    ground: Ground, rate: float, seconds: float, seed: int, samples: list[Sample]
) -> Mapping[str, Any]:
    """The load, with outages and a look at Filon now and then."""
    command = _command(ground, rate, seconds, seed)
    began = clock.monotonic()
    next_outage = _OUTAGE_FIRST
    with subprocess.Popen(
        command, env=surroundings(ground.folder), cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as callers:
        try:
            while callers.poll() is None:
                at = clock.monotonic() - began
                samples.append(_sample(ground, at))
                if at >= next_outage and at < seconds:
                    _outage(ground.practice)
                    next_outage += _OUTAGE_EVERY
                if not ground.filon.runs():
                    raise BenchError(f"Filon has ended:\n{ground.filon.told()}")
                time.sleep(_SAMPLE_EVERY)
        finally:
            callers.terminate()
        assert callers.stdout is not None
        return _last_line(callers.stdout.read(), callers.returncode)


def _load(ground: Ground, rate: float, seconds: float, seed: int) -> Mapping[str, Any]:
    done = subprocess.run(
        _command(ground, rate, seconds, seed),
        env=surroundings(ground.folder),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    return _last_line(done.stdout, done.returncode)


def _command(ground: Ground, rate: float, seconds: float, seed: int) -> list[str]:
    # The key with a limit would hide how fast it can be.
    keys = ground.keys if rate else ground.keys[:2]
    words = (str(ground.port), ",".join(keys), str(rate), str(seconds), str(seed))
    traces = str(ground.folder / soak_found.TRACES)
    return pinned((_PYTHON, "-m", "benchmarks.callers", *words, traces), ground.core)


def _last_line(told: str, code: int) -> Mapping[str, Any]:
    if code != 0 or not told.strip():
        raise BenchError("the callers failed; what they said stands above")
    return json.loads(told.strip().splitlines()[-1])


def _sample(ground: Ground, at: float) -> Sample:
    figures = _figures(ground)
    states = {
        state: sum(value for name, value in figures.items() if f'state="{state}"' in name)
        for state in ("closed", "open", "half_open")
    }
    return Sample(
        at=at,
        resident=ground.filon.resident(),
        cpu=ground.filon.cpu(),
        files=ground.filon.files(),
        running=int(figures.get("filon_running_turns", 0)),
        open=int(states["open"] + states["half_open"]),
    )


def _figures(ground: Ground) -> Mapping[str, float]:
    """What /metrics tells, by name and labels."""
    connection = HTTPConnection("127.0.0.1", ground.port, timeout=30)
    try:
        connection.request("GET", "/metrics", headers={"authorization": f"Bearer {ground.keys[0]}"})
        text = connection.getresponse().read().decode()
    finally:
        connection.close()
    lines = re.findall(r"^(filon_\S.*) (\S+)$", text, re.MULTILINE)
    return {name: float(value) for name, value in lines}


def _outage(practice: int) -> None:
    """Closes practice's port for a while."""
    now = clock.now()
    rule = {"fault": "closed", "starts": now, "ends": now + _OUTAGE}
    connection = HTTPConnection("127.0.0.1", practice, timeout=10)
    try:
        connection.request("POST", "/practice/rules", json.dumps(rule))
        connection.getresponse().read()
    finally:
        connection.close()


def _files_at_rest(ground: Ground, enough: int) -> int:
    """Its open files once connections that nobody uses have had time to be closed."""
    ground.filon.wait_until_idle()
    end = clock.monotonic() + _REST
    while ground.filon.files() > enough and clock.monotonic() < end:
        time.sleep(1)
    return ground.filon.files()


def _wait_for(filon: Process, port: int) -> None:
    end = clock.monotonic() + 60
    while clock.monotonic() < end and filon.runs():
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/health")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.05)
        finally:
            connection.close()
    raise BenchError(f"Filon did not start:\n{filon.told()}")


def _new(folder: Path, name: str) -> Path:
    made = folder / name
    made.mkdir()
    return made


def _say(line: str) -> None:
    sys.stderr.write(f"soak: {line}\n")
    sys.stderr.flush()


def _arguments(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=_WHOLE_RUN, help="how long [10]")
    parser.add_argument("--seed", type=int, default=1, help="of all that is drawn by chance [1]")
    parser.add_argument("--cache", type=Path, required=True, help="where its files are put")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    """Soaks and tells; 1 if something is wrong, or it could not be done."""
    given = _arguments(arguments)
    # What was started is ended in this case too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        if shutil.which("gcc") is None:
            raise BenchError(
                "The soak needs gcc. On Debian or Ubuntu: apt-get install gcc libc6-dev"
            )
        found = soak(given.minutes, given.seed, given.cache)
    except BenchError as error:
        _say(str(error))
        return 1
    except KeyboardInterrupt:
        _say("stopped; all that was started has ended")
        return 130
    page = soak_found.page(found)
    if given.minutes >= _WHOLE_RUN:
        (ROOT / "benchmarks" / "soak.md").write_text(page, encoding="utf-8")
    sys.stdout.write(page)
    return 1 if found.wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
