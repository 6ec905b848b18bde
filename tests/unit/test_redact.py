"""Masks: as long as what they hide, wherever it stands, and across the border of two frames."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filon.conversation.errors import Problem
from filon.kit.redact import SECRET_HEADERS, Redactor, mask, mask_header
from filon.trace.frames import Frame, frames_of
from filon.trace.masks import masked
from filon.trace.recorder import clean, redact
from filon.trace.records import NO_HEADERS, Attempt, Because, Body, Decision, Received, Translated

KEY = "sk-0123456789abcdef"
SECRETS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=8, max_size=40)


def attempt(*pieces: bytes, **fields: Any) -> Attempt:
    given: dict[str, Any] = {
        "number": 1,
        "endpoint": "rec",
        "model": "m-1",
        "method": "POST",
        "url": "http://127.0.0.1/",
        "address": None,
        "request_headers": masked((("Authorization", f"Bearer {KEY}"),)),
        "request_body": Body(b"{}"),
        "status": 200,
        "frames": frames_of(Frame(float(n), piece) for n, piece in enumerate(pieces)),
    }
    return Attempt(**{**given, **fields})


def test_a_mask_shows_the_end_of_long_secrets_alone() -> None:
    assert mask(KEY) == "***************cdef"
    assert mask("short") == "*****"
    assert mask("") == ""


@given(SECRETS, st.text(max_size=20), st.text(max_size=20))
def test_a_secret_is_masked_and_no_length_changes(secret: str, before: str, after: str) -> None:
    redactor = Redactor([secret])
    data = (before + secret + after).encode("utf-8", "surrogatepass")
    masked = redactor.data(data)
    assert len(masked) == len(data)
    if set(secret) != {"*"}:
        assert not redactor.found_in(masked)


@given(st.lists(st.text("abcdefgh*", min_size=8, max_size=20), min_size=1, max_size=5), st.data())
def test_none_of_several_is_left(secrets: list[str], data: st.DataObject) -> None:
    redactor = Redactor(secrets)
    text = " ".join(data.draw(st.permutations(secrets)))
    masked = redactor.data(text.encode())
    assert len(masked) == len(text)
    for secret in secrets:
        if len(secret) >= 12 and "*" not in secret:
            assert secret.encode() not in masked


def test_short_and_unknown_words_stay() -> None:
    redactor = Redactor(["ollama", "", KEY])
    assert redactor.text("ollama serves sk-0123456789abcdeX") == "ollama serves sk-0123456789abcdeX"
    assert not Redactor([]).found_in(b"anything")
    assert Redactor([]).data(b"anything") == b"anything"


def test_a_secret_that_holds_another_is_masked_whole() -> None:
    redactor = Redactor(["secret-one", "secret-one-and-two"])
    assert redactor.text("secret-one-and-two") == "**************-two"


@given(
    st.text("abQZ_", min_size=8, max_size=12),
    st.lists(st.one_of(st.just(None), st.text("abQZ_ ", max_size=30)), max_size=8),
)
def test_a_secret_is_found_wherever_it_stands_among_its_letters(
    secret: str, parts: list[str | None]
) -> None:
    data = "".join(secret if part is None else part for part in parts).encode()
    assert Redactor([secret]).found_in(data) == (secret.encode() in data)


def test_what_is_learnt_later_is_masked_from_then_on() -> None:
    redactor = Redactor([])
    assert redactor.text(KEY) == KEY
    redactor.learn([KEY, KEY])
    assert redactor.text(KEY) == mask(KEY)


@pytest.mark.parametrize("name", sorted(SECRET_HEADERS))
def test_headers_that_carry_keys_are_masked_by_name(name: str) -> None:
    assert mask_header(name.title(), KEY) == mask(KEY)
    ((_, value),) = masked(((name, KEY),))
    assert value == mask(KEY)


def test_a_scheme_stays_readable() -> None:
    assert mask_header("Authorization", f"Bearer {KEY}") == f"Bearer {mask(KEY)}"
    assert mask_header("content-type", "text/plain") == "text/plain"


@given(st.binary(max_size=30), st.binary(max_size=30), st.data())
def test_a_secret_across_frames_is_masked(before: bytes, after: bytes, data: st.DataObject) -> None:
    whole = before + KEY.encode() + after
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=6)))
    pieces = [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    (record,) = redact((attempt(*pieces),), Redactor([KEY]))
    assert isinstance(record, Attempt)
    assert [len(frame.data) for frame in record.frames] == [len(piece) for piece in pieces]
    joined = record.frames.data
    assert KEY.encode() not in joined
    assert joined.replace(mask(KEY).encode(), KEY.encode()) == whole


def test_it_is_masked_wherever_a_record_holds_text() -> None:
    because = Because(source="you", why=KEY)
    records = (
        Received(
            caller="gateway",
            protocol="openai_chat",
            method="POST",
            path=f"/{KEY}",
            headers=masked((("x-mine", KEY), ("cookie", "other-secret-value"))),
            body=Body(f'{{"a":"{KEY}"}}'.encode(), (3,)),
        ),
        Translated(
            protocol="openai_chat",
            decisions=(
                Decision(
                    name=KEY,
                    decision="kept",
                    because=because,
                    wanted={KEY: [KEY, 1, None]},
                    sent=[{"deep": (KEY,)}],
                ),
            ),
            method="POST",
            url=f"http://127.0.0.1/?key={KEY}",
            headers=masked((("X-Api-Key", KEY),)),
            body=Body(KEY.encode()),
        ),
        attempt(
            KEY.encode(), request_body=Body(KEY.encode()), reply_headers=masked((("x-you", KEY),))
        ),
    )
    told = redact(records, Redactor([KEY]))
    packed = msgspec.msgpack.encode(told)
    assert KEY.encode() not in packed
    assert b"other-secret-value" not in packed
    assert [type(one) for one in told] == [type(one) for one in records]
    received = told[0]
    assert isinstance(received, Received)
    assert received.body.cuts == (3,)


@pytest.mark.parametrize("odd", [10**30, "\ud83d"])
def test_what_msgpack_cannot_hold_is_masked_all_the_same(odd: int | str) -> None:
    because = Because(source="you", why=KEY)
    decision = Decision(name="seed", decision="kept", because=because, wanted=odd)
    record = Translated(
        protocol="openai_chat",
        decisions=(decision,),
        method="POST",
        url="",
        headers=NO_HEADERS,
        body=Body(b""),
    )
    (told,) = redact((record,), Redactor([KEY]))
    assert isinstance(told, Translated)
    assert (told.decisions[0].wanted, told.decisions[0].because.why) == (odd, mask(KEY))


def test_what_holds_no_secret_stays_the_same_object() -> None:
    problem = Problem(code="x", message="nothing", blame="caller", status=400)
    assert clean(problem, Redactor([KEY])) is problem
    told = clean(msgspec.structs.replace(problem, provider_body=KEY), Redactor([KEY]))
    assert told.provider_body == mask(KEY)


KEYS = st.lists(st.text("fln_ab", min_size=8, max_size=11), min_size=1, max_size=6)


@given(KEYS, st.text("fln_ab", max_size=80))
def test_no_secret_is_missed_however_much_they_have_in_common(keys: list[str], text: str) -> None:
    redactor = Redactor(keys)
    stands = any(key in text for key in keys)
    assert redactor.found_in(text.encode()) == stands
    assert (redactor.text(text) != text) == stands
    assert len(redactor.text(text)) == len(text)
