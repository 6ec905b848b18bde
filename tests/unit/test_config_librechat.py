"""Endpoints made of endpoints.custom, and what is said of each slip."""

from pathlib import Path
from textwrap import dedent, indent
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filon.config.environment import Environment, parse_dotenv
from filon.config.interpolate import fill
from filon.config.load import Read, read_config
from filon.providers.endpoint import Endpoint

KEY = "sk-0123456789abcdef"
ENTRY = """\
name: One
apiKey: ${ONE_KEY}
baseURL: https://one.example/v1
models: {default: [m-1, m-2]}
"""


@pytest.fixture
def read(tmp_path: Path) -> Any:
    def _read(*entries: str, above: str = "", **environ: str) -> Read:
        listed = "\n".join("    - " + indent(dedent(entry), "      ").lstrip() for entry in entries)
        text = f'version: "1.3.13"\nendpoints:\n{indent(dedent(above), "  ")}  custom:\n{listed}\n'
        path = tmp_path / "librechat.yaml"
        path.write_text(text, encoding="utf-8")
        return read_config(path, environ)

    return _read


def codes(read: Read, *, but: tuple[str, ...] = ()) -> list[str]:
    return [one.code for one in read.file.verdicts if one.code not in but]


def only(read: Read) -> Endpoint:
    (endpoint,) = read.endpoints
    return endpoint


def test_a_plain_entry_is_ready(read: Any) -> None:
    result = read(ENTRY, ONE_KEY=KEY)
    endpoint = only(result)
    assert codes(result) == []
    assert endpoint.state == "ready"
    assert (endpoint.name, endpoint.base_url) == ("One", "https://one.example/v1")
    assert endpoint.models == ("m-1", "m-2")
    assert (endpoint.key.value, endpoint.key.source) == (KEY, "environment")
    assert endpoint.key.variable == "ONE_KEY"
    assert endpoint.kind == "custom"
    assert endpoint.provider == "custom"
    assert (endpoint.origin.source, endpoint.origin.line) == ("librechat.yaml", 4)
    assert endpoint.models_because is not None
    assert endpoint.models_because.line == 7


@pytest.mark.parametrize("environ", [{}, {"ONE_KEY": ""}, {"ONE_KEY": "  "}])
def test_an_unset_variable_is_a_state_and_never_a_literal(
    read: Any, environ: dict[str, str]
) -> None:
    result = read(ENTRY, **environ)
    endpoint = only(result)
    assert endpoint.state == "not_configured"
    assert (
        endpoint.reason
        == "ONE_KEY is not set. Set it in the .env beside the file, or start Filon again with it."
    )
    assert endpoint.key.value is None
    assert endpoint.key.variable == "ONE_KEY"
    assert codes(result) == ["unset-variable"]


def test_several_variables_in_one_value(read: Any) -> None:
    entry = ENTRY.replace("https://one.example/v1", "${SCHEME}://${HOST}")
    result = read(entry, ONE_KEY=KEY, SCHEME="http", HOST="h:1/x")
    assert only(result).base_url == "http://h:1/x"
    assert codes(result) == ["differs"]
    missing = only(read(entry))
    assert (
        missing.reason == "ONE_KEY, SCHEME and HOST are not set. "
        "Set them in the .env beside the file, or start Filon again with them."
    )


def test_a_doubled_dollar_stays(read: Any) -> None:
    entry = ENTRY.replace("${ONE_KEY}", '"$${ONE_KEY}"')
    result = read(entry, ONE_KEY=KEY)
    assert only(result).key.value == f"${KEY}"
    assert codes(result) == ["double-dollar"]


def test_there_are_no_default_values(read: Any) -> None:
    result = read(ENTRY.replace("${ONE_KEY}", '"${ONE_KEY:-x}"'), ONE_KEY=KEY)
    assert only(result).state == "not_configured"
    assert "no default values" in str(only(result).reason)


def test_secrets_of_librechat_are_never_given_out(read: Any) -> None:
    result = read(ENTRY.replace("ONE_KEY", "JWT_SECRET"), JWT_SECRET="geheim-geheim")
    assert only(result).key.value is None
    assert only(result).state == "not_configured"


