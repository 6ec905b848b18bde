"""A fault of our own at a door of the gateway: told in the caller's protocol, and logged."""

import json
from typing import Any

import pytest

from filon.kit.log import Log
from filon.kit.redact import Redactor
from filon.protocols.registry import PROTOCOLS
from filon.server.bodies import Door
from filon.server.errors import guarded

PROTOCOL = PROTOCOLS["openai_chat"]


async def faulty(door: Door) -> None:
    raise ZeroDivisionError


async def faulty_later(door: Door) -> None:
    await door.send({"type": "http.response.start", "status": 200, "headers": []})
    raise ZeroDivisionError


class Wire:
    def __init__(self) -> None:
        self.sent: list[Any] = []

    async def receive(self) -> Any:
        raise AssertionError("nobody reads")

    async def send(self, message: Any) -> None:
        self.sent.append(message)

    def door(self) -> Door:
        return Door({"type": "http", "path": "/v1/x", "headers": []}, self.receive, self.send)


async def test_it_is_500_in_the_callers_protocol(capsys: pytest.CaptureFixture[str]) -> None:
    wire = Wire()
    await guarded(faulty, wire.door(), PROTOCOL, Log(Redactor(())))
    head, body = wire.sent
    assert head["status"] == 500
    assert dict(head["headers"])[b"x-filon-blame"] == b"filon"
    error = json.loads(body["body"])["error"]
    assert (error["type"], error["code"]) == ("server_error", "internal_error")
    assert "ZeroDivisionError" in capsys.readouterr().err


async def test_a_reply_that_has_begun_is_cut() -> None:
    wire = Wire()
    with pytest.raises(ZeroDivisionError):
        await guarded(faulty_later, wire.door(), PROTOCOL, Log(Redactor(())))
    assert len(wire.sent) == 1
