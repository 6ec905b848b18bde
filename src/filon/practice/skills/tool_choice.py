"""Which tools a message calls for, and with what arguments. Text level; it calls nothing."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from msgspec import Struct

from filon.practice.model.subschema import Schema
from filon.practice.skills.asked import Asked, Tool
from filon.practice.skills.extraction import phrases
from filon.practice.skills.extraction.assigning import Telling
from filon.practice.skills.extraction.candidates import CLEAR, LIKELY, Candidate, candidates
from filon.practice.skills.extraction.choices import ranked
from filon.practice.skills.extraction.filling import CannotFill, Filler
from filon.practice.skills.extraction.hearing import heard
from filon.practice.skills.extraction.lexicon import ACTIONS, idea, is_common, name_words
from filon.practice.skills.extraction.mentions import Mention, Mentions, runs
from filon.practice.skills.extraction.roles import Role, field_of
from filon.practice.skills.matching import FUNCTION_WORDS, fold, words
from filon.practice.skills.reading import last_split

ENOUGH = 2.0
MOST_CALLS = 8
_READ = 3_000
# A message of more is a text to work on rather than a row of wishes.
_MOST_CLAUSES = 24

_OF_NAME, _OF_ACTION, _OF_DESCRIPTION, _OF_PARAMETER = 2.0, 0.75, 1.0, 0.5
_MOST_OF_PARAMETERS = 1.5
_EXPLAINS = 1.5
_LACKS = 0.75
_NEEDED = frozenset[Role](
    ("place", "language", "symbol", "currency", "unit", "sum", "link", "code")
)
# What a message must hold for a field of such a role speaks for the tool by itself.
_EVIDENCE: Mapping[Role, float] = {
    "sum": 2.5,
    "unit": 1.1,
    "currency": 1.1,
    "symbol": 1.0,
    "link": 1.0,
    "mail": 0.75,
    "language": 0.75,
    "code": 0.75,
    "place": 0.25,
    "day": 0.25,
}
_SEVERAL = frozenset[Role](("place", "symbol", "company", "person", "code", "query", "body"))

_ABOUT_IT = re.compile(
    r"^\W*(?:explain|define|describe|what is an?\b|what does .{1,40} mean|"
    r"how do(?:es)? (?:i|you|an?|the)\b(?! say)|why\b|who (?:are|is) you|explica|define|"
    r"que es una?\b|que significa|como funciona|"
    r"como se (?:usa|hace|escribe)|por que\b|quien eres|write (?:me )?an? (?:poem|story|essay)|"
    r"escribe(?:me)? un (?:poema|cuento|relato))"
)
_REFUSED = re.compile(
    r"\b(?:without|don'?t|do not|no|sin) "
    r"(?:using |use |usar |uses |utilizar |call |calling |llamar )"
    r"(?:a |any |the |las? |ninguna )?"
    r"(?:tools?|functions?|herramientas?|funci[oó]n(?:es)?)\b",
    re.IGNORECASE,
)
_QUOTES = re.compile(r"\"[^\"]*\"|“[^”]*”|«[^»]*»|`[^`]*`")
_SPLIT = re.compile(
    r"(?<=[.?!;])\s+|\n+|"
    r",?\s+(?:and then|then|and also|y luego|y despu[eé]s|luego|además|after that|and|y|also)\s+",
    re.IGNORECASE,
)
_SAYING = re.compile(
    r"\b(?:saying|that says|telling|diciendo|que diga|dile que|with the (?:text|message)|con el "
    r"(?:texto|mensaje)|translate|traduce)\b|:\s",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"^\W*(?:and|what about|how about|same for|now|also|y|que tal|lo mismo (?:para|con)|ahora|"
    r"tambien)\b"
)


class Wish(Struct, frozen=True):
    """A tool that is to be called, and the part of the message that says so."""

    tool: Tool
    text: str


def score(tool: Tool, telling: Telling) -> float:
    """How much a message speaks for a tool; from ENOUGH on it should be called."""
    newest = telling.sources[0]
    said = _ideas(words(phrases.own_words(newest.text)))
    named = _ideas(name_words(tool.name))
    told = _ideas(words(tool.description[:1_000])) - named
    asked = _ideas(_parameter_words(tool)) - named - told
    total = sum(_OF_ACTION if one in ACTIONS else _OF_NAME for one in said & named)
    total += sum(_OF_ACTION if one in ACTIONS else _OF_DESCRIPTION for one in said & told)
    total += min(_MOST_OF_PARAMETERS, _OF_PARAMETER * len(said & asked))
    total += min(3.0, _evidence(tool, newest)) - _lack(tool, telling)
    return total - _EXPLAINS if _ABOUT_IT.match(fold(newest.text)) else total


def wishes(asked: Asked, tools: Sequence[Tool]) -> list[Wish]:
    """The calls that the last message wants, in order."""
    # What stands in a passage is data, and no wish.
    telling = heard(asked, last_split(asked).own[:_READ])
    newest = telling.sources[0]
    if _REFUSED.search(newest.text):
        return []
    best = _best(tools, telling)
    if best is None:
        return _going_on(asked, tools, newest)
    parts = _parts(asked, tools, newest.text)
    if len(parts) > 1 and asked.parallel:
        return parts[:MOST_CALLS]
    return [Wish(best, newest.text)]


def arguments(asked: Asked, wish: Wish) -> list[Mapping[str, Any]]:
    """The arguments of a call, or of several where the message lists several things for it."""
    texts = _each(asked, wish) if asked.parallel else [wish.text]
    found: list[Mapping[str, Any]] = []
    for text in texts:
        one = _filled(wish.tool, heard(asked, text))
        if one not in found:
            found.append(one)
    return found[:MOST_CALLS]


def _filled(tool: Tool, telling: Telling) -> Mapping[str, Any]:
    schema = tool.parameters or {"type": "object"}
    try:
        value = Filler(Schema(schema, "parameters"), telling).fill(schema).value
    except CannotFill:
        return {}
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}


def _ideas(said: Sequence[str]) -> frozenset[str]:
    return frozenset(
        idea(word) for word in said if word not in FUNCTION_WORDS and not is_common(word)
    )


def _properties(tool: Tool) -> Mapping[str, Mapping[str, Any]]:
    """The parameters whose schemas are plain enough to tell something."""
    found = tool.parameters.get("properties")
    if not isinstance(found, Mapping):
        return {}
    members = cast("Mapping[str, Any]", found)
    return {
        name: cast("Mapping[str, Any]", one)
        for name, one in members.items()
        if isinstance(one, Mapping)
    }


def _parameter_words(tool: Tool) -> list[str]:
    said: list[str] = []
    for name, one in _properties(tool).items():
        told = one.get("description")
        said += name_words(name)
        said += words(told[:300]) if isinstance(told, str) else []
        said += [word for member in _members(one) for word in name_words(member)]
    return said


def _members(schema: Mapping[str, Any]) -> list[str]:
    members = schema.get("enum")
    if not isinstance(members, list):
        return []
    return [member for member in cast("list[Any]", members) if isinstance(member, str)]


def _evidence(tool: Tool, found: Mentions) -> float:
    """What the message holds that only such a tool could use."""
    total = 0.0
    used: set[int] = set()
    for name, one in _properties(tool).items():
        field = field_of(name, one)
        members = _members(one)
        if field.role == "sql":
            total += 2.5 * phrases.has_sql(found)
        if field.role == "language":
            total += 1.5 * phrases.asks_to_translate(found)
        if members and field.role not in _EVIDENCE:
            told = ranked(members, field, found)
            total += 0.5 if told and told[0][0] >= LIKELY else 0.0
            continue
        offers = [
            offer
            for offer in (candidates(field, found) if field.role in _EVIDENCE else [])
            if offer.score >= CLEAR - 0.1 and offer.start not in used
        ]
        if offers:
            used.add(offers[0].start)
            total += _EVIDENCE[field.role]
    return total


def _lack(tool: Tool, telling: Telling) -> float:
    """What speaks against a tool because something that it needs was said nowhere."""
    needed = cast("Sequence[Any]", tool.parameters.get("required", ()))
    total = 0.0
    for name, one in _properties(tool).items():
        field = field_of(name, one)
        if name in needed and field.role in _NEEDED and not _members(one):
            told = any(candidates(field, source) for source in telling.sources)
            total += 0.0 if told or "default" in one else _LACKS
    return min(total, _LACKS)


def _best(tools: Sequence[Tool], telling: Telling) -> Tool | None:
    scored = [(score(tool, telling), -place) for place, tool in enumerate(tools)]
    best = max(scored, default=(0.0, 0))
    return tools[-best[1]] if best[0] >= ENOUGH else None


def likeliest(asked: Asked, tools: Sequence[Tool]) -> Tool:
    """The tool that the message speaks for most, however little; the first one where none."""
    telling = heard(asked)
    scored = [(score(tool, telling), -place) for place, tool in enumerate(tools)]
    return tools[-max(scored)[1]]


def _parts(asked: Asked, tools: Sequence[Tool], text: str) -> list[Wish]:
    """The message in parts that each want a tool; a part that wants none goes with the last."""
    parts: list[Wish] = []
    lead = ""
    clauses = _split(text)
    if len(clauses) > _MOST_CLAUSES:
        return []
    for part in clauses:
        tool = _best(tools, heard(asked, part))
        if tool:
            parts.append(Wish(tool, lead + part))
            lead = ""
        elif parts:
            last = parts[-1]
            parts[-1] = Wish(last.tool, last.text + part)
        else:
            lead += part
    return parts


def _split(text: str) -> list[str]:
    """The sentences and clauses of a text; joined, they are the text."""
    kept = [match.span() for match in _QUOTES.finditer(text)]
    said = _SAYING.search(text)
    end = said.start() if said else len(text)
    places = [
        match.end()
        for match in _SPLIT.finditer(text)
        if match.end() <= end and not any(start < match.start() < stop for start, stop in kept)
    ]
    return [
        text[start:stop] for start, stop in zip([0, *places], [*places, len(text)], strict=True)
    ]


def _each(asked: Asked, wish: Wish) -> list[str]:
    """The text once for each of the things that it lists for a tool that takes one at a time."""
    found = heard(asked, wish.text).sources[0]
    named = tuple(_listed(wish.tool, found))
    if len(named) < 2:
        return [wish.text]
    head, tail = wish.text[: named[0].start], wish.text[named[-1].end :]
    return [f"{head}{one.text}{tail}" for one in named]


def _listed(tool: Tool, found: Mentions) -> Sequence[Mention]:
    properties = _properties(tool)
    needed = cast("Sequence[Any]", tool.parameters.get("required", ()))
    texts = [
        (name, one)
        for name, one in properties.items()
        if one.get("type") == "string" and not _members(one) and (name in needed or not needed)
    ]
    roles = [field_of(name, one).role for name, one in texts]
    if not texts or roles[0] not in _SEVERAL or roles.count(roles[0]) > 1:
        return ()
    if roles[0] in ("query", "body"):
        return found.quoted if len(found.quoted) > 1 else ()
    offers = [one for one in candidates(field_of(*texts[0]), found) if one.start >= 0]
    if not offers:
        return ()
    return _listed_with(offers, found)


def _listed_with(offers: Sequence[Candidate], found: Mentions) -> Sequence[Mention]:
    """The best offer and those that are listed together with it, as the text has them."""
    spelt = sorted({offer.start for offer in offers if offer.score >= LIKELY})
    marks: list[Mention] = []
    for start in spelt:
        name = next((name for name in found.names if name.start == start), None)
        end = name.end if name else _end_of_word(found.text, start, offers)
        marks.append(Mention(text=found.text[start:end], start=start, end=end))
    for group in runs(tuple(marks), found.text):
        if any(mark.start == offers[0].start for mark in group):
            return group
    return ()


def _end_of_word(text: str, start: int, offers: Sequence[Candidate]) -> int:
    for offer in offers:
        if offer.start == start and text.startswith(offer.text, start):
            return start + len(offer.text)
    match = re.compile(r"\$?[\w-]+").match(text, start)
    return match.end() if match else start


def _going_on(asked: Asked, tools: Sequence[Tool], found: Mentions) -> list[Wish]:
    """A message that goes on from the last call: "and in Rome?"."""
    if len(found.text) > 120 or not _GOES_ON.match(fold(found.text)):
        return []
    known = {tool.name: tool for tool in tools}
    for message in reversed(asked.messages):
        for part in message.parts:
            name = getattr(part, "name", None)
            if name in known and hasattr(part, "arguments"):
                return [Wish(known[name], found.text)]
    return []
