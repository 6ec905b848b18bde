"""A fault of our own at a door of the gateway: told in the caller's protocol, and logged."""

import json

import pytest

from filon.kit.log import Log
from filon.kit.redact import Redactor
from filon.protocols.registry import PROTOCOLS
from filon.server.door import Door
from filon.server.errors import guarded
from tests.unit.fake_line import FakeLine

PROTOCOL = PROTOCOLS["openai_chat"]


async def faulty() -> None:
    raise ZeroDivisionError


async def faulty_later(door: Door) -> None:
    door.begin(200, ())
    raise ZeroDivisionError


async def test_it_is_500_in_the_callers_protocol(capsys: pytest.CaptureFixture[str]) -> None:
    line = FakeLine()
    await guarded(faulty(), line.door("POST", "/v1/x"), PROTOCOL, Log(Redactor(())))
    head, body = line.replies()[0]
    assert head[b""] == b"500"
    assert head[b"x-filon-blame"] == b"filon"
    error = json.loads(body)["error"]
    assert (error["type"], error["code"]) == ("server_error", "internal_error")
    assert "ZeroDivisionError" in capsys.readouterr().err


async def test_a_reply_that_has_begun_is_cut() -> None:
    line = FakeLine()
    door = line.door("POST", "/v1/x")
    with pytest.raises(ZeroDivisionError):
        await guarded(faulty_later(door), door, PROTOCOL, Log(Redactor(())))
    door.close()
    assert (line.sent, line.closed) == (b"", True)
