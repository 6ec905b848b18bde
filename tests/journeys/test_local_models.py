"""Local servers: found for what they are and for nothing else, with the context they really use."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from signal import SIGINT
from typing import Any

import pytest
from msgspec.structs import replace

from filon.practice.service import Practice
from filon.server import asking
from tests.journeys.local_servers import (
    GATEWAY,
    LLAMACPP,
    LLAMACPP_LOADING,
    LMSTUDIO_MISSING,
    LMSTUDIO_NEW,
    LMSTUDIO_OLD,
    VLLM,
    WEBSITE,
    Answers,
    local_server,
)
from tests.journeys.process import _start, filon  # pyright: ignore[reportPrivateUsage]
from tests.journeys.site import Site, running, settings_of, until
from tests.waiting import LONG


@pytest.fixture(autouse=True)
def with_all_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A local server that runs answers at once, but for a machine that is busy."""
    monkeypatch.setattr(asking, "_CONNECT", LONG)
    monkeypatch.setattr(asking, "_TIME", LONG)


@asynccontextmanager
async def ollama(speed: float = 0) -> AsyncGenerator[tuple[Practice, int]]:
    """Practice's own Ollama on a port, as `FILON_LOCAL_SERVERS` can name it."""
    practice = Practice()
    practice.desk.speed = speed
    port = await practice.start()
    try:
        yield practice, port
    finally:
        await practice.stop()


def at(port: int) -> str:
    return f"ollama=127.0.0.1:{port}/practice/ollama"


@asynccontextmanager
async def beside(
    tmp_path: Path, template: Path, servers: str, config: str | None = None, **environ: str
) -> AsyncGenerator[Site]:
    """A Filon that looks for these servers. It has looked when the block begins."""
    given = {"FILON_LOCAL_SERVERS": servers, **environ}
    async with running(settings_of(tmp_path / "home", config, given), template) as site:
        local = [one for one in site.house.services.directory.endpoints if one.kind == "local"]
        await until(lambda: len(site.house.locals.sightings) == len(local))
        yield site


async def sightings(site: Site, *, look: bool = False) -> dict[str, dict[str, Any]]:
    reply = await (
        site.browse("POST", "/api/local/look", {}) if look else site.browse("GET", "/api/local")
    )
    assert reply.status == 200, reply.text
    return {one["endpoint"]: one for one in reply.json["servers"]}


async def endpoint(site: Site, name: str) -> dict[str, Any]:
    every = (await site.browse("GET", "/api/endpoints")).json["endpoints"]
    return next(one for one in every if one["name"] == name)


async def described(site: Site, name: str) -> dict[str, dict[str, Any]]:
    reply = await site.browse("GET", f"/api/local/{name}")
    assert reply.status == 200, reply.text
    return {one["name"]: one for one in reply.json["models"]}


async def test_all_four_are_found_for_what_they_are(tmp_path: Path, template: Path) -> None:
    async with (
        ollama() as (_, port),
        local_server(LMSTUDIO_OLD, missing=LMSTUDIO_MISSING) as studio,
        local_server(VLLM) as vllm,
        local_server(LLAMACPP) as llama,
    ):
        named = f"lmstudio=127.0.0.1:{studio.port},vllm=127.0.0.1:{vllm.port}"
        servers = f"{at(port)} {named} llamacpp=127.0.0.1:{llama.port}"
        async with beside(tmp_path, template, servers) as site:
            seen = await sightings(site)
            assert {name: one["state"] for name, one in seen.items()} == dict.fromkeys(
                ("ollama", "lmstudio", "vllm", "llamacpp"), "found"
            )
            assert seen["ollama"]["version"] == "0.13.5-practice"
            assert seen["vllm"]["told"] == "/v1/models is signed by vllm"
            coder = (await described(site, "lmstudio"))["qwen2.5-coder-7b-instruct"]
            assert (coder["used"]["value"], coder["limit"]["value"]) == (4096, 32768)
            assert coder["used"]["source"] == "/api/v0/models: loaded_context_length"
            assert (coder["loaded"], coder["warning"]) == (True, "small")
            (mistral,) = (await described(site, "vllm")).values()
            assert (mistral["used"]["value"], mistral["limit"]["value"]) == (8192, None)
            (code,) = (await described(site, "llamacpp")).values()
            assert (code["used"]["value"], code["limit"]["value"]) == (4096, 16384)
            assert "each of 4 slots" in code["used"]["source"]
            assert (code["parameters"], code["quantisation"]) == ("6.7B", "Q4_K_M")
            # It becomes the model's fact, with its source, wherever models are listed.
            models = (await site.browse("GET", "/api/models")).json["models"]
            facts = {one["id"]: one["context"] for one in models}
            fact = facts["lmstudio/qwen2.5-coder-7b-instruct"]
            assert fact["value"] == 4096
            assert "of 32,768 that are possible" in fact["source"]
            assert facts["vllm/mistralai/Mistral-7B-Instruct-v0.3"]["value"] == 8192
            ready = await endpoint(site, "vllm")
            assert (ready["state"], ready["local_server"]) == ("ready", "vLLM")


