"""What a reply's head says, whatever names and figures there are."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filon.conversation.request import ChatRequest, RawMessages
from filon.protocols.cutting import cuts_of
from filon.server import heading
from filon.trace.records import Cost

FIGURES = st.floats(min_value=0, max_value=1e9, allow_nan=False)


@given(FIGURES)
def test_a_cost_is_a_plain_number(usd: float) -> None:
    name, told = heading.of_cost(Cost(kind="priced", usd=usd)).removesuffix("\r\n").split(": ")
    assert name == "x-filon-cost-usd"
    assert told == f"{Decimal(repr(usd)).normalize():f}"


def test_an_unknown_cost_is_not_told() -> None:
    assert heading.of_cost(Cost(kind="unknown")) == ""


@given(st.text(), st.text())
def test_no_name_of_a_model_begins_a_line(endpoint: str, model: str) -> None:
    lines = heading.of_model(endpoint, model)
    assert lines.isascii()
    assert [line.partition(":")[0] for line in lines.split("\r\n")] == [
        "x-filon-endpoint",
        "x-filon-model",
        "",
    ]
    assert lines.count("\r") == lines.count("\n") == 2


@pytest.mark.parametrize(
    ("name", "passed"),
    [
        ("X-RateLimit-Remaining-Requests", "x-ratelimit-remaining-requests"),
        ("anthropic-ratelimit-tokens-limit", "anthropic-ratelimit-tokens-limit"),
        ("retry-after-ms", "retry-after-ms"),
        ("retry-after", None),
        ("x-ratelimit-a b", None),
        ("x-ratelimit-a:", None),
        ("x-ratelimit-é", None),
        ("set-cookie", None),
    ],
)
def test_what_a_provider_says_of_its_limits_is_passed_on(name: str, passed: str | None) -> None:
    assert heading.passes(name) == passed


ITEMS = st.tuples(st.sampled_from([b",", b", ", b" ,\n "]), st.binary(max_size=60))


@given(st.lists(ITEMS, max_size=5))
def test_a_body_is_cut_where_its_messages_lie(told: list[tuple[bytes, bytes]]) -> None:
    items = [b"{" + item for _, item in told]
    body = b"[" + b"".join(between + b"{" + item for between, item in told) + b"]"
    request = ChatRequest(model="m", messages=(), raw=RawMessages("openai_chat", tuple(items)))
    place, cuts = 0, list[int]()
    for item in items:
        place = body.find(item, place)
        cuts += [place] if not cuts else []
        place += len(item)
        cuts.append(place)
    assert cuts_of(body, request) == tuple(cuts)
