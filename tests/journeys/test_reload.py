"""A changed configuration is taken up while the server runs, and what is broken never replaces
what runs."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from filon.server import reload as reload_module
from tests.journeys.kept import traces_in
from tests.journeys.recorder import Recorder
from tests.journeys.replies import DONE, START, STOP, delta, stream
from tests.journeys.site import Site, running, settings_of, until

HEAD = 'version: "1.3.13"\nendpoints:\n  custom:\n'
QUESTION = {"messages": [{"role": "user", "content": "a vein"}]}
OLD_KEY = "literal-OLD-0123456789abcdef"
NEW_KEY = "literal-NEW-0123456789abcdef"


def entry(name: str, url: str, key: str = "none", models: str = "[m-1]") -> str:
    """One endpoint, as its lines."""
    return (
        f"    - name: {name}\n      apiKey: {key}\n      baseURL: {url}\n"
        f"      models: {{default: {models}}}\n      titleConvo: false\n"
    )


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks often, so that a test need not wait for a second."""
    monkeypatch.setattr(reload_module, "POLL", 0.02)
    monkeypatch.setattr(reload_module, "SETTLE", 0.01)


@pytest.fixture
async def here(tmp_path: Path, template: Path, recorder: Recorder) -> AsyncIterator[Site]:
    """A server whose file has one endpoint, `one`."""
    recorder.answers(stream(START, delta("gold"), STOP, DONE))
    settings = settings_of(tmp_path / "home", HEAD + entry("one", recorder.url))
    async with running(settings, template) as site:
        yield site


def file_of(site: Site) -> Path:
    return site.house.settings.home / "librechat.yaml"


def replace_file(path: Path, text: str) -> None:
    """As editors save: the new file is moved to where the old one is."""
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


async def names(site: Site) -> list[str]:
    shown = (await site.browse("GET", "/api/endpoints")).json["endpoints"]
    return [one["name"] for one in shown if one["kind"] == "custom"]


async def config(site: Site) -> dict[str, Any]:
    return (await site.browse("GET", "/api/config")).json


async def status(site: Site) -> dict[str, Any]:
    return (await site.browse("GET", "/api/status")).json


async def gateway_models(site: Site) -> set[str]:
    return {model.id async for model in site.openai().models.list()}


async def taken_up(site: Site) -> None:
    """Waits for the next version."""
    before = site.house.reload.standing
    await until(lambda: site.house.reload.standing is not before)
    assert site.house.reload.standing.fault is None, site.log.getvalue()


async def test_an_endpoint_appears_changes_and_vanishes(here: Site, recorder: Recorder) -> None:
    assert await names(here) == ["one"]
    two = entry("two", recorder.url, models="[m-2]")
    replace_file(file_of(here), HEAD + entry("one", recorder.url) + two)
    await taken_up(here)
    assert await names(here) == ["one", "two"]
    assert {"one/m-1", "two/m-2"} <= await gateway_models(here)
    reply = await here.program({"model": "two/m-2", **QUESTION})
    assert reply.status == 200, reply.text

    changed = entry("two", recorder.url, models="[m-3]") + "      addParams: {seed: 7}\n"
    replace_file(file_of(here), HEAD + changed)
    await taken_up(here)
    assert await names(here) == ["two"]
    assert "two/m-3" in await gateway_models(here)
    reply = await here.program({"model": "two/m-3", **QUESTION})
    assert reply.status == 200, reply.text
    assert b'"seed":7' in recorder.requests[-1].body
    gone = await here.program({"model": "one/m-1", **QUESTION})
    assert gone.status == 404
    log = here.log.getvalue()
    assert "config_taken_up" in log
    assert "added=two" in log
    assert "removed=one" in log
    assert "changed=two" in log


async def test_a_file_is_taken_up_when_it_is_written_in_place(
    here: Site, recorder: Recorder
) -> None:
    file_of(here).write_text(HEAD + entry("other", recorder.url))
    await taken_up(here)
    assert await names(here) == ["other"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("endpoints: [\nversion: {", "unreadable"),
        ("just words", "unreadable"),
        ("\x00\x01", "unreadable"),
        ("version: 1.2\nendpoints:\n  custom: []\n", "refused"),
        (HEAD + "    []\nnonsense: 1\n", "refused"),
    ],
)
async def test_a_broken_file_leaves_the_last_good_one(
    here: Site, recorder: Recorder, text: str, fault: str
) -> None:
    good = file_of(here).read_text()
    replace_file(file_of(here), text)
    await until(lambda: here.house.reload.standing.fault == fault)
    assert await names(here) == ["one"]
    assert (await here.program({"model": "one/m-1", **QUESTION})).status == 200
    told = await config(here)
    assert told["runs"]["fault"] == fault
    assert told["runs"]["since"] <= told["runs"]["fault_since"]
    assert told["counts"]["error"] > 0
    line = await status(here)
    assert line["config_fault"] == fault
    assert line["errors"] > 0
    assert "config_kept" in here.log.getvalue()

    replace_file(file_of(here), good + entry("two", recorder.url))
    await taken_up(here)
    assert await names(here) == ["one", "two"]
    assert (await config(here))["runs"]["fault"] is None
    assert (await status(here))["config_fault"] is None


