"""What a text mentions: addresses, links, codes, quotations, names, numbers, days. Pure."""

import re
from datetime import date

from msgspec import Struct

from filon.practice.skills.asked import Language
from filon.practice.skills.extraction.dates import When, days, times
from filon.practice.skills.extraction.lexicon import COUNTRIES, CURRENCIES, LANGUAGES
from filon.practice.skills.extraction.numbers import Number, numbers
from filon.practice.skills.matching import FUNCTION_WORDS, fold

MOST_CHARACTERS = 8_000


class Mention(Struct, frozen=True, kw_only=True):
    """A part of the text. `before` is the folded word before it, "" at the beginning; of names
    that are listed one after the other, all have the word before the first."""

    text: str
    start: int
    end: int
    before: str = ""


class Mentions(Struct, frozen=True, kw_only=True):
    """All that a text mentions, each kind in order."""

    text: str
    language: Language
    mails: tuple[Mention, ...]
    links: tuple[Mention, ...]
    phones: tuple[Mention, ...]
    codes: tuple[Mention, ...]
    quoted: tuple[Mention, ...]
    days: tuple[When, ...]
    times: tuple[When, ...]
    numbers: tuple[Number, ...]
    names: tuple[Mention, ...]


_MAIL = re.compile(r"\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_LINK = re.compile(r"\b(?:https?://|www\.)[^\s<>\"'`]{2,500}[^\s<>\"'`.,;:!?)\]]")
_PHONE = re.compile(r"(?<![\w.-])\+?\(?\d{1,4}\)?(?:[ .-]\(?\d{2,4}\)?){2,4}(?![\w-])|\+\d{8,15}\b")
_CODE = re.compile(r"(?<![\w#])(?:[A-Z]{2,6}-?\d{2,10}(?:-\w{1,10})?|#\d{1,12}|[A-Z]\d{4,12})\b")
_QUOTED = re.compile(
    r"```(?:\w*\n)?(?P<a>[^`]{1,2000})```|`(?P<b>[^`\n]{1,400})`|\"(?P<c>[^\"]{1,2000})\"|"
    r"“(?P<d>[^”]{1,2000})”|«(?P<e>[^»]{1,2000})»|‘(?P<f>[^’]{1,400})’|"
    r"(?<![\w'])'(?P<g>[^'\n]{1,400})'(?!\w)"
)

_CAPITAL = r"[^\W\d_a-zà-ÿ][\w'’&-]{0,40}"
_NAME = re.compile(
    rf"(?<![\w@#/'’]){_CAPITAL}"
    rf"(?:(?: (?:de la|de los|de|del|of the|of|van|von|da|di|do))? {_CAPITAL}){{0,5}}"
)
_INITIAL = re.compile(r"(?:^|[.!?:\n¿¡\"“«(]\s{0,3}|\n\s*[-*]\s+)$")
_LAST_WORD = re.compile(r"([^\W_]+)[\s:,'\"“«¿¡(]{0,4}$")
_LISTED = re.compile(
    r"\s*(?:[,;/&]|(?:,\s*)?\b(?:and|y|e|or|o|u|vs\.?|versus)\b)\s*(?:(?:in|en|for|to|a|the)\s)?"
)

# Words that begin a sentence with a capital and name nothing.
_OPENING = (
    "hi hello hey dear thanks thank please show find search book send write create add make "
    "translate convert calculate compute get fetch look check list extract classify summarize "
    "summarise schedule set remind play turn open close order buy cancel delete update remove "
    "compare explain describe generate return respond reply answer use let need want i we yes no "
    "ok okay also then next first finally what's how's who's where's it's i'm i'd my is are was "
    "were do does did can could will would should if because while after before customer order "
    "subject name email phone price date time title review ticket invoice now here there put run "
    "evaluate ask try start stop pay transfer save track move ping text fetch visit query today "
    "tomorrow yesterday tonight what which who whose email mail call tell give plan hola buenos "
    "buenas gracias querido querida estimado estimada busca buscame encuentra reserva reservame "
    "envia enviale manda escribe crea anade agrega haz traduce convierte convierteme calcula "
    "consulta comprueba extrae clasifica resume programa agenda pon recuerdame reproduce enciende "
    "apaga abre cierra compra cancela borra actualiza elimina compara explica describe genera "
    "devuelve responde contesta necesito quiero quisiera puedes podrias dime dame muestra "
    "muestrame cuanto cuanta cuantos cuantas cual como donde quien hay hace tengo soy estoy me mi "
    "nombre correo telefono precio fecha hora titulo ahora hoy manana ayer que si cliente pedido "
    "asunto json sql api url html id pdf "
)
_OPENERS = frozenset(_OPENING.split())


def mentions(text: str, language: Language, today: date | None = None) -> Mentions:
    """What the first 8,000 characters of a text mention."""
    text = text[:MOST_CHARACTERS]
    mails = _all(_MAIL, text, ())
    links = _all(_LINK, text, mails)
    found_days = days(text, language, today)
    phones = tuple(
        phone
        for phone in _all(_PHONE, text, (*mails, *links, *found_days))
        if 8 <= sum(letter.isdigit() for letter in phone.text) <= 15
    )
    codes = _all(_CODE, text, (*mails, *links))
    taken = (*mails, *links, *phones, *codes, *found_days)
    found_times = [when for when in times(text) if not _within(when, (*mails, *links, *phones))]
    return Mentions(
        text=text,
        language=language,
        mails=mails,
        links=links,
        phones=phones,
        codes=codes,
        quoted=_quotations(text),
        days=tuple(found_days),
        times=tuple(found_times),
        numbers=tuple(
            number
            for number in numbers(text, language)
            if not _within(number, (*taken, *found_times))
        ),
        names=_names(text, taken),
    )


def runs(found: tuple[Mention, ...], text: str) -> list[tuple[Mention, ...]]:
    """Mentions in groups: those that are listed one after the other ("A, B and C") together."""
    groups: list[list[Mention]] = []
    for mention in found:
        last = groups[-1][-1] if groups else None
        if last and _LISTED.fullmatch(text, last.end, mention.start):
            groups[-1].append(mention)
        else:
            groups.append([mention])
    return [tuple(group) for group in groups]


def word_before(text: str, place: int) -> str:
    """The folded word before a place in the text, "" where there is none."""
    found = _LAST_WORD.search(text, max(0, place - 40), place)
    return fold(found[1]) if found else ""


def _all(
    pattern: re.Pattern[str], text: str, taken: tuple[Mention | When, ...]
) -> tuple[Mention, ...]:
    found = (
        Mention(
            text=match[0],
            start=match.start(),
            end=match.end(),
            before=word_before(text, match.start()),
        )
        for match in pattern.finditer(text)
    )
    return tuple(mention for mention in found if not _within(mention, taken))


def _within(one: Mention | When | Number, others: tuple[Mention | When, ...]) -> bool:
    return any(one.start < other.end and other.start < one.end for other in others)


def _quotations(text: str) -> tuple[Mention, ...]:
    return tuple(
        Mention(
            text=match[match.lastgroup].strip(),
            start=match.start(),
            end=match.end(),
            before=word_before(text, match.start()),
        )
        for match in _QUOTED.finditer(text)
        if match.lastgroup and match[match.lastgroup].strip()
    )


def _names(text: str, taken: tuple[Mention | When, ...]) -> tuple[Mention, ...]:
    found: list[Mention] = []
    for match in _NAME.finditer(text):
        start, said = _without_opener(text, match)
        mention = Mention(text=said, start=start, end=match.end())
        if said and not _within(mention, taken) and not _is_no_name(said):
            found.append(mention)
    joined = _with_countries(found, text)
    return tuple(
        Mention(
            text=mention.text,
            start=mention.start,
            end=mention.end,
            before=word_before(text, group[0].start),
        )
        for group in runs(tuple(joined), text)
        for mention in group
    )


def _without_opener(text: str, match: re.Match[str]) -> tuple[int, str]:
    """A name without the words before it that have their capital only from their place."""
    start, said = match.start(), match[0]
    if not _INITIAL.search(text, max(0, start - 8), start):
        return start, said
    while said:
        first = said.split(" ", 1)[0]
        if not _opens(fold(first)):
            return start, said
        rest = said[len(first) :].lstrip()
        start += len(said) - len(rest)
        said = rest
    return start, said


def _opens(word: str) -> bool:
    head = re.split("['’]", word)[0]
    return word in _OPENERS or head in FUNCTION_WORDS or word.endswith(("n't", "n’t"))


def _is_no_name(said: str) -> bool:
    folded = fold(said)
    return (
        folded in FUNCTION_WORDS
        or folded in ("i", "ok", "json", "sql", "pdf", "am", "pm", "c", "f", "°c", "°f")
        or folded.startswith(("i'm", "i’m", "i'd", "i'll"))
        or folded in LANGUAGES
        or (folded in CURRENCIES and folded != "real")
    )


def _with_countries(found: list[Mention], text: str) -> list[Mention]:
    """ "Paris, France" as one name, "Spain, France" as two."""
    joined: list[Mention] = []
    for mention in found:
        last = joined[-1] if joined else None
        is_area = fold(mention.text) in COUNTRIES or (
            len(mention.text) == 2 and mention.text.isupper()
        )
        if (
            last
            and is_area
            and text[last.end : mention.start] == ", "
            and fold(last.text) not in COUNTRIES
        ):
            said = text[last.start : mention.end]
            joined[-1] = Mention(text=said, start=last.start, end=mention.end)
        else:
            joined.append(mention)
    return joined
