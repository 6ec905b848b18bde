"""Examinations of endpoints that lead to practice, to a recorder, or to nothing at all."""

import asyncio
import json
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from filon.config.load import load
from filon.config.surroundings import Surroundings
from filon.doctor.case import Patience, Tools
from filon.doctor.examine import Examination
from filon.doctor.step import Report, Step
from filon.kit.http.upstream import Http1Upstream
from filon.kit.redact import Redactor
from filon.providers.endpoint import Endpoint
from tests.journeys.recorder import Script
from tests.journeys.replies import JSON, spoken, whole
from tests.waiting import LONG, with_patience

CERTIFICATES = Path(__file__).parent / "certificates"
USUAL = Patience(connect=LONG, answer=LONG, slow=LONG)
KEY = "sk-canary-DOCTOR-0123456789abcdef"


def configured(
    folder: Path,
    base_url: str,
    *lines: str,
    key: str = KEY,
    models: str = "[m-1]",
    environ: dict[str, str] | None = None,
) -> Endpoint:
    """The endpoint `one` as a librechat.yaml with these lines would make it."""
    entry = [
        "version: 1.2.1",
        "endpoints:",
        "  custom:",
        "    - name: one",
        '      apiKey: "${ONE_KEY}"',
        f'      baseURL: "{base_url}"',
        f"      models: {{default: {models}}}",
        *(f"      {line}" for line in lines),
    ]
    file = folder / "librechat.yaml"
    file.write_text("\n".join(entry) + "\n", encoding="utf-8")
    given = {"ONE_KEY": key} if environ is None else environ
    settings = load(given, cwd=folder, config=file, home=folder)
    return next(one for one in settings.endpoints if one.name == "one")


async def examined(
    endpoint: Endpoint,
    *,
    model: str | None = None,
    chat: bool = True,
    patience: Patience = USUAL,
    surroundings: Surroundings | None = None,
) -> Report:
    """The report; the key is known to the redactor, as in the program."""
    around = surroundings or Surroundings()
    upstream = Http1Upstream(proxies=around.proxying.proxies)
    secrets = [endpoint.key.value] if endpoint.key.value else []
    tools = Tools(
        upstream=upstream,
        redactor=Redactor(secrets),
        surroundings=around,
        patience=patience,
        chat=chat,
    )
    try:
        return await Examination(endpoint, tools, model).report()
    finally:
        await upstream.close()


async def stopped_by_silence(
    endpoint: Endpoint, stops: tuple[str, str], *, model: str | None = None
) -> Report:
    """The report on an endpoint that falls silent at this step and for this cause."""
    return await with_patience(
        partial(_examined_within, endpoint, model), lambda report: outcome(report) == stops
    )


async def _examined_within(endpoint: Endpoint, model: str | None, seconds: float) -> Report:
    patience = replace(USUAL, answer=seconds)
    return await examined(endpoint, model=model, patience=patience)


def step(report: Report, name: str) -> Step:
    """The step of this name."""
    return next(one for one in report.steps if one.name == name)


def outcome(report: Report) -> tuple[str | None, str | None]:
    """Where it stopped, and the code of the cause."""
    stopped = report.failed
    if stopped is None:
        return None, None
    assert stopped.finding is not None
    assert stopped.finding.title
    assert stopped.finding.fix
    return stopped.name, stopped.finding.code


def warned(report: Report) -> dict[str, str]:
    """The codes of the remarks, by their steps."""
    return {one.name: one.finding.code for one in report.warnings if one.finding is not None}


def listing(*models: str) -> Script:
    """A list of models."""
    data = [{"id": model, "object": "model"} for model in models]
    return (whole(json.dumps({"object": "list", "data": data}).encode(), JSON),)


REFUSED: Script = (
    whole(b'{"error": {"message": "No auth credentials found", "code": 401}}', JSON, status=401),
)


def healthy(*models: str) -> tuple[Script, ...]:
    """What a healthy provider answers an examination: its list with the key, its refusal without,
    and a chat."""
    return (listing(*(models or ("m-1",))), REFUSED, spoken("Yes"))


@asynccontextmanager
async def secure(certificate: Path) -> AsyncGenerator[str]:
    """A TLS server with this certificate that answers nothing; its base URL."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = await asyncio.start_server(_drain, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"https://127.0.0.1:{port}/v1"
    finally:
        server.close()
        await server.wait_closed()


@asynccontextmanager
async def plain() -> AsyncGenerator[str]:
    """A server that answers whatever comes as a web server does that was not spoken to in HTTP;
    its address, as if it had TLS."""
    server = await asyncio.start_server(_complain, "127.0.0.1", 0)
    try:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    finally:
        server.close()
        await server.wait_closed()


async def _complain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    if await reader.read(4096):
        writer.write(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n")
        await writer.drain()
    writer.close()


async def _drain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while await reader.read(4096):
            pass
    except (ConnectionError, ssl.SSLError):
        pass
    finally:
        writer.transport.abort()
