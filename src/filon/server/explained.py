"""Filon's own account of a failure, added to the caller's error body as `filon` for those who ask.

Everything else of the body stays as its protocol has it. Pure.
"""

import re
from typing import Any, cast
from urllib.parse import quote

import msgspec

from filon.conversation.errors import Problem
from filon.conversation.finding import Finding
from filon.pipeline.turn import Turn
from filon.trace.records import Attempt

_HOST = re.compile(r"[\w.-]+(:\d+)?|\[[0-9a-fA-F:]+\](:\d+)?")


def account(problem: Problem, turn: Turn) -> dict[str, Any]:
    """What Filon knows of a failure: its code, whose fault it is, what to do, the trace, what the
    provider said, and the findings on the last attempt."""
    attempts = [record for record in turn.records if isinstance(record, Attempt)]
    said = problem.provider_status is not None or problem.provider_body is not None
    provider = {"status": problem.provider_status, "body": problem.provider_body}
    return {
        "code": problem.code,
        "message": problem.message,
        "blame": problem.blame,
        "fix": problem.fix,
        "trace": turn.id,
        "trace_url": _page_of(turn),
        "endpoint": turn.endpoint.name if turn.endpoint else None,
        "provider": provider if said else None,
        "findings": [_finding(one) for one in (attempts[-1].findings if attempts else ())],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "title": finding.title,
        "evidence": finding.evidence,
        "where": finding.where,
        "host": finding.host,
        "causes": list(finding.causes),
        "fix": finding.fix,
        "retry": finding.retry,
        "docs": finding.docs,
    }


def _page_of(turn: Turn) -> str:
    """Where a person reads the trace: at the name by which the caller knows this server."""
    told = {name.lower(): value for name, value in turn.received.headers}
    path = f"/traces/{quote(turn.id)}"
    host = told.get("host", "")
    if not _HOST.fullmatch(host):
        return path
    scheme = "https" if told.get("x-forwarded-proto", "").strip() == "https" else "http"
    return f"{scheme}://{host}{path}"


def in_body(body: bytes, told: dict[str, Any]) -> bytes:
    """An error's body with the account in its `error`, or beside it where it has none."""
    value = msgspec.json.decode(body)
    inner = value.get("error")
    holder = cast("dict[str, Any]", inner) if isinstance(inner, dict) else value
    holder["filon"] = told
    return msgspec.json.encode(value)


def in_frames(frames: bytes, told: dict[str, Any]) -> bytes:
    """The same for the frames with which a stream breaks off."""
    lines = frames.split(b"\n")
    return b"\n".join(
        b"data: " + in_body(line[6:], told) if line.startswith(b"data: {") else line
        for line in lines
    )
