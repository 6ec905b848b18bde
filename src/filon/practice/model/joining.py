"""Two JSON Schemas made into one that asks for what both ask for, as `allOf` does. Pure."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

Subschema = Mapping[str, Any]


def joined(one: Subschema, other: Subschema) -> Subschema:
    """The two as one. Raises ValueError, with words, where that cannot be said in one schema.

    What is only told to a reader (title, description, default) is taken from the first.
    """
    both = dict(one)
    for word, value in other.items():
        if word not in both:
            both[word] = value
        elif word in _JOINED:
            both[word] = _JOINED[word](both[word], value)
        elif word in ("anyOf", "oneOf"):
            raise ValueError(f"there are two of `{word}`")
    return _closed(both, one, other)


def _closed(both: dict[str, Any], one: Subschema, other: Subschema) -> dict[str, Any]:
    """Each of the two that closes its object forbids what only the other one names."""
    if "properties" not in both:
        return both
    allowed = _object(both["properties"])
    for side in (one, other):
        if side.get("additionalProperties") is False:
            named = _object(side.get("properties", {}))
            allowed = {name: value for name, value in allowed.items() if name in named}
    return both | {"properties": allowed}


def _all_of(one: Any, other: Any) -> Any:
    return one if one == other else {"allOf": [one, other]}


def _properties(one: Any, other: Any) -> Any:
    ones, others = _object(one), _object(other)
    shared = {name: _all_of(ones[name], value) for name, value in others.items() if name in ones}
    return {**ones, **others, **shared}


def _required(one: Any, other: Any) -> Any:
    names = [*_list(one), *_list(other)]
    if not all(isinstance(name, str) for name in names):
        raise ValueError("`required` must be a list of names")
    return list(dict.fromkeys(names))


def _types(one: Any, other: Any) -> Any:
    ones = _list(one) if isinstance(one, list) else [one]
    others = _list(other) if isinstance(other, list) else [other]
    shared = [name for name in ones if name in others]
    for narrow, wide in ((ones, others), (others, ones)):
        if "integer" in narrow and "number" in wide and not {"integer", "number"} & set(shared):
            shared.append("integer")
    return shared


def _enum(one: Any, other: Any) -> Any:
    # As JSON, because Python holds true to be 1.
    known = {json.dumps(value) for value in _list(other)}
    return [value for value in _list(one) if json.dumps(value) in known]


def _const(one: Any, other: Any) -> Any:
    if json.dumps(one) != json.dumps(other):
        raise ValueError("there are two different `const`")
    return one


def _more(one: Any, other: Any) -> Any:
    return max(_number(one), _number(other))


def _less(one: Any, other: Any) -> Any:
    return min(_number(one), _number(other))


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("a bound must be a number")
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise ValueError("a list is wanted")
    return list(cast("Sequence[Any]", value))


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise ValueError("`properties` must be an object")
    return dict(cast("Subschema", value))


_JOINED: dict[str, Callable[[Any, Any], Any]] = {
    "type": _types,
    "properties": _properties,
    "required": _required,
    "additionalProperties": _all_of,
    "items": _all_of,
    "enum": _enum,
    "const": _const,
    "minimum": _more,
    "maximum": _less,
    "exclusiveMinimum": _more,
    "exclusiveMaximum": _less,
    "minLength": _more,
    "maxLength": _less,
    "minItems": _more,
    "maxItems": _less,
}
