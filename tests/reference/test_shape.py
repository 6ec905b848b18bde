"""Our sections have the keys, kinds, choices and bounds of LibreChat's schema, path by path."""

import fnmatch
from collections.abc import Iterator
from typing import Any

from msgspec import inspect

from filon.config import keys
from filon.config.kinds import bare, members
from filon.config.shape.file import LibreChatFile
from tests.reference.reader import Reader

Shape = dict[str, Any]

# Where we differ on purpose, and why.
DIFFERENCES = {
    "(strict)": "its loader is strict at the top, beside the schema",
    "endpoints.custom[].name (checked)": "the reserved names are told where endpoints are read",
    "endpoints.custom[].models.default (empty)": "told where endpoints are read",
    "memory.agent*": "one section instead of two that are tried in turn, with a check of its own",
    "mcpServers.*.type*": "the kind is the section's tag; http is another word for one of them",
    "summarization.trigger.type*": "the kind is the section's tag",
    "modelSpecs.list[].preset.tools*": "texts and maps in one list, with a check for one kind",
    "modelSpecs.list[].preset (checked)": "a check of the section itself",
    "mcpServers.*.obo (kind)": "refused by a check where the server is not reached by HTTP",
    "mcpServers.*.env (checked)": "its variables are put in, which no check can fail",
}


def opened(shape: Shape) -> tuple[Shape, bool, bool, bool]:
    """The shape inside, and whether the key may be absent, be null, and is checked further."""
    absent = null = checked = False
    while shape["kind"] in ("optional", "nullable", "default", "checked"):
        absent |= shape["kind"] in ("optional", "default")
        null |= shape["kind"] == "nullable"
        checked |= shape["kind"] == "checked"
        shape = shape["of"]
    if shape["kind"] == "both":
        both = [opened(one)[0]["keys"] for one in shape["of"]]
        shape = {"kind": "map", "strict": False, "keys": {**both[0], **both[1]}}
    checks = shape.get("checks", {})
    return shape, absent, null, checked or bool({"regex", "url"} & set(checks))


def options(shape: Shape) -> list[Shape]:
    """The kinds of a union, those in unions of unions too; a choice beside any text is none."""
    if shape["kind"] != "union":
        return [shape]
    found = [inner for one in shape["of"] for inner in options(opened(one)[0])]
    if any(one["kind"] == "text" for one in found):
        found = [one for one in found if one["kind"] != "choice"]
    choices = [one for one in found if one["kind"] == "choice"]
    if len(choices) > 1:
        values = [value for one in choices for value in one["values"]]
        found = [one for one in found if one["kind"] != "choice"]
        found.append({"kind": "choice", "values": values})
    return found


OUR_KINDS: dict[type[inspect.Type], str] = {
    inspect.StructType: "map",
    inspect.DictType: "record",
    inspect.VarTupleType: "list",
    inspect.LiteralType: "choice",
    inspect.StrType: "text",
    inspect.IntType: "number",
    inspect.FloatType: "number",
    inspect.BoolType: "flag",
    inspect.NoneType: "null",
    inspect.AnyType: "anything",
}


JSON = ("flag", "list", "null", "number", "record", "text")


def is_ruled(kind: inspect.Type) -> bool:
    return "rule" in marks(kind)


def marks(kind: inspect.Type) -> dict[str, Any]:
    return getattr(kind, "extra", None) or {}


def differences(theirs: Shape, ours: inspect.Type, path: str) -> Iterator[str]:
    inner, _, _, _ = opened(theirs)
    if isinstance(bare(ours), inspect.AnyType) and is_ruled(ours) and inner["kind"] == "union":
        # Any value of JSON: a union of all kinds, which holds itself.
        assert {one["kind"] for one in options(inner)} == {*JSON}
        return
    wanted = sorted(options(inner), key=lambda one: one["kind"])
    found = sorted((one for one in members(ours)), key=lambda one: OUR_KINDS[type(bare(one))])
    kinds = [one["kind"] for one in wanted], [OUR_KINDS[type(bare(one))] for one in found]
    if kinds[0] != kinds[1]:
        yield f"{path} (kind): {kinds[0]} and {kinds[1]}"
        return
    maps = [one for one in map(bare, found) if isinstance(one, inspect.StructType)]
    if len(maps) > 1:
        yield from of_kinds([one for one in wanted if one["kind"] == "map"], maps, path)
        return
    for one, our in zip(wanted, found, strict=True):
        yield from inside(one, bare(our), path)


