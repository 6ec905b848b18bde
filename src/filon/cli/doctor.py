"""`filon doctor [ENDPOINT]`: each step to an answer as it is taken, and where it ends, why."""

import difflib
import sys
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from filon.cli.console import finish, plain, settings_of
from filon.cli.drawn_steps import Drawing, line_of
from filon.config.found import practice_endpoints, practice_names
from filon.config.settings import Settings
from filon.config.surroundings import surroundings
from filon.conversation.errors import NotFound
from filon.doctor.case import Patience, Tools
from filon.doctor.every import examine_all, is_absent
from filon.doctor.examine import Examination
from filon.doctor.step import Report
from filon.kit.http.upstream import Http1Upstream
from filon.kit.redact import Redactor
from filon.practice.service import Practice
from filon.providers.endpoint import Endpoint


def run(
    name: str | None, config: Path | None, *, model: str | None, chat: bool, as_json: bool
) -> int:
    """Prints the steps of one endpoint, or a line for each; 1 when something failed."""
    return finish(_run(name, config, model=model, chat=chat, as_json=as_json))


async def _run(
    name: str | None, config: Path | None, *, model: str | None, chat: bool, as_json: bool
) -> int:
    settings = settings_of(config)
    async with _endpoints(settings) as endpoints:
        upstream = Http1Upstream(proxies=settings.proxying.proxies)
        tools = Tools(
            upstream=upstream,
            redactor=Redactor(settings.secrets),
            surroundings=surroundings(settings.source.environ if settings.source else {}),
            patience=Patience(connect=settings.limits.connect),
            chat=chat,
        )
        try:
            if name is None:
                return await _all(endpoints, tools, as_json=as_json)
            endpoint, asked = _named(name, endpoints)
            return await _one(Examination(endpoint, tools, model or asked), as_json=as_json)
        finally:
            await upstream.close()


@asynccontextmanager
async def _endpoints(settings: Settings) -> AsyncGenerator[tuple[Endpoint, ...]]:
    """The endpoints as a server would have them; practice listens for as long as this lasts."""
    practice = Practice()
    port = await practice.start()
    doors = practice.doors
    try:
        yield (
            *settings.endpoints,
            *practice_endpoints(
                f"http://127.0.0.1:{port}",
                closed=f"http://127.0.0.1:{doors.closed_port}",
                tls=f"https://127.0.0.1:{doors.tls_port}",
            ),
        )
    finally:
        await practice.stop()


def _named(name: str, endpoints: tuple[Endpoint, ...]) -> tuple[Endpoint, str | None]:
    """The endpoint of this name, and the model where `endpoint/model` is given."""
    head, rest = name, ""
    while head:
        for alike in (str, str.casefold):
            for endpoint in endpoints:
                if alike(endpoint.name) == alike(head):
                    return endpoint, rest.removeprefix("/") or None
        head = head.rpartition("/")[0]
        rest = name[len(head) :]
    known = [endpoint.name for endpoint in endpoints if not endpoint.aside]
    near = difflib.get_close_matches(name, {*known, *practice_names()}, n=3, cutoff=0.4)
    hint = f"Did you mean {' or '.join(near)}?" if near else f"There is {', '.join(known)}."
    raise NotFound(f"There is no endpoint {name}.", fix=hint)


async def _one(examination: Examination, *, as_json: bool) -> int:
    drawing = Drawing(quiet=as_json)
    async with aclosing(examination.steps()) as steps:
        drawing.head(examination.told())
        async for step in steps:
            await drawing.show(step)
    report = examination.told()
    await drawing.end(report)
    if as_json:
        _print_json(_plain(report))
    return 1 if report.failed else 0


async def _all(endpoints: tuple[Endpoint, ...], tools: Tools, *, as_json: bool) -> int:
    """A line each. What waits for a key is told and not counted; nobody may want it."""
    ready = [one for one in endpoints if one.state != "not_configured" and not one.aside]
    waiting = [one for one in endpoints if one.state == "not_configured" and not one.aside]
    width = max((len(one.name) for one in (*ready, *waiting)), default=0)
    told: list[Any] = []
    bad = 0
    async with aclosing(examine_all(ready, tools)) as reports:
        async for endpoint, report in reports:
            absent = is_absent(endpoint, report)
            bad += report.failed is not None and not absent
            told.append(_plain(report))
            if not as_json:
                sys.stdout.write(plain(line_of(report, width, absent=absent)))
                sys.stdout.flush()
    for endpoint in waiting:
        told.append({"endpoint": endpoint.name, "label": endpoint.label, "reason": endpoint.reason})
        if not as_json:
            reason = endpoint.reason or "not configured"
            sys.stdout.write(plain(f"–  {endpoint.name:<{width}}  {reason}\n"))
    if as_json:
        _print_json({"endpoints": told})
    elif bad:
        sys.stdout.write("\nfilon doctor ENDPOINT tells each step, the cause and the fix.\n")
    return 1 if bad else 0


def _plain(report: Report) -> dict[str, Any]:
    stopped = report.failed
    return {
        **msgspec.to_builtins(report),
        "failed": stopped.name if stopped is not None else None,
    }


def _print_json(value: Any) -> None:
    text = msgspec.json.format(msgspec.json.encode(value), indent=2)
    sys.stdout.write(text.decode() + "\n")
