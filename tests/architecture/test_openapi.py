"""The browser's types are those of the server's API, and the doors are described as they are."""

import hashlib
import json
from pathlib import Path

import pytest

from filon.server.app import RAW_ROUTES
from filon.server.describe import openapi
from filon.server.described import document

FRONTEND = Path(__file__).parents[2] / "frontend"


def test_the_description_is_up_to_date() -> None:
    written = (FRONTEND / "openapi.json").read_text(encoding="utf-8")
    assert written == openapi(), "run `make types` and commit what it changes"


def test_the_types_are_made_from_the_description() -> None:
    stamp = hashlib.sha256((FRONTEND / "openapi.json").read_bytes()).hexdigest()
    first = (FRONTEND / "src/api/schema.gen.ts").read_text(encoding="utf-8").splitlines()[0]
    assert stamp in first, "run `make types` and commit what it changes"


def test_every_door_is_described_as_it_is() -> None:
    told = json.loads(document(f"{route.method} {route.path}" for route in RAW_ROUTES))
    for route in RAW_ROUTES:
        operation = told["paths"][route.path][route.method.lower()]
        assert (operation.get("security") == []) == (route.authorisation == "open")
        assert ("requestBody" in operation) == (route.method == "POST")
        error = operation["responses"]["4XX"]["content"]["application/json"]["schema"]["$ref"]
        anthropics = route.protocol == "anthropic_messages"
        assert error.endswith("/AnthropicError" if anthropics else "/OpenAIError")


def test_a_door_that_is_not_described_is_found() -> None:
    with pytest.raises(KeyError):
        document(["GET /v1/secrets"])
