"""JSON Schema before it is used: references looked up, parts that hold together put together.

Pure. A schema is a caller's, so whatever is wrong with it is told with its place.
"""

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any, cast
from urllib.parse import unquote

from filon.conversation.errors import InvalidRequest
from filon.practice.model.joining import Subschema, joined

MOST_LEVELS = 100

TYPES = ("object", "array", "string", "integer", "number", "boolean", "null")
# A sentence about what no text may be, or about two members at once, has no place in a grammar.
_NOT_UNDERSTOOD = (
    "not",
    "if",
    "dependentSchemas",
    "dependentRequired",
    "dependencies",
    "patternProperties",
    "contains",
    "$dynamicRef",
    "$recursiveRef",
)
_CHOICES = ("anyOf", "oneOf")
_BY_KIND = {
    "properties": "object",
    "required": "object",
    "additionalProperties": "object",
    "items": "array",
    "prefixItems": "array",
    "minItems": "array",
    "maxItems": "array",
    "minLength": "string",
    "maxLength": "string",
    "pattern": "string",
    "format": "string",
    "minimum": "number",
    "maximum": "number",
}


class Schema:
    """A whole schema, in which references are looked up. `where` is the field it came in."""

    def __init__(self, root: Subschema, where: str) -> None:
        self.root = root
        self.where = where

    def refuse(self, path: str, problem: str, fix: str | None = None) -> InvalidRequest:
        """The error for something at this path within the schema."""
        place = f"{self.where}{path}"
        return InvalidRequest(f"`{place}` {problem}.", fix=fix, param=place)

    def checked(self, schema: Any, path: str) -> Subschema:
        """A schema as an object: true is one without a word, false one that nothing fulfils."""
        if schema is True:
            return {}
        if schema is False:
            return {"enum": ()}
        if not isinstance(schema, Mapping):
            raise self.refuse(path, "must be a schema, which is an object, true or false")
        known = cast("Subschema", schema)
        for word in _NOT_UNDERSTOOD:
            if word in known:
                fix = "Leave it out, and say in the description what it asks for."
                raise self.refuse(f"{path}.{word}", "is not understood here", fix)
        return known

    def plain(self, schema: Any, path: str, level: int = 0) -> Subschema:
        """The schema with its `$ref` and `allOf` put into it; choices are left as they are."""
        if level > MOST_LEVELS:
            raise self.refuse(path, f"refers to itself, or is over {MOST_LEVELS} levels deep")
        known = self.checked(schema, path)
        if "$ref" not in known and "allOf" not in known:
            return known
        result = {key: value for key, value in known.items() if key not in ("$ref", "allOf")}
        if "$ref" in known:
            target = self.target(known["$ref"], path)
            result = self.merged(result, self.plain(target, f"{path}.$ref", level + 1), path)
        for place, part in enumerate(self.options(known, "allOf", path)):
            inner = f"{path}.allOf[{place}]"
            result = self.merged(result, self.plain(part, inner, level + 1), path)
        return result

    def branches(self, schema: Any, path: str) -> tuple[Subschema, ...]:
        """What the schema comes down to: one schema, or the options of its `anyOf` or `oneOf`,
        each with what stands beside it."""
        known = self.plain(schema, path)
        told = [word for word in _CHOICES if word in known]
        if not told:
            return (known,)
        if len(told) > 1:
            raise self.refuse(path, "has both `anyOf` and `oneOf`", "Put one inside the other.")
        beside = {key: value for key, value in known.items() if key != told[0]}
        options = self.options(known, told[0], path)
        if not any(_says_something(key) for key in beside):
            return tuple(self.checked(option, path) for option in options)
        return tuple(
            self.merged(beside, self.plain(option, f"{path}.{told[0]}[{place}]", 1), path)
            for place, option in enumerate(options)
        )

    def options(self, schema: Subschema, word: str, path: str) -> Sequence[Any]:
        """The schemas that a keyword lists; none where it is absent."""
        if word not in schema:
            return ()
        return self.list_at(schema, word, path, "a list of schemas")

    def list_at(self, schema: Subschema, word: str, path: str, what: str) -> list[Any]:
        """The value of a keyword that must be a list and not an empty one."""
        value = schema[word]
        if not isinstance(value, list | tuple) or not value:
            raise self.refuse(f"{path}.{word}", f"must be {what}, not an empty one")
        return list(cast("Sequence[Any]", value))

    def target(self, reference: Any, path: str) -> Any:
        """The schema that a `$ref` names, by a JSON pointer within this schema."""
        place = f"{path}.$ref"
        if not isinstance(reference, str) or not reference.startswith("#"):
            raise self.refuse(place, "must point into this schema", "Begin it with `#/$defs/`.")
        found: Any = self.root
        for step in unquote(reference[1:]).split("/")[1:]:
            name = step.replace("~1", "/").replace("~0", "~")
            if isinstance(found, Mapping) and name in found:
                found = cast("Subschema", found)[name]
            elif (
                isinstance(found, list)
                and name.isdecimal()
                and int(name) < len(cast("list[Any]", found))
            ):
                found = cast("list[Any]", found)[int(name)]
            else:
                raise self.refuse(place, f"names {reference!r}, which is not in this schema")
        return found

    def types(self, schema: Subschema, path: str) -> tuple[str, ...]:
        """The types that a plain schema allows, by its `type` or else by its other keywords."""
        told = schema.get("type")
        if told is None:
            kinds = [kind for word, kind in _BY_KIND.items() if word in schema]
            names: list[Any] = list(kinds[:1] or TYPES)
        else:
            names = cast("list[Any]", told) if isinstance(told, list) else [told]
        if any(name not in TYPES for name in names):
            known = ", ".join(TYPES)
            raise self.refuse(f"{path}.type", f"is {told!r}, which is no type", f"Use {known}.")
        if schema.get("nullable") is True and "null" not in names:
            names = [*names, "null"]
        return tuple(dict.fromkeys(names))

    def properties(self, schema: Subschema, path: str) -> dict[str, Any]:
        """The properties of an object by name, in their order, required ones without a schema
        of their own at the end."""
        found = schema.get("properties", {})
        if not isinstance(found, Mapping):
            raise self.refuse(f"{path}.properties", "must be an object of schemas")
        known = dict(cast("Subschema", found))
        rest = schema.get("additionalProperties", True)
        return known | {name: rest for name in self.required(schema, path) if name not in known}

    def required(self, schema: Subschema, path: str) -> tuple[str, ...]:
        """The names of the properties that must be there."""
        names = schema.get("required", [])
        if not isinstance(names, list | tuple):
            raise self.refuse(f"{path}.required", "must be a list of names")
        names = cast("Sequence[Any]", names)
        if not all(isinstance(name, str) for name in names):
            raise self.refuse(f"{path}.required", "must be a list of names")
        return tuple(names)

    def number(self, schema: Subschema, word: str, path: str) -> float | None:
        """The value of a keyword that must be a number; None where it is absent."""
        value = schema.get(word)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.refuse(f"{path}.{word}", "must be a number")
        if isinstance(value, float) and not isfinite(value):
            raise self.refuse(f"{path}.{word}", "is beyond all numbers")
        return value

    def count(self, schema: Subschema, word: str, path: str) -> int | None:
        """The value of a keyword that must be a whole number from 0 on; None where absent."""
        value = self.number(schema, word, path)
        if value is None:
            return None
        if value < 0 or value != int(value):
            raise self.refuse(f"{path}.{word}", "must be a whole number from 0 on")
        return int(value)

    def merged(self, one: Subschema, other: Subschema, path: str) -> Subschema:
        """A schema that asks for what both ask for."""
        try:
            return joined(one, other)
        except ValueError as error:
            fix = "Write the two as one schema."
            raise self.refuse(
                path, f"joins schemas that do not go together: {error}", fix
            ) from error


def _says_something(word: str) -> bool:
    return word in _BY_KIND or word in ("type", "enum", "const")
