"""A pasted curl command beside what is configured: which endpoint it means, and whether Filon can
send it. Nothing is sent or kept."""

import json
import re
from typing import Any, cast
from urllib.parse import urlsplit

import yaml
from msgspec import Struct

from filon.conversation.errors import UnknownModel
from filon.pipeline.directory import Directory
from filon.protocols.registry import PROTOCOLS, VECTORS
from filon.protocols.wire import Protocol
from filon.providers import catalog
from filon.providers.endpoint import Endpoint
from filon.server.house import ServerHouse
from filon.server.replay_shapes import HeaderShape, NoteShape, PastedShape
from filon.server.replaying import speaks
from filon.trace.pasted.curl import CurlRead, read_curl
from filon.trace.pasted.options import Note

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
# They follow from the endpoint and the body, whoever sends it.
_USUAL = frozenset(
    {
        *("content-type", "accept", "accept-encoding", "user-agent", "content-length", "host"),
        *("authorization", "x-api-key", "api-key", "x-goog-api-key", "connection"),
    }
)


class _Found(Struct, frozen=True, kw_only=True):
    """Where a command leads. `base` is the address before the protocol's path."""

    protocol: Protocol | None
    base: str
    endpoint: Endpoint | None
    model: str | None


def read(text: str, house: ServerHouse) -> PastedShape:
    """What a command would send, and by which endpoint. Raises InvalidRequest, saying why, for a
    text that cannot be read as one."""
    told = read_curl(text)
    directory = house.services.directory
    found = _found(told, directory, house.settings.port)
    notes = [*told.notes, *_notes(told, found, directory)]
    add = None
    if found.endpoint is None and found.protocol is not None and not _is_own(told.url, house):
        add = _lines(told, found)
    return PastedShape(
        method=told.method,
        url=told.url,
        protocol=found.protocol.name if found.protocol else None,
        endpoint=found.endpoint.name if found.endpoint else None,
        model=found.model,
        body=told.body,
        headers=[HeaderShape(name=name, value=value) for name, value in told.headers],
        variables=list(told.variables),
        warnings=[
            NoteShape(code=one.code, message=one.message, names=dict(one.names)) for one in notes
        ],
        add=add,
        sendable=_is_sendable(told, found),
    )


def _found(told: CurlRead, directory: Directory, port: int) -> _Found:
    address = told.url.partition("?")[0].rstrip("/")
    protocol = next((one for one in _protocols() if address.endswith(one.path)), None)
    base = address.removesuffix(protocol.path) if protocol else address
    model = _model_in(told.body)
    if _leads_here(told.url, port):
        return _through_filon(protocol, base, model, directory)
    near = [one for one in directory.endpoints if _is_at(one, base, address)]
    # One that can be used, and the one that says the most of the address.
    near.sort(key=lambda one: (one.state != "ready", one.aside, -len(one.base_url)))
    return _Found(protocol=protocol, base=base, endpoint=near[0] if near else None, model=model)


def _protocols() -> tuple[Protocol, ...]:
    return (*PROTOCOLS.values(), *VECTORS.values())


def _leads_here(url: str, port: int) -> bool:
    parts = urlsplit(url)
    return parts.hostname in _LOOPBACK and parts.port == port and parts.path.startswith("/v1/")


def _is_own(url: str, house: ServerHouse) -> bool:
    return _leads_here(url, house.settings.port)


def _through_filon(
    protocol: Protocol | None, base: str, model: str | None, directory: Directory
) -> _Found:
    """A command for our own gateway names the endpoint in the model."""
    try:
        endpoint, bare = directory.first(model or "")
    except UnknownModel:
        return _Found(protocol=protocol, base=base, endpoint=None, model=model)
    return _Found(protocol=protocol, base=base, endpoint=endpoint, model=bare)


def _is_at(endpoint: Endpoint, base: str, address: str) -> bool:
    """Whether an address is the endpoint's: the same host and port, and a path below its own."""
    targets = [one.url for one in endpoint.targets.values()]
    if address in (endpoint.url, *targets):
        return True
    mine = endpoint.base_url.rstrip("/")
    if catalog.host_of(mine) is None or catalog.host_of(mine) != catalog.host_of(base):
        return False
    path, below = urlsplit(mine).path.rstrip("/"), urlsplit(base).path.rstrip("/")
    return urlsplit(mine).scheme == urlsplit(base).scheme and (
        below == path or below.startswith(f"{path}/")
    )


def _model_in(body: str | None) -> str | None:
    try:
        told: Any = json.loads(body or "")
    except (ValueError, RecursionError):
        return None
    model = cast("dict[str, Any]", told).get("model") if isinstance(told, dict) else None
    return model if isinstance(model, str) else None


def _is_sendable(told: CurlRead, found: _Found) -> bool:
    return (
        told.method == "POST"
        and _is_object(told.body)
        and found.protocol is not None
        and found.endpoint is not None
        and found.endpoint.state == "ready"
        and bool(found.model)
    )


