"""`filon check` as it is typed: files, folders, addresses, formats, exit status."""

import asyncio
import json
import os
import pty
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from filon.cli import check
from tests.journeys.process import ROOT, Done, filon
from tests.waiting import LONG

CHECKED = """version: 1.2.1
endpoints:
  custom:
    - name: rec
      apiKey: "${NOT_SET_ANYWHERE}"
      baseURL: https://example.org/v1
      models: {default: [m-1]}
      titelModel: m-1
"""
BROKEN = CHECKED.replace("      baseURL: https://example.org/v1\n", "")
FORMS: tuple[check.Format, ...] = ("text", "json", "github")
GOOD = CHECKED.replace("      titelModel: m-1\n", "").replace("${NOT_SET_ANYWHERE}", "none")


class Here:
    """Runs `check` in this process, as if it were typed in a folder of its own."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys

    def __call__(
        self, *names: Path | str, form: check.Format = "text", quiet: bool = False,
        strict: bool = False,
    ) -> Done:  # fmt: skip
        code = check.run([str(name) for name in names], form, quiet=quiet, strict=strict)
        told = self._capsys.readouterr()
        return Done(code, told.out, told.err)

    def explain(self, code: str) -> Done:
        status = check.run_explain(code)
        told = self._capsys.readouterr()
        return Done(status, told.out, told.err)


@pytest.fixture
def here(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Here:
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("FILON_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("FILON_CONFIG", raising=False)
    return Here(folder, capsys)


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


async def test_it_prints_as_a_compiler_does(tmp_path: Path) -> None:
    home = tmp_path / "home"
    file = write(tmp_path / "librechat.yaml", CHECKED)
    done = await filon(home, "check", str(file))
    assert done.code == 0
    lines = done.out.splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith(f"{file}:8:7: warning F102 "))
    assert lines[at + 1] == "    8 |       titelModel: m-1"
    assert lines[at + 2] == "      |       ^~~~~~~~~~ did you mean titleModel?"
    assert "without a word" in lines[at + 4]
    assert lines[at + 5].strip() == "docs/check/unknown-key.md"
    assert any(line.startswith(f"{file}:5:16: warning F301 unset-variable ") for line in lines)
    assert lines[-1] == (
        f"{file}: 0 errors, 2 warnings, 0 notes; 7 keys valid, 0 not used by Filon"
    )
    assert "\x1b" not in done.out


async def test_standard_input_and_options(tmp_path: Path) -> None:
    words = ("check", "--quiet", "--strict", "--format", "github", "-")
    done = await filon(tmp_path / "home", *words, stdin=BROKEN.encode())
    assert done.code == 1
    assert done.out.startswith("::error file=stdin,line=4,col=7,")
    explained = await filon(tmp_path / "home", "check", "--explain", "f102")
    assert explained.out.startswith("# F102 unknown-key\n")


@pytest.mark.parametrize(
    ("text", "strict", "code"),
    [
        (GOOD, True, 0),
        (CHECKED, False, 0),
        (CHECKED, True, 1),
        (BROKEN, False, 1),
        ("a: [", False, 1),
    ],
)
def test_exit_status(here: Here, text: str, strict: bool, code: int) -> None:
    file = write(here.folder / "librechat.yaml", text)
    assert here(file, strict=strict).code == code


def test_what_cannot_be_read_is_two(here: Here) -> None:
    file = write(here.folder / "librechat.yaml", BROKEN)
    done = here("none.yaml", file)
    assert done.code == 2
    assert "There is no file" in done.err
    assert f"{file}: 1 error" in done.out
    (here.folder / "mounted" / "librechat.yaml").mkdir(parents=True)
    mounted = here("mounted")
    assert mounted.code == 2
    assert "F002 not-a-file" in mounted.out


def test_quiet_and_strict(here: Here) -> None:
    file = write(here.folder / "librechat.yaml", BROKEN)
    quiet = here(file, quiet=True)
    assert ": error " in quiet.out
    assert ": warning " not in quiet.out
    strict = here(file, quiet=True, strict=True)
    assert "F102" in strict.out
    assert ": warning " not in strict.out


def test_without_a_file_it_is_the_one_that_serve_reads(
    here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing = here()
    assert nothing.code == 2
    assert "looked for" in nothing.err
    write(here.folder / "librechat.yaml", BROKEN)
    found = here()
    assert found.code == 1
    assert found.out.startswith("librechat.yaml:4:7: ")
    monkeypatch.setenv("FILON_CONFIG", str(write(here.folder / "other.yaml", GOOD)))
    chosen = here()
    assert chosen.code == 0
    assert "other.yaml: " in chosen.out


def test_a_folder(here: Here) -> None:
    empty = here(here.folder)
    assert empty.code == 2
    assert "Name the file itself" in empty.err
    write(here.folder / "one.yaml", GOOD)
    write(here.folder / "two.yml", BROKEN)
    write(here.folder / "compose.yaml", "services: {}\n")
    likely = here(".")
    shown = [name for name in ("one.yaml", "two.yml", "compose.yaml") if name in likely.out]
    assert shown == ["one.yaml", "two.yml"]
    write(here.folder / "filon.yaml", GOOD)
    usual = here(".")
    assert usual.code == 0
    assert "one.yaml" not in usual.out


def test_json(here: Here) -> None:
    file = write(here.folder / "librechat.yaml", CHECKED)
    (told,) = json.loads(here(file, form="json").out)["files"]
    assert [one["path"] for one in told["without_effect"]] == ["endpoints.custom[0].titelModel"]
    assert (told["file"], told["errors"], told["warnings"]) == (str(file), 0, 2)
    assert told["keys"] == {"all": 9, "valid": 7, "unused": 0}
    verdict: dict[str, Any] = told["verdicts"][1]
    assert (verdict["number"], verdict["path"]) == ("F102", "endpoints.custom[0].titelModel")
    assert (verdict["line"], verdict["column"], verdict["length"]) == (8, 7, 10)


def test_github(here: Here) -> None:
    file = write(here.folder / "a,b:100%.yaml", BROKEN)
    lines = here(file, form="github").out.splitlines()
    shown = str(file).replace("%", "%25").replace(":", "%3A").replace(",", "%2C")
    assert lines[0].startswith(f"::error file={shown},line=4,col=7,endColumn=11,title=F434 ")
    assert any(line.startswith("::warning ") for line in lines)
    assert all(line.startswith("::") for line in lines)


def test_a_strangers_file_moves_no_terminal_and_forges_no_command(here: Here) -> None:
    text = 'version: "1"\n"a\\e[2Jb\\n::error::c\\x9b1m\\u202ed\\t": 1\n'
    file = write(here.folder / "librechat.yaml", text)
    for form in FORMS:
        told = here(file, form=form).out
        assert all(letter.isprintable() or letter in "\n\t" for letter in told)
        assert "\n::error::c" not in told
    assert all("librechat.yaml" in line for line in here(file, form="github").out.splitlines())
    (told,) = json.loads(here(file, form="json").out)["files"]
    assert "a\x1b[2Jb\n::error::c\x9b1m\u202ed\t" in told["verdicts"][0]["message"]


def test_no_secret_of_the_file_is_printed(here: Here) -> None:
    secret = "sk-or-v1-canary0123456789"
    text = BROKEN.replace("${NOT_SET_ANYWHERE}", secret)
    file = write(here.folder / "librechat.yaml", f"{text}      headers: {{x-key: [{secret}]}}\n")
    for form in FORMS:
        done = here(file, form=form)
        assert done.code == 1
        assert "canary" not in done.out + done.err


def test_explain_a_code(here: Here) -> None:
    page = (ROOT / "docs" / "check" / "unknown-key.md").read_text(encoding="utf-8")
    assert here.explain("F102").out == here.explain("unknown-key").out == page
    unknown = here.explain("F998")
    assert unknown.code == 1
    assert "There is no code F998" in unknown.err


@asynccontextmanager
async def website() -> AsyncGenerator[str]:
    """A server of files on loopback, and of what goes wrong with them."""
    app = web.Application()
    app.router.add_get("/{what}", _answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield str(runner.addresses[0][1])
    finally:
        await runner.cleanup()


async def _answer(request: web.Request) -> web.Response:
    what = request.match_info["what"]
    if what == "moved":
        raise web.HTTPFound("/librechat.yaml")
    if what == "elsewhere":
        raise web.HTTPFound("file:///etc/passwd")
    if what == "page":
        return web.Response(text="<!DOCTYPE html><p>x", content_type="text/html")
    if what == "huge":
        return web.Response(body=b"#" * 5_000_000)
    if what == "closed" and "Authorization" not in request.headers:
        raise web.HTTPUnauthorized
    if what in ("librechat.yaml", "closed"):
        return web.Response(text=BROKEN, content_type="text/yaml")
    raise web.HTTPNotFound


@pytest.mark.parametrize(
    ("path", "code", "told"),
    [
        ("librechat.yaml", 1, "librechat.yaml:4:7: error F434 incomplete-endpoint "),
        ("moved", 1, "error F434 incomplete-endpoint "),
        ("missing", 2, "answered 404 Not Found"),
        ("page", 2, "is a web page, not the file"),
        ("huge", 2, "sends more than 4 MB"),
        ("elsewhere", 2, "Name the address that it leads to"),
    ],
)
async def test_an_address(here: Here, path: str, code: int, told: str) -> None:
    async with website() as port:
        address = f"http://me:secret@127.0.0.1:{port}/{path}?token=secret"
        done = await asyncio.to_thread(here, address)
    assert done.code == code
    assert told in done.out + done.err
    assert "secret" not in done.out + done.err


async def test_user_and_password_go_to_that_host(here: Here) -> None:
    async with website() as port:
        done = await asyncio.to_thread(here, f"http://me:right@127.0.0.1:{port}/closed")
        without = await asyncio.to_thread(here, f"http://127.0.0.1:{port}/closed")
    assert (done.code, without.code) == (1, 2)
    assert "answered 401" in without.err


async def test_an_address_where_nobody_answers(here: Here) -> None:
    async with website() as port:
        pass
    done = await asyncio.to_thread(here, f"http://127.0.0.1:{port}/librechat.yaml")
    assert done.code == 2
    assert "cannot be fetched: Connection refused" in done.err
    assert "names no host" in here("http:///x").err


@pytest.mark.parametrize(("no_color", "colored"), [("", True), ("1", False)])
async def test_colours_on_a_terminal_alone(tmp_path: Path, no_color: str, colored: bool) -> None:
    write(tmp_path / "librechat.yaml", BROKEN)
    ours, theirs = pty.openpty()
    environ = {"PATH": os.environ["PATH"], "TERM": "xterm", "NO_COLOR": no_color}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "filon", "check", "librechat.yaml",
        cwd=tmp_path, env=environ, stdout=theirs, stderr=theirs,
    )  # fmt: skip
    os.close(theirs)
    async with asyncio.timeout(LONG):
        await process.wait()
    told = os.read(ours, 65536)
    os.close(ours)
    assert b"F434" in told
    assert (b"\x1b[" in told) == colored
