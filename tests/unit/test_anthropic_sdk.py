"""What Anthropic's own SDK makes of the replies, streams and errors that are written."""

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import anthropic
import pytest

from filon.conversation.errors import Problem
from filon.conversation.events import (
    Broken,
    TextDelta,
)
from filon.conversation.message import Part, Reasoning, Text, ToolCall
from filon.conversation.reply import Choice, Reply, unfold
from filon.conversation.usage import Usage
from filon.protocols.anthropic_messages.protocol import ANTHROPIC_MESSAGES
from filon.protocols.anthropic_messages.reply import render_reply
from filon.protocols.anthropic_messages.writer import StreamRenderer
from filon.protocols.openai_chat.stream import StreamParser as ChatParser


class Served(BaseHTTPRequestHandler):
    answer: tuple[int, str, bytes] = (200, "application/json", b"")

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        status, kind, body = self.answer
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


Serve = Callable[[int, str, bytes], anthropic.Anthropic]


@pytest.fixture(scope="module")
def served() -> Iterator[Serve]:
    class Handler(Served):
        pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_address[1]}"
    client = anthropic.Anthropic(api_key="x", base_url=address, max_retries=0)

    def serve(status: int, kind: str, body: bytes) -> anthropic.Anthropic:
        Handler.answer = (status, kind, body)
        return client

    yield serve
    client.close()
    server.shutdown()
    server.server_close()


ASKED: dict[str, Any] = {
    "model": "m",
    "max_tokens": 9,
    "messages": [{"role": "user", "content": "Hi"}],
}
PARTS: tuple[Part, ...] = (
    Reasoning("Hm.", "seal"),
    Text("I add."),
    ToolCall(id="toolu_a", name="add", arguments='{"a":1}'),
    ToolCall(id="toolu_b", name="now", arguments="{}"),
)
REPLY = Reply(
    choices=(Choice(index=0, parts=PARTS, finish_reason="tool_use"),),
    usage=Usage(input_tokens=20, output_tokens=9, cached_tokens=12, reasoning_tokens=4),
    done=True,
)


def check(message: Any) -> None:
    assert (message.id, message.model, message.stop_reason) == ("msg_1", "m", "tool_use")
    told = [block.to_dict() for block in message.content]
    assert told == [
        {"type": "thinking", "thinking": "Hm.", "signature": "seal"},
        {"type": "text", "text": "I add."},
        {"type": "tool_use", "id": "toolu_a", "name": "add", "input": {"a": 1}},
        {"type": "tool_use", "id": "toolu_b", "name": "now", "input": {}},
    ]
    assert (message.usage.input_tokens, message.usage.cache_read_input_tokens) == (8, 12)
    assert message.usage.output_tokens == 9
    assert message.usage.output_tokens_details.thinking_tokens == 4


def test_the_sdk_reads_a_whole_reply(served: Serve) -> None:
    body = render_reply(REPLY, id="msg_1", model="m", created=5)
    check(served(200, "application/json", body).messages.create(**ASKED))


def test_the_sdk_reads_a_stream(served: Serve) -> None:
    writer = StreamRenderer(id="msg_1", model="m", created=5)
    body = b"".join(writer.render(event) for event in unfold(REPLY))
    with served(200, "text/event-stream", body).messages.stream(**ASKED) as stream:
        check(stream.get_final_message())


def test_the_sdk_reads_an_answer_of_chat_completions(served: Serve) -> None:
    chunks = (
        b'{"id":"c","choices":[{"index":0,"delta":{"role":"assistant","content":"Hel"}}]}',
        b'{"choices":[{"index":0,"delta":{"content":"lo"}}]}',
        b'{"choices":[{"index":0,"delta":{},"finish_reason":"length"}]}',
        b'{"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":2}}',
        b"[DONE]",
    )
    wire = b"".join(b"data: " + chunk + b"\n\n" for chunk in chunks)
    writer = StreamRenderer(id="msg_1", model="m", created=5)
    body = b"".join(writer.render(event) for event in ChatParser().feed(wire))
    with served(200, "text/event-stream", body).messages.stream(**ASKED) as stream:
        assert "".join(stream.text_stream) == "Hello"
        message = stream.get_final_message()
    assert message.stop_reason == "max_tokens"
    assert (message.usage.input_tokens, message.usage.output_tokens) == (7, 2)


def test_the_sdk_reads_an_error_in_a_stream(served: Serve) -> None:
    writer = StreamRenderer(id="msg_1", model="m", created=5)
    problem = Problem(code="x", message="Too many.", blame="provider", status=529)
    body = writer.render(TextDelta("On")) + writer.render(Broken(problem))
    client = served(200, "text/event-stream", body)
    with (
        client.messages.stream(**ASKED) as stream,
        pytest.raises(anthropic.APIStatusError, match="overloaded_error") as caught,
    ):
        stream.get_final_message()
    assert caught.value.type == "overloaded_error"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, anthropic.BadRequestError),
        (401, anthropic.AuthenticationError),
        (403, anthropic.PermissionDeniedError),
        (404, anthropic.NotFoundError),
        (429, anthropic.RateLimitError),
        (500, anthropic.InternalServerError),
        (529, anthropic.InternalServerError),
    ],
)
def test_the_sdk_reads_an_error(served: Serve, status: int, kind: type[Exception]) -> None:
    problem = Problem(code="x", message="Oh.", blame="provider", status=status)
    told, body = ANTHROPIC_MESSAGES.render_error(problem)
    client = served(told, "application/json", body)
    with pytest.raises(kind, match=r"Oh\."):
        client.messages.create(**ASKED)
