"""One asset: what it is, what it says, what was found about it, who worked on it."""

from deploy.grafana import recurring
from deploy.grafana.board import Board
from deploy.grafana.card import FEW_IS_GOOD, Card

FACTS = Card(
    "table", "list_facts",
    ("Fiche", "Facts"),
    ("Ce que l’on sait de l’équipement choisi.", "What is known about the chosen asset."),
    "fact content", 8, 9,
)  # fmt: skip
HEALTH = Card(
    "figure", "read_health_now",
    ("Santé", "Health"),
    (
        "Santé, probabilité de panne en 30 jours, perte attendue ; la page de Vigie dit sur quoi cela repose.",
        "Health, probability of failing in 30 days, expected loss; Vigie's page says what that rests on.",
    ),
    "health within_30 expected_loss_eur", 14, 4,
)  # fmt: skip
COUNTS = Card(
    "figure", "count_own",
    ("En cours", "Open"),
    ("Constats qui durent et interventions qui attendent.", "Findings that go on and work orders that wait."),
    "findings open_orders", 10, 4, "short", FEW_IS_GOOD,
)  # fmt: skip
VALUES = Card(
    "table", "list_own_values",
    ("Dernières valeurs", "Last values"),
    ("Dernière mesure de chaque grandeur.", "Newest measurement of each quantity."),
    "quantity channel value unit state observed_at", 16, 9,
)  # fmt: skip
DEVICES = Card(
    "table", "list_devices",
    ("Capteurs posés", "Devices placed"),
    (
        "Quels capteurs parlent ou ont parlé de cet équipement, et comment ils vont.",
        "Which devices tell or told about this asset, and how they are.",
    ),
    "device channel model device_state presence heard_at clock since until", 24, 6,
)  # fmt: skip
FINDINGS = Card(
    "table", "list_own_findings",
    recurring.FINDINGS.title, ("Tous les constats sur cet équipement.", "All findings about this asset."),
    "asset_id started_at ended_at severity sentence score verdict", 24, 8,
)  # fmt: skip
WORK = Card(
    "table", "list_own_work",
    recurring.WORK_ORDERS.title, ("Interventions, closes ou non.", "Work orders, closed or not."),
    "work_order_id asset_id severity work_state work technician opened_at planned_at closed_at verdict worked_min"
    " cost_eur", 24, 7,
)  # fmt: skip
RISK = Card(
    "bars", "list_health_days",
    ("Probabilité de panne", "Probability of failure"),
    (
        "Sous 7, 30 et 90 jours, aux jours où elle a changé ; quatre-vingt-dix jours.",
        "Within 7, 30 and 90 days, on the days on which it changed; ninety days.",
    ),
    "day within_7 within_30 within_90", 12, 8, "percentunit",
)  # fmt: skip
CONNECTED = Card(
    "table", "list_connected",
    ("Ce qui y est lié", "What is connected with it"),
    (
        "L’équipement, ce dont il dépend et ce qui dépend de lui, les plus menacés d’abord.",
        "The asset, what it hangs on and what hangs on it, those most at risk first.",
    ),
    "asset_id asset type health within_30 reason", 12, 8,
)  # fmt: skip
KPIS = Card(
    "table", "list_own_kpis",
    recurring.KPIS.title, ("Indicateurs de cet équipement.", "KPIs of this asset."),
    "kpi begins_at ends_at value unit low high baseline completeness withheld method", 24, 8,
)  # fmt: skip

BOARD = Board(
    "asset",
    ("Un équipement", "One asset"),
    ("Tout ce que Vigie sait d’un équipement", "All that Vigie knows of an asset"),
    (
        COUNTS, HEALTH,
        FACTS, VALUES,
        recurring.ASSET_CURVE,
        DEVICES,
        FINDINGS,
        WORK,
        RISK, CONNECTED,
        KPIS,
    ),
)  # fmt: skip
