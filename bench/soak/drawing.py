"""How figures went, drawn: as a line of blocks for a terminal, and as an SVG of small panels."""

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

import numpy as np

BLOCKS = "▁▂▃▄▅▆▇█"
N_BLOCKS = 32
PANEL_W, PANEL_H, MARGIN, N_ACROSS = 300, 90, 30, 3
COLORS = {True: "#1b5e8a", False: "#b3261e"}
Points = tuple[Sequence[float], Sequence[float]]


def blocks(values: Sequence[float], n: int = N_BLOCKS) -> str:
    """Draw medians of equal stretches as blocks between lowest and highest; a stretch without any is a space."""
    parts = [part[np.isfinite(part)] for part in np.array_split(np.asarray(values, dtype=float), min(n, len(values)))]
    medians = [float(np.median(part)) if part.size else None for part in parts]
    told = [value for value in medians if value is not None]
    if not told:
        return ""
    low, span = min(told), max(told) - min(told)
    return "".join(" " if value is None else BLOCKS[level(value - low, span)] for value in medians)


def level(above: float, span: float) -> int:
    """Give the block of a height; what never changes lies low."""
    return 0 if span <= 0 else min(len(BLOCKS) - 1, int(above / span * len(BLOCKS)))


def svg(title: str, points_by_name: Mapping[str, Points], is_flat: Mapping[str, bool], warm_up_s: float) -> str:
    """Draw a panel for each figure over time [s], those that grow in red, the warm-up shaded. Gives the file's text."""
    n_rows = -(-len(points_by_name) // N_ACROSS)
    width, height = N_ACROSS * (PANEL_W + MARGIN) + MARGIN, n_rows * (PANEL_H + 2 * MARGIN) + 2 * MARGIN
    panels = [
        panel(name, points, is_flat.get(name, True), warm_up_s, place_of(index))
        for index, (name, points) in enumerate(points_by_name.items())
    ]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif">'
    words = (
        f'<rect width="100%" height="100%" fill="#fff"/><text x="{MARGIN}" y="24" font-size="15">{escape(title)}</text>'
    )
    return "\n".join([head, f"<title>{escape(title)}</title>", words, *panels, "</svg>", ""])


def place_of(index: int) -> tuple[int, int]:
    """Give where a panel begins."""
    across, down = index % N_ACROSS, index // N_ACROSS
    return MARGIN + across * (PANEL_W + MARGIN), 2 * MARGIN + down * (PANEL_H + 2 * MARGIN)


def panel(name: str, points: Points, is_flat: bool, warm_up_s: float, place: tuple[int, int]) -> str:
    """Draw one figure from 0 to its highest value."""
    at_s, values = (np.asarray(part, dtype=float) for part in points)
    told = np.isfinite(values)
    at_s, values = at_s[told], values[told]
    end_s, top = float(at_s.max(initial=1.0)), float(values.max(initial=0.0)) or 1.0
    xs, ys = at_s / end_s * PANEL_W, PANEL_H - np.maximum(values, 0.0) / top * PANEL_H
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(xs, ys, strict=True))
    warm = min(1.0, warm_up_s / end_s) * PANEL_W
    return (
        f'<g transform="translate({place[0]},{place[1]})"><text y="-5" font-size="11">{escape(name)}, '
        f"top {top:.4g}, {end_s / 60:.0f} min{'' if is_flat else ' : grows'}</text>"
        f'<rect width="{PANEL_W}" height="{PANEL_H}" fill="none" stroke="#bbb"/>'
        f'<rect width="{warm:.1f}" height="{PANEL_H}" fill="#eee"/>'
        f'<polyline points="{line}" fill="none" stroke="{COLORS[is_flat]}" stroke-width="1.5"/></g>'
    )
