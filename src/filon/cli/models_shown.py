"""How `filon models` writes what it knows: tables of many models, and the card of one."""

import shutil
from collections.abc import Iterable, Sequence

from filon.config.route import Route
from filon.kit import clock
from filon.pipeline.candidates import Looked
from filon.providers.endpoint import Endpoint
from filon.providers.local import servers
from filon.providers.local.known import LocalModel
from filon.providers.models import Fact, ModelFacts, facts
from filon.server.local import Sighting

_GIB = 1024**3


def local_rows(sighting: Sighting) -> list[str]:
    """The table of a local server's models, as it describes them."""
    names = ("model", "size", "parameters", "bits", "loaded", "context", "abilities")
    rows = [
        (
            one.name,
            size(one.size),
            one.parameters or "?",
            one.quantisation or "?",
            _loaded(one),
            _used(one),
            ", ".join(one.abilities) or "?",
        )
        for one in sighting.seen.models
    ]
    lines = _table(names, rows)
    small = [one.name for one in sighting.seen.models if _warned(sighting, one) == "small"]
    unknown = [one.name for one in sighting.seen.models if _warned(sighting, one) == "unknown"]
    if small:
        lines.append(f"  ! small context: {', '.join(small)}. {_silently(sighting)}")
    if unknown:
        lines.append(f"  ! context unknown until loaded: {', '.join(unknown)}.")
    if small or unknown:
        lines.append(f"    More: {sighting.server.larger}. See docs/local-models.md.")
    return lines


def _warned(sighting: Sighting, model: LocalModel) -> str | None:
    return servers.warning(sighting.server, model)


def _silently(sighting: Sighting) -> str:
    if sighting.server.overflow == "cut":
        return f"{sighting.server.label} cuts the beginning of a longer prompt, and says nothing."
    return "A longer prompt may lose a part."


def cloud_rows(endpoint: Endpoint, models: Sequence[str], source: str) -> list[str]:
    """The table of an endpoint's models, by what is known of them here."""
    if not models:
        return ["  no model is known; load its list on the page Endpoints"]
    now = clock.now()
    known = [(model, facts(endpoint, model, now)) for model in models]
    names = ("model", "context", "in $/M", "out $/M", "abilities", "known from")
    return _table(
        names,
        [
            (
                model,
                _count(about.context.value),
                _money(about.input_usd_per_mtok),
                _money(about.output_usd_per_mtok),
                ", ".join(about.abilities.value or ()) or "?",
                source,
            )
            for model, about in known
        ],
    )


def route_rows(routes: Iterable[tuple[Route, Sequence[Looked]]]) -> list[str]:
    """The table of the routes, with a line for each target."""
    rows: list[tuple[str, ...]] = []
    for route, looked in routes:
        targets = [
            (one.name, "can be used" if one.candidate.kept else one.candidate.reason)
            for one in looked
        ] or [("–", route.reason or "")]
        names = (route.name, *("" for _ in targets[1:]))
        rows += [(name, *target) for name, target in zip(names, targets, strict=True)]
    return _table(("route", "target", "state"), rows)


def card(
    endpoint: Endpoint,
    name: str,
    about: ModelFacts,
    local: LocalModel | None,
    sighting: Sighting | None,
) -> str:
    """All that is known of one model."""
    lines: list[tuple[str, str, str | None]] = [
        ("model", f"{endpoint.name}/{local.name if local else name}", None),
        ("endpoint", f"{endpoint.label} at {endpoint.base_url}", None),
    ]
    if endpoint.state != "ready":
        lines.append(("state", f"{endpoint.state.replace('_', ' ')}: {endpoint.reason}", None))
    if local is not None:
        lines += _local_lines(local)
    else:
        lines.append(("context", _count(about.context.value), about.context.source))
        lines.append(("abilities", ", ".join(about.abilities.value or ()) or "?",
                      about.abilities.source))  # fmt: skip
    lines += [
        ("in $/M", _money(about.input_usd_per_mtok), about.input_usd_per_mtok.source),
        ("out $/M", _money(about.output_usd_per_mtok), about.output_usd_per_mtok.source),
    ]
    text = "".join(
        f"{head:<12}{value}{f'  ({source})' if source else ''}\n" for head, value, source in lines
    )
    if local is None or sighting is None:
        return text
    warned = _warned(sighting, local)
    if warned is None:
        return text
    first = "The context is small. " if warned == "small" else "The context is not known. "
    return (
        f"{text}\n! {first}{_silently(sighting)}\n"
        f"  More: {sighting.server.larger}. See docs/local-models.md.\n"
    )


def _local_lines(one: LocalModel) -> list[tuple[str, str, str | None]]:
    window = one.window
    memory = f", {size(one.memory)} in memory" if one.memory else ""
    gpu = f", {one.on_gpu:.0%} of it on the GPU" if one.on_gpu is not None else ""
    return [
        ("context", _used(one), window.used_source),
        ("possible", _count(window.limit), window.limit_source),
        ("size", size(one.size), None),
        ("parameters", one.parameters or "?", None),
        ("bits", one.quantisation or "?", None),
        ("family", one.family or "?", None),
        ("loaded", f"{_loaded(one)}{memory}{gpu}", None),
        ("abilities", ", ".join(one.abilities) or "?", None),
    ]


def size(count: int | None) -> str:
    """A size of bytes as people say it."""
    if count is None:
        return "?"
    return f"{count / _GIB:.1f} GiB" if count >= _GIB / 10 else f"{count / 1024**2:.1f} MiB"


def _loaded(one: LocalModel) -> str:
    return {True: "yes", False: "no", None: "?"}[one.loaded]


def _used(one: LocalModel) -> str:
    window = one.window
    limit = f" of {window.limit:,}" if window.limit else ""
    return f"uses {_count(window.used)}{limit}"


def _count(value: int | None) -> str:
    return "?" if value is None else f"{value:,}"


def _money(fact: Fact) -> str:
    return "?" if fact.value is None else f"{fact.value:g}"


def _table(names: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    all_rows = [tuple(names), *map(tuple, rows)]
    widths = [max(map(len, column)) for column in zip(*all_rows, strict=True)]
    room = shutil.get_terminal_size((140, 24)).columns
    return [
        ("  " + "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)))
        .rstrip()[: max(room, 60)]
        for row in all_rows
    ]  # fmt: skip
