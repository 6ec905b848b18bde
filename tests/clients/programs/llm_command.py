"""What users of `llm` do at their command line and in Python, done with Filon."""

import asyncio
import inspect
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import llm
import openai
import yaml
from click.testing import CliRunner
from llm.cli import cli

from tests.clients.questions import ANNA, BOTH, GOLD, KIND, PARIS, TWELVE, Person, get_weather
from tests.clients.telling import (
    ADDRESS,
    KEY,
    STRANGER,
    WRONG_KEY,
    tell,
    tell_failure,
    tell_meanwhile,
)

# By its id at this client: the model at Filon, and what its entry says beside.
MODELS: dict[str, tuple[str, dict[str, Any]]] = {
    "pocket": ("practice/pocket", {"supports_tools": True, "supports_schema": True}),
    "answering": ("practice/pocket", {"responses": True, "supports_tools": True}),
    "thinking": ("practice/pocket-reasoner", {"responses": True, "reasoning": True}),
    "nothing": ("practice/nothing", {}),
    "limited": ("practice/pocket:rate-limited=0", {}),
    "spent": ("practice/pocket:quota-exhausted", {}),
    "failing": ("practice/pocket:500", {}),
    "stalling": ("practice/pocket:stall=3600", {}),
    "strange": ("practice/pocket", {"api_base": STRANGER}),
}
COLD = ("-o", "temperature", "0")


def set_up() -> None:
    """The file and the key that its documentation speaks of."""
    folder = Path(llm.user_dir())
    folder.mkdir(parents=True, exist_ok=True)
    entries = [
        {"model_id": name, "model_name": model, "api_base": f"{ADDRESS}/v1", **more}
        for name, (model, more) in MODELS.items()
    ]
    keyed = [{**entry, "api_key_name": "filon"} for entry in entries]
    (folder / "extra-openai-models.yaml").write_text(yaml.safe_dump(keyed), encoding="utf-8")
    run("keys", "set", "filon", "--value", KEY)


def run(*words: str) -> dict[str, Any]:
    """One command as it is typed, but within this process; how it ended."""
    done = CliRunner().invoke(cli, list(words))
    return {"code": done.exit_code, "out": done.stdout.strip(), "err": done.stderr.strip()}


def commands() -> None:
    """What is typed."""
    function = inspect.getsource(get_weather)
    tell("whole", **run("-m", "pocket", *COLD, "--no-stream", "-u", TWELVE))
    tell("streamed", **run("-m", "pocket", *COLD, "-u", "-s", KIND, TWELVE))
    tell("continued", **run("-c", "What was my first question?"))
    tell("a schema", **run("-m", "pocket", *COLD, "--schema", "name, age int", ANNA))
    tell("a tool", **run("-m", "pocket", *COLD, "--functions", function, "--td", PARIS))
    tell("responses: a tool", **run("-m", "answering", *COLD, "--functions", function, PARIS))
    tell("responses: a thought", **run("-m", "thinking", TWELVE))
    tell("wrong key, typed", **run("-m", "pocket", "--key", WRONG_KEY, TWELVE))
    # This client's repetitions cannot be switched off.
    tell("500, typed", **run("-m", "failing", TWELVE))


def python(models: Mapping[str, Any]) -> None:
    """The same in Python, where exceptions can be seen."""
    response = models["pocket"].prompt(TWELVE, temperature=0)
    text, usage = response.text(), response.usage()
    tell("python", text=text, usage=[usage.input, usage.output])
    tell("python: two calls", text=models["pocket"].chain(BOTH, tools=[get_weather]).text())
    filled = models["pocket"].prompt(ANNA, schema=Person, temperature=0)
    tell("python: a schema", person=json.loads(filled.text()))
    wrong: dict[str, tuple[str, dict[str, Any]]] = {
        "wrong key": ("pocket", {"key": WRONG_KEY}),
        "unknown model": ("nothing", {}),
        "bad parameter": ("pocket", {"max_tokens": -1}),
        "429": ("limited", {}),
        "429 for good": ("spent", {}),
        "500": ("failing", {}),
        "a stranger": ("strange", {}),
    }
    for deed, (name, options) in wrong.items():
        try:
            tell(deed, text=models[name].prompt(TWELVE, **options).text())
        except openai.APIError as error:
            tell_failure(deed, error)


async def at_once(model: Any) -> None:
    """A stream without threads, which is left."""
    begun = asyncio.Event()
    reading = asyncio.ensure_future(read(model, begun))
    await begun.wait()
    reading.cancel()
    await asyncio.wait([reading])
    await tell_meanwhile("left", cancelled=reading.cancelled())


async def read(model: Any, begun: asyncio.Event) -> None:
    """Reads a stream that never ends."""
    async for text in model.prompt(GOLD):
        if text:
            begun.set()


set_up()
commands()
# Each look at the models makes all of them anew, which takes a third of a second.
known = {one.model.model_id: one for one in llm.get_models_with_aliases()}
python({name: one.model for name, one in known.items()})
asyncio.run(at_once(known["stalling"].async_model))
