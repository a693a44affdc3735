"""The charts of a report: each part with its interval, told apart by shape and not by colour alone.

The same data give the same bytes, as long as the same version of matplotlib draws them.
"""

import io
from collections.abc import Sequence
from typing import Any, Literal

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import FuncFormatter

from analytics.report.amount import number
from analytics.report.document import Chart, Comparison
from analytics.report.words import say
from sensors.language import Language

Kind = Literal["svg", "png"]
# Two colours of the palette that is told apart with any colour vision (Okabe and Ito 2008).
BLUE, ORANGE = "#0072b2", "#d55e00"
GREY, INK = "#6b7280", "#1f2937"
STYLE: dict[Any, Any] = {  # the keys are of a type that lists them all
    "font.family": ["DejaVu Sans"],
    "font.size": 9,
    "svg.fonttype": "none",
    "svg.hashsalt": "vigie",
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}
DPI = 160
MOST_LABELS = 12
METADATA: dict[Kind, dict[str, str | None]] = {
    "svg": {"Date": None, "Creator": None},
    "png": {"Software": None},
}


def draw_course(chart: Chart, language: Language, kind: Kind) -> bytes:
    """Draw the course of a KPI: a point and its interval for each part, a cross where it is withheld."""
    with mpl.rc_context(STYLE):
        canvas = Canvas(figsize=(7.2, 2.5), layout="constrained")
        axes = canvas.add_subplot()
        places = range(len(chart.points))
        known = [(place, point) for place, point in zip(places, chart.points, strict=True) if point.value is not None]
        values = [float(point.value or 0.0) for _, point in known]
        lows = [
            value if point.low is None else min(point.low, value)
            for value, (_, point) in zip(values, known, strict=True)
        ]
        highs = [
            value if point.high is None else max(point.high, value)
            for value, (_, point) in zip(values, known, strict=True)
        ]
        spread = (
            [v - low for v, low in zip(values, lows, strict=True)],
            [h - v for v, h in zip(values, highs, strict=True)],
        )
        axes.errorbar(
            [place for place, _ in known],
            values,
            spread,
            fmt="o",
            color=BLUE,
            ecolor=BLUE,
            ms=4,
            elinewidth=1.3,
            capsize=2.5,
        )
        withheld = [place for place, point in zip(places, chart.points, strict=True) if point.value is None]
        if withheld:
            axes.plot(
                withheld,
                [0.03] * len(withheld),
                "x",
                color=ORANGE,
                ms=6,
                transform=axes.get_xaxis_transform(),
                label=say("withheld", language),
            )
            axes.legend(frameon=False, loc="lower right", bbox_to_anchor=(1, 1), borderaxespad=0, fontsize=8)
        label_parts(axes, [point.label for point in chart.points])
        dress(axes, chart.unit, language)
        return save(canvas, kind)


def draw_comparison(comparison: Comparison, language: Language, kind: Kind) -> bytes:
    """Draw what would have been above what was, with the interval of their difference."""
    with mpl.rc_context(STYLE):
        canvas = Canvas(figsize=(7.2, 1.5), layout="constrained")
        axes = canvas.add_subplot()
        error = [[max(0.0, comparison.value - comparison.low)], [max(0.0, comparison.high - comparison.value)]]
        axes.barh([1], [comparison.baseline], color="white", edgecolor=GREY, hatch="///", height=0.6)
        axes.barh([0], [comparison.value], color=BLUE, height=0.6, xerr=error, ecolor=INK, capsize=3)
        axes.set_yticks([0, 1], [say("with", language), say("without", language)])
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value, language)))
        axes.set_xlabel(comparison.unit)
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
        return save(canvas, kind)


def label_parts(axes: Axes, labels: Sequence[str]) -> None:
    """Label as many parts as there is room for."""
    step = -(-len(labels) // MOST_LABELS)
    places = list(range(0, len(labels), step))
    axes.set_xticks(places, [labels[place] for place in places])
    axes.set_xlim(-0.6, len(labels) - 0.4)


def dress(axes: Axes, unit: str, language: Language) -> None:
    """Write numbers as the language does, name the unit, leave out what is no data."""
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value, language)))
    axes.set_ylabel(unit)
    axes.grid(axis="y", color="#e5e7eb", linewidth=0.8)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def save(canvas: Canvas, kind: Kind) -> bytes:
    """Write a drawing, without the time it was made at."""
    sink = io.BytesIO()
    canvas.savefig(sink, format=kind, dpi=DPI, metadata=METADATA[kind])
    return sink.getvalue()
