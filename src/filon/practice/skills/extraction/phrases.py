"""Values that only the wording of a request tells: what to search, to say, to call it. Pure.

Each function gives "" where the text does not tell.
"""

import re

from filon.practice.skills.asked import Language
from filon.practice.skills.extraction.lexicon import aligned
from filon.practice.skills.extraction.mentions import Mentions
from filon.practice.skills.matching import FUNCTION_WORDS, fold, words

_LONGEST = 2_000
_GIST = 120

_QUERY = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?:search|look up|look|google|browse|find|research)(?: me| up)?(?: (?:on|in|through))?"
        r"(?: the| our| my)?(?: web| internet| online| wikipedia| google| docs?| documentation| "
        r"knowledge base| database| catalog(?:ue)?)?(?: for| about| on)? (?P<v>[^.?!\n]{2,200})",
        r"\b(?:buscar?(?:me)?|busque|encuentra|googlea|investiga)"
        r"(?: en (?:internet|la web|google|wikipedia|línea|la red|la documentación))?"
        r"(?: información| datos)?(?: sobre| acerca de)? (?P<v>[^.?!¿\n]{2,200})",
        r"\b(?:news|noticias|articles|artículos|information|información) (?:about|on|sobre|de) "
        r"(?P<v>[^.?!\n]{2,200})",
    )
)
_ABOUT = re.compile(
    r"\b(?:about|regarding|on the subject of|sobre|acerca de|con (?:el )?asunto|"
    r"with (?:the )?subject|subject(?: is)?:?|asunto:?) (?P<v>[^.,;?!\n]{2,120}?)"
    r"(?= (?:saying|and (?:say|tell)|diciendo|y (?:di|dile)|on|at|el|a las?|tomorrow|mañana|today|"
    r"hoy|with the|con el|that says|que diga|next|this|for)\b|[.,;?!\n]|$)",
    re.IGNORECASE,
)
_CALLED = re.compile(
    r"\b(?:called|titled|named|entitled|llamad[oa]|titulad[oa]|con (?:el )?título)[: ]+"
    r"(?P<v>[^.,;?!\n]{2,80}?)"
    r"(?= (?:on|at|for|el|a las?|para|with|con|tomorrow|mañana)\b|[.,;?!\n]|$)",
    re.IGNORECASE,
)
_EVENT = re.compile(
    r"\b(?P<v>(?:[^\W\d_]{3,15} )?(?:meeting|call|lunch|dinner|appointment|interview|party|"
    r"stand-?up|review|workshop|reunión|llamada|comida|cena|almuerzo|cita|entrevista|fiesta|taller)"
    r"(?: (?:with|con) (?:el |la |the |my |mi )?[^\W\d_]+(?: (?-i:[A-ZÁÉÍÓÚÑ])[^\W\d_]+)?)?)",
    re.IGNORECASE,
)
_SAYING = tuple(
    re.compile(pattern, re.IGNORECASE | re.DOTALL)
    for pattern in (
        r"\b(?:saying|that says|which says|to say|telling (?:him|her|them|everyone)|"
        r"(?:and |to )?(?:say|tell (?:him|her|them)|let (?:him|her|them) know)|"
        r"with (?:the )?(?:text|message|body|content)|remind me|remember|note)"
        r"(?: that| to)?[:,]? (?P<v>.{2,2000})",
        r"\b(?:diciendo(?:le|les)?|que diga|diga|y (?:dile|di)|avísa(?:le|les)|informándole|"
        r"con (?:el )?(?:texto|mensaje|cuerpo|contenido)|recuérdame|recuerda|apunta|anota)"
        r"(?: que| de)?[:,]? (?P<v>.{2,2000})",
    )
)
_LANGUAGE_WORDS = (
    r"(?:english|spanish|french|german|italian|portuguese|dutch|russian|chinese|japanese|korean|"
    r"arabic|catalan|polish|turkish|greek|hindi|inglés|español|castellano|francés|alemán|italiano|"
    r"portugués|neerlandés|ruso|chino|japonés|coreano|árabe|catalán|gallego|euskera)"
)
_TRADUCE = "(?:traduce|traducir|traduzca|tradúceme)"
_TRANSLATE = tuple(
    re.compile(pattern, re.IGNORECASE | re.DOTALL)
    for pattern in (
        rf"\btranslate (?:this |the following )?(?:into|to|in) {_LANGUAGE_WORDS}[:,]? (?P<v>.+)",
        rf"\btranslate (?:the (?:word|phrase|sentence|text) )?(?P<v>.{{1,1500}}?) "
        rf"(?:from {_LANGUAGE_WORDS} )?(?:into|to|in) {_LANGUAGE_WORDS}",
        rf"\bhow (?:do|would|can) (?:you|i|we) say (?P<v>.{{1,1500}}?) in {_LANGUAGE_WORDS}",
        rf"\b{_TRADUCE} (?:esto )?(?:al|a|en) {_LANGUAGE_WORDS}[:,]? (?P<v>.+)",
        rf"\b{_TRADUCE} (?:la (?:palabra|frase) |el texto )?(?P<v>.{{1,1500}}?) "
        rf"(?:del {_LANGUAGE_WORDS} )?(?:al|a|en) {_LANGUAGE_WORDS}",
        rf"\bcómo se dice (?P<v>.{{1,1500}}?) en {_LANGUAGE_WORDS}",
    )
)
_AFTER_COLON = re.compile(r":\s+(?P<v>\S.{2,2000})$", re.DOTALL)
_GIVEN = re.compile(
    r"\b(?:text|texto|sentence|frase|paragraph|p[áa]rrafo|article|art[íi]culo|review|rese[ñn]a)"
    r"[^:\n]{0,20}:\s(?P<v>.+)",
    re.IGNORECASE | re.DOTALL,
)
_QUOTES = re.compile(r"\"[^\"]*\"|“[^”]*”|«[^»]*»|`[^`]*`")
_WORK = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?:works?|working|worked|employed) as (?:an? |the )?(?P<v>[^\W\d_][^.,;\n]{1,60})",
        r"\b(?:trabaja|trabajo|trabajando) (?:como|de) (?:una? )?(?P<v>[^\W\d_][^.,;\n]{1,60})",
        r"(?:\bis|\bam|'m|’m) an? (?P<v>[^\W\d_][^.,;\n]{1,60})",
        r"\b(?:es|soy) (?:una? )?(?P<v>[^\W\d_]+(?:era?|ista|or|ora|ogo|oga|ico|ica|ente|ado|ada)\b"
        r"(?: de [^\W\d_]+)?)",
    )
)
_CUT_WORK = re.compile(r" (?:at|in|for|and|who|from|with|en|y|que|para|con)\b.*$", re.IGNORECASE)
_SELECT = re.compile(
    r"\b(?:SELECT\b.{1,1500}?\bFROM|INSERT INTO|UPDATE\b.{1,200}?\bSET|DELETE FROM|"
    r"WITH\b.{1,200}?\bAS)\b"
    r"[^;`\"“”]{1,1500}",
    re.IGNORECASE | re.DOTALL,
)
_COUNTED = re.compile(
    r"\b(?:how many|number of|count(?: of| all)?(?: the)?|cuantos|cuantas|numero de|"
    r"cuenta (?:los|las)) (?P<v>[^\W\d_]{3,30})"
)
_TABLE = re.compile(
    r"\b(?:all (?:the |of the )?|every |(?:from |de |in |en )(?:the |la |el )?(?:table |tabla )|"
    r"tod[oa]s l[oa]s |list (?:the )?|show (?:me )?(?:the )?|lista (?:los|las) )"
    r"(?P<v>[^\W\d_]{3,30})"
)
_PRICED = re.compile(
    r"(?:,? (?:at|for|a|por|de|costs?|cuesta[n]?|:|-))? ?[$€£]? ?\d[\d.,]* ?[$€£%]?"
    r"(?: (?:dollars?|euros?|d[óo]lares|each|cada un[oa]))?"
)
_TAIL = " \t\n.,;:!?¿¡"
_FILLER = re.compile(
    r"^(?:(?:please|por favor|can you|could you|would you|puedes|podrías|i want to|i need to|"
    r"i'd like to|quiero|necesito|hey|hi|hello|hola)[ ,]+)+",
    re.IGNORECASE,
)


