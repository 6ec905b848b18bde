"""The commands as a person types them, and the curl command as a shell runs it."""

import asyncio
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from filon.accounts.keys import PREFIX
from filon.trace.export.shells import curl
from filon.trace.export.source import source_of
from tests.journeys.conftest import RECORDED
from tests.journeys.process import filon
from tests.journeys.recorder import Recorder
from tests.journeys.replies import completion, spoken
from tests.journeys.site import ME, Site
from tests.waiting import LONG

HOSTILE = (
    'it\'s "quoted" $(touch {mark}) `touch {mark}` ; touch {mark} & | > < \\ \\\\ \\n %s %d !! '
    "\n$HOME ${{PATH}} #x *.yaml ~ '\"'\"' \t @file -d\r\n日本語 🪨 end'"
)


@pytest.fixture
def home(tmp_path: Path, template: Path) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    shutil.copyfile(template, home / "filon.db")
    return home


async def shell(command: str, folder: Path, environ: Mapping[str, str]) -> tuple[int, bytes, str]:
    """Runs a command line as a person's shell would."""
    process = await asyncio.create_subprocess_exec(
        "bash",
        "-c",
        command,
        cwd=folder,
        env={"PATH": os.environ["PATH"], **environ},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(LONG):
        out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out, err.decode()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "trace"),
        (("serve",), "--no-browser"),
        (("ask",), "endpoint/model"),
        (("check",), "configuration file"),
        (("trace",), "curl"),
        (("keys",), "revoke"),
    ],
)
async def test_help(home: Path, words: tuple[str, ...], told: str) -> None:
    done = await filon(home, *words, "--help")
    assert done.code == 0
    assert told in done.out
    assert done.err == ""


async def test_asking_and_looking_at_what_happened(home: Path) -> None:
    asked = await filon(home, "ask", "practice/echo", "Hello, ore.")
    assert asked.code == 0, asked.err
    assert "> Hello, ore." in asked.out
    figures, _, trace = asked.err.strip().rpartition("  ")
    assert " tok · free · TTFT " in figures
    assert trace.startswith("t_")
    listed = await filon(home, "trace", "list")
    (line,) = listed.out.splitlines()
    assert line.startswith(trace)
    assert "practice/echo" in line
    assert "complete" in line
    shown = await filon(home, "trace", "show", trace)
    for stage in ("received", "admitted", "assembled", "routed", "translated", "attempt"):
        assert f"\n{stage} " in shown.out
    as_json = await filon(home, "trace", "show", "last", "--json")
    records = json.loads(as_json.out)
    assert [record["type"] for record in records][-2:] == ["attempt", "settled"]
    assert records[-1]["outcome"] == "complete"
    repeated = await filon(home, "trace", "curl", "last")
    assert repeated.out.startswith("curl ")


async def test_asking_by_standard_input(home: Path, recorder: Recorder) -> None:
    recorder.answers(spoken("Grüße", " 🪨"))
    (home / "librechat.yaml").write_text(RECORDED % (recorder.url, recorder.url))
    prompt = "x" * 100_000 + "日本語"
    environ = {"REC_KEY": "sk-0123456789"}
    done = await filon(home, "ask", "rec/m-1", "-", stdin=prompt.encode(), environ=environ)
    assert (done.code, done.out) == (0, "Grüße 🪨\n"), done.err
    assert json.loads(recorder.last.body)["messages"][0]["content"] == prompt


async def test_asking_shows_no_terminal_commands(home: Path, recorder: Recorder) -> None:
    """What a model writes must not steer the reader's terminal."""
    recorder.answers(spoken("a\x1b[2J\x07b\x9b1m", "\u202ec"))
    (home / "librechat.yaml").write_text(RECORDED % (recorder.url, recorder.url))
    done = await filon(home, "ask", "rec/m-1", "x", environ={"REC_KEY": "sk-0123456789"})
    assert done.code == 0
    assert all(letter.isprintable() or letter == "\n" for letter in done.out), done.out


async def test_asking_in_vain_says_what_was_found(home: Path) -> None:
    """The words that gave it away, the likeliest cause, and what to do."""
    done = await filon(home, "ask", "practice/pocket:unsupported-parameter", "x")
    assert done.code == 1
    assert "(parameter_refused)" in done.err
    parts = [line.split()[0] for line in done.err.splitlines() if line.startswith("    ")]
    assert [part for part in parts if part in ("seen", "cause", "fix")] == ["seen", "cause", "fix"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("ask", "practice/ecko", "x"), "Did you mean practice/echo "),
        (("trace", "show", "t_none"), "There is no trace"),
        (("trace", "show", "last"), "There is no trace yet"),
        (("trace", "curl", "last"), "There is no trace yet"),
        (("keys", "revoke", "nothing"), "key of that id"),
    ],
)
async def test_a_command_that_fails_says_so_in_one_line(
    home: Path, words: tuple[str, ...], told: str
) -> None:
    done = await filon(home, *words)
    assert done.code == 1
    assert told in done.err + done.out
    assert "Traceback" not in done.err
    assert done.err.count("\n") <= 1


async def test_keys(home: Path) -> None:
    made = await filon(home, "keys", "create", "my program")
    assert made.code == 0
    secret = made.out.splitlines()[-1]
    assert made.out == secret + "\n"
    assert secret.startswith(PREFIX)
    assert len(secret.split()) == 1
    listed = await filon(home, "keys", "list")
    assert "my program" in listed.out
    assert secret not in listed.out
    revoked = await filon(home, "keys", "revoke", "my program")
    assert revoked.code == 0
    assert (await filon(home, "keys", "list")).out.startswith("No keys.")


