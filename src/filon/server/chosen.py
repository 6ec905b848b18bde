"""Which model, and with which preset, a chat is to be answered. Pure."""

from msgspec import Struct

from filon.config.preset import Preset
from filon.conversation.errors import InvalidRequest
from filon.pipeline.candidates import check_sound
from filon.pipeline.directory import Directory
from filon.pipeline.presets import ready_preset


class Chosen(Struct, frozen=True, kw_only=True):
    """What a chat is answered by. `model` is `endpoint/model` or a route's name, `sender` the name
    above its answers."""

    model: str
    sender: str
    preset: Preset | None = None

    @property
    def preset_name(self) -> str | None:
        """The preset's name, if there is one."""
        return self.preset.name if self.preset else None


def choose(directory: Directory, model: str | None, preset: str | None) -> Chosen:
    """The choice of a preset, or else of a model or a route. Raises InvalidRequest where none is
    named, where both are and differ, or where the configuration enforces presets; NotFound or
    EndpointNotReady for a preset, EndpointNotReady for a route, UnknownModel for a model."""
    if preset is not None:
        return _with_preset(directory, model, preset)
    if directory.presets.enforce:
        raise InvalidRequest(
            "No preset is chosen, and the configuration enforces presets (modelSpecs.enforce).",
            code="preset_required",
            fix="Choose one of the presets.",
            param="preset",
        )
    if model is None:
        raise InvalidRequest(
            "Neither model nor preset is named.",
            fix="Name the model, as endpoint/model, or the preset that should answer.",
            param="model",
        )
    route = directory.route(model)
    if route is not None:
        check_sound(route)
        return Chosen(model=route.name, sender=route.name)
    endpoint, bare = directory.find(model)
    return Chosen(model=f"{endpoint.name}/{bare}", sender=endpoint.display_label or bare)


def _with_preset(directory: Directory, model: str | None, name: str) -> Chosen:
    preset = ready_preset(directory.presets, name)
    endpoint, bare = directory.find(preset.target)
    target = f"{endpoint.name}/{bare}"
    if model not in (None, target, preset.target):
        raise InvalidRequest(
            f"The preset {preset.label} is {target}, and the request names {model}.",
            code="preset_mismatch",
            fix="Leave out the model, or the preset.",
            param="model",
            names={"preset": preset.label, "model": model or ""},
        )
    return Chosen(model=target, sender=preset.sender or preset.label, preset=preset)
