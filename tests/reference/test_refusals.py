"""A file is refused by us exactly where LibreChat would not start with it."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from filon.config.load import read_config
from tests.reference.reader import Reader

ROOT = Path(__file__).parents[2]
CORPUS = ROOT.parent / "shared" / "corpus" / "librechat"
OWN = ROOT / "tests" / "unit" / "fixtures" / "librechat"
FILES = sorted(CORPUS.glob("*.yaml")) + sorted(OWN.glob("*.yaml"))


# Errors of ours for which LibreChat would start all the same, and why they are errors.
ALONE = {
    "missing-key": "LibreChat leaves the endpoint out, and says nothing",
    "preset-skipped": "LibreChat leaves the preset out, with a line in its log",
    "bad-value": "LibreChat looks at paramDefinitions after the schema, and does not start",
}
_STARTS = re.compile(r"leaves the endpoint out|skips the preset|and does not start")


def refused(path: Path, variables: Mapping[str, str] | None = None) -> list[str]:
    """What we say LibreChat refuses."""
    verdicts = read_config(path, variables or {}).file.verdicts
    errors = [one for one in verdicts if one.level == "error"]
    alone = [one for one in errors if one.code in ALONE and _STARTS.search(one.message)]
    return [f"{one.line}: {one.message}" for one in errors if one not in alone]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_files(path: Path, reader: Reader) -> None:
    text = path.read_text(encoding="utf-8")
    ours, theirs = refused(path), reader.refused(text)
    assert bool(ours) == bool(theirs), (ours, reader.why(text))
