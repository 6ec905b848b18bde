"""What a section's types say of a value: its kind in YAML, its marks, its bounds."""

from collections.abc import Mapping
from typing import Any, get_args

from msgspec import inspect

from filon.config.yaml import Kind

_KINDS: Mapping[type[inspect.Type], frozenset[str]] = {
    inspect.StrType: frozenset({"string"}),
    inspect.IntType: frozenset({"number"}),
    inspect.FloatType: frozenset({"number"}),
    inspect.BoolType: frozenset({"bool"}),
    inspect.NoneType: frozenset({"null"}),
    inspect.VarTupleType: frozenset({"list"}),
    inspect.StructType: frozenset({"map"}),
    inspect.DictType: frozenset({"map"}),
    inspect.AnyType: frozenset(get_args(Kind)),
}


def bare(kind: inspect.Type) -> inspect.Type:
    """A type without the marks around it."""
    while isinstance(kind, inspect.Metadata):
        kind = kind.type
    return kind


def members(kind: inspect.Type) -> tuple[inspect.Type, ...]:
    """The types of a union, or the one."""
    inner = bare(kind)
    return inner.types if isinstance(inner, inspect.UnionType) else (kind,)


def kinds(kind: inspect.Type) -> frozenset[str]:
    """Which kinds of node a type takes."""
    inner = bare(kind)
    if isinstance(inner, inspect.UnionType):
        return frozenset(kind for one in inner.types for kind in kinds(one))
    if isinstance(inner, inspect.LiteralType):
        return frozenset("string" if isinstance(one, str) else "number" for one in inner.values)
    return _KINDS.get(type(inner), frozenset())


def marks(kind: inspect.Type) -> Mapping[str, Any]:
    """The marks of a field."""
    marks: Mapping[str, Any] | None = getattr(kind, "extra", None)
    return marks or {}


def of_key(field: inspect.Field) -> inspect.Type:
    """A field's type, without the None by which it is only said that the key may be absent."""
    kind = field.type
    if field.default is not None or not isinstance(kind, inspect.UnionType):
        return kind
    rest = tuple(one for one in kind.types if not isinstance(one, inspect.NoneType))
    return rest[0] if len(rest) == 1 else inspect.UnionType(rest)


def section_of(field: inspect.Field) -> inspect.StructType | None:
    """The section that a key holds, if it is one."""
    found = [bare(one) for one in members(field.type)]
    structs = [one for one in found if isinstance(one, inspect.StructType)]
    return structs[0] if len(structs) == 1 else None


def is_outside(value: float, kind: inspect.IntType | inspect.FloatType) -> bool:
    return (
        (kind.ge is not None and value < kind.ge)
        or (kind.gt is not None and value <= kind.gt)
        or (kind.le is not None and value > kind.le)
        or (kind.lt is not None and value >= kind.lt)
    )
