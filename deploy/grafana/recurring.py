"""Cards that several dashboards show: findings, work, what to repair first, the map, curves, KPIs, the ledger."""

from dataclasses import replace

from deploy.grafana.card import BLUE, FEW_IS_GOOD, GREEN, ORANGE, RED, Card, Words
from store.sql import load_queries

QUERIES = load_queries(__file__)
SEVERITY_STEPS = ((None, GREEN), (1.0, BLUE), (2.0, ORANGE), (3.0, RED), (4.0, "dark-red"))

FINDINGS = Card(
    "table", "list_findings",
    ("Constats", "Findings"),
    (
        "Constats de la période, en cours d’abord. Un clic ouvre la page de Vigie, où l’on rend son avis.",
        "Findings of the period, open ones first. A click opens Vigie's page, where the verdict is given.",
    ),
    "asset_id started_at ended_at severity asset sentence score verdict", 14, 10,
)  # fmt: skip
ASSET_FINDINGS = replace(FINDINGS, query="list_asset_findings", width=24, height=9)

OPEN_FINDINGS = Card(
    "figure", "count_findings",
    ("Constats en cours", "Open findings"),
    (
        "Anomalies et avertissements qui durent encore, sauf fausses alertes.",
        "Anomalies and warnings that go on, except false alarms.",
    ),
    "findings", 6, 4, "short", FEW_IS_GOOD,
)  # fmt: skip
OPEN_ASSET_FINDINGS = replace(OPEN_FINDINGS, query="count_asset_findings")

WORK_ORDERS = Card(
    "table", "list_work_orders",
    ("Interventions", "Work orders"),
    (
        "Interventions qui attendent, et celles closes dans la période. On les ouvre et les clôt sur la page de Vigie.",
        "Work orders that wait, and those closed within the time shown. They are opened and closed on Vigie's page.",
    ),
    "work_order_id asset_id severity work_state asset work technician opened_at planned_at closed_at verdict cost_eur",
    24, 9,
)  # fmt: skip

HEALTH = Card(
    "table", "rank_health",
    ("Que réparer d’abord", "What to repair first"),
    (
        "Équipements par perte attendue en 30 jours : probabilité de panne fois son coût, et sur quoi cela repose.",
        "Assets by the loss expected in 30 days: probability of failure times its cost, and what that rests on.",
    ),
    "asset_id asset type health within_30 left_d expected_loss_eur waiting_eur_per_day basis reason", 24, 10,
)  # fmt: skip

MAP = Card(
    "map", "map_assets",
    ("Carte", "Map"),
    (
        "Équipements du territoire ; la couleur dit la gravité du pire constat en cours.",
        "Assets of the territory; the colour tells the severity of the worst open finding.",
    ),
    "asset_id asset type latitude longitude rank", 10, 10, "none", SEVERITY_STEPS,
)  # fmt: skip

ASSET_CURVE = Card(
    "curve", "read_asset",
    ("Mesures de l’équipement choisi", "Measurements of the chosen asset"),
    (
        "Toutes les grandeurs : valeurs mesurées jusqu’à trois jours, moyennes par heure, puis par jour au-delà.",
        "All quantities: values as measured up to three days, means by the hour, then by the day beyond.",
    ),
    "", 24, 9,
)  # fmt: skip

LAST_VALUES = Card(
    "table", "list_last_values",
    ("Dernières valeurs", "Last values"),
    (
        "Dernière mesure de chaque grandeur de chaque équipement, les plus récentes d’abord (500 au plus).",
        "Last measurement of each quantity of each asset, newest first (500 at most).",
    ),
    "asset_id asset type quantity value unit state observed_at", 24, 10,
)  # fmt: skip

LEDGER = Card(
    "bars", "read_ledger",
    ("Registre des livraisons", "Delivery ledger"),
    (
        "Valeurs reçues, par issue. Par heure jusqu’à deux jours, par jour au-delà.",
        "Values received, by outcome. By the hour up to two days, beyond by the day.",
    ),
    "time stored duplicate revised rejected", 12, 9, "short",
)  # fmt: skip

KPIS = Card(
    "table", "list_kpis",
    ("Indicateurs", "KPIs"),
    (
        "Indicateurs du territoire, de la période et du mois d’avant, avec fourchette, référence et méthode.",
        "KPIs of the territory, of the period and the month before, with range, baseline and method.",
    ),
    "kpi territory begins_at ends_at value unit low high baseline completeness withheld method", 24, 9,
)  # fmt: skip

PRECISIONS = Card(
    "table", "list_precisions",
    ("Fiabilité des constats", "How right findings were"),
    (
        "Part confirmée des constats jugés en 365 jours, intervalle à 95 % ; avance : du début à la panne.",
        "Confirmed share of findings judged in 365 days, interval of 95 %; lead: from begin to failure.",
    ),
    "kind territory asset_type n_findings n_confirmed n_false n_known precision low_share high_share lead_h n_lead"
    " factor",
    24, 8,
)  # fmt: skip


def months(kpi: str, unit: str, title: Words, tells: Words, width: int = 12) -> Card:
    """Make the bars of an indicator of the territory by the month, between their bounds."""
    return Card("bars", "read_kpi_months", title, tells, "month low figure high", width, 8, unit, kpis=(kpi,))


def days(kpi: str, unit: str, title: Words, tells: Words, width: int = 12) -> Card:
    """Make the bars of an indicator of the territory by the day or night, between their bounds."""
    return Card("bars", "read_kpi_days", title, tells, "day low figure high", width, 8, unit, kpis=(kpi,))


def newest(kpi: str, unit: str, title: Words, tells: Words, width: int = 6) -> Card:
    """Make the figure of the newest month of an indicator of each territory."""
    return Card("tiles", "read_kpi_tiles", title, tells, "territory figure", width, 4, unit, kpis=(kpi,))
