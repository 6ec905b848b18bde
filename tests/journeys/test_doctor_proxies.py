"""The doctor by way of a proxy: which steps are the proxy's, and whose failure is whose."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from filon.config.proxying import proxying
from filon.config.surroundings import Surroundings
from filon.doctor.step import Report
from tests.journeys.doctoring import configured, examined, healthy, outcome, step, warned
from tests.journeys.http.proxying import SmallProxy
from tests.journeys.http.test_http_reaching import serving, unheard
from tests.journeys.recorder import Recorder

FAR = "http://ore.example/v1"
USER = "me:canary-PROXY-PASSWORD@"


@pytest.fixture
async def proxy(recorder: Recorder) -> AsyncIterator[SmallProxy]:
    async with SmallProxy().listening() as proxy:
        proxy.passes(int(recorder.url.rpartition(":")[2].partition("/")[0]))
        yield proxy


def around(port: int, user: str = "", **environ: str) -> Surroundings:
    """What the variables say, with this proxy for everything."""
    given = {"ALL_PROXY": f"http://{user}127.0.0.1:{port}", **environ}
    return Surroundings(proxying=proxying(given))


def evidence(report: Report) -> str:
    assert report.failed
    assert report.failed.finding
    return report.failed.finding.evidence


async def test_a_healthy_endpoint_behind_a_proxy(
    tmp_path: Path, recorder: Recorder, proxy: SmallProxy
) -> None:
    recorder.answers(*healthy())
    endpoint = configured(tmp_path, FAR)
    report = await examined(endpoint, surroundings=around(proxy.port))
    assert outcome(report) == (None, None)
    # The key goes over the network unencrypted, whoever passes it on.
    assert warned(report) == {"tls": "tls_none"}
    named = f"http://127.0.0.1:{proxy.port}"
    told = f"ore.example is looked up by the proxy {named}, from ALL_PROXY"
    assert step(report, "dns").seen == told
    assert step(report, "tcp").seen == f"127.0.0.1:{proxy.port}, through proxy {named}"
    assert proxy.heads[0].startswith(b"GET http://ore.example/v1/models HTTP/1.1\r\n")


async def test_what_fails_at_the_proxy_is_told_so(tmp_path: Path, proxy: SmallProxy) -> None:
    secure = configured(tmp_path, "https://ore.example/v1")
    nobody = await examined(secure, surroundings=around(unheard()))
    assert outcome(nobody) == ("tcp", "proxy_refused")
    lost = Surroundings(proxying=proxying({"HTTPS_PROXY": "http://proxy.invalid:1"}))
    assert outcome(await examined(secure, surroundings=lost)) == ("dns", "proxy_unreachable")
    proxy.plays((b"HTTP/1.1 403 Forbidden\r\n\r\n", "wait"))
    denied = await examined(secure, surroundings=around(proxy.port))
    assert outcome(denied) == ("tls", "proxy_denied")
    assert "asked for a tunnel to ore.example:443 and answered 403 Forbidden" in evidence(denied)
    proxy.plays(("close",))
    assert outcome(await examined(secure, surroundings=around(proxy.port))) == (
        "tls",
        "proxy_failed",
    )


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_proxy_that_does_not_let_us_in(
    tmp_path: Path, proxy: SmallProxy, scheme: str
) -> None:
    proxy.passes(unheard(), wants="Basic other")
    endpoint = configured(tmp_path, f"{scheme}://ore.example/v1")
    report = await examined(endpoint, surroundings=around(proxy.port, USER))
    assert outcome(report) == ("tls" if scheme == "https" else "http", "proxy_auth")
    assert "canary" not in repr(report).replace("sk-canary-DOCTOR", "")


async def test_the_certificate_behind_a_tunnel_is_read(tmp_path: Path, proxy: SmallProxy) -> None:
    """It is the host's own, and so is what is wrong with it."""
    async with Recorder().listening(serving("good.pem")) as far:
        proxy.passes(int(far.url.rpartition(":")[2].partition("/")[0]))
        endpoint = configured(tmp_path, "https://other.example/v1")
        report = await examined(endpoint, surroundings=around(proxy.port))
        assert outcome(report)[0] == "tls"
        assert "issued by" in evidence(report)
        assert "valid to 2126" in evidence(report)


async def test_where_a_proxy_cannot_be_used_what_is_here_is_well_all_the_same(
    tmp_path: Path, recorder: Recorder
) -> None:
    recorder.answers(*healthy())
    socks = Surroundings(proxying=proxying({"ALL_PROXY": "socks5://127.0.0.1:1080"}))
    report = await examined(configured(tmp_path, recorder.url), surroundings=socks)
    assert (outcome(report), warned(report)) == ((None, None), {})