@pytest.mark.parametrize("value", ["user_provided", "${ONE_KEY}"])
def test_user_provided_is_told(read: Any, value: str) -> None:
    result = read(ENTRY.replace("${ONE_KEY}", value), ONE_KEY="user_provided")
    assert only(result).state == "not_configured"
    assert only(result).key.source == "user_provided"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("name: One", "name is missing."),
        ("apiKey: ${ONE_KEY}", "apiKey is missing."),
        ("baseURL: https://one.example/v1", "baseURL is missing."),
        ("models: {default: [m-1, m-2]}", "models is missing."),
    ],
)
def test_what_librechat_leaves_out_is_shown_broken(read: Any, line: str, reason: str) -> None:
    entry = ENTRY.replace(f"{line}\n", "iconURL: x\n")
    result = read(entry, ONE_KEY=KEY)
    assert only(result).state == "broken"
    assert only(result).reason == reason
    assert codes(result) == ["incomplete-endpoint"]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("apiKey: ${ONE_KEY}", 'apiKey: ""', ["incomplete-endpoint"]),
        ("apiKey: ${ONE_KEY}", "apiKey: 12345", ["wrong-type"]),
        ("apiKey: ${ONE_KEY}", "apikey: x", ["incomplete-endpoint", "unknown-key"]),
        ("name: One", "name: 2026", ["wrong-type"]),
        ("https://one.example/v1", "one.example/v1", ["bad-address"]),
        ("https://one.example/v1", "https://one.example/v1?x=1", ["bad-address"]),
        ("https://one.example/v1", "'https://one.example/a b'", ["bad-address"]),
        ("https://one.example/v1", "http://[::1", ["bad-address"]),
        ("{default: [m-1, m-2]}", "{default: []}", ["missing-key"]),
        ("{default: [m-1, m-2]}", "{default: m-1}", ["wrong-type"]),
        ("{default: [m-1, m-2]}", "[m-1]", ["wrong-type"]),
        ("{default: [m-1, m-2]}", "", ["wrong-type"]),
        ("name: One", "name: practice", ["reserved-name"]),
    ],
)
def test_broken_entries(read: Any, before: str, after: str, expected: list[str]) -> None:
    result = read(ENTRY.replace(before, after), ONE_KEY=KEY)
    assert only(result).state == "broken"
    assert sorted(codes(result)) == expected


def test_an_entry_that_is_no_map(read: Any) -> None:
    result = read("just text", ENTRY, ONE_KEY=KEY)
    assert [endpoint.state for endpoint in result.endpoints] == ["broken", "ready"]
    assert result.endpoints[0].name == "custom-1"


def test_a_model_list_may_be_left_to_the_provider(read: Any) -> None:
    result = read(ENTRY.replace("{default: [m-1, m-2]}", "{fetch: true}"), ONE_KEY=KEY)
    endpoint = only(result)
    assert (endpoint.state, endpoint.fetch, endpoint.models) == ("ready", True, ())
    assert codes(result) == ["missing-key"]


def test_models_with_descriptions(read: Any) -> None:
    entry = ENTRY.replace("[m-1, m-2]", "[{name: m-1, description: d}, m-2, m-1]")
    assert only(read(entry, ONE_KEY=KEY)).models == ("m-1", "m-2")


def test_the_chat_path_is_trimmed(read: Any) -> None:
    entry = ENTRY.replace("example/v1", "example/v1/chat/completions/")
    result = read(entry, ONE_KEY=KEY)
    assert only(result).base_url == "https://one.example/v1"
    assert codes(result) == ["base-url-path"]
    direct = read(entry + "directEndpoint: true\n", ONE_KEY=KEY)
    assert only(direct).state == "ready"
    assert codes(direct) == []


@pytest.mark.parametrize(
    ("address", "listed"),
    [
        ("https://one.example/v1/chat/completions", "https://one.example/v1"),
        ("https://one.example/v1/x/y?version=2", "https://one.example/v1"),
        ("https://one.example/api/chat/completions/", "https://one.example/api"),
        ("https://one.example/generate", "https://one.example/generate"),
    ],
)
def test_a_direct_endpoint_is_asked_at_exactly_its_address(
    read: Any, address: str, listed: str
) -> None:
    entry = ENTRY.replace("https://one.example/v1", address)
    result = read(entry + "directEndpoint: true\n", ONE_KEY=KEY)
    assert (only(result).state, only(result).url) == ("ready", address)
    assert only(result).base_url == listed
    assert codes(result) == []


