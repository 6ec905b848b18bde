"""The browser's types are those of the server's API."""

import hashlib
from pathlib import Path

from filon.server.describe import openapi

FRONTEND = Path(__file__).parents[2] / "frontend"


def test_the_description_is_up_to_date() -> None:
    written = (FRONTEND / "openapi.json").read_text(encoding="utf-8")
    assert written == openapi(), "run `make types` and commit what it changes"


def test_the_types_are_made_from_the_description() -> None:
    stamp = hashlib.sha256((FRONTEND / "openapi.json").read_bytes()).hexdigest()
    first = (FRONTEND / "src/api/schema.gen.ts").read_text(encoding="utf-8").splitlines()[0]
    assert stamp in first, "run `make types` and commit what it changes"
