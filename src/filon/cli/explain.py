"""`filon explain`: what would become of a request that is sent now, or where settings come from."""

import shutil
import sys
import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from filon.cli.console import fail, plain, settings_of
from filon.config.block import key_of
from filon.config.found import practice_endpoints
from filon.config.origins import KNOBS
from filon.config.preset import Preset
from filon.config.settings import Settings
from filon.conversation.errors import FilonError, InvalidRequest, NotFound
from filon.conversation.message import say
from filon.conversation.request import ChatRequest
from filon.kit.http.address import host_and_port
from filon.kit.http.proxies import Direct
from filon.kit.redact import Redactor
from filon.pipeline.candidates import check_sound
from filon.pipeline.directory import PRESET, Directory
from filon.pipeline.explain import SAMPLES, Explained, explain, would_become
from filon.pipeline.presets import check_ready, named_preset
from filon.providers.aliases import canonical
from filon.providers.endpoint import Endpoint
from filon.trace.records import Because, Decision

_LONGEST = 44


def run(
    model: str,
    parameter: str | None,
    given: Sequence[str],
    *,
    prompt: str,
    stream: bool,
    config: Path | None,
    as_json: bool,
) -> int:
    """Prints the explanation; 1 when there is no such endpoint or the request could not be sent."""
    try:
        settings = settings_of(config)
        endpoint, name, preset = _find(settings, model)
        parameters = dict(_given(one) for one in given)
        known = [*parameters, *(rule.name for rule in (preset.parameters if preset else ()))]
        if parameter is not None and canonical(parameter) not in map(canonical, known):
            parameters[parameter] = SAMPLES.get(canonical(parameter), SAMPLES.get(parameter, 1))
        request = ChatRequest(
            model=model, messages=(say("user", prompt),), parameters=parameters, stream=stream
        )
        told = explain(request, endpoint, name, preset)
    except FilonError as error:
        return fail(error)
    redactor = Redactor(settings.secrets)
    if as_json:
        text = _json(told, would_become(endpoint, name, parameters))
    elif parameter is not None:
        text = _one(told, parameter)
    else:
        text = _whole(told, would_become(endpoint, name, parameters))
    sys.stdout.write(plain(redactor.text(text)))
    return 0 if endpoint.state == "ready" else 1


def run_settings(config: Path | None, *, as_json: bool) -> int:
    """Prints each setting with its value and its origin."""
    try:
        settings = settings_of(config)
    except FilonError as error:
        return fail(error)
    rows = [
        (name, _shown(_value(settings, name)), _source(settings.origins[name]), _change(name))
        for name in KNOBS
    ]
    rows += [*_of_proxies(settings), *_of_block(settings)]
    if as_json:
        told = [dict(zip(("name", "value", "source", "change"), row, strict=True)) for row in rows]
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(told), indent=2).decode() + "\n")
        return 0
    text = _table(("setting", "value", "from", "change it by"), rows)
    if settings.endpoints:
        shown = [
            (one.name, one.state, _source(one.origin), _keys(one)) for one in settings.endpoints
        ]
        text += "\n" + _table(("endpoint", "state", "from", "key"), shown)
    if settings.routes:
        routes = [
            (one.name, _source(one.because), one.reason or ", ".join(one.targets))
            for one in settings.routes
        ]
        text += "\n" + _table(("route", "from", "targets"), routes)
    sys.stdout.write(plain(Redactor(settings.secrets).text(text)))
    return 0


def _of_proxies(settings: Settings) -> list[tuple[str, str, str, str]]:
    """Which proxies there are, without who asks them."""
    proxies = settings.proxying.proxies
    of_scheme = (("proxy.http", proxies.http), ("proxy.https", proxies.https))
    values = {name: proxy.url if proxy else None for name, proxy in of_scheme}
    return [
        (name, _shown(value), _source(settings.origins[name]), change)
        for name, value, change in (
            ("proxy.http", values["proxy.http"], "HTTP_PROXY or ALL_PROXY"),
            ("proxy.https", values["proxy.https"], "HTTPS_PROXY or ALL_PROXY"),
            ("proxy.direct", _told(proxies.direct), "NO_PROXY"),
        )
    ]


