"""The doctor meets every fault of practice that a chat can meet, and tells where and why."""

import dataclasses
from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace

from filon.config.found import practice_endpoints
from filon.practice.faults.catalogue import FAULTS
from filon.practice.faults.fault import Door
from filon.practice.faults.rules import Rule
from filon.practice.service import Practice
from filon.providers.endpoint import Endpoint, Key
from tests.journeys.doctoring import (
    USUAL,
    examined,
    outcome,
    step,
    stopped_by_silence,
    warned,
)


@dataclasses.dataclass
class Ward:
    """A practice that does not wait, and its endpoints by name."""

    service: Practice
    endpoints: dict[str, Endpoint]


@pytest.fixture(scope="module")
async def ward() -> AsyncIterator[Ward]:
    service = Practice()
    port = await service.start()
    service.desk.speed = 0
    endpoints = practice_endpoints(
        f"http://127.0.0.1:{port}",
        closed=f"http://127.0.0.1:{service.doors.closed_port}",
        tls=f"https://127.0.0.1:{service.doors.tls_port}",
    )
    yield Ward(service, {endpoint.name: endpoint for endpoint in endpoints})
    await service.stop()


# By switch: where the examination stops, and the cause.
STOPS: dict[str, tuple[str, str]] = {
    "bad-request": ("chat", "request_refused"),
    "missing-key": ("chat", "key_not_sent"),
    "wrong-key": ("chat", "key_refused"),
    "no-money": ("chat", "quota_exhausted"),
    "forbidden": ("chat", "not_allowed"),
    "unknown-model": ("chat", "model_not_found"),
    "unknown-path": ("chat", "path_not_found"),
    "request-timeout": ("chat", "gave_up_waiting"),
    "too-large": ("chat", "request_too_large"),
    "unprocessable": ("chat", "request_refused"),
    "unknown-parameter": ("chat", "parameter_refused"),
    "unsupported-parameter": ("chat", "parameter_refused"),
    "context-too-long": ("chat", "context_too_long"),
    "rate-limited": ("chat", "rate_limited"),
    "quota-exhausted": ("chat", "quota_exhausted"),
    "request-over-limit": ("chat", "request_too_large"),
    "too-many-at-once": ("chat", "too_many_at_once"),
    "no-capacity": ("chat", "tier_full"),
    "client-closed": ("chat", "gave_up_waiting"),
    "internal-error": ("chat", "overloaded"),
    "bad-gateway": ("chat", "overloaded"),
    "unavailable": ("chat", "overloaded"),
    "gateway-timeout": ("chat", "gave_up_waiting"),
    "overloaded": ("chat", "overloaded"),
    "reset-before-headers": ("chat", "cut"),
    "close-before-headers": ("chat", "cut"),
    "reset-after-headers": ("chat", "cut"),
    "silent": ("chat", "provider_timeout"),
    "error-in-200": ("chat", "overloaded"),
    "error-mid-stream=2": ("stream", "overloaded"),
    "cut=2": ("stream", "cut"),
    "cut-reset=2": ("stream", "cut"),
    "cut-in-json=2": ("stream", "broken_reply"),
    "stall=3600": ("stream", "provider_timeout"),
    "comments-only=3600": ("chat", "provider_timeout"),
}
# Switches with which it works, but there is something to know.
REMARKS: dict[str, dict[str, str]] = {
    "no-usage": {"usage": "no_usage"},
    "no-done": {"stream": "no_done"},
    "comments-only=0.4": {"chat": "slow"},
}
# Long enough for the whole, too long for a first answer.
SOON_SLOW = replace(USUAL, slow=0.3)
FINE = (
    "split-writes",
    "merged-writes",
    "crlf",
    "no-space",
    "keep-alive",
    "duplicate-chunk=1",
    "wrong-content-type",
    "gzip",
    "slow-loris=0",
    "stall=0",
)


@pytest.mark.parametrize("switch", STOPS)
async def test_a_fault_stops_it_at_its_step_and_for_its_cause(ward: Ward, switch: str) -> None:
    endpoint, model = ward.endpoints["practice"], f"pocket:{switch}"
    if STOPS[switch][1] == "provider_timeout":
        report = await stopped_by_silence(endpoint, STOPS[switch], model=model)
    else:
        report = await examined(endpoint, model=model)
    assert outcome(report) == STOPS[switch]
    names = [one.name for one in report.steps]
    behind = report.steps[names.index(STOPS[switch][0]) + 1 :]
    assert {one.state for one in behind} <= {"skipped"}


@pytest.mark.parametrize("switch", REMARKS)
async def test_what_only_deserves_a_remark_does_not_stop_it(ward: Ward, switch: str) -> None:
    patience = SOON_SLOW if "slow" in REMARKS[switch].values() else USUAL
    report = await examined(ward.endpoints["practice"], model=f"pocket:{switch}", patience=patience)
    assert outcome(report) == (None, None)
    assert warned(report) == REMARKS[switch]


