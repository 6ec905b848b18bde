"""Finds a preset by its name and says why it cannot be used. Pure."""

import difflib

from filon.config.preset import Preset, Presets
from filon.conversation.errors import EndpointNotReady, NotFound


def named_preset(presets: Presets, name: str) -> Preset:
    """The preset of this name. Raises NotFound."""
    found = presets.named(name)
    if found is not None:
        return found
    near = difflib.get_close_matches(name, [preset.name for preset in presets.listed], n=1)
    hint = f"Did you mean {near[0]}? " if near else ""
    raise NotFound(
        f"There is no preset {name}.",
        code="preset_not_found",
        fix=f"{hint}Presets are the entries of modelSpecs.list in the configuration file.",
        param="preset",
        names={"preset": name},
    )


def check_ready(preset: Preset) -> None:
    """Raises EndpointNotReady, with the preset's own reason, for one that cannot be used."""
    if preset.state == "ready":
        return
    raise EndpointNotReady(
        f"The preset {preset.label} cannot be used: {preset.reason}",
        code="preset_not_ready",
        fix=f"Correct {preset.because.source}, line {preset.because.line}, or choose another.",
        param="preset",
        names={"preset": preset.label, "reason": preset.reason or ""},
    )


def ready_preset(presets: Presets, name: str) -> Preset:
    """The preset of this name, which can be used. Raises NotFound or EndpointNotReady."""
    preset = named_preset(presets, name)
    check_ready(preset)
    return preset
