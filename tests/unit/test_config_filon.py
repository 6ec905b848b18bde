"""A filon.yaml: the file that it includes, and its block `filon`."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from filon.config.check import check_file
from filon.config.load import load, read_config
from filon.config.refusal import first_refusal
from filon.config.settings import ConfigFile, Limits, Settings

TEAM = """\
version: "1.3.13"
cache: true
endpoints:
  custom:
    - {name: Team, apiKey: "${TEAM_KEY}", baseURL: "http://127.0.0.1:9/v1", models: {default: [m]}}
modelSpecs:
  list:
    - {name: tutor, label: Tutor, preset: {endpoint: Team, model: m}}
"""


def made(folder: Path, text: str, team: str | None = TEAM, **environ: str) -> Settings:
    """The settings of a filon.yaml beside a team's librechat.yaml."""
    (folder / "filon.yaml").write_text(text, encoding="utf-8")
    if team is not None:
        (folder / "librechat.yaml").write_text(team, encoding="utf-8")
    return load({"FILON_LOCAL_SERVERS": "off", **environ}, cwd=folder, home=folder / "home")


def told(file: ConfigFile | None) -> list[tuple[str, int]]:
    """What is said of a file, each with its line."""
    return [] if file is None else [(one.code, one.line) for one in file.verdicts]


def said(given: Settings) -> list[tuple[str, int]]:
    return told(given.config)


def test_sections_of_the_included_file_count_as_if_they_stood_here(tmp_path: Path) -> None:
    given = made(tmp_path, "include: librechat.yaml\n", TEAM_KEY="team-key-1")
    assert given.config is not None
    assert given.config.path.name == "filon.yaml"
    assert said(given) == told(given.config.included) == []
    (team,) = given.endpoints
    assert (team.name, team.key.value) == ("Team", "team-key-1")
    assert (team.origin.source, team.origin.line) == ("librechat.yaml", 5)
    assert [one.name for one in given.presets.listed] == ["tutor"]
    assert given.presets.listed[0].because.source == "librechat.yaml"


def test_of_a_section_in_both_this_file_s_counts(tmp_path: Path) -> None:
    own = TEAM.partition("endpoints:")[2].partition("modelSpecs:")[0].replace("Team", "Mine")
    given = made(tmp_path, f"include: librechat.yaml\nendpoints:{own}", TEAM_KEY="k")
    assert [one.name for one in given.endpoints] == ["Mine"]
    assert given.endpoints[0].origin.source == "filon.yaml"
    assert ("section-twice", 2) in said(given)
    assert given.config is not None
    message = given.config.verdicts[0].message
    assert "librechat.yaml too, in line 3" in message
    # The team's preset still counts; it leads to an endpoint that is not there any more.
    assert given.presets.listed[0].state == "broken"
    assert told(given.config.included) == [("preset-skipped", 8)]


@pytest.mark.parametrize(
    ("line", "team", "code"),
    [
        ("include: none.yaml", TEAM, "include-unread"),
        ("include: .", TEAM, "include-unread"),
        ("include: filon.yaml", TEAM, "include-itself"),
        ('include: "a\\0b"', TEAM, "include-unread"),
        ("include: [librechat.yaml]", TEAM, "wrong-type"),
        ('include: "${WHERE}"', TEAM, "no-interpolation"),
    ],
)
def test_a_file_that_cannot_be_included_takes_nothing_else_down(
    line: str, team: str, code: str, tmp_path: Path
) -> None:
    given = made(tmp_path, f"{line}\nfilon: {{routes: {{quick: practice/pocket}}}}\n", team)
    assert (code, 1) in said(given)
    assert [route.name for route in given.routes] == ["quick"]


def test_what_is_wrong_in_the_included_file_is_said_at_its_own_line(tmp_path: Path) -> None:
    team = TEAM + "nonsense: 1\ninclude: other.yaml\nfilon: {}\n"
    given = made(tmp_path, "include: librechat.yaml\n", team)
    assert said(given) == []
    assert given.config is not None
    found = told(given.config.included)
    assert ("unset-variable", 5) in found
    assert ("unknown-key", 9) in found
    assert [one for one in found if one[0] == "misplaced-key"] == [
        ("misplaced-key", 10),
        ("misplaced-key", 11),
    ]
    refusal = first_refusal(given.config)
    assert refusal is not None
    assert (refusal[0].path.name, refusal[1].line) == ("librechat.yaml", 9)
    first, second = check_file(tmp_path / "filon.yaml")
    assert first.verdicts == ()
    assert second.name == str(tmp_path / "librechat.yaml")
    assert second.count("error") == 3
    assert given.config.count("error") == 3


def test_an_included_file_that_is_no_yaml(tmp_path: Path) -> None:
    given = made(tmp_path, "include: librechat.yaml\ncache: true\n", "a: [\n")
    assert said(given) == []
    assert given.config is not None
    assert told(given.config.included) == [("yaml-syntax", 1)]
    assert first_refusal(given.config) is not None


def test_a_file_of_the_same_name_elsewhere_may_have_no_block_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "team").mkdir()
    (tmp_path / "team" / "filon.yaml").write_text('version: "1"\nfilon: {}\n')
    given = made(tmp_path, "include: team/filon.yaml\n", None)
    assert given.config is not None
    assert told(given.config.included) == [("misplaced-key", 2)]