@pytest.mark.parametrize("switch", FINE)
async def test_what_a_good_client_does_not_notice_is_no_remark(ward: Ward, switch: str) -> None:
    report = await examined(ward.endpoints["practice"], model=f"pocket:{switch}")
    assert (outcome(report), warned(report)) == ((None, None), {})


def test_no_fault_of_wires_and_refusals_was_forgotten() -> None:
    tried = {switch.partition("=")[0] for switch in (*STOPS, *REMARKS, *FINE)}
    # One token never reaches the middle of a character, and only whole answers have blank lines.
    beyond = {"cut-in-character", "blank-lines-before"}
    there_are = {
        fault.name
        for fault in FAULTS
        if fault.group in ("refusals", "connection", "stream")
        and not isinstance(fault.effect, Door)
    }
    assert there_are - tried == beyond


async def test_the_two_doors(ward: Ward) -> None:
    closed = await examined(ward.endpoints["practice-closed"])
    assert outcome(closed) == ("tcp", "refused")
    report = await examined(ward.endpoints["practice-tls"])
    assert outcome(report) == ("tls", "tls_self_signed")
    stopped = report.failed
    assert stopped
    assert stopped.finding
    assert "2000-01-02" in stopped.finding.evidence


DIALECTS = ("practice", "openai", "deepseek", "mistral", "groq", "openrouter", "fireworks", "xai")


@pytest.mark.parametrize("dialect", [*DIALECTS, "ollama"])
async def test_every_dialect_is_well(ward: Ward, dialect: str) -> None:
    name = dialect if dialect == "practice" else f"practice-{dialect}"
    report = await examined(ward.endpoints[name])
    assert outcome(report) == (None, None), report.failed
    assert warned(report) == {}
    assert step(report, "usage").seen.endswith(" out")


@pytest.mark.parametrize("dialect", DIALECTS[1:])
async def test_a_wrong_key_is_told_by_every_dialect(ward: Ward, dialect: str) -> None:
    endpoint = ward.endpoints[f"practice-{dialect}"]
    wrong = replace(endpoint, key=Key(source="file", value="canary-wrong-key-0123456789"))
    report = await examined(wrong)
    assert outcome(report) == ("accepted", "key_refused")
    assert "canary-wrong-key" not in repr(report)


async def test_a_list_for_everybody_proves_no_key(ward: Ward) -> None:
    """OpenRouter shows its models to all, so that only a chat can tell."""
    endpoint = ward.endpoints["practice-openrouter"]
    report = await examined(endpoint)
    assert step(report, "accepted").seen == "POST one token: 200"
    spared = await examined(endpoint, chat=False)
    assert step(spared, "accepted").state == "skipped"
    assert outcome(spared) == (None, None)
    wrong = replace(endpoint, key=Key(source="file", value="canary-wrong-key-0123456789"))
    refused = await examined(wrong)
    stopped = refused.failed
    assert stopped
    assert (stopped.name, stopped.seen) == ("accepted", "POST one token: 401")


async def test_without_a_chat_nothing_that_costs_is_asked(ward: Ward) -> None:
    ledger = ward.service.desk.ledger
    ledger.clear()
    report = await examined(ward.endpoints["practice-groq"], chat=False)
    assert outcome(report) == (None, None)
    assert [step(report, name).state for name in ("chat", "stream", "usage")] == ["skipped"] * 3
    # With the key, and without, to see whether the list proves it.
    assert [entry.method for entry in ledger.entries()] == ["GET", "GET"]


async def test_a_whole_examination_asks_one_chat(ward: Ward) -> None:
    ledger = ward.service.desk.ledger
    ledger.clear()
    await examined(ward.endpoints["practice-groq"])
    chats = [entry for entry in ledger.entries() if entry.method == "POST"]
    assert len(chats) == 1
    assert b'"max_tokens":1' in chats[0].request.text.replace(" ", "").encode()


async def test_a_rule_on_the_desk_is_met(ward: Ward) -> None:
    desk = ward.service.desk
    rule = desk.rules.add(
        Rule(fault="overloaded", dialect="groq", starts=desk.clock.now() - 1, probability=1.0)
    )
    try:
        report = await examined(ward.endpoints["practice-groq"])
        assert outcome(report) == ("chat", "overloaded")
    finally:
        desk.rules.remove(rule.id)


async def test_a_model_that_is_not_there(ward: Ward) -> None:
    report = await examined(ward.endpoints["practice-openai"], model="pokket")
    assert outcome(report) == ("model", "model_near")
    stopped = report.failed
    assert stopped
    assert stopped.finding
    assert stopped.finding.names["nearest"] == "pocket"
