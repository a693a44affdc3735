"""Panels with what every panel of ours must have: title, description, unit, thresholds, a templated data source."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from grafana_foundation_sdk.builders import barchart, common, dashboard, geomap, stat, table, timeseries
from grafana_foundation_sdk.models.dashboard import DynamicConfigValue, Threshold, ThresholdsMode

from deploy.grafana.query import SOURCE, Format, PostgresQuery, QueryBuilder

AnyPanel = TypeVar("AnyPanel", stat.Panel, timeseries.Panel, table.Panel, geomap.Panel, barchart.Panel)

GREEN, ORANGE, RED, BLUE, GREY = "green", "orange", "red", "blue", "text"
# From this value on, this colour; the first step has no lower end.
Steps = tuple[tuple[float | None, str], ...]
PLAIN: Steps = ((None, GREEN),)


@dataclass(frozen=True, slots=True)
class Look:
    """What a panel says and how large it is: `width` of 24 columns, `height` in rows of 30 px."""

    title: str
    description: str
    width: int
    height: int
    unit: str = "none"
    steps: Steps = PLAIN


def dress(panel: AnyPanel, look: Look, sql: str, rows_as: Format, empty: str) -> AnyPanel:
    """Give a panel its words, size, unit, thresholds and query; `empty` is shown where there are no rows."""
    return (
        panel.title(look.title)
        .description(look.description)
        .datasource(SOURCE)
        .span(look.width)
        .height(look.height)
        .unit(look.unit)
        .no_value(empty)
        .thresholds(thresholds(look.steps))
        .with_target(QueryBuilder(PostgresQuery(sql, rows_as)))
    )


def thresholds(steps: Steps) -> dashboard.ThresholdsConfig:
    """Make absolute thresholds."""
    return (
        dashboard.ThresholdsConfig()
        .mode(ThresholdsMode.ABSOLUTE)
        .steps([Threshold(value=value, color=color) for value, color in steps])
    )


def last_value() -> common.ReduceDataOptions:
    """Show the last value that is there."""
    return common.ReduceDataOptions().calcs(["lastNotNull"]).fields("").values(False)


def named(title: str, *more: DynamicConfigValue) -> list[DynamicConfigValue]:
    """Properties of a column: its title and what else it needs."""
    return [DynamicConfigValue("displayName", title), *more]


def hidden() -> list[DynamicConfigValue]:
    """Properties of a column that only links use."""
    return [DynamicConfigValue("custom.hidden", True)]


def unit(name: str) -> DynamicConfigValue:
    """Give a column its own unit."""
    return DynamicConfigValue("unit", name)


def width(pixels: int) -> DynamicConfigValue:
    """Give a column a fixed width."""
    return DynamicConfigValue("custom.width", pixels)


def color(name: str) -> DynamicConfigValue:
    """Give a column or series a fixed colour."""
    return DynamicConfigValue("color", {"mode": "fixed", "fixedColor": name})


def link(title: str, url: str) -> DynamicConfigValue:
    """Make the cells of a column links that open beside the dashboard."""
    return DynamicConfigValue("links", [{"title": title, "url": url, "targetBlank": True}])


def colored_words(words: Mapping[str, tuple[str, str]]) -> tuple[DynamicConfigValue, DynamicConfigValue]:
    """Show codes as words in a colour: code -> (word, colour)."""
    options = {
        code: {"text": text, "color": shade, "index": i} for i, (code, (text, shade)) in enumerate(words.items())
    }
    return (
        DynamicConfigValue("mappings", [{"type": "value", "options": options}]),
        DynamicConfigValue("custom.cellOptions", {"type": "color-text"}),
    )


def with_columns(panel: AnyPanel, columns: Iterable[tuple[str, list[DynamicConfigValue]]]) -> AnyPanel:
    """Give columns their properties by name."""
    for name, properties in columns:
        panel = panel.override_by_name(name, properties)
    return panel
