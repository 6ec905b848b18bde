"""Each row of the order of operations: Filon sends what the row says, and differs from LibreChat
where the row says why. `docs/differences.md` shows the same rows."""

import json
from pathlib import Path
from textwrap import indent
from typing import Any

import pytest
from msgspec.structs import replace

from filon.config.load import read_config
from filon.conversation.message import say
from filon.conversation.request import ChatRequest
from filon.pipeline.stages.translate import translate
from filon.pipeline.turn import Caller, begin
from filon.trace.records import Body, Received, Translated
from tests.unit.order_rows import Row, Values, page, rows

_EVERYWHERE = ("stream", "stream_options", "user")
_HEADERS = ("http-referer", "x-title", "openai-organization")


def sent(row: Row, folder: Path) -> Translated:
    """What this row's file makes of what was asked."""
    entry = (
        f"name: One\napiKey: key-1234\nbaseURL: {row.address}\n"
        f"models: {{default: [{row.model}]}}\n{row.file}\n"
    )
    listed = "    - " + indent(entry, "      ").lstrip()
    path = folder / "librechat.yaml"
    path.write_text(f'version: "1.3.13"\nendpoints:\n  custom:\n{listed}', encoding="utf-8")
    endpoint = read_config(path, dict(row.variables)).endpoints[0]
    request = ChatRequest(
        model=f"One/{row.model}",
        messages=(say("user", "Hello"),),
        parameters=dict(row.asked),
        stream=True,
    )
    turn = begin(
        Caller(kind="chat", owner_id=1, by="session"),
        request,
        Received(protocol="filon_chat", path="test", body=Body(b"")),
    )
    turn = translate(replace(turn, endpoint=endpoint, model=row.model))
    return next(one for one in turn.records if isinstance(one, Translated))


def wire(made: Translated) -> dict[str, Any]:
    """The request as a row writes it."""
    body = json.loads(made.body.data)
    assert body.pop("messages") == [{"role": "user", "content": "Hello"}]
    body.pop("model")
    headers = {f"(header {name})": text for name, text in made.headers if name in _HEADERS}
    path = "/chat/completions"
    return body | headers | ({} if made.url.endswith(path) else {"(path)": made.url})


def compared(row: Row, values: Values) -> dict[str, Any]:
    """What the row is about."""
    return {name: v for name, v in values.items() if row.whole or name not in _EVERYWHERE}


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row.file or 'asked'} {dict(row.asked)}")
def test_filon_sends_what_the_row_says(row: Row, tmp_path: Path) -> None:
    made = sent(row, tmp_path)
    assert compared(row, wire(made)) == dict(row.filon)
    # Whatever was asked or configured has a decision that says what became of it.
    told = {one.sent_as for one in made.decisions if one.sent_as is not None}
    assert told == {name for name in wire(made) if not name.startswith("(")}


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row.file or 'asked'} {dict(row.asked)}")
def test_a_difference_has_a_reason_and_nothing_else_has(row: Row) -> None:
    assert (dict(row.librechat) != dict(row.filon)) == (row.why is not None)


def test_the_page_is_fresh() -> None:
    written = Path(__file__).parents[2] / "docs" / "differences.md"
    assert written.read_text(encoding="utf-8") == page(), (
        "run: python -m tests.unit.order_rows > docs/differences.md"
    )