def test_a_key_in_a_direct_address_is_a_secret(read: Any) -> None:
    entry = ENTRY.replace("example/v1", "example/v1/chat?code=0123456789abcdef%2Bx&v=2024-10-21")
    endpoint = only(read(entry + "directEndpoint: true\n", ONE_KEY=KEY))
    assert endpoint.secrets == ("0123456789abcdef+x", "0123456789abcdef%2Bx")


def test_what_custom_params_say(read: Any) -> None:
    entry = ENTRY + dedent(
        """\
        streamRate: 25
        customParams:
          defaultParamsEndpoint: anthropic
          reasoningFormat: reasoning_object
          reasoningKey: reasoning
          paramDefinitions:
            - key: temperature
              label: Warmth
              component: slider
              range: {min: 0, max: 0.7, step: 0.1}
              default: 0.5
        """
    )
    endpoint = only(read(entry, ONE_KEY=KEY))
    assert endpoint.stream_rate == 25.0
    assert endpoint.parameter_names == "anthropic"
    assert endpoint.reasoning_format is not None
    assert endpoint.reasoning_format.value == "reasoning_object"
    assert endpoint.reasoning_format.because.line == 11
    assert endpoint.reasoning_key == "reasoning"
    (shown,) = endpoint.fields
    assert (shown.name, shown.label, shown.component) == ("temperature", "Warmth", "slider")
    assert (shown.low, shown.high, shown.step, shown.default) == (0, 0.7, 0.1, 0.5)
    assert (endpoint.defaults[0].value, endpoint.defaults[0].because.line) == (0.5, 18)


@pytest.mark.parametrize("value", ["0", "-1", "'25'", ".nan"])
def test_a_stream_rate_that_is_none(read: Any, value: str) -> None:
    assert only(read(ENTRY + f"streamRate: {value}\n", ONE_KEY=KEY)).stream_rate is None


def test_endpoints_all_lies_under_each_entry(read: Any) -> None:
    above = """\
        all:
          streamRate: 7
          titlePrompt: "Name {convo}"
          titleTiming: immediate
          titleEndpoint: Other
          headers: {X-All: a, x-own: a}
        """
    entry = ENTRY + "titleTiming: final\ntitleMethod: functions\nheaders: {X-Own: b}\n"
    endpoint = only(read(entry, above=above, ONE_KEY=KEY))
    assert endpoint.stream_rate == 7.0
    assert endpoint.headers == {"X-All": "a", "X-Own": "b"}
    title = endpoint.title
    assert (title.prompt, title.timing, title.method) == ("Name {convo}", "final", "functions")
    assert (title.endpoint, title.role) == ("Other", "user")


def test_what_is_known_of_models_is_kept(read: Any) -> None:
    models = "{default: [{name: m-1, description: small}, m-2], userIdQuery: true}"
    endpoint = only(read(ENTRY.replace("{default: [m-1, m-2]}", models), ONE_KEY=KEY))
    assert endpoint.about == {"m-1": "small"}
    assert endpoint.models_query


def test_equal_names(read: Any) -> None:
    small = ENTRY.replace("name: One", "name: one")
    result = read(ENTRY, ENTRY, small, ONE_KEY=KEY)
    assert [one.state for one in result.endpoints] == ["ready", "broken", "ready"]
    assert [one.name for one in result.endpoints] == ["One", "One-2", "one"]
    assert "line 4" in str(result.endpoints[1].reason)


def test_a_slash_in_a_name_is_replaced(read: Any) -> None:
    result = read(ENTRY.replace("name: One", "name: a/b"), ONE_KEY=KEY)
    assert (only(result).name, only(result).label) == ("a-b", "a/b")
    assert only(result).state == "ready"
    assert codes(result) == ["slash-in-name"]


