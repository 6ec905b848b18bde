"""The pure parts of our HTTP client: a URL's parts, a request's head, the order of addresses."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filon.kit.http import HttpFailure, Outgoing
from filon.kit.http.address import address_of
from filon.kit.http.dialing import interleaved
from filon.kit.http.head import head_of
from filon.kit.http.reply import idle_seconds


@pytest.mark.parametrize(
    ("url", "host", "port", "authority", "target"),
    [
        ("http://a.example", "a.example", 80, "a.example", "/"),
        ("https://a.example/v1", "a.example", 443, "a.example", "/v1"),
        ("https://A.Example:443/v1", "a.example", 443, "a.example", "/v1"),
        ("http://a.example:443/v1", "a.example", 443, "a.example:443", "/v1"),
        ("HTTPS://a.example:8443", "a.example", 8443, "a.example:8443", "/"),
        ("http://my_service:8000/", "my_service", 8000, "my_service:8000", "/"),
        ("http://a.example.:8000/", "a.example.", 8000, "a.example:8000", "/"),
        ("http://[::1]:8000/v1", "::1", 8000, "[::1]:8000", "/v1"),
        ("http://[2001:DB8::1]", "2001:db8::1", 80, "[2001:db8::1]", "/"),
        ("https://b\u00fccher.example", "xn--bcher-kva.example", 443, "xn--bcher-kva.example", "/"),
        ("https://stra\u00dfe.example", "xn--strae-oqa.example", 443, "xn--strae-oqa.example", "/"),
        ("http://h?a=b", "h", 80, "h", "/?a=b"),
        ("http://h/?", "h", 80, "h", "/?"),
        ("http://h/a#b", "h", 80, "h", "/a"),
        ("http://h/a%7Eb/%2F?x=1%2C2&y=a+b&z=%zz", "h", 80, "h", "/a%7Eb/%2F?x=1%2C2&y=a+b&z=%zz"),
        ("http://h/m:generate?key=a|b{c}", "h", 80, "h", "/m:generate?key=a|b{c}"),
        ("http://h/a b/\u00e9?q=\u00fc", "h", 80, "h", "/a%20b/%C3%A9?q=%C3%BC"),
    ],
)
def test_the_parts_of_a_url(url: str, host: str, port: int, authority: str, target: str) -> None:
    found = address_of(url)
    assert (found.host, found.port, found.authority, found.target) == (
        host,
        port,
        authority,
        target,
    )


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("", "begins with http"),
        ("h/v1", "begins with http"),
        ("ftp://h", "begins with http"),
        ("http://", "begins with http"),
        ("http:///v1", "begins with http"),
        ("http://h:99999", "out of range"),
        ("http://h:x", "Port"),
        ("http://[::1", "IPv6"),
        ("http://[::1%25eth0]", "no name"),
        ("http://u:secret@h/v1", "into a header"),
        ("http://@h/v1", "into a header"),
        ("http://h/v1\r\nx: y", "line break"),
        ("http://h/\x7f", "line break"),
        ("http://a b/", "no name"),
        ("http://${HOST}/v1", "no name"),
        ("http://a..\u00fc/v1", "no name"),
    ],
)
def test_what_is_no_address(url: str, told: str) -> None:
    with pytest.raises(HttpFailure) as caught:
        address_of(url)
    assert caught.value.kind == "url"
    assert told in caught.value.detail
    assert "secret" not in caught.value.detail


@given(st.text(max_size=40))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    for url in (text, f"http://{text}", f"https://h/{text}"):
        with suppress(HttpFailure):
            found = address_of(url)
            said = f"{found.authority}{found.target}"
            assert said.isascii()
            assert said.isprintable()
            assert " " not in said


ADDRESS = address_of("http://h/v1?a=b")


def request(*headers: tuple[str, str], method: str = "GET", body: bytes = b"") -> Outgoing:
    return Outgoing(method=method, url="", headers=headers, body=body, connect_timeout=1.0)


def test_a_head_is_what_was_given() -> None:
    head, headers = head_of(request(("x-B", "1"), ("x-b", "2"), ("A", "\u20ac")), ADDRESS)
    assert (
        head == "GET /v1?a=b HTTP/1.1\r\nHost: h\r\nx-B: 1\r\nx-b: 2\r\nA: \u20ac\r\n\r\n".encode()
    )
    assert headers == (("Host", "h"), ("x-B", "1"), ("x-b", "2"), ("A", "\u20ac"))


def test_a_host_of_ones_own_counts() -> None:
    _, headers = head_of(request(("a", "b"), ("host", "inner.example")), ADDRESS)
    assert headers == (("a", "b"), ("host", "inner.example"))


@pytest.mark.parametrize(
    ("method", "body", "length"),
    [("GET", b"", None), ("POST", b"", "0"), ("DELETE", b"", "0"), ("GET", b"{}", "2")],
)
def test_a_body_has_its_length(method: str, body: bytes, length: str | None) -> None:
    _, headers = head_of(request(method=method, body=body), ADDRESS)
    assert dict(headers).get("Content-Length") == length


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("x", "a\r\nb: c", "line break in the header x"),
        ("x", "a\nb", "line break in the header x"),
        ("x", "a\rb", "line break in the header x"),
        ("x", "a\0b", "line break in the header x"),
        ("x y", "a", "no name of a header"),
        ("", "a", "no name of a header"),
        ("x:", "a", "no name of a header"),
        ("x\r\ny", "a", "no name of a header"),
        ("Content-Length", "5", "follows from the body"),
        ("transfer-encoding", "chunked", "follows from the body"),
        ("x", "\ud800", "half a character"),
    ],
)
def test_a_header_that_is_not_sent(name: str, value: str, told: str) -> None:
    with pytest.raises(HttpFailure, match=told) as caught:
        head_of(request((name, value)), ADDRESS)
    assert caught.value.kind == "url"


@given(st.text(max_size=20), st.text(max_size=20))
def test_no_header_becomes_two(name: str, value: str) -> None:
    try:
        head, _ = head_of(request((name, value)), ADDRESS)
    except HttpFailure:
        return
    assert head.count(b"\n") == head.count(b"\r\n") == 4


def test_both_kinds_of_addresses_take_turns() -> None:
    assert interleaved(["::1", "::2", "::3", "1.1.1.1"]) == ("::1", "1.1.1.1", "::2", "::3")
    assert interleaved(["1.1.1.1", "2.2.2.2", "::1"]) == ("1.1.1.1", "::1", "2.2.2.2")
    assert interleaved(["1.1.1.1", "1.1.1.1"]) == ("1.1.1.1",)
    assert interleaved([]) == ()


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (b"timeout=5", 5.0),
        (b"timeout=5, max=100", 5.0),
        (b"max=100 , Timeout=75", 75.0),
        (b"", None),
        (b"timeout=", None),
        (b"timeout=soon", None),
        (b"300", None),
    ],
)
def test_how_long_a_server_keeps_a_connection(value: bytes, seconds: float | None) -> None:
    assert idle_seconds(value) == seconds
