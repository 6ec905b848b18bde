"""An attempt as a Postman collection, format v2.1 (schema.postman.com, read 2026-11-27)."""

import json
from typing import Any
from urllib.parse import urlsplit

from filon.trace.export.source import Exported, Header, Source, unexportable

_SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"


def postman(source: Source, trace_id: str) -> Exported:
    """A collection of one request; the key is a variable of the collection, to be filled in.

    Postman puts values where a text has a name in double braces, and has a way of its own with
    `{{$...}}`. In a body, the second brace is therefore written by its number: the same JSON,
    though not the same bytes. Raises InvalidRequest for a body in which that is not possible.
    """
    attempt = source.attempt
    headers = [_header(header, source.variable) for header in source.headers]
    request: dict[str, Any] = {
        "method": attempt.method,
        "header": headers,
        "url": _url(attempt.url),
    }
    if source.body:
        request["body"] = {
            "mode": "raw",
            "raw": _body(source),
            "options": {"raw": {"language": "json"}},
        }
    collection: dict[str, Any] = {
        "info": {
            "name": f"{attempt.endpoint}/{attempt.model}",
            "description": f"Trace {trace_id} of Filon, attempt {attempt.number}.",
            "schema": _SCHEMA,
        },
        "item": [{"name": attempt.method + " " + urlsplit(attempt.url).path, "request": request}],
    }
    if any(header.carries == "key" for header in source.headers):
        collection["variable"] = [{"key": source.variable, "value": "", "type": "string"}]
    text = json.dumps(collection, ensure_ascii=False, indent=2)
    text = text.encode("utf-8", "replace").decode()
    return Exported(text + "\n", "application/json", "postman_collection.json")


def _header(header: Header, variable: str) -> dict[str, Any]:
    if header.carries == "key":
        return {"key": header.name, "value": f"{header.value}{{{{{variable}}}}}"}
    told: dict[str, Any] = {"key": header.name, "value": header.value}
    if "{{" in header.value:
        told |= {"disabled": True, "description": "Postman would put a value for the braces."}
    return told


def _url(url: str) -> dict[str, Any]:
    """The address in parts, with braces and colons that Postman would fill in written by number."""
    parts = urlsplit(url.replace("{{", "%7B%7B"))
    told: dict[str, Any] = {
        "raw": parts.geturl(),
        "protocol": parts.scheme,
        "host": [parts.hostname or ""],
        "path": [
            f"%3A{segment[1:]}" if segment.startswith(":") else segment
            for segment in parts.path.removeprefix("/").split("/")
        ],
    }
    if parts.port is not None:
        told["port"] = str(parts.port)
    if parts.query:
        told["query"] = [
            {"key": name, "value": value if equals else None}
            for name, equals, value in (one.partition("=") for one in parts.query.split("&"))
        ]
    return told


def _body(source: Source) -> str:
    text = source.text
    if text is not None and "{{" not in text:
        return text
    try:
        before: Any = json.loads(source.body)
        escaped = (text or "").replace("{{", "{\\u007b")
        if text is not None and json.loads(escaped) == before:
            return escaped
    except (ValueError, RecursionError):
        pass
    raise unexportable(
        "Postman would change this body: it holds {{, or bytes that are no text.",
        "Take curl or python, which send the bytes as they are.",
    )
