"""For a field of text: what in a message may be its value, with how much speaks for it. Pure."""

import re
from collections.abc import Callable, Mapping

from msgspec import Struct

from filon.practice.skills.extraction import phrases
from filon.practice.skills.extraction.dates import When
from filon.practice.skills.extraction.lexicon import (
    COMPANIES,
    CURRENCIES,
    LANGUAGE_NAMES,
    LANGUAGES,
    UNITS,
)
from filon.practice.skills.extraction.mentions import Mention, Mentions, word_before
from filon.practice.skills.extraction.numbers import sums
from filon.practice.skills.extraction.roles import End, Field, Role
from filon.practice.skills.matching import FUNCTION_WORDS, fold

# What no number of weak hints outweighs.
SURE = 4.0
CLEAR = 3.0
LIKELY = 2.0
WEAK = 1.0


class Candidate(Struct, frozen=True):
    """A value, where in the text it stands (-1 where nowhere in particular), and its score."""

    text: str
    start: int
    score: float


_IN = frozenset({"in", "at", "near", "around", "en", "cerca", "between", "entre", "visiting"})
_FROM = frozenset({"from", "de", "desde", "del", "leaving", "departing", "saliendo", "between"})
_TO = frozenset(
    {"to", "a", "al", "hacia", "hasta", "para", "into", "toward", "towards", "for", "en"}
)
_WITH = frozenset(
    {"with", "con", "name", "nombre", "is", "soy", "llamo", "llama", "am", "i'm", "named", "called"}
    | {
        "llamado",
        "llamada",
        "mr",
        "mrs",
        "ms",
        "dr",
        "sr",
        "sra",
        "dear",
        "by",
        "por",
        "for",
        "para",
    }
    | {
        "to",
        "a",
        "tell",
        "dile",
        "invite",
        "invita",
        "customer",
        "client",
        "cliente",
        "contact",
        "m",
    }
)
_OF_COMPANY = frozenset({"at", "en", "for", "from", "of", "de", "company", "empresa", "para"})
_FIRM = re.compile(r"\b(?:Corp|Inc|Ltd|LLC|GmbH|S\.?A|S\.?L|Group|Labs|Co|Systems|Bank|Banco)\b\.?")
_TICKER = re.compile(r"(?<![\w$])\$?([A-Z]{2,5})(?![\w'’])")
_NO_TICKER = frozenset(
    {"USD", "EUR", "GBP", "JPY", "MXN", "API", "JSON", "SQL", "URL", "PDF", "USA", "UK", "EU", "OK"}
    | {"AI", "CEO", "ID", "AM", "PM", "NY", "LA", "IT", "HTML", "CSV", "IVA", "VAT", "ETF", "NYSE"}
)
_TOKEN = re.compile(r"°?[^\W_]+|[$€£¥₹]|°")
_SMALL_WORD = (
    "(?!(?:and|with|for|this|next|tomorrow|today|now|please|the|right|con|para|hoy|mañana|esta|este|"
    "por|ahora|los|las|que|from|to|on|at|in)\\b)[a-záéíóúñü]{3,20}"
)
_SMALL_PLACE = re.compile(
    r"\b(?:in|en|at|near|from|to|de|desde|a|para|for) "
    rf"(?P<v>{_SMALL_WORD}(?: {_SMALL_WORD})?)(?=[\s,.?!;]|$)"
)
_NEXT_SMALL = re.compile(
    r"(?:,| and| y|, and) (?:in |en )?"
    rf"(?P<v>{_SMALL_WORD}(?: {_SMALL_WORD})?)(?=[\s,.?!;]|$)"
)
_NO_PLACES = (
    "celsius fahrenheit english spanish french german euros dollars general detail json case "
    "order time advance person minutes hours days weeks ingles espanol frances aleman dolares "
    "grados detalle orden casa minutos horas dias semanas degrees kilometers miles meters "
    "tomorrow today manana hoy noche tarde lunes monday internet google web next this weekend"
)
_NO_PLACE = frozenset(_NO_PLACES.split())
_AT_WORK = re.compile(r"\b(?:work|works|working|employed|trabaj[oa]|job) (?:at|for|in|en|para) $")
_ROOM = frozenset({"room", "habitacion"})
_ROOMS = re.compile(
    r"\b(?:(?:living|dining|bath|bed|guest|meeting) ?room|kitchen|office|garage|hall(?:way)?|"
    r"garden|cocina|sal[óo]n|dormitorio|ba[ñn]o|oficina|garaje|pasillo|jard[íi]n|comedor)\b",
    re.IGNORECASE,
)
_FIRST = frozenset({"first", "given", "pila", "primer"})
_LAST = frozenset({"last", "family", "surname", "apellido", "apellidos"})


def candidates(field: Field, found: Mentions) -> list[Candidate]:
    """The values that the text offers a field, best first."""
    named = phrases.labelled(field.key, found) if field.role not in ("sql", "sum") else ""
    offers = _BY_ROLE[field.role](field, found) if field.role in _BY_ROLE else []
    if named:
        offers.append(_labelled(field, named, offers, found))
    return sorted(offers, key=_worst_first, reverse=True)


