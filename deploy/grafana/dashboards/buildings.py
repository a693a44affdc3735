"""Public buildings: comfort now, energy, savings, and the equipment that heats and moves air."""

from dataclasses import replace

from deploy.grafana import recurring
from deploy.grafana.board import Board
from deploy.grafana.card import Card

ROOMS = Card(
    "figure", "count_zones",
    ("Confort en ce moment", "Comfort now"),
    (
        "Zones vues depuis trois heures : sous 18 °C, au-dessus de 27 °C, au-dessus de 1000 ppm de CO2.",
        "Zones seen within three hours: below 18 °C, above 27 °C, above 1000 ppm of CO2.",
    ),
    "rooms too_cold too_warm stale_air", 9, 4, "short",
)  # fmt: skip
ROOM_LIST = Card(
    "table", "list_rooms",
    ("Zones", "Zones"),
    (
        "Dernières valeurs de chaque zone, l’air le plus confiné d’abord.",
        "Newest values of each zone, the stalest air first.",
    ),
    "asset_id asset zone temperature humidity co2 people observed_at", 14, 10,
)  # fmt: skip
TEMPERATURES = Card(
    "curve", "read_quantity",
    ("Températures", "Temperatures"),
    ("Température des zones choisies, vingt courbes au plus.", "Temperature of the chosen zones, twenty at most."),
    "", 12, 9, quantities=("temperature",), types=("building_zone",),
)  # fmt: skip
AIR = Card(
    "curve", "read_quantity",
    ("Air : CO2", "Air: CO2"),
    ("CO2 des zones choisies, vingt courbes au plus.", "CO2 of the chosen zones, twenty curves at most."),
    "", 12, 9, quantities=("co2",), types=("building_zone",),
)  # fmt: skip
POWER = Card(
    "curve", "read_quantity",
    ("Puissance électrique", "Electric power"),
    ("Puissance des bâtiments et compteurs choisis.", "Power of the chosen buildings and meters."),
    "", 12, 9, quantities=("active_power",), types=("building", "electricity_meter"),
)  # fmt: skip
HEAT = Card(
    "curve", "read_quantity",
    ("Chauffage : températures d’eau", "Heating: water temperatures"),
    ("Départ et retour des chaudières et pompes à chaleur.", "Flow and return of boilers and heat pumps."),
    "", 12, 9, quantities=("water_temperature",), types=("boiler", "heat_pump"),
)  # fmt: skip
BOILERS = Card(
    "lanes", "read_states",
    ("Marche des chaudières", "Boilers firing"),
    ("Chaudières choisies : en marche ou non.", "Chosen boilers: firing or not."),
    "", 24, 6, quantities=("boiler_on",), types=("boiler",), codes="boiler_on",
)  # fmt: skip
FIGURES = Card(
    "table", "list_buildings",
    ("Le mois par bâtiment", "The month by building"),
    (
        "Dernier mois dit de chaque bâtiment et compteur, avec fourchette et référence.",
        "Newest month told of each building and meter, with range and baseline.",
    ),
    "asset_id asset kpi value unit low high baseline completeness begins_at", 24, 9,
    kpis=(
        "building_energy", "electricity_meter_energy", "building_energy_per_degree_day", "building_energy_saved",
        "building_energy_per_area", "building_base_load",
    ),
)  # fmt: skip

BOARD = Board(
    "buildings",
    ("Bâtiments", "Buildings"),
    ("Confort, énergie, chauffage et air", "Comfort, energy, heating and air"),
    (
        ROOMS, replace(recurring.OPEN_ASSET_FINDINGS, width=5),
        recurring.newest(
            "building_saving_ratio", "percentunit",
            ("Énergie économisée", "Energy saved"),
            ("Part de ce qui aurait été consommé par ce temps.", "Share of what this weather would have cost."), 5,
        ),
        recurring.newest(
            "building_base_load", "watt",
            ("Talon de nuit", "Base load at night"),
            ("Médiane de la puissance de une à cinq heures.", "Median of the power from one to five."), 5,
        ),
        ROOM_LIST, recurring.MAP,
        TEMPERATURES, AIR,
        POWER, HEAT,
        BOILERS,
        recurring.days(
            "building_energy", "kwatth",
            ("Énergie par jour", "Energy by day"),
            ("Énergie des bâtiments du territoire.", "Energy of the territory's buildings."),
        ),
        recurring.months(
            "building_energy_saved", "kwatth",
            ("Énergie économisée par mois", "Energy saved by month"),
            ("Référence corrigée du temps moins consommation.", "Baseline in this weather less use."),
        ),
        recurring.months(
            "comfort_temperature_hours", "h",
            ("Heures hors confort", "Hours out of comfort"),
            ("Heures ouvertes trop froides ou trop chaudes.", "Open hours too cold or too warm."),
        ),
        recurring.months(
            "comfort_co2_hours", "h",
            ("Heures d’air confiné", "Hours of stale air"),
            ("Heures ouvertes au-dessus de 1000 ppm de CO2.", "Open hours above 1000 ppm of CO2."),
        ),
        FIGURES,
        recurring.ASSET_FINDINGS,
        recurring.ASSET_CURVE,
        recurring.KPIS,
    ),
    domains=("building",),
    kpis=("building",),
)  # fmt: skip
