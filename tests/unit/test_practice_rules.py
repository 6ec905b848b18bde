"""Faults by schedule and by probability."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filon.conversation.errors import InvalidRequest, NotFound
from filon.practice.faults.rules import MOST_RULES, Rule, Rules

NOW = 1_767_225_600.0


def rules_of(*rules: Rule) -> Rules:
    kept = Rules()
    for rule in rules:
        kept.add(rule)
    return kept


def due(rules: Rules, dialect: str = "openai", model: str = "pocket", now: float = NOW) -> str:
    return " ".join(switch.fault.name for switch in rules.due(dialect, model, now))


def test_a_rule_is_completed_listed_and_removed() -> None:
    rules = Rules()
    added = rules.add(Rule(fault="429"))
    assert added.fault == "rate-limited"
    assert added.argument == 2
    assert added.id.startswith("rule_")
    named = rules.add(Rule(fault="crlf", id="mine"))
    assert named.argument is None
    assert [standing.rule for standing in rules.list(NOW)] == [added, named]
    (first, second) = rules.due("openai", "pocket", NOW)
    assert (first.fault.name, first.argument, first.origin) == ("rate-limited", 2, "rule")
    assert (second.fault.name, second.argument) == ("crlf", 0)
    assert rules.remove("mine") == named
    assert due(rules) == "rate-limited"
    with pytest.raises(NotFound):
        rules.remove("mine")


def test_a_rule_is_json() -> None:
    rules = Rules()
    told = b'{"fault":"cut","argument":5,"model":"pocket","starts":1.5,"ends":2.5,"seed":7}'
    rules.add(msgspec.json.decode(told, type=Rule))
    listed = msgspec.json.decode(msgspec.json.encode(rules.list(2)))
    assert listed[0]["state"] == "active"
    assert listed[0]["rule"]["argument"] == 5
    with pytest.raises(msgspec.ValidationError, match="unknown field"):
        msgspec.json.decode(b'{"fault":"cut","end":2}', type=Rule)


@pytest.mark.parametrize(
    ("rule", "dialect", "model", "is_due"),
    [
        (Rule(fault="crlf"), "groq", "pocket", True),
        (Rule(fault="crlf", dialect="groq"), "groq", "pocket", True),
        (Rule(fault="crlf", dialect="groq"), "openai", "pocket", False),
        (Rule(fault="crlf", model="pocket"), "openai", "pocket", True),
        (Rule(fault="crlf", model="pocket"), "openai", "pocket-large", False),
        (Rule(fault="crlf", dialect="groq", model="pocket"), "groq", "echo", False),
    ],
)
def test_a_rule_holds_for_its_dialect_and_model(
    rule: Rule, dialect: str, model: str, is_due: bool
) -> None:
    assert bool(due(rules_of(rule), dialect, model)) is is_due


@pytest.mark.parametrize(
    ("starts", "ends", "now", "state"),
    [
        (None, None, 0.0, "active"),
        (10.0, None, 9.999, "waiting"),
        (10.0, None, 10.0, "active"),
        (None, 20.0, 19.999, "active"),
        (None, 20.0, 20.0, "over"),
        (10.0, 20.0, 9.0, "waiting"),
        (10.0, 20.0, 15.0, "active"),
        (10.0, 20.0, 20.0, "over"),
    ],
)
def test_a_schedule_has_sharp_edges(
    starts: float | None, ends: float | None, now: float, state: str
) -> None:
    rules = rules_of(Rule(fault="crlf", starts=starts, ends=ends))
    assert rules.list(now)[0].state == state
    assert bool(due(rules, now=now)) is (state == "active")


@given(st.integers(0, 2**64), st.sampled_from([0.01, 0.1, 0.5, 0.9, 1.0]))
def test_a_probability_is_kept_and_a_run_repeats(seed: int, probability: float) -> None:
    rule = Rule(fault="500", probability=probability, seed=seed)
    one, two = rules_of(rule), rules_of(rule)
    struck = [due(one) for _ in range(1_000)]
    assert struck == [due(two) for _ in range(1_000)]
    times = sum(map(bool, struck))
    assert (one.list(NOW)[0].matched, one.list(NOW)[0].struck) == (1_000, times)
    # Six standard deviations: exceeded by less than one seed in a million, even at 0.01, where
    # the tail is longest.
    assert abs(times - 1_000 * probability) <= 6 * (1_000 * probability * (1 - probability)) ** 0.5


def test_each_rule_draws_for_itself_and_only_where_it_matches() -> None:
    half = Rule(fault="500", probability=0.5, seed=3)
    alone, beside = rules_of(half), rules_of(Rule(fault="crlf", probability=0.5, seed=4), half)
    quiet = rules_of(msgspec.structs.replace(half, model="pocket"))
    for number in range(200):
        expected = "internal-error" in due(alone)
        assert ("internal-error" in due(beside)) is expected
        if number % 3 == 0:
            assert due(quiet, model="echo") == ""
        assert ("internal-error" in due(quiet)) is expected


@pytest.mark.parametrize(
    ("rule", "param", "says"),
    [
        (Rule(fault="crfl"), "fault", "no fault 'crfl'"),
        (Rule(fault="flaky-500"), "fault", "no fault 'flaky-500'"),
        (Rule(fault="cut", argument=-1), "argument", "-1 is no number"),
        (Rule(fault="crlf", argument=1), "argument", "takes no number"),
        (Rule(fault="crlf", probability=0), "probability", "above 0"),
        (Rule(fault="crlf", probability=1.01), "probability", "at most 1"),
        (Rule(fault="crlf", probability=float("nan")), "probability", "above 0"),
        (Rule(fault="crlf", starts=2, ends=2), "ends", "ends before it starts"),
        (Rule(fault="crlf", id="x" * 65), "id", "longer than 64"),
        (Rule(fault="tls", ends=2), "fault", "port of its own"),
        (Rule(fault="closed"), "ends", "for good"),
        (Rule(fault="closed", ends=2, model="pocket"), "fault", "for everybody"),
        (Rule(fault="closed", ends=2, dialect="groq"), "fault", "for everybody"),
        (Rule(fault="closed", ends=2, probability=0.5), "fault", "for everybody"),
    ],
)
def test_a_rule_that_cannot_be_is_told(rule: Rule, param: str, says: str) -> None:
    rules = Rules()
    with pytest.raises(InvalidRequest) as raised:
        rules.add(rule)
    assert raised.value.problem.param == param
    assert says in raised.value.problem.message
    assert rules.list(NOW) == ()


def test_there_are_a_hundred_rules_at_most_and_no_two_of_one_id() -> None:
    rules = rules_of(*(Rule(fault="crlf", id=str(number)) for number in range(MOST_RULES - 1)))
    with pytest.raises(InvalidRequest, match="a rule '7' already"):
        rules.add(Rule(fault="gzip", id="7"))
    rules.add(Rule(fault="gzip"))
    with pytest.raises(InvalidRequest, match="100 rules already"):
        rules.add(Rule(fault="gzip"))
    rules.remove("7")
    rules.add(Rule(fault="gzip", id="7"))


@pytest.mark.parametrize(
    ("now", "until"),
    [(9.9, None), (10, 30), (19.9, 30), (20, 30), (29.9, 30), (30, None), (45, 50), (50, None)],
)
def test_the_port_is_closed_during_an_outage(now: float, until: float | None) -> None:
    rules = rules_of(
        Rule(fault="closed", starts=10, ends=20),
        Rule(fault="closed", starts=20, ends=30),
        Rule(fault="closed", starts=12, ends=15),
        Rule(fault="refused", starts=40, ends=50),
        Rule(fault="crlf"),
    )
    assert rules.closed_between(now) == until
    assert due(rules, now=now) == "crlf"


def test_an_outage_may_begin_at_once_and_be_ended_early() -> None:
    rules = Rules()
    outage = rules.add(Rule(fault="closed", ends=NOW + 60))
    assert rules.closed_between(NOW) == NOW + 60
    rules.remove(outage.id)
    assert rules.closed_between(NOW) is None
