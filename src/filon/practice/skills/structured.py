"""The skill of answers in JSON: by a schema, by the keys that a request names, or of any form.

What is planned is valid, and the grammar keeps what is said valid at any temperature.
"""

from typing import Any

from filon.practice.model.automata import Automaton
from filon.practice.model.grammar import mended
from filon.practice.model.json_text import any_object, write
from filon.practice.model.plan import Alternative, Plan, Segment
from filon.practice.model.schema import schema_grammar
from filon.practice.model.subschema import Schema
from filon.practice.skills.asked import Asked
from filon.practice.skills.extraction.assigning import Telling
from filon.practice.skills.extraction.filling import CannotFill, Filler
from filon.practice.skills.extraction.hearing import heard
from filon.practice.skills.extraction.keys import form_of
from filon.practice.skills.reading import last_text, recent

SKILL = "structured"


def structured(asked: Asked, answer: str = "") -> Plan | None:
    """A plan for the JSON that a request demands; None where it demands none.

    `answer` is what another skill would say: it goes where a field wants an answer. Raises
    InvalidRequest for a schema that cannot be understood.
    """
    if asked.format is None:
        return None
    if asked.format.schema is not None:
        grammar = schema_grammar(asked.format.schema).grammar
        value = _filled(asked.format.schema, heard(asked, answer=answer))
    else:
        grammar = any_object()
        value = _free(asked, answer)
    return _plan(grammar, value)


def _plan(grammar: Automaton, value: Any) -> Plan:
    text = mended(grammar, write(value)).decode()
    segment = Segment(alternatives=(Alternative(text),), grammar=grammar)
    return Plan(skill=SKILL, segments=(segment,))


def _filled(schema: Any, telling: Telling) -> Any:
    try:
        return Filler(Schema(schema, "schema"), telling).fill(schema).value
    except CannotFill:
        # A recursion that is not entered: the grammar's own shortest value stands instead.
        return None


def _free(asked: Asked, answer: str) -> Any:
    """Any object: by the keys that the request names, or else with the answer alone."""
    others = [said.text for said in reversed(recent(asked.messages)) if said.role != "tool"]
    form = form_of(last_text(asked), others)
    if form is not None:
        value = _filled(form.schema, heard(asked, form.text, answer))
        if isinstance(value, dict):
            return value  # pyright: ignore[reportUnknownVariableType]
    return {"answer": answer or heard(asked).gist}
