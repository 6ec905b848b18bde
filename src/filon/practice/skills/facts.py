"""Facts that a person tells of himself or wants remembered, in English and Spanish. Pure."""

import re
from typing import Literal

from msgspec import Struct

from filon.practice.skills.asked import Language
from filon.practice.skills.matching import content, fold, stem

Kind = Literal["name", "home", "origin", "job", "age", "named", "mine", "secret", "note"]

# A value ends with its clause; a point or comma inside of it has a letter or digit behind it.
_VALUE = r"(?P<value>[^\s.,;:!?\n](?:[^.,;!?\n]|\.(?=\w)|,(?=\d)){0,100})"
# What is to be remembered goes to the end of its sentence, which must not be a question.
_NOTE = r"(?P<value>[^\s?](?:[^.!?\n]|\.(?=\w)){2,200})(?![^.!\n]{0,9}\?)"
_NOUN_EN = r"(?P<noun>(?:[\w'’-]+ ){0,3}[\w'’-]+?)"
_NOUN_ES = r"(?P<noun>[\w-]+(?: [\w-]+){0,3}?)"
_HIDDEN_EN = (
    r"(?P<noun>(?:secret|magic|access|pass|safe|code)[ -]?(?:word|number|code|phrase|key|password|"
    r"name|sentence|colou?r|animal)|password|passphrase|passcode|codeword|pin(?: code)?|keyword)"
)
_HIDDEN_ES = (
    r"(?P<noun>(?:la |el )(?:palabra|n[uú]mero|c[oó]digo|frase|clave|color|animal) "
    r"(?:secret[oa]|clave|m[aá]gic[oa]|de acceso)|la contrase[nñ]a|la clave|el pin|el c[oó]digo)"
)
_PATTERNS: tuple[tuple[Kind, str], ...] = (
    ("name", rf"\b(?:my name(?: is|'s|’s)|i am called|i'm called|call me|people call me) {_VALUE}"),
    ("name", r"\b(?:hi|hello|hey),? (?:i am|i'm|i’m) (?P<value>(?-i:[A-Z])\w+)(?=[.,!;]| and|\Z)"),
    ("name", rf"\b(?:me llamo|mi nombre es|ll[aá]mame|puedes llamarme|me llaman) {_VALUE}"),
    ("home", rf"\bi live in {_VALUE}"),
    ("home", rf"\b(?:yo )?vivo en {_VALUE}"),
    ("origin", rf"\b(?:i am|i'm|i’m|i come) from {_VALUE}"),
    ("origin", rf"\b(?:yo )?soy de {_VALUE}"),
    ("job", r"\bi work (?P<value>(?:as|at|for) [^.,;!?\n]{1,80})"),
    ("job", r"\btrabajo (?P<value>(?:de|como|en) [^.,;!?\n]{1,80})"),
    ("age", r"\b(?:i am|i'm|i’m) (?P<value>\d{1,3}) years old"),
    ("age", r"\btengo (?P<value>\d{1,3}) a[nñ]os"),
    ("secret", rf"\b(?:the|our|my) {_HIDDEN_EN} (?:is|=|:) {_VALUE}"),
    ("secret", rf"\b{_HIDDEN_ES} (?:es|=|:) {_VALUE}"),
    ("named", rf"\bmy {_NOUN_EN} (?:is|are) (?:called|named) {_VALUE}"),
    ("named", rf"\bmis? {_NOUN_ES} se llaman? {_VALUE}"),
    ("mine", rf"\bmy {_NOUN_EN} (?:is|are) (?!called\b|named\b){_VALUE}"),
    ("mine", rf"\bmis? {_NOUN_ES} (?:es|son) {_VALUE}"),
    (
        "note",
        r"(?:^|[.!?\n]\s{0,4}|\bplease |\bcan you |\bi want you to )(?:remember|note|keep in mind|"
        rf"don't forget|do not forget)(?: that\b|:)? {_NOTE}",
    ),
    (
        "note",
        r"(?:^|[.!?\n]\s{0,4}|\bpor favor,? )(?:recuerda|acu[eé]rdate(?: de)?|apunta|anota|"
        rf"ten en cuenta|no olvides)(?: que\b|:)? {_NOTE}",
    ),
)
_COMPILED: tuple[tuple[Kind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE | re.MULTILINE)) for kind, pattern in _PATTERNS
)
_OF_USER = re.compile(
    rf"\b(?:user's name is|user is (?:called|named)|(?:el )?usuario se llama) {_VALUE}",
    re.IGNORECASE,
)
_NEXT_CLAUSE = re.compile(
    r"\s(?:and|but|so|y|e|pero)\s(?=(?:my|i|i'm|the|please|what|can|call|remember|mis?|me|vivo|"
    r"tengo|trabajo|soy|la|el|qu[eé]|recuerda|ll[aá]mame)\b).*\Z",
    re.IGNORECASE | re.DOTALL,
)
# "My question is how ..." tells nothing about the person.
_NO_FACTS = (
    "question problem issue point goal task code error guess plan idea understanding concern aim "
    "program function script query request answer file app model prompt "
    "pregunta problema duda codigo objetivo tarea idea error programa funcion script archivo "
    "modelo consulta peticion"
)
_NO_FACT_WORDS = frozenset(_NO_FACTS.split())
_NO_VALUES = re.compile(
    r"(?:not|that|to|how|why|whether|broken|failing|no|que|como|por)\b", re.IGNORECASE
)
_MOST_FACTS = 50
_MOST_WORDS = 12

