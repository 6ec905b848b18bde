"""Our YAML is js-yaml's: every text gives the same value in both, or both refuse it."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from filon.config.yaml import parse
from tests.reference.reader import Reader, same, told

ROOT = Path(__file__).parents[2]
CORPUS = sorted((ROOT.parent / "shared" / "corpus" / "librechat").glob("*.yaml"))
OWN = sorted((ROOT / "tests" / "unit" / "fixtures" / "librechat").glob("*.yaml"))
# Texts on which the two may differ, and why that is left. No configuration has these.
DIFFERENCES = {
    r"\t": "libyaml refuses tabs in places where js-yaml takes them for spaces",
    r"^\.\.\.": "an end without a document",
    r"[&*](?!\w)": "an anchor or an alias without a name",
    r"![^\s]*[,\]}]": "a tag before a comma or a bracket, which js-yaml takes for a part of it",
    r"^[|>]": "a block of text that is the whole document",
    r"&\w+[\s:!]": "js-yaml takes the anchor before a key for the whole map's",
    r"[\[,] *-(?![\w.])": "a lone hyphen in brackets",
    r"\?(?! )|\? ": "a question mark without a space, and a key of more than a line",
    r"---": "the beginning of a document that stands elsewhere",
    r"!(?![\w!])": "a lone exclamation mark",
    r"^%": "unknown directives",
    r"<<": "js-yaml trips over a merge key of a tag, or in brackets",
    r"[\[{,] *:": "an empty key in brackets",
    r"2024-\d\d-\d\d": "a date as a key is spelled in the machine's time zone there",
}
_ODD = re.compile("|".join(DIFFERENCES), re.MULTILINE)


def ours(text: str) -> tuple[Any] | None:
    """Our value, or None where the text is refused."""
    document = parse(text)
    if any(one.level == "error" for one in document.verdicts):
        return None
    return (told(document.root.plain() if document.root else None),)


def agree(texts: list[str], reader: Reader) -> list[tuple[str, Any, Any]]:
    """The texts on which the two differ, with both values."""
    found: list[tuple[str, Any, Any]] = []
    for text, theirs in zip(texts, reader.yaml(texts), strict=True):
        value = None if theirs is None else (same(theirs[0]),)
        if ours(text) != value and not _ODD.search(text):
            found.append((text, ours(text), value))
    return found


@pytest.mark.parametrize("path", [*CORPUS, *OWN], ids=lambda path: path.name)
def test_files(path: Path, reader: Reader) -> None:
    assert agree([path.read_text(encoding="utf-8")], reader) == []


WORDS = (
    "a b yes no on off true True TRUE null ~ Null 1 -1 +1 0 00 010 0o17 0x1F 0b101 1_000 1.5 "
    ".5 5. 1e3 1.e+3 .inf -.Inf .nan 12:30 1:2:3 2024-01-01 2024-1-1 2024-02-30 "
    "2024-01-01T10:20:30Z << = ! & * - ? : | > % @ ` 'a' \"b\" 'it''s' \"\\n\" \"\\x41\" '' "
    '"" #c a#b a:b http://x:80 {} [] {a:1} [a,b] ${A} {{b}} &x *x !!str !!int !!map !!seq '
    "!!null !!binary !!float !foo 9007199254740993 1e400 0x 0b2 08 1__0 _1 1_ +.inf . .. ... "
    "--- -- - .5e3 -0 +0 0.0 1.0 1e0 ñ 漢 🙂"
)
SCALARS: st.SearchStrategy[str] = st.sampled_from(WORDS.split(" "))
PIECES = st.sampled_from(
    ["\n", "\n  ", "\n    ", "\n- ", "\n  - ", ": ", ":", " ", ", ", "- ", "? ", "[", "]", "{", "}"]
    + [
        " #",
        "\t",
        "\r\n",
        "|\n  ",
        ">-\n  ",
        "|+\n",
        "&a ",
        "*a",
        "<<: ",
        "'",
        '"',
        "\\",
        "!!",
        "%",
    ]
    + ["---\n", "\n...\n", "key: ", "\nkey: ", "\n  key: ", "a: ", "\na: ", "\nb: "]
)
LOOSE = st.lists(SCALARS | PIECES, max_size=12).map("".join)

VALUES: st.SearchStrategy[str] = st.deferred(
    lambda: (
        SCALARS
        | st.lists(VALUES, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.lists(st.tuples(SCALARS, VALUES), max_size=3).map(_braces)
    )
)


def _braces(pairs: Sequence[tuple[str, str]]) -> str:
    return "{" + ", ".join(f"{key}: {value}" for key, value in pairs) + "}"


BLOCKS = st.lists(st.tuples(st.sampled_from(["", "  ", "    "]), SCALARS, VALUES), max_size=6).map(
    lambda lines: "".join(f"{indent}{key}: {value}\n" for indent, key, value in lines)
)
LISTS = st.lists(st.tuples(st.sampled_from(["", "  "]), VALUES), max_size=6).map(
    lambda lines: "".join(f"{indent}- {value}\n" for indent, value in lines)
)
# Without shrinking: the reader answers batches, and the shortest of a batch says enough.
BATCH = settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.filter_too_much,
        HealthCheck.large_base_example,
    ],
)


@BATCH
@given(st.lists(BLOCKS | LISTS | LOOSE | VALUES, min_size=20, max_size=40))
def test_made_up_texts(reader: Reader, texts: list[str]) -> None:
    assert agree(texts, reader) == []
