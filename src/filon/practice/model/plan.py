"""What a skill would like to be said, as a value. It only pulls: what is said is sampled."""

from typing import Literal

from msgspec import Struct

from filon.practice.model.grammar import Grammar

Kind = Literal["reasoning", "text", "call"]


class Alternative(Struct, frozen=True):
    """One way to say a segment. `weight` is its natural-log odds against the others."""

    text: str
    weight: float = 0.0


class Segment(Struct, frozen=True, kw_only=True):
    """One stretch of an answer: a thought, text, or one tool call.

    Without alternatives the language model goes its own way. `strength` is how far, in nats, the
    planned token stands above all others together; None takes the model's own. `grammar` bounds
    what may be said. `exact` says it as written whatever the sampling, as the echo does. The text
    of a call is the tool's name, a line feed, and the arguments as JSON.
    """

    kind: Kind = "text"
    alternatives: tuple[Alternative, ...] = ()
    strength: float | None = None
    grammar: Grammar | None = None
    exact: bool = False


class Plan(Struct, frozen=True, kw_only=True):
    """The segments in their order. `skill` names what made it, for the ledger; `finish` replaces
    the reason with which the answer ends."""

    skill: str
    segments: tuple[Segment, ...]
    finish: str | None = None


def text_plan(skill: str, text: str, strength: float | None = None) -> Plan:
    """A plan of one text that has no rival."""
    segment = Segment(alternatives=(Alternative(text),), strength=strength)
    return Plan(skill=skill, segments=(segment,))
