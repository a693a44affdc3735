"""From a card to a panel of Grafana, with what all of ours have: words, unit, thresholds, a chosen data source."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from grafana_foundation_sdk.builders import barchart, common, dashboard, geomap, stat, statetimeline, table, timeseries
from grafana_foundation_sdk.models.common import (
    BigValueColorMode,
    BigValueGraphMode,
    FrameGeometrySourceMode,
    LegendDisplayMode,
    LegendPlacement,
    VisibilityMode,
)
from grafana_foundation_sdk.models.dashboard import DynamicConfigValue, Threshold, ThresholdsMode

from deploy.grafana.audience import Audience
from deploy.grafana.card import GREEN, SERIES_KINDS, Card, Kind, Steps
from deploy.grafana.property import escaped, properties_of, states_of
from deploy.grafana.query import SOURCE, PostgresQuery, QueryBuilder
from deploy.grafana.unit import GRAFANA_UNIT_BY_UCUM
from sensors.unit_sign import sign_of

Panel = (
    stat.Panel | timeseries.Panel | table.Panel | geomap.Panel | barchart.Panel | statetimeline.Panel
)  # what `draw` gives
AnyPanel = TypeVar(
    "AnyPanel", stat.Panel, timeseries.Panel, table.Panel, geomap.Panel, barchart.Panel, statetimeline.Panel
)


def draw(card: Card, audience: Audience, sql: str) -> Panel:
    """Draw a card for readers of one language; `sql` is its query with all places filled."""
    return DRAWN[card.kind](card, audience, sql)


def dress(panel: AnyPanel, card: Card, audience: Audience, sql: str) -> AnyPanel:
    """Give a panel its words, size, unit, thresholds, query and columns."""
    steps = thresholds(card.steps)
    rows_as = "time_series" if card.kind in SERIES_KINDS else "table"
    panel = (
        panel.title(audience.say(card.title))
        .description(audience.say(card.tells))
        .datasource(SOURCE)
        .span(card.width)
        .height(card.height)
        .unit(card.unit)
        .no_value(audience.say(("aucune donnée", "no data")))
        .thresholds(steps)
        .with_target(QueryBuilder(PostgresQuery(sql, "time_series" if rows_as == "time_series" else "table")))
    )
    for name in card.columns.split():
        panel = panel.override_by_name(name, properties_of(name, card, audience))
    return panel


def thresholds(steps: Steps) -> dashboard.ThresholdsConfig:
    """Make absolute thresholds."""
    return (
        dashboard.ThresholdsConfig()
        .mode(ThresholdsMode.ABSOLUTE)
        .steps([Threshold(value=value, color=color) for value, color in steps])
    )


def figure(card: Card, audience: Audience, sql: str) -> stat.Panel:
    """Draw each number of the only row."""
    base = stat.Panel().reduce_options(reduced("lastNotNull")).graph_mode(BigValueGraphMode.NONE)
    coloured = base.color_mode(BigValueColorMode.VALUE)
    return dress(coloured, card, audience, sql)


def tiles(card: Card, audience: Audience, sql: str) -> stat.Panel:
    """Draw a number for each row, named by its text."""
    rows = common.ReduceDataOptions().calcs(["lastNotNull"]).fields("").values(True).limit(25)
    return dress(stat.Panel().reduce_options(rows).graph_mode(BigValueGraphMode.NONE), card, audience, sql)


def trend(card: Card, audience: Audience, sql: str) -> stat.Panel:
    """Draw the mean over the chosen time and a small curve."""
    base = stat.Panel().reduce_options(reduced("mean")).graph_mode(BigValueGraphMode.AREA).decimals(0)
    return dress(base, card, audience, sql)


def curve(card: Card, audience: Audience, sql: str) -> timeseries.Panel:
    """Draw series; one whose name ends in a unit in brackets has that unit."""
    legend = (
        common.VizLegendOptions()
        .display_mode(LegendDisplayMode.TABLE)
        .placement(LegendPlacement.RIGHT)
        .show_legend(True)
        .calcs(["lastNotNull", "min", "max"])
    )
    base = timeseries.Panel().legend(legend).show_points(VisibilityMode.AUTO).line_width(1).fill_opacity(5)
    made = dress(base, card, audience, sql)
    if card.unit == "none":
        for ucum, unit in GRAFANA_UNIT_BY_UCUM.items():
            made = made.override_by_regexp(rf"/\[{escaped(sign_of(ucum))}\]$/", [DynamicConfigValue("unit", unit)])
    return made


def lanes(card: Card, audience: Audience, sql: str) -> statetimeline.Panel:
    """Draw a lane of states for each series."""
    return dress(statetimeline.Panel().mappings(states_of(card.codes, audience)), card, audience, sql)


def bars(card: Card, audience: Audience, sql: str) -> barchart.Panel:
    """Draw bars over the first column, beside one another."""
    base = barchart.Panel().x_field(card.columns.split()[0]).x_tick_label_spacing(100)
    return dress(base, card, audience, sql)


def rows(card: Card, audience: Audience, sql: str) -> table.Panel:
    """Draw a table that can be filtered by its columns."""
    return dress(table.Panel().filterable(True), card, audience, sql)


def spots(card: Card, audience: Audience, sql: str) -> geomap.Panel:
    """Draw a marker where each row says; its colour is that of the column `rank` among the thresholds."""
    place = (
        common.FrameGeometrySource().mode(FrameGeometrySourceMode.COORDS).latitude("latitude").longitude("longitude")
    )
    style = {"color": {"field": "rank", "fixed": GREEN}, "size": {"fixed": 6, "min": 3, "max": 12}}
    markers = (
        common.MapLayerOptions()
        .type("markers")
        .name(audience.say(("Équipements", "Assets")))
        .tooltip(True)
        .location(place)
        .config({"showLegend": False, "style": style})
    )
    base = (
        geomap.Panel()
        .view(geomap.MapViewConfig().id("fit").all_layers(True).padding(10).max_zoom(17))
        .basemap(common.MapLayerOptions().type("default").name("basemap"))
        .layers([markers])
    )
    return dress(base, card, audience, sql)


def reduced(how: str) -> common.ReduceDataOptions:
    """Reduce each number to one value."""
    return common.ReduceDataOptions().calcs([how]).fields("").values(False)


DRAWN: Mapping[Kind, Callable[[Card, Audience, str], Panel]] = {
    "figure": figure,
    "tiles": tiles,
    "trend": trend,
    "curve": curve,
    "lanes": lanes,
    "bars": bars,
    "table": rows,
    "map": spots,
}
