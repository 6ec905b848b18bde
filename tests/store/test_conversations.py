"""Conversations and the tree of their messages."""

import pytest
from msgspec.structs import replace

from filon.conversation.errors import NotFound, Problem
from filon.conversation.message import Image, Message, Reasoning, Text, say
from filon.store.conversations import ConversationRow
from filon.store.messages import INTERRUPTED, Chip, Ending, MessageRow
from filon.store.store import Store
from tests.store.conftest import ME
from tests.store.made import answer, conversation, message


async def begun(store: Store) -> ConversationRow:
    rows = [message("m1"), answer("m2", "m1")]
    return await store.messages.add(ME, rows, conversation())


def names(rows: tuple[MessageRow, ...]) -> list[str]:
    return [row.id for row in rows]


async def test_sending_makes_conversation_message_and_open_answer(store: Store) -> None:
    made = await store.messages.add(
        ME, [message("m1"), answer("m2", "m1", model="practice/tiny")], conversation()
    )
    assert made == conversation(active_id="m2", model="practice/tiny", updated_at=12.0)
    assert await store.conversations.get(ME, "c1") == made
    assert await store.messages.tree(ME, "c1") == (
        message("m1"),
        answer("m2", "m1", model="practice/tiny"),
    )


async def test_nothing_is_kept_when_one_row_does_not_fit(store: Store) -> None:
    with pytest.raises(NotFound):
        await store.messages.add(ME, [message("m1"), answer("m2", "m9")], conversation())
    assert await store.conversations.all(ME) == ()
    with pytest.raises(NotFound):
        await store.messages.add(ME, [message("m1")])


async def test_a_parent_in_another_conversation_is_none(store: Store) -> None:
    await begun(store)
    with pytest.raises(NotFound):
        await store.messages.add(
            ME, [message("m3", "m2", conversation_id="c2")], conversation("c2")
        )


async def test_the_list_shows_the_last_used_first(store: Store) -> None:
    for number in (1, 2, 3):
        name = f"c{number}"
        row = message(f"m{number}", conversation_id=name)
        await store.messages.add(ME, [row], conversation(name))
    await store.messages.add(ME, [message("m9", "m1")])
    assert [row.id for row in await store.conversations.all(ME)] == ["c1", "c3", "c2"]


async def test_a_branch_is_read_from_its_root(store: Store) -> None:
    await begun(store)
    await store.messages.add(ME, [message("m3", "m2"), answer("m4", "m3")])
    await store.messages.add(ME, [message("m5", "m2"), answer("m6", "m5")])
    assert names(await store.messages.path(ME, "m4")) == ["m1", "m2", "m3", "m4"]
    assert names(await store.messages.path(ME, "m6")) == ["m1", "m2", "m5", "m6"]
    assert names(await store.messages.path(ME, "m1")) == ["m1"]
    assert names(await store.messages.tree(ME, "c1")) == ["m1", "m2", "m3", "m4", "m5", "m6"]
    with pytest.raises(NotFound):
        await store.messages.path(ME, "m9")


async def test_an_answer_grows_by_checkpoints_and_ends(store: Store) -> None:
    await begun(store)
    await store.messages.checkpoint(ME, "m2", "Ore is", "thinking", 13.0)
    ending = Ending(
        state="failed",
        text="Ore is r",
        reasoning="thinking",
        model="practice/tiny",
        problem=Problem(code="broken_reply", message="cut", blame="provider", status=502),
        chip=Chip(input_tokens=3, cost_kind="free", cost_usd=0.0, rate=12.5, lost=1),
        trace_id="t1",
        at=14.0,
    )
    done = await store.messages.finish(ME, "m2", ending)
    assert done == replace(
        answer("m2", "m1"),
        state="failed",
        text="Ore is r",
        reasoning="thinking",
        model="practice/tiny",
        problem=ending.problem,
        chip=ending.chip,
        trace_id="t1",
        updated_at=14.0,
    )
    assert await store.messages.get(ME, "m2") == done


