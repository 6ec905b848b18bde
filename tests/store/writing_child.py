"""A program that stores turns until it is killed, telling on stdout what it was told is durable."""

import asyncio
import sys

from filon.store.messages import Ending
from filon.store.store import Store
from filon.store.trace_blob import bare
from tests.store.made import answer, conversation, message, records, summary


def tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def turns(url: str) -> None:
    store = await Store.open(url)
    await store.people.first_person(1.0)
    for number in range(1_000_000):
        chat, ask, reply = f"c{number}", f"a{number}", f"b{number}"
        rows = [
            message(ask, conversation_id=chat),
            answer(reply, ask, conversation_id=chat),
        ]
        await store.messages.add(1, rows, conversation(chat))
        tell(f"begun {number}")
        for length in (1, 2, 3):
            await store.messages.checkpoint(1, reply, "word " * length, "", 5.0)
        history = [f"text {each} " * 100 for each in range(number % 30 + 1)]
        await store.traces.insert(1, summary(f"t{number}"), bare(records(history)))
        ending = Ending(state="complete", text="word " * 500, trace_id=f"t{number}", at=6.0)
        await store.messages.finish(1, reply, ending)
        tell(f"finished {number}")


if __name__ == "__main__":
    asyncio.run(turns(sys.argv[1]))
