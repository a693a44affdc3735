"""Water: flows, pressures, tanks, leaks, and what the network loses."""

from dataclasses import replace

from deploy.grafana import recurring
from deploy.grafana.board import Board
from deploy.grafana.card import Card

POINTS = Card(
    "figure", "count_points",
    ("Réseau", "Network"),
    (
        "Conduites et compteurs choisis, et ceux sur lesquels une fuite ou une rupture est signalée.",
        "Chosen pipes and meters, and those on which a leak or a break was found.",
    ),
    "pipes leaks", 9, 4, "short",
)  # fmt: skip
POINT_LIST = Card(
    "table", "list_points",
    ("Fuites par point", "Leaks by point"),
    (
        "Dernier mois dit : débit de nuit, fuites estimées avec leur fourchette, coût. Les plus grandes d’abord.",
        "Newest month told: night flow, leaks estimated with their range, cost. The greatest first.",
    ),
    "asset_id asset zone night_m3_h leak_m3 low high leak_eur begins_at", 14, 10,
)  # fmt: skip
FLOWS = Card(
    "curve", "read_quantity",
    ("Débits", "Flows"),
    ("Débit des conduites et compteurs choisis.", "Flow of the chosen pipes and meters."),
    "", 12, 9, quantities=("flow",), types=("water_pipe", "water_meter"),
)  # fmt: skip
PRESSURES = Card(
    "curve", "read_quantity",
    ("Pressions", "Pressures"),
    ("Pression des conduites choisies.", "Pressure of the chosen pipes."),
    "", 12, 9, quantities=("water_pressure",), types=("water_pipe",),
)  # fmt: skip
TANKS = Card(
    "curve", "read_quantity",
    ("Niveaux des réservoirs, bruit des conduites", "Levels of tanks, noise of pipes"),
    (
        "Niveau des réservoirs choisis, et bruit la nuit au plus calme des conduites : une fuite le fait monter.",
        "Level of the chosen tanks, and noise of pipes when the night is quietest: a leak makes it rise.",
    ),
    "", 12, 9, quantities=("level", "noise_level"), types=("water_tank", "water_pipe"),
)  # fmt: skip
PUMPS = Card(
    "curve", "read_quantity",
    ("Vibration des pompes", "Vibration of pumps"),
    ("Vitesse de vibration ; une usure la fait monter.", "Vibration velocity; wear makes it rise."),
    "", 12, 9, quantities=("vibration_velocity",), types=("pump",),
)  # fmt: skip
RUNNING = Card(
    "lanes", "read_states",
    ("Marche des pompes", "Pumps running"),
    ("Pompes choisies : en marche ou non.", "Chosen pumps: running or not."),
    "", 24, 6, quantities=("pump_on",), types=("pump",), codes="pump_on",
)  # fmt: skip

BOARD = Board(
    "water",
    ("Eau", "Water"),
    ("Débits, pressions, réservoirs, fuites", "Flows, pressures, tanks, leaks"),
    (
        POINTS, replace(recurring.OPEN_ASSET_FINDINGS, width=5),
        recurring.newest(
            "water_leak_volume", "m3",
            ("Fuites du mois", "Leaks of the month"),
            ("Débit de nuit moins l’usage légitime.", "Night flow less legitimate use."), 5,
        ),
        recurring.newest(
            "water_balance_ratio", "percentunit",
            ("Bilan du secteur", "Balance of the district"),
            ("Eau entrée moins eau sortie, part de l’entrée.", "Inflow less outflow, share of the inflow."), 5,
        ),
        POINT_LIST, recurring.MAP,
        FLOWS, PRESSURES,
        TANKS, PUMPS,
        RUNNING,
        recurring.months(
            "water_leak_volume", "m3",
            ("Fuites par mois", "Leaks by month"),
            ("Volume estimé et sa fourchette.", "Estimated volume and its range."),
        ),
        recurring.months(
            "water_leak_cost", "currencyEUR",
            ("Coût des fuites", "Cost of leaks"),
            ("Le même volume au prix de l’eau.", "The same volume at the price of water."),
        ),
        recurring.ASSET_FINDINGS,
        recurring.HEALTH,
        recurring.ASSET_CURVE,
        recurring.KPIS,
    ),
    domains=("water",),
    kpis=("water",),
)  # fmt: skip
