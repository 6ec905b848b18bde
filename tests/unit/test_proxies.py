"""Which requests go by way of a proxy: what its URL means, what NO_PROXY says, what counts."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filon.config.load import load
from filon.config.proxying import proxying
from filon.kit.http.address import address_of
from filon.kit.http.proxies import (
    Proxies,
    UnusableProxy,
    direct_of,
    is_loopback,
    proxy_of,
    secrets_in,
)


@pytest.mark.parametrize(
    ("url", "shown", "authorization"),
    [
        ("http://proxy.example:3128", "http://proxy.example:3128", None),
        ("http://proxy.example:3128/", "http://proxy.example:3128", None),
        ("proxy.example:3128", "http://proxy.example:3128", None),
        ("10.0.0.1", "http://10.0.0.1:80", None),
        ("https://Proxy.Example", "https://proxy.example:443", None),
        ("http://[::1]:3128", "http://[::1]:3128", None),
        # As RFC 7617, 2 has it.
        ("http://Aladdin:open%20sesame@p", "http://p:80", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
        ("token@p:1", "http://p:1", "Basic dG9rZW46"),
        ("http://a:b@c@p:1", "http://p:1", "Basic YTpiQGM="),
    ],
)
def test_a_proxy(url: str, shown: str, authorization: str | None) -> None:
    proxy = proxy_of(f" {url} ")
    assert (proxy.url, proxy.authorization) == (shown, authorization)
    assert repr(proxy) == f"Proxy({shown!r})"


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("socks5://me:canary@p:1080", "socks5 proxies are not supported"),
        ("SOCKS5h://p", "socks5h proxies are not supported"),
        ("ftp://canary@p", "ftp:// is no scheme of a proxy"),
        ("http://", "no address of a proxy"),
        ("http://me:canary@:3128", "no address of a proxy"),
        ("http://me:canary@p:99999", "no address of a proxy"),
        ("me:canary@a b", "no address of a proxy"),
    ],
)
def test_no_proxy_that_can_be_used(url: str, told: str) -> None:
    with pytest.raises(UnusableProxy, match=told) as caught:
        proxy_of(url)
    assert "canary" not in str(caught.value)


def test_what_of_it_must_not_be_shown() -> None:
    for url, secrets in (
        ("http://p:1", []),
        ("http://me:s%3Acret@p:1", ["s%3Acret", "s:cret", "bWU6czpjcmV0"]),
        ("http://token@p:1", ["token", "dG9rZW46"]),
    ):
        assert list(secrets_in(url, proxy_of(url))) == secrets


NO_PROXY = (
    "example.com,.dot.example *.star.example;10.0.0.0/8, 192.168.1.7 ported.example:8080,"
    "[2001:db8::1]:443, fd00::/8 bücher.example 172.16.5.9/12"
).replace(";", " ")
DIRECT = direct_of(NO_PROXY)


@pytest.mark.parametrize(
    ("host", "port", "direct"),
    [
        ("example.com", 443, True),
        ("api.example.com", 443, True),
        ("a.b.example.com.", 443, True),
        ("notexample.com", 443, False),
        ("example.com.evil.example", 443, False),
        ("dot.example", 80, True),
        ("a.dot.example", 80, True),
        ("a.star.example", 80, True),
        ("10.255.0.1", 80, True),
        ("11.0.0.1", 80, False),
        ("::ffff:10.0.0.1", 80, True),
        ("192.168.1.7", 80, True),
        ("192.168.1.70", 80, False),
        ("172.16.0.1", 80, True),
        ("ported.example", 8080, True),
        ("ported.example", 443, False),
        ("a.ported.example", 8080, True),
        ("2001:db8::1", 443, True),
        ("2001:db8::1", 80, False),
        ("fd12::1", 80, True),
        ("xn--bcher-kva.example", 80, True),
        # A name is not looked up to see in which network it lies.
        ("10.example", 80, False),
    ],
)
def test_what_is_reached_without(host: str, port: int, direct: bool) -> None:
    assert DIRECT.has(host, port) is direct
    assert DIRECT.ignored == ()


def test_a_star_is_everything_and_what_nobody_can_read_is_told() -> None:
    assert direct_of("a, *").has("b.example", 80)
    told = direct_of("a b/99 ??, http://c.example")
    assert told.ignored == ("b/99", "??", "http://c.example")
    assert told.has("a", 1)
    assert not direct_of("").has("a", 1)


@given(st.text(max_size=30))
def test_any_text_is_read_or_told(text: str) -> None:
    direct_of(text).has("a.example", 443)
    with suppress(UnusableProxy):
        assert proxy_of(text).url


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("localhost", True),
        ("localhost.", True),
        ("practice.localhost", True),
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("0.0.0.0", True),
        ("localhost.example", False),
        ("notlocalhost", False),
        ("10.0.0.1", False),
        ("host.docker.internal", True),
    ],
)
def test_this_machine(host: str, here: bool) -> None:
    assert is_loopback(host) is here
    proxies = Proxies(http=proxy_of("p:1"))
    named = f"[{host}]" if ":" in host else host
    assert (proxies.through(address_of(f"http://{named}:9/")) is None) is here
    assert proxies.through(address_of(f"https://{named}:9/")) is None
    assert proxies.through_url("no address") is None


def of(**environ: str) -> tuple[str | None, str | None, list[str]]:
    """The two proxies, and the variables that have no effect."""
    found = proxying(environ)
    http, https = found.proxies.http, found.proxies.https
    return (
        http.url if http else None,
        https.url if https else None,
        [one.variable for one in found.ignored],
    )


def test_which_variable_counts() -> None:
    assert of() == (None, None, [])
    assert of(HTTP_PROXY="a:1", HTTPS_PROXY="b:2") == ("http://a:1", "http://b:2", [])
    assert of(http_proxy="a:1", HTTP_PROXY="b:2") == ("http://a:1", None, [])
    assert of(https_proxy="", HTTPS_PROXY="b:2") == (None, "http://b:2", [])
    assert of(all_proxy="a:1", HTTPS_PROXY="b:2") == ("http://a:1", "http://b:2", [])
    # As a web server would set it from a request's header `Proxy`.
    of_a_request = of(HTTP_PROXY="a:1", HTTPS_PROXY="b:2", REQUEST_METHOD="GET")
    assert of_a_request == (None, "http://b:2", ["HTTP_PROXY"])
    assert of(http_proxy="a:1", REQUEST_METHOD="GET") == ("http://a:1", None, [])
    # What is named first and cannot be used is not replaced by what somebody meant for the rest.
    assert of(https_proxy="socks5://a", ALL_PROXY="b:2") == ("http://b:2", None, ["https_proxy"])
    assert of(ALL_PROXY="socks5://a") == (None, None, ["ALL_PROXY"])


def test_they_are_among_the_settings_with_their_origin_and_no_password(tmp_path: Path) -> None:
    environ = {
        "FILON_LOCAL_SERVERS": "off",
        "https_proxy": "http://me:canary%2FPW@p.example:3128",
        "ALL_PROXY": "socks5://me:canary-OTHER@q.example",
        "NO_PROXY": "a.example,?",
    }
    settings = load(environ, cwd=tmp_path, home=tmp_path)
    proxies = settings.proxying.proxies
    assert proxies.through_url("https://b.example/v1") == proxies.https
    assert proxies.through_url("https://a.example/v1") is None
    origins = {name: settings.origins[f"proxy.{name}"].rule for name in ("http", "https", "direct")}
    assert origins == {"http": "ALL_PROXY", "https": "https_proxy", "direct": "NO_PROXY"}
    assert "socks5 proxies are not supported" in (settings.origins["proxy.http"].why or "")
    assert {"canary%2FPW", "canary/PW", "canary-OTHER"} < set(settings.secrets)
    told = [f"{one.variable}: {one.reason}" for one in settings.proxying.ignored]
    assert told == [
        "ALL_PROXY: not used: socks5 proxies are not supported, only http:// and https:// ones",
        "NO_PROXY: left out, as neither name nor network: ?",
    ]
    assert "canary" not in repr((told, settings.origins, proxies))
