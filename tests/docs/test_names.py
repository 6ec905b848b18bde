"""What the program has is named in the pages, and what the pages name is in the program."""

import ast
import re
import tomllib
from pathlib import Path
from typing import Any, cast, get_args

import pytest
import typer.main

from filon.cli.main import app
from filon.providers.catalog import manifests
from filon.server.app import RAW_ROUTES
from filon.server.browser import create_api
from filon.trace.records import AnyRecord
from tests.docs.pages import PACKAGE, ROOT, Page, all_pages, decisions, page

# A file, and perhaps a name in it: `server/app.py:create_app`.
REFERENCE = re.compile(r"([\w./-]+\.(?:py|tsx?|md|toml)|[\w./-]+/)(?::([\w.]+))?")
PLACEHOLDER = re.compile(r"NAME|NOUN|NNNN|\*")


def commands(command: Any, name: str = "filon") -> list[str]:
    """A command with all that are below it, as one types them."""
    below = cast("dict[str, Any]", getattr(command, "commands", {}))
    if not below:
        return [name]
    return [line for word, each in below.items() for line in commands(each, f"{name} {word}")]


@pytest.mark.parametrize("readme", ["README.md", "README.es.md"])
def test_every_command_is_in_the_readme(readme: str) -> None:
    told = page(readme).code
    named = commands(typer.main.get_command(app))
    assert "filon trace curl" in named
    missing = [
        name for name in named if not any(f"{code} ".startswith(f"{name} ") for code in told)
    ]
    assert missing == []


def test_every_part_is_in_architecture() -> None:
    told = page("ARCHITECTURE.md")
    stages = [path.stem for path in (PACKAGE / "pipeline" / "stages").glob("[a-z]*.py")]
    records = [record.__name__ for record in get_args(AnyRecord)]
    assert len(stages) == 7
    assert [name for name in (*stages, *records) if name not in told.code] == []
    providers = {manifest.name for manifest in manifests() if manifest.kind != "practice"}
    listed = page("docs/providers/README.md").links
    assert [name for name in providers if f"{name}.md" not in listed] == []


def test_architecture_lists_the_layers_as_they_are_held() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers: list[str] = contracts["contracts"][0]["layers"]
    told = page("ARCHITECTURE.md")
    section = told.prose.partition("## Layers")[2].partition("\n## ")[0]
    listed = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
    assert listed == [name for name in layers if not name.startswith("(")]
    planned = {name.strip("()") for name in layers if name.startswith("(")} - {"__main__"}
    assert planned <= told.code


def test_every_route_is_in_the_pages() -> None:
    told = without_names("\n".join(each.text for each in all_pages()))
    paths = cast("dict[str, Any]", create_api(None).openapi()["paths"])
    assert "/api/chat/send" in paths
    assert [path for path in paths if not is_told(without_names(path), told)] == []
    doors = [f"{route.method} {route.path}" for route in RAW_ROUTES]
    assert [door for door in doors if without_names(door) not in told] == []


def without_names(text: str) -> str:
    """Paths with the names of their parts taken out: `/api/traces/{}`."""
    return re.sub(r"\{\w+\}", "{}", text)


def is_told(path: str, told: str) -> bool:
    """Whether the path stands there as a whole, and not as the beginning of another."""
    return re.search(rf"{re.escape(path)}(?![\w/{{-])", told) is not None


@pytest.mark.parametrize(
    "each",
    [page("ARCHITECTURE.md"), page("CONTRIBUTING.md"), *decisions()],
    ids=lambda each: each.path.name,
)
def test_what_a_page_names_is_there(each: Page) -> None:
    assert [code for code in sorted(each.code) if not is_there(code)] == []


def is_there(code: str) -> bool:
    """Whether a reference leads to a file, and to a name in it; what is no reference is fine."""
    found = REFERENCE.fullmatch(code)
    if found is None or code.startswith((".", "/")) or PLACEHOLDER.search(code):
        return True
    path, name = found.groups()
    file = next((base / path for base in (ROOT, PACKAGE) if (base / path).exists()), None)
    return file is not None and (name is None or name in names_of(file))


def names_of(file: Path) -> set[str]:
    """What a module defines: functions, classes with their methods, values."""
    found: set[str] = set()
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        match node:
            case ast.ClassDef(name=name, body=body):
                inner = (each for each in body if isinstance(each, FUNCTIONS))
                found |= {name, *(f"{name}.{each.name}" for each in inner)}
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                found.add(name)
            case ast.Assign(targets=targets):
                found |= {target.id for target in targets if isinstance(target, ast.Name)}
            case ast.AnnAssign(target=ast.Name(id=name)):
                found.add(name)
            case _:
                pass
    return found


FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@pytest.mark.parametrize(
    "code", ["server/nothing.py", "server/chats.py:Chats.sing", "pipeline/stanzas/"]
)
def test_a_name_that_leads_nowhere_is_found(code: str) -> None:
    assert not is_there(code)
