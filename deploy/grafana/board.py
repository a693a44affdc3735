"""From cards to a dashboard: its variables, annotations and links, and the queries with their places filled."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grafana_foundation_sdk.builders import dashboard
from grafana_foundation_sdk.models.dashboard import DashboardLinkType

from deploy.grafana import variable
from deploy.grafana.annotation import annotations
from deploy.grafana.audience import Audience, listed
from deploy.grafana.card import Card, Words
from deploy.grafana.drawing import draw
from deploy.grafana.recurring import QUERIES as RECURRING
from sensors.asset import Domain
from sensors.kpi import KPI_NAMES
from sensors.types import asset_types

EVERY_TYPE = "select type from assets"
# What stands for "all" of a variable. A subquery would do, but the planner takes it for a two-hundredth of the rows.
ALL = {"territory": "0", "type": "''", "zone": "'0'"}
LIST = re.compile(r"([\w.]+) in \(\$(territory|type)\)")


@dataclass(frozen=True, slots=True)
class Board:
    """One dashboard. `since` is where its time begins at first; of `domains` are the assets shown, without any all.

    `kpis` is the field of `sensors.kpi` whose indicators it shows; `with_kpi` lets one of them be chosen.
    """

    name: str
    title: Words
    tells: Words
    cards: tuple[Card, ...]
    since: str = "now-7d"
    domains: tuple[Domain, ...] = ()
    kpis: tuple[str, ...] = ()
    with_kpi: bool = False

    def types(self) -> str:
        """Give the asset types of its domains as they stand behind `in`."""
        if not self.domains:
            return EVERY_TYPE
        return listed(name for name, one in sorted(asset_types().items()) if one.domain in self.domains)

    def kpi_names(self) -> str:
        """Give its indicators as they stand behind `in`."""
        return listed(name for name, one in KPI_NAMES.items() if not self.kpis or one.domain in self.kpis)


def make(board: Board, audience: Audience, queries: Mapping[str, str]) -> dashboard.Dashboard:
    """Build a dashboard for readers of one language; `queries` are those of its own `.sql` file."""
    made = (
        dashboard.Dashboard(audience.say(board.title))
        .description(audience.say(board.tells))
        .tags(["vigie", audience.language])
        .readonly()
        .time(board.since, "now")
        .refresh("1m")
        .timezone("browser")
        .week_start("monday")
        .annotations(annotations(audience, lambda name: complete(RECURRING[name], board, audience)))
        .link(others(audience))
        .link(page(audience))
        .with_variable(variable.source(audience))
        .with_variable(variable.page(audience))
    )
    for one in variables(board, audience):
        made = made.with_variable(one)
    for card in board.cards:
        sql = queries[card.query] if card.query in queries else RECURRING[card.query]
        made = made.with_panel(draw(card, audience, complete(sql, board, audience, card)))
    return made


def variables(board: Board, audience: Audience) -> list[dashboard.QueryVariable]:
    """Give territory, type, zone and asset, in the order in which each narrows the next."""

    def ask(name: str) -> str:
        return complete(RECURRING[name], board, audience)

    types = board.types() if board.domains else ALL["type"]
    made = [
        variable.several(
            "territory", audience.say(("Territoire", "Territory")), ask("list_territories"), ALL["territory"]
        ),
        variable.several("type", audience.say(("Type", "Type")), ask("list_types"), types),
        variable.several("zone", audience.say(("Zone", "Zone")), ask("list_zones"), ALL["zone"]),
        variable.one("asset", audience.say(("Équipement", "Asset")), ask("list_assets")),
    ]
    if board.with_kpi:
        made.append(variable.one("kpi", audience.say(("Indicateur", "KPI")), ask("list_kpi_names")))
    return made


def others(audience: Audience) -> dashboard.DashboardLink:
    """Let the other dashboards of the language be reached with the same time."""
    return (
        dashboard.DashboardLink(audience.say(("Tableaux de bord", "Dashboards")))
        .type(DashboardLinkType.DASHBOARDS)
        .tags(["vigie", audience.language])
        .as_dropdown(True)
        .keep_time(True)
        .include_vars(False)
        .tooltip(audience.say(("Les autres tableaux de Vigie", "Vigie's other dashboards")))
    )


def page(audience: Audience) -> dashboard.DashboardLink:
    """Lead to Vigie's own page, where verdicts are given and work is ordered."""
    return (
        dashboard.DashboardLink("Vigie")
        .type(DashboardLinkType.LINK)
        .url("${vigie}/")
        .icon("external link")
        .target_blank(True)
        .tooltip(audience.say(("La page de Vigie : avis, interventions", "Vigie's page: verdicts, work orders")))
    )


def complete(sql: str, board: Board, audience: Audience, card: Card | None = None) -> str:
    """Fill the places of a query, those of a card too; "all" is let through beside each list."""
    places: dict[str, Any] = {"types": board.types(), "board_kpis": board.kpi_names(), **audience.places()}
    if card:
        places |= {"quantities": listed(card.quantities), "kpis": listed(card.kpis)}
        places["of_types"] = listed(card.types) if card.types else board.types()
    filled = sql.replace("{chosen}", RECURRING["chosen"])
    filled = LIST.sub(lambda found: f"({ALL[found[2]]} in (${found[2]}) or {found[0]})", filled)
    for name, text in places.items():
        filled = filled.replace(f"{{{name}}}", text)
    return filled
