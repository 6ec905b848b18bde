"""Small pictures of one figure each: every target a dot on a logarithmic line, as SVG.

Their colours follow the reader's light or dark setting. They need no script and no font.
"""

from collections.abc import Collection, Mapping
from html import escape
from math import ceil, floor, log10

_WIDTH = 640
_LEFT = 96
_RIGHT = 84
_TOP = 44
_ROW = 28
_BOTTOM = 30
_STYLE = """\
svg { --ink: #1d1b18; --soft: #6e675e; --line: #ded8ce; --ore: #a8640a; }
@media (prefers-color-scheme: dark) {
  svg { --ink: #ece7df; --soft: #a29a8f; --line: #3d3932; --ore: #e0a04a; }
}
text { font: 13px system-ui, sans-serif; fill: var(--ink); font-variant-numeric: tabular-nums; }
.soft { fill: var(--soft); font-size: 11px; }
.ours { fill: var(--ore); font-weight: 600; }
line { stroke: var(--line); }
circle { fill: var(--soft); }
circle.ours { fill: var(--ore); }"""


def dots(title: str, values: Mapping[str, float], ours: str) -> str:
    """A picture of positive values by their names, in the order given; `ours` stands out."""
    first, last = decades(values.values())
    height = _TOP + _ROW * len(values) + _BOTTOM
    grid = [
        _grid_line(power, _place(10.0**power, first, last), height)
        for power in range(first, last + 1)
    ]
    drawn = [
        _dot(
            name,
            value,
            _place(value, first, last),
            _TOP + _ROW * index + _ROW / 2,
            ' class="ours"' if name == ours else "",
        )
        for index, (name, value) in enumerate(values.items())
    ]
    told = ", ".join(f"{name} {short(value)}" for name, value in values.items())
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
            f'width="{_WIDTH}" height="{height}" role="img">',
            f"<title>{escape(f'{title}: {told}')}</title>",
            f"<style>\n{_STYLE}\n</style>",
            f'<text x="0" y="16">{escape(title)}</text>',
            *grid,
            *drawn,
            "</svg>",
            "",
        ]
    )


def decades(values: Collection[float]) -> tuple[int, int]:
    """The powers of ten between which all values stand; two different ones in any case."""
    first, last = floor(log10(min(values))), ceil(log10(max(values)))
    return first, max(last, first + 1)


def short(value: float) -> str:
    """Three digits that count, without an exponent."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _place(value: float, first: int, last: int) -> float:
    return _LEFT + (log10(value) - first) / (last - first) * (_WIDTH - _LEFT - _RIGHT)


def _grid_line(power: int, place: float, height: int) -> str:
    bottom = height - _BOTTOM
    return (
        f'<line x1="{place:.1f}" x2="{place:.1f}" y1="{_TOP - 12}" y2="{bottom}"/>'
        f'<text class="soft" text-anchor="middle" x="{place:.1f}" y="{bottom + 16}">'
        f"{10.0**power:,.10g}</text>"
    )


def _dot(name: str, value: float, place: float, middle: float, kind: str) -> str:
    return (
        f'<text{kind} x="0" y="{middle + 4:.1f}">{escape(name)}</text>'
        f'<circle{kind} cx="{place:.1f}" cy="{middle:.1f}" r="5"/>'
        f'<text{kind} x="{place + 11:.1f}" y="{middle + 4:.1f}">{short(value)}</text>'
    )
