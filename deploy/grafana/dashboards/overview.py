"""The overview: what reports, what is broken, where, and what was refused."""

from grafana_foundation_sdk.builders import common, dashboard, geomap, stat, table, timeseries
from grafana_foundation_sdk.models.common import (
    BigValueColorMode,
    BigValueGraphMode,
    FrameGeometrySourceMode,
    LegendDisplayMode,
    LegendPlacement,
    VisibilityMode,
)

from deploy.grafana import panel, recurring, variable
from deploy.grafana.audience import Audience
from deploy.grafana.panel import BLUE, GREEN, GREY, ORANGE, RED, Look
from deploy.grafana.unit import GRAFANA_UNIT_BY_UCUM
from store.sql import load_queries

NAME = "overview"
QUERIES = load_queries(__file__)


def build(audience: Audience) -> dashboard.Dashboard:
    """Build the overview for readers of one language."""
    board = (
        dashboard.Dashboard(audience.say("Vue d’ensemble", "Overview"))
        .description(audience.say("Par où commencer la journée", "Where to begin the day"))
        .tags(["vigie", audience.language])
        .readonly()
        .time("now-24h", "now")
        .refresh("1m")
        .timezone("browser")
        .week_start("monday")
        .with_variable(variable.source(audience))
        .with_variable(variable.page(audience))
        .with_variable(every_territory(audience))
        .with_variable(every_type(audience))
        .with_variable(variable.one("asset", audience.say("Équipement", "Asset"), sql(audience, "list_assets")))
    )
    for make in (
        devices_seen, measurements_stored, rejections, open_findings,
        recurring.findings, asset_map,
        asset_curve,
        last_values,
        recurring.ledger, recurring.kpis,
        recurring.precisions,
    ):  # fmt: skip
        board = board.with_panel(make(audience))
    return board


def every_territory(audience: Audience) -> dashboard.QueryVariable:
    """The territories that the reader sees."""
    label = audience.say("Territoire", "Territory")
    return variable.several("territory", label, sql(audience, "list_territories"), QUERIES["every_territory"])


def every_type(audience: Audience) -> dashboard.QueryVariable:
    """The types of their assets."""
    return variable.several("type", "Type", sql(audience, "list_types"), QUERIES["every_type"])


def sql(audience: Audience, name: str) -> str:
    """Give a query of this dashboard in the readers' language."""
    return audience.complete(QUERIES[name])


def devices_seen(audience: Audience) -> stat.Panel:
    """Devices that reported within a day, beside those expected to."""
    look = Look(
        audience.say("Capteurs vus en 24 h", "Devices seen in 24 h"),
        audience.say(
            "Capteurs en service dont une mesure date de moins de 24 heures, et capteurs en service en tout.",
            "Devices in service with a measurement less than 24 hours old, and all devices in service.",
        ),
        6, 4, "short", ((None, RED), (1, GREEN)),
    )  # fmt: skip
    base = stat.Panel().reduce_options(panel.last_value()).graph_mode(BigValueGraphMode.NONE)
    made = panel.dress(base, look, sql(audience, "count_devices_seen"), "table", recurring.nothing(audience))
    return panel.with_columns(
        made,
        [
            ("seen", panel.named(audience.say("vus", "seen"))),
            ("expected", panel.named(audience.say("attendus", "expected"), panel.color(GREY))),
        ],
    )


def measurements_stored(audience: Audience) -> stat.Panel:
    """Measurements stored per hour of arrival, as a mean and a small curve."""
    look = Look(
        audience.say("Mesures par heure", "Measurements per hour"),
        audience.say(
            "Mesures enregistrées par heure d’arrivée, moyenne de la période choisie.",
            "Measurements stored per hour of arrival, mean of the chosen period.",
        ),
        6, 4, "short", ((None, RED), (1, GREEN)),
    )  # fmt: skip
    base = (
        stat.Panel()
        .reduce_options(common.ReduceDataOptions().calcs(["mean"]).fields("").values(False))
        .graph_mode(BigValueGraphMode.AREA)
        .decimals(0)
    )
    made = panel.dress(base, look, sql(audience, "count_measurements"), "time_series", recurring.nothing(audience))
    return panel.with_columns(made, [("stored", panel.named(audience.say("enregistrées", "stored")))])


def rejections(audience: Audience) -> stat.Panel:
    """What could not be used in the last day and waits for somebody."""
    look = Look(
        audience.say("Rejets en 24 h", "Rejections in 24 h"),
        audience.say(
            "Messages reçus depuis 24 heures qui n’ont pas pu être utilisés et attendent une décision.",
            "Messages received in the last 24 hours that could not be used and wait for a decision.",
        ),
        6, 4, "short", ((None, GREEN), (1, ORANGE), (100, RED)),
    )  # fmt: skip
    base = stat.Panel().reduce_options(panel.last_value()).color_mode(BigValueColorMode.BACKGROUND)
    return panel.dress(base, look, sql(audience, "count_rejections"), "table", recurring.nothing(audience))


