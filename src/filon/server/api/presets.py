"""Presets: named models with parameters and a system prompt."""

from fastapi import APIRouter

from filon.config.preset import Preset
from filon.pipeline.directory import Directory
from filon.providers import catalog
from filon.providers.aliases import wire_name
from filon.server import told
from filon.server.given import House, Person
from filon.server.preset_shapes import (
    PresetGroupShape,
    PresetList,
    PresetParameterShape,
    PresetShape,
)

router = APIRouter(prefix="/api/presets", tags=["presets"])


@router.get("")
async def list_presets(person: Person, house: House) -> PresetList:
    """Every preset, groups in the order of their first."""
    directory = house.services.directory
    presets = directory.presets
    return PresetList(
        enforce=presets.enforce,
        prioritize=presets.prioritize,
        added_endpoints=list(presets.added_endpoints),
        groups=_groups(directory),
    )


def _groups(directory: Directory) -> list[PresetGroupShape]:
    """Those without a group first: they stand above all headings."""
    made: dict[str | None, PresetGroupShape] = {
        None: PresetGroupShape(label=None, endpoint=None, presets=[])
    }
    for preset in directory.presets.listed:
        if preset.group not in made:
            endpoint = directory.endpoint(preset.group or "")
            made[preset.group] = PresetGroupShape(
                label=endpoint.label if endpoint else preset.group,
                endpoint=endpoint.name if endpoint else None,
                presets=[],
            )
        made[preset.group].presets.append(_shape(preset, directory))
    return [group for group in made.values() if group.presets]


def _shape(preset: Preset, directory: Directory) -> PresetShape:
    endpoint = directory.endpoint(preset.endpoint) if preset.endpoint else None
    system = preset.system
    return PresetShape(
        name=preset.name,
        label=preset.label,
        description=preset.description,
        icon=_icon(preset),
        target=preset.target if endpoint and preset.model else None,
        endpoint_label=endpoint.label if endpoint else None,
        state=preset.state,
        reason=preset.reason,
        greeting=preset.greeting,
        starters=list(preset.starters),
        system=system.text if system else None,
        system_because=told.where(system.because) if system else None,
        parameters=[
            PresetParameterShape(
                name=wire_name(rule.name), value=rule.value, because=told.where(rule.because)
            )
            for rule in preset.parameters
        ],
        because=told.where(preset.because),
        is_default=preset.is_default,
        is_soft_default=preset.is_soft_default,
        in_menu=preset.in_menu,
        icon_in_menu=preset.icon_in_menu,
        icon_in_header=preset.icon_in_header,
        on_landing=preset.on_landing,
    )


def _icon(preset: Preset) -> str | None:
    """The provider whose name is written for an icon. An address is never fetched."""
    manifest = catalog.by_name((preset.icon or "").lower())
    return manifest.label if manifest else None
