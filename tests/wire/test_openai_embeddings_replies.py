"""Replies of embeddings as providers send them, one small file for each oddity."""

from pathlib import Path

import pytest

from filon.conversation.events import Broken, Done, Started, UsageReported
from filon.conversation.usage import Usage
from filon.protocols.openai_embeddings.protocol import OPENAI_EMBEDDINGS

FOLDER = Path(__file__).parent / "openai_embeddings"
TWO = Usage(input_tokens=2, output_tokens=0)

# The id, the model and the counts that each file must give.
EXPECTED: dict[str, tuple[str | None, str, Usage | None]] = {
    "base64": (None, "text-embedding-3-small", TWO),
    "completion_tokens": ("emb-1", "mistral-embed", TWO),
    "no_usage": (None, "models/gemini-embedding-001", None),
    "cost": (
        "gen-emb-1",
        "openai/text-embedding-3-small",
        Usage(input_tokens=2, output_tokens=0, cost_usd=4e-08),
    ),
    "total_alone": (None, "e", TWO),
    "several_types": (None, "e", None),
}
ERRORS = {"whole_error": "slow down"}


def test_every_file_is_expected() -> None:
    assert {file.stem for file in FOLDER.iterdir()} == {*EXPECTED, *ERRORS}


@pytest.mark.parametrize("name", EXPECTED)
def test_it_is_read_and_keeps_its_bytes(name: str) -> None:
    body = (FOLDER / f"{name}.json").read_bytes()
    id, model, usage = EXPECTED[name]
    reader = OPENAI_EMBEDDINGS.open_reader()
    for start in range(0, len(body), 7):
        assert reader.read(body[start : start + 7]) == []
    (piece,) = reader.end()
    counted = (UsageReported(usage),) if usage else ()
    assert piece.events == (Started(id=id, model=model), *counted, Done())
    renamed = OPENAI_EMBEDDINGS.edit_reply(piece.raw, "e/alias")
    assert renamed == body.replace(b'"model":"%b"' % model.encode(), b'"model":"e/alias"')


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_under_200_is_one(name: str) -> None:
    (event,) = OPENAI_EMBEDDINGS.parse_reply((FOLDER / f"{name}.json").read_bytes())
    assert isinstance(event, Broken)
    assert ERRORS[name] in event.problem.message
