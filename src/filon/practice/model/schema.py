"""JSON Schema as a grammar, so that what is written is valid however it was sampled.

Not all keywords become part of it: `Compiled.ignored` names those that did not.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from math import ceil, floor
from typing import Any, Protocol, cast

from msgspec import Struct

from filon.conversation.errors import InvalidRequest
from filon.practice.model import json_text
from filon.practice.model.automata import Automaton
from filon.practice.model.json_numbers import INTEGER, NUMBER, integer_between, number_from
from filon.practice.model.nodes import Chain, Choice, Node, Rule, Words, literal
from filon.practice.model.subschema import MOST_LEVELS, TYPES, Schema, Subschema

MOST_NODES = 5_000
MOST_NODES_OF_TOOLS = 20_000
MOST_PROPERTIES = 1_000
MOST_ITEMS = 1_000
MOST_BYTES = 20_000
# A string of bounded length has a state per character, so only short ones are bounded.
LONGEST_BOUNDED = 64

_MOST_KEPT = 16

_COMBINING = frozenset({"$ref", "allOf", "anyOf", "oneOf"})
_BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
_UNDERSTOOD = frozenset(
    {
        *_COMBINING,
        *_BOUNDS,
        *("type", "enum", "const", "nullable"),
        *("properties", "required", "additionalProperties", "unevaluatedProperties"),
        *("items", "prefixItems", "additionalItems", "minItems", "maxItems"),
        *("minLength", "maxLength"),
    }
)
_TOLD_TO_READERS = frozenset(
    {
        *("title", "description", "default", "examples", "example", "deprecated", "strict"),
        *("readOnly", "writeOnly", "discriminator", "externalDocs", "then", "else"),
        *("$schema", "$id", "$anchor", "$comment", "$defs", "definitions"),
    }
)


class Compiled(Struct, frozen=True):
    """A grammar, and the paths of the keywords that it does not hold to."""

    grammar: Automaton
    ignored: tuple[str, ...]


class Function(Protocol):
    """What can be called: its name, and the JSON Schema of its arguments."""

    @property
    def name(self) -> str: ...

    @property
    def parameters(self) -> Mapping[str, Any]: ...


def schema_grammar(
    schema: Subschema, where: str = "response_format.json_schema.schema"
) -> Compiled:
    """The JSON texts that are valid by a schema. Raises InvalidRequest; `where` is the field.

    For the schemas asked for last it is the same grammar again, so that what was learnt about its
    states is too.
    """
    return _compiled(json.dumps(schema), where)


def tool_call_grammar(tools: Sequence[Function], where: str = "tools") -> Automaton:
    """A call of one of the tools: its name, a line feed, its arguments. Raises InvalidRequest.

    For the tools asked for last it is the same grammar again.
    """
    return _of_calls(json.dumps([[tool.name, tool.parameters] for tool in tools]), where)


@lru_cache(maxsize=_MOST_KEPT)
def _compiled(schema: str, where: str) -> Compiled:
    whole = Schema(json.loads(schema), where)
    reader = _Reader(whole, MOST_NODES)
    return Compiled(_automaton(reader.node(whole.root, "", 0), whole), reader.ignored)


@lru_cache(maxsize=_MOST_KEPT)
def _of_calls(tools: str, where: str) -> Automaton:
    calls: list[Node] = []
    left = MOST_NODES_OF_TOOLS
    offered: list[tuple[str, Subschema]] = json.loads(tools)
    for place, (name, parameters) in enumerate(offered):
        whole = Schema(parameters, f"{where}[{place}].function.parameters")
        if not name or "\n" in name:
            param = f"{where}[{place}].function.name"
            raise InvalidRequest(f"`{param}` must be a name in one line.", param=param)
        reader = _Reader(whole, min(left, MOST_NODES))
        arguments = reader.arguments()
        _automaton(arguments, whole)
        calls.append(Chain(literal(name.encode(errors="replace") + b"\n"), arguments))
        left -= reader.count
    if not calls:
        raise InvalidRequest(f"`{where}` holds no tool that may be called.", param=where)
    return Automaton(Choice(*calls))


def _automaton(node: Node, whole: Schema) -> Automaton:
    try:
        grammar = Automaton(node)
    except ValueError as error:
        fix = "Look for a value that must hold itself, or for demands that exclude each other."
        raise whole.refuse("", "is fulfilled by no finite JSON text", fix) from error
    if grammar.least > MOST_BYTES:
        raise whole.refuse("", f"demands over {MOST_BYTES} bytes of JSON", "Lower `minItems`.")
    return grammar


class _Reader:
    """Makes nodes of one schema, and notes what it passes over."""

    def __init__(self, whole: Schema, most: int) -> None:
        self._whole = whole
        self._most = most
        self._rules: dict[bytes, Rule] = {}
        self._ignored: dict[str, None] = {}
        self.count = 0

    @property
    def ignored(self) -> tuple[str, ...]:
        """The paths of the keywords that were passed over."""
        return tuple(self._ignored)

    def arguments(self) -> Node:
        """The node of a tool's arguments, which are an object."""
        root = self._whole.checked(self._whole.root, "")
        if not root:
            return json_text.OBJECT
        branches = self._whole.branches(root, "")
        for branch in branches:
            if "object" not in self._whole.types(self._whole.plain(branch, ""), ""):
                raise self._whole.refuse(".type", 'must be "object"')
        return self.node(root if _COMBINING & root.keys() else {**root, "type": "object"}, "", 0)

    def node(self, schema: Any, path: str, level: int) -> Node:
        """The node of a schema. What is met again, as in recursion, is a rule made once."""
        known = self._whole.checked(schema, path)
        self._add(1, path)
        if level > MOST_LEVELS:
            raise self._whole.refuse(path, f"is over {MOST_LEVELS} levels deep", "Flatten it.")
        if not _COMBINING & known.keys():
            return self._plain(known, path, level)
        key = json_text.write(known)
        rule = self._rules.get(key)
        if rule is None:
            rule = self._rules[key] = Rule()
            branches = self._whole.branches(known, path)
            rule.body = Choice(*(self.node(branch, path, level + 1) for branch in branches))
        return rule

    def _add(self, count: int, path: str) -> None:
        self.count += count
        if self.count > self._most:
            fix = "Leave parts out, or put them into a free-form object."
            raise self._whole.refuse(path, f"goes beyond {self._most} subschemas and values", fix)

    def _plain(self, schema: Subschema, path: str, level: int) -> Node:
        for word in schema:
            if word not in _UNDERSTOOD and word not in _TOLD_TO_READERS:
                self._ignore(path, word)
        types = self._whole.types(schema, path)
        if "enum" in schema or "const" in schema:
            return self._values(schema, types, path)
        if types == TYPES:
            return json_text.VALUE
        nodes = [self._of_type(kind, schema, path, level) for kind in types]
        return nodes[0] if len(nodes) == 1 else Choice(*nodes)

    def _ignore(self, path: str, *words: str) -> None:
        for word in words:
            self._ignored[f"{self._whole.where}{path}.{word}"] = None

    def _of_type(self, kind: str, schema: Subschema, path: str, level: int) -> Node:
        match kind:
            case "object":
                return self._object(schema, path, level)
            case "array":
                return self._array(schema, path, level)
            case "string":
                return self._string(schema, path)
            case "integer":
                return self._integer(schema, path)
            case "number":
                return self._number(schema, path)
            case "boolean":
                return json_text.BOOLEAN
            case _:
                return json_text.NULL

    def _values(self, schema: Subschema, types: tuple[str, ...], path: str) -> Node:
        values = schema["enum"] if "enum" in schema else [schema["const"]]
        if not isinstance(values, list | tuple):
            raise self._whole.refuse(f"{path}.enum", "must be a list of values")
        known = list(cast("Sequence[Any]", values))
        if "const" in schema:
            # As JSON, because Python holds true to be 1.
            const = json_text.write(schema["const"])
            known = [value for value in known if json_text.write(value) == const]
        self._add(len(known), path)
        fitting = [value for value in known if "type" not in schema or _is_a(value, types)]
        return Words(
            text
            for value in fitting
            for text in (json_text.write(value), json_text.write_spaced(value))
        )

    def _object(self, schema: Subschema, path: str, level: int) -> Node:
        properties = self._whole.properties(schema, path)
        if len(properties) > MOST_PROPERTIES:
            more = f"has over {MOST_PROPERTIES} members"
            raise self._whole.refuse(f"{path}.properties", more, "Split the object.")
        rest = schema.get("additionalProperties")
        if rest is None:
            rest = "properties" not in schema
        if not properties and rest is not False:
            inner = f"{path}.additionalProperties"
            return json_text.map_of(self.node(rest, inner, level + 1))
        required = self._whole.required(schema, path)
        return json_text.object_of(
            tuple(
                (name, self.node(value, f"{path}.properties.{name}", level + 1), name in required)
                for name, value in properties.items()
            )
        )

    def _array(self, schema: Subschema, path: str, level: int) -> Node:
        items = schema.get("items", True)
        first: Iterable[Any] = self._whole.options(schema, "prefixItems", path)
        # Up to draft 2019-09 the items with a place of their own were the list in `items`.
        if isinstance(items, list):
            first, items = cast("list[Any]", items), schema.get("additionalItems", True)
        low = self._whole.count(schema, "minItems", path) or 0
        high = self._whole.count(schema, "maxItems", path)
        if low > MOST_ITEMS:
            raise self._whole.refuse(f"{path}.minItems", f"must be at most {MOST_ITEMS}")
        if high is not None and high < low:
            return Choice()
        nodes = tuple(
            self.node(item, f"{path}.prefixItems[{place}]", level + 1)
            for place, item in enumerate(first)
        )
        item = None if items is False else self.node(items, f"{path}.items", level + 1)
        return json_text.array_of(nodes, item, low, high)

    def _string(self, schema: Subschema, path: str) -> Node:
        low = self._whole.count(schema, "minLength", path) or 0
        high = self._whole.count(schema, "maxLength", path)
        if low > LONGEST_BOUNDED:
            self._ignore(path, "minLength")
            low = 0
        if high is not None and high > LONGEST_BOUNDED:
            self._ignore(path, "maxLength")
            high = None
        if high is not None and high < low:
            return Choice()
        return json_text.string(low, high)

    def _integer(self, schema: Subschema, path: str) -> Node:
        low, high = self._bounds(schema, path)
        return INTEGER if low is None and high is None else integer_between(low, high)

    def _bounds(self, schema: Subschema, path: str) -> tuple[int | None, int | None]:
        """The least and the greatest whole number that are allowed."""
        lows: list[int] = []
        highs: list[int] = []
        if (least := self._whole.number(schema, "minimum", path)) is not None:
            lows.append(ceil(least))
        if (above := self._exclusive(schema, "Minimum", path)) is not None:
            lows.append(floor(above) + 1)
        if (most := self._whole.number(schema, "maximum", path)) is not None:
            highs.append(floor(most))
        if (below := self._exclusive(schema, "Maximum", path)) is not None:
            highs.append(ceil(below) - 1)
        return max(lows, default=None), min(highs, default=None)

    def _exclusive(self, schema: Subschema, which: str, path: str) -> float | None:
        word = f"exclusive{which}"
        # Up to draft 4 it was true or false, and said how to take the bound beside it.
        if isinstance(schema.get(word), bool):
            return self._whole.number(schema, which.lower(), path) if schema[word] else None
        return self._whole.number(schema, word, path)

    def _number(self, schema: Subschema, path: str) -> Node:
        """A number. Only bounds that are whole and not negative are held to, both or the least."""
        least = self._whole.number(schema, "minimum", path)
        above = self._exclusive(schema, "Minimum", path)
        most = self._whole.number(schema, "maximum", path)
        below = self._exclusive(schema, "Maximum", path)
        lows = [bound for bound in (least, above) if bound is not None]
        highs = [bound for bound in (most, below) if bound is not None]
        if not lows and not highs:
            return NUMBER
        if not lows or any(bound < 0 or bound != int(bound) for bound in lows + highs):
            self._ignore(path, *(word for word in _BOUNDS if word in schema))
            return NUMBER
        low, high = max(lows), min(highs, default=None)
        return number_from(
            int(low),
            None if high is None else int(high),
            above=low == above,
            below=high is not None and high == below,
        )


def _is_a(value: Any, types: tuple[str, ...]) -> bool:
    match value:
        case bool():
            return "boolean" in types
        case int():
            return "integer" in types or "number" in types
        case float():
            return "number" in types or (value.is_integer() and "integer" in types)
        case str():
            return "string" in types
        case None:
            return "null" in types
        case list() | tuple():
            return "array" in types
        case _:
            return "object" in types
