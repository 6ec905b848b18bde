"""The model ids of a list, in whichever shape providers send it."""

import msgspec


class _Model(msgspec.Struct):
    id: str = ""
    name: str = ""


class _Page(msgspec.Struct):
    data: list[_Model] | None = None
    models: list[_Model] | None = None


def ids_of(body: bytes) -> tuple[str, ...] | None:
    """The ids of a list in OpenAI's shape, in Ollama's, or of a bare array, sorted; None where it
    is no list of models."""
    try:
        told = msgspec.json.decode(body, type=_Page | list[_Model])
    except msgspec.DecodeError:
        return None
    if isinstance(told, _Page):
        if told.data is None and told.models is None:
            return None
        told = [*(told.data or ()), *(told.models or ())]
    return tuple(sorted({model.id or model.name for model in told} - {""}))
