"""What is kept of a turn holds no secret, and is what is shown to who looks at it while it runs."""

import pytest
from msgspec.structs import replace

from filon.conversation.usage import Usage
from filon.kit.redact import Redactor
from filon.store import trace_blob
from filon.store.encoding import in_full
from filon.store.trace_kept import kept
from filon.trace.frames import Frame, frames_of
from filon.trace.recorder import redact
from filon.trace.records import AnyRecord, Attempt, Body, Received, Settled
from tests.store.made import records

SECRET = "canary-0123456789"
REDACTOR = Redactor([SECRET])


def changed(kind: type[AnyRecord], **fields: object) -> tuple[AnyRecord, ...]:
    return tuple(
        replace(each, **fields) if type(each) is kind else each for each in records(["short"])
    )


TURNS = {
    "nothing": records(["short"]),
    "a header": changed(Received, headers=(("Authorization", f"Bearer {SECRET}"), ("a", "b"))),
    "a header without that name": changed(Attempt, reply_headers=(("x-made-up", SECRET),)),
    "a body": changed(Received, body=Body(f"[{SECRET}]".encode())),
    "a long body": changed(Received, body=Body(f"[{SECRET}]".encode() * 1000, (7, 400))),
    "a frame": changed(Attempt, frames=frames_of([Frame(0.0, f"data: {SECRET}".encode())])),
    "two frames": changed(
        Attempt,
        frames=frames_of([Frame(0.0, SECRET[:6].encode()), Frame(0.1, SECRET[6:].encode())]),
    ),
    "a word": changed(Settled, finish_reason=SECRET),
    "long messages": records([f"{SECRET} and more " * 40] * 20),
}


@pytest.mark.parametrize("turn", TURNS.values(), ids=TURNS)
def test_it_is_what_is_shown_and_holds_no_secret(turn: tuple[AnyRecord, ...]) -> None:
    made = kept(turn, REDACTOR)
    assert made.records == redact(turn, REDACTOR)
    assert made.bare == trace_blob.bare(made.records)
    blob, pieces = made.bare.packed()
    stored = b"".join([in_full(blob), *pieces.values()])
    assert SECRET.encode() not in stored
    assert SECRET[6:].encode() not in stored


def test_a_secret_is_found_beside_what_msgpack_cannot_hold() -> None:
    turn = changed(Settled, usage=Usage(input_tokens=10**30), finish_reason=SECRET)
    blob, _ = kept(turn, REDACTOR).bare.packed()
    assert SECRET.encode() not in in_full(blob)
    assert str(10**30).encode() in in_full(blob)


def test_a_secret_beside_them_is_told() -> None:
    turn = records(["short"])
    assert kept(turn, REDACTOR, "at-once/mock").clean
    assert not kept(turn, REDACTOR, f"at-once/{SECRET}").clean
    assert not kept(changed(Settled, finish_reason=SECRET), REDACTOR, "at-once/mock").clean