def gist(text: str, longest: int = _GIST) -> str:
    """A text in one line, cut between words."""
    line = _FILLER.sub("", " ".join(text.split()))
    if len(line) > longest:
        line = line[:longest].rpartition(" ")[0] or line[:longest]
    return line.strip(" \t,;:")


def query(found: Mentions) -> str:
    """What is to be looked for."""
    if found.quoted:
        return found.quoted[0].text
    for pattern in _QUERY:
        match = pattern.search(found.text)
        if match:
            return gist(match["v"].strip(_TAIL))
    return ""


def subject(found: Mentions) -> str:
    """What something is to be called, or is about."""
    for pattern in (_CALLED, _ABOUT):
        match = pattern.search(found.text)
        if match:
            return _capital(match["v"].strip(_TAIL + "\"'“”«»"))
    match = _EVENT.search(found.text)
    if match is None:
        return ""
    said = match["v"]
    first = said.split(" ", 1)[0]
    # "a meeting", "la reunión", "Schedule lunch": what stands before is no part of the name.
    if fold(first) in FUNCTION_WORDS or fold(first) in _VERBS:
        said = said[len(first) + 1 :]
    return _capital(said.strip())


_SCHEDULING = (
    "schedule create add book set plan arrange have programa agenda crea anade pon haz ten"
)
_VERBS = frozenset(_SCHEDULING.split())


