"""The content of one item, both ways: texts, pictures and files."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

import msgspec
from msgspec import Raw

from filon.conversation.errors import InvalidRequest
from filon.conversation.message import Image, Opaque, Part, Refusal, Text
from filon.protocols.crossing import foreign
from filon.protocols.strict_json import is_null, kind_of, list_at, object_at, string_at, wrong

NAME = "openai_responses"
LABEL = "OpenAI responses"

_TEXTS = ("input_text", "output_text", "text", "summary_text", "reasoning_text")
_FILE = ("file_data", "file_id", "filename")


def parse_content(raw: Raw, where: str) -> list[Part]:
    """The parts of a content or an output: a text, or a list of typed parts."""
    if is_null(raw):
        return []
    if kind_of(raw) == "a string":
        text = string_at(raw, where)
        return [Text(text)] if text else []
    if kind_of(raw) != "a list":
        raise wrong(where, "a string or a list of parts", raw)
    parts = (_part(item, f"{where}[{n}]") for n, item in enumerate(list_at(raw, where)))
    return [part for part in parts if part != Text("")]


def _part(raw: Raw, where: str) -> Part:
    fields = object_at(raw, where)
    kind = type_of(fields, where)
    if kind in _TEXTS:
        return Text(_needed(fields, "text", where))
    if kind == "refusal":
        return Refusal(_needed(fields, "refusal", where))
    if kind == "input_image" and is_string(fields.get("image_url")):
        detail = fields.get("detail")
        return Image(
            string_at(fields["image_url"], f"{where}.image_url"),
            string_at(detail, f"{where}.detail")
            if detail is not None and not is_null(detail)
            else None,
        )
    if kind == "input_file" and not is_string(fields.get("file_url")):
        return _file(fields)
    if kind == "input_audio":
        return Opaque(text_of(raw))
    return Opaque(text_of(raw), NAME)


def _file(fields: Mapping[str, Raw]) -> Opaque:
    """A file in the words of chat completions, so that it can go there."""
    told = {name: fields[name] for name in _FILE if name in fields and not is_null(fields[name])}
    return Opaque(msgspec.json.encode({"type": "file", "file": told}).decode())


def type_of(fields: Mapping[str, Raw], where: str) -> str:
    """The type that an item or a part names. Raises InvalidRequest where it names none."""
    if "type" not in fields:
        raise InvalidRequest(f"`{where}` has no `type`.", param=f"{where}.type")
    return string_at(fields["type"], f"{where}.type")


def _needed(fields: Mapping[str, Raw], name: str, where: str) -> str:
    if name not in fields:
        raise InvalidRequest(f"`{where}` has no `{name}`.", param=f"{where}.{name}")
    return string_at(fields[name], f"{where}.{name}")


def is_string(raw: Raw | None) -> bool:
    """Whether the member is there and is a string."""
    return raw is not None and kind_of(raw) == "a string"


def text_of(raw: Raw) -> str:
    """The JSON itself as text."""
    return bytes(raw).decode()


def render_content(parts: Iterable[Part], *, spoken: bool = False) -> str | list[Any]:
    """The content that these parts are; `spoken` for what a model said. One text stands alone."""
    shown = [part for part in parts if isinstance(part, (Text, Refusal, Image, Opaque))]
    if not shown:
        return ""
    if len(shown) == 1 and isinstance(shown[0], Text):
        return shown[0].text
    return [_wire_part(part, spoken) for part in shown]


def _wire_part(part: Text | Refusal | Image | Opaque, spoken: bool) -> Any:
    match part:
        case Text(text=text) if spoken:
            return {"type": "output_text", "text": text, "annotations": []}
        case Text(text=text):
            return {"type": "input_text", "text": text}
        case Refusal(text=text):
            return {"type": "refusal", "refusal": text}
        case Image(url=url, detail=None):
            return {"type": "input_image", "image_url": url}
        case Image(url=url, detail=detail):
            return {"type": "input_image", "image_url": url, "detail": detail}
        case Opaque():
            return _wire_opaque(part)


def _wire_opaque(part: Opaque) -> Any:
    if part.protocol == NAME:
        return Raw(part.json.encode())
    told = msgspec.json.decode(part.json) if part.protocol == "openai_chat" else None
    if isinstance(told, dict):
        fields = cast("dict[str, Any]", told)
        if fields.get("type") == "file" and isinstance(fields.get("file"), dict):
            return {"type": "input_file", **fields["file"]}
        if fields.get("type") == "input_audio":
            return Raw(part.json.encode())
    raise foreign(part, LABEL)
