"""Pulls that go on while the server runs, whichever tab began them."""

import asyncio
from collections.abc import Mapping
from contextlib import aclosing
from functools import partial
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from filon.conversation.errors import FilonError, InvalidRequest, NotFound, Problem
from filon.kit import clock
from filon.kit.ids import new_id
from filon.pipeline.services import Services
from filon.providers.endpoint import Endpoint
from filon.providers.local.pulling import Progress
from filon.server.live import Live
from filon.server.local import Locals
from filon.server.pulling import manager, pull

# How many that are over are still told of.
_REMEMBERED = 20


class Pull(Struct, frozen=True, kw_only=True):
    """One pull. Times are Unix seconds. `problem` is why it failed."""

    id: str
    endpoint: str
    model: str
    started: float
    state: Literal["running", "done", "failed", "cancelled"] = "running"
    progress: Progress = Progress()
    ended: float | None = None
    problem: Problem | None = None


class Pulls:
    """All pulls of this run of the program."""

    def __init__(self, services: Services, live: Live, locals_: Locals) -> None:
        self._services = services
        self._live = live
        self._locals = locals_
        self._pulls: dict[str, Pull] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def at(self, endpoint: str) -> tuple[Pull, ...]:
        """The pulls of an endpoint, oldest first."""
        return tuple(one for one in self._pulls.values() if one.endpoint == endpoint)

    def begin(self, endpoint: Endpoint, model: str) -> Pull:
        """Starts a pull; one of the same model that runs already is given back. Raises
        InvalidRequest, NotFound."""
        manager(endpoint)
        name = model.strip()
        if not name or any(letter.isspace() or not letter.isprintable() for letter in name):
            raise InvalidRequest(
                "That is no name of a model.",
                code="pull_no_name",
                fix="Write one such as mistral:7b.",
                param="model",
            )
        for one in self.at(endpoint.name):
            if one.model == name and one.state == "running":
                return one
        made = Pull(id=new_id("pull"), endpoint=endpoint.name, model=name, started=clock.now())
        self._forget()
        self._pulls[made.id] = made
        task = asyncio.ensure_future(self._run(endpoint, made.id))
        self._tasks[made.id] = task
        task.add_done_callback(partial(self._over, made.id))
        return made

    async def end(self, endpoint: str, pull_id: str) -> None:
        """Cancels a pull that runs; one that is over is no longer told of. Raises NotFound."""
        found = self._pulls.get(pull_id)
        if found is None or found.endpoint != endpoint:
            raise NotFound("There is no such pull any more.", code="pull_gone")
        task = self._tasks.get(pull_id)
        if task is None:
            del self._pulls[pull_id]
            return
        task.cancel()
        await asyncio.wait({task})

    async def close(self) -> None:
        """Cancels what still runs; the server that pulls keeps what came."""
        tasks = set(self._tasks.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def _over(self, pull_id: str, _: "asyncio.Task[None]") -> None:
        self._tasks.pop(pull_id, None)

    async def _run(self, endpoint: Endpoint, pull_id: str) -> None:
        changed: Mapping[str, object] = {"state": "failed"}
        try:
            here = self._services.directory.models(endpoint)
            steps = pull(self._services.upstream, endpoint, self._pulls[pull_id].model, here)
            async with aclosing(steps):
                async for progress in steps:
                    self._set(pull_id, progress=progress)
            changed = {"state": "done"}
        except asyncio.CancelledError:
            changed = {"state": "cancelled"}
            raise
        except FilonError as error:
            changed = {"state": "failed", "problem": error.problem}
        finally:
            self._set(pull_id, **changed, ended=clock.now())
            self._tell(pull_id)
        if changed["state"] == "done":
            await self._locals.examine(endpoint)
            self._live.publish_all("endpoints.changed", {})

    def _set(self, pull_id: str, **changed: object) -> None:
        self._pulls[pull_id] = replace(self._pulls[pull_id], **changed)

    def _tell(self, pull_id: str) -> None:
        done = self._pulls[pull_id]
        self._services.log.event(
            "model_pulled" if done.state == "done" else "model_not_pulled",
            endpoint=done.endpoint,
            model=done.model,
            state=done.state,
            problem=done.problem.message if done.problem else None,
        )

    def _forget(self) -> None:
        over = [one.id for one in self._pulls.values() if one.state != "running"]
        for pull_id in over[: max(0, len(over) - _REMEMBERED + 1)]:
            del self._pulls[pull_id]
