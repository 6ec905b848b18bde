"""The provider that is built in: its dialects, faults, limits, and what it received."""

import msgspec
from fastapi import APIRouter

from filon.conversation.errors import NotFound
from filon.practice.dialects.dialect import Dialect, by_name, dialects, facts
from filon.practice.faults.catalogue import FAULTS
from filon.practice.faults.fault import Door, Fault
from filon.practice.faults.rules import Rule, Standing
from filon.practice.ledger import Entry, Filter
from filon.practice.limits import Limits
from filon.practice.model.family import MODELS
from filon.server.given import House, Person
from filon.server.house import ServerHouse
from filon.server.practice_shapes import (
    ArgumentShape,
    DialectFactShape,
    DialectShape,
    FaultShape,
    LedgerShape,
    LimitsShape,
    LineDetailShape,
    LineShape,
    PracticeModelShape,
    PracticeShape,
    RuleBody,
    RuleShape,
    SpeedBody,
)

router = APIRouter(prefix="/api/practice", tags=["practice"])


@router.get("")
async def overview(person: Person, house: House) -> PracticeShape:
    """Everything that practice can do, and what is set of it now."""
    desk = house.practice.desk
    return PracticeShape(
        speed=desk.speed,
        now=desk.clock.now(),
        models=[_model(model) for model in MODELS],
        dialects=[_dialect(dialect, house) for dialect in dialects()],
        faults=[_fault(fault) for fault in FAULTS],
        rules=_rules(house),
    )


@router.put("/speed")
async def set_speed(body: SpeedBody, person: Person, house: House) -> SpeedBody:
    """Makes practice quicker or slower, for everybody and at once."""
    house.practice.desk.speed = body.speed
    return body


@router.post("/rules", status_code=201)
async def add_rule(body: RuleBody, person: Person, house: House) -> list[RuleShape]:
    """Adds a fault by schedule or by chance; all rules come back."""
    desk = house.practice.desk
    starts = desk.clock.now() + body.starts_in
    desk.rules.add(
        Rule(
            fault=body.fault,
            argument=body.argument,
            dialect=body.dialect,
            model=body.model,
            starts=starts,
            ends=None if body.lasts is None else starts + body.lasts,
            probability=body.probability,
            seed=body.seed,
        )
    )
    return _rules(house)


@router.delete("/rules/{id}")
async def remove_rule(id: str, person: Person, house: House) -> list[RuleShape]:
    """Ends a rule at once; the others come back."""
    house.practice.desk.rules.remove(id)
    return _rules(house)


@router.put("/limits/{dialect}")
async def set_limits(dialect: str, body: LimitsShape, person: Person, house: House) -> DialectShape:
    """Sets a dialect's limits for every key, at once. What was used stays used."""
    found = by_name(dialect)
    if found is None:
        raise NotFound(f"Practice has no dialect {dialect!r}.")
    house.practice.desk.change_limits(dialect, Limits(**body.model_dump()))
    return _dialect(found, house)


@router.get("/ledger")
async def ledger(
    person: Person,
    house: House,
    limit: int = 50,
    dialect: str | None = None,
    model: str | None = None,
    status: int | None = None,
) -> LedgerShape:
    """What practice received and answered, newest first."""
    wanted = Filter(dialect=dialect, model=model, status=status)
    entries = house.practice.desk.ledger.entries(wanted, limit=max(1, min(limit, 200)))
    return LedgerShape(entries=[_line(entry) for entry in entries])


@router.get("/ledger/{id}")
async def ledger_line(id: int, person: Person, house: House) -> LineDetailShape:
    """One line with bodies and headers."""
    entry = house.practice.desk.ledger.get(id)
    if entry is None:
        raise NotFound("The ledger has no such line; it keeps the latest ones.")
    return _detail(entry)


@router.delete("/ledger", status_code=204)
async def clear_ledger(person: Person, house: House) -> None:
    """Forgets everything that practice received."""
    house.practice.desk.ledger.clear()


def _model(model: object) -> PracticeModelShape:
    known = {name: getattr(model, name) for name in PracticeModelShape.model_fields}
    return PracticeModelShape(**known)


def _dialect(dialect: Dialect, house: ServerHouse) -> DialectShape:
    own = next(
        endpoint
        for endpoint in house.services.directory.endpoints
        if endpoint.kind == "practice" and endpoint.base_url.endswith(dialect.roots[0])
    )
    return DialectShape(
        name=dialect.name,
        label=dialect.label,
        endpoint=own.name,
        base_url=own.base_url,
        key=dialect.key,
        broke_key=dialect.broke,
        models=[dialect.prefix + model for model in dialect.models],
        seen=dialect.seen,
        limits=_limits(house.practice.desk.limits(dialect)),
        usual_limits=_limits(dialect.limits),
        facts=[
            DialectFactShape(about=about, use=fact.use, sure=fact.sure, source=fact.source)
            for about, fact in facts(dialect)
        ],
    )


def _limits(limits: Limits) -> LimitsShape:
    return LimitsShape(**msgspec.structs.asdict(limits))


def _fault(fault: Fault) -> FaultShape:
    effect = fault.effect
    argument = fault.argument
    return FaultShape(
        name=fault.name,
        group=fault.group,
        aliases=list(fault.aliases),
        what=fault.what,
        teaches=fault.teaches,
        argument=ArgumentShape(**msgspec.structs.asdict(argument)) if argument else None,
        by="door" if isinstance(effect, Door) else "switch",
        endpoint=f"practice-{effect.name}" if isinstance(effect, Door) else None,
    )


def _rules(house: ServerHouse) -> list[RuleShape]:
    desk = house.practice.desk
    return [_rule(standing) for standing in desk.rules.list(desk.clock.now())]


def _rule(standing: Standing) -> RuleShape:
    return RuleShape(
        **msgspec.structs.asdict(standing.rule),
        state=standing.state,
        matched=standing.matched,
        struck=standing.struck,
    )


def _line(entry: Entry) -> LineShape:
    return LineShape.model_validate(_short(entry))


def _short(entry: Entry) -> dict[str, object]:
    counts = entry.counts
    return {
        "id": entry.id,
        "at": entry.at,
        "dialect": entry.dialect,
        "method": entry.method,
        "target": entry.target,
        "model": entry.model,
        "stream": entry.stream,
        "switches": list(entry.switches),
        "skill": entry.skill,
        "status": entry.status,
        "outcome": entry.outcome,
        "seconds": entry.ended,
        "prompt_tokens": counts.prompt if counts else None,
        "answer_tokens": counts.answer if counts else None,
    }


def _detail(entry: Entry) -> LineDetailShape:
    return LineDetailShape.model_validate(
        {
            **_short(entry),
            "request_headers": entry.request_headers,
            "request_body": entry.request.text,
            "request_size": entry.request.size,
            "response_headers": entry.response_headers,
            "response_body": entry.response.text,
            "response_size": entry.response.size,
            "chunks": entry.chunks,
            "first_byte": entry.first_byte,
            "key": entry.key,
            "note": entry.note,
        }
    )