async def test_keys_with_rules(home: Path) -> None:
    words = ("--models", "practice/*,preset/*", "--models", "rec/m-1", "--expires", "30d")
    limits = ("--rpm", "60", "--tpm", "100000", "--rpd", "9", "--concurrent", "4")
    others = ("--tag", "ci", "--tag", "x", "--lenient", "--explain-errors", "--note", "why")
    made = await filon(home, "keys", "create", "ci", *words, *limits, *others)
    assert made.code == 0, made.err
    assert made.out.startswith(PREFIX)
    assert made.out.count("\n") == 1
    shown = await filon(home, "keys", "show", made.out.strip())
    for told in (
        "the models practice/*, preset/*, rec/m-1",
        "60 requests per minute, 100,000 tokens per minute, 9 requests per day, 4 at the same time",
        "ci, x",
        "why",
        "0 requests",
    ):
        assert told in shown.out
    assert (await filon(home, "keys", "edit", "ci", "--name", "cd", "--rpm", "0")).code == 0
    changes = ("--models", "*", "--endpoints", "rec", "--tag", "", "--strict", "--expires", "never")
    assert (await filon(home, "keys", "edit", "cd", *changes)).code == 0
    key = json.loads((await filon(home, "keys", "show", "cd", "--json")).out)
    assert key["expires_at"] is None
    assert key["note"] == "why"
    assert key["rules"] == {
        "models": [],
        "endpoints": ["rec"],
        "requests_per_minute": None,
        "tokens_per_minute": 100_000,
        "requests_per_day": 9,
        "concurrent": 4,
        "tags": [],
        "lenient": False,
        "explain_errors": True,
    }
    assert "hash" not in key
    assert (await filon(home, "keys", "revoke", "cd")).code == 0
    (listed,) = json.loads((await filon(home, "keys", "list", "--revoked", "--json")).out)
    assert listed["revoked_at"] is not None
    assert "revoked 20" in (await filon(home, "keys", "list", "--revoked")).out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("create", "a", "--expires", "soon"), "neither a date nor a span"),
        (("create", "a", "--expires", "2020-01-01"), "in the past"),
        (("create", "a\nb"), "one line of 1 to 80"),
        (("create", "a", "--tag", "x" * 41), "no tag"),
        (("show", "nothing"), "No key of that id"),
        (("edit", "nothing"), "No key of that id"),
    ],
)
async def test_a_key_that_cannot_be_kept_is_refused(
    home: Path, words: tuple[str, ...], told: str
) -> None:
    done = await filon(home, "keys", *words)
    assert (done.code, done.out) == (1, "")
    assert told in done.err
    assert "Traceback" not in done.err


async def test_the_curl_command_is_run_by_a_shell(site: Site, tmp_path: Path) -> None:
    """The same answer's shape, and nothing of the prompt becomes a command."""
    mark = tmp_path / "touched"
    prompt = HOSTILE.format(mark=mark)
    folder = tmp_path / "empty"
    folder.mkdir()
    for streamed in (False, True):
        asked = await site.program(
            {
                "model": "fast/echo",
                "messages": [{"role": "user", "content": prompt}],
                "stream": streamed,
                "user": prompt,
            }
        )
        assert asked.status == 200
        await site.quiet()
        trace_id = asked.headers["x-filon-trace"]
        command = (await site.browse("GET", f"/api/traces/{trace_id}/curl")).text
        code, out, err = await shell(command, folder, {"API_KEY": "none"})
        assert (code, err) == (0, "")
        if streamed:
            assert out.count(b"data: ") > 10
            assert out.endswith(b"data: [DONE]\n\n")
        else:
            assert shape(json.loads(out)) == shape(asked.json)
            assert "日本語 🪨 end'" in json.loads(out)["choices"][0]["message"]["content"]
    assert not mark.exists()
    assert list(folder.iterdir()) == []


def shape(value: Any) -> Any:
    """The names and kinds of a JSON value, without what it says."""
    match value:
        case dict():
            return {name: shape(inner) for name, inner in value.items()}  # pyright: ignore[reportUnknownVariableType]
        case list():
            return [shape(inner) for inner in value]  # pyright: ignore[reportUnknownVariableType]
        case _:
            return type(value).__name__


async def test_the_curl_command_sends_the_same_bytes(
    site: Site, recorder: Recorder, tmp_path: Path
) -> None:
    recorder.answers(completion())
    body = {"model": "rec/m-1", "messages": [{"role": "user", "content": "@x" + HOSTILE}]}
    await site.program(body)
    await site.quiet()
    (row,) = (await site.house.store.traces.page(ME)).traces
    records = (await site.house.store.traces.get(ME, row.id)).records
    command = curl(source_of(records)).text
    code, _, err = await shell(command, tmp_path, {"API_KEY": "sk-mine"})
    assert (code, err) == (0, "")
    first, second = recorder.requests
    assert second.body == first.body
    assert second.line == first.line
    sent = {name.lower(): value for name, value in second.headers}
    for name, value in first.headers:
        wanted = "Bearer sk-mine" if name.lower() == "authorization" else value
        assert sent[name.lower()] == wanted
    assert set(sent) == {name.lower() for name, _ in first.headers}
