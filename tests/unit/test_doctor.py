"""The pure parts of the doctor: keys, addresses, certificates, its sentences in two languages."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filon.config.surroundings import surroundings
from filon.doctor.address import doubt_of, fault_of, guesses, place_of
from filon.doctor.certificate import read
from filon.doctor.key import owner_of, shape_of
from filon.doctor.models import nearest
from filon.doctor.outcome import find
from filon.doctor.step import TITLES
from filon.doctor.words import FINDINGS, SEEN
from filon.protocols.listing import ids_of
from filon.providers import catalog

LOCALES = Path(__file__).parents[2] / "frontend" / "src" / "locales"
NAMES = {"endpoint": "E", "url": "U", "variable": "E_KEY"}
DAY = 86_400


@pytest.mark.parametrize(
    ("provider", "key", "code"),
    [
        ("openrouter", "gsk_0123456789", "key_of_another"),
        ("openrouter", "sk-or-v1-0123456789", None),
        # sk-or- is longer than the sk- of OpenAI, so it is OpenRouter's.
        ("openai", "sk-or-v1-0123456789", "key_of_another"),
        ("openai", "sk-proj-0123456789", None),
        ("deepseek", "sk-0123456789", None),
        ("deepseek", "sk-ant-0123456789", "key_of_another"),
        ("groq", "sk-0123456789", "key_of_another"),
        # Mistral's keys have no beginning of their own, and sk- is too common to tell.
        ("mistral", "sk-0123456789", None),
        ("mistral", "gsk_0123456789", "key_elsewhere"),
        ("mistral", "0123456789abcdef", None),
        ("ollama", "sk-0123456789", None),
    ],
)
def test_whose_key_it_is(provider: str, key: str, code: str | None) -> None:
    found = owner_of(key, NAMES, catalog.by_name(provider))
    assert (found.code if found else None) == code
    if found is not None:
        assert key not in repr(found)


def test_of_an_unknown_host_nothing_is_said() -> None:
    assert owner_of("sk-ant-0123456789", NAMES, None) is None


@given(st.text(alphabet="abcdefghijklmnopqrstuvwyz0123456789_-", min_size=20, max_size=60))
def test_a_plain_key_has_no_fault(key: str) -> None:
    if not re.search("your|change|insert|key", key):
        assert shape_of(key, NAMES, None) is None


@given(st.text(max_size=40))
def test_any_text_can_be_judged(text: str) -> None:
    shape_of(text, NAMES, None)
    for manifest in catalog.manifests():
        owner_of(text, NAMES, manifest)
        if fault_of(text, NAMES) is None:
            doubt_of(text, NAMES, manifest)
            assert place_of(text).host


@given(
    st.from_regex(r"https?://[a-z]{1,8}(:[1-9][0-9]{0,3})?(/[a-z0-9.]{1,6}){0,4}/?", fullmatch=True)
)
def test_what_may_have_been_meant_stays_at_the_same_host(url: str) -> None:
    for manifest in (None, *catalog.manifests()):
        for _, other in guesses(url, manifest):
            assert catalog.host_of(other) == catalog.host_of(url)
            assert other.partition(":")[0] == url.partition(":")[0]
            assert other.rstrip("/") != url.rstrip("/")


@pytest.mark.parametrize(
    ("provider", "url", "code", "corrected"),
    [
        ("openai", "https://api.openai.com", "address_short", "https://api.openai.com/v1"),
        ("groq", "https://api.groq.com", "address_short", "https://api.groq.com/openai/v1"),
        ("openai", "https://api.openai.com/v1/v1", "address_doubled", "https://api.openai.com/v1"),
        ("openai", "https://api.openai.com/v1", None, None),
        ("deepseek", "https://api.deepseek.com/v1", None, None),
        (
            "openai",
            "https://api.openai.com/v1/chat/completions",
            "address_chat",
            "https://api.openai.com/v1",
        ),
        (None, "https://llm.example.invalid/mistral", None, None),
    ],
)
def test_what_is_most_likely_wrong_with_a_path(
    provider: str | None, url: str, code: str | None, corrected: str | None
) -> None:
    manifest = catalog.by_name(provider) if provider else None
    found = doubt_of(url, NAMES, manifest)
    assert (found.code if found else None) == code
    if found is not None:
        assert found.names["corrected"] == corrected


def certificate(begins: str, ends: str) -> dict[str, Any]:
    return {
        "issuer": ((("organizationName", "An Authority"),), (("commonName", "R3"),)),
        "subject": ((("commonName", "a.example"),),),
        "subjectAltName": (("DNS", "a.example"), ("DNS", "b.example")),
        "notBefore": begins,
        "notAfter": ends,
    }


def test_a_certificate_is_read() -> None:
    told = read(certificate("Jan  1 00:00:00 2026 GMT", "Apr  1 00:00:00 2026 GMT"))
    assert (told.issuer, told.names, told.until) == (
        "An Authority",
        ("a.example", "b.example"),
        "2026-04-01",
    )
    assert told.expires_soon(told.ends - 13 * DAY)
    assert not told.expires_soon(told.ends - 15 * DAY)
    # Of one that lives for six days, four are enough.
    short = read(certificate("Jan  1 00:00:00 2026 GMT", "Jan  7 00:00:00 2026 GMT"))
    assert not short.expires_soon(short.ends - 4 * DAY)
    assert short.expires_soon(short.ends - DAY)
    assert read({}).names == ()


def test_the_nearest_models() -> None:
    listed = ("accounts/fireworks/models/llama-3", "accounts/fireworks/models/qwen-3", "llama-2")
    assert nearest("llama-3", listed)[0] == "accounts/fireworks/models/llama-3"
    assert nearest("zzzz", listed) == ()


@pytest.mark.parametrize(
    ("body", "ids"),
    [
        (b'{"data": [{"id": "b"}, {"id": "a"}, {"id": "a"}, {}]}', ("a", "b")),
        (b'{"models": [{"name": "llama"}]}', ("llama",)),
        (b'[{"id": "a"}]', ("a",)),
        (b'{"data": []}', ()),
        (b'{"error": "no"}', None),
        (b"<html>", None),
        (b"", None),
        (b'{"data": {"id": 1}}', None),
    ],
)
def test_lists_in_every_shape(body: bytes, ids: tuple[str, ...] | None) -> None:
    assert ids_of(body) == ids


@given(st.binary(max_size=60))
def test_any_list_can_be_read(body: bytes) -> None:
    ids_of(body)


def test_the_surroundings() -> None:
    assert not surroundings({}).proxying.proxies.any
    assert surroundings({"https_proxy": "http://10.0.0.1:3128"}).proxying.proxies.any


def test_a_line_needs_all_of_its_names() -> None:
    assert "line" not in find("address_moved", **NAMES, location="L").names
    moved = find("address_moved", **NAMES, location="L", corrected="https://x")
    assert moved.names["line"] == 'baseURL: "https://x"'


# Its sentences, as the page says them.


def words(language: str) -> dict[str, Any]:
    return json.loads((LOCALES / language / "doctor.json").read_text(encoding="utf-8"))


def in_page(text: str) -> str:
    return re.sub(r"\{(\w+)\}", r"{{\1}}", text)


def places(text: str) -> set[str]:
    return set(re.findall(r"\{\{(\w+)\}\}", text))


def test_the_page_says_the_same_in_english() -> None:
    english = words("en")
    assert english["step"] == TITLES
    assert english["seen"] == {code: in_page(text) for code, text in SEEN.items()}
    for code, own in FINDINGS.items():
        told = english["finding"][code]
        assert told["title"] == in_page(own.title)
        assert told["causes"] == [in_page(cause) for cause in own.causes]
        assert told["fix"] == in_page(own.fix)
    assert set(english["finding"]) == set(FINDINGS)


def test_the_page_speaks_of_the_same_things_in_spanish() -> None:
    english, spanish = words("en"), words("es")
    for code, told in english["finding"].items():
        other = spanish["finding"][code]
        assert places(other["title"]) == places(told["title"])
        assert [places(cause) for cause in other["causes"]] == [
            places(cause) for cause in told["causes"]
        ]
        assert other["title"] != told["title"]