ROUTES = """\
filon:
  routes:
    quick: practice/pocket
    smart: [nowhere/x, practice/pocket-code, groq/llama, smart, quick]
    careful: {targets: [practice/pocket], description: "Slow and sure"}
    with/slash: practice/pocket
    Practice: practice/pocket
    nothing: []
    odd: {targets: 5}
    only: [smart]
"""


def test_routes(tmp_path: Path) -> None:
    given = made(tmp_path, ROUTES, None)
    routes = {route.name: route for route in given.routes}
    assert routes["quick"].targets == ("practice/pocket",)
    assert (routes["quick"].because.source, routes["quick"].because.line) == ("filon.yaml", 3)
    assert routes["smart"].targets == ("nowhere/x", "practice/pocket-code", "groq/llama")
    assert routes["careful"].description == "Slow and sure"
    broken = {name for name, route in routes.items() if route.reason is not None}
    assert broken == {"with/slash", "Practice", "nothing", "odd", "only"}
    assert said(given) == [
        ("unknown-target", 4),
        ("unknown-target", 4),
        ("route-to-route", 4),
        ("route-to-route", 4),
        ("route-name", 6),
        ("route-name", 7),
        ("missing-key", 8),
        ("wrong-type", 9),
        ("route-to-route", 10),
    ]
    assert given.config is not None
    messages = [one.message for one in given.config.verdicts]
    assert "There is no endpoint groq: GROQ_API_KEY is not set. It is passed over." in messages
    # Each part of the block stands for itself.
    assert first_refusal(given.config) is None


def test_a_target_nearly_right_has_a_guess(tmp_path: Path) -> None:
    given = made(tmp_path, "filon: {routes: {quick: practise/pocket}}\n", None)
    assert given.config is not None
    assert given.config.verdicts[0].message.endswith("Did you mean practice?")


ADDED = """\
filon:
  endpoints:
    team:
      keys: ["${SECOND}", "${THIRD}", "a-literal-key-0123456789", user_provided, "a\\nb"]
      limits: {requests_per_minute: 60, tokens_per_minute: -1, concurrent: 8, paralel: 2}
    practice: {limits: {concurrent: 2}}
    tem: {keys: ["${SECOND}"]}
"""


def test_more_keys_and_limits_of_any_endpoint(tmp_path: Path) -> None:
    given = made(tmp_path, f"include: librechat.yaml\n{ADDED}", TEAM_KEY="k1", SECOND="second-k2")
    (team,) = given.endpoints
    assert team.state == "ready"
    values = [(key.source, key.value, key.variable) for key in team.more_keys]
    assert values == [
        ("environment", "second-k2", "SECOND"),
        ("missing", None, "THIRD"),
        ("file", "a-literal-key-0123456789", None),
        ("user_provided", None, None),
        ("missing", None, None),
    ]
    assert (team.limits.requests_per_minute, team.limits.tokens_per_minute) == (60, None)
    assert team.limits.concurrent == 8
    assert given.additions["practice"].limits.concurrent == 2
    assert {"second-k2", "a-literal-key-0123456789"} <= set(given.secrets)
    assert said(given) == [
        ("unset-variable", 5),
        ("unusable-key", 5),
        ("unusable-key", 5),
        ("bad-value", 6),
        ("unknown-key", 6),
        ("no-such-endpoint", 8),
    ]


def test_keys_are_masked_where_the_file_is_shown(tmp_path: Path) -> None:
    text = "filon:\n  endpoints:\n    practice:\n      keys:\n      - a-literal-key-0123456789\n"
    made(tmp_path, text, None)
    (checked,) = check_file(tmp_path / "filon.yaml")
    assert "a-literal-key" not in "\n".join(checked.lines)
    assert len(checked.lines[4]) == len("      - a-literal-key-0123456789")


def test_retries_and_timeouts_say_where_they_come_from(tmp_path: Path) -> None:
    text = (
        "filon:\n  retries: {attempts: 5, deadline: 0}\n"
        "  timeouts: {connect: 2.5, first_payload: x}\n"
    )
    given = made(tmp_path, text, None)
    assert (given.retries.attempts, given.retries.deadline) == (5, 600.0)
    assert given.limits == Limits(connect=2.5)
    assert given.origins["retries.attempts"].line == 2
    assert given.origins["limits.connect"].rule == "filon.timeouts.connect"
    assert "limits.first_payload" not in given.origins
    assert said(given) == [("bad-value", 2), ("wrong-type", 3)]


WORD = st.text("ap/.-${} é", max_size=8)
SCALAR = st.one_of(st.none(), st.booleans(), st.integers(-3, 3), st.floats(allow_nan=False), WORD)
TREE = st.recursive(
    SCALAR,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORD, inner, max_size=3)),
    max_leaves=8,
)
PARTS = st.dictionaries(
    st.sampled_from(["routes", "endpoints", "retries", "timeouts", "other"]), TREE, max_size=4
)


@given(block=st.one_of(TREE, PARTS))
@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
def test_no_block_keeps_the_rest_from_being_read(block: object, tmp_path: Path) -> None:
    text = json.dumps({"filon": block, "cache": True})
    path = tmp_path / "filon.yaml"
    path.write_text(text, encoding="utf-8")
    read = read_config(path, {})
    assert read.file.readable
    assert read.block.retries.attempts > 0
    assert all(route.targets or route.reason for route in read.block.routes)
