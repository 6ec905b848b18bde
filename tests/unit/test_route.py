"""The stage `route`: which models may answer, in which order, and why each is kept or not."""

import pytest
from msgspec.structs import replace

from filon.config.found import practice_endpoints
from filon.config.route import Route
from filon.conversation.errors import EndpointNotReady, FilonError, InvalidRequest, UnknownModel
from filon.conversation.message import say
from filon.conversation.request import ChatRequest, Wanted
from filon.conversation.rights import KeyRules
from filon.pipeline.directory import Directory
from filon.pipeline.stages.admit import let_in
from filon.pipeline.stages.route import route
from filon.pipeline.turn import Caller, Turn, begin
from filon.providers.endpoint import Endpoint, Key, State, Title
from filon.trace.records import Because, Body, Received, Routed

HERE = Because(source="filon.yaml", line=3)


def endpoint(name: str, state: State = "ready", models: tuple[str, ...] = ("m",)) -> Endpoint:
    return Endpoint(
        name=name,
        label=name.title(),
        provider="custom",
        protocol="openai_chat",
        base_url="http://127.0.0.1:9/v1",
        key=Key(source="none_needed"),
        origin=HERE,
        kind="custom",
        state=state,
        reason=None if state == "ready" else f"{name.upper()}_KEY is not set.",
        models=models,
        title=Title(enabled=False, because=HERE),
    )


DIRECTORY = Directory(
    endpoints=(
        endpoint("one"),
        endpoint("two", models=("m", "n")),
        endpoint("off", "not_configured"),
        *practice_endpoints("http://127.0.0.1:9", "", ""),
    ),
    routes=(
        Route(name="smart", because=HERE, targets=("off/m", "one/m", "nowhere/x", "two/n")),
        Route(name="n", because=HERE, targets=("one/m",)),
        Route(name="pocket", because=HERE, reason="No target of pocket can be read."),
        Route(name="bad", because=HERE, reason="No target of bad can be read."),
        Route(name="gone", because=HERE, targets=("off/m", "nowhere/x")),
        Route(
            name="vectors", because=HERE, targets=("practice-groq/pocket", "practice/pocket-embed")
        ),
    ),
)


def turn(
    model: str,
    *fallbacks: str,
    rules: KeyRules = KeyRules(),  # noqa: B008
    wants: Wanted = "answer",
) -> Turn:
    request = ChatRequest(
        model=model, messages=(say("user", "a vein"),), fallbacks=fallbacks, wants=wants
    )
    caller = Caller(kind="gateway", owner_id=1, by="key test", rules=rules)
    return begin(caller, request, Received(protocol="openai_chat", path="/", body=Body(b"")))


def routed(given: Turn) -> tuple[str, dict[str, tuple[bool, str]]]:
    """Who was chosen, and each candidate: kept or not, and why."""
    after = route(given, DIRECTORY)
    record = after.records[-1]
    assert isinstance(record, Routed)
    assert after.endpoint is not None
    assert (after.endpoint.name, after.model) == (record.endpoint, record.model)
    return f"{record.endpoint}/{record.model}", {
        f"{one.endpoint}/{one.model}": (one.kept, one.reason) for one in record.candidates
    }


def refused(given: Turn) -> FilonError:
    with pytest.raises(FilonError) as raised:
        route(given, DIRECTORY)
    return raised.value


def test_one_model_is_what_it_was() -> None:
    assert routed(turn("one/m")) == ("one/m", {"one/m": (True, "asked for by name")})
    assert isinstance(refused(turn("one/x")), UnknownModel)
    assert "OFF_KEY is not set" in refused(turn("off/m")).problem.message


def test_a_route_leads_to_the_first_target_that_can_be_used() -> None:
    chosen, candidates = routed(turn("smart"))
    assert chosen == "one/m"
    assert list(candidates) == ["off/m", "one/m", "nowhere/x", "two/n"]
    assert candidates["off/m"] == (False, "Off cannot be used: OFF_KEY is not set.")
    assert candidates["one/m"] == (True, "target 2 of the route smart")
    assert candidates["nowhere/x"][1].startswith("There is no model nowhere/x.")
    kept, why = candidates["two/n"]
    assert kept
    assert why == "target 4 of the route smart; waits for those before it to fail"


