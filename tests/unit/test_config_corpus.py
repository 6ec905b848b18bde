"""People's own librechat.yaml files: every one loads and says something sensible.

Where the collection is not at hand, small files of our own take its place.
"""

from pathlib import Path

import pytest

from filon.config.load import Read, read_config
from filon.protocols.registry import PROTOCOLS
from filon.providers import placeholders

CORPUS = Path(__file__).parents[2].parent / "shared" / "corpus" / "librechat"
EXAMPLES = Path(__file__).parent / "fixtures" / "librechat"

FILES = sorted(CORPUS.glob("*.yaml")) or sorted(EXAMPLES.glob("*.yaml"))


class EveryVariable(dict[str, str]):
    """An environment in which every variable is set."""

    def __contains__(self, name: object) -> bool:
        return True

    def __getitem__(self, name: str) -> str:
        if name.endswith(("URL", "CLIENT", "REVERSE_PROXY")):
            return "https://gateway.example/v1"
        return f"value-of-{name.lower()}"


def read(path: Path, environ: dict[str, str]) -> Read:
    return read_config(path, environ)


def test_there_are_files() -> None:
    assert FILES
    assert sorted(EXAMPLES.glob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_of_the_wild_loads(path: Path) -> None:
    result = read(path, {})
    assert result.file.verdicts
    lines = len(path.read_text(encoding="utf-8").splitlines())
    for verdict in result.file.verdicts:
        assert 1 <= verdict.line <= lines
        assert verdict.column >= 1
        assert "\n" not in verdict.message
    assert [one.line for one in result.file.verdicts] == sorted(
        one.line for one in result.file.verdicts
    )
    names = [endpoint.name for endpoint in result.endpoints]
    assert len(set(names)) == len(names)
    for endpoint in result.endpoints:
        assert endpoint.key.value is None or "${" not in endpoint.key.value
        assert endpoint.origin.source == path.name
        assert (endpoint.state == "ready") == (endpoint.reason is None)
        assert not any("${" in value for value in endpoint.headers.values())
        named = {name for text in endpoint.headers.values() for name in placeholders.named(text)}
        assert named <= placeholders.FILLED


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_with_every_variable_set_nothing_is_missing(path: Path) -> None:
    result = read(path, EveryVariable())
    assert "unset-variable" not in [one.code for one in result.file.verdicts]
    spoken = [endpoint for endpoint in result.endpoints if endpoint.protocol in PROTOCOLS]
    for endpoint in spoken:
        # A second dollar sign stays in the address, which is then none.
        if endpoint.key.source != "user_provided" and not endpoint.base_url.startswith("$"):
            assert endpoint.state == "ready", endpoint.reason
            assert "${" not in endpoint.base_url


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_each_file_has_its_list_of_keys_without_effect(path: Path) -> None:
    idle = read(path, {}).idle
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [(one.line, one.column) for one in idle] == sorted((o.line, o.column) for o in idle)
    for one in idle:
        name = one.path.rpartition(".")[2].partition("[")[0]
        assert name in lines[one.line - 1]