def test_librechats_own_names(read: Any) -> None:
    result = read(ENTRY.replace("name: One", "name: openAI"), ONE_KEY=KEY)
    assert codes(result, but=("other-host",)) == ["reserved-name"]
    assert result.file.count("error") == 1


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("https://one.example", "https://one.example/v1"),
        ("https://one.example/", "https://one.example/v1"),
        ("https://one.example/v1", "https://one.example/v1"),
    ],
)
def test_provider_anthropic_is_its_own_protocol(read: Any, given: str, used: str) -> None:
    entry = ENTRY.replace("https://one.example/v1", given) + "provider: anthropic\n"
    endpoint = only(read(entry, ONE_KEY=KEY))
    assert (endpoint.state, endpoint.protocol) == ("ready", "anthropic_messages")
    assert (endpoint.auth, endpoint.base_url) == (("x-api-key",), used)


def test_headers(read: Any) -> None:
    entry = ENTRY + dedent(
        """\
        headers:
          X-Plain: hello
          X-Key: Bearer ${OTHER_KEY}
          X-User: "{{LIBRECHAT_USER_ID}}/{{LIBRECHAT_USER_NAME}}"
          X-Unset: ${NOT_SET}
          X-Mail: "{{LIBRECHAT_USER_EMAIL}}"
          X-Typo: "{{LIBRECHAT_USER_EMIAL}}"
          X-Number: 3
          Content-Length: "5"
          "Bad Name": x
          X-Break: "a\\nb"
        """
    )
    result = read(entry, ONE_KEY=KEY, OTHER_KEY="other-secret-1")
    assert only(result).headers == {
        "X-Plain": "hello",
        "X-Key": "Bearer other-secret-1",
        "X-User": "{{LIBRECHAT_USER_ID}}/{{LIBRECHAT_USER_NAME}}",
    }
    assert only(result).secrets == ("other-secret-1",)
    assert codes(result) == [
        "unset-variable",
        "placeholder",
        "unknown-placeholder",
        "wrong-type",
        "bad-header",
        "bad-header",
        "bad-header",
    ]
    assert "LIBRECHAT_USER_EMAIL" in result.file.verdicts[2].message


def test_parameters_in_file_order_with_their_lines(read: Any) -> None:
    entry = ENTRY + dedent(
        """\
        addParams: {temperature: 0.5, web_search: true, model: x, seed: 1}
        dropParams: [user, frequency_penalty, stream, strange, seed]
        customParams:
          defaultParamsEndpoint: custom
          paramDefinitions:
            - {key: top_p, default: 0.9}
            - {key: maxContextTokens, default: 9}
            - {key: max_tokens}
        """
    )
    result = read(entry, ONE_KEY=KEY)
    endpoint = only(result)
    assert [(one.name, one.value, one.because.line) for one in endpoint.add] == [
        ("temperature", 0.5, 8),
        ("seed", 1, 8),
    ]
    assert [(one.name, one.because.rule) for one in endpoint.drop] == [
        ("user", "dropParams[0]"),
        ("frequency_penalty", "dropParams[1]"),
        ("stream", "dropParams[2]"),
        ("strange", "dropParams[3]"),
        ("seed", "dropParams[4]"),
    ]
    assert [(one.name, one.value, one.because.line) for one in endpoint.defaults] == [
        ("top_p", 0.9, 13)
    ]
    assert sorted(codes(result)) == [
        "add-unsent",
        "added-and-dropped",
        "drop-kept",
        "drop-kept",
        "no-effect",
        "not-used-yet",
        "unknown-parameter",
        "web-search-switch",
    ]


def test_prices_of_the_file(read: Any) -> None:
    entry = ENTRY + dedent(
        """\
        tokenConfig:
          m-1: {prompt: 0.97, completion: 1.5, context: 100000, cacheRead: 0.1, cacheWrite: 2}
          m-2: {prompt: .inf, completion: 1, context: 1}
        """
    )
    (rate,) = only(read(entry, ONE_KEY=KEY)).rates
    assert (rate.model, rate.input_usd, rate.output_usd) == ("m-1", 0.97, 1.5)
    assert (rate.context, rate.cached_usd, rate.because.line) == (100000, 0.1, 9)
    assert rate.written_usd == 2


