"""What is told of a turn as a whole is what its records tell one by one."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from filon.conversation.errors import Problem
from filon.conversation.finding import Finding
from filon.conversation.message import Image, Message, Reasoning, ToolCall, say
from filon.conversation.usage import Usage
from filon.kit.redact import carries_key, mask_header
from filon.trace.facts import FALLBACK, RETRY, facts
from filon.trace.masks import masked
from filon.trace.records import (
    Admitted,
    AnyRecord,
    Assembled,
    Attempt,
    Body,
    Cost,
    Received,
    Settled,
    SourcedMessage,
    StageFailed,
)

PROBLEM = Problem(code="odd", message="odd", blame="filon", status=500)
ERRORS = st.sampled_from([None, PROBLEM])
TAGS = st.lists(st.sampled_from(["one", "two"]), max_size=2).map(tuple)
MESSAGES = st.sampled_from(
    [
        say("user", "x"),
        Message(role="user", parts=(Image(url="https://x"),)),
        Message(role="assistant", parts=(Reasoning("x"),)),
        Message(role="assistant", parts=(ToolCall(id="c", name="look", arguments="{}"),)),
    ]
)


def finding(code: str) -> Finding:
    return Finding(code=code, title="", evidence="", causes=(), fix="")


FINDINGS = st.lists(st.sampled_from(["a", "b"]).map(finding), max_size=2).map(tuple)
RECEIVED = st.builds(
    Received,
    protocol=st.just("openai_chat"),
    path=st.just("/"),
    body=st.just(Body(b"")),
    error=ERRORS,
    tags=TAGS,
    replay_of=st.sampled_from([None, "t_1"]),
)
ASSEMBLED = MESSAGES.map(
    lambda message: Assembled(
        messages=(SourcedMessage(message=message, origin="request", tokens=1),), tokenizer=""
    )
)
ATTEMPT = st.builds(
    Attempt,
    number=st.just(1),
    endpoint=st.sampled_from(["here", "there"]),
    model=st.sampled_from(["one", "two"]),
    method=st.just("POST"),
    url=st.just(""),
    address=st.none(),
    request_headers=st.just(()),
    request_body=st.just(Body(b"")),
    status=st.sampled_from([None, 200, 400]),
    error=ERRORS,
    findings=FINDINGS,
)
SETTLED = st.builds(
    Settled,
    outcome=st.just("complete"),
    usage=st.sampled_from([None, Usage(reasoning_tokens=3, cached_tokens=2)]),
    estimated=st.sampled_from([None, Usage(input_tokens=1)]),
    cost=st.just(Cost(kind="free")),
    finish_reason=st.just("stop"),
    ttft=st.none(),
    rate=st.sampled_from([None, 2.0]),
    thought_field=st.sampled_from([None, "thinking"]),
    message=st.one_of(st.none(), MESSAGES),
    model=st.sampled_from([None, "one"]),
    findings=FINDINGS,
)
TURNS = st.tuples(
    st.lists(RECEIVED, max_size=1),
    st.lists(st.builds(Admitted, owner_id=st.just(1), by=st.just(""), tags=TAGS), max_size=1),
    st.lists(ASSEMBLED, max_size=1),
    st.lists(ATTEMPT, max_size=4),
    st.lists(st.builds(StageFailed, stage=st.just("send"), error=ERRORS), max_size=1),
    st.lists(SETTLED, max_size=1),
).map(lambda parts: tuple[AnyRecord, ...](record for part in parts for record in part))


@given(TURNS)
def test_facts_are_those_of_each_record(turn: tuple[AnyRecord, ...]) -> None:
    alone = [facts((record,)) for record in turn]
    told = facts(turn)
    assert told.findings == tuple(dict.fromkeys(code for one in alone for code in one.findings))
    assert told.tags == tuple(dict.fromkeys(tag for one in alone for tag in one.tags))
    for name in ("model_answered", "reasoning_tokens", "cached_tokens", "rate", "replay_of"):
        assert [getattr(told, name)] == [
            *filter(None, (getattr(one, name) for one in alone)),
            None,
        ][:1]
    flags = went_on(turn)
    for one in alone:
        flags |= one.flags
    assert told.flags == flags


def went_on(turn: tuple[AnyRecord, ...]) -> int:
    flags = 0
    for a, b in pairwise(record for record in turn if isinstance(record, Attempt)):
        flags |= RETRY if (a.endpoint, a.model) == (b.endpoint, b.model) else FALLBACK
    return flags


NAMES = st.sampled_from(
    ["Host", "date", "Authorization", "authorization", "X-Api-Key", "cookie", "accept", "a"]
)


@given(st.lists(st.tuples(NAMES, st.text(max_size=20))).map(tuple))
def test_headers_are_masked_where_their_names_say_so(pairs: tuple[tuple[str, str], ...]) -> None:
    told = masked(pairs)
    assert told == tuple((name, mask_header(name, value)) for name, value in pairs)
    if not any(carries_key(name) for name, _ in pairs):
        assert told is pairs
