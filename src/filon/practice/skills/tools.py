"""The skill of tools: decides from the last message whether and which to call, and with what.

After their results it tells what came back. Nothing in a result decides on a call.
"""

from filon.practice.model.automata import Automaton
from filon.practice.model.grammar import mended
from filon.practice.model.json_text import write
from filon.practice.model.plan import Alternative, Plan, Segment, text_plan
from filon.practice.model.schema import tool_call_grammar
from filon.practice.skills.asked import Asked, Tool
from filon.practice.skills.reading import last_text, spoken
from filon.practice.skills.tool_choice import MOST_CALLS, Wish, arguments, likeliest, wishes
from filon.practice.skills.tool_results import latest, told

SKILL = "tools"
RESULTS = "tool-results"


def call_tools(asked: Asked) -> Plan | None:
    """A plan of calls, or of the words for their results; None where neither is called for.

    A tool that must be called is called even after results, and results that are wanted as JSON
    are left to the skill for that. Raises InvalidRequest for a tool whose schema cannot be
    understood.
    """
    forced = asked.only is not None or asked.choice == "required"
    if latest(asked.messages) and not (forced and asked.tools and asked.model.tools):
        if asked.format is not None:
            return None
        return text_plan(RESULTS, told(asked.messages, spoken(asked, last_text(asked))))
    if not asked.tools or not asked.model.tools or (asked.choice == "none" and not forced):
        return None
    tools = tuple(tool for tool in asked.tools if asked.only in (None, tool.name))
    if not tools:
        return None
    wanted = _wanted(asked, tools, forced=forced)
    return _plan(asked, tools, wanted) if wanted else None


def _wanted(asked: Asked, tools: tuple[Tool, ...], *, forced: bool) -> list[Wish]:
    found = wishes(asked, tools)
    if found or not forced:
        return found
    return [Wish(likeliest(asked, tools), last_text(asked))]


def _plan(asked: Asked, tools: tuple[Tool, ...], wanted: list[Wish]) -> Plan:
    grammar = tool_call_grammar(tools)
    calls = [_call(wish.tool, one, grammar) for wish in wanted for one in arguments(asked, wish)]
    most = MOST_CALLS if asked.parallel else 1
    return Plan(skill=SKILL, segments=tuple(calls[:most]))


def _call(tool: Tool, given: object, grammar: Automaton) -> Segment:
    text = mended(grammar, f"{tool.name}\n".encode() + write(given)).decode()
    return Segment(kind="call", alternatives=(Alternative(text),), grammar=grammar)
