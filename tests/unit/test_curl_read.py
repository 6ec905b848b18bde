"""Pasted curl commands, as documentation and browsers have them: what would be sent is read, what
would run or open something is refused, and no key gets through."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filon.conversation.errors import InvalidRequest
from filon.trace.pasted import cmd, sh
from filon.trace.pasted.curl import CurlRead, read_curl

URL = "https://api.example.com/v1/chat/completions"
BODY = '{"model": "m-1", "messages": [{"role": "user", "content": "Hi"}]}'
KEY = "sk-proj-abcdefghijklmnopqrstuvwxyz0123456789"

AS_DOCUMENTED = {
    "openai": f"""curl {URL} \\
  -H "Content-Type: application/json" \\
  -H "Authorization: Bearer $OPENAI_API_KEY" \\
  -d '{BODY}'
""",
    "long options": f"""$ curl --location --request POST '{URL}' \\
--header 'Content-Type: application/json' \\
--header 'Authorization: Bearer ${{OPENAI_API_KEY}}' \\
--data-raw '{BODY}' | jq '.choices[0]'
""",
    "joined letters": f"curl -sSNXPOST -HContent-Type:application/json "
    f"-H'Authorization: Bearer $OPENAI_API_KEY' --url {URL} -d'{BODY}'",
    "heredoc": f"""```bash
curl {URL} -H "Authorization: Bearer $OPENAI_API_KEY" \\
  -H 'content-type: application/json' --data-binary @- <<'EOF' > out.json
{BODY}
EOF
```""",
    "piped": f"""printf %s '{BODY}' | curl --json @- {URL} \\
    --oauth2-bearer "$OPENAI_API_KEY"; echo done""",
    "powershell": f"""curl.exe {URL} `
  -H 'Content-Type: application/json' `
  -H "Authorization: Bearer $Env:OPENAI_API_KEY" -d '{BODY}'""",
    "cmd": f"""curl "{URL}" ^
  -H "Content-Type: application/json" ^
  -H "Authorization: Bearer %OPENAI_API_KEY%" ^
  -d "{BODY.replace('"', chr(92) + '"')}"
