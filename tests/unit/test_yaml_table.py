"""Our reader against js-yaml's own answers, computed once (fixtures/js_yaml_table.mjs)."""

import json
import math
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from filon.config import yaml

TABLE: dict[str, Any] = json.loads(
    (Path(__file__).parent / "fixtures" / "js_yaml_table.json").read_text(encoding="utf-8")
)

# Where libyaml's scanner is stricter or laxer than js-yaml's, and why that is left.
DIFFERENT = {
    "v: |\n  \tx\n": "libyaml refuses a tab that begins the first line of a block",
    'v: "a\x7fb"\n': "DEL is allowed in double quotes there",
    "# \x01\na: 1\n": "comments are not looked at there",
    "...\n": "an end without a document",
    "%FOO bar\n---\na: 1\n": "unknown directives are passed over there",
    "y:\n  !!merge <<: {a: 1}\n": "js-yaml trips over the tag",
    "&x a: 1\nb: *x\n": "js-yaml takes the anchor for the whole map's",
    "a: {: 1}\n": "a key left empty",
    "a: [a?b, ?c]\n": "a question mark without a space",
    "a: [-]\n": "a lone hyphen",
    "2024-01-01: a\n": "a date as a key is spelled in the machine's time zone there",
}


def told(node: yaml.Node | None) -> Any:
    if node is None:
        return {"is": None}
    value = node.value
    match node.kind:
        case "map":
            return {"map": [[entry.key, told(entry.node)] for entry in node.entries]}
        case "list":
            return {"list": [told(item) for item in node.items]}
        case "binary":
            return {"bytes": value.hex()}
        case "date":
            assert isinstance(value, datetime)
            return {"date": value.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"}
        case "number" if isinstance(value, float) and not math.isfinite(value):
            return {"number": {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[str(value)]}
        case _:
            return {"is": value}


@pytest.mark.parametrize("row", TABLE["rows"], ids=lambda row: repr(row["text"])[:50])
def test_reads_as_js_yaml(row: dict[str, Any]) -> None:
    document = yaml.parse(row["text"])
    errors = [verdict for verdict in document.verdicts if verdict.level == "error"]
    if row["text"] in DIFFERENT:
        assert bool(errors) != ("error" in row) or told(document.root) != row.get("value")
    elif "error" in row:
        assert errors, f"js-yaml says: {row['error']}"
    else:
        assert not errors
        # js-yaml tells an empty text from one of comments alone; to us neither holds anything.
        expected = {"is": None} if row["value"] == {"undefined": True} else row["value"]
        assert told(document.root) == expected
