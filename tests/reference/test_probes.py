"""Every key of LibreChat's schema, with values of every kind: refused by us where it refuses."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

from filon.config.environment import Environment
from filon.config.notes import Notes
from filon.config.structure import look
from filon.config.yaml import parse
from tests.reference.reader import Reader
from tests.reference.test_shape import Shape, opened, options

# Written as YAML would have them; a date can only be had without quotes.
PROBES = (
    *("null", "true", '"yes"', '""', '" "', '"a"', '"https://example.com/a"', '"${NAME}"'),
    *("-1", "0", "0.5", "1", "2", "30000", "1.0e+15", ".nan", ".inf", "2024-01-01"),
    *("[]", '["a"]', "[1]", "[null]", "{}", "{a: b}", "{a: 1}", "{a: {}}", "{enabled: true}"),
)
MARK = "@here@"
THOROUGH = settings.get_current_profile_name() == "wild"

# Where we differ on purpose, by path and probe: None for any.
DIFFERENCES = {
    ("endpoints.custom[].models", None): "a missing default is told where endpoints are read",
    ("endpoints.custom[].name", None): "the reserved names are told where endpoints are read",
    ("endpoints.custom[].customParams.defaultParamsEndpoint", None): (
        "LibreChat looks at it after the schema, and does not start"
    ),
    ("endpoints.custom[].customParams.paramDefinitions[].key", None): "likewise",
    ("mcpServers.*.url", '"${NAME}"'): "an unset variable is told where variables are",
    **{
        (f"mcpServers.*.oauth.{key}", '"${NAME}"'): "likewise"
        for key in ("authorization_url", "token_url", "redirect_uri", "revocation_endpoint")
    },
}


def smallest(shape: Shape) -> Any:
    """The smallest value that passes."""
    inner, _, _, _ = opened(shape)
    match inner["kind"]:
        case "map":
            return {
                key: {**smallest(one), **RIGHT[key]} if key in RIGHT else smallest(one)
                for key, one in inner["keys"].items()
                if not opened(one)[1] or key == "type"
            }
        case "list":
            return [smallest(inner["of"])] if inner["least"] else []
        case "union":
            return smallest(options(inner)[0])
        case "choice":
            return inner["values"][0]
        case "number":
            checks = inner["checks"]
            return max(checks.get("min", 0), checks.get("over", 0) + 1 if "over" in checks else 0)
        case "text":
            return "https://example.com" if "url" in inner["checks"] else "aaaaaaaaaaaaaaaaaaaaaaaa"
        case "flag":
            return True
        case _:
            return {}


def places(shape: Shape, path: str) -> Iterator[tuple[str, Any]]:
    """Each path with a file, as data, that has MARK there and is right elsewhere."""
    if path:
        yield path, MARK
    inner, _, _, _ = opened(shape)
    match inner["kind"]:
        case "map":
            yield from places_of_keys(inner, path)
        case "list":
            yield from ((at, [value]) for at, value in places(inner["of"], f"{path}[]"))
        case "record":
            yield from ((at, {"any": value}) for at, value in places(inner["of"], f"{path}.*"))
        case "union":
            for one in options(inner):
                yield from (found for found in places(one, path) if found[0] != path)
        case _:
            pass


def places_of_keys(shape: Shape, path: str) -> Iterator[tuple[str, Any]]:
    section = path.rpartition(".")[2].removesuffix("[]")
    least: dict[str, Any] = smallest(shape)
    whole = {**least, **RIGHT.get(section, {})}
    for key, one in shape["keys"].items():
        for at, value in places(one, f"{path}.{key}".strip(".")):
            yield at, {**whole, key: value}
    yield f"{path}.unknown".strip("."), {**whole, "unknown": MARK}


# What a key must hold that a check looks at, not its kind.
RIGHT: dict[str, dict[str, str]] = {
    "paramDefinitions": {"key": "temperature"},
    "preset": {"endpoint": "openAI"},
}

# Parts that stand in many places, looked at in one of them.
AGAIN = ("activity", "reasoningLabel", "ApiKeyPreview")
SEEN_ELSEWHERE = tuple(
    f"filters.{name}."
    for name in (
        *("prompts", "agentInstructions", "conversationStarters", "conversationTitles"),
        *("feedback", "skills", "memories", "toolArguments", "modelParameters", "actionMetadata"),
    )
)


def is_looked_at(path: str) -> bool:
    if path.startswith(SEEN_ELSEWHERE) and not path.endswith((".pii", ".fields")):
        return False
    return path.startswith("endpoints.all") or not any(one in path for one in AGAIN)


def refuses(text: str) -> bool:
    document = parse(text)
    notes = Notes(document.text, document.root)
    if document.root is not None:
        look(document.root, notes, Environment(), own=False)
    return any(one.level == "error" for one in (*document.verdicts, *notes.verdicts))


@pytest.fixture(scope="module")
def found(reader: Reader) -> list[tuple[str, str]]:
    """Each place with the text of a file that has a mark there."""
    made: dict[str, str] = {}
    for path, value in places(reader.shape(), ""):
        made.setdefault(path, json.dumps(value))
    return [(path, text) for path, text in made.items() if is_looked_at(path)]


def test_there_are_many(found: list[tuple[str, str]]) -> None:
    assert len(found) > 600


@pytest.mark.parametrize("probe", PROBES)
def test_every_key(probe: str, found: list[tuple[str, str]], reader: Reader) -> None:
    first = PROBES.index(probe)
    # All of them take a minute: each key meets a sixth of the values, unless asked otherwise.
    chosen = found if THOROUGH else found[first % 6 :: 6]
    texts = [text.replace(f'"{MARK}"', probe) for _, text in chosen]
    theirs = reader.refusals(texts)
    differ = [
        f"{path}: {'they' if refused else 'we'} refuse {probe}"
        for (path, _), text, refused in zip(chosen, texts, theirs, strict=True)
        if refuses(text) != refused
        and (path, None) not in DIFFERENCES
        and (path, probe) not in DIFFERENCES
    ]
    assert differ == []
