"""What a reasoning model writes before it answers, made from the plan that it has. Pure.

Every sentence says something about this task: its steps, its passages, its tool. Effort sets how
much of it is said. In arithmetic, having thought raises the odds of the right answer.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from msgspec.structs import replace

from filon.practice.model.plan import Alternative, Plan, Segment
from filon.practice.skills import arithmetic, coding, knowing, quoting, remembering, titles
from filon.practice.skills.asked import Asked, Language
from filon.practice.skills.language import language_of
from filon.practice.skills.matching import stem, words
from filon.practice.skills.reading import last_split, last_text, spoken
from filon.practice.skills.sums.thinking import worked

_LONGEST_TASK = 160
_LONGEST_VALUE = 120
_MOST_ITEMS = 8

# By how much having thought raises the weight of the right answer to a sum, in nats.
GAIN = {"low": 1.5, "medium": 3.0, "high": 4.5}
_EFFORTS = {"minimal": "low", "xhigh": "high", "max": "high"}

# The most lines of a thought by effort; the first ones restate the task.
_LINES = {"low": 2, "medium": 6, "high": 24}

Thought = list[str]


def think(asked: Asked, plan: Plan) -> Plan:
    """The plan with a thought before its answer, where the model reasons and is to do so."""
    if not asked.model.reasons or asked.effort == "none":
        return plan
    if not plan.segments or any(segment.kind == "reasoning" for segment in plan.segments):
        return plan
    effort = _EFFORTS.get(asked.effort, asked.effort)
    effort = effort if effort in GAIN else "medium"
    lines = _thought(asked, plan, spoken(asked, last_split(asked).question))
    text = "\n".join(_kept(lines, effort))
    thought = Segment(kind="reasoning", alternatives=(Alternative(text),))
    answer = plan.segments
    if plan.skill == arithmetic.SKILL:
        answer = (_surer(answer[0], GAIN[effort]), *answer[1:])
    return replace(plan, segments=(thought, *answer))


def _kept(lines: Thought, effort: str) -> Thought:
    """The lines that an effort has room for: the first ones, and what was concluded."""
    most = _LINES[effort]
    if len(lines) <= most:
        return lines
    return [*lines[: most - 1], lines[-1]]


def _surer(segment: Segment, gain: float) -> Segment:
    if not segment.alternatives:
        return segment
    right, *others = segment.alternatives
    return replace(segment, alternatives=(replace(right, weight=right.weight + gain), *others))


def _thought(asked: Asked, plan: Plan, language: Language) -> Thought:
    calls = [segment for segment in plan.segments if segment.kind == "call"]
    if calls:
        return [_task(asked, language), *_about_calls(asked, calls, language)]
    about = _ABOUT.get(plan.skill, _about_answer)
    return [_task(asked, language), *about(asked, plan, language)]


def _task(asked: Asked, language: Language) -> str:
    """What is wanted, in the person's words."""
    text = last_split(asked).question or last_text(asked)
    said = _short(text, _LONGEST_TASK)
    if not said:
        return "There is no text to go by." if language == "en" else "No hay texto del que partir."
    return f"The task: {said}" if language == "en" else f"La tarea: {said}"


def _about_sum(asked: Asked, plan: Plan, language: Language) -> Thought:
    task = arithmetic.find(asked)
    return worked(task) if task else _about_answer(asked, plan, language)