""",
    "a browser, for cmd": f"""curl ^"{URL}^" ^
  -H ^"Authorization: Bearer %OPENAI_API_KEY%^" ^
  -H ^"content-type: application/json^" ^
  --data-raw ^"{BODY.replace('"', "^" + chr(92) + '^"').replace("{", "^{")}^"
""",
    "a browser, for bash": f"curl '{URL}' -H 'Authorization: Bearer $OPENAI_API_KEY' "
    f"-H 'content-type: application/json' --data-raw $'{BODY}' --compressed --insecure",
    "windows line ends": f"curl {URL} \\\r\n -H 'content-type: application/json' \\\r\n"
    f" -H 'Authorization: Bearer $OPENAI_API_KEY' -d '{BODY}'\r\n",
    "after a setting": f"# Ask:\nexport A=1\nOPENAI_API_KEY=x curl {URL} -d '{BODY}' "
    "-H 'content-type: application/json' -H \"authorization: Bearer $OPENAI_API_KEY\"",
}


@pytest.mark.parametrize("name", AS_DOCUMENTED)
def test_as_it_is_documented(name: str) -> None:
    told = read_curl(AS_DOCUMENTED[name])
    assert (told.method, told.url) == ("POST", URL)
    assert json.loads(told.body or "") == json.loads(BODY)
    headers = {name.lower(): value for name, value in told.headers}
    assert headers["content-type"] == "application/json"
    assert headers["authorization"] == "Bearer $OPENAI_API_KEY"
    assert told.variables == ("OPENAI_API_KEY",)
    assert {note.code for note in told.notes} <= {"insecure_ignored", "option_unknown"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (f"curl {URL} -d @body.json", "file_refused"),
        (f"curl {URL} --data-binary @-", "file_refused"),
        (f"curl {URL} -d@/etc/passwd", "file_refused"),
        (f"curl {URL} -H @headers", "file_refused"),
        (f"curl {URL} -d @- < body.json", "file_refused"),
        (f"curl {URL} -F file=@x", "option_refused"),
        (f"curl {URL} -K config", "option_refused"),
        (f"curl {URL} -T x", "option_refused"),
        (f'curl {URL} -d "$(cat body.json)"', "runs_commands"),
        (f"curl {URL} -H `id` -d x", "runs_commands"),
        (f"cat body.json | curl {URL} -d @-", "runs_commands"),
        (f'curl {URL} -d \'{{"a": 1', "unclosed_quote"),
        (f'curl {URL} -d "x', "unclosed_quote"),
        (f"curl {URL} -d @- <<EOF\nx", "unclosed_quote"),
        (f"curl {URL} -H", "option_without_value"),
        ("curl -d x", "no_address"),
        ("curl http://[ -d x", "no_address"),
        ("wget http://h/", "no_curl"),
        ("", "no_curl"),
        ("import openai", "no_curl"),
    ],
)
def test_what_cannot_be_read_says_why(text: str, code: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_curl(text)
    assert refused.value.problem.code == code


@pytest.mark.parametrize(
    ("given", "name"),
    [
        (f"-H 'Authorization: Bearer {KEY}'", "Authorization"),
        (f"-H 'authorization: {KEY}'", "authorization"),
        (f'-H "x-api-key: {KEY}"', "x-api-key"),
        # In single quotes this is no variable, but a part of the key.
        (f"-H 'x-api-key: {KEY}$HOME'", "x-api-key"),
        (f"-H 'X-Custom-Token: {KEY}'", "X-Custom-Token"),
        (f"-u user:{KEY}", "authorization"),
        (f"--oauth2-bearer {KEY}", "authorization"),
        (f"-b session={KEY}", "cookie"),
    ],
)
def test_a_key_in_the_text_is_taken_out(given: str, name: str) -> None:
    told = read_curl(f"curl {URL} {given} -d '{BODY}'")
    shown = dict(told.headers)[name]
    assert KEY[:20] not in shown
    assert "*" * 8 in shown
    assert [note.code for note in told.notes] == ["key_taken_out"]


@pytest.mark.parametrize("url", [f"https://h/v1?key={KEY}&a=1", f"https://me:{KEY}@h/v1?a=1"])
def test_a_key_in_the_address_is_taken_out(url: str) -> None:
    told = read_curl(f"curl '{url}' -d x")
    assert KEY[:20] not in told.url
    assert "a=1" in told.url
    assert [note.code for note in told.notes] == ["key_taken_out"]


def test_what_changes_the_request_and_what_does_not() -> None:
    told = read_curl(f"curl -G {URL} -d a=1 -d b=2 -k -x http://proxy --odd -o out -m 5 -A me")
    assert (told.method, told.body) == ("GET", None)
    assert told.url == f"{URL}?a=1&b=2"
    assert dict(told.headers) == {"user-agent": "me"}
    assert [note.code for note in told.notes] == [
        "insecure_ignored",
        "route_ignored",
        "option_unknown",
    ]
    several = read_curl(f"curl {URL} -d a\ncurl {URL} -d b")
    assert [note.code for note in several.notes] == ["more_commands"]
    removed = read_curl(f"curl {URL} -H 'Accept:' -H 'X-Empty;' -d x")
    assert removed.headers == (("X-Empty", ""),)


def quoted_for_sh(word: str, style: int) -> str:
    if style == 0:
        return "'" + word.replace("'", "'\\''") + "'"
    if style == 1:
        return '"' + "".join(f"\\{one}" if one in '\\"$`' else one for one in word) + '"'
    if style == 2:
        return "$'" + "".join(f"\\U{ord(one):08x}" for one in word) + "'"
    return "".join("'\n'" if one == "\n" else f"\\{one}" for one in word) or "''"


WORDS = st.lists(
    st.tuples(
        st.text(st.characters(exclude_characters="\0\r", exclude_categories=["Cs"]), max_size=12),
        st.integers(0, 3),
    ),
    min_size=1,
    max_size=5,
)


@given(WORDS)
def test_words_are_those_that_a_shell_would_pass(words: list[tuple[str, int]]) -> None:
    line = " \\\n".join(quoted_for_sh(word, style) for word, style in words)
    (command,) = sh.commands(line)
    assert command.words == tuple(word for word, _ in words)


@given(st.lists(st.text('ab "\\^%&|<>(){}!é', max_size=10), min_size=1, max_size=4))
def test_words_are_those_that_windows_would_pass(words: list[str]) -> None:
    """Quoted as Python quotes for Windows, and then for cmd, as browsers do."""
    told: list[str] = []
    for word in words:
        slashed = ""
        for number, part in enumerate(word.split('"')):
            if number:
                slashed += '\\"'
            trailing = len(part) - len(part.rstrip("\\"))
            slashed += part + "\\" * trailing
        told.append('"' + slashed + '"')
    line = "".join(f"^{one}" if one in '"^%&|<>(){}!' else one for one in " ".join(told))
    found = cmd.command(line)
    assert [word.replace("$", "%") for word in found.words] == [
        word.replace("$", "%") for word in words
    ]


@given(st.text("curl -d '\"\\$`{}\n <EOF&|;^%x:@", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        told = read_curl(f"curl h {text}")
    except InvalidRequest:
        return
    assert isinstance(told, CurlRead)
