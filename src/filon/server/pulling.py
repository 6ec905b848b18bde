"""Ollama's own API for what changes its models: pulling one, with progress, and deleting one."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import aclosing

import msgspec

from filon.conversation.errors import FilonError, NotFound
from filon.kit.http import HttpFailure, Outgoing, Phases, Upstream
from filon.pipeline.failures import unreachable
from filon.providers.endpoint import Endpoint
from filon.providers.headers import keyed
from filon.providers.local import servers
from filon.providers.local.known import Reply, as_table, decoded, text
from filon.providers.local.pulling import Progress, advanced, failure, nearest
from filon.providers.local.servers import root

_CONNECT = 3.0
# The check of a file of many gigabytes says nothing meanwhile.
_SILENCE = 900.0
_LONGEST_LINE = 1024 * 1024


def manager(endpoint: Endpoint) -> None:
    """Holds an endpoint to be one whose server pulls models. Raises NotFound."""
    server = servers.of(endpoint.provider)
    if server is None or not server.manages:
        raise NotFound(
            f"{endpoint.label} cannot pull or delete models for Filon.",
            code="no_pull",
            fix="Ollama can. Elsewhere models are loaded by the server's own program.",
            names={"endpoint": endpoint.label},
        )


async def pull(
    upstream: Upstream, endpoint: Endpoint, model: str, here: Iterable[str] = ()
) -> AsyncGenerator[Progress]:
    """Has the server pull a model, and tells its progress until it is done. `here` are the names
    that it has already. Closing the generator stops the pull; what came is kept by the server.
    Raises FilonError."""
    url = root(endpoint.base_url) + "/api/pull"
    request = _request(endpoint, "POST", url, {"model": model, "stream": True})
    progress = Progress()
    try:
        async with aclosing(_lines(upstream, request)) as lines:
            async for line in lines:
                before, progress = progress, advanced(progress, line)
                if progress.error is not None:
                    raise refused(progress.error, endpoint, model, here)
                if progress != before:
                    yield progress
    except HttpFailure as problem:
        if progress.status:
            raise _broken(endpoint, model) from problem
        raise unreachable(problem, endpoint, model, url)[0] from problem
    except TimeoutError:
        raise _broken(endpoint, model) from None
    if not progress.done:
        raise _broken(endpoint, model)


async def _lines(upstream: Upstream, request: Outgoing) -> AsyncGenerator[bytes]:
    """The reply's lines as they come; a refusal as one line that tells its error. Raises
    HttpFailure, TimeoutError."""
    exchange = await upstream.open(request, Phases())
    rest = b""
    try:
        if exchange.status >= 400:
            body = b"".join([chunk async for chunk in exchange.chunks()])
            yield msgspec.json.encode({"error": _said(exchange.status, body)})
            return
        chunks = aiter(exchange.chunks())
        while (chunk := await _next(chunks)) is not None:
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                yield line
            if len(rest) > _LONGEST_LINE:
                return
    finally:
        await exchange.close()
    yield rest


async def _next(chunks: AsyncIterator[bytes]) -> bytes | None:
    async with asyncio.timeout(_SILENCE):
        return await anext(chunks, None)


async def delete(upstream: Upstream, endpoint: Endpoint, model: str, here: Iterable[str]) -> None:
    """Has the server delete a model. Raises FilonError."""
    url = root(endpoint.base_url) + "/api/delete"
    request = _request(endpoint, "DELETE", url, {"model": model})
    try:
        exchange = await upstream.open(request, Phases())
        try:
            body = b"".join([chunk async for chunk in exchange.chunks()])
        finally:
            await exchange.close()
    except HttpFailure as problem:
        raise unreachable(problem, endpoint, model, url)[0] from problem
    reply = Reply(exchange.status, body)
    if reply.status == 404:
        raise missing(endpoint, model, here)
    if not reply.good:
        raise refused(_said(reply.status, body), endpoint, model, here)


def missing(endpoint: Endpoint, model: str, here: Iterable[str]) -> NotFound:
    """The failure of a model that the server does not have."""
    own = tuple(here)
    near = [name for name in nearest(model, own) if name in own]
    has = f"It has {', '.join(own[:8])}." if own else "It has none."
    fix = f"Did you mean {' or '.join(near)}?" if near else has
    return NotFound(
        f"{endpoint.label} has no model {model}.",
        code="local_model_missing",
        fix=fix,
        names={"endpoint": endpoint.label, "model": model, "near": ", ".join(near or own[:8])},
    )


def refused(said: str, endpoint: Endpoint, model: str, here: Iterable[str]) -> FilonError:
    """The failure of a pull, from the server's own words."""
    names = {"endpoint": endpoint.label, "model": model, "said": said}
    match failure(said):
        case "not_found":
            near = ", ".join(nearest(model, here))
            return NotFound(
                f"{endpoint.label}'s library has no model {model}.",
                code="pull_not_found",
                fix=f"{f'Did you mean {near}? ' if near else ''}ollama.com/library lists them all.",
                names={**names, "near": near or "–"},
            )
        case "no_space":
            return FilonError(
                f"There is no space left where {endpoint.label} keeps its models: {said}",
                code="pull_no_space",
                status=507,
                fix="Free some, or move the folder with OLLAMA_MODELS, and pull again: what came "
                "so far is kept.",
                names=names,
            )
        case "too_old":
            return FilonError(
                f"{model} needs a newer Ollama than runs here: {said}",
                code="pull_too_old",
                status=502,
                fix="Update Ollama, then pull again.",
                names=names,
            )
        case "unreachable":
            return FilonError(
                f"{endpoint.label} cannot reach its library: {said}",
                code="pull_offline",
                status=502,
                fix="It is Ollama that fetches: check the network and HTTPS_PROXY where it runs.",
                names=names,
            )
        case _:
            return FilonError(
                f"{endpoint.label} could not pull {model}: {said}",
                code="pull_failed",
                status=502,
                fix="Ollama's own log says more.",
                names=names,
            )


def _broken(endpoint: Endpoint, model: str) -> FilonError:
    return FilonError(
        f"{endpoint.label} ended the pull of {model} before it was complete.",
        code="pull_cut",
        status=502,
        fix="Pull again: it goes on where it was.",
        names={"endpoint": endpoint.label, "model": model},
    )


def _request(endpoint: Endpoint, method: str, url: str, body: dict[str, object]) -> Outgoing:
    headers = {"content-type": "application/json", "accept-encoding": "identity"}
    return Outgoing(
        method=method,
        url=url,
        headers=tuple({**headers, **keyed(endpoint)}.items()),
        body=msgspec.json.encode(body),
        connect_timeout=_CONNECT,
    )


def _said(status: int, body: bytes) -> str:
    told = text(as_table(decoded(body)).get("error"))
    return told or body[:200].decode("utf-8", "replace").strip() or f"status {status}"