def _about_quote(asked: Asked, plan: Plan, language: Language) -> Thought:
    english = language == "en"
    found = quoting.find(asked)
    if found is None:
        return _about_summary(plan, english=english)
    forms = {stem(word): word for word in reversed(words(found.question))}
    wanted = _listed(found.stems, forms)
    number = found.searched
    if english:
        lines = [f"I look for {wanted} in {number} {'passage' if number == 1 else 'passages'}."]
    else:
        lines = [f"Busco {wanted} en {number} {'pasaje' if number == 1 else 'pasajes'}."]
    for answer in found.answers:
        held = _listed([each for each in found.stems if each in answer.stems], forms)
        place = f" [{answer.label}]" if answer.label else ""
        said = f'"{_short(answer.text, _LONGEST_VALUE)}"{place}'
        lines.append(f"{said} holds {held}." if english else f"{said} contiene {held}.")
    for rival in found.rivals:
        missing = _listed([each for each in found.stems if each not in rival.stems], forms)
        said = f'"{_short(rival.text, _LONGEST_VALUE)}"'
        if missing:
            lines.append(
                f"But {said} lacks {missing}." if english else f"A {said} le falta {missing}."
            )
    if found.answers:
        lines.append("So I quote what holds most." if english else "Cito lo que contiene más.")
    else:
        silent = "No sentence holds enough of it, so the text does not tell."
        spanish = "Ninguna frase contiene lo bastante, así que el texto no lo dice."
        lines.append(silent if english else spanish)
    return lines


def _listed(stems: Sequence[str], forms: Mapping[str, str]) -> str:
    """Stems as the words of the question."""
    return ", ".join(forms.get(each, each) for each in stems[:_MOST_ITEMS])


def _about_summary(plan: Plan, *, english: bool) -> Thought:
    said = _best(plan)
    number = said.count(". ") + 1
    if english:
        return [f"A summary is wanted; I keep the {number} sentences with the commonest words."]
    return [f"Se pide un resumen; conservo las {number} frases con las palabras más frecuentes."]


def _about_memory(asked: Asked, plan: Plan, language: Language) -> Thought:
    english = language == "en"
    recalled = remembering.recall(asked)
    fact = recalled.of if recalled else None
    if fact is None:
        looked = "I look through what was said before."
        spanish = "Busco en lo que se ha dicho antes."
        return [looked if english else spanish, *_about_answer(asked, plan, language)]
    told = _short(fact.value, _LONGEST_VALUE)
    if recalled and recalled.acknowledged:
        return [f"This tells me something: {told}." if english else f"Esto me dice algo: {told}."]
    if english:
        return [f"The conversation tells it: {told}.", "So I can answer from that."]
    return [f"La conversación lo dice: {told}.", "Así que puedo responder con eso."]


def _about_code(asked: Asked, plan: Plan, language: Language) -> Thought:
    english = language == "en"
    task = coding.find(last_split(asked).question, language)
    if task is None:
        none = "None of the tasks that I know is like it."
        return [none if english else "Ninguna de las tareas que conozco se le parece."]
    names = re.findall(r"def (\w+)\(([^)\n]{0,80})\)", _best(plan))
    lines = [
        f"I know this task: {task.questions[0]}"
        if english
        else f"Conozco esta tarea: {task.questions[0]}"
    ]
    for name, arguments in names[:2]:
        takes = _short(arguments, 60) or ("nothing" if english else "nada")
        lines.append(f"{name} takes {takes}." if english else f"{name} recibe {takes}.")
    steps = [line.strip() for line in _best(plan).splitlines() if re.match(r"\s{4}\S", line)]
    lines += [f"`{_short(step, 80)}`" for step in steps[:_MOST_ITEMS]]
    return lines


def _about_title(asked: Asked, plan: Plan, language: Language) -> Thought:
    talk = titles.wanted(asked)
    subject = _short(talk.person if talk else "", _LONGEST_VALUE)
    title = _best(plan)
    spoken_in = language_of(talk.person) if talk else language
    if spoken_in == "en":
        return [
            f"It is about: {subject}",
            f'"{title}" has {len(title.split())} words, which is short enough.',
        ]
    return [f"Trata de: {subject}", f"«{title}» tiene {len(title.split())} palabras, así que cabe."]