async def test_the_newer_api_of_lm_studio_says_more(tmp_path: Path, template: Path) -> None:
    async with (
        local_server({**LMSTUDIO_OLD, **LMSTUDIO_NEW}, missing=LMSTUDIO_MISSING) as server,
        beside(tmp_path, template, f"lmstudio=127.0.0.1:{server.port}") as site,
    ):
        (model,) = (await described(site, "lmstudio")).values()
        assert (model["size"], model["parameters"]) == (12109565632, "20B")
        assert (model["used"]["value"], model["limit"]["value"]) == (16384, 131072)
        assert model["abilities"] == ["completion", "tools"]


@pytest.mark.parametrize("answers", [GATEWAY, WEBSITE, LMSTUDIO_OLD], ids=["proxy", "page", "lms"])
@pytest.mark.parametrize("name", ["ollama", "vllm", "llamacpp"])
async def test_another_program_is_not_taken_for_one(
    name: str, answers: Answers, tmp_path: Path, template: Path
) -> None:
    missing = LMSTUDIO_MISSING if answers is LMSTUDIO_OLD else (404, "no such page")
    async with local_server(answers, missing=missing) as server:
        servers = f"{name}=127.0.0.1:{server.port}"
        async with beside(tmp_path, template, servers, VLLM_API_KEY="sk-not-for-strangers") as site:
            seen = (await sightings(site))[name]
            assert seen["state"] == "other"
            shown = await endpoint(site, name)
            assert (shown["state"], shown["models"]) == ("not_configured", [])
            assert f"What answers at 127.0.0.1:{server.port} is not" in shown["reason"]
            refused = await site.program({"model": f"{name}/gpt-4o", "messages": []})
            assert refused.status in (400, 503)
            status = (await site.browse("GET", "/api/status")).json
            assert (status["endpoints"], status["endpoints_ready"]) == (1, 1)
        assert server.asked
        assert {key for _, key in server.asked} == {None}


async def test_a_key_goes_to_a_server_that_has_shown_what_it_is(
    tmp_path: Path, template: Path
) -> None:
    async with local_server(VLLM, key="sk-vllm-0123456789") as server:
        servers = f"vllm=127.0.0.1:{server.port}"
        async with beside(tmp_path, template, servers) as site:
            assert (await sightings(site))["vllm"]["state"] == "locked"
            assert "wants a key" in (await endpoint(site, "vllm"))["reason"]
        key = "sk-vllm-0123456789"
        async with beside(tmp_path, template, servers, VLLM_API_KEY=key) as site:
            assert (await sightings(site))["vllm"]["state"] == "found"