def open_findings(audience: Audience) -> stat.Panel:
    """Findings that go on."""
    look = Look(
        audience.say("Constats en cours", "Open findings"),
        audience.say(
            "Anomalies et avertissements qui durent encore, sauf fausses alertes.",
            "Anomalies and warnings that go on, except false alarms.",
        ),
        6, 4, "short", ((None, GREEN), (1, ORANGE), (10, RED)),
    )  # fmt: skip
    base = stat.Panel().reduce_options(panel.last_value()).color_mode(BigValueColorMode.BACKGROUND)
    return panel.dress(base, look, sql(audience, "count_findings"), "table", recurring.nothing(audience))


def asset_map(audience: Audience) -> geomap.Panel:
    """All assets where they stand, coloured by their worst open finding."""
    look = Look(
        audience.say("Carte", "Map"),
        audience.say(
            "Équipements du territoire ; la couleur dit la gravité du pire constat en cours.",
            "Assets of the territory; the colour tells the severity of the worst open finding.",
        ),
        10, 10, "none", ((None, GREEN), (1, BLUE), (2, ORANGE), (3, RED), (4, "dark-red")),
    )  # fmt: skip
    markers = (
        common.MapLayerOptions()
        .type("markers")
        .name(audience.say("Équipements", "Assets"))
        .tooltip(True)
        .location(
            common.FrameGeometrySource()
            .mode(FrameGeometrySourceMode.COORDS)
            .latitude("latitude")
            .longitude("longitude")
        )
        .config(
            {
                "showLegend": False,
                "style": {"color": {"field": "severity", "fixed": GREEN}, "size": {"fixed": 6, "min": 3, "max": 12}},
            }
        )
    )
    base = (
        geomap.Panel()
        .view(geomap.MapViewConfig().id("fit").all_layers(True).padding(10).max_zoom(17))
        .basemap(common.MapLayerOptions().type("default").name("basemap"))
        .layers([markers])
    )
    made = panel.dress(base, look, sql(audience, "map_assets"), "table", recurring.nothing(audience))
    opened = panel.link(audience.say("Ouvrir dans Vigie", "Open in Vigie"), recurring.PAGE_ASSET)
    return panel.with_columns(made, [("asset", panel.named(audience.say("équipement", "asset"), opened))])


def asset_curve(audience: Audience) -> timeseries.Panel:
    """Every series of the chosen asset, each in its unit."""
    look = Look(
        audience.say("Mesures de l’équipement choisi", "Measurements of the chosen asset"),
        audience.say(
            "Toutes les grandeurs : valeurs mesurées jusqu’à trois jours, moyennes horaires au-delà.",
            "All quantities: values as measured up to three days, hourly means beyond.",
        ),
        24, 10,
    )  # fmt: skip
    legend = (
        common.VizLegendOptions()
        .display_mode(LegendDisplayMode.TABLE)
        .placement(LegendPlacement.RIGHT)
        .show_legend(True)
        .calcs(["lastNotNull", "min", "max"])
    )
    base = timeseries.Panel().legend(legend).show_points(VisibilityMode.AUTO).line_width(1).fill_opacity(5)
    made = panel.dress(base, look, sql(audience, "read_asset"), "time_series", recurring.nothing(audience))
    for ucum, unit in GRAFANA_UNIT_BY_UCUM.items():
        made = made.override_by_regexp(rf"/\[{escaped(ucum)}\]$/", [panel.unit(unit)])
    return made


def escaped(text: str) -> str:
    """Escape a unit for a regular expression of the browser."""
    return "".join(rf"\{letter}" if letter in r"\^$.|?*+()[]{}/" else letter for letter in text)


def last_values(audience: Audience) -> table.Panel:
    """What each asset said last."""
    look = Look(
        audience.say("Dernières valeurs", "Last values"),
        audience.say(
            "Dernière mesure de chaque grandeur de chaque équipement, les plus récentes d’abord (500 au plus).",
            "Last measurement of each quantity of each asset, newest first (500 at most).",
        ),
        24, 10,
    )  # fmt: skip
    made = panel.dress(
        table.Panel().filterable(True), look, sql(audience, "list_last_values"), "table", recurring.nothing(audience)
    )
    opened = panel.link(audience.say("Ouvrir dans Vigie", "Open in Vigie"), recurring.PAGE_ASSET)
    return panel.with_columns(
        made,
        [
            ("asset_id", panel.hidden()),
            ("asset", panel.named(audience.say("équipement", "asset"), opened)),
            ("type", panel.named("type")),
            ("quantity", panel.named(audience.say("grandeur", "quantity"))),
            ("value", panel.named(audience.say("valeur", "value"))),
            ("unit", panel.named(audience.say("unité", "unit"), panel.width(90))),
            ("state", panel.named(audience.say("état", "state"))),
            ("observed_at", panel.named(audience.say("mesuré", "measured"), panel.unit("dateTimeFromNow"))),
        ],
    )
