"""Waste: how full containers are, tomorrow's rounds, and what rounds were spared."""

from dataclasses import replace

from deploy.grafana import recurring
from deploy.grafana.board import Board
from deploy.grafana.card import BLUE, GREEN, ORANGE, RED, Card

CONTAINERS = Card(
    "figure", "count_containers",
    ("Conteneurs", "Containers"),
    (
        "Conteneurs choisis, ceux à vider d’après leur seuil (80 % sans seuil saisi), et ceux qui débordent.",
        "Chosen containers, those to be emptied by their threshold (80 % where none is entered), those overflowing.",
    ),
    "containers to_empty overflowing", 9, 4, "short",
)  # fmt: skip
CONTAINER_LIST = Card(
    "table", "list_containers",
    ("Remplissage", "Fill levels"),
    (
        "Dernier niveau de chaque conteneur, les plus au-dessus de leur seuil d’abord.",
        "Newest level of each container, those farthest above their threshold first.",
    ),
    "asset_id asset waste_stream address fill_percent full_percent observed_at", 14, 10,
)  # fmt: skip
LEVELS = Card(
    "curve", "read_quantity",
    ("Niveaux", "Levels"),
    ("Niveau des conteneurs choisis, vingt courbes au plus.", "Level of the chosen containers, twenty curves at most."),
    "", 24, 9, quantities=("fill_level",), types=("waste_container",),
)  # fmt: skip
ROUNDS = Card(
    "table", "list_rounds",
    ("Tournées prévues", "Rounds planned"),
    (
        "Tournées d’aujourd’hui et à venir, par flux : arrêts, conteneurs laissés, distance estimée.",
        "Rounds of today and to come, by stream: stops, containers left out, estimated distance.",
    ),
    "day territory waste_stream n_rounds n_stops n_left_out distance_km made_at", 24, 6,
)  # fmt: skip
STOPS = Card(
    "table", "list_stops",
    ("Arrêts de demain", "Tomorrow's stops"),
    (
        "Arrêts du prochain jour de tournées, dans l’ordre de la route, avec le niveau attendu.",
        "Stops of the next day with rounds, in the order of the road, with the level expected.",
    ),
    "asset_id waste_stream round stop asset address arrives_at expected_percent overflow_share", 14, 10,
)  # fmt: skip
STOP_MAP = Card(
    "map", "map_stops",
    ("Carte des tournées de demain", "Map of tomorrow's rounds"),
    ("Un point par arrêt ; la couleur distingue les tournées.", "A point a stop; the colour tells the rounds apart."),
    "asset_id asset waste_stream round stop latitude longitude rank", 10, 10, "none",
    ((None, GREEN), (2, BLUE), (3, ORANGE), (4, RED), (5, "purple")),
)  # fmt: skip

BOARD = Board(
    "waste",
    ("Déchets et tournées", "Waste and rounds"),
    ("Niveaux, tournées de demain, tournées évitées", "Levels, tomorrow's rounds, rounds avoided"),
    (
        CONTAINERS, replace(recurring.OPEN_ASSET_FINDINGS, width=5),
        recurring.newest(
            "rounds_avoided_ratio", "percentunit",
            ("Tournées évitées", "Rounds avoided"),
            ("Part des tournées du plan fixe.", "Share of the rounds of the fixed plan."), 5,
        ),
        recurring.newest(
            "rounds_emissions_avoided", "masskg",
            ("CO2e évité", "CO2e avoided"),
            ("Litres de gazole évités, par le facteur daté.", "Litres of diesel avoided, by the dated factor."), 5,
        ),
        CONTAINER_LIST, recurring.MAP,
        ROUNDS,
        STOPS, STOP_MAP,
        LEVELS,
        recurring.months(
            "rounds_avoided", "short",
            ("Tournées évitées par mois", "Rounds avoided by month"),
            ("Tournées du plan fixe moins celles faites.", "Rounds of the fixed plan less those made."),
        ),
        recurring.months(
            "overflow_hours", "h",
            ("Heures de débordement", "Overflow hours"),
            ("Heures connues à 100 % et plus.", "Known hours at 100 % and more."),
        ),
        recurring.months(
            "lifts_avoided", "short",
            ("Levées évitées", "Lifts avoided"),
            ("Levées du plan fixe moins celles faites.", "Lifts of the fixed plan less those made."),
        ),
        recurring.months(
            "rounds_cost_saved", "currencyEUR",
            ("Coût évité", "Cost avoided"),
            ("Tournées évitées fois le coût d’une tournée.", "Rounds avoided times the cost of a round."),
        ),
        recurring.ASSET_FINDINGS,
        recurring.KPIS,
    ),
    domains=("waste",),
    kpis=("waste",),
)  # fmt: skip
