"""The page on Anthropic's messages says what the crossing does."""

import json
import re

from filon.conversation.errors import Problem
from filon.conversation.events import Finished
from filon.conversation.reply import fold
from filon.protocols.anthropic_messages.crossing import from_chat, to_chat
from filon.protocols.anthropic_messages.errors import render_error
from filon.protocols.openai_chat.reply import render_reply
from tests.docs.pages import page

PROSE = page("docs/anthropic-messages.md").prose
NAME = re.compile(r"`([a-z_]+)`")


def names_after(words: str) -> list[str]:
    start = PROSE.index(words)
    return NAME.findall(PROSE[start : PROSE.index(".", start)])


def test_what_is_said_to_be_lost_is_lost() -> None:
    entering = names_after("Into Anthropic's messages these are lost")
    assert len(entering) == 18
    assert [name for name, _ in from_chat(dict.fromkeys(entering, "x")).lost] == entering
    leaving = names_after("Into chat completions these are lost")
    assert len(leaving) == 10
    assert [name for name, _ in to_chat(dict.fromkeys(leaving, "x")).lost] == leaving


def test_the_budgets_are_those_of_the_page() -> None:
    start = PROSE.index("A `reasoning_effort` becomes a budget")
    told = re.findall(r"([0-9,]+)(?: tokens)? for (\w+)", PROSE[start:])
    assert len(told) == 4
    for tokens, effort in told:
        asked = {"reasoning_effort": effort, "max_tokens": 100_000}
        budget = int(tokens.replace(",", ""))
        thinking = {"type": "enabled", "budget_tokens": budget}
        assert from_chat(asked).parameters["thinking"] == thinking


def test_the_words_for_the_end_are_those_of_the_page() -> None:
    rows = re.findall(r"^\| (`[a-z_`, ]+) \| `([a-z_]+)`", PROSE, re.MULTILINE)
    rows = [row for row in rows if "turn" in row[0] or row[1] in ("length", "tool_calls")]
    rows += re.findall(r"^\| (`refusal`) \| `([a-z_]+)`", PROSE, re.MULTILINE)
    assert len(rows) == 4
    for theirs, ours in rows:
        for reason in NAME.findall(theirs):
            body = render_reply(fold([Finished(reason)]), id="a", model="m", created=1)
            assert json.loads(body)["choices"][0]["finish_reason"] == ours, reason


def test_the_types_of_errors_are_those_of_the_page() -> None:
    told = re.findall(r"(\d{3}) `([a-z_]+)`", PROSE)
    assert len(told) == 11
    for status, kind in told:
        problem = Problem(code="x", message="x", blame="provider", status=int(status))
        assert json.loads(render_error(problem)[1])["error"]["type"] == kind