async def test_a_file_that_is_removed_runs_on_and_comes_back(
    here: Site, recorder: Recorder
) -> None:
    file = file_of(here)
    good = file.read_text()
    file.unlink()
    await until(lambda: here.house.reload.standing.fault == "gone")
    assert await names(here) == ["one"]
    assert (await config(here))["text"] == good
    file.write_text(good)
    await taken_up(here)
    assert await names(here) == ["one"]


async def test_a_broken_endpoint_takes_none_of_the_others_down(
    here: Site, recorder: Recorder
) -> None:
    broken = "    - name: half\n      apiKey: none\n"
    replace_file(file_of(here), HEAD + broken + entry("one", recorder.url))
    await taken_up(here)
    shown = (await here.browse("GET", "/api/endpoints")).json["endpoints"]
    states = {one["name"]: one["state"] for one in shown if one["kind"] == "custom"}
    assert states == {"half": "broken", "one": "ready"}


async def test_what_was_never_good_is_taken_up_all_the_same(
    tmp_path: Path, template: Path, recorder: Recorder
) -> None:
    """The server starts with a file that LibreChat would refuse, so changes of it count too."""
    old = "endpoints:\n  custom:\n" + entry("one", recorder.url)
    async with running(settings_of(tmp_path / "home", old), template) as site:
        assert (await config(site))["counts"]["error"] > 0
        replace_file(file_of(site), old + entry("two", recorder.url))
        await taken_up(site)
        assert await names(site) == ["one", "two"]


async def test_it_starts_broken_and_is_repaired(
    tmp_path: Path, template: Path, recorder: Recorder
) -> None:
    async with running(settings_of(tmp_path / "home", "a: ["), template) as site:
        runs = (await config(site))["runs"]
        assert (runs["fault"], runs["since"]) == ("unreadable", None)
        replace_file(file_of(site), HEAD + entry("one", recorder.url))
        await taken_up(site)
        assert await names(site) == ["one"]


async def test_a_file_that_comes_later_is_taken_up(
    tmp_path: Path, template: Path, recorder: Recorder
) -> None:
    home = tmp_path / "home"
    async with running(settings_of(home), template) as site:
        told = await config(site)
        assert told["file"] is None
        assert str(home / "librechat.yaml") in told["looked_for"]
        (home / "librechat.yaml").write_text(HEAD + entry("late", recorder.url))
        await taken_up(site)
        assert await names(site) == ["late"]
        (home / "filon.yaml").write_text(HEAD + entry("own", recorder.url))
        await taken_up(site)
        assert (await config(site))["file"] == "filon.yaml"
        assert await names(site) == ["own"]


async def test_a_variable_of_the_env_file_counts_at_once(here: Site, recorder: Recorder) -> None:
    replace_file(file_of(here), HEAD + entry("one", recorder.url, "${LATE_KEY}"))
    await taken_up(here)
    (variable,) = (await config(here))["variables"]
    assert (variable["name"], variable["state"], variable["lines"]) == ("LATE_KEY", "unset", [5])
    assert "one/m-1" not in await gateway_models(here)
    (file_of(here).parent / ".env").write_text(f"# keys\nLATE_KEY={NEW_KEY}\n")
    await taken_up(here)
    told = await config(here)
    (variable,) = told["variables"]
    assert (variable["state"], variable["place"]) == ("set", ".env:2")
    assert NEW_KEY not in str(told)
    assert (await here.program({"model": "one/m-1", **QUESTION})).status == 200
    sent = dict(recorder.requests[-1].headers)
    assert sent["authorization"] == f"Bearer {NEW_KEY}"