async def test_a_checkpoint_is_kept_and_one_that_comes_late_is_not(store: Store) -> None:
    await begun(store)
    await store.messages.checkpoint(ME, "m2", "so far", "", 13.0)
    await store.conversations.set_active(ME, "c1", "m1")
    assert (await store.messages.get(ME, "m2")).text == "so far"
    await store.messages.finish(ME, "m2", Ending(state="stopped", text="all", at=14.0))
    await store.messages.checkpoint(ME, "m2", "so far", "", 15.0)
    await store.conversations.set_active(ME, "c1", "m2")
    assert (await store.messages.get(ME, "m2")).text == "all"


async def test_the_end_of_a_deleted_answer_is_no_error(store: Store) -> None:
    await begun(store)
    await store.conversations.delete(ME, "c1")
    ending = Ending(state="complete", text="all", at=14.0)
    assert await store.messages.finish(ME, "m2", ending) is None


async def test_open_answers_become_partial_at_start(store: Store) -> None:
    await begun(store)
    await store.messages.checkpoint(ME, "m2", "so far", "hm", 13.0)
    assert await store.messages.close_open(20.0) == 1
    assert await store.messages.close_open(21.0) == 0
    row = await store.messages.get(ME, "m2")
    assert (row.state, row.problem, row.text, row.updated_at) == (
        "partial",
        INTERRUPTED,
        "so far",
        20.0,
    )
    assert row.message == Message(role="assistant", parts=(Reasoning("hm"), Text("so far")))
    assert (await store.messages.get(ME, "m1")).state == "complete"


@pytest.mark.parametrize(
    "content",
    [
        say("user", "text of m1"),
        Message(role="user", parts=(Text("text of m1"), Image("data:image/png;base64,AA=="))),
        Message(role="user", parts=(Text("text "), Text("of m1")), name="me", extra=(("a", "1"),)),
    ],
)
async def test_the_whole_message_comes_back(store: Store, content: Message) -> None:
    await store.messages.add(ME, [message("m1", content=content)], conversation())
    assert (await store.messages.get(ME, "m1")).message == content


async def test_a_plain_message_is_not_stored_twice(store: Store) -> None:
    row = message("m1", content=say("user", "text of m1"))
    await store.messages.add(ME, [row], conversation())
    assert (await store.messages.get(ME, "m1")).content is None


async def test_odd_text_is_stored(store: Store) -> None:
    odd = "nul \0, half \ud83d, two halves \ud83d\ude00, \U0001f600, \u202e"
    problem = Problem(
        code="x", message="m", blame="provider", status=502, provider_body="half \udc00"
    )
    row = message("m1", text=odd, problem=problem)
    await store.messages.add(ME, [row], conversation(title=odd))
    kept = "nul \0, half \ufffd, two halves \U0001f600, \U0001f600, \u202e"
    assert (await store.conversations.get(ME, "c1")).title == kept
    assert (await store.messages.get(ME, "m1")).text == kept
    assert (await store.messages.get(ME, "m1")).problem == problem


async def test_titles_of_a_person_stay(store: Store) -> None:
    await begun(store)
    named = await store.conversations.set_title(ME, "c1", "By a model", "model")
    assert (named.title, named.title_by) == ("By a model", "model")
    await store.conversations.set_title(ME, "c1", "Mine", "person")
    kept = await store.conversations.set_title(ME, "c1", "By a model", "model")
    assert (kept.title, kept.title_by) == ("Mine", "person")
    again = await store.conversations.set_title(ME, "c1", "Mine too", "person")
    assert again.title == "Mine too"
    with pytest.raises(NotFound):
        await store.conversations.set_title(ME, "c9", "x", "person")


async def test_the_active_branch_is_one_of_the_conversation(store: Store) -> None:
    await begun(store)
    await store.messages.add(ME, [message("m3", conversation_id="c2")], conversation("c2"))
    assert (await store.conversations.set_active(ME, "c1", "m1")).active_id == "m1"
    with pytest.raises(NotFound):
        await store.conversations.set_active(ME, "c1", "m3")


async def test_deleting_takes_the_messages_along(store: Store) -> None:
    await begun(store)
    await store.conversations.delete(ME, "c1")
    assert await store.messages.tree(ME, "c1") == ()
    with pytest.raises(NotFound):
        await store.messages.get(ME, "m1")
    with pytest.raises(NotFound):
        await store.conversations.delete(ME, "c1")
