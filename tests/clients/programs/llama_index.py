"""What users of LlamaIndex do with its client for whatever is like OpenAI, done with Filon."""

import asyncio
from typing import Any

import openai
from llama_index.core.agent.workflow import FunctionAgent
from llama_index.core.base.llms.types import ChatMessage, ThinkingBlock
from llama_index.core.tools import FunctionTool
from llama_index.llms.openai import OpenAIResponses
from llama_index.llms.openai_like import OpenAILike

from tests.clients.questions import ANNA, BOTH, GOLD, KIND, PARIS, TWELVE, Person, add, get_weather
from tests.clients.telling import (
    ADDRESS,
    KEY,
    STRANGER,
    WRONG_KEY,
    tell,
    tell_failure,
    tell_meanwhile,
)

HERE: dict[str, Any] = {"api_base": f"{ADDRESS}/v1", "api_key": KEY, "max_retries": 0}
TOOLS = [FunctionTool.from_defaults(get_weather), FunctionTool.from_defaults(add)]


def client(model: str = "practice/pocket", **options: Any) -> OpenAILike:
    """The client as its documentation sets it up, with no repetition of its own."""
    given = {"is_chat_model": True, "is_function_calling_model": True, "temperature": 0, **HERE}
    return OpenAILike(model=model, context_window=8192, **{**given, **options})


def asked(text: str) -> list[ChatMessage]:
    """A conversation with one question."""
    return [ChatMessage(role="system", content=KIND), ChatMessage(role="user", content=text)]


def calls(response: Any) -> list[Any]:
    """The calls of an answer, by this client's own reading."""
    found = client().get_tool_calls_from_response(response, error_on_no_tool_call=False)
    return [[call.tool_name, call.tool_kwargs] for call in found]


def answers() -> None:
    """Whole and in a stream, as a chat and as a text that goes on."""
    whole = client().chat(asked(TWELVE))
    tell("whole", text=whole.message.content, counted=whole.additional_kwargs)
    *_, last = client().stream_chat(asked(TWELVE))
    tell("streamed", text=last.message.content)
    tell("a text", text=client().complete(TWELVE).text)
    try:
        tell("a text, by default", text=client(is_chat_model=False).complete(TWELVE).text)
    except openai.APIError as error:
        tell_failure("a text, by default", error)


def tools() -> None:
    """One call and what comes of its result, two at once, one that is forced."""
    llm = client()
    tell("a call", calls=calls(llm.chat_with_tools(TOOLS, user_msg=PARIS)))
    *_, last = llm.stream_chat_with_tools(TOOLS, user_msg=PARIS)
    tell("a call, streamed", calls=calls(last))
    both = llm.chat_with_tools(TOOLS, user_msg=BOTH, allow_parallel_tool_calls=True)
    tell("two calls", calls=calls(both))
    forced = llm.chat_with_tools(TOOLS, user_msg="Hello", tool_choice="add")
    tell("a forced call", calls=calls(forced))
    tell("a call that was made", text=llm.predict_and_call(TOOLS, user_msg=PARIS).response)


def structure() -> None:
    """A class filled in by a tool, and by a schema of the answer."""
    for deed, by_schema in (("by a tool", False), ("by a schema", True)):
        llm = client(should_use_structured_outputs=by_schema)
        tell(deed, person=llm.as_structured_llm(Person).chat(asked(ANNA)).raw.model_dump())


def others() -> None:
    """A thought, and the same family's client for OpenAI's responses."""
    whole = client("practice/pocket-reasoner").chat(asked(TWELVE))
    thought = [one.content for one in whole.message.blocks if isinstance(one, ThinkingBlock)]
    tell("thought", text=whole.message.content, thought=thought)
    llm = OpenAIResponses(model="practice/pocket", context_window=8192, temperature=0, **HERE)
    tell("responses", text=llm.chat(asked(TWELVE)).message.content)


def failures() -> None:
    """What is raised."""
    wrong: dict[str, OpenAILike] = {
        "wrong key": client(api_key=WRONG_KEY),
        "unknown model": client("practice/nothing"),
        "bad parameter": client(additional_kwargs={"top_p": 7}),
        "429": client("practice/pocket:429"),
        "500": client("practice/pocket:500"),
        "503": client("practice/pocket:503"),
        "a stranger": client(api_base=STRANGER),
    }
    for deed, llm in wrong.items():
        try:
            tell(deed, text=llm.chat(asked(TWELVE)).message.content)
        except openai.APIError as error:
            tell_failure(deed, error)
    try:
        *_, last = client("practice/pocket:error-mid-stream").stream_chat(asked(GOLD))
        tell("an error in the stream", text=last.message.content)
    except openai.APIError as error:
        tell_failure("an error in the stream", error)


async def at_once() -> None:
    """An agent that calls a tool and says what came of it, and a stream that is left."""
    done = await FunctionAgent(tools=TOOLS, llm=client()).run(user_msg=PARIS)
    used = [one.tool_name for one in done.tool_calls]
    await tell_meanwhile("an agent", text=str(done), calls=used)
    # To close this client's stream leaves its connection open; to end who reads it does not.
    begun = asyncio.Event()
    reading = asyncio.ensure_future(read(begun))
    await begun.wait()
    reading.cancel()
    await asyncio.wait([reading])
    await tell_meanwhile("left", cancelled=reading.cancelled())


async def read(begun: asyncio.Event) -> None:
    """Reads a stream that never ends."""
    async for piece in await client("practice/pocket:stall=3600").astream_chat(asked(GOLD)):
        if piece.delta:
            begun.set()


answers()
tools()
structure()
others()
failures()
asyncio.run(at_once())
