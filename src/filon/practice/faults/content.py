"""What is said wrongly: edits of a plan before the model says it.

What a switch puts in is said exactly, so that it happens at every temperature.
"""

import re
from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from filon.practice.model.plan import Alternative, Kind, Plan, Segment
from filon.practice.skills.asked import Asked, Language
from filon.practice.skills.reading import last_text, spoken

_LONGEST_QUOTE = 80

_DECLINED: Mapping[Language, str] = {
    "en": "I cannot help with that.",
    "es": "No puedo ayudar con eso.",
}
_SENTENCE: Mapping[Language, str] = {
    "en": "The answer is the same as before.",
    "es": "La respuesta es la misma que antes.",
}
_THOUGHT: Mapping[Language, str] = {
    "en": "The user writes: {quote} I look for what is asked, and then I answer.",
    "es": "La persona escribe: {quote} Busco qué se pide y después respondo.",
}
# By the language of the question; each is in the other one.
_OTHER_LANGUAGE: Mapping[Language, str] = {
    "en": "La pregunta es: «{quote}». Respondo en español, aunque nadie lo ha pedido.",
    "es": 'The question is: "{quote}". I answer in English, although nobody asked for it.',
}
_MORE: Mapping[Language, tuple[str, ...]] = {
    "en": (
        "There is more to say about this, and the order in which it is said matters.",
        "Point {number} follows from the one before it and prepares the next.",
        "Seen from another side, the same holds once more.",
        "It is worth saying this again in other words, so that nothing is left open.",
        "Before the end, a remark on the way in which this answer is built.",
    ),
    "es": (
        "Hay más que decir sobre esto, y el orden en que se dice importa.",
        "El punto {number} se sigue del anterior y prepara el siguiente.",
        "Visto desde otro lado, vale lo mismo una vez más.",
        "Conviene decirlo otra vez con otras palabras, para que nada quede abierto.",
        "Antes del final, una nota sobre el modo en que se construye esta respuesta.",
    ),
}
_INVENTED = "search_the_web"
_FIRST_SENTENCE = re.compile(r"\s*(\S.{5,200}?[.!?])(?:\s|$)", re.DOTALL)


def say_nothing(plan: Plan, _asked: Asked, _argument: float) -> Plan:
    """The answer is empty."""
    return replace(plan, segments=(_exact(""),), finish="stop")


def decline(plan: Plan, asked: Asked, _argument: float) -> Plan:
    """The model will not answer."""
    return replace(plan, segments=(_exact(_DECLINED[_language(asked)]),), finish="stop")


def go_round(plan: Plan, asked: Asked, argument: float) -> Plan:
    """One sentence again and again, for this many characters."""
    found = _FIRST_SENTENCE.match(_text_of(plan))
    sentence = found[1] if found else _SENTENCE[_language(asked)]
    times = int(argument) // (len(sentence) + 1) + 1
    thoughts = tuple(one for one in plan.segments if one.kind == "reasoning")
    looped = _exact(" ".join([sentence] * times))
    return replace(plan, segments=(*thoughts, looped), finish="length")


def fence_json(plan: Plan, _asked: Asked, _argument: float) -> Plan:
    """The answer stands in a Markdown code fence; what is no JSON becomes some."""
    places = [place for place, one in enumerate(plan.segments) if one.kind == "text"]
    if not places:
        return plan
    place = places[-1]
    inside = plan.segments[place]
    if inside.grammar is None and not _is_json(_said(inside)):
        inside = _exact(msgspec.json.encode({"answer": _said(inside)}).decode())
    fenced = (_exact("```json\n"), inside, _exact("\n```"))
    return replace(plan, segments=(*plan.segments[:place], *fenced, *plan.segments[place + 1 :]))


def break_arguments(plan: Plan, asked: Asked, _argument: float) -> Plan:
    """The arguments of each tool call lack their last brace; without a call there is one now."""
    if not asked.tools:
        return plan
    usual = f"{asked.only or asked.tools[0].name}\n"
    segments = plan.segments
    if not any(one.kind == "call" for one in segments):
        segments = (Segment(kind="call"),)
    broken = tuple(
        _exact(_broken(_said(one) or usual), "call") if one.kind == "call" else one
        for one in segments
    )
    return replace(plan, segments=broken, finish=None)


def invent_tool(plan: Plan, asked: Asked, _argument: float) -> Plan:
    """A tool is called that was not offered."""
    name = _INVENTED
    while any(tool.name == name for tool in asked.tools):
        name += "_again"
    arguments = msgspec.json.encode({"query": _quote(asked)}).decode()
    return replace(plan, segments=(_exact(f"{name}\n{arguments}", "call"),), finish=None)


def leak_thoughts(plan: Plan, asked: Asked, _argument: float) -> Plan:
    """What the model thinks stands in its text, between tags; a model that does not think does."""
    segments: list[Segment] = []
    thoughts = [one for one in plan.segments if one.kind == "reasoning"]
    if not thoughts:
        thought = _THOUGHT[_language(asked)].format(quote=_quote(asked))
        segments.append(_exact(f"<think>\n{thought}\n</think>\n\n"))
    for one in plan.segments:
        if one.kind == "reasoning":
            said = replace(one, kind="text")
            segments += (_exact("<think>\n"), said, _exact("\n</think>\n\n"))
        else:
            segments.append(one)
    return replace(plan, segments=tuple(segments))


def change_language(plan: Plan, asked: Asked, _argument: float) -> Plan:
    """The answer is in a language that was not asked for."""
    text = _OTHER_LANGUAGE[_language(asked)].format(quote=_quote(asked))
    return replace(plan, segments=(_exact(text),))


def ramble(plan: Plan, asked: Asked, argument: float) -> Plan:
    """Behind the answer goes on what nobody asked for, for this many characters."""
    sentences = _MORE[_language(asked)]
    more: list[str] = []
    length, number = 0, 0
    while length < argument:
        sentence = sentences[number % len(sentences)].format(number=number + 1)
        more.append(sentence)
        number += 1
        length += len(sentence) + 1
    return replace(plan, segments=(*plan.segments, _exact("\n\n" + " ".join(more))))


def _exact(text: str, kind: Kind = "text") -> Segment:
    return Segment(kind=kind, alternatives=(Alternative(text),), exact=True)


def _language(asked: Asked) -> Language:
    return spoken(asked, last_text(asked))


def _quote(asked: Asked) -> str:
    return " ".join(last_text(asked).split())[:_LONGEST_QUOTE]


def _said(segment: Segment) -> str:
    """The likeliest text of a segment."""
    best = max(segment.alternatives, key=_weight, default=None)
    return best.text if best else ""


def _weight(alternative: Alternative) -> float:
    return alternative.weight


def _text_of(plan: Plan) -> str:
    return "".join(_said(one) for one in plan.segments if one.kind == "text")


def _is_json(text: str) -> bool:
    try:
        msgspec.json.decode(text)
    except msgspec.DecodeError:
        return False
    return True


def _broken(call: str) -> str:
    name, _, arguments = call.partition("\n")
    return f"{name}\n{arguments.strip().removesuffix('}') or '{'}"
