"""Random replies of a provider: the caller gets an answer or an error, and the trace is kept."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.journeys.conftest import RECORDED
from tests.journeys.recorder import Recorder, Script
from tests.journeys.replies import DONE, JSON, START, STOP, delta, stream, whole
from tests.journeys.site import Site, running, settings_of
from tests.journeys.test_random_input import TEXTS, VALUES

Replies = st.SearchStrategy[Script]

DELTAS = st.fixed_dictionaries(
    {},
    optional={
        "role": VALUES,
        "content": VALUES,
        "reasoning_content": VALUES,
        "refusal": VALUES,
        "tool_calls": st.one_of(
            VALUES,
            st.lists(st.fixed_dictionaries({"index": VALUES, "id": VALUES, "function": VALUES})),
        ),
    },
)
CHOICES = st.fixed_dictionaries(
    {}, optional={"index": VALUES, "delta": DELTAS, "message": DELTAS, "finish_reason": VALUES}
)
USAGES = st.dictionaries(
    st.sampled_from(["prompt_tokens", "completion_tokens", "total_tokens", "cost"]), VALUES
)
CHUNKS = st.fixed_dictionaries(
    {},
    optional={
        "id": VALUES,
        "model": VALUES,
        "created": VALUES,
        "choices": st.one_of(st.lists(CHOICES, max_size=2), VALUES),
        "usage": st.one_of(USAGES, VALUES),
        "error": VALUES,
        "detail": VALUES,
    },
)
FRAMES = st.one_of(
    st.just(START),
    st.just(delta("Hello")),
    st.just(STOP),
    st.just(DONE),
    st.one_of(CHUNKS, VALUES).map(lambda value: b"data: " + json.dumps(value).encode() + b"\n\n"),
    st.binary(min_size=1, max_size=30),
    TEXTS.map(lambda text: b": " + text.encode("utf-8", "replace") + b"\n"),
)
HEADER = st.text(st.characters(min_codepoint=33, max_codepoint=255), max_size=20)
BODIES = st.one_of(CHUNKS, VALUES).map(lambda value: json.dumps(value).encode())


def streamed(frames: list[bytes]) -> Script:
    return stream(*(frame for frame in frames if frame))


def document(body: bytes, status: int, header: str) -> Script:
    return (whole(body, JSON, ("x-odd", header), ("retry-after", header), status=status),)


REPLIES: Replies = st.one_of(
    st.lists(FRAMES, max_size=6).map(streamed),
    st.builds(
        document,
        st.one_of(BODIES, st.binary(max_size=60)),
        st.sampled_from([200, 201, 299, 301, 400, 401, 418, 429, 500, 599]),
        HEADER,
    ),
)


@pytest.fixture(scope="module")
async def provider() -> AsyncIterator[Recorder]:
    async with Recorder().listening() as recorder:
        yield recorder


@pytest.fixture(scope="module")
async def site(
    tmp_path_factory: pytest.TempPathFactory, template: Path, provider: Recorder
) -> AsyncIterator[Site]:
    home = tmp_path_factory.mktemp("replies") / "home"
    config = RECORDED % (provider.url, provider.url)
    given = settings_of(home, config, {"REC_KEY": "x" * 9}, first_payload=5.0)
    async with running(given, template) as site:
        yield site


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(script=REPLIES, wants_stream=st.booleans())
async def test_a_random_reply(
    site: Site, provider: Recorder, script: Script, wants_stream: bool
) -> None:
    provider.answers(script)
    body: dict[str, Any] = {"model": "rec/m-1", "messages": [{"role": "user", "content": "x"}]}
    reply = await site.program({**body, "stream": wants_stream})
    assert reply.status == 200 or 400 <= reply.status < 600
    assert reply.status != 401
    if reply.status >= 400:
        assert set(reply.error) == {"message", "type", "param", "code"}
    trace = await site.trace(reply.headers["x-filon-trace"])
    assert trace["trace"]["outcome"] in ("complete", "partial", "failed")
    assert (reply.status == 200) >= (trace["trace"]["outcome"] == "complete")
    assert "fault" not in site.log.getvalue()
    assert "not_stored" not in site.log.getvalue()
    curl = await site.browse("GET", f"/api/traces/{trace['trace']['id']}/curl")
    assert curl.status == 200