def _about_knowledge(asked: Asked, plan: Plan, language: Language) -> Thought:
    english = language == "en"
    text = last_split(asked).question.strip() or last_text(asked)
    found = knowing.hits(knowing.talk(), text, language)
    if not found:
        none = "Nothing that I know is like it, so I have to say that."
        return [none if english else "Nada de lo que sé se le parece, así que tengo que decirlo."]
    lines: list[str] = []
    for place, hit in enumerate(found):
        known = _short(hit.phrasing, _LONGEST_VALUE)
        if place == 0:
            lines.append(f"I know this one: {known}" if english else f"Esta la conozco: {known}")
        else:
            lines.append(f"It is less like: {known}" if english else f"Se parece menos a: {known}")
    start = _short(found[0].dialogue.answer, _LONGEST_VALUE)
    lines.append(f"The answer begins: {start}" if english else f"La respuesta empieza: {start}")
    return lines


def _about_calls(asked: Asked, calls: list[Segment], language: Language) -> Thought:
    """Which tools, why, and with which arguments."""
    english = language == "en"
    purposes = {tool.name: tool.description for tool in asked.tools}
    lines: list[str] = []
    for segment in calls[:_MOST_ITEMS]:
        best = max(segment.alternatives, key=_weight, default=Alternative(""))
        name, _, arguments = best.text.partition("\n")
        lines.append(
            f"The tool {name} can do this." if english else f"La herramienta {name} sirve."
        )
        purpose = _short(purposes.get(name, ""), _LONGEST_VALUE)
        if purpose:
            lines.append(f"It says of itself: {purpose}" if english else f"Dice de sí: {purpose}")
        lines += _fields(arguments, english=english)
    others = [tool.name for tool in asked.tools if all(tool.name not in line for line in lines)]
    if others:
        named = ", ".join(others[:_MOST_ITEMS])
        lines.append(f"Not needed: {named}." if english else f"No hace falta: {named}.")
    return lines


def _about_answer(asked: Asked, plan: Plan, language: Language) -> Thought:
    """What any plan shows: the fields of its JSON, or how its text begins."""
    english = language == "en"
    best = _best(plan)
    fields = _fields(best, english=english)
    if fields:
        wanted = "The answer must be JSON." if english else "La respuesta debe ser JSON."
        return [wanted, *fields]
    if asked.messages and asked.messages[-1].role == "tool":
        result = _short(asked.messages[-1].text, _LONGEST_VALUE)
        return [f"The tool gave: {result}" if english else f"La herramienta dio: {result}"]
    if not best:
        return ["I go by the last words." if english else "Sigo las últimas palabras."]
    start = _short(best, _LONGEST_VALUE)
    return [f"I can say: {start}" if english else f"Puedo decir: {start}"]


def _fields(text: str, *, english: bool) -> Thought:
    """The members of a JSON object as sentences; nothing where it is none."""
    try:
        read: Any = json.loads(text)
    except (ValueError, RecursionError):
        return []
    if not isinstance(read, dict):
        return []
    joint = "is" if english else "es"
    members = list(cast("dict[str, Any]", read).items())[:_MOST_ITEMS]
    lines: Thought = []
    for name, value in members:
        written = json.dumps(value, ensure_ascii=False)
        lines.append(f"{_short(name, 60)} {joint} {_short(written, _LONGEST_VALUE)}.")
    return lines


def _best(plan: Plan) -> str:
    """The likeliest text of the first segment that has one."""
    for segment in plan.segments:
        if segment.alternatives:
            return max(segment.alternatives, key=_weight).text
    return ""


def _weight(alternative: Alternative) -> float:
    return alternative.weight


def _short(text: str, longest: int) -> str:
    """A text on one line, cut at a word."""
    line = " ".join(text[: 4 * longest].split())
    if len(line) <= longest:
        return line
    return line[:longest].rsplit(" ", 1)[0] + " …"


_ABOUT: dict[str, Callable[[Asked, Plan, Language], Thought]] = {
    arithmetic.SKILL: _about_sum,
    quoting.SKILL: _about_quote,
    remembering.SKILL: _about_memory,
    coding.SKILL: _about_code,
    titles.SKILL: _about_title,
    knowing.SKILL: _about_knowledge,
}
