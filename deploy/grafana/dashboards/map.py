"""The maps: what is found, what will fail, who goes where, what is silent."""

from dataclasses import replace

from deploy.grafana import recurring
from deploy.grafana.board import Board
from deploy.grafana.card import GREEN, ORANGE, RED, Card

FAILING = Card(
    "map", "map_health",
    ("Ce qui va tomber en panne", "What will fail"),
    (
        "Équipements par probabilité de panne en 30 jours : dès 5 % orange, dès 20 % rouge.",
        "Assets by their probability of failing in 30 days: orange from 5 %, red from 20 %.",
    ),
    "asset_id asset type within_30 expected_loss_eur latitude longitude rank", 12, 13, "none",
    ((None, GREEN), (0.05, ORANGE), (0.2, RED)),
)  # fmt: skip
WORK = Card(
    "map", "map_work",
    ("Interventions qui attendent", "Work orders that wait"),
    ("Où il faut aller ; la couleur dit la gravité.", "Where somebody has to go; the colour tells the severity."),
    "asset_id asset work technician planned_at latitude longitude rank", 12, 13, "none", recurring.SEVERITY_STEPS,
)  # fmt: skip
SILENT = Card(
    "map", "map_silent",
    ("Qui ne parle plus", "What no longer speaks"),
    (
        "Équipements par heures depuis leur dernière mesure : dès 12 h orange, dès 24 h rouge.",
        "Assets by the hours since their newest measurement: orange from 12 h, red from 24 h.",
    ),
    "asset_id asset observed_at latitude longitude rank", 12, 13, "h", ((None, GREEN), (12, ORANGE), (24, RED)),
)  # fmt: skip
TYPES = Card(
    "table", "count_types",
    ("Équipements par type", "Assets by type"),
    ("Combien il y en a, et sur combien porte un constat.", "How many there are, and how many a finding is about."),
    "type n_assets faulty", 12, 13,
)  # fmt: skip

BOARD = Board(
    "map",
    ("Cartes", "Maps"),
    ("Constats, pannes à venir, interventions, silences", "Findings, failures to come, work orders, silences"),
    (
        replace(
            recurring.MAP, width=12, height=13, title=("Constats en cours", "Open findings"),
        ),
        FAILING,
        WORK, SILENT,
        TYPES, replace(recurring.ASSET_FINDINGS, width=12, height=13),
    ),
    since="now-24h",
)  # fmt: skip