def _told(direct: Direct) -> str:
    """What is reached without a proxy, beside this machine."""
    if direct.everything:
        return "everything"
    networks = ((str(one).removesuffix(f"/{one.max_prefixlen}"), at) for one, at in direct.networks)
    entries = (*direct.names, *networks)
    return ", ".join(host_and_port(one, at) if at else one for one, at in entries) or "–"


def _of_block(settings: Settings) -> list[tuple[str, str, str, str]]:
    """What the block `filon` can change, and the other bounds."""
    parts = {
        "retries": settings.retries,
        "limits": settings.limits,
        "retention": settings.retention,
    }
    values = {
        f"{word}.{name}": value
        for word, part in parts.items()
        for name, value in msgspec.structs.asdict(part).items()
    }
    usual = Because(source="default")
    return [
        (name, _shown(value), _source(settings.origins.get(name, usual)), key_of(name) or "")
        for name, value in values.items()
    ]


def _find(settings: Settings, asked: str) -> tuple[Endpoint, str, Preset | None]:
    """The endpoint and model that is meant, and the preset where that was named; an endpoint alone
    stands for its first model, a route for its first target."""
    practice = f"http://127.0.0.1:{settings.practice_port or settings.port + 1}"
    endpoints = (*settings.endpoints, *practice_endpoints(practice, practice, practice))
    directory = Directory(endpoints=endpoints, presets=settings.presets, routes=settings.routes)
    endpoint = directory.endpoint(asked)
    preset = directory.preset(asked) if endpoint is None else None
    if preset is None and asked.startswith(f"{PRESET}/") and endpoint is None:
        preset = named_preset(directory.presets, asked.partition("/")[2])
    if preset is not None:
        check_ready(preset)
        return *directory.find(preset.target), preset
    route = directory.route(asked) if endpoint is None else None
    if route is not None:
        check_sound(route)
        return *directory.first(asked), None
    if endpoint is None:
        head = asked.rpartition("/")[0]
        if not head or directory.endpoint(asked.partition("/")[0]) is None:
            raise _unknown(asked, endpoints)
        return *directory.find(asked), None
    if not endpoint.models:
        raise InvalidRequest(
            f"No model of {endpoint.name} is known without asking it.",
            fix=f"Name one: filon explain {endpoint.name}/MODEL.",
        )
    return endpoint, endpoint.models[0], None


def _unknown(asked: str, endpoints: Iterable[Endpoint]) -> NotFound:
    known = ", ".join(endpoint.name for endpoint in endpoints if not endpoint.aside)
    return NotFound(f"There is no endpoint {asked}.", fix=f"There are {known}.")


def _given(text: str) -> tuple[str, Any]:
    name, mark, value = text.partition("=")
    if not mark or not name.strip():
        raise InvalidRequest(
            f"--set takes NAME=VALUE, not {text!r}.", fix="For example: --set temperature=0.7"
        )
    try:
        return name.strip(), msgspec.json.decode(value)
    except msgspec.DecodeError:
        return name.strip(), value


def _whole(told: Explained, others: Sequence[Decision]) -> str:
    text = _head(told) + "\n"
    rows = [_row(one) for one in told.translated.decisions]
    if rows:
        text += _table(("parameter", "asked", "sent", "became", "because"), rows) + "\n"
    text += _weights(told)
    text += f"\n{_body(told)}\n"
    if others:
        text += "\nIf it were sent too (each by itself; all others would arrive as they are):\n\n"
        names = ("parameter", "value", "sent", "became", "because")
        text += _table(names, [_row(one) for one in others])
    return text


def _one(told: Explained, parameter: str) -> str:
    steps = told.steps.get(canonical(parameter), ())
    text = _head(told) + "\n"
    rows = [
        (f"{number}. {step.rules}", _sent(step.decision), _word(step.decision),
         _because(step.decision))
        for number, step in enumerate(steps, 1)
    ]  # fmt: skip
    text += _table(("after", f"{parameter} on the wire", "became", "because"), rows)
    asked, sent = told.weights.get(canonical(parameter), (0, 0))
    return text + f"\n{asked} bytes in the request as asked, {sent} as sent\n"