def _is_object(body: str | None) -> bool:
    try:
        return isinstance(json.loads(body or ""), dict)
    except (ValueError, RecursionError):
        return False


def _notes(told: CurlRead, found: _Found, directory: Directory) -> list[Note]:
    """What stands in the way, and what will differ."""
    notes: list[Note] = []
    if told.method != "POST":
        notes.append(_note("not_a_post", "Filon sends requests by POST alone.", method=told.method))
    if told.body is None:
        notes.append(_note("no_body", "It sends no body, and a request to a model has one."))
    elif not _is_object(told.body):
        notes.append(_note("body_no_json", "The body is no JSON object."))
    elif not found.model:
        notes.append(_note("no_model", "The body names no model; choose one."))
    if told.body is not None and re.search(r"\$[A-Za-z_]\w*", told.body) and told.variables:
        notes.append(
            _note(
                "variable_in_body", "A variable in the body is not filled in; put its value there."
            )
        )
    notes += _of_place(told, found, directory)
    notes += _of_headers(told, found)
    return notes


def _of_place(told: CurlRead, found: _Found, directory: Directory) -> list[Note]:
    if found.protocol is None:
        known = ", ".join(one.path for one in _protocols())
        return [
            _note(
                "unknown_path",
                f"The address ends in none of the paths that Filon speaks: {known}.",
                paths=known,
            )
        ]
    endpoint = found.endpoint
    if endpoint is None:
        return [_missing(told, found, directory)]
    notes: list[Note] = []
    if endpoint.state != "ready":
        reason = endpoint.reason or "it is not ready."
        notes.append(
            _note(
                "endpoint_not_ready",
                f"{endpoint.label} cannot be used: {reason}",
                endpoint=endpoint.name,
                reason=reason,
            )
        )
    if not speaks(endpoint, found.protocol.name):
        notes.append(
            _note(
                "carried_over",
                f"{endpoint.label} speaks {endpoint.protocol}: the request is carried over from "
                f"{found.protocol.name}.",
                endpoint=endpoint.name,
                protocol=endpoint.protocol,
            )
        )
    if urlsplit(told.url).query:
        notes.append(_note("query_left_out", "What stands behind ? is the configuration's to say."))
    return notes


def _missing(told: CurlRead, found: _Found, directory: Directory) -> Note:
    """A provider that Filon knows only wants its key; any other wants an entry."""
    host = urlsplit(told.url).netloc
    manifest = catalog.by_address(found.base)
    if manifest is not None and manifest.variables and directory.endpoint(manifest.name) is None:
        variable = manifest.variables[0]
        return _note(
            "set_variable",
            f"No endpoint is configured for {host}. Set {variable}, or add the lines below.",
            host=host,
            variable=variable,
        )
    return _note(
        "no_endpoint",
        f"No endpoint is configured for {host}. Add the lines below to the configuration.",
        host=host,
    )


def _of_headers(told: CurlRead, found: _Found) -> list[Note]:
    passed = found.protocol.passed if found.protocol else ()
    left = [
        name
        for name, _ in told.headers
        if name.lower() not in (*_USUAL, *passed) and not name.lower().startswith("x-practice-")
    ]
    if not left:
        return []
    names = ", ".join(dict.fromkeys(left))
    return [
        _note(
            "headers_left_out",
            f"Headers are the endpoint's own; these are left out: {names}.",
            headers=names,
        )
    ]


def _note(code: str, message: str, **names: str) -> Note:
    return Note(code=code, message=message, names=tuple(names.items()))


def _lines(told: CurlRead, found: _Found) -> str:
    """The entry that such an endpoint would have in the configuration file."""
    host = urlsplit(told.url).hostname or "endpoint"
    manifest = catalog.by_address(found.base)
    name = manifest.name if manifest else _name_of(host)
    variable = _variable(told, name)
    entry: dict[str, Any] = {
        "name": name,
        "apiKey": f"${{{variable}}}",
        "baseURL": found.base,
        "models": {"default": [found.model or "MODEL"], "fetch": True},
    }
    if found.protocol is not None and found.protocol.name == "anthropic_messages":
        entry["provider"] = "anthropic"
    return yaml.safe_dump(
        {"endpoints": {"custom": [entry]}}, sort_keys=False, allow_unicode=True, width=1000
    )


def _name_of(host: str) -> str:
    """The part of a host that says whose it is."""
    labels = [one for one in host.split(".") if one not in ("api", "www")]
    known = labels[-2] if len(labels) > 1 and not labels[-1].isdigit() else "-".join(labels)
    return re.sub(r"[^a-z0-9-]", "-", known.lower()) or "endpoint"


def _variable(told: CurlRead, name: str) -> str:
    named = [one for one in told.variables if re.search(r"KEY|TOKEN", one)]
    return named[0] if named else re.sub(r"\W", "_", name).upper() + "_API_KEY"
