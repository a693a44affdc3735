"""The overview: what reports, what is broken, where, and what was refused."""

from dataclasses import replace

from deploy.grafana import recurring
from deploy.grafana.board import Board
from deploy.grafana.card import GREEN, ORANGE, RED, SOME_IS_GOOD, Card

DEVICES_SEEN = Card(
    "figure", "count_devices_seen",
    ("Capteurs vus en 24 h", "Devices seen in 24 h"),
    (
        "Capteurs en service dont une mesure date de moins de 24 heures, et capteurs en service en tout.",
        "Devices in service with a measurement less than 24 hours old, and all devices in service.",
    ),
    "seen expected", 6, 4, "short", SOME_IS_GOOD,
)  # fmt: skip
MEASUREMENTS = Card(
    "trend", "count_measurements",
    ("Mesures par heure", "Measurements per hour"),
    (
        "Mesures enregistrées par heure d’arrivée, moyenne de la période choisie.",
        "Measurements stored per hour of arrival, mean of the chosen period.",
    ),
    "stored", 6, 4, "short", SOME_IS_GOOD,
)  # fmt: skip
REJECTIONS = Card(
    "figure", "count_rejections",
    ("Rejets en 24 h", "Rejections in 24 h"),
    (
        "Messages reçus depuis 24 heures qui n’ont pas pu être utilisés et attendent une décision.",
        "Messages received in the last 24 hours that could not be used and wait for a decision.",
    ),
    "rejections", 6, 4, "short", ((None, GREEN), (1, ORANGE), (100, RED)),
)  # fmt: skip

BOARD = Board(
    "overview",
    ("Vue d’ensemble", "Overview"),
    ("Par où commencer la journée", "Where to begin the day"),
    (
        DEVICES_SEEN, MEASUREMENTS, REJECTIONS, recurring.OPEN_FINDINGS,
        recurring.FINDINGS, recurring.MAP,
        recurring.ASSET_CURVE,
        recurring.LAST_VALUES,
        recurring.LEDGER, replace(recurring.KPIS, width=12),
        recurring.PRECISIONS,
    ),
    since="now-24h",
)  # fmt: skip
