"""A JSON Schema filled with what a conversation says. Pure; it writes no value that is not valid
as far as the schema's own grammar goes, and leaves out what is optional and was not told."""

from collections.abc import Sequence
from typing import Any, cast

from filon.practice.model.subschema import Schema, Subschema
from filon.practice.skills.extraction import choices, phrases
from filon.practice.skills.extraction.amounts import Amount, as_json, fits
from filon.practice.skills.extraction.assigning import (
    Assigner,
    Filled,
    Leaf,
    Telling,
    usual_number,
)
from filon.practice.skills.extraction.candidates import CLEAR, LIKELY, Candidate, candidates
from filon.practice.skills.extraction.mentions import Mention, Mentions, mentions, runs
from filon.practice.skills.extraction.roles import Field, Role, field_of

_MOST_STEPS = 1_500
_MOST_LEVELS = 6
_MOST_ITEMS = 50
# A number in it is enough.
_LEAST_OF_A_ROW = 0.5
_LISTED = frozenset[Role](
    ("mail", "link", "phone", "code", "day", "time", "place", "person", "company", "symbol")
    + ("language", "currency", "unit")
)


class CannotFill(Exception):
    """No value was found in the steps allowed, as in a recursion."""


class Filler:
    """Fills one schema. What was used for one field is not used for another."""

    def __init__(self, schema: Schema, telling: Telling) -> None:
        self._schema = schema
        self._telling = telling
        self._assigner = Assigner(schema, telling)
        self._steps = 0

    def fill(self, schema: Any, name: str = "", path: str = "", level: int = 0) -> Filled:
        """A value for a schema. Raises CannotFill."""
        self._steps += 1
        if level > _MOST_LEVELS or self._steps > _MOST_STEPS:
            raise CannotFill
        best: Filled | None = None
        before, after = self._assigner.used, self._assigner.used
        for kind, plain in self._ways(schema, path):
            self._assigner.used = set(before)
            try:
                filled = self._of_kind(kind, plain, field_of(name, plain), (path, level))
            except CannotFill:
                continue
            if best is None or filled.score > best.score:
                best, after = filled, self._assigner.used
        self._assigner.used = after
        if best is None:
            raise CannotFill
        return best

    def _ways(self, schema: Any, path: str) -> list[tuple[str, Subschema]]:
        ways: list[tuple[str, Subschema]] = []
        for branch in self._schema.branches(schema, path)[:16]:
            plain = self._schema.plain(branch, path)
            if "anyOf" in plain or "oneOf" in plain:
                ways += self._ways(plain, path)
                continue
            if "enum" in plain or "const" in plain:
                ways.append(("enum", plain))
                continue
            ways += [(kind, plain) for kind in self._schema.types(plain, path)]
        return ways

    def _of_kind(
        self, kind: str, schema: Subschema, field: Field, place: tuple[str, int]
    ) -> Filled:
        match kind:
            case "enum":
                return self._member(schema, field)
            case "object":
                return self._object(schema, *place)
            case "array":
                return self._array(schema, field, *place)
            case "string":
                leaf = Leaf("string", schema, field, nullable=False)
                chosen = self._assigner.texts({"": leaf}, wanted=frozenset([""]))
                return chosen.get("") or Filled(self._assigner.fallback(schema, field), 0.0)
            case "integer" | "number":
                amount = self._assigner.amount(schema, field, place[0])
                chosen = self._assigner.amounts({"": amount}, wanted=frozenset([""]))
                return chosen.get("") or Filled(usual_number(amount, schema), 0.0)
            case "boolean":
                return self._flag(schema, field)
            case _:
                # Rather nothing than a guess, rather what was told than nothing.
                return Filled(None, 0.25)

    def _member(self, schema: Subschema, field: Field) -> Filled:
        members = cast("Sequence[Any]", schema.get("enum", [schema.get("const")]))
        if "const" in schema:
            return Filled(schema["const"], 0.1)
        if not members:
            raise CannotFill
        for source in self._telling.sources:
            told = choices.ranked(members, field, source)
            if told:
                return Filled(told[0][1], told[0][0])
        return Filled(choices.usual(members, schema.get("default")), 0.0)

    def _flag(self, schema: Subschema, field: Field) -> Filled:
        for source in self._telling.sources:
            told, score = choices.flag(field, source)
            if told is not None:
                return Filled(told, score)
        return Filled(schema.get("default") is True, 0.0)

    def _object(self, schema: Subschema, path: str, level: int) -> Filled:
        properties = self._schema.properties(schema, path)
        required = frozenset(self._schema.required(schema, path))
        if not properties:
            is_open = (
                "properties" not in schema and schema.get("additionalProperties", True) is True
            )
            return Filled({"input": self._telling.gist} if is_open and level == 0 else {}, 0.0)
        leaves = {
            name: leaf for name, one in properties.items() if (leaf := self._leaf(name, one, path))
        }
        texts = {name: leaf for name, leaf in leaves.items() if leaf.kind == "string"}
        numbers = {
            name: self._assigner.amount(leaf.schema, leaf.field, path)
            for name, leaf in leaves.items()
            if leaf.kind == "number"
        }
        chosen = self._assigner.texts(texts, required) | self._assigner.amounts(numbers, required)
        value: dict[str, Any] = {}
        total = 0.0
        for name, inner in properties.items():
            filled = chosen.get(name)
            if filled is None and name in leaves:
                if name not in required:
                    continue
                filled = self._guess(leaves[name], numbers.get(name))
            elif filled is None:
                filled = self._member_of_object(inner, name, (path, level), needed=name in required)
            if filled is not None:
                value[name] = filled.value
                total += filled.score if filled.value is not None else 0.0
        return Filled(value, total)

    def _member_of_object(
        self, schema: Any, name: str, place: tuple[str, int], *, needed: bool
    ) -> Filled | None:
        """A property that is not one text or number; None where it is left out."""
        before = set(self._assigner.used)
        try:
            filled = self.fill(schema, name, f"{place[0]}.properties.{name}", place[1] + 1)
        except CannotFill:
            if needed:
                raise
            return None
        if needed or filled.score > 0.3:
            return filled
        self._assigner.used = before
        return None

    def _guess(self, leaf: Leaf, amount: Amount | None) -> Filled:
        if leaf.nullable:
            return Filled(None, 0.0)
        if amount:
            return Filled(usual_number(amount, leaf.schema), 0.0)
        return Filled(self._assigner.fallback(leaf.schema, leaf.field), 0.0)

    def _leaf(self, name: str, schema: Any, path: str) -> Leaf | None:
        ways = self._ways(schema, f"{path}.properties.{name}")
        rest = [way for way in ways if way[0] != "null"]
        kinds = {kind for kind, _ in rest}
        if len(rest) not in (1, 2) or not (kinds == {"string"} or kinds <= {"integer", "number"}):
            return None
        kind = "string" if kinds == {"string"} else "number"
        # What tells of a field often stands beside its `anyOf`.
        about = {**self._schema.checked(schema, path), **rest[-1][1]}
        return Leaf(kind, rest[-1][1], field_of(name, about), nullable=len(rest) < len(ways))

    def _array(self, schema: Subschema, field: Field, path: str, level: int) -> Filled:
        first = schema.get("prefixItems", [])
        items = schema.get("items", True)
        if isinstance(items, list):
            first, items = cast("list[Any]", items), schema.get("additionalItems", True)
        low = self._schema.count(schema, "minItems", path) or 0
        high = self._schema.count(schema, "maxItems", path)
        inner = f"{path}.items"
        known = [self.fill(one, " ".join(field.key), inner, level + 1) for one in first[:high]]
        score = sum(one.score for one in known)
        value = [one.value for one in known]
        if items is not False:
            listed = self._items(items, field, inner, level)
            value += listed.value
            score += listed.score
            while len(value) < low:
                value.append(self.fill(items, " ".join(field.key), inner, level + 1).value)
        most = _MOST_ITEMS if high is None else min(high, max(_MOST_ITEMS, low))
        return Filled(value[:most], score)

    def _items(self, schema: Any, field: Field, path: str, level: int) -> Filled:
        """The items of a list that the text tells."""
        ways = self._ways(schema, path)
        kind, plain = ways[0] if ways else ("null", schema)
        newest = self._telling.sources[0]
        match kind:
            case "enum":
                members = cast("Sequence[Any]", plain.get("enum", []))
                told = [
                    member for score, member in choices.ranked(members, field, newest) if score >= 1
                ]
                return Filled([member for member in members if member in told], 2.0 * bool(told))
            case "string":
                said = self._listed(field, newest)
                fitted = [
                    text for one in said if (text := self._assigner.fitted(one, plain)) is not None
                ]
                return Filled(fitted, 2.0 if fitted else 0.0)
            case "integer" | "number":
                amount = self._assigner.amount(plain, field, path)
                numbers = [number for number in newest.numbers if fits(number.value, amount)]
                return Filled([as_json(one.value, amount) for one in numbers], float(bool(numbers)))
            case "object":
                return self._rows(schema, path, level)
            case _:
                return Filled([], 0.0)

    def _listed(self, field: Field, source: Mentions) -> list[str]:
        if field.role in _LISTED:
            offers = [
                offer
                for offer in candidates(field, source)
                if (0, offer.start) not in self._assigner.used
            ]
            best = [offer for offer in offers if offer.score >= LIKELY]
            if best and field.role in ("person", "place", "company"):
                group = next(
                    (group for group in runs(source.names, source.text) if _holds(group, best[0])),
                    (),
                )
                starts = {name.start for name in group}
                best = [offer for offer in offers if offer.start in starts] or best[:1]
            ordered = sorted(best, key=_start)
            self._assigner.used |= {(0, offer.start) for offer in ordered}
            return list(dict.fromkeys(offer.text for offer in ordered))
        if len(source.quoted) > 1:
            return [quoted.text for quoted in source.quoted]
        after = _after_name(field, source)
        return phrases.said_in(after or source.text, source.language) or ([after] if after else [])

    def _rows(self, schema: Any, path: str, level: int) -> Filled:
        """Objects from the parts of a list: "two apples and three pears"."""
        newest = self._telling.sources[0]
        rows: list[Filled] = []
        for part in phrases.said_in(newest.text, newest.language)[:_MOST_ITEMS]:
            rest = phrases.without_numbers(part)
            telling = Telling(sources=(mentions(part, newest.language),), rest=rest)
            inner = Filler(self._schema, telling)
            inner._steps = self._steps
            try:
                rows.append(inner.fill(schema, "", path, level + 1))
            except CannotFill:
                continue
            self._steps = inner._steps
        good = [row for row in rows if row.score >= _LEAST_OF_A_ROW]
        if good:
            return Filled([row.value for row in good], good[0].score)
        try:
            one = self.fill(schema, "", path, level + 1)
        except CannotFill:
            return Filled([], 0.0)
        return Filled([one.value], one.score) if one.score >= CLEAR else Filled([], 0.0)


def _after_name(field: Field, source: Mentions) -> str:
    """The rest of the line behind the field's own name and a colon."""
    for line in source.text.splitlines():
        head, colon, rest = line.partition(":")
        if colon and set(field.key) & {word.strip("*-_ ").lower() for word in head.split()}:
            return rest.strip()
    return ""


def _holds(group: Sequence[Mention], offer: Candidate) -> bool:
    return any(name.start == offer.start for name in group)


def _start(offer: Candidate) -> int:
    return offer.start
