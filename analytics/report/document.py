"""What stands in a report, in the reader's words, before it becomes HTML or PDF."""

import inspect
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from analytics.kpi.figure import Figure
from analytics.report import amount as write
from analytics.report.manifest import LeftOut
from analytics.report.span import Part, Span
from analytics.report.told import Told
from analytics.report.words import FIELDS, field_name, say
from sensors.kpi import kpi_name
from sensors.language import Language
from store.restatement import Restatement

AVOIDED = ("_saved", "_avoided", "_reduction", "_reduced")  # KPIs that are a difference from their baseline
LEAST_POINTS = 2


@dataclass(frozen=True, slots=True)
class Heading:
    """Whose report it is: names, period, as of when, and the key it is signed with."""

    territory: str
    span: Span
    time_zone: str
    language: Language
    as_of: datetime
    fingerprint: str

    @property
    def zone(self) -> ZoneInfo:
        """The territory's zone."""
        return ZoneInfo(self.time_zone)


@dataclass(frozen=True, slots=True)
class Line:
    """A key figure as it is written; `reason` where it is withheld, and whether that is in the reader's language."""

    kpi: str
    name: str
    value: str
    interval: str
    baseline: str
    completeness: str
    reason: str | None
    is_translated: bool


@dataclass(frozen=True, slots=True)
class Section:
    """The key figures of a field of work."""

    title: str
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Point:
    """One part of a chart; value, low and high as shown, None where not known."""

    label: str
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Chart:
    """The course of a KPI over the parts of the period."""

    name: str
    unit: str
    points: Sequence[Point]
    about: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What would have been, and what was, between two bounds, as shown."""

    name: str
    unit: str
    baseline: float
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Change:
    """A restatement in words."""

    name: str
    about: str
    period: str
    old: str
    new: str
    cause: str
    who: str
    when: str


@dataclass(frozen=True, slots=True)
class Method:
    """How a domain's figures come about, and the numbers behind each."""

    title: str
    method: str
    source: str
    files: Sequence[str]
    proofs: Sequence[tuple[str, str, Sequence[tuple[str, str]]]]  # KPI, hash of inputs, (name, number)


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report."""

    heading: Heading
    sections: Sequence[Section]
    charts: Sequence[Chart]
    comparisons: Sequence[Comparison]
    changes: Sequence[Change]
    has_more_changes: bool
    methods: Sequence[Method]
    left_out: Sequence[tuple[str, str]]

    @property
    def title(self) -> str:
        """The report's title."""
        language = self.heading.language
        parts = (say("title", language), self.heading.territory, write.span_title(self.heading.span, language))
        return " – ".join(parts)

    @property
    def withheld(self) -> list[Line]:
        """The key figures that are withheld."""
        return [line for section in self.sections for line in section.lines if line.reason is not None]


def compose(
    heading: Heading, told: Sequence[Told], left_out: Sequence[LeftOut], changes: Sequence[Restatement], n_changes: int
) -> Document:
    """Put a report into words. Of the restatements the first `n_changes` are shown."""
    language = heading.language
    whole = {one.domain.name: [figure for figure in one.figures[0] if figure.asset_id is None] for one in told}
    return Document(
        heading=heading,
        sections=sections_of([figure for figures in whole.values() for figure in figures], language),
        charts=[chart for one in told for chart in charts_of(one, heading)],
        comparisons=[c for figures in whole.values() for figure in figures if (c := comparison_of(figure, language))],
        changes=[change_of(change, heading) for change in changes[:n_changes]],
        has_more_changes=len(changes) > n_changes,
        methods=[method_of(one, whole[one.domain.name], heading) for one in told],
        left_out=[(", ".join(name_of(kpi, language) for kpi in one.kpis), one.reason) for one in left_out],
    )


def name_of(kpi: str, language: Language) -> str:
    """Give a KPI's name."""
    name = kpi_name(kpi)
    return name.name_fr if language == "fr" else name.name_en


def sections_of(figures: Iterable[Figure], language: Language) -> list[Section]:
    """Group the territory's figures by field of work, in the order of the fields."""
    by_field: dict[str, list[Line]] = {}
    for figure in figures:
        by_field.setdefault(kpi_name(figure.kpi).domain, []).append(line_of(figure, language))
    order = {field: index for index, field in enumerate(FIELDS)}
    fields = sorted(by_field, key=lambda field: (order.get(field, len(order)), field))
    return [Section(field_name(field, language), by_field[field]) for field in fields]


def line_of(figure: Figure, language: Language) -> Line:
    """Write a key figure."""
    told = None if figure.withheld is None else write.reason(figure.withheld, language)
    return Line(
        kpi=figure.kpi,
        name=name_of(figure.kpi, language),
        value=say("withheld", language) if told else write.amount(figure.value, figure.unit, language),
        interval="–" if told else write.interval(figure.low, figure.high, figure.unit, language),
        baseline=write.amount(figure.baseline, figure.unit, language),
        completeness=write.percent(figure.completeness),
        reason=told[0] if told else None,
        is_translated=told[1] if told else True,
    )


