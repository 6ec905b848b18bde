"""Which skill answers: the first in order that has a plan. The model `echo` has none and is not
asked here."""

from collections.abc import Callable

from filon.practice.model.plan import Plan
from filon.practice.skills.arithmetic import arithmetic
from filon.practice.skills.asked import Asked
from filon.practice.skills.coding import coding
from filon.practice.skills.knowing import knowing
from filon.practice.skills.quoting import quoting
from filon.practice.skills.reasoning import think
from filon.practice.skills.remembering import remembering
from filon.practice.skills.repeating import repeating
from filon.practice.skills.structured import structured
from filon.practice.skills.titles import titles
from filon.practice.skills.tools import call_tools

# What binds the form comes first, then what can be told for certain, then what is only likely.
_SKILLS: tuple[Callable[[Asked], Plan | None], ...] = (
    call_tools,
    structured,
    titles,
    repeating,
    arithmetic,
    remembering,
    quoting,
    coding,
    knowing,
)


def plan_for(asked: Asked) -> Plan:
    """What is to be said. The same request gives the same plan."""
    plans = (skill(asked) for skill in _SKILLS)
    # The last skill always has a plan.
    return think(asked, next(plan for plan in plans if plan is not None))
