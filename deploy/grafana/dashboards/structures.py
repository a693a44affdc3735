"""Bridges and roads: what moves, what cracks, what wears."""

from dataclasses import replace

from deploy.grafana import recurring
from deploy.grafana.board import Board
from deploy.grafana.card import Card

WATCHED = Card(
    "figure", "count_structures",
    ("Ouvrages et routes", "Bridges and roads"),
    ("Éléments de pont et sections de route choisis.", "Chosen elements of bridges and sections of road."),
    "structures roads", 12, 4, "short",
)  # fmt: skip
STIFFNESS = Card(
    "curve", "read_quantity",
    ("Fréquences propres et déformations", "Natural frequencies and strains"),
    (
        "Une perte de raideur fait baisser la fréquence propre et monter la déformation ; le gel fait l’inverse.",
        "A loss of stiffness lowers the natural frequency and raises the strain; frost does the contrary.",
    ),
    "", 12, 9, quantities=("natural_frequency", "strain"), types=("bridge_element",),
)  # fmt: skip
MOVEMENTS = Card(
    "curve", "read_quantity",
    ("Déplacements et fissures", "Displacements and cracks"),
    ("Déplacement des éléments et ouverture des fissures.", "Displacement of elements and width of cracks."),
    "", 12, 9, quantities=("displacement", "crack_width"), types=("bridge_element",),
)  # fmt: skip
TILTS = Card(
    "curve", "read_quantity",
    ("Inclinaisons", "Tilts"),
    ("Inclinaison des éléments choisis.", "Tilt of the chosen elements."),
    "", 12, 9, quantities=("tilt",), types=("bridge_element",),
)  # fmt: skip
TEMPERATURES = Card(
    "curve", "read_quantity",
    ("Températures", "Temperatures"),
    (
        "Température des éléments et des chaussées : elle explique l’essentiel de ce qui bouge.",
        "Temperature of elements and road surfaces: it explains most of what moves.",
    ),
    "", 12, 9, quantities=("temperature", "surface_temperature"), types=("bridge_element", "road_section"),
)  # fmt: skip
SPEEDS = Card(
    "curve", "read_quantity",
    ("Vitesses", "Speeds"),
    ("Vitesse moyenne aux compteurs de trafic.", "Mean speed at traffic counters."),
    "", 24, 7, quantities=("mean_speed",), types=("traffic_counter",),
)  # fmt: skip
ROADS = Card(
    "table", "list_roads",
    ("Sections de route", "Road sections"),
    ("Dernier relevé de chaque section, la plus usée d’abord.", "Newest survey of each section, most worn first."),
    "asset_id asset roughness rut_mm cracking temperature surface observed_at", 14, 10,
)  # fmt: skip

BOARD = Board(
    "structures",
    ("Ouvrages et routes", "Bridges and roads"),
    ("Ce qui bouge, se fissure ou s’use", "What moves, cracks or wears"),
    (
        WATCHED, replace(recurring.OPEN_ASSET_FINDINGS, width=12),
        STIFFNESS, MOVEMENTS,
        TILTS, TEMPERATURES,
        SPEEDS,
        ROADS, recurring.MAP,
        recurring.HEALTH,
        recurring.ASSET_FINDINGS,
        recurring.ASSET_CURVE,
    ),
    since="now-30d",
    domains=("structure", "mobility"),
)  # fmt: skip
