"""For tests of bound output: whether a grammar takes a text, and a second opinion on schemas."""

from collections.abc import Mapping, Sequence
from math import inf
from typing import Any, cast

from filon.practice.model.grammar import Grammar

_KINDS: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "null": type(None),
}
NOWHERE: frozenset[str] = frozenset()


def is_valid(value: Any, schema: Any, root: Any = None, through: frozenset[str] = NOWHERE) -> bool:
    """Whether a value is what the schema asks for. Knows what the tests use.

    A reference that leads back to itself about the same value asks for what nothing fulfils.
    """
    root = schema if root is None else root
    if isinstance(schema, bool):
        return schema
    if "$ref" in schema:
        reference = schema["$ref"]
        if reference in through:
            return False
        if not is_valid(value, _target(reference, root), root, through | {reference}):
            return False
    options = [*schema.get("anyOf", []), *schema.get("oneOf", [])]
    if options and not any(is_valid(value, option, root, through) for option in options):
        return False
    if not all(is_valid(value, part, root, through) for part in schema.get("allOf", [])):
        return False
    return (
        _has_type(value, schema)
        and _is_listed(value, schema)
        and _fits(value, schema)
        and _holds_valid(value, schema, root)
    )


def accepts(grammar: Grammar, data: bytes) -> bool:
    """Whether these bytes are a whole text of the grammar."""
    state = grammar.advance(grammar.start, data)
    return state is not None and grammar.complete(state)


def _target(reference: str, root: Any) -> Any:
    for name in reference.removeprefix("#").split("/")[1:]:
        root = root[name]
    return root


def _has_type(value: Any, schema: Mapping[str, Any]) -> bool:
    told = schema.get("type")
    if told is None:
        return True
    return any(_is_a(value, kind) for kind in ([told] if isinstance(told, str) else told))


def _is_a(value: Any, kind: str) -> bool:
    if kind in _KINDS:
        return isinstance(value, _KINDS[kind])
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return kind == "number" or value == int(value)


def _is_listed(value: Any, schema: Mapping[str, Any]) -> bool:
    allowed = schema.get("enum", [value])
    if "const" in schema:
        allowed = [schema["const"]] if schema["const"] in allowed else []
    return any(value == one and type(value) is type(one) for one in allowed)


def _fits(value: Any, schema: Mapping[str, Any]) -> bool:
    if isinstance(value, str):
        return schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value))
    if isinstance(value, list):
        size = len(cast("list[Any]", value))
        return schema.get("minItems", 0) <= size <= schema.get("maxItems", size)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return True
    return (
        schema.get("minimum", value) <= value <= schema.get("maximum", value)
        and schema.get("exclusiveMinimum", -inf) < value
        and value < schema.get("exclusiveMaximum", inf)
    )


def _holds_valid(value: Any, schema: Mapping[str, Any], root: Any) -> bool:
    if isinstance(value, list):
        items = cast("list[Any]", value)
        first: Sequence[Any] = schema.get("prefixItems", [])
        rest = schema.get("items", True)
        schemas = [*first, *[rest] * (len(items) - len(first))]
        return all(is_valid(item, one, root) for item, one in zip(items, schemas, strict=False))
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        known: Mapping[str, Any] = schema.get("properties", {})
        rest = schema.get("additionalProperties", True)
        return all(name in members for name in schema.get("required", [])) and all(
            is_valid(member, known.get(name, rest), root) for name, member in members.items()
        )
    return True