def _head(told: Explained) -> str:
    endpoint = told.endpoint
    lines = [
        ("model", f"{endpoint.name}/{told.model}"),
        ("from", _source(endpoint.origin)),
        ("state", endpoint.state + (f": {endpoint.reason}" if endpoint.reason else "")),
        ("key", _key(endpoint)),
        ("request", f"{told.translated.method} {told.translated.url}"),
        ("headers", ", ".join(name for name, _ in told.translated.headers)),
    ]
    return "".join(f"{name:<9}{value}\n" for name, value in lines)


def _weights(told: Explained) -> str:
    asked, sent = len(told.asked), len(told.translated.body.data)
    saved = told.saved
    change = "as many"
    if saved > 0:
        change = f"{saved} fewer, {saved / asked:.0%}"
    elif saved < 0:
        change = f"{-saved} more"
    dropped = [one for one in told.translated.decisions if one.decision == "dropped"]
    off = sum(told.weights[canonical(one.name)][0] for one in dropped)
    by = f"; what is dropped weighed {off}" if dropped else ""
    return f"body     {asked} bytes as asked, {sent} as sent ({change}{by})\n"


def _body(told: Explained) -> str:
    return msgspec.json.format(told.translated.body.data, indent=2).decode("utf-8", "replace")


def _row(one: Decision) -> tuple[str, ...]:
    return one.name, _shown(one.wanted), _sent(one), _word(one), _because(one)


def _word(one: Decision) -> str:
    return one.decision.replace("_", " ")


def _sent(one: Decision) -> str:
    if one.sent_as is None:
        return "–"
    return f"{one.sent_as} {_shown(one.sent)}"


def _because(one: Decision) -> str:
    told = _source(one.because)
    return f"{told} ({one.note})" if one.note else told


def _source(because: Because) -> str:
    place = f"{because.source}:{because.line}" if because.line else because.source
    parts = [place, because.rule or ""]
    return " ".join(part for part in parts if part) + (f" · {because.why}" if because.why else "")


def _key(endpoint: Endpoint) -> str:
    key = endpoint.key
    if key.source == "none_needed":
        return "none needed"
    if key.value is None:
        return f"{key.variable} is not set" if key.variable else "missing"
    where = f"{key.variable} in {key.place}" if key.place else key.variable or "in the file"
    return f"{key.masked} ({where})"


def _keys(endpoint: Endpoint) -> str:
    """Its key, and those that are used beside it."""
    others = [replace(endpoint, key=key, more_keys=()) for key in endpoint.more_keys]
    return "; ".join(_key(one) for one in (endpoint, *others))


def _value(settings: Settings, name: str) -> Any:
    if name == "config":
        return str(settings.config.path) if settings.config else None
    value = getattr(settings, name)
    return str(value) if isinstance(value, Path) else value


def _change(name: str) -> str:
    return " or ".join(one for one in reversed(KNOBS[name]) if one)


def _shown(value: Any) -> str:
    if value is None:
        return "–"
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _table(names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as they need; the last one is folded under itself."""
    widths = [max(map(len, column)) for column in zip(names, *rows, strict=True)]
    left = sum(widths[:-1]) + 2 * (len(names) - 1)
    room = max(24, shutil.get_terminal_size((120, 24)).columns - left)
    lines = [_line(names, widths)]
    for row in rows:
        first, *more = _folded(row[-1], room)
        lines.append(_line((*row[:-1], first), widths))
        lines += [" " * left + one for one in more]
    return "".join(line.rstrip() + "\n" for line in lines)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    *before, last = cells
    return "".join(f"{cell:<{width}}  " for cell, width in zip(before, widths, strict=False)) + last


def _folded(text: str, room: int) -> list[str]:
    return textwrap.wrap(text, room) or [""]


def _json(told: Explained, others: Sequence[Decision]) -> str:
    sent = told.translated
    value = {
        "model": f"{told.endpoint.name}/{told.model}",
        "endpoint": told.endpoint.name,
        "state": told.endpoint.state,
        "reason": told.endpoint.reason,
        "origin": told.endpoint.origin,
        "method": sent.method,
        "url": sent.url,
        "header_names": [name for name, _ in sent.headers],
        "decisions": sent.decisions,
        "steps": told.steps,
        "bytes": {"asked": len(told.asked), "sent": len(sent.body.data), "saved": told.saved},
        "weights": told.weights,
        "body": msgspec.Raw(sent.body.data),
        "if_sent_too": others,
    }
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n"
