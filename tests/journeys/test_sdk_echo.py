"""The model `echo`, which tells what reached it, as the real `openai` client sees it."""

import asyncio
from collections.abc import AsyncGenerator

import openai
import pytest
from openai import AsyncOpenAI, OpenAI
from openai.types.chat import ChatCompletionMessageParam

from filon.practice.model.generate import pocket
from tests.journeys.practising import AT_ONCE, practising, text

KEY = "sk-practice-0123456789abcdef"
ASKED = "Hello there\nfrom `here`"
HELLO: list[ChatCompletionMessageParam] = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": ASKED},
]


@pytest.fixture(scope="module")
async def address() -> AsyncGenerator[str]:
    async with practising() as here:
        yield here.root("practice")


@pytest.fixture
async def client(address: str) -> AsyncGenerator[AsyncOpenAI]:
    async with AsyncOpenAI(
        base_url=address, api_key=KEY, default_headers=AT_ONCE, max_retries=0
    ) as one:
        yield one


def tokens(said: str) -> int:
    return len(pocket().pieces.encode(said))


async def test_the_echo_tells_what_reached_it(client: AsyncOpenAI) -> None:
    completion = await client.chat.completions.create(
        model="echo", messages=HELLO, temperature=0.5, extra_body={"my_own": {"a": [1]}}
    )
    told = text(completion)
    # One for each role, and one more for that of the answer.
    prompt = tokens("Be brief.") + tokens(ASKED) + 3
    for expected in (
        "> Hello there\n> from `here`",
        '- `model`: `"echo"`',
        "- `temperature`: `0.5`",
        '- `my_own`: `{"a":[1]}`',
        f"**2 messages, {prompt} tokens with their roles**",
        f"| 1 | system | text | 9 | {tokens('Be brief.')} |",
        f"| 2 | user | text | 23 | {tokens(ASKED)} |",
        "`POST /practice/v1/chat/completions`",
        "| `x-practice-speed` | `0` |",
        "********cdef`",
    ):
        assert expected in told
    assert "sk-practice" not in told
    assert completion.choices[0].finish_reason == "stop"
    assert completion.model == "echo"
    assert completion.id.startswith("chatcmpl-")
    assert completion.usage is not None
    assert completion.usage.prompt_tokens == prompt
    assert completion.usage.completion_tokens == tokens(told)
    assert completion.usage.total_tokens == prompt + tokens(told)


async def test_a_stream_says_the_same_as_a_whole_answer(client: AsyncOpenAI) -> None:
    whole = await client.chat.completions.create(model="echo", messages=HELLO)
    stream = await client.chat.completions.create(model="echo", messages=HELLO, stream=True)
    chunks = [chunk async for chunk in stream]
    said = [chunk.choices[0].delta.content for chunk in chunks]
    assert chunks[0].choices[0].delta.role == "assistant"
    assert (
        "".join(word or "" for word in said)
        .replace("`stream`: `true`", "`stream`: `false`")
        .partition("| header")[0]
        == text(whole).partition("| header")[0]
    )
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert all(chunk.usage is None for chunk in chunks)


@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens"])
async def test_the_token_limit_cuts(client: AsyncOpenAI, name: str) -> None:
    whole = await client.chat.completions.create(model="echo", messages=HELLO)
    cut = await client.chat.completions.create(model="echo", messages=HELLO, extra_body={name: 5})
    pieces = pocket().pieces
    assert text(cut) == pieces.decode(pieces.encode(text(whole))[:5])
    assert cut.choices[0].finish_reason == "length"


async def test_a_stop_text_cuts_before_itself(client: AsyncOpenAI) -> None:
    cut = await client.chat.completions.create(
        model="echo", messages=HELLO, stop=["nowhere", "practice", "model"], max_tokens=50
    )
    assert text(cut) == "I am **echo**, a "
    assert cut.choices[0].finish_reason == "stop"
    nothing = await client.chat.completions.create(model="echo", messages=HELLO, stop="I am")
    assert text(nothing) == ""
    late = await client.chat.completions.create(
        model="echo", messages=HELLO, stop="practice", max_tokens=3
    )
    assert late.choices[0].finish_reason == "length"


async def test_several_choices(client: AsyncOpenAI) -> None:
    whole = await client.chat.completions.create(model="echo", messages=HELLO, n=3)
    assert [f"choice {n + 1} of 3" in text(whole, n) for n in range(3)] == [True] * 3
    assert whole.usage is not None
    assert whole.usage.completion_tokens == sum(tokens(text(whole, n)) for n in range(3))
    said = ["", ""]
    ends: list[str | None] = [None, None]
    async for chunk in await client.chat.completions.create(
        model="echo", messages=HELLO, n=2, stream=True
    ):
        choice = chunk.choices[0]
        said[choice.index] += choice.delta.content or ""
        ends[choice.index] = choice.finish_reason
    assert ["choice 1 of 2" in said[0], "choice 2 of 2" in said[1]] == [True, True]
    assert ends == ["stop", "stop"]


async def test_a_conversation_of_every_kind_of_message(client: AsyncOpenAI) -> None:
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}
    messages: list[ChatCompletionMessageParam] = [
        {"role": "user", "content": "What is 1 + 1?"},
        {
            "role": "assistant",
            "tool_calls": [
                {"id": "a", "type": "function", "function": {"name": "add", "arguments": "[1,1]"}}
            ],
        },
        {"role": "tool", "tool_call_id": "a", "content": "2"},
        {"role": "user", "content": [picture, picture]},  # type: ignore[list-item]
    ]
    told = text(await client.chat.completions.create(model="echo", messages=messages * 6, tools=[]))
    assert "| 2 | assistant | tool call | 9 |" in told
    assert "| … | 9 more | | | |" in told
    assert "| 24 | user | 2 × picture | 0 | 0 |" in told
    assert "Your last message holds no text." in told
    assistant: list[ChatCompletionMessageParam] = [{"role": "assistant", "content": "Hm"}]
    told = text(await client.chat.completions.create(model="echo", messages=assistant))
    assert "There is no message of a user to quote." in told


async def test_long_things_are_cut_and_markdown_is_kept_whole(client: AsyncOpenAI) -> None:
    odd = "a|b `c` ``d`` \n"
    told = text(
        await client.chat.completions.create(
            model="echo",
            messages=[{"role": "user", "content": odd * 1000}],
            user="`x",
            # Odd letters are many tokens, and unasked no answer is longer than 2,048.
            max_tokens=8_000,
            extra_headers={"x-odd": "a|b `c"},
            extra_body={"long": "y" * 500},
        )
    )
    assert "… and 13,000 more characters" in told
    assert '- `user`: ``"`x"``' in told
    assert "| `x-odd` | ``a\\|b `c`` |" in told
    assert "… (502 characters)`" in told


async def test_the_plain_client_in_a_thread(address: str) -> None:
    await asyncio.to_thread(use_plainly, address)


def use_plainly(address: str) -> None:
    with OpenAI(base_url=address, api_key=KEY, default_headers=AT_ONCE, max_retries=0) as client:
        whole = client.chat.completions.create(model="echo", messages=HELLO)
        assert "> Hello there" in text(whole)
        stream = client.chat.completions.create(model="echo", messages=HELLO, stream=True)
        assert len([chunk for chunk in stream if chunk.choices[0].delta.content]) > 100
        with pytest.raises(openai.NotFoundError):
            client.chat.completions.create(model="no", messages=HELLO)