def terms(text: str, known: Mapping[str, str]) -> list[Mention]:
    """The words of the text that a table knows. `text` of each is what the table has for it."""
    return [
        Mention(
            text=known[folded],
            start=match.start(),
            end=match.end(),
            before=word_before(text, match.start()),
        )
        for match in _TOKEN.finditer(text)
        if (folded := fold(match[0])) in known
    ]


def _labelled(field: Field, named: str, offers: list[Candidate], found: Mentions) -> Candidate:
    for offer in offers:
        if offer.text and offer.text in named:
            return Candidate(offer.text, offer.start, SURE + WEAK)
    is_known = field.role in _BY_ROLE and field.role not in ("answer", "subject", "body", "query")
    return Candidate(named, found.text.find(named), WEAK if is_known else SURE)


def _worst_first(candidate: Candidate) -> tuple[float, int]:
    return candidate.score, -candidate.start


def _mails(_field: Field, found: Mentions) -> list[Candidate]:
    mails = [Candidate(mail.text, mail.start, SURE) for mail in found.mails]
    return mails or [
        Candidate(name.text, name.start, LIKELY) for name in found.names if name.before in _WITH
    ]


def _links(_field: Field, found: Mentions) -> list[Candidate]:
    return [Candidate(link.text, link.start, SURE) for link in found.links]


def _phones(_field: Field, found: Mentions) -> list[Candidate]:
    return [Candidate(phone.text, phone.start, SURE) for phone in found.phones]


def _codes(_field: Field, found: Mentions) -> list[Candidate]:
    whole = [
        Candidate(f"{number.value:g}", number.start, WEAK)
        for number in found.numbers
        if number.value == int(number.value) and number.value >= 100
    ]
    codes = [Candidate(code.text.lstrip("#"), code.start, SURE) for code in found.codes]
    return codes + whole


def _days(field: Field, found: Mentions) -> list[Candidate]:
    return _ordered(field.end, found.days)


def _times(field: Field, found: Mentions) -> list[Candidate]:
    return _ordered(field.end, found.times)


def _ordered(end: End, whens: tuple[When, ...]) -> list[Candidate]:
    """Days or times: for the end of a span rather the last, else rather the first."""
    last = len(whens) - 1
    return [
        Candidate(when.value, when.start, SURE - (last - place if end == "to" else place) / 10)
        for place, when in enumerate(whens)
    ]


def _moments(field: Field, found: Mentions) -> list[Candidate]:
    days, times = _days(field, found), _times(field, found)
    if days and times:
        day, time = max(days, key=_worst_first), max(times, key=_worst_first)
        is_iso = any(when.is_iso and when.value == day.text for when in found.days)
        joint = f"{day.text}T{time.text}:00" if is_iso else f"{day.text} {time.text}"
        return [Candidate(joint, day.start, SURE)]
    return days or times


def _places(field: Field, found: Mentions) -> list[Candidate]:
    if _ROOM & set(field.key):
        rooms = _ROOMS.finditer(found.text)
        return [Candidate(match[0].lower(), match.start(), CLEAR) for match in rooms]
    cues = {"from": _FROM, "to": _TO, "": _IN}[field.end]
    others = {"from": _TO, "to": _FROM, "": frozenset({"with", "con", "by", "dear", "name"})}[
        field.end
    ]
    offers: list[Candidate] = []
    for name in found.names:
        score = CLEAR if name.before in cues else WEAK if name.before in others else LIKELY
        if _is_firm(name, found):
            score = WEAK / 2
        offers.append(Candidate(name.text, name.start, score))
    return offers or _small_places(found.text, cues)


def _small_places(text: str, cues: frozenset[str]) -> list[Candidate]:
    """Places without a capital, by the word before the first of them."""
    offers: list[Candidate] = []
    for match in _SMALL_PLACE.finditer(text):
        score = LIKELY if match[0].split(" ")[0] in cues else WEAK
        place: re.Match[str] | None = match
        while place and not any(_is_no_place(word) for word in place["v"].split(" ")):
            offers.append(Candidate(place["v"], place.start("v"), score))
            place = _NEXT_SMALL.match(text, place.end())
    return offers


def _is_no_place(word: str) -> bool:
    return fold(word) in FUNCTION_WORDS or fold(word) in _NO_PLACE


def _persons(field: Field, found: Mentions) -> list[Candidate]:
    offers: list[Candidate] = []
    for name in found.names:
        score = CLEAR if name.before in _WITH else WEAK if name.before in _IN else LIKELY
        if name.before in _FROM and field.end == "from":
            score = CLEAR
        if _is_firm(name, found):
            score = WEAK / 2
        part = _part_of_name(field, name.text)
        offers.append(Candidate(part, name.start + name.text.find(part), score))
    return offers


