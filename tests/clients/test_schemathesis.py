"""What schemathesis makes of the published descriptions: nothing that it sends is answered with a
5xx, and every answer is as described.

A longer look by hand: `FILON_EXAMPLES=200 .venv/bin/python -m pytest -k schemathesis`.
"""

import asyncio
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from filon.providers.aliases import FIELDS
from filon.server.app import RAW_ROUTES
from filon.server.describe import openapi
from filon.server.security import COOKIE
from tests.clients.program import PYTHON, ROOT
from tests.journeys.site import Site

# By hand: how many requests to draw for each operation, beside those at the edges of its schema.
EXAMPLES = os.environ.get("FILON_EXAMPLES")

CHECKS = "not_a_server_error,status_code_conformance,response_schema_conformance"

# What these do would end the run or never end, or make later answers slow or fail on purpose.
LEFT_OUT = {
    "/api/sign-out": "ends the session that all others need",
    "/api/events": "a stream without end",
    "/api/endpoints/{name}/doctor": "a stream of steps, with its own waiting",
    "/api/practice/speed": "makes practice slow",
    "/api/practice/rules": "makes practice fail",
}

MODELS = ("practice/echo", "practice-anthropic/pocket", "practice-responses/pocket")


async def fuzz(site: Site, home: Path, document: Any, right: str, phase: str) -> str:
    """What schemathesis tells of a run that found nothing. `phase` is what is tried in every run:
    "coverage" of the schemas' edges, or "fuzzing" at random."""
    described = written(document, home)
    process = await asyncio.create_subprocess_exec(
        *(str(PYTHON), "-m", "tests.clients.fuzzing", "run", str(described), "-u", site.url),
        *("-H", right, "-c", CHECKS, "-n", EXAMPLES or "4"),
        *("--phases", "coverage,fuzzing" if EXAMPLES else phase),
        *("--seed", "7", "--generation-deterministic"),
        *("--continue-on-failure", "--request-timeout", "30", "--no-color", "--warnings", "off"),
        cwd=home,
        env={"PYTHONPATH": str(ROOT), "HOME": str(home), "PATH": os.environ["PATH"]},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    told, _ = await process.communicate()
    assert process.returncode == 0, told.decode()
    await site.quiet()
    assert "fault  " not in site.log.getvalue()
    return told.decode()


def written(document: Any, home: Path) -> Path:
    """The description as a file, in a folder that the program takes for its user's own."""
    described = home / "openapi.json"
    described.write_text(json.dumps(document), encoding="utf-8")
    return described


def knowing(document: Any, known: Mapping[str, Sequence[Any]]) -> None:
    """Lets fields and parameters of these names take what there is as well, in place: what is not
    there is only ever answered with 404."""
    for operations in document["paths"].values():
        for operation in operations.values():
            for one in operation.get("parameters", []):
                if one["name"] in known:
                    one["schema"] = {"anyOf": [{"enum": known[one["name"]]}, one["schema"]]}
    for shape in document["components"]["schemas"].values():
        properties = shape.get("properties", {})
        for name in properties.keys() & known.keys():
            properties[name] = {"anyOf": [{"enum": known[name]}, properties[name]]}


async def test_the_doors(site: Site, tmp_path: Path) -> None:
    document = (await site.ask("GET", "/v1/openapi.json")).json
    for route in RAW_ROUTES:
        operation = document["paths"][route.path][route.method.lower()]
        # A deadline that passes is a true 504.
        operation["parameters"] = [
            one for one in operation.get("parameters", []) if one["name"] != "x-filon-timeout"
        ]
        if "requestBody" in operation:
            body = operation["requestBody"]["content"]["application/json"]["schema"]
            fields = FIELDS.get(route.protocol, frozenset())
            body["properties"] = {name: {} for name in sorted(fields)} | body["properties"]
            embeds = route.protocol == "openai_embeddings"
            body["properties"]["model"] = {"enum": ["practice/pocket-embed"] if embeds else MODELS}
    knowing(document, {"id": MODELS})
    told = await fuzz(site, tmp_path, document, f"authorization: Bearer {site.key}", "fuzzing")
    assert f"Tested: {len(RAW_ROUTES)}" in told


async def test_the_api(site: Site, tmp_path: Path) -> None:
    asked = {"text": "Hello", "model": "practice/echo"}
    sent = (await site.browse("POST", "/api/chat/send", asked)).json
    await site.quiet()
    made = await site.browse("POST", "/api/keys", {"name": "to be changed"})
    known = {
        "conversation_id": [sent["conversation"]["id"]],
        "message_id": [sent["answer"]["id"], sent["message"]["id"]],
        "parent_id": [sent["answer"]["id"], sent["message"]["id"], None],
        "trace_id": [sent["answer"]["trace_id"]],
        "key_id": [made.json["key"]["id"]],
        "model": ["practice/echo"],
        "name": ["practice", "practice-mistral", "ollama"],
        "dialect": ["mistral", "practice"],
    }
    document = json.loads(openapi())
    for path in LEFT_OUT:
        del document["paths"][path]
    knowing(document, known)
    told = await fuzz(site, tmp_path, document, f"cookie: {COOKIE}={site.cookie}", "coverage")
    operations = sum(len(methods) for methods in document["paths"].values())
    assert f"Tested: {operations}" in told