def charts_of(told: Told, heading: Heading) -> list[Chart]:
    """Give the course of each of a domain's KPIs of the territory, where at least two parts are known."""
    parts = [part for part in told.parts if part.index > 0]
    figures = {
        (part.index, figure.kpi): figure
        for part in parts
        for figure in told.figures[part.index]
        if figure.asset_id is None
    }
    charts = []
    for kpi in dict.fromkeys(kpi for _, kpi in figures):
        own = [(part, figures.get((part.index, kpi))) for part in parts]
        points = [point_of(part, figure, heading) for part, figure in own]
        if sum(point.value is not None for point in points) >= LEAST_POINTS:
            unit = next(figure.unit for _, figure in own if figure is not None)
            charts.append(chart_of(kpi, unit, points, heading.language))
    return charts


def point_of(part: Part, figure: Figure | None, heading: Heading) -> Point:
    """Give a part's value as shown."""
    first = part.begins_at.astimezone(heading.zone).date()
    label = f"{first:%m/%Y}" if heading.span.kind != "month" else f"{first:%d/%m}"
    if figure is None or figure.value is None:
        return Point(label, None, None, None)
    bounds = [None if value is None else write.shown(value, figure.unit) for value in (figure.low, figure.high)]
    return Point(label, write.shown(figure.value, figure.unit), *bounds)


def chart_of(kpi: str, unit: str, points: Sequence[Point], language: Language) -> Chart:
    """Describe a chart for those who do not see it."""
    known = [point.value for point in points if point.value is not None]
    sign = write.sign(unit, language)
    low, high = write.number(min(known), language), write.number(max(known), language)
    name = name_of(kpi, language)
    about = (
        f"{name} : {len(points)} parties, {len(known)} connues, de {low} à {high} {sign}"
        if language == "fr"
        else f"{name}: {len(points)} parts, {len(known)} known, from {low} to {high} {sign}"
    )
    return Chart(name, sign, points, about.strip())


def comparison_of(figure: Figure, language: Language) -> Comparison | None:
    """Give what would have been and what was, where a KPI is the difference of the two."""
    if not figure.kpi.endswith(AVOIDED) or figure.baseline is None or figure.value is None:
        return None
    low = figure.value if figure.low is None else figure.low
    high = figure.value if figure.high is None else figure.high
    base = figure.baseline
    return Comparison(
        name_of(figure.kpi, language),
        write.sign(figure.unit, language),
        base,
        base - figure.value,
        base - high,
        base - low,
    )


def change_of(change: Restatement, heading: Heading) -> Change:
    """Put a restatement into words."""
    language, zone = heading.language, heading.zone
    return Change(
        name=name_of(change.kpi, language),
        about=change.asset or say("territory", language),
        period=write.days(change.begins_at, change.ends_at, zone),
        old=write.amount(change.old_value, change.unit, language),
        new=write.amount(change.new_value, change.unit, language),
        cause=write.cause(change.cause, language),
        who=change.restated_by or say("unknown", language),
        when=write.instant(change.computed_at, zone, language),
    )


def method_of(told: Told, figures: Sequence[Figure], heading: Heading) -> Method:
    """Say how a domain's figures came about."""
    language, domain = heading.language, told.domain
    names = ", ".join(name_of(kpi, language) for kpi in domain.kpis)
    module = inspect.getmodule(domain.read)
    return Method(
        title=names,
        method=f"{domain.method} ({say('version', language)} {domain.method_version})",
        source=flowing(module.__doc__ or "") if module else "",
        files=sorted(told.files),
        proofs=[
            (name_of(figure.kpi, language), figure.inputs_hash, proof_of(figure.proof, language)) for figure in figures
        ],
    )


def flowing(text: str) -> str:
    """Let the lines of a paragraph run on; lists and paragraphs stay apart."""
    return re.sub(r"(?<=\S)\n(?=[^\s*\-|])", " ", text.strip())


def proof_of(proof: Mapping[str, Any], language: Language) -> list[tuple[str, str]]:
    """Write the numbers behind a figure; long lists are counted and stand in the file of figures."""
    return [(name, written(value, language)) for name, value in proof.items() if value is not None]


def written(value: Any, language: Language) -> str:
    """Write one of these numbers."""
    if isinstance(value, bool | str):
        return str(value)
    if isinstance(value, int | float):
        return write.number(float(value), language)
    if isinstance(value, list | tuple) and all(isinstance(part, str) for part in value):
        return ", ".join(value)
    size = len(value) if hasattr(value, "__len__") else 1
    return f"{size} {say('entries', language)}"