async def test_keys_of_the_old_and_the_new_file_are_never_shown(
    here: Site, recorder: Recorder
) -> None:
    for key in (OLD_KEY, NEW_KEY):
        replace_file(file_of(here), HEAD + entry("one", recorder.url, key))
        await taken_up(here)
    both = f"{OLD_KEY} and {NEW_KEY}"
    asked = {"model": "one/m-1", "messages": [{"role": "user", "content": both}]}
    assert (await here.program(asked)).status == 200
    trace = str(await here.last_trace())
    shown = str(await config(here)) + trace + here.log.getvalue()
    shown += here.database.read_bytes().decode("latin-1")
    shown += traces_in(here.database).decode("latin-1")
    assert OLD_KEY not in shown
    assert NEW_KEY not in shown
    replace_file(file_of(here), f"apiKey: {NEW_KEY}-other\nbroken: [")
    await until(lambda: here.house.reload.standing.fault)
    told = await config(here)
    assert told["text"].startswith("apiKey: ****")
    assert "other" not in told["text"]


async def test_an_answer_that_runs_goes_on_as_it_began(here: Site, recorder: Recorder) -> None:
    # The pause is there so that the file changes in the middle; nothing is measured by it.
    recorder.answers(stream(START, delta("one "), 0.5, delta("two "), delta("three"), STOP, DONE))
    answer = await here.openai().chat.completions.create(
        model="one/m-1", messages=[{"role": "user", "content": "count"}], stream=True
    )
    text = ""
    async for chunk in answer:
        text += chunk.choices[0].delta.content or "" if chunk.choices else ""
        if text == "one " and await names(here) == ["one"]:
            replace_file(file_of(here), HEAD + entry("other", recorder.url))
            await taken_up(here)
            assert await names(here) == ["other"]
    assert text == "one two three"
    trace = await here.last_trace()
    assert trace["trace"]["outcome"] == "complete"
    assert trace["trace"]["endpoint"] == "one"


async def test_a_fetched_list_stays_while_address_and_key_do(
    here: Site, recorder: Recorder, practice: str
) -> None:
    fetching = "      models: {default: [m-1], fetch: true}\n"

    def text(url: str, more: str = "") -> str:
        lines = f"    - name: one\n      apiKey: none\n      baseURL: {url}\n"
        return HEAD + lines + fetching + more

    replace_file(file_of(here), text(practice))
    await taken_up(here)
    got = await here.browse("POST", "/api/endpoints/one/fetch-models")
    fetched = {model["model"] for model in got.json["models"]}
    assert "echo" in fetched
    replace_file(file_of(here), text(practice, "      addParams: {seed: 1}\n"))
    await taken_up(here)
    assert "one/echo" in await gateway_models(here)
    replace_file(file_of(here), text(recorder.url))
    await taken_up(here)
    models = await gateway_models(here)
    assert "one/echo" not in models
    assert "one/m-1" in models
    shown = (await here.browse("GET", "/api/endpoints")).json["endpoints"]
    assert next(one for one in shown if one["name"] == "one")["fetched_at"] is None


async def test_a_link_that_is_turned_is_followed(
    tmp_path: Path, template: Path, recorder: Recorder
) -> None:
    """As Kubernetes mounts a configuration: the file is a link through a link that is replaced."""
    home = tmp_path / "home"
    for number, name in enumerate(("first", "second")):
        folder = home / f"..{number}"
        folder.mkdir(parents=True)
        (folder / "librechat.yaml").write_text(HEAD + entry(name, recorder.url))
    (home / "..data").symlink_to("..0")
    (home / "librechat.yaml").symlink_to("..data/librechat.yaml")
    async with running(settings_of(home), template) as site:
        assert await names(site) == ["first"]
        (home / "..next").symlink_to("..1")
        (home / "..next").replace(home / "..data")
        await taken_up(site)
        assert await names(site) == ["second"]


async def test_reading_again_by_hand(here: Site, recorder: Recorder) -> None:
    same = await here.browse("POST", "/api/config/reload")
    assert same.json == {"result": "unchanged", "added": [], "removed": [], "changed": []}
    replace_file(file_of(here), HEAD + entry("two", recorder.url))
    # Whoever is first, the hand or the watch: afterwards it is so.
    told = await here.browse("POST", "/api/config/reload")
    assert told.json["result"] in ("taken_up", "unchanged")
    assert await names(here) == ["two"]


async def test_a_line_that_only_moves_changes_no_endpoint(here: Site, recorder: Recorder) -> None:
    replace_file(file_of(here), "# a comment\n\n" + HEAD + entry("one", recorder.url))
    await taken_up(here)
    assert "changed=" not in here.log.getvalue()
    shown = (await here.browse("GET", "/api/endpoints")).json["endpoints"]
    assert next(one for one in shown if one["name"] == "one")["origin"]["line"] == 6
