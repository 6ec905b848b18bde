"""Holds the tree of a file against the sections' types: a verdict where it does not fit, a value
where it does.

What is broken is left out of the value: a key keeps its default, an item of a list is missing, and
a map that lacks a required key is not made at all.
"""

import math
from collections.abc import Mapping
from typing import Any

from msgspec import UNSET, Struct, inspect

from filon.config import keys
from filon.config.environment import Environment
from filon.config.kinds import bare, is_outside, kinds, marks, of_key, section_of
from filon.config.notes import Notes
from filon.config.shape.section import Section
from filon.config.wording import (
    NOT_USED,
    QUOTED,
    REFUSED,
    WORDS,
    bounds,
    hint,
    listed,
    meant,
    shown,
    wanted,
)
from filon.config.yaml import Entry, Node
from filon.providers.aliases import is_known


class Idle(Struct, frozen=True, kw_only=True):
    """A key that does nothing: one that Filon does not use yet, or that LibreChat passes over.

    `path` is as in the file, with numbers; `pattern` has `[]` and `*` in their stead.
    """

    path: str
    pattern: str
    line: int
    column: int
    known: bool


class Spot(Struct, frozen=True):
    """Where the walk is. `at` is the key, or the item of a list; `use` says whether what stands
    here is used, in part, or not at all; `within` is the section around it."""

    path: str
    pattern: str
    name: str
    at: Entry | Node
    use: keys.Use
    within: inspect.StructType | None = None

    @property
    def cost(self) -> str:
        """What becomes of what is wrong here."""
        return NOT_USED if self.pattern.partition(".")[0] in keys.FILON_TOP else REFUSED

    def key(self, entry: Entry, within: inspect.StructType | None = None) -> "Spot":
        """The spot of one key of a section, or of a map with keys of the user's own."""
        dot = "." if self.path else ""
        pattern = f"{self.pattern}{dot}{entry.key if within else '*'}"
        use = keys.use_of(pattern) if self.use == "in part" else self.use
        return Spot(f"{self.path}{dot}{entry.key}", pattern, entry.key, entry, use, within)

    def item(self, index: int, node: Node) -> "Spot":
        """The spot of one item."""
        pattern = f"{self.pattern}[]"
        use = keys.use_of(pattern) if self.use == "in part" else self.use
        return Spot(f"{self.path}[{index}]", pattern, self.name, node, use)


