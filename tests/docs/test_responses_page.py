"""The page on OpenAI's responses says what the crossing does."""

import json
import re

import pytest

from filon.conversation.errors import InvalidRequest
from filon.conversation.events import Finished
from filon.conversation.reply import fold
from filon.protocols.openai_responses.crossing import from_chat, to_chat
from filon.protocols.openai_responses.reply import render_reply
from tests.docs.pages import page

PROSE = page("docs/openai-responses.md").prose
NAME = re.compile(r"`([a-z_]+)`")
# By the words of the page: which end of a provider's gives which status and reason.
ENDS = {
    "the model came to an end": ("stop", "tool_calls", "end_turn", "stop_sequence"),
    "a limit was met": ("length", "max_tokens", "model_context_window_exceeded"),
    "a filter or the provider's check": ("content_filter", "refusal"),
    "the provider wants to be asked on": ("pause_turn",),
    "the provider broke off": ("error",),
}


def names_after(words: str, end: str = ".") -> list[str]:
    start = PROSE.index(words)
    return NAME.findall(PROSE[start : PROSE.index(end, start)])


def test_what_is_said_to_be_lost_is_lost() -> None:
    there = names_after("Into chat completions these are lost")
    assert len(there) == 8
    assert [name for name, _ in to_chat(dict.fromkeys(there, "x")).lost] == there
    here = names_after("Into responses these are lost")
    assert len(here) == 14
    assert [name for name, _ in from_chat(dict.fromkeys(here, "x")).lost] == here


def test_what_is_said_to_be_refused_is_refused() -> None:
    names = names_after("Refused, because they refer")
    assert len(names) == 4
    for name in names:
        with pytest.raises(InvalidRequest, match=name):
            to_chat({name: "x"})


def test_what_is_called_the_same_stays() -> None:
    names = names_after("`temperature`, `top_p`", " are called the same")
    assert len(names) == 8
    asked = dict.fromkeys(names, "x")
    assert to_chat(asked).parameters == asked
    assert from_chat(asked).parameters == {**asked, "store": False}


def test_the_names_of_the_table_are_those_of_the_crossing() -> None:
    rows = re.findall(r"^\| `([a-z_.]+)` \| `([a-z_]+)`", PROSE, re.MULTILINE)
    assert len(rows) == 4
    for here, there in rows:
        group, _, member = here.partition(".")
        value = {"type": "text"} if member == "format" else "x"
        asked = {group: {member: value}} if member else {group: value}
        assert to_chat(asked).renamed == ((here, there),)
        assert from_chat({there: value}).renamed == ((there, here),)


def test_the_statuses_are_those_of_the_page() -> None:
    rows = re.findall(r"^\| `([a-z]+)`(?:, `([a-z_]+)`)? \| ([^|]+) \|$", PROSE, re.MULTILINE)
    told = {when.partition(",")[0]: (status, reason) for status, reason, when in rows}
    found = 0
    for words, reasons in ENDS.items():
        status, reason = next(said for when, said in told.items() if when.startswith(words))
        for end in reasons:
            body = render_reply(fold([Finished(end)]), id="a", model="m", created=1)
            wire = json.loads(body)
            assert wire["status"] == status, end
            assert wire["incomplete_details"] == ({"reason": reason} if reason else None), end
            found += 1
    assert found == 11
