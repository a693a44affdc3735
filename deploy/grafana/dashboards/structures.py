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
FREQUENCIES = Card(
    "curve", "read_quantity",
    ("Fréquences propres", "Natural frequencies"),
    (
        "Fréquence propre des éléments choisis : une perte de raideur la fait baisser, le gel la fait monter.",
        "Natural frequency of the chosen elements: a loss of stiffness lowers it, frost raises it.",
    ),
    "", 12, 9, quantities=("natural_frequency",), types=("bridge_element",),
)  # fmt: skip
MOVEMENTS = Card(
    "curve", "read_quantity",
    ("Déplacements et inclinaisons", "Displacements and tilts"),
    ("Déplacement et inclinaison des éléments choisis.", "Displacement and tilt of the chosen elements."),
    "", 12, 9, quantities=("displacement", "tilt"), types=("bridge_element",),
)  # fmt: skip
CRACKS = Card(
    "curve", "read_quantity",
    ("Fissures", "Cracks"),
    ("Ouverture des fissures suivies.", "Width of the cracks that are watched."),
    "", 12, 9, quantities=("crack_width",), types=("bridge_element",),
)  # fmt: skip
STRAINS = Card(
    "curve", "read_quantity",
    ("Déformations", "Strains"),
    ("Déformation des éléments et des chaussées.", "Strain of elements and road surfaces."),
    "", 12, 9, quantities=("strain",), types=("bridge_element", "road_section"),
)  # fmt: skip
SURFACES = Card(
    "lanes", "read_states",
    ("État des chaussées", "State of road surfaces"),
    ("Sections choisies : sèche, humide, givrée, verglacée.", "Chosen sections: dry, wet, frost, ice."),
    "", 24, 7, quantities=("surface_state",), types=("road_section",), codes="surface_state",
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
        FREQUENCIES, MOVEMENTS,
        CRACKS, STRAINS,
        SURFACES,
        ROADS, recurring.MAP,
        recurring.HEALTH,
        recurring.ASSET_FINDINGS,
        recurring.ASSET_CURVE,
    ),
    since="now-30d",
    domains=("structure", "mobility"),
)  # fmt: skip