class Walk:
    """One walk through a file. `idle` grows with the keys that do nothing."""

    def __init__(self, notes: Notes, environment: Environment) -> None:
        self._notes = notes
        self._environment = environment
        self._fields: dict[type, dict[str, inspect.Field]] = {}
        self._faulty = 0
        self.idle: list[Idle] = []

    def _error(self, code: str, message: str, at: Entry | Node) -> None:
        self._faulty += 1
        self._notes.error(code, message, at)

    def value(self, node: Node, kind: inspect.Type, spot: Spot) -> Any:
        """The value of a node; UNSET if it does not fit."""
        inner = bare(kind)
        if node.kind not in kinds(inner):
            self._wrong(node, kind, spot)
            return UNSET
        extra = marks(kind)
        if isinstance(inner, inspect.UnionType):
            made = self._of_union(node, inner, extra, spot)
        else:
            made = self._of(node, inner, extra, spot)
        check = extra.get("rule")
        if made is UNSET or check is None:
            return made
        fault = check(made, self._environment)
        if fault is None:
            return made
        self._error("bad-value", f"{fault} {spot.cost}", node)
        return UNSET

    def _of(self, node: Node, kind: inspect.Type, extra: Mapping[str, Any], spot: Spot) -> Any:
        match kind:
            case inspect.StructType():
                return self._map(node, kind, spot)
            case inspect.DictType():
                return self._record(node, kind, spot)
            case inspect.VarTupleType():
                return self._list(node, kind, spot)
            case inspect.LiteralType():
                return self._choice(node, kind, kind, spot)
            case inspect.StrType():
                return self._text(node, kind, extra, spot)
            case inspect.IntType() | inspect.FloatType():
                return self._number(node, kind, spot)
            case _:
                return node.plain()

    def _of_union(
        self, node: Node, union: inspect.UnionType, extra: Mapping[str, Any], spot: Spot
    ) -> Any:
        fitting = [one for one in union.types if node.kind in kinds(bare(one))]
        structs = [one for one in fitting if isinstance(one, inspect.StructType)]
        if len(structs) > 1:
            return self._ofkinds(node, structs, extra, spot)
        first = fitting[0]
        inner = bare(first)
        if isinstance(inner, inspect.LiteralType):
            return self._choice(node, inner, union, spot)
        return self.value(node, first, spot)

    def _ofkinds(
        self, node: Node, structs: list[inspect.StructType], extra: Mapping[str, Any], spot: Spot
    ) -> Any:
        """A map that is of one of several kinds."""
        by_tag = {str(one.tag): one for one in structs}
        field = structs[0].tag_field or "type"
        entry = node.entry(field)
        pick = extra.get("pick")
        if pick is not None:
            tag = pick({one.key: one.node.value for one in node.entries}, self._environment)
        elif entry is None:
            self._missing(field, spot)
            return UNSET
        else:
            tag = entry.node.value
        chosen = by_tag.get(tag) if isinstance(tag, str) else None
        if chosen is None:
            at = entry.node if entry else node
            choices = listed(by_tag, "or")
            message = f"{field} must be {choices}, not {shown(at.plain())}. {spot.cost}"
            self._error("bad-value", message, at)
            return UNSET
        return self._map(node, chosen, spot)

    def _map(self, node: Node, kind: inspect.StructType, spot: Spot) -> Any:
        fields = self._fields_of(kind)
        values: dict[str, Any] = {}
        before = self._faulty
        for entry in node.entries:
            field = fields.get(entry.key)
            if field is None:
                if entry.key != kind.tag_field:
                    self._unknown(entry, kind, spot)
                continue
            inside = spot.key(entry, kind)
            self._tell_use(entry, inside, spot)
            made = self.value(entry.node, of_key(field), inside)
            if made is not UNSET:
                values[field.name] = made
        if not self._is_complete(node, fields, values, spot):
            return UNSET
        whole: Any = kind.cls(**values)
        section: Section = whole
        # Where a part is wrong, LibreChat does not look at how the parts go together.
        for path, fault in section.faults() if self._faulty == before else ():
            self._error("bad-value", f"{fault} {spot.cost}", _find(node, path) or spot.at)
        return section

    def _is_complete(
        self, node: Node, fields: Mapping[str, inspect.Field], values: dict[str, Any], spot: Spot
    ) -> bool:
        """Whether every required key has a value; tells which is missing."""
        lacking = [one for one in fields.values() if one.required and one.name not in values]
        for field in lacking:
            if node.entry(field.encode_name) is None:
                self._missing(field.encode_name, spot)
            if not spot.path and field.encode_name in keys.STAND_INS:
                values[field.name] = keys.STAND_INS[field.encode_name]
        return all(one.name in values for one in lacking)

    def _record(self, node: Node, kind: inspect.DictType, spot: Spot) -> dict[str, Any]:
        made = {
            entry.key: self.value(entry.node, kind.value_type, spot.key(entry))
            for entry in node.entries
        }
        return {key: value for key, value in made.items() if value is not UNSET}

    def _list(self, node: Node, kind: inspect.VarTupleType, spot: Spot) -> Any:
        low, high = kind.min_length or 0, kind.max_length
        if len(node.items) < low:
            message = f"{spot.name} must list at least one entry. {spot.cost}"
            self._error("missing-key", message, spot.at)
            return UNSET
        if high is not None and len(node.items) > high:
            message = f"{spot.name} may list {high} entries, not {len(node.items)}. {spot.cost}"
            self._error("bad-value", message, node)
        made = [
            self.value(item, kind.item_type, spot.item(index, item))
            for index, item in enumerate(node.items)
        ]
        return tuple(one for one in made if one is not UNSET)

    def _choice(
        self, node: Node, kind: inspect.LiteralType, whole: inspect.Type, spot: Spot
    ) -> Any:
        value: Any = node.value
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if value in kind.values:
            return value
        message = f"{spot.name} must be {wanted(whole)}, not {shown(value)}. {spot.cost}"
        guess = meant(node.text, [str(one) for one in kind.values]) if node.text else ""
        self._error("bad-value", message + guess, node)
        return UNSET

    def _text(self, node: Node, kind: inspect.StrType, extra: Mapping[str, Any], spot: Spot) -> Any:
        text: str = node.value.strip() if extra.get("trim") else node.value
        low, high = kind.min_length or 0, kind.max_length
        if len(text) < low:
            self._error("bad-value", f"{spot.name} is empty. {spot.cost}", node)
            return UNSET
        # JavaScript counts UTF-16 units.
        if high is not None and len(text.encode("utf-16-le", "surrogatepass")) // 2 > high:
            message = f"{spot.name} may have {high} characters, not {len(text)}. {spot.cost}"
            self._error("bad-value", message, node)
            return UNSET
        return text

    def _number(self, node: Node, kind: inspect.IntType | inspect.FloatType, spot: Spot) -> Any:
        value: int | float = node.value
        whole = isinstance(value, int) or value.is_integer()
        if math.isnan(value) or (isinstance(kind, inspect.IntType) and not whole):
            message = f"{spot.name} must be {wanted(kind)}, not {value}. {spot.cost}"
            self._error("bad-value", message, node)
            return UNSET
        if is_outside(value, kind):
            message = f"{spot.name} must be {bounds(kind)}, not {value}. {spot.cost}"
            self._error("bad-value", message, node)
            return UNSET
        return int(value) if isinstance(kind, inspect.IntType) else value

    def _wrong(self, node: Node, kind: inspect.Type, spot: Spot) -> None:
        special = keys.WRONG.get(spot.pattern)
        if special is not None:
            code, message = special(node)
            self._error(code, f"{message} {spot.cost}", node)
            return
        advice = hint(kind, node)
        code = "quoted-boolean" if QUOTED in advice else "wrong-type"
        after = keys.AFTER.get(spot.pattern, "")
        if isinstance(spot.at, Node) and spot.path:
            what = f"{spot.name} must list {_several(kind)}; this is {WORDS[node.kind]}."
        else:
            subject = spot.name or "A configuration"
            what = f"{subject} must be {wanted(kind)}, not {WORDS[node.kind]}."
        self._error(code, f"{what} {advice}{spot.cost}{after}", node)

    def _missing(self, key: str, spot: Spot) -> None:
        pattern = f"{spot.pattern}.{key}" if spot.pattern else key
        if pattern in keys.TOLD_ELSEWHERE:
            return
        such = keys.SUCH_AS.get(pattern, "")
        where = f" in {_told(spot)}" if spot.path else ""
        self._error("missing-key", f"{key} is missing{where}{such}. {spot.cost}", spot.at)

    def _tell_use(self, entry: Entry, inside: Spot, outside: Spot) -> None:
        harmless = keys.HARMLESS.get(inside.pattern, ())
        if (inside.use, outside.use) == ("no", "in part") and entry.node.value not in harmless:
            self._idle(entry, inside, known=True)

    def _idle(self, entry: Entry, spot: Spot, *, known: bool) -> None:
        self.idle.append(
            Idle(
                path=spot.path,
                pattern=spot.pattern,
                line=entry.line,
                column=entry.column,
                known=known,
            )
        )

    def _unknown(self, entry: Entry, kind: inspect.StructType, spot: Spot) -> None:
        """A key that the section does not have."""
        if spot.pattern in keys.SENDS_PARAMETERS and is_known(entry.key):
            # Filon sends it; what LibreChat does with it is told where presets are read.
            return
        strict = kind.forbid_unknown_fields
        inside = spot.key(entry, kind)
        self._idle(entry, inside, known=False)
        code, message = self._why_unknown(entry.key, kind, spot, inside.pattern)
        if strict:
            message = message.replace(" has no effect here. It belongs", " belongs")
            guess = meant(entry.key, self._fields_of(kind)) if code == "unknown-key" else ""
            self._error(
                code, f"{message} {spot.cost}{keys.MORE.get(spot.pattern, '')}{guess}", entry
            )
        else:
            guess = meant(entry.key, self._fields_of(kind)) if code == "unknown-key" else ""
            self._notes.warning(code, f"{message}{guess}", entry)

    def _why_unknown(
        self, key: str, kind: inspect.StructType, spot: Spot, pattern: str
    ) -> tuple[str, str]:
        """The code and the sentence for such a key."""
        gone = keys.GONE.get(spot.pattern, {}).get(key)
        if gone == "":
            return "deprecated-key", f"LibreChat no longer reads {key}."
        if pattern in keys.FROM_VARIABLES:
            variable = keys.FROM_VARIABLES[pattern]
            told = f"LibreChat passes over {pattern}: it reads the variable {variable}."
            return "read-from-variable", told
        place = gone or self._place_below(key, kind, spot)
        if place is not None:
            return "misplaced-key", f"{key} has no effect here. It belongs in {place}."
        if spot.within is not None and key in self._fields_of(spot.within):
            if spot.within.forbid_unknown_fields:
                return "misplaced-key", f"{key} belongs at the top level, not in {_told(spot)}."
            told = (
                f"{key} has no effect in {spot.name}. It belongs one level up, beside {spot.name}."
            )
            return "misplaced-key", told
        if spot.pattern in keys.WITH_PARAMETERS and is_known(key):
            told = f"{key} has no effect here. A parameter belongs in addParams."
            return "misplaced-key", told
        if kind.forbid_unknown_fields:
            where = f"in {_told(spot)}" if spot.path else "at the top level"
            return "unknown-key", f"There is no key {key} {where}."
        return "unknown-key", f"{key} is no key of {_told(spot)}, so it has no effect."

    def _fields_of(self, kind: inspect.StructType) -> dict[str, inspect.Field]:
        known = self._fields.get(kind.cls)
        if known is None:
            known = {field.encode_name: field for field in kind.fields}
            self._fields[kind.cls] = known
        return known

    def _place_below(self, key: str, kind: inspect.StructType, spot: Spot) -> str | None:
        """Where a key belongs that is a section's below this one, if only one there has it."""
        if not spot.path and key in keys.FILON_TOP:
            return "a filon.yaml"
        below = [
            name
            for name, field in self._fields_of(kind).items()
            if (struct := section_of(field)) is not None and key in self._fields_of(struct)
        ]
        if len(below) != 1:
            return None
        return f"{below[0]}.{key}" if spot.path else below[0]


def _find(node: Node, path: str) -> Node | None:
    """The value at a path below a node, its names and numbers set apart by dots."""
    found: Node | None = node if path else None
    for step in path.split(".") if path else ():
        if found is None:
            return None
        found = found.items[int(step)] if found.kind == "list" else found.get(step)
    return found


def _several(kind: inspect.Type) -> str:
    """What the items of a list are called."""
    return wanted(kind).replace("a map", "maps").replace("text", "texts")


def _told(spot: Spot) -> str:
    """A section in a sentence."""
    last = spot.pattern.rpartition("endpoints.custom[]")[2].strip(".")
    return last.replace("[]", "") or "a custom endpoint"
