"""Random JSON at the two doors that take most: never a fault of our own."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from filon.server.security import COOKIE
from tests.journeys.conftest import RECORDED
from tests.journeys.recorder import Recorder
from tests.journeys.replies import completion
from tests.journeys.site import Site, running, settings_of

# 503 is an endpoint that is not ready, 502 a provider that cannot be understood.
ALLOWED = {200, 201, 400, 404, 413, 422, 502, 503}

Json = st.SearchStrategy[Any]

TEXTS: Json = st.text(st.characters(), max_size=30)  # with halves of pairs and control characters
NUMBERS: Json = st.one_of(
    st.integers(), st.floats(), st.sampled_from([2**63, 2**64, -(2**63) - 1, 10**400])
)
VALUES: Json = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=12,
)
NAMES: Json = st.one_of(
    TEXTS,
    st.sampled_from(
        [
            "model",
            "messages",
            "stream",
            "stream_options",
            "max_tokens",
            "maxTokens",
            "tools",
            "stop",
            "n",
            "temperature",
            "Model",
            "streaming",
        ]
    ),
)
MODELS: Json = st.one_of(st.sampled_from(["rec/m-1", "rec/m-2", "m-1", "practice/echo"]), VALUES)
ROLES: Json = st.one_of(
    st.sampled_from(["system", "user", "assistant", "tool", "developer"]), VALUES
)
PARTS: Json = st.fixed_dictionaries(
    {"type": st.sampled_from(["text", "image_url", "input_audio", "odd"])},
    optional={"text": VALUES, "image_url": VALUES},
)
MESSAGES: Json = st.fixed_dictionaries(
    {"role": ROLES},
    optional={
        "content": st.one_of(TEXTS, st.lists(PARTS, max_size=3), VALUES),
        "tool_calls": VALUES,
        "tool_call_id": VALUES,
        "name": VALUES,
    },
)


def with_model(model: Any, messages: Any, rest: dict[str, Any]) -> dict[str, Any]:
    return {**rest, "model": model, "messages": messages}


BODIES: Json = st.one_of(
    VALUES,
    st.builds(
        with_model,
        MODELS,
        st.one_of(st.lists(MESSAGES, max_size=3), VALUES),
        st.dictionaries(NAMES, VALUES, max_size=4),
    ),
)
SENDS: Json = st.one_of(
    VALUES,
    st.fixed_dictionaries(
        {"model": MODELS, "text": st.one_of(TEXTS, VALUES)},
        optional={
            "parameters": st.dictionaries(NAMES, VALUES, max_size=4),
            "conversation_id": VALUES,
            "parent_id": VALUES,
        },
    ),
)
QUICKLY = settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@pytest.fixture(scope="module")
async def random_site(
    tmp_path_factory: pytest.TempPathFactory, template: Path
) -> AsyncIterator[Site]:
    home = tmp_path_factory.mktemp("random") / "home"
    async with Recorder().listening() as recorder:
        recorder.answers(completion())
        config = RECORDED % (recorder.url, recorder.url)
        async with running(settings_of(home, config, {"REC_KEY": "x" * 9}), template) as site:
            yield site


def check(site: Site, status: int, body: Any) -> None:
    log = site.log.getvalue()
    site.log.truncate(0)
    site.log.seek(0)
    assert "fault" not in log, (body, log)
    assert "not_stored" not in log, (body, log)
    assert status in ALLOWED, (status, body)


@QUICKLY
@given(body=BODIES)
async def test_random_json_at_the_gateway(random_site: Site, body: Any) -> None:
    headers = {"x-practice-speed": "0"}
    data = json.dumps(body).encode()
    reply = await random_site.program(None, data=data, headers=headers)
    check(random_site, reply.status, body)
    if reply.status >= 400:
        assert set(reply.error) == {"message", "type", "param", "code"}


@QUICKLY
@given(data=st.binary(max_size=60))
async def test_random_bytes_at_the_gateway(random_site: Site, data: bytes) -> None:
    reply = await random_site.program(None, data=data)
    check(random_site, reply.status, data)
    assert reply.status == 400


@QUICKLY
@given(body=SENDS)
async def test_random_json_at_the_api(random_site: Site, body: Any) -> None:
    headers = {"cookie": f"{COOKIE}={random_site.cookie}"}
    data = json.dumps(body).encode()
    reply = await random_site.ask("POST", "/api/chat/send", data=data, headers=headers)
    if reply.status == 200 and reply.json["conversation"]["model"] == "practice/echo":
        # It takes its time where nobody tells it to hurry.
        answer = {"message_id": reply.json["answer"]["id"]}
        await random_site.browse("POST", "/api/chat/stop", answer)
    await random_site.quiet()
    check(random_site, reply.status, body)
    if reply.status >= 400:
        assert {"code", "message", "status"} <= set(reply.error)