_SAME = {
    "color": "colour",
    "favorite": "favourite",
    "favorito": "favourite",
    "favorita": "favourite",
    "preferido": "favourite",
    "comida": "food",
    "perro": "dog",
    "perra": "dog",
    "gato": "cat",
    "gata": "cat",
    "ciudad": "city",
    "pais": "country",
    "cumpleanos": "birthday",
    "numero": "number",
    "trabajo": "job",
    "libro": "book",
    "pelicula": "film",
    "movie": "film",
    "hermano": "brother",
    "hermana": "sister",
    "madre": "mother",
    "padre": "father",
    "hijo": "son",
    "hija": "daughter",
    "palabra": "word",
    "secreto": "secret",
    "secreta": "secret",
    "contrasena": "password",
    "clave": "key",
    "codigo": "code",
    "frase": "phrase",
    "animal": "animal",
}
_ARTICLE = re.compile(r"(?:the|our|my|la|el) ", re.IGNORECASE)
_ITS_NAME = re.compile(r"(?:['’]s)? (?:name|called|named)\Z")
_NAMING = frozenset(stem(word) for word in ("name", "called", "named", "nombre", "llama"))


class Fact(Struct, frozen=True, kw_only=True):
    """Something told. `key` is the same for the same thing in both languages; `noun` is as told."""

    kind: Kind
    key: str
    noun: str
    value: str
    start: int
    end: int


def facts(text: str) -> list[Fact]:
    """The facts that a text tells, in their order."""
    found: list[Fact] = []
    for kind, pattern in _COMPILED:
        for match in pattern.finditer(text):
            fact = _fact(kind, match)
            if fact is not None and len(found) < _MOST_FACTS:
                found.append(fact)
    return sorted(found, key=_place)


def names_of_user(text: str) -> list[Fact]:
    """The user's name as instructions tell it."""
    found = (_fact("name", match) for match in _OF_USER.finditer(text))
    return [fact for fact in found if fact is not None]


def key_of(noun: str) -> str:
    """What a noun phrase is about, whatever its language and its form."""
    stems: set[str] = set()
    for word in fold(noun).replace("'s", "").replace("’s", "").split():
        for each in content(_SAME.get(word, word)):
            stems.add(each)
    return " ".join(sorted(stems - _NAMING)) or "name"


def told(fact: Fact, language: Language, noun: str = "") -> str:
    """The fact as a clause that tells it back to the person, without a full stop.

    `noun` is how a question called the thing, where it was asked for.
    """
    value = fact.value
    noun = noun or fact.noun
    if fact.kind == "note":
        return value
    english = language == "en"
    match fact.kind:
        case "name":
            return f"your name is {value}" if english else f"te llamas {value}"
        case "home":
            return f"you live in {value}" if english else f"vives en {value}"
        case "origin":
            return f"you are from {value}" if english else f"eres de {value}"
        case "job":
            return f"you work {value}" if english else f"trabajas {value}"
        case "age":
            return f"you are {value} years old" if english else f"tienes {value} años"
        case "secret":
            bare = _ARTICLE.sub("", noun)
            return f"the {bare} is {value}" if english else f"{noun} es {value}"
        case "named":
            owner = _ITS_NAME.sub("", noun)
            return f"your {owner} is called {value}" if english else f"tu {owner} se llama {value}"
        case _:
            return f"your {noun} is {value}" if english else f"tu {noun} es {value}"


def _place(fact: Fact) -> tuple[int, int]:
    return fact.start, -fact.end


def _fact(kind: Kind, match: re.Match[str]) -> Fact | None:
    value = match["value"]
    if kind != "note":
        value = _NEXT_CLAUSE.sub("", value)
    value = value.strip().strip("\"'`*“”«»").strip()
    named = match.groupdict().get("noun")
    noun = named.strip() if named else kind
    if not value or (kind != "note" and len(value.split()) > _MOST_WORDS):
        return None
    if kind in ("mine", "named"):
        if not _NO_FACT_WORDS.isdisjoint(fold(noun).split()) or _NO_VALUES.match(value):
            return None
        if key_of(noun) == "name":
            return None
    key = key_of(noun) if kind in ("mine", "named", "secret") else kind
    return Fact(
        kind=kind, key=key, noun=noun, value=value, start=match.start(), end=match.end("value")
    )