@pytest.mark.parametrize(
    ("above", "lines", "enabled", "model"),
    [
        ("", "", True, None),
        ("", "titleConvo: false", False, None),
        ("", "titleModel: t", True, "t"),
        ("", "titleModel: current_model", True, None),
        ("all: {titleConvo: false, titleModel: t}\n", "", False, "t"),
        ("all: {titleConvo: false}\n", "titleConvo: true", True, None),
        ("all: {titleModel: t}\n", "titleModel: current_model", True, None),
        ("", 'titleConvo: "yes"', True, None),
    ],
)
def test_titles(read: Any, above: str, lines: str, enabled: bool, model: str | None) -> None:
    result = read(ENTRY + lines + "\n", above=above, ONE_KEY=KEY)
    title = only(result).title
    assert (title.enabled, title.model) == (enabled, model)


def test_a_provider_is_known_by_its_host_alone(read: Any) -> None:
    proxy = ENTRY.replace("name: One", "name: Mistral")
    real = ENTRY.replace("one.example", "api.mistral.ai")
    result = read(proxy, real, ONE_KEY=KEY)
    named, hosted = result.endpoints
    assert (named.provider, named.quirks, named.ask_usage) == ("custom", (), True)
    assert hosted.provider == "mistral"
    assert hosted.quirks
    assert not hosted.ask_usage
    assert codes(result) == ["other-host"]


def test_a_dotenv_file_beside_the_configuration(read: Any, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"# keys\nONE_KEY='{KEY}'\nTWO=b\n")
    endpoint = only(read(ENTRY))
    assert (endpoint.key.value, endpoint.key.place) == (KEY, ".env:2")
    assert only(read(ENTRY, ONE_KEY="from-the-process")).key.value == "from-the-process"
    assert only(read(ENTRY, ONE_KEY="")).state == "not_configured"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A=1", {"A": "1"}),
        ("export A = 1 # c", {"A": "1"}),
        ("A='x # y'\nB=\"a\\nb\"", {"A": "x # y", "B": "a\nb"}),
        ('A="two\nlines"\nB=`c`', {"A": "two\nlines", "B": "c"}),
        ("A=x#y", {"A": "x"}),
        ("A=\nB= \n", {"A": "", "B": ""}),
        ("A=1\nA=2", {"A": "2"}),
        ("# A=1\n=x\nno assignment\n\r\nB=2\r\n", {"B": "2"}),
        ("A='B=1\nC=2'", {"A": "B=1\nC=2"}),
    ],
)
def test_dotenv(text: str, expected: dict[str, str]) -> None:
    found = parse_dotenv(text, ".env")
    assert {name: variable.value for name, variable in found.items()} == expected


@given(st.text())
def test_dotenv_never_raises(text: str) -> None:
    for variable in parse_dotenv(text, ".env").values():
        assert variable.place


NAMES = st.sampled_from(["A", "B", "EMPTY", "UNSET", "", "A:-x"])
TEXTS = st.lists(
    st.one_of(
        NAMES.map(lambda name: f"${{{name}}}"), st.sampled_from(["$", "{", "}", "x", " ", "/"])
    )
).map("".join)


@given(TEXTS)
def test_interpolation(text: str) -> None:
    filled = fill(text, Environment({"A": "1", "B": "${A}", "EMPTY": ""}))
    assert {one.name for one in filled.used} <= {"A", "B"}
    # Whatever stands between the braces is a name: `${$}` asks for a variable called `$`.
    assert all(name in text for name in filled.missing)
    assert not {"A", "B"} & set(filled.missing)
    if "${" not in text:
        assert filled.value == text.strip()
    # A value is put in as it is: what it holds is not looked at again.
    if text == "${B}":
        assert filled.value == "${A}"


@given(st.text(max_size=80))
def test_any_value_anywhere_gives_an_endpoint(text: str) -> None:
    from filon.config.connection import Reading
    from filon.config.librechat import read_endpoints
    from filon.config.notes import Notes
    from filon.config.structure import look
    from filon.config.yaml import parse

    entry = f"{{name: {text}, apiKey: {text}, baseURL: {text}, models: {text}, headers: {text}}}"
    document = parse(f"version: '1'\nendpoints:\n  custom:\n    - {entry}\n")
    if document.root is not None:
        notes = Notes()
        look(document.root, notes, own=False)
        reading = Reading(source="x.yaml", environment=Environment(), notes=notes)
        for endpoint in read_endpoints(document.root, reading):
            assert endpoint.name
            assert (endpoint.state == "ready") == (endpoint.reason is None)
