"""Filon in a network that has a way out by a proxy alone: what goes through, what the trace tells,
whose failure it is, and that the proxy's password stands nowhere."""

import ssl
from base64 import b64encode
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from filon.config.load import load
from filon.kit.http.upstream import Http1Upstream
from filon.pipeline.breaker import MemoryBreakers
from tests.journeys.http.peer import CERTIFICATES
from tests.journeys.http.proxying import SmallProxy
from tests.journeys.http.test_http_reaching import serving
from tests.journeys.kept import files_of
from tests.journeys.process import filon
from tests.journeys.recorder import Recorder
from tests.journeys.replies import completion, spoken
from tests.journeys.site import PROVIDER_KEY, Reply, Site, running
from tests.journeys.test_canary import check, pages

PASSWORD = "CANARY@proxy:0123456789abcdefghij"
WRITTEN = "CANARY%40proxy%3A0123456789abcdefghij"
BASIC = b64encode(f"me:{PASSWORD}".encode()).decode()
SECRETS = [PASSWORD, WRITTEN, BASIC, PROVIDER_KEY]
MESSAGES: Any = [{"role": "user", "content": "a vein"}]
CONFIG = f"""
version: 1.3.13
endpoints:
  custom:
    - {{name: plain, apiKey: {PROVIDER_KEY}, baseURL: "http://far.example/v1", titleConvo: false,
       models: {{default: [m-1]}}}}
    - {{name: secure, apiKey: {PROVIDER_KEY}, baseURL: "https://other.example/v1",
       titleConvo: false, models: {{default: [m-1]}}}}
    - {{name: near, apiKey: {PROVIDER_KEY}, baseURL: "%s", models: {{default: [m-1]}}}}
"""


@pytest.fixture(scope="module")
async def recorder() -> AsyncIterator[Recorder]:
    async with Recorder().listening() as recorder:
        yield recorder


@pytest.fixture(scope="module")
async def secure() -> AsyncIterator[Recorder]:
    async with Recorder().listening(serving("other-name.pem")) as recorder:
        yield recorder


@pytest.fixture(scope="module")
async def proxy() -> AsyncIterator[SmallProxy]:
    async with SmallProxy().listening() as proxy:
        yield proxy


@pytest.fixture(scope="module")
async def site(
    tmp_path_factory: pytest.TempPathFactory,
    template: Path,
    recorder: Recorder,
    proxy: SmallProxy,
) -> AsyncIterator[Site]:
    home = tmp_path_factory.mktemp("proxies") / "home"
    home.mkdir()
    (home / "librechat.yaml").write_text(CONFIG % recorder.url, encoding="utf-8")
    environ = {
        "FILON_LOCAL_SERVERS": "off",
        "ALL_PROXY": f"http://me:{WRITTEN}@127.0.0.1:{proxy.port}",
    }
    settings = load(environ, cwd=home, home=home, port=0)
    settings = replace(settings, retries=replace(settings.retries, attempts=1))
    async with running(settings, template) as site:
        yield site


@pytest.fixture(autouse=True)
async def fresh(site: Site) -> AsyncIterator[None]:
    """As after a start, but that the certificate of the test is trusted."""
    services, usual = site.house.services, site.house.services.upstream
    services.breakers = MemoryBreakers()
    trust = ssl.create_default_context(cafile=str(CERTIFICATES / "other-name.pem"))
    services.upstream = Http1Upstream(trust, site.house.settings.proxying.proxies)
    yield
    await services.upstream.close()
    services.upstream = usual


async def asked(site: Site, model: str) -> tuple[Reply, dict[str, Any]]:
    """A reply, and the record of its attempt."""
    reply = await site.program({"model": model, "messages": MESSAGES})
    trace = await site.trace(reply.headers["x-filon-trace"])
    return reply, next(one for one in trace["records"] if one["type"] == "attempt")


async def test_a_turn_goes_by_way_of_the_proxy_and_the_trace_tells_it(
    site: Site, recorder: Recorder, secure: Recorder, proxy: SmallProxy
) -> None:
    place = f"http://127.0.0.1:{proxy.port}"
    secure.answers(completion("gold"))
    proxy.passes(secure.port, wants=f"Basic {BASIC}")
    reply, attempt = await asked(site, "secure/m-1")
    assert reply.status == 200, reply.text
    assert (attempt["through"], attempt["address"]) == (place, f"127.0.0.1:{proxy.port}")
    assert attempt["timing"]["proxy"] > 0
    assert PROVIDER_KEY.encode() not in b"".join(proxy.heads)

    recorder.answers(spoken("gold"))
    proxy.passes(recorder.port, wants=f"Basic {BASIC}")
    reply, attempt = await asked(site, "plain/m-1")
    assert reply.status == 200, reply.text
    assert (attempt["through"], attempt["timing"]["proxy"]) == (place, None)
    (told,) = [value for name, value in attempt["request_headers"] if name == "Proxy-Authorization"]
    assert told.startswith("Basic ***")
    proxy.heads.clear()

    # What is on this machine is asked straight.
    assert (await asked(site, "near/m-1"))[1]["through"] is None
    assert proxy.heads == []


@pytest.mark.parametrize("endpoint", ["secure", "plain"])
async def test_a_proxy_that_does_not_let_us_in_is_told_as_such(
    site: Site, proxy: SmallProxy, endpoint: str
) -> None:
    proxy.passes(9, wants="Basic other")
    reply, attempt = await asked(site, f"{endpoint}/m-1")
    assert (reply.status, reply.error["code"]) == (502, "proxy_auth")
    assert reply.headers["x-filon-blame"] == "network"
    assert attempt["findings"][0]["code"] == "proxy_auth"
    assert "Negotiate, Basic" in attempt["findings"][0]["evidence"]
    check("an error", reply.text, SECRETS)


async def test_the_proxy_s_password_is_found_nowhere(site: Site) -> None:
    """After the turns above, good and bad."""
    check("the log", site.log.getvalue(), SECRETS)
    for page in await pages(site):
        check("a page", page, SECRETS)
    for name, data in files_of(site.house.settings.home):
        check(name, data, SECRETS)


async def test_commands_tell_the_proxy_and_not_its_password(tmp_path: Path) -> None:
    environ = {
        "HTTPS_PROXY": f"http://me:{WRITTEN}@127.0.0.1:9",
        "ALL_PROXY": f"socks5://me:{WRITTEN}@127.0.0.1:9",
    }
    done = await filon(tmp_path, "explain", "--settings", environ=environ)
    assert done.code == 0, done.err
    assert "http://127.0.0.1:9" in done.out
    assert "socks5 proxies are not supported" in done.out
    check("explain", done.out + done.err, SECRETS)
