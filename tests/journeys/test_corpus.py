"""People's own configuration files: the server starts with each and shows its endpoints, and
`filon check` gives each a verdict.

Where the collection is not at hand, small files of our own take its place.
"""

import re
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from filon.cli import check
from filon.config.load import load
from tests.journeys.site import running

HERE = Path(__file__).resolve().parent
CORPUS = HERE.parents[1].parent / "shared" / "corpus" / "librechat"
FILES = sorted(CORPUS.glob("*.yaml")) or sorted(
    (HERE.parent / "unit" / "fixtures" / "librechat").glob("*.yaml")
)
LINE = re.compile(
    r"(?P<file>.+?):(\d+):(\d+): (?P<level>error|warning|note) F\d{3} [a-z0-9-]+ \S.*"
)


def test_there_are_files() -> None:
    assert len(FILES) >= 2


def named(path: Path) -> list[str]:
    """The names under endpoints.custom, read by another's parser."""
    try:
        document: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError:
        return []
    root = cast("dict[str, Any]", document or {})
    endpoints = cast("dict[str, Any]", root.get("endpoints") or {})
    custom = cast("list[Any]", endpoints.get("custom") or [])
    entries = [cast("dict[str, Any]", one) for one in custom if isinstance(one, dict)]
    return [str(one["name"]) for one in entries if one.get("name")]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
async def test_the_server_starts_with_it(path: Path, tmp_path: Path, template: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    settings = load({"FILON_LOCAL_SERVERS": "off"}, cwd=tmp_path, config=path, home=home, port=0)
    async with running(settings, template) as site:
        shown = (await site.browse("GET", "/api/endpoints")).json["endpoints"]
        kinds = {one["name"]: one["kind"] for one in shown}
        for name in named(path):
            assert name in kinds, f"{name} is not shown"
        assert kinds["practice"] == "practice"
        for one in shown:
            assert (one["state"] == "ready") == (one["reason"] is None), one["name"]
        custom = [one for one in shown if one["kind"] == "custom"]
        assert all(one["origin"]["line"] for one in custom)
        config = (await site.browse("GET", "/api/config")).json
        assert config["file"] == path.name
        status = (await site.browse("GET", "/api/status")).json
        levels = [verdict["level"] for verdict in config["verdicts"]]
        assert (status["errors"], status["warnings"]) == (
            levels.count("error"),
            levels.count("warning"),
        )
        reply = await site.program(
            {"model": "practice/echo", "messages": [{"role": "user", "content": "x"}]},
            headers={"x-practice-speed": "0"},
        )
        assert reply.status == 200


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_check_gives_it_a_verdict(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = check.run([str(path)])
    *told, sums = capsys.readouterr().out.splitlines()
    assert sums.startswith(f"{path}: ")
    matches = [match for line in told if (match := LINE.fullmatch(line))]
    if not matches:
        assert "nothing to say" in sums
    assert {match["file"] for match in matches} <= {str(path)}
    levels = {match["level"] for match in matches}
    assert code == (1 if "error" in levels else 0)
