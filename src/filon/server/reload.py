"""Takes up a changed configuration while the server runs, and says how the file stands.

The file, and the `.env` beside it, are looked at once a second. What cannot be used never replaces
what runs: the last good version stays, and the page, the log and the status line say so.
"""

import asyncio
import os
import traceback
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, Literal, cast

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from filon.config.addition import with_additions
from filon.config.files import ConfigError
from filon.config.load import again, looked_for
from filon.config.refusal import first_refusal
from filon.config.settings import ConfigFile, Settings, Source
from filon.kit import clock
from filon.kit.log import Log
from filon.pipeline.directory import Directory
from filon.providers.endpoint import Endpoint, is_same_place

# How often the files are looked at, in seconds.
POLL = 1.0
# Editors write in several steps; a file is read once it has been left alone for so long.
SETTLE = 0.15

Fault = Literal["unreadable", "refused", "gone"]
Result = Literal["taken_up", "unchanged", "kept"]

# What is bound or opened at the start. A file or a variable that changes it counts at the next.
_BOUND = ("home", "host", "port", "practice_port", "allowed_hosts")
_FIXED = (*_BOUND, "log_json", "log_level", "open_browser", "source")

# Where a line stands is no part of what it says.
_PLACES = frozenset({"line", "place", "rule"})


class Standing(Struct, frozen=True, kw_only=True):
    """How the file stands beside what runs. Times are Unix seconds.

    `file` is the file as it was last read, `runs` the version in use: they differ while there is a
    `fault`. `needs_restart` names settings that are changed and wait for the next start.
    """

    file: ConfigFile | None
    runs: ConfigFile | None
    runs_since: float | None
    fault: Fault | None = None
    fault_since: float | None = None
    needs_restart: tuple[str, ...] = ()


