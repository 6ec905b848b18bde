"""Answers in JSON: what a request says fills what its schema asks for."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filon.conversation.errors import InvalidRequest
from filon.conversation.message import Message, Text, say
from filon.practice.model.family import MODELS
from filon.practice.model.generate import generate, pocket
from filon.practice.model.sampling import Sampling
from filon.practice.skills.asked import Asked, Format
from filon.practice.skills.structured import structured
from tests.unit.valid_json import accepts, is_valid

STRING: dict[str, Any] = {"type": "string"}
INTEGER: dict[str, Any] = {"type": "integer"}
NUMBER: dict[str, Any] = {"type": "number"}
BOOLEAN: dict[str, Any] = {"type": "boolean"}
STRINGS: dict[str, Any] = {"type": "array", "items": STRING}
SENTIMENT: dict[str, Any] = {"enum": ["positive", "negative", "neutral"]}


def an_object(optional: Sequence[str] = (), **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def ask(text: str, schema: Any = None, *before: Message, answer: str = "") -> Any:
    asked = Asked(
        model=MODELS[0], messages=(*before, say("user", text)), format=Format(schema=schema)
    )
    plan = structured(asked, answer)
    assert plan is not None
    assert plan.skill == "structured"
    (segment,) = plan.segments
    assert segment.kind == "text"
    assert segment.grammar is not None
    said = segment.alternatives[0].text
    assert accepts(segment.grammar, said.encode())
    value = json.loads(said)
    assert schema is None or is_valid(value, schema)
    return value


PERSON = an_object(
    name=STRING, age=INTEGER, city=STRING, occupation=STRING, company=STRING, email=STRING
)
EVENT = an_object(
    title=STRING,
    date={"type": "string", "format": "date"},
    time=STRING,
    location=STRING,
    attendees=STRINGS,
    urgent=BOOLEAN,
)
BILL = an_object(
    invoice_number=STRING,
    vendor=STRING,
    total=NUMBER,
    due_date=STRING,
    tax_rate=NUMBER,
    currency={"enum": ["USD", "EUR", "GBP"]},
)

TABLE: list[tuple[str, Any, Any]] = [
    (
        "Extract the person: Maria Lopez, 34, lives in Lima and works as an engineer at Acme Corp. "
        "Email maria@acme.com",
        PERSON,
        {
            "name": "Maria Lopez",
            "age": 34,
            "city": "Lima",
            "occupation": "engineer",
            "company": "Acme Corp",
            "email": "maria@acme.com",
        },
    ),
    (
        "Extrae los datos: Juan Pérez tiene 41 años, vive en Sevilla y trabaja como abogado en "
        "Inditex. Su correo es juan@x.es",
        PERSON,
        {
            "name": "Juan Pérez",
            "age": 41,
            "city": "Sevilla",
            "occupation": "abogado",
            "company": "Inditex",
            "email": "juan@x.es",
        },
    ),
    (
        "The meeting with Ana Ruiz is on March 5, 2026 at 3pm in Berlin. It is not urgent.",
        EVENT,
        {
            "title": "Meeting with Ana Ruiz",
            "date": "2026-03-05",
            "time": "15:00",
            "location": "Berlin",
            "attendees": ["Ana Ruiz"],
            "urgent": False,
        },
    ),
    (
        "La reunión con Ana y Luis es el 5 de marzo de 2026 a las 10:30 en Bilbao. Es urgente.",
        EVENT,
        {
            "title": "Reunión con Ana",
            "date": "2026-03-05",
            "time": "10:30",
            "location": "Bilbao",
            "attendees": ["Ana", "Luis"],
            "urgent": True,
        },
    ),
    (
        "Invoice INV-2024 from Acme Inc for $1,250.50 due 2026-04-01, tax 21%",
        BILL,
        {
            "invoice_number": "INV-2024",
            "vendor": "Acme Inc",
            "total": 1250.5,
            "due_date": "2026-04-01",
            "tax_rate": 21,
            "currency": "USD",
        },
    ),
    (
        "Factura FA-77 de Muebles S.L. por 1.250,50 €, vence el 01/04/2026, IVA 21%",
        an_object(invoice_number=STRING, total=NUMBER, due_date=STRING, currency=BILL),
        None,
    ),
    ("I absolutely love this phone!", an_object(sentiment=SENTIMENT), {"sentiment": "positive"}),
    ("This is not good at all, it broke. Terrible.", SENTIMENT, "negative"),
    ("El producto llegó roto y estoy muy decepcionado", SENTIMENT, "negative"),
    ("The box is on the table.", SENTIMENT, "neutral"),
    ("Es urgente: la web está caída", {"enum": ["low", "medium", "high"]}, "high"),
    (
        "I was charged twice, I want a refund",
        {"enum": ["technical", "billing", "other"]},
        "billing",
    ),
    (
        "List the colours: red, green and blue",
        an_object(colors=STRINGS),
        {"colors": ["red", "green", "blue"]},
    ),
    ("Quiero manzanas, peras y uvas", STRINGS, ["manzanas", "peras", "uvas"]),
    ('Tags: "a b", "c"', an_object(tags=STRINGS), {"tags": ["a b", "c"]}),
    (
        "The numbers are 3, 5 and 9",
        an_object(numbers={"type": "array", "items": INTEGER}),
        {"numbers": [3, 5, 9]},
    ),
    (
        "Order: 3 apples, 2 pears and 10 oranges",
        an_object(items={"type": "array", "items": an_object(name=STRING, quantity=INTEGER)}),
        {
            "items": [
                {"name": "apples", "quantity": 3},
                {"name": "pears", "quantity": 2},
                {"name": "oranges", "quantity": 10},
            ]
        },
    ),
    (
        "The temperature in Oslo is 21 degrees and the humidity is 40%",
        an_object(city=STRING, temperature=NUMBER, humidity=NUMBER, unit={"enum": ["C", "F"]}),
        {"city": "Oslo", "temperature": 21, "humidity": 40, "unit": "C"},
    ),
    (
        "Book a table for four people at Luigi's tomorrow at 8pm",
        an_object(restaurant=STRING, party_size=INTEGER, date=STRING, time=STRING),
        {"restaurant": "Luigi's", "party_size": 4, "date": "tomorrow", "time": "20:00"},
    ),
    (
        "Name: Laura\nCity: Quito\nAge: 29\nPhone: +593 99 123 4567",
        an_object(name=STRING, city=STRING, age=INTEGER, phone=STRING),
        {"name": "Laura", "city": "Quito", "age": 29, "phone": "+593 99 123 4567"},
    ),
    (
        "Mi nombre es Laura Gil",
        an_object(first_name=STRING, last_name=STRING),
        {"first_name": "Laura", "last_name": "Gil"},
    ),
    (
        "Ana lives in Lugo",
        an_object(
            name=STRING,
            age={"type": ["integer", "null"]},
            email={"anyOf": [STRING, {"type": "null"}]},
        ),
        {"name": "Ana", "age": None, "email": None},
    ),
    (
        "Ana lives in Lugo",
        an_object(("age", "email"), city=STRING, age=INTEGER, email=STRING),
        {"city": "Lugo"},
    ),
    (
        "Ship it to Ana in Lugo",
        an_object(recipient=an_object(name=STRING, address=an_object(city=STRING))),
        {"recipient": {"name": "Ana", "address": {"city": "Lugo"}}},
    ),
    ("Subscribe me without a newsletter", an_object(newsletter=BOOLEAN), {"newsletter": False}),
    ("Quiero la entrega con seguro", an_object(incluye_seguro=BOOLEAN), {"incluye_seguro": True}),
    ("newsletter: no", an_object(newsletter=BOOLEAN), {"newsletter": False}),
    ("The call lasted 2 hours", an_object(duration_minutes=INTEGER), {"duration_minutes": 120}),
    (
        "A laptop of 2 kg for 900 euros",
        an_object(weight=NUMBER, price=NUMBER),
        {"weight": 2, "price": 900},
    ),
    (
        "It has 2 million users since 2019",
        an_object(year=INTEGER, users=INTEGER),
        {"year": 2019, "users": 2_000_000},
    ),
    ("Tiene veintidós años", an_object(edad=INTEGER), {"edad": 22}),
    (
        "Color is deep red, size: L",
        an_object(color=STRING, size=STRING),
        {"color": "deep red", "size": "L"},
    ),
    ("Say it short", an_object(code={"type": "string", "maxLength": 3, "minLength": 2}), None),
    ("x", an_object(kind={"const": "fixed"}), {"kind": "fixed"}),
]


@pytest.mark.parametrize(("text", "schema", "value"), TABLE, ids=[row[0][:40] for row in TABLE])
def test_what_is_said_fills_the_schema(text: str, schema: Any, value: Any) -> None:
    found = ask(text, schema)
    assert value is None or found == value


def test_without_a_format_there_is_no_plan() -> None:
    assert structured(Asked(model=MODELS[0], messages=(say("user", "as JSON please"),))) is None


def test_a_schema_that_cannot_be_understood_is_the_callers_fault() -> None:
    with pytest.raises(InvalidRequest) as caught:
        ask("x", {"type": "object", "properties": {"a": {"type": "text"}}})
    param = caught.value.problem.param
    assert param == "response_format.json_schema.schema.properties.a.type"


KEYS: list[tuple[str, str, Any]] = [
    ("", "Reply in JSON with keys name and age: Ana is 31.", {"name": "Ana", "age": 31}),
    (
        "",
        "Ana tiene 31 años y vive en Lugo. Responde en JSON con las claves nombre, edad y ciudad",
        {"nombre": "Ana", "edad": 31, "ciudad": "Lugo"},
    ),
    (
        "",
        "Extract `name`, `email` and `phone` as JSON: Bo Li, bo@li.cn",
        {"name": "Bo Li", "email": "bo@li.cn", "phone": "unknown"},
    ),
    (
        'Answer with JSON like {"name": "...", "year": 0, "place": "..."}',
        "Bob Dylan was born in 1941 in Duluth.",
        {"name": "Bob Dylan", "year": 1941, "place": "Duluth"},
    ),
    (
        "Devuelve un objeto JSON con los campos producto y precio.",
        "producto: mesa, precio: 30 €",
        {"producto": "mesa", "precio": 30},
    ),
    (
        "",
        'Bob is 12. Give {"name": str, "age": int, "tags": []}',
        {"name": "Bob", "age": 12, "tags": []},
    ),
    (
        'Schema: {"properties": {"n": {"type": "integer"}}, "required": ["n"]}',
        "There are 7 of them",
        {"n": 7},
    ),
    ("", "What is the capital of France? JSON", {"answer": "What is the capital of France? JSON"}),
]


@pytest.mark.parametrize(("system", "text", "value"), KEYS)
def test_keys_come_from_the_request(system: str, text: str, value: Any) -> None:
    before = [say("system", system)] if system else []
    assert ask(text, None, *before) == value


def test_what_another_skill_answers_goes_where_an_answer_is_asked_for() -> None:
    answer = "Paris is the capital of France."
    assert ask("Capital of France?", answer=answer) == {"answer": answer}
    schema = an_object(answer=STRING, steps=STRINGS)
    assert ask("Capital of France?", schema, answer=answer)["answer"] == answer


def test_what_was_said_before_fills_what_the_last_message_leaves_open() -> None:
    before = (say("user", "I am Ana, 31, from Lugo"), say("assistant", "Hello"))
    schema = an_object(("mail",), name=STRING, age=INTEGER, mail=STRING)
    assert ask("Now as JSON please", schema, *before) == {"name": "Ana", "age": 31}


def test_results_of_tools_are_read_too() -> None:
    before = (
        say("user", "Weather?"),
        Message(role="tool", parts=(Text('{"temperature": 21}'),), call_id="a"),
    )
    assert ask("As JSON", an_object(temperature=INTEGER), *before) == {"temperature": 21}


def test_what_today_is_comes_from_the_conversation() -> None:
    schema = an_object(date={"type": "string", "format": "date"})
    today = say("system", "Today is 2026-02-28.")
    assert ask("Remind me tomorrow", schema, today) == {"date": "2026-03-01"}
    assert ask("Recuérdamelo el próximo lunes", schema, today) == {"date": "2026-03-02"}
    assert ask("Remind me tomorrow", schema) == {"date": "tomorrow"}


def test_recursion_ends() -> None:
    node = an_object(value=INTEGER, next={"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]})
    schema = {"$defs": {"node": node}, "$ref": "#/$defs/node"}
    assert ask("1, 2 and 3", schema)["value"] == 1
    tree = an_object(name=STRING, children={"type": "array", "items": {"$ref": "#"}})
    ask("a, b and c", tree)


@pytest.mark.parametrize("temperature", [0.0, 1.0, 2.0])
@pytest.mark.parametrize("schema", [PERSON, EVENT, None])
def test_what_is_said_is_valid_at_any_temperature(schema: Any, temperature: float) -> None:
    text, lm = TABLE[0][0], pocket()
    asked = Asked(model=MODELS[0], messages=(say("user", text),), format=Format(schema=schema))
    plan = structured(asked)
    assert plan is not None
    for seed in range(5):
        sampling = Sampling(temperature=temperature, seed=seed)
        said = generate(lm, [lm.pieces.assistant], plan, MODELS[0], sampling)
        whole = b"".join(one.data for one in said).decode()
        assert schema is None or is_valid(json.loads(whole), schema)
        assert isinstance(json.loads(whole), dict)
        assert temperature or whole == plan.segments[0].alternatives[0].text


KINDS: st.SearchStrategy[Any] = st.sampled_from(
    [STRING, INTEGER, NUMBER, BOOLEAN, SENTIMENT, {"type": ["string", "null"]}, {}, {"const": 3}]
    + [{"type": "string", "minLength": 2, "maxLength": 5}, {"type": "integer", "minimum": 5}]
    + [{"type": "number", "exclusiveMinimum": 0, "maximum": 1}, {"enum": [1, "a", None, True]}]
    + [{"type": "string", "format": "date"}, {"type": "string", "format": "email"}]
)
NAMES = st.sampled_from(
    ["name", "age", "city", "from", "to", "date", "email", "tags", "price", "is_new", "answer"]
    + ["unit", "language", "currency", "query", "x", "ñ", "start_time", "company", "expression"]
)
SAID = st.lists(
    st.sampled_from(
        [
            "Ana",
            "is",
            "31",
            "years",
            "in",
            "New York",
            "and",
            ",",
            "a@b.c",
            "on",
            "March 5",
            "at 3pm",
        ]
        + [
            "12*7",
            "$5",
            "not",
            "new",
            "de",
            "Madrid",
            "a",
            "Lima",
            '"quoted"',
            ":",
            ".",
            "10 km",
            "y",
        ]
        + [
            "English",
            "euros",
            "search for",
            "saying",
            "{",
            "}",
            "\n",
            "ñandú",
            "5.5.5",
            "1e9",
            "😀",
        ]
    ),
    max_size=14,
).map(" ".join)


def a_list(item: Any, low: int) -> dict[str, Any]:
    return {"type": "array", "items": item, "minItems": low}


def of_properties(known: dict[str, Any]) -> dict[str, Any]:
    return an_object(**known)


def with_lists(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(
        st.dictionaries(NAMES, inner, max_size=4).map(of_properties),
        st.builds(a_list, inner, st.integers(0, 2)),
        st.fixed_dictionaries({"anyOf": st.lists(inner, min_size=1, max_size=3)}),
    )


@settings(deadline=None)
@given(st.recursive(KINDS, with_lists, max_leaves=8), SAID | st.text(max_size=60))
def test_any_text_fills_any_schema_with_what_is_valid(schema: Any, text: str) -> None:
    ask(text, schema)


@settings(deadline=None)
@given(SAID | st.text(max_size=80))
def test_without_a_schema_it_is_an_object(text: str) -> None:
    assert isinstance(ask(text), dict)
