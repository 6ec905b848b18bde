"""What users of langchain-openai do, done with Filon."""

import asyncio
from collections.abc import Iterable
from typing import Any

import openai
import tiktoken
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from pydantic import SecretStr
from tiktoken import registry

from tests.clients import questions
from tests.clients.questions import ANNA, BOTH, GOLD, KIND, PARIS, TEXTS, TWELVE, Person
from tests.clients.telling import (
    ADDRESS,
    KEY,
    STRANGER,
    WRONG_KEY,
    tell,
    tell_failure,
    tell_meanwhile,
)

HERE: dict[str, Any] = {"base_url": f"{ADDRESS}/v1", "api_key": SecretStr(KEY), "max_retries": 0}
TOOLS = [tool(questions.get_weather), tool(questions.add)]


def chat(model: str = "practice/pocket", **options: Any) -> ChatOpenAI:
    """The client as its documentation sets it up, with no repetition of its own."""
    return ChatOpenAI(model=model, **{**HERE, "temperature": 0, **options})


def joined(pieces: Iterable[Any]) -> Any:
    """A stream's pieces as one message, as this client adds them up."""
    first, *others = pieces
    for piece in others:
        first += piece
    return first


def answers() -> None:
    """Whole and in a stream, with the tokens counted."""
    asked = [SystemMessage(KIND), HumanMessage(TWELVE)]
    whole = chat(include_response_headers=True).invoke(asked)
    told = whole.response_metadata
    tell(
        "whole",
        text=whole.content,
        usage=whole.usage_metadata,
        finish=told["finish_reason"],
        model=told["model_name"],
        headers=dict(told["headers"]),
    )
    for deed, options in (("streamed", {}), ("streamed, counted", {"stream_usage": True})):
        pieces = list(chat(**options).stream(asked))
        whole = joined(pieces)
        tell(deed, text=whole.content, usage=whole.usage_metadata, pieces=len(pieces))
    many = chat().batch([TWELVE, "What is 2 + 3?"])
    tell("batch", texts=[one.content for one in many])


def tools() -> None:
    """One call and what comes of its result, two at once, one that is forced."""
    able = chat().bind_tools(TOOLS)
    first = able.invoke(PARIS)
    tell("a call", calls=first.tool_calls, finish=first.response_metadata["finish_reason"])
    results = [TOOLS[0].invoke(call) for call in first.tool_calls]
    tell("a result", text=able.invoke([HumanMessage(PARIS), first, *results]).content)
    made = AIMessage("", tool_calls=first.tool_calls)
    result = ToolMessage("21 degrees", tool_call_id=first.tool_calls[0]["id"])
    tell("a history by hand", text=able.invoke([HumanMessage(PARIS), made, result]).content)
    tell("two calls", calls=able.invoke(BOTH).tool_calls)
    tell("two calls, streamed", calls=joined(able.stream(BOTH)).tool_calls)
    single = chat().bind_tools(TOOLS, parallel_tool_calls=False)
    tell("one of two calls", calls=single.invoke(BOTH).tool_calls)
    forced = chat().bind_tools(TOOLS, tool_choice="add")
    tell("a forced call", calls=forced.invoke("Hello").tool_calls)


def structure() -> None:
    """A class filled in, by each of the three ways."""
    for method in ("json_schema", "function_calling", "json_mode"):
        filled = chat().with_structured_output(Person, method=method)
        words = (
            f"{ANNA} Answer in JSON with the keys name and age." if method == "json_mode" else ANNA
        )
        tell(method, person=filled.invoke(words).model_dump())


def thoughts() -> None:
    """In chat completions this client shows none, in Responses it does."""
    plain = chat("practice/pocket-reasoner").invoke(TWELVE)
    tell("thought, by chat", text=plain.content, usage=plain.usage_metadata)
    seen = chat(
        "practice/pocket-reasoner",
        temperature=None,
        use_responses_api=True,
        reasoning={"effort": "low", "summary": "auto"},
    )
    for deed, answer in (("whole", seen.invoke(TWELVE)), ("streamed", joined(seen.stream(TWELVE)))):
        blocks = [(one["type"], one.get("reasoning")) for one in answer.content_blocks]
        tell(f"thought, {deed}", text=answer.text, blocks=blocks, usage=answer.usage_metadata)