class Changes(Struct, frozen=True, kw_only=True):
    """The names of the endpoints that a new version added, removed or changed."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()


class Reading(Struct, frozen=True, kw_only=True):
    """What reading again led to. A version that is "kept" is the last good one."""

    result: Result
    changes: Changes = Changes()


Adopt = Callable[[Settings], Awaitable[Changes]]
Tell = Callable[[], None]


class Reloader:
    """Watches the configuration of one server. `adopt` makes new settings count, `tell` lets the
    open tabs know that the standing has changed."""

    def __init__(self, settings: Settings, adopt: Adopt, tell: Tell, log: Log) -> None:
        self._settings = settings
        self._adopt = adopt
        self._tell = tell
        self._log = log
        self._reading = asyncio.Lock()
        self._wake = asyncio.Event()
        # What the file included when it was last read.
        self._included = _included_in(settings.config)
        self._task: asyncio.Task[None] | None = None
        self._seen = self._look()
        file = settings.config
        broken = file is not None and not _is_usable(file)
        now = clock.now()
        self.standing = Standing(
            file=file,
            runs=None if broken else file,
            runs_since=None if broken or file is None else now,
            fault="unreadable" if broken else None,
            fault_since=now if broken else None,
        )

    def start(self) -> None:
        """Begins to watch."""
        if self._settings.source is not None:
            self._task = asyncio.ensure_future(self._watch())
            self._task.add_done_callback(self._ended)

    async def stop(self) -> None:
        """Watches no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    def soon(self) -> None:
        """Reads again as soon as may be, as a SIGHUP asks for."""
        self._seen = ()
        self._wake.set()

    def _ended(self, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None:
            details = "".join(traceback.format_exception(error, limit=8))
            self._log.event("config_not_watched", level="error", details=details)

    async def _watch(self) -> None:
        while True:
            try:
                async with asyncio.timeout(POLL):
                    await self._wake.wait()
            except TimeoutError:
                pass
            self._wake.clear()
            if await asyncio.to_thread(self._look) != self._seen:
                await self.read_again()

    async def read_again(self) -> Reading:
        """Reads the file now, and takes it up if it can be used."""
        source = self._settings.source
        if source is None:
            return Reading(result="unchanged")
        async with self._reading:
            await self._until_left_alone()
            self._seen = await asyncio.to_thread(self._look)
            try:
                fresh = await asyncio.to_thread(again, source)
            except ConfigError as error:
                return self._keep("gone", None, error.problem.message)
            included = _included_in(fresh.config)
            if included != self._included:
                self._included = included
                # Nobody has looked at that file yet: it is read once more at the next look.
                self._seen = ()
            return await self._judge(fresh)

    async def _judge(self, fresh: Settings) -> Reading:
        file = fresh.config
        fault = fault_of(file, self.standing.runs)
        if fault is not None:
            return self._keep(fault, file, _why(fault, file))
        waiting = needs_restart(self._settings, fresh)
        fresh = kept_running(self._settings, fresh)
        before = self.standing
        running = (before.runs, self._settings.endpoints, self._settings.additions)
        same = (fresh.config, fresh.endpoints, fresh.additions) == running
        if same and before.fault is None and waiting == before.needs_restart:
            self._log.event("config_unchanged", file=file.path.name if file else None)
            return Reading(result="unchanged")
        # Before anything waits: whoever asks from now on gets both, the file and what it means.
        self._settings = fresh
        now = clock.now()
        self.standing = Standing(
            file=file,
            runs=file,
            runs_since=before.runs_since if same and before.runs_since else now,
            needs_restart=waiting,
        )
        changes = await self._adopt(fresh)
        self._tell()
        self._told(changes, waiting)
        return Reading(result="taken_up", changes=changes)

    def _keep(self, fault: Fault, file: ConfigFile | None, why: str) -> Reading:
        before = self.standing
        # A file that is gone is still shown as it was.
        shown = before.file if fault == "gone" else file
        if (fault, shown) != (before.fault, before.file):
            since = before.fault_since if before.fault == fault else None
            self.standing = replace(
                before, file=shown, fault=fault, fault_since=since or clock.now()
            )
            self._tell()
            self._log.event(
                "config_kept",
                level="warning",
                file=shown.path.name if shown else None,
                why=why,
                running=_version(self.standing.runs_since),
            )
        return Reading(result="kept")

    def _told(self, changes: Changes, waiting: tuple[str, ...]) -> None:
        """The one line of the log on a new version."""
        file = self._settings.config
        endpoints = self._settings.endpoints
        ready = sum(endpoint.state == "ready" for endpoint in endpoints)
        self._log.event(
            "config_taken_up",
            file=file.path.name if file else None,
            errors=file.count("error") if file else None,
            warnings=file.count("warning") if file else None,
            endpoints=f"{ready} of {len(endpoints)} ready",
            added=", ".join(changes.added) or None,
            removed=", ".join(changes.removed) or None,
            changed=", ".join(changes.changed) or None,
            needs_restart=", ".join(waiting) or None,
        )

    async def _until_left_alone(self) -> None:
        """Waits while somebody writes. A file that has just vanished gets longer to come back:
        some editors, and Docker, put the new one there only after a moment."""
        last = await asyncio.to_thread(self._look)
        for _ in range(40):
            gone = self.standing.runs is not None and not self.standing.runs.path.exists()
            await asyncio.sleep(max(POLL, SETTLE) if gone else SETTLE)
            now = await asyncio.to_thread(self._look)
            if now == last:
                return
            last = now

    def _look(self) -> tuple[object, ...]:
        """What tells one state of the files from another."""
        return _look(self._settings.source, self._included) if self._settings.source else ()


def _look(source: Source, included: Sequence[Path]) -> tuple[object, ...]:
    places = looked_for(source)
    beside = dict.fromkeys(path.parent / ".env" for path in places)
    return tuple(_mark(path) for path in (*places, *beside, *included))


def _included_in(file: ConfigFile | None) -> tuple[Path, ...]:
    """The file that this one names, whether or not it is there."""
    return (file.included.path,) if file is not None and file.included is not None else ()


def _mark(path: Path) -> object:
    try:
        # Through links: a mounted configuration changes by what its link leads to.
        found = path.stat()
    except OSError as problem:
        # A link to nothing is something else than nothing.
        return problem.errno, os.path.lexists(path)
    return found.st_mtime_ns, found.st_size, found.st_ino, found.st_dev, found.st_mode


def _is_usable(file: ConfigFile) -> bool:
    """Whether there is something to run. An empty file has no effect, and that is all."""
    return file.readable or any(verdict.code == "empty-file" for verdict in file.verdicts)


def fault_of(file: ConfigFile | None, runs: ConfigFile | None) -> Fault | None:
    """Why a file as it now stands must not replace the version that runs. What LibreChat would
    refuse is held back only where the running version was good: the server starts with any."""
    if file is None:
        return "gone" if runs is not None else None
    if not _is_usable(file):
        return "unreadable"
    if runs is not None and first_refusal(file) and not first_refusal(runs):
        return "refused"
    return None


def _why(fault: Fault, file: ConfigFile | None) -> str:
    if file is None or fault == "gone":
        return "The file is gone."
    where, first = first_refusal(file) or (file, file.verdicts[0])
    of_included = "" if where is file else f"{where.path.name}, "
    return f"{of_included}line {first.line}: {first.message}"


def _version(since: float | None) -> str:
    if since is None:
        return "without it"
    return f"the version of {clock.local(since).strftime('%H:%M:%S')}"


def kept_running(running: Settings, fresh: Settings) -> Settings:
    """The fresh settings, with what was bound or opened at the start as it is."""
    return replace(fresh, **{name: getattr(running, name) for name in _FIXED})


def needs_restart(running: Settings, fresh: Settings) -> tuple[str, ...]:
    """The settings that are changed but count at the next start only. Port 0 means any."""
    pairs = ((name, getattr(running, name), getattr(fresh, name)) for name in _BOUND)
    return tuple(
        name for name, old, new in pairs if old != new and not (name.endswith("port") and new == 0)
    )


def succeeded(directory: Directory, fresh: Settings) -> Directory:
    """The directory of fresh settings; practice's endpoints stay. A fetched list stays where
    address and key stay, and so does whether a local server was found."""
    endpoints = fresh.endpoints
    old = {endpoint.name: endpoint for endpoint in directory.endpoints}
    practice = tuple(one for one in directory.endpoints if one.kind == "practice")
    fetched = {
        name: models
        for name, models in directory.fetched.items()
        # What is unknown now may come back, as it was when its list was kept.
        if all(is_same_place(old.get(name), new) for new in endpoints if new.name == name)
    }
    made = tuple(_found(old.get(endpoint.name), endpoint) for endpoint in endpoints)
    return Directory(
        endpoints=(*made, *with_additions(practice, fresh.additions)),
        fetched=fetched,
        presets=fresh.presets,
        routes=fresh.routes,
    )


def _found(old: Endpoint | None, new: Endpoint) -> Endpoint:
    if old is None or (old.origin, old.key) != (new.origin, new.key):
        return new
    if new.kind != "local":
        return replace(new, windows=old.windows) if old.base_url == new.base_url else new
    # From inside a container it may have been found at another address than its usual one.
    return replace(
        new,
        state=old.state,
        reason=old.reason,
        base_url=old.base_url,
        windows=old.windows,
    )


def compare(old: tuple[Endpoint, ...], new: tuple[Endpoint, ...]) -> Changes:
    """What differs between two readings. That a line has moved is no difference."""
    before = {endpoint.name: endpoint for endpoint in old}
    after = {endpoint.name: endpoint for endpoint in new}
    return Changes(
        added=tuple(name for name in after if name not in before),
        removed=tuple(name for name in before if name not in after),
        changed=tuple(
            name
            for name, endpoint in after.items()
            if name in before and _content(before[name]) != _content(endpoint)
        ),
    )


def _content(endpoint: Endpoint) -> Any:
    return _without_places(msgspec.to_builtins(endpoint))


def _without_places(value: Any) -> Any:
    if isinstance(value, dict):
        named = cast("dict[str, Any]", value).items()
        return {name: _without_places(inner) for name, inner in named if name not in _PLACES}
    if isinstance(value, list | tuple):
        return [_without_places(inner) for inner in cast("list[Any]", value)]
    return value
