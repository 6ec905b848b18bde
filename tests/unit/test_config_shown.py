"""A configuration as it is shown holds no secret, and every letter stands where it stood."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filon.config.environment import Environment, parse_dotenv
from filon.config.named import named_variables
from filon.config.shown import is_secret_key, masked
from filon.config.yaml import parse

FILE = """version: 1.2.1
x-anchor: &odd SECRETanchored
endpoints:
  custom:
    - name: A
      apiKey: "SECRET-abcdef-1"   # keep this
      baseURL: "https://user:SECRETpass@host/v1?api-key=SECRETquery&x=1"
      headers:
        X-Custom: SECRETcustom
        Content-Type: application/json
        Authorization: "Bearer SECRETbearer"
        x-mixed: "${TOKEN}-SECRETtail"
      models: {default: [a, b], fetch: true}
      addParams: {max_tokens: 5, apiKey: SECRETflow, k: '${NOT}'}
    - {name: B, apiKey: '${B_KEY}', headers: {x-a: SECREThh, Accept: 'yes'}}
    - name: C
      apiKey: *odd
      token: |
        SECRETblock1
        SECRETblock2
      modelDisplayLabel: C
      # apiKey: SECRETcomment
    - name: D
      apiKey:
        SECRETnext
      customParams:
        paramDefinitions:
          - key: top_p
            default: 0.9
      maxTokens: 5
    - name: E
      apiKey: user_provided
mcpServers:
  s:
    headers: {Authorization: "Bearer ${X}"}
    env:
      GITHUB_TOKEN: SECRETgh
    oauth:
      client_secret: SECRETcs
# sk-SECRET0123456789 was the old one
"""
KEPT = (
    "# keep this",
    "Content-Type: application/json",
    '"Bearer ************"',
    "${TOKEN}",
    "'${NOT}'",
    "apiKey: '${B_KEY}'",
    "Accept: 'yes'",
    "- key: top_p",
    "maxTokens: 5",
    "apiKey: user_provided",
    "&odd ",
    "*odd",
    "modelDisplayLabel: C",
    "https://",
)


@pytest.mark.parametrize("readable", [True, False])
def test_no_secret_is_left_and_all_else_is(readable: bool) -> None:
    """Also of a file that is no YAML, such as one in which somebody is just typing."""
    text = FILE if readable else FILE + "broken: [\n"
    root = parse(text).root
    assert (root is not None) == readable
    shown = masked(text, root)
    assert "SECRET" not in shown
    assert len(shown) == len(text)
    for part in KEPT:
        assert part in shown


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("apiKey", True),
        ("OPENAI_API_KEY", True),
        ("x-goog-api-key", True),
        ("accessToken", True),
        ("client_secret", True),
        ("Authorization", True),
        ("key", False),
        ("max_tokens", False),
        ("maxTokens", False),
        ("titleModel", False),
        ("publicKeyName", False),
    ],
)
def test_secret_names(name: str, secret: bool) -> None:
    assert is_secret_key(name) is secret


LINES = st.lists(
    st.sampled_from([line for line in FILE.splitlines() if line.strip()])
    | st.text(alphabet="ab:#-{}[]'\"|&*$ \t\\", max_size=20),
    max_size=12,
)


@given(LINES)
def test_any_text_keeps_its_length_and_its_lines(lines: list[str]) -> None:
    text = "\n".join(lines)
    shown = masked(text, parse(text).root)
    assert len(shown) == len(text)
    assert [len(line) for line in shown.split("\n")] == [len(line) for line in text.split("\n")]
    changed = [(was, now) for was, now in zip(text, shown, strict=True) if was != now]
    assert all(now == "*" for _, now in changed)


WORDS = st.text(
    alphabet="abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./+=", min_size=8
).filter(lambda word: not re.fullmatch(r"[-.]+.*|.*=", word))


@given(WORDS, st.sampled_from(["{}", '"{}"', "'{}'", "\n        {}", "|\n        {}", "  {} # x"]))
def test_a_literal_key_is_never_shown(word: str, style: str) -> None:
    value = style.format(f"K3y{word}")
    text = f"endpoints:\n  custom:\n    - name: a\n      apiKey: {value}\n      titleConvo: true\n"
    for whole in (text, text + "broken: ["):
        assert word not in masked(whole, parse(whole).root)


def test_what_was_written_to_be_slow_is_not() -> None:
    for part in ("a: {", "apiKey: '", "headers:\n ", "token: |\n  x\n", "{apiKey: ${"):
        text = part * 1000
        assert len(masked(text, None)) == len(text)


def test_variables_are_told_with_where_they_come_from() -> None:
    text = (
        "a: ${ONE}\nb: '${TWO} ${ONE}'\nc: ${EMPTY}\nd: ${JWT_SECRET}\n# ${COMMENT}\n"
        "e: ${THREE}\nf: ${NONE}\n"
    )
    root = parse(text).root
    assert root is not None
    file = parse_dotenv("\nONE=aside\nTWO=x\nEMPTY=\n", ".env")
    environment = Environment({"ONE": "own", "THREE": "y", "JWT_SECRET": "z"}, file)
    told = {one.name: one for one in named_variables(root, environment)}
    assert list(told) == ["ONE", "TWO", "EMPTY", "JWT_SECRET", "THREE", "NONE"]
    assert (told["ONE"].lines, told["ONE"].place, told["ONE"].passed_over) == (
        (1, 2),
        None,
        ".env:2",
    )
    assert (told["TWO"].state, told["TWO"].place) == ("set", ".env:3")
    assert told["EMPTY"].state == "empty"
    assert told["JWT_SECRET"].state == "withheld"
    assert (told["THREE"].state, told["THREE"].place) == ("set", None)
    assert told["NONE"].state == "unset"
