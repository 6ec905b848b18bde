"""Parameters between Responses and chat completions: nothing is dropped in silence."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filon.conversation.errors import InvalidRequest
from filon.protocols.crossing import Crossed
from filon.protocols.openai_responses.crossing import from_chat, to_chat

SCHEMA: dict[str, Any] = {"type": "object", "properties": {"a": {"type": "integer"}}}
FLAT: dict[str, Any] = {"type": "function", "name": "add", "parameters": SCHEMA, "strict": True}
NESTED: dict[str, Any] = {
    "type": "function",
    "function": {"name": "add", "parameters": SCHEMA, "strict": True},
}


def there(**asked: Any) -> dict[str, Any]:
    return dict(to_chat(asked).parameters)


def back(**asked: Any) -> dict[str, Any]:
    told = dict(from_chat(asked).parameters)
    assert told.pop("store") is False
    return told


def names(pairs: tuple[tuple[str, str], ...]) -> list[str]:
    for name, why in pairs:
        assert why.endswith("."), name
    return [name for name, _ in pairs]


# What means the same on both sides, by its form in Responses and in chat completions.
SAME: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"max_output_tokens": 9}, {"max_completion_tokens": 9}),
    ({"reasoning": {"effort": "low"}}, {"reasoning_effort": "low"}),
    ({"text": {"verbosity": "low"}}, {"verbosity": "low"}),
    ({"text": {"format": {"type": "text"}}}, {"response_format": {"type": "text"}}),
    (
        {"text": {"format": {"type": "json_object"}}},
        {"response_format": {"type": "json_object"}},
    ),
    (
        {
            "text": {
                "format": {
                    "type": "json_schema",
                    "name": "sum",
                    "schema": SCHEMA,
                    "strict": True,
                    "description": "A sum.",
                }
            }
        },
        {
            "response_format": {
                "type": "json_schema",
                "json_schema": {
                    "name": "sum",
                    "schema": SCHEMA,
                    "strict": True,
                    "description": "A sum.",
                },
            }
        },
    ),
    ({"tools": [FLAT]}, {"tools": [NESTED]}),
    (
        {"tools": [{**FLAT, "description": "Adds.", "strict": False}]},
        {
            "tools": [
                {
                    "type": "function",
                    "function": {**NESTED["function"], "description": "Adds.", "strict": False},
                }
            ]
        },
    ),
    *(({"tool_choice": word}, {"tool_choice": word}) for word in ("auto", "none", "required")),
    (
        {"tool_choice": {"type": "function", "name": "add"}},
        {"tool_choice": {"type": "function", "function": {"name": "add"}}},
    ),
    (
        {
            "tool_choice": {
                "type": "allowed_tools",
                "mode": "auto",
                "tools": [{"type": "function", "name": "add"}],
            }
        },
        {
            "tool_choice": {
                "type": "allowed_tools",
                "allowed_tools": {
                    "mode": "auto",
                    "tools": [{"type": "function", "function": {"name": "add"}}],
                },
            }
        },
    ),
    *(
        (one, one)
        for one in (
            {"temperature": 0.5},
            {"top_p": 0.5},
            {"parallel_tool_calls": False},
            {"metadata": {"a": "b"}},
            {"user": "ana"},
            {"safety_identifier": "x"},
            {"service_tier": "flex"},
            {"prompt_cache_key": "k"},
            {"my_own": [1]},
            {"my_own": None},
        )
    ),
]


@pytest.mark.parametrize(("responses", "chat"), SAME)
def test_what_means_the_same(responses: dict[str, Any], chat: dict[str, Any]) -> None:
    crossed = to_chat(responses)
    assert crossed.parameters == chat
    assert (crossed.lost, crossed.idle, crossed.added) == ((), (), ())
    again = from_chat(chat)
    assert again.parameters == {**responses, "store": False}
    assert (again.lost, again.idle, names(again.added)) == ((), (), ["store"])


@given(st.lists(st.sampled_from(SAME), max_size=4))
def test_there_and_back(chosen: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    asked = {name: value for responses, _ in chosen for name, value in responses.items()}
    crossed = to_chat(asked)
    assert back(**crossed.parameters) == asked
    chat = {name: value for _, told in chosen for name, value in told.items()}
    assert there(**back(**chat)) == chat


def test_what_is_renamed_is_said() -> None:
    crossed = to_chat(
        {
            "temperature": 1,
            "max_output_tokens": 5,
            "reasoning": {"effort": "low", "summary": "auto", "context": "auto"},
            "text": {"format": {"type": "text"}, "verbosity": "low", "new": 1, "none": None},
        }
    )
    assert crossed.renamed == (
        ("max_output_tokens", "max_completion_tokens"),
        ("reasoning.effort", "reasoning_effort"),
        ("text.format", "response_format"),
        ("text.verbosity", "verbosity"),
    )
    assert list(crossed.parameters)[0] == "temperature"
    assert names(crossed.idle) == ["reasoning.summary"]
    assert names(crossed.lost) == ["reasoning.context", "text.new"]
    again = from_chat({"max_tokens": 5, "max_completion_tokens": 6, "verbosity": "low"})
    assert again.renamed == (("max_tokens", "max_output_tokens"), ("verbosity", "text.verbosity"))
    assert names(again.idle) == ["max_completion_tokens"]


@pytest.mark.parametrize(
    "asked",
    [
        {"previous_response_id": "resp_1"},
        {"conversation": {"id": "conv_1"}},
        {"prompt": {"id": "pmpt_1"}},
        {"background": True},
    ],
)
def test_what_needs_a_state_is_refused(asked: dict[str, Any]) -> None:
    (name,) = asked
    with pytest.raises(InvalidRequest) as caught:
        to_chat(asked)
    problem = caught.value.problem
    assert f"`{name}`" in problem.message
    assert (problem.param, problem.code, problem.status) == (name, "needs_state", 400)
    assert problem.fix is not None
    assert to_chat({"background": False, "previous_response_id": None}) == Crossed()


@pytest.mark.parametrize(
    ("asked", "lost", "idle"),
    [
        ({"store": True}, ["store"], []),
        ({"store": False}, [], ["store"]),
        ({"truncation": "auto"}, ["truncation"], []),
        ({"truncation": "disabled"}, [], ["truncation"]),
        ({"top_logprobs": 3}, ["top_logprobs"], []),
        ({"top_logprobs": 0}, [], ["top_logprobs"]),
        ({"max_tool_calls": 3}, ["max_tool_calls"], []),
        (
            {"include": ["reasoning.encrypted_content", "file_search_call.results"]},
            ["include: file_search_call.results"],
            ["include: reasoning.encrypted_content"],
        ),
        (
            {"include": ["message.output_text.logprobs"]},
            ["include: message.output_text.logprobs"],
            [],
        ),
        (
            {"stream_options": {"include_obfuscation": False}},
            [],
            ["stream_options.include_obfuscation"],
        ),
        (
            {"tools": [{"type": "web_search"}], "tool_choice": "required"},
            ["tools[0]", "tool_choice"],
            [],
        ),
        ({"tools": [{"type": "custom", "name": "sql"}]}, ["tools[0]"], []),
        ({"tool_choice": {"type": "web_search"}}, ["tool_choice"], []),
        (
            {
                "tool_choice": {
                    "type": "allowed_tools",
                    "mode": "auto",
                    "tools": [{"type": "mcp", "server_label": "x"}],
                }
            },
            ["tool_choice"],
            [],
        ),
    ],
)
def test_what_chat_cannot_say(asked: dict[str, Any], lost: list[str], idle: list[str]) -> None:
    crossed = to_chat(asked)
    assert (names(crossed.lost), names(crossed.idle)) == (lost, idle)
    assert crossed.parameters == {}


def test_functions_cross_beside_a_hosted_tool() -> None:
    crossed = to_chat(
        {
            "tools": [{"type": "file_search", "vector_store_ids": ["v"]}, {**FLAT, "async": True}],
            "tool_choice": "auto",
        }
    )
    assert crossed.parameters == {"tools": [NESTED], "tool_choice": "auto"}
    assert names(crossed.lost) == ["tools[0]", "tools[1].async"]
    assert "run by the provider" in crossed.lost[0][1]


@pytest.mark.parametrize(
    ("asked", "lost", "idle"),
    [
        ({"n": 1}, [], ["n"]),
        ({"n": 2}, ["n"], []),
        ({"stop": ["a"]}, ["stop"], []),
        ({"seed": 0}, ["seed"], []),
        ({"frequency_penalty": 0}, [], ["frequency_penalty"]),
        ({"presence_penalty": 0.1}, ["presence_penalty"], []),
        ({"logit_bias": {}}, [], ["logit_bias"]),
        ({"logprobs": False}, [], ["logprobs"]),
        ({"logprobs": True, "top_logprobs": 2}, ["logprobs", "top_logprobs"], []),
        ({"stream_options": {"include_usage": True}}, [], ["stream_options.include_usage"]),
        ({"modalities": ["text"]}, [], ["modalities"]),
        ({"modalities": ["audio"], "audio": {}}, ["modalities", "audio"], []),
        ({"prediction": {"type": "content"}}, ["prediction"], []),
        ({"functions": [], "function_call": "auto"}, ["functions", "function_call"], []),
        ({"web_search_options": {}}, ["web_search_options"], []),
        ({"tools": [{"type": "custom", "custom": {"name": "sql"}}]}, ["tools[0]"], []),
        ({"tool_choice": {"type": "custom", "custom": {"name": "sql"}}}, ["tool_choice"], []),
        ({"stop": None, "seed": None}, [], []),
    ],
)
def test_what_responses_cannot_say(asked: dict[str, Any], lost: list[str], idle: list[str]) -> None:
    crossed = from_chat(asked)
    assert (names(crossed.lost), names(crossed.idle)) == (lost, idle)
    assert crossed.parameters == {"store": False}


def test_a_function_of_chat_is_not_strict_unless_it_says_so() -> None:
    plain = {"function": {"name": "now"}, "cache_control": {}}
    crossed = from_chat({"tools": [plain]})
    assert crossed.parameters["tools"] == [
        {"type": "function", "name": "now", "strict": False, "parameters": None}
    ]
    assert names(crossed.lost) == ["tools[0].cache_control"]


def test_what_stands_in_the_same_object_is_joined_and_the_callers_own_is_left_alone() -> None:
    own = {"max_tokens": 100}
    crossed = from_chat({"reasoning_effort": "low", "reasoning": own, "store": True})
    assert crossed.parameters == {
        "reasoning": {"effort": "low", "max_tokens": 100},
        "store": True,
    }
    assert (own, crossed.added) == ({"max_tokens": 100}, ())
    crossed = from_chat({"reasoning": own, "reasoning_effort": "low", "text": "x"})
    assert crossed.parameters["reasoning"] == {"max_tokens": 100, "effort": "low"}
    assert (own, crossed.parameters["text"]) == ({"max_tokens": 100}, "x")


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["type", "function", "tools", "format"]), inner)
    ),
    max_leaves=6,
)
FIELDS = st.sampled_from(
    ["tools", "tool_choice", "text", "reasoning", "include", "stream_options"]
    + ["response_format", "max_tokens", "store", "truncation"]
)


@given(st.dictionaries(FIELDS, ODD, max_size=4))
def test_no_value_is_too_odd(asked: dict[str, Any]) -> None:
    to_chat(asked)
    from_chat(asked)
