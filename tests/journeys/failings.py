"""What providers do wrong, as scripts for the recorder, and what must come of each."""

import json

from msgspec import Struct

from tests.journeys.recorder import Script
from tests.journeys.replies import JSON, OPEN, START, delta, event, refusal, stream, whole

MISTRAL = {
    "detail": [
        {
            "type": "extra_forbidden",
            "loc": ["body", "frequency_penalty"],
            "msg": "Extra inputs are not permitted",
            "input": 0.5,
        }
    ]
}
PAGE = b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
BEATS: tuple[bytes | float, ...] = tuple(
    part for _ in range(5_000) for part in (b": PROCESSING\n\n", 0.02)
)


class Failing(Struct, frozen=True, kw_only=True):
    """What a provider answers, and what must come of it: the caller's status and words of the
    message, the trace's status, and the finding's code. `code` is the caller's, where the provider
    has one of its own."""

    script: Script
    status: int
    told: str
    seen: int | None
    finding: str
    retry_after: str | None = None
    code: str | None = None


BEFORE: dict[str, Failing] = {
    "401": Failing(
        script=refusal(401, "Incorrect API key provided"),
        status=502,
        told="Incorrect API key provided",
        seen=401,
        finding="key_refused",
    ),
    "402": Failing(
        script=refusal(402, "Insufficient Balance"),
        status=502,
        told="Insufficient Balance",
        seen=402,
        finding="quota_exhausted",
    ),
    "403": Failing(
        script=refusal(403, "Your country is not supported"),
        status=502,
        told="country",
        seen=403,
        finding="region_not_supported",
    ),
    "404": Failing(
        script=refusal(404, "The model `m-1` does not exist", code="model_not_found"),
        status=404,
        told="does not exist",
        seen=404,
        finding="model_not_found",
    ),
    "413": Failing(
        script=refusal(413, "Request too large for model on tokens per minute (TPM)"),
        status=413,
        told="too large",
        seen=413,
        finding="request_too_large",
    ),
    "422": Failing(
        script=(whole(json.dumps(MISTRAL).encode(), JSON, status=422),),
        status=422,
        told="`frequency_penalty`: Extra inputs are not permitted",
        seen=422,
        finding="parameter_refused",
    ),
    "429": Failing(
        script=refusal(429, "Rate limit reached", ("retry-after", "17")),
        status=429,
        told="Rate limit reached",
        seen=429,
        finding="rate_limited",
        retry_after="17",
    ),
    "429 no money": Failing(
        script=refusal(429, "You exceeded your quota", code="insufficient_quota"),
        status=429,
        told="exceeded your quota",
        seen=429,
        finding="quota_exhausted",
        code="insufficient_quota",
    ),
    "500 page": Failing(
        script=(whole(PAGE, ("content-type", "text/html"), status=500),),
        status=500,
        told="a web page instead of JSON: 502 Bad Gateway",
        seen=500,
        finding="overloaded",
    ),
    "503 empty": Failing(
        script=(whole(b"", status=503),), status=503, told="empty", seen=503, finding="overloaded"
    ),
    "529": Failing(
        script=refusal(529, "Overloaded"),
        status=529,
        told="Overloaded",
        seen=529,
        finding="overloaded",
    ),
    "an error under 200": Failing(
        script=(whole(b'{"error":{"message":"No credits","code":402}}', JSON),),
        status=502,
        told="No credits",
        seen=200,
        finding="quota_exhausted",
    ),
    "a redirect": Failing(
        script=(whole(b"", ("location", "http://127.0.0.1:1/stolen"), status=302),),
        status=502,
        told="302",
        seen=302,
        finding="redirected",
    ),
    "a page under 200": Failing(
        script=(whole(PAGE, ("content-type", "text/html")),),
        status=502,
        told="cannot be read",
        seen=200,
        finding="page_instead",
    ),
    "nothing under 200": Failing(
        script=(whole(b"", JSON),),
        status=502,
        told="before any answer",
        seen=200,
        finding="broken_reply",
    ),
    "half a document": Failing(
        script=(b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n" + b'{"choices":', "close"),
        status=502,
        told="before its reply was complete",
        seen=200,
        finding="cut",
    ),
    "no head": Failing(
        script=("close",), status=502, told="ended the connection", seen=None, finding="cut"
    ),
    "a reset": Failing(
        script=("cut",), status=502, told="ended the connection", seen=None, finding="cut"
    ),
    "no HTTP": Failing(
        script=(b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "close"),
        status=502,
        told="cannot be read",
        seen=None,
        finding="broken_reply",
    ),
    "never a head": Failing(
        script=("stall",),
        status=504,
        told="has sent nothing for",
        seen=None,
        finding="provider_timeout",
    ),
    "never a body": Failing(
        script=(OPEN, "stall"),
        status=504,
        told="has sent nothing for",
        seen=200,
        finding="provider_timeout",
    ),
    "comments for ever": Failing(
        script=stream(*BEATS),
        status=504,
        told="has sent nothing for",
        seen=200,
        finding="provider_timeout",
    ),
    "a role and no more": Failing(
        script=stream(START, "stall"),
        status=504,
        told="nothing for",
        seen=200,
        finding="provider_timeout",
    ),
    "an error as first event": Failing(
        script=stream(START, event(error={"message": "upstream is down", "code": 503})),
        status=503,
        told="upstream is down",
        seen=200,
        finding="overloaded",
    ),
    "an end before any word": Failing(
        script=stream(START),
        status=502,
        told="ended in the middle",
        seen=200,
        finding="broken_reply",
    ),
    "a frame of rubbish": Failing(
        script=stream(b"data: {what}\n\n"),
        status=502,
        told="cannot be read",
        seen=200,
        finding="broken_reply",
    ),
}

# Scripts that fail after the first word, and what the error must say.
AFTER: dict[str, tuple[Script, str]] = {
    "an error event": (
        stream(START, delta("Hello"), event(error={"message": "it broke", "code": 500})),
        "it broke",
    ),
    "an error named so": (
        stream(START, delta("Hello"), b'event: error\ndata: {"message": "it broke"}\n\n'),
        "it broke",
    ),
    "a cut": (stream(START, delta("Hello"), 0.05, "cut", end=False), "before its reply"),
    "a close": (stream(START, delta("Hello"), 0.05, "close", end=False), "before its reply"),
    "an end without [DONE]": (stream(START, delta("Hello")), "ended in the middle"),
    "silence": (stream(START, delta("Hello"), "stall"), "has sent nothing for"),
    "comments": (stream(START, delta("Hello"), *BEATS), "has sent nothing for"),
    "rubbish": (stream(START, delta("Hello"), b"data: {what}\n\n"), "cannot be read"),
}