async def test_one_that_starts_later_is_found_when_asked(tmp_path: Path, template: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        # Nothing listens there, and nothing else can take it meanwhile.
        async with beside(tmp_path, template, f"llamacpp=127.0.0.1:{port}") as site:
            assert (await sightings(site))["llamacpp"]["state"] == "silent"
            shown = await endpoint(site, "llamacpp")
            assert "llama-server -m MODEL.gguf" in shown["reason"]
    async with (
        local_server(LLAMACPP_LOADING) as server,
        beside(tmp_path, template, f"llamacpp=127.0.0.1:{server.port}") as site,
    ):
        assert (await sightings(site))["llamacpp"]["state"] == "loading"
        server.answers = LLAMACPP
        before = len(server.asked)
        assert (await sightings(site))["llamacpp"]["state"] == "loading"
        assert len(server.asked) == before, "the list itself asks nobody"
        assert (await sightings(site, look=True))["llamacpp"]["state"] == "found"
        assert (await endpoint(site, "llamacpp"))["state"] == "ready"


async def test_filon_does_not_take_itself_for_one(tmp_path: Path, template: Path) -> None:
    async with beside(tmp_path, template, "llamacpp=127.0.0.1:1") as site:
        port = site.house.settings.port
        directory = site.house.services.directory
        moved = tuple(
            replace(one, base_url=f"http://127.0.0.1:{port}/v1") if one.kind == "local" else one
            for one in directory.endpoints
        )
        site.house.services.directory = replace(directory, endpoints=moved)
        seen = (await sightings(site, look=True))["llamacpp"]
        assert (seen["state"], seen["told"]) == ("other", "it is Filon itself")


async def test_only_this_machine_is_asked_at_the_start(tmp_path: Path, template: Path) -> None:
    async with running(
        settings_of(tmp_path / "home", None, {"FILON_LOCAL_SERVERS": "vllm=10.255.255.1:8000"}),
        template,
    ) as site:
        assert (await sightings(site))["vllm"]["state"] == "unasked"


async def test_the_context_of_ollama_before_and_after_loading(
    tmp_path: Path, template: Path
) -> None:
    async with ollama() as (_, port), beside(tmp_path, template, at(port)) as site:
        before = (await described(site, "ollama"))["pocket-local:latest"]
        assert (before["loaded"], before["used"]["value"]) == (False, 4096)
        assert before["used"]["source"] == "/api/show: num_ctx in its Modelfile"
        said = await site.program(
            {
                "model": "ollama/pocket-local:latest",
                "messages": [{"role": "user", "content": "What is 12 * 7?"}],
            }
        )
        assert said.status == 200, said.text
        after = (await described(site, "ollama"))["pocket-local:latest"]
        assert (after["loaded"], after["used"]["value"]) == (True, 4096)
        assert after["used"]["source"] == "/api/ps: it is loaded with it"
        assert after["on_gpu"] == 0


async def test_a_prompt_that_was_cut_in_silence_is_found(tmp_path: Path, template: Path) -> None:
    async with ollama() as (_, port), beside(tmp_path, template, at(port)) as site:
        for words, found in (("Tell me of mines. " * 4000, True), ("What is 2 + 2?", False)):
            said = await site.program(
                {
                    "model": "ollama/pocket-local",
                    "messages": [{"role": "user", "content": words}],
                    "max_tokens": 5,
                }
            )
            assert said.status == 200, said.text
            records = (await site.last_trace())["records"]
            (attempt,) = (one for one in records if one["type"] == "attempt")
            codes = [one["code"] for one in attempt["findings"]]
            assert codes == (["prompt_cut"] if found else [])
            if found:
                (told,) = attempt["findings"]
                assert "it uses 4,096" in told["evidence"]
                assert "OLLAMA_CONTEXT_LENGTH" in told["fix"]


async def pulls(site: Site, name: str = "ollama") -> list[dict[str, Any]]:
    return (await site.browse("GET", f"/api/local/{name}/pulls")).json["pulls"]


async def over(site: Site) -> dict[str, Any]:
    """The newest pull, once it is over."""
    await until(lambda: all(one.state != "running" for one in site.house.pulls.at("ollama")))
    return (await pulls(site))[-1]


async def test_a_model_is_pulled_and_deleted(tmp_path: Path, template: Path) -> None:
    async with ollama() as (_, port), beside(tmp_path, template, at(port)) as site:
        begun = await site.browse("POST", "/api/local/ollama/pulls", {"model": " pocket-code "})
        assert begun.status == 202, begun.text
        done = await over(site)
        assert (done["model"], done["state"], done["problem"]) == ("pocket-code", "done", None)
        assert done["completed"] == done["total"] > 1_000_000
        await until(lambda: "pocket-code:latest" in site.house.services.directory.fetched["ollama"])
        path = "/api/local/ollama/models?model=pocket-code:latest"
        assert (await site.browse("DELETE", path)).status == 204
        assert "pocket-code:latest" not in await described(site, "ollama")
        gone = await site.browse("DELETE", path)
        assert (gone.status, gone.error["code"]) == (404, "local_model_missing")
        assert gone.error["names"]["near"] == "pocket-local:latest, pocket-embed:latest"


async def test_a_pull_that_fails_says_why(tmp_path: Path, template: Path) -> None:
    async with ollama() as (_, port), beside(tmp_path, template, at(port)) as site:
        for name in ("", "two words"):
            reply = await site.browse("POST", "/api/local/ollama/pulls", {"model": name})
            assert (reply.status, reply.error["code"]) == (400, "pull_no_name")
        await site.browse("POST", "/api/local/ollama/pulls", {"model": "mistrl:7b"})
        failed = await over(site)
        assert failed["state"] == "failed"
        assert failed["problem"]["code"] == "pull_not_found"
        assert "mistral:7b" in failed["problem"]["fix"]
        path = f"/api/local/ollama/pulls/{failed['id']}"
        assert (await site.browse("DELETE", path)).status == 204
        assert await pulls(site) == []
        assert (await site.browse("DELETE", path)).status == 404


async def test_a_pull_is_cancelled_and_begun_again(tmp_path: Path, template: Path) -> None:
    async with ollama(0.05) as (practice, port), beside(tmp_path, template, at(port)) as site:
        first = await site.browse("POST", "/api/local/ollama/pulls", {"model": "pocket-code"})
        same = await site.browse("POST", "/api/local/ollama/pulls", {"model": "pocket-code"})
        assert first.json["id"] == same.json["id"]
        await until(lambda: site.house.pulls.at("ollama")[0].progress.status)
        path = f"/api/local/ollama/pulls/{first.json['id']}"
        assert (await site.browse("DELETE", path)).status == 204
        assert [one["state"] for one in await pulls(site)] == ["cancelled"]
        await until(lambda: practice.busy == 0)
        assert "pocket-code:latest" not in await described(site, "ollama")
        practice.desk.speed = 0
        await site.browse("POST", "/api/local/ollama/pulls", {"model": "pocket-code"})
        assert (await over(site))["state"] == "done"


async def test_only_ollama_pulls(tmp_path: Path, template: Path) -> None:
    async with (
        local_server(VLLM) as server,
        beside(tmp_path, template, f"vllm=127.0.0.1:{server.port}") as site,
    ):
        for name in ("vllm", "practice"):
            reply = await site.browse("POST", f"/api/local/{name}/pulls", {"model": "m"})
            assert (reply.status, reply.error["code"]) == (404, "no_pull")
        assert (await site.browse("GET", "/api/local/practice")).status == 404
        assert (await site.browse("GET", "/api/local/nobody")).status == 404


CUSTOM = """\
version: 1.2.8
endpoints:
  custom:
    - name: Mine
      apiKey: none
      baseURL: http://localhost:11434/v1
      models: {default: [pocket-local]}
"""


async def test_an_ollama_that_the_file_names_is_looked_into_too(
    tmp_path: Path, template: Path
) -> None:
    async with ollama() as (_, port), beside(tmp_path, template, "off", CUSTOM) as site:
        directory = site.house.services.directory
        address = f"http://127.0.0.1:{port}/practice/ollama/v1"
        moved = tuple(
            replace(one, base_url=address) if one.name == "Mine" else one
            for one in directory.endpoints
        )
        site.house.services.directory = replace(directory, endpoints=moved)
        assert "pocket-local:latest" in await described(site, "Mine")
        assert (await endpoint(site, "Mine"))["state"] == "ready"
        begun = await site.browse("POST", "/api/local/Mine/pulls", {"model": "pocket"})
        assert begun.status == 202


async def test_on_the_command_line(tmp_path: Path, template: Path) -> None:
    home = tmp_path / "home"
    async with ollama() as (practice, port), local_server(VLLM) as server:
        environ = {"FILON_LOCAL_SERVERS": f"{at(port)} vllm=127.0.0.1:{server.port}"}
        listed, shown, pulled, unsure = await asyncio.gather(
            filon(home, "models", "list", environ=environ),
            filon(tmp_path / "b", "models", "show", "ollama/pocket-local", environ=environ),
            filon(tmp_path / "c", "models", "pull", "ollama/pocket-code", environ=environ),
            filon(tmp_path / "d", "models", "rm", "ollama/pocket-local", environ=environ),
        )
        assert listed.code == 0, listed.err
        assert "ollama  Ollama 0.13.5-practice" in listed.out
        assert "uses 4,096 of 4,096" in listed.out
        assert "mistralai/Mistral-7B-Instruct-v0.3" in listed.out
        assert "practice  Practice" in listed.out
        assert "(/api/show: num_ctx in its Modelfile)" in shown.out
        assert (pulled.code, pulled.out) == (0, "ollama/pocket-code is here.\n"), pulled.err
        assert "ollama/pocket-code: 100 %, " in pulled.err
        assert (unsure.code, unsure.out) == (1, "")
        assert "--yes" in unsure.err
        assert "pocket-code" in practice.desk.pulled
        removed, missing, absent = await asyncio.gather(
            filon(home, "models", "rm", "ollama/pocket-code", "--yes", environ=environ),
            filon(tmp_path / "b", "models", "pull", "ollama/codelama:7b", environ=environ),
            filon(
                tmp_path / "c",
                "models",
                "pull",
                "ollama/mistral:7b",
                environ={"FILON_LOCAL_SERVERS": "ollama=127.0.0.1:1"},
            ),
        )
        assert removed.out == "ollama/pocket-code:latest is deleted.\n"
        assert (missing.code, absent.code) == (1, 1)
        assert "Did you mean codellama:7b" in missing.err
        assert "Start it (ollama serve)" in absent.err


async def test_a_pull_is_stopped_at_the_command_line(tmp_path: Path) -> None:
    async with ollama(0.02) as (practice, port):
        words = ("models", "pull", "ollama/pocket-code")
        process = await _start(tmp_path / "home", words, {"FILON_LOCAL_SERVERS": at(port)})
        begun = await process.stderr.readline()
        assert begun == b"ollama/pocket-code: pulling manifest\n"
        process.send_signal(SIGINT)
        async with asyncio.timeout(LONG):
            _, told = await process.communicate()
        assert process.returncode == 130
        assert b"the same command goes on from there" in told
        await until(lambda: practice.busy == 0)
        assert practice.desk.pulled == set()


async def test_a_wrong_name_of_a_server_stops_the_start(tmp_path: Path) -> None:
    done = await filon(
        tmp_path / "home", "models", "list", environ={"FILON_LOCAL_SERVERS": "llama"}
    )
    assert done.code == 1
    assert "FILON_LOCAL_SERVERS names 'llama'" in done.err


async def test_a_slow_server_does_not_hold_up_the_start(tmp_path: Path, template: Path) -> None:
    held = asyncio.Event()
    async with local_server(VLLM, held=held) as server:
        settings = settings_of(
            tmp_path / "home", None, {"FILON_LOCAL_SERVERS": f"vllm=127.0.0.1:{server.port}"}
        )
        async with running(settings, template) as site:
            assert (await sightings(site))["vllm"]["state"] == "unasked"
            held.set()
            await until(lambda: "vllm" in site.house.locals.sightings)
            assert (await sightings(site))["vllm"]["state"] == "found"