def responses() -> None:
    """The same client at OpenAI's other door."""
    able = chat(use_responses_api=True).bind_tools(TOOLS)
    first = able.invoke(PARIS)
    tell("responses: a call", calls=first.tool_calls)
    results = [TOOLS[0].invoke(call) for call in first.tool_calls]
    tell("responses: a result", text=able.invoke([HumanMessage(PARIS), first, *results]).text)
    filled = chat(use_responses_api=True).with_structured_output(Person).invoke(ANNA)
    tell("responses: a class", person=filled.model_dump())


def vectors() -> None:
    """Of texts, and of numbers, which this client makes of texts unless it is told not to."""
    given = {"model": "practice/pocket-embed", **HERE}
    found = OpenAIEmbeddings(check_embedding_ctx_length=False, **given).embed_documents([*TEXTS])
    tell("vectors", sizes=[len(one) for one in found])
    short = OpenAIEmbeddings(check_embedding_ctx_length=False, dimensions=16, **given)
    tell("a short vector", sizes=[len(short.embed_query(TEXTS[0]))])
    # The usual encoding is a file that tiktoken fetches when it is first used; bytes will do here.
    numbers = {bytes([number]): number for number in range(256)}
    registry.ENCODINGS["cl100k_base"] = tiktoken.Encoding(
        "bytes", pat_str=r"[\s\S]", mergeable_ranks=numbers, special_tokens={}
    )
    try:
        found = OpenAIEmbeddings(**given).embed_documents([*TEXTS])
        tell("vectors of numbers", sizes=[len(one) for one in found])
    except openai.APIError as error:
        tell_failure("vectors of numbers", error)


def failures() -> None:
    """What is raised, whole and in a stream."""
    wrong: dict[str, tuple[ChatOpenAI, str]] = {
        "wrong key": (chat(api_key=SecretStr(WRONG_KEY)), TWELVE),
        "unknown model": (chat("practice/nothing"), TWELVE),
        "bad parameter": (chat(temperature=9), TWELVE),
        "too long": (chat(), "word " * 9000),
        "429": (chat("practice/pocket:429"), TWELVE),
        "500": (chat("practice/pocket:500"), TWELVE),
        "503": (chat("practice/pocket:503"), TWELVE),
        "a stranger": (chat(base_url=STRANGER), TWELVE),
    }
    for deed, (client, words) in wrong.items():
        for way, ask in (("", client.invoke), (", streamed", client.stream)):
            try:
                tell(deed + way, answer=[str(one) for one in ask(words)])
            except openai.APIError as error:
                tell_failure(deed + way, error)
    try:
        tell(
            "an error in the stream",
            text=joined(chat("practice/pocket:error-mid-stream").stream(GOLD)).content,
        )
    except openai.APIError as error:
        tell_failure("an error in the stream", error)


async def at_once() -> None:
    """Without threads: three answers beside one another, an error, a stream that is left."""
    client = chat()
    three = await asyncio.gather(*(client.ainvoke(f"What is {n} + 3?") for n in range(3)))
    await tell_meanwhile("three at once", texts=[one.content for one in three])
    try:
        await chat("practice/pocket:429").ainvoke(TWELVE)
    except openai.APIError as error:
        await asyncio.to_thread(tell_failure, "429, async", error)
    stream = chat("practice/pocket:stall=3600").astream(GOLD)
    async for piece in stream:
        if piece.content:
            break
    await stream.aclose()
    await tell_meanwhile("left")


answers()
tools()
structure()
thoughts()
responses()
vectors()
failures()
asyncio.run(at_once())
