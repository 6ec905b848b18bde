"""What a field of a schema wants to hold, told by its name, its format and its description."""

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct

from filon.practice.skills.extraction.lexicon import name_words
from filon.practice.skills.matching import FUNCTION_WORDS, fold, stem, words

Role = Literal[
    "mail",
    "link",
    "phone",
    "day",
    "time",
    "moment",
    "place",
    "person",
    "company",
    "symbol",
    "language",
    "currency",
    "unit",
    "sum",
    "sql",
    "query",
    "subject",
    "body",
    "occupation",
    "code",
    "answer",
    "amount",
    "flag",
    "other",
]
End = Literal["from", "to", ""]

# The words of a role, the more telling roles first: of "email subject" the subject counts.
_ROLES: tuple[tuple[Role, str], ...] = (
    ("sql", "sql"),
    ("sum", "expression formula equation calculation arithmetic expresion ecuacion operacion"),
    ("subject", "subject title headline asunto titulo summary_line event_name"),
    ("currency", "currency moneda divisa currencies"),
    ("unit", "unit units unidad unidades"),
    ("language", "language lang locale idioma lengua"),
    ("symbol", "symbol ticker stock simbolo accion"),
    ("mail", "email mail correo e-mail recipient recipients destinatario"),
    ("link", "url uri link website webpage enlace web"),
    ("phone", "phone telephone telefono mobile movil celular"),
    ("moment", "datetime timestamp"),
    ("day", "date day deadline birthday fecha dia when cuando vencimiento"),
    ("time", "time hour hora"),
    ("query", "query search keyword keywords consulta busqueda topic tema term terms q question"),
    ("occupation", "occupation job profession profesion ocupacion puesto cargo role"),
    (
        "company",
        "company employer organization organisation vendor supplier merchant seller store "
        "restaurant hotel airline brand empresa compania organizacion proveedor vendedor tienda "
        "restaurante aerolinea marca",
    ),
    (
        "place",
        "location city place country town region area address state destination origin airport "
        "ubicacion ciudad lugar pais pueblo direccion destino origen aeropuerto localidad where "
        "room habitacion",
    ),
    (
        "person",
        "name person author contact customer client patient attendee attendees participant "
        "participants speaker guest guests first_name last_name people persona nombre autor "
        "contacto cliente asistente asistentes invitado invitados personas participante "
        "participantes user usuario apellido doctor friend",
    ),
    ("body", "body message content text note cuerpo mensaje contenido texto nota"),
    ("code", "id code number reference sku codigo referencia identificador numero"),
    (
        "answer",
        "answer response reply result summary explanation reasoning description respuesta "
        "resultado resumen explicacion razonamiento descripcion comment comentario reason razon",
    ),
)
_ROLE_OF: dict[str, Role] = {
    stem(word): role for role, named in reversed(_ROLES) for word in named.split()
}
_RANK = {role: place for place, (role, _) in enumerate(_ROLES)}
_BY_FORMAT: Mapping[str, Role] = {
    "email": "mail",
    "idn-email": "mail",
    "uri": "link",
    "url": "link",
    "date": "day",
    "time": "time",
    "date-time": "moment",
}
_FROM_WORDS = "from source origin departure start src base desde origen salida inicio"
_TO_WORDS = (
    "to target destination arrival end dest into out return until hasta destino llegada fin vuelta"
)
_REFERENCES = frozenset({"coupon", "promo", "reference", "postal", "zip", "iso", "country", "id"})
_FROM = frozenset(_FROM_WORDS.split())
_TO = frozenset(_TO_WORDS.split())


class Field(Struct, frozen=True, kw_only=True):
    """A field to be filled. `key` are the folded words of its name, `hints` the stems that tell
    of it, those of its name and those of its description. `end` says from which side of "from A
    to B" it takes its value."""

    key: tuple[str, ...]
    hints: frozenset[str]
    more: frozenset[str]
    role: Role
    end: End
    description: str = ""


def field_of(name: str, schema: Mapping[str, Any]) -> Field:
    """The field of a property."""
    key = tuple(name_words(name))
    told = schema.get("description") or schema.get("title") or ""
    description = fold(told[:500]) if isinstance(told, str) else ""
    about = [word for word in words(description) if word not in FUNCTION_WORDS]
    return Field(
        key=key,
        hints=frozenset(stem(word) for word in key),
        more=frozenset(stem(word) for word in about),
        role=_role(key, about, schema),
        end=_end(key),
        description=description,
    )


def _role(key: tuple[str, ...], about: list[str], schema: Mapping[str, Any]) -> Role:
    kind = schema.get("format")
    if isinstance(kind, str) and kind in _BY_FORMAT:
        return _BY_FORMAT[kind]
    named = _best(key)
    if named == "query" and "sql" in about:
        return "sql"
    if named in ("sum", "subject", "sql"):
        return named
    # A program rather than what a thing is known by.
    if key == ("code",) and not _REFERENCES & set(about):
        return "other"
    plain_ends = [word for word in key if word in _FROM | _TO]
    if plain_ends and len(plain_ends) == len(key):
        return _role_of_an_end(key, about)
    if named == "code" and len(key) > 1 and "number" in key and "phone" in key:
        return "phone"
    if named is None or named in ("code", "answer") and key[-1:] in (("number",), ("input",)):
        told = _best(about[:6])
        return told or named or "other"
    return named


def _role_of_an_end(key: tuple[str, ...], about: list[str]) -> Role:
    told = _best(about)
    if told in ("mail", "currency", "unit", "language", "person", "day", "time", "moment"):
        return told
    if told is None and key[0] in ("start", "end", "inicio", "fin"):
        return "time"
    if told is None and key[0] in ("source", "target"):
        return "language"
    return "place"


def _best(said: tuple[str, ...] | list[str]) -> Role | None:
    found: list[Role] = [_ROLE_OF[root] for word in said if (root := stem(word)) in _ROLE_OF]
    return min(found, key=_rank, default=None)


def _rank(role: Role) -> int:
    return _RANK[role]


def _end(key: tuple[str, ...]) -> End:
    if any(word in _FROM for word in key):
        return "from"
    return "to" if any(word in _TO for word in key) else ""