def body(found: Mentions) -> str:
    """What is to be said, written or translated."""
    for pattern in _TRANSLATE:
        match = pattern.search(found.text)
        if match:
            return _unquoted(match["v"])
    for pattern in _SAYING:
        match = pattern.search(found.text)
        if match:
            inside = [one for one in found.quoted if one.start == match.start("v")]
            return inside[0].text if inside else _capital(_unquoted(match["v"]))
    if found.quoted:
        return found.quoted[-1].text
    match = _AFTER_COLON.search(found.text)
    return _capital(_unquoted(match["v"])) if match else ""


def own_words(text: str) -> str:
    """A request without what it quotes, has to be said, or only gives to work on."""
    for pattern in (*_SAYING, _GIVEN):
        match = pattern.search(text)
        if match:
            text = text[: match.start("v")]
    return _QUOTES.sub(" ", text)


def asks_to_translate(found: Mentions) -> bool:
    """Whether something is to be said in another language."""
    return any(pattern.search(found.text) for pattern in _TRANSLATE)


def has_sql(found: Mentions) -> bool:
    """Whether the text holds a statement in SQL."""
    return _SELECT.search(found.text) is not None


def occupation(found: Mentions) -> str:
    """What someone works as."""
    for pattern in _WORK:
        match = pattern.search(found.text)
        if match:
            return _CUT_WORK.sub("", match["v"]).strip(_TAIL)
    return ""


def sql(found: Mentions) -> str:
    """The statement that is given, or one for a simple wish: to count or to see a table's rows."""
    match = _SELECT.search(found.text)
    if match:
        return " ".join(match[0].split()).strip(_TAIL + "'")
    plain = fold(found.text)
    for pattern, what in ((_COUNTED, "COUNT(*)"), (_TABLE, "*")):
        match = pattern.search(plain)
        if match and match["v"] not in FUNCTION_WORDS:
            return f"SELECT {what} FROM {match['v']}"  # noqa: S608
    return ""


def labelled(key: tuple[str, ...], found: Mentions) -> str:
    """What stands after the field's own name: "Colour: red", "the size is large"."""
    name = r"[ _-]?".join(map(re.escape, key))
    pattern = (
        rf"(?<!\w){name}(?:\*\*|`)?\s{{0,3}}(?:[:=]|\bis\b|\bes\b|\bwas\b|\bare\b|\bson\b)\s{{0,3}}"
        r"(?:\*\*|`)?\s{0,3}"
    )
    match = re.search(pattern, aligned(found.text))
    if match is None:
        return ""
    rest = found.text[match.end() : match.end() + 400]
    return re.split(r"[,;\n]|[.?!](?:\s|$)| (?:and|y|but|pero|with|con) ", rest, maxsplit=1)[
        0
    ].strip(_TAIL + "\"'`*“”«»")


def said_in(text: str, language: Language) -> list[str]:
    """The parts of a list: "a, b and c" after a colon or anywhere in the text."""
    _, colon, after = text.partition(":")
    for part in (after if colon else text, text):
        bits = re.split(r",\s*(?:and |y |or |o )?|;\s*|\n\s*(?:[-*•]|\d+[.)])?\s*| and | y ", part)
        bits = [_unquoted(bit) for bit in bits if words(bit)]
        if len(bits) > 1:
            # The sentence's own words stand before the first of them.
            bits[0] = _last_words(bits[0]) if part is text and not colon else bits[0]
            return [bit[:200] for bit in bits]
    return []


def without_numbers(part: str) -> str:
    """What a part of a list names: of "3 red apples at $2" the red apples."""
    named = _PRICED.sub("", part)
    return " ".join(word for word in named.split() if not any(map(str.isdigit, word))).strip(_TAIL)


def _last_words(said: str) -> str:
    last = said.split()
    for place in range(len(last) - 1, -1, -1):
        if fold(last[place]) in FUNCTION_WORDS:
            return " ".join(last[place + 1 :]) or said
    return last[-1] if last else said


def _unquoted(said: str) -> str:
    return said[:_LONGEST].strip(" \t\n\"'`“”«»‘’").rstrip(_TAIL.replace("!", "").replace("?", ""))


def _capital(said: str) -> str:
    return said[:1].upper() + said[1:]