def test_after_a_failure_the_next_is_chosen() -> None:
    failed = replace(turn("smart"), failed={"one/m": "It broke."})
    chosen, candidates = routed(failed)
    assert chosen == "two/n"
    assert candidates["one/m"] == (
        False,
        "One cannot be used: it has just failed for this request. It broke.",
    )
    both = replace(failed, failed={"one/m": "It broke.", "two/n": "It broke too."})
    problem = refused(both).problem
    assert (problem.code, problem.status) == ("no_target_usable", 503)
    for word in ("off/m: Off", "one/m: One", "nowhere/x: There", "two/n: Two", "just failed"):
        assert word in problem.message


def test_a_route_goes_before_a_bare_model_and_a_broken_one_hides_none() -> None:
    assert routed(turn("n"))[0] == "one/m"
    assert routed(turn("pocket"))[0] == "practice/pocket"
    problem = refused(turn("bad")).problem
    assert (problem.code, problem.status) == ("route_not_ready", 503)
    assert "line 3" in (problem.fix or "")


def test_fallbacks_of_the_request_come_after_what_it_names() -> None:
    chosen, candidates = routed(turn("off/m", "one/x", "smart", "two/m", "one/m"))
    assert chosen == "one/m"
    assert list(candidates) == ["off/m", "one/x", "one/m", "nowhere/x", "two/n", "two/m"]
    assert candidates["one/m"][1] == "fallback 2 of the request: target 2 of the route smart"
    assert candidates["two/m"][1].startswith("fallback 3 of the request; waits")
    assert routed(turn("typo", "one/m"))[0] == "one/m"
    problem = refused(turn("off/m", "nowhere/x")).problem
    assert isinstance(refused(turn("off/m", "nowhere/x")), EndpointNotReady)
    assert problem.message.startswith("None of the 2 models for off/m can be used.")


def test_a_scope_judges_targets_and_fallbacks() -> None:
    scoped = KeyRules(models=("two/*",))
    chosen, candidates = routed(turn("smart", rules=scoped))
    assert chosen == "two/n"
    assert candidates["one/m"] == (
        False,
        "The key may not use one/m: its scope is the models two/*.",
    )
    named = KeyRules(models=("smart",))
    assert routed(turn("smart", rules=named))[0] == "one/m"
    assert (
        routed(turn("smart", rules=KeyRules(models=("smart",), endpoints=("two",))))[0] == "two/n"
    )
    assert routed(turn("two/m", "one/m", rules=scoped))[1]["one/m"][0] is False
    assert routed(turn("two/m", "smart", rules=named))[1]["one/m"][0] is True


@pytest.mark.parametrize(
    ("rules", "model", "pattern"),
    [
        (KeyRules(), "smart", "*"),
        (KeyRules(models=("two/*",)), "smart", "two/*"),
        (KeyRules(models=("sm*",)), "smart", "sm*"),
        (KeyRules(models=("three/*",)), "smart", None),
        (KeyRules(endpoints=("two",)), "smart", "two/*"),
        (KeyRules(endpoints=("three",)), "smart", None),
        (KeyRules(models=("smart",), endpoints=("three",)), "smart", None),
        (KeyRules(models=("nowhere/*",)), "gone", "nowhere/*"),
    ],
)
def test_a_key_is_let_in_by_the_route_s_name_or_by_a_target(
    rules: KeyRules, model: str, pattern: str | None
) -> None:
    request = ChatRequest(model=model, messages=())
    assert let_in(rules, request, DIRECTORY) == (model, pattern)


def test_a_route_of_vectors_passes_over_what_makes_none() -> None:
    chosen, candidates = routed(turn("vectors", wants="vectors"))
    assert chosen == "practice/pocket-embed"
    assert candidates["practice-groq/pocket"][0] is False
    assert isinstance(
        refused(turn("practice-groq/pocket", wants="vectors")), InvalidRequest | UnknownModel
    )