def of_kinds(theirs: list[Shape], ours: list[inspect.StructType], path: str) -> Iterator[str]:
    """Sections of several kinds, told apart by their type."""
    by_tag = {str(one.tag): one for one in ours}
    for one in theirs:
        kind = opened(one["keys"]["type"])[0]
        tag = options(kind)[0]["values"][0]
        yield from of_map(one, by_tag[tag], path)


def inside(theirs: Shape, ours: inspect.Type, path: str) -> Iterator[str]:
    match ours:
        case inspect.StructType():
            yield from of_map(theirs, ours, path)
        case inspect.DictType():
            yield from differences(theirs["of"], ours.value_type, f"{path}.*")
        case inspect.VarTupleType():
            if (theirs["least"] or 0, theirs["most"]) != (ours.min_length or 0, ours.max_length):
                yield f"{path} (length)"
            yield from differences(theirs["of"], ours.item_type, f"{path}[]")
        case inspect.LiteralType():
            if set(theirs["values"]) != set(ours.values):
                yield f"{path} (choices): {set(theirs['values']) ^ set(ours.values)}"
        case inspect.StrType() | inspect.IntType() | inspect.FloatType():
            yield from of_scalar(theirs["checks"], ours, path)
        case _:
            pass


def of_scalar(
    checks: dict[str, Any], ours: inspect.StrType | inspect.IntType | inspect.FloatType, path: str
) -> Iterator[str]:
    bounds = checks.get("min"), checks.get("over"), checks.get("max")
    if isinstance(ours, inspect.StrType):
        if bounds != (ours.min_length, None, ours.max_length):
            yield f"{path} (length): {bounds}"
        return
    if bounds != (ours.ge, ours.gt, ours.le):
        yield f"{path} (bounds): {bounds}"
    if ("int" in checks) != isinstance(ours, inspect.IntType):
        yield f"{path} (whole)"


def of_map(theirs: Shape, ours: inspect.StructType, path: str) -> Iterator[str]:
    if theirs["strict"] != ours.forbid_unknown_fields:
        yield f"{path} (strict)".strip()
    fields = {field.encode_name: field for field in ours.fields}
    for key in sorted(set(theirs["keys"]) ^ set(fields)):
        yield f"{path}.{key} (key)".strip(".")
    for key in sorted(set(theirs["keys"]) & set(fields)):
        yield from of_field(theirs["keys"][key], fields[key], f"{path}.{key}".strip("."))


def of_field(theirs: Shape, ours: inspect.Field, path: str) -> Iterator[str]:
    inner, absent, null, checked = opened(theirs)
    if ours.required == absent:
        yield f"{path} (required)"
    kind = ours.type
    types = members(kind)
    takes_null = any(isinstance(one, inspect.NoneType) for one in types)
    if ("null" in marks(kind)) != null:
        yield f"{path} (null)"
    rest = tuple(one for one in types if not isinstance(one, inspect.NoneType))
    stripped = rest[0] if len(rest) == 1 else inspect.UnionType(rest)
    plain = stripped if takes_null else kind
    sections = isinstance(bare(plain), inspect.StructType) or inner["kind"] == "map"
    if checked and not is_ruled(plain) and not sections and inner["kind"] != "union":
        yield f"{path} (checked)"
    yield from differences(theirs, plain, path)


def test_the_schema(reader: Reader) -> None:
    found = set(differences(reader.shape(), inspect.type_info(LibreChatFile), ""))
    surprising = {
        one
        for one in found
        if not any(
            fnmatch.fnmatchcase(one, pattern.replace("[", "[[]") + "*") for pattern in DIFFERENCES
        )
    }
    assert surprising == set()


def test_the_parameters(reader: Reader) -> None:
    assert {name: set(names) for name, names in reader.parameters().items()} == keys.PARAMETERS
