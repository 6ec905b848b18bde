"""All attempts of a trace as HTTP Archive 1.2 (w3c.github.io/web-performance/specs/HAR, read
2026-11-27), for the network panel of a browser and for tools that read such files."""

import base64
import json
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from filon import __version__
from filon.trace.export.source import Exported, source_of, with_keys_named
from filon.trace.records import AnyRecord, Attempt, Body, Headers, Settled, Translated

_HTTP = "HTTP/1.1"


def har(
    records: tuple[AnyRecord, ...], trace_id: str, variables: dict[str, str | None]
) -> Exported:
    """One entry per attempt. `variables` has the variable of each endpoint's key by the endpoint's
    name. Raises NotFound where nothing was sent."""
    attempts = [record for record in records if isinstance(record, Attempt)]
    settled = next((one for one in reversed(records) if isinstance(one, Settled)), None)
    entries = [
        _entry(
            source_of(
                records, number=attempt.number, variable=variables.get(attempt.endpoint)
            ).variable,
            attempt,
        )
        for attempt in attempts
    ]
    if not entries:
        source_of(records)
    entries[-1]["_filon"] |= {"decisions": _decisions(records), "settled": _settled(settled)}
    log = {
        "version": "1.2",
        "creator": {"name": "Filon", "version": __version__},
        "comment": f"Trace {trace_id}. Keys are named, not shown.",
        "entries": entries,
    }
    text = json.dumps({"log": log}, ensure_ascii=False, indent=2, default=str)
    # Half a character, which JSON can name and UTF-8 cannot write.
    text = text.encode("utf-8", "replace").decode()
    return Exported(text + "\n", "application/json", "har")


def _entry(variable: str, attempt: Attempt) -> dict[str, Any]:
    timings = _timings(attempt)
    entry: dict[str, Any] = {
        "startedDateTime": _stamp(attempt.started - attempt.waited),
        "time": sum(timings[name] for name in timings if name != "ssl" and timings[name] >= 0),
        "request": _request(attempt, variable),
        "response": _response(attempt),
        "cache": {},
        "timings": timings,
        "_resourceType": "fetch",
        "_filon": _own(attempt),
    }
    address = (attempt.address or "").rpartition(":")[0].strip("[]")
    if address:
        entry["serverIPAddress"] = address
    if attempt.error is not None:
        entry["comment"] = attempt.error.message
    return entry


def _request(attempt: Attempt, variable: str) -> dict[str, Any]:
    headers = with_keys_named(attempt.request_headers, f"${variable}")
    body = attempt.request_body
    request: dict[str, Any] = {
        "method": attempt.method,
        "url": attempt.url,
        "httpVersion": _HTTP,
        "cookies": [],
        "headers": _headers(headers),
        "queryString": [
            {"name": name, "value": value}
            for name, value in parse_qsl(urlsplit(attempt.url).query, keep_blank_values=True)
        ],
        "headersSize": -1,
        "bodySize": len(body.data),
    }
    if body.data:
        request["postData"] = _post_data(body, _media_type(headers))
    return request


def _post_data(body: Body, media_type: str) -> dict[str, Any]:
    try:
        return {"mimeType": media_type, "text": body.data.decode()}
    except UnicodeDecodeError:
        # HAR has no encoding for what is sent, unlike for what comes back.
        encoded = base64.b64encode(body.data).decode()
        return {
            "mimeType": media_type,
            "text": body.data.decode("utf-8", "replace"),
            "comment": "Not UTF-8; _base64 has the bytes.",
            "_base64": encoded,
        }


def _response(attempt: Attempt) -> dict[str, Any]:
    data = attempt.frames.data
    content: dict[str, Any] = {
        "size": len(data) + attempt.frames_cut,
        "mimeType": _media_type(attempt.reply_headers),
    }
    try:
        content["text"] = data.decode()
    except UnicodeDecodeError:
        content |= {"text": base64.b64encode(data).decode(), "encoding": "base64"}
    if attempt.frames_cut:
        content["comment"] = f"The last {attempt.frames_cut} bytes were not kept."
    status = attempt.status or 0
    return {
        "status": status,
        "statusText": _phrase(status),
        "httpVersion": _HTTP,
        "cookies": [],
        "headers": _headers(attempt.reply_headers),
        "content": content,
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": len(data) + attempt.frames_cut if attempt.status else -1,
    }


def _timings(attempt: Attempt) -> dict[str, float]:
    """Milliseconds of each phase; -1 where there was none. Of ours, those up to the handshake are
    durations, the others count from the beginning of the attempt."""
    timing = attempt.timing
    ended = timing.ended or 0.0
    at = 0.0
    dns = connect = tls = -1.0
    if timing.dns is not None:
        dns, at = _ms(timing.dns), timing.dns
    if timing.connect is not None:
        # What HAR calls connect has the handshake in it, and so the tunnel to it.
        took = timing.connect + (timing.proxy or 0.0) + (timing.tls or 0.0)
        connect, tls = _ms(took), -1.0 if timing.tls is None else _ms(timing.tls)
        at += took
    sent = timing.sent if timing.sent is not None else at
    first = timing.first_byte if timing.first_byte is not None else max(ended, sent)
    return {
        "blocked": _ms(attempt.waited) if attempt.waited else -1.0,
        "dns": dns,
        "connect": connect,
        "ssl": tls,
        "send": _ms(sent - at),
        "wait": _ms(first - sent),
        "receive": _ms(ended - first),
    }


def _ms(seconds: float) -> float:
    return round(max(0.0, seconds) * 1000, 3)


def _own(attempt: Attempt) -> dict[str, Any]:
    """What HAR has no place for."""
    return {
        "attempt": attempt.number,
        "endpoint": attempt.endpoint,
        "model": attempt.model,
        "reused": attempt.timing.reused,
        "firstOutput": None if (at := attempt.timing.first_output) is None else _ms(at),
        "error": None if attempt.error is None else attempt.error.code,
        "findings": [finding.code for finding in attempt.findings],
        "then": attempt.then,
        "frames": [
            {"at": _ms(frame.at), "size": len(frame.data), "kind": frame.kind}
            for frame in attempt.frames
        ],
    }


def _decisions(records: tuple[AnyRecord, ...]) -> list[dict[str, Any]]:
    translated = next((one for one in reversed(records) if isinstance(one, Translated)), None)
    return [
        {
            "name": one.name,
            "decision": one.decision,
            "sentAs": one.sent_as,
            "source": one.because.source,
            "line": one.because.line,
            "why": one.because.why,
        }
        for one in (translated.decisions if translated else ())
    ]


def _settled(settled: Settled | None) -> dict[str, Any] | None:
    if settled is None:
        return None
    usage = settled.usage or settled.estimated
    return {
        "outcome": settled.outcome,
        "finishReason": settled.finish_reason,
        "estimated": settled.usage is None,
        "inputTokens": usage.input_tokens if usage else None,
        "outputTokens": usage.output_tokens if usage else None,
        "usd": settled.cost.usd,
        "cost": settled.cost.arithmetic or settled.cost.why or settled.cost.kind,
    }


def _headers(headers: Headers) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers]


def _media_type(headers: Headers) -> str:
    found = (value for name, value in headers if name.lower() == "content-type")
    return next(found, "application/octet-stream")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _stamp(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