def _part_of_name(field: Field, name: str) -> str:
    first, _, rest = name.partition(" ")
    if _FIRST & set(field.key):
        return first
    return rest or name if _LAST & set(field.key) else name


def _companies(_field: Field, found: Mentions) -> list[Candidate]:
    offers: list[Candidate] = []
    for name in found.names:
        score = WEAK + (name.before in _OF_COMPANY)
        if _is_firm(name, found):
            score = SURE
        offers.append(Candidate(name.text, name.start, score))
    return offers


def _is_firm(name: Mention, found: Mentions) -> bool:
    before = found.text[max(0, name.start - 24) : name.start]
    return bool(
        _FIRM.search(name.text) or fold(name.text) in COMPANIES or _AT_WORK.search(fold(before))
    )


def _symbols(_field: Field, found: Mentions) -> list[Candidate]:
    written = [
        Candidate(match[1], match.start(), SURE)
        for match in _TICKER.finditer(found.text)
        if match[1] not in _NO_TICKER
    ]
    known = [Candidate(term.text, term.start, CLEAR) for term in terms(found.text, COMPANIES)]
    named = [
        Candidate(name.text, name.start, WEAK)
        for name in found.names
        if fold(name.text) not in COMPANIES
    ]
    return written + known or named


def _languages(field: Field, found: Mentions) -> list[Candidate]:
    as_code = (
        "code" in field.description or "iso" in field.description or "codigo" in field.description
    )
    offers = _by_end(field.end, terms(found.text, LANGUAGES), _TO | {"in"})
    if as_code:
        return offers
    names = LANGUAGE_NAMES
    return [Candidate(names[offer.text], offer.start, offer.score) for offer in offers]


def _currencies(field: Field, found: Mentions) -> list[Candidate]:
    return _by_end(field.end, terms(found.text, CURRENCIES), _TO | {"in", "many", "cuantos"})


def _units(field: Field, found: Mentions) -> list[Candidate]:
    said = [
        Mention(
            text=found.text[term.start : term.end],
            start=term.start,
            end=term.end,
            before=term.before,
        )
        for term in terms(found.text, UNITS)
        # "in" is an inch only behind a number, and so are the letters.
        if term.end - term.start > 2
        or found.text[: term.start].rstrip()[-1:].isdigit()
        or term.before in ("to", "in", "a", "into", "en")
    ]
    said = [term for term in said if fold(term.text) != "in" or term.before.isdigit()]
    return _by_end(field.end, said, _TO | {"in", "many", "cuantos", "cuantas"})


def _by_end(end: End, found: list[Mention], to: frozenset[str]) -> list[Candidate]:
    """Of things that are turned into each other, what it is turned into stands behind a "to", and
    what is turned into it behind its number."""
    offers: list[Candidate] = []
    last = ""
    for place, mention in enumerate(found):
        # "pesos mexicanos" is one thing in two words.
        if mention.text == last:
            continue
        last = mention.text
        is_target = mention.before in to
        if end == "from" and is_target:
            continue
        fits = end == "" or is_target == (end == "to")
        score = CLEAR if fits else WEAK / 2
        if end == "from" and mention.before[-1:].isdigit():
            score += WEAK / 2
        offers.append(Candidate(mention.text, mention.start, score - place / 100))
    return offers


def _sums(_field: Field, found: Mentions) -> list[Candidate]:
    return [
        Candidate(said, place, SURE) for place, said in enumerate(sums(found.text, found.language))
    ]


def _said(value: str, score: float) -> list[Candidate]:
    return [Candidate(value, -1, score)] if value else []


def _sql(_field: Field, found: Mentions) -> list[Candidate]:
    return _said(phrases.sql(found), SURE)


def _queries(_field: Field, found: Mentions) -> list[Candidate]:
    return _said(phrases.query(found), CLEAR) or _said(phrases.gist(found.text).rstrip("?.!"), WEAK)


def _subjects(_field: Field, found: Mentions) -> list[Candidate]:
    return _said(phrases.subject(found), LIKELY)


def _bodies(_field: Field, found: Mentions) -> list[Candidate]:
    return _said(phrases.body(found), CLEAR) or _said(phrases.subject(found), WEAK)


def _occupations(_field: Field, found: Mentions) -> list[Candidate]:
    return _said(phrases.occupation(found), LIKELY)


_BY_ROLE: Mapping[Role, Callable[[Field, Mentions], list[Candidate]]] = {
    "mail": _mails,
    "link": _links,
    "phone": _phones,
    "code": _codes,
    "day": _days,
    "time": _times,
    "moment": _moments,
    "place": _places,
    "person": _persons,
    "company": _companies,
    "symbol": _symbols,
    "language": _languages,
    "currency": _currencies,
    "unit": _units,
    "sum": _sums,
    "sql": _sql,
    "query": _queries,
    "subject": _subjects,
    "body": _bodies,
    "occupation": _occupations,
}
