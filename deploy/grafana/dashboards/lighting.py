"""Street lighting: what burns, what does not, what it draws and what was saved."""

from dataclasses import replace

from deploy.grafana import recurring
from deploy.grafana.board import Board
from deploy.grafana.card import Card

LAMPS = Card(
    "figure", "count_lamps",
    ("Points lumineux", "Street lights"),
    (
        "Points lumineux choisis, ceux qui disent être allumés, et ceux sur lesquels porte un constat.",
        "Chosen street lights, those that say they are lit, and those that a finding is about.",
    ),
    "lamps lit faulty", 9, 4, "short",
)  # fmt: skip
POWER = Card(
    "curve", "read_quantity",
    ("Puissance des armoires", "Power of cabinets"),
    (
        "Puissance active des armoires choisies, vingt courbes au plus : la nuit se voit, l’allumage de jour aussi.",
        "Active power of the chosen cabinets, twenty curves at most: the night shows, and burning by day.",
    ),
    "", 24, 9, quantities=("active_power",), types=("light_cabinet",),
)  # fmt: skip
VOLTAGES = Card(
    "curve", "read_quantity",
    ("Tension aux armoires", "Voltage at cabinets"),
    (
        "Tension des armoires choisies : aucune, c’est une armoire déclenchée ou une coupure du réseau.",
        "Voltage at the chosen cabinets: none where a cabinet tripped or the mains are out.",
    ),
    "", 12, 8, quantities=("voltage",), types=("light_cabinet",),
)  # fmt: skip
DIMMING = Card(
    "curve", "read_quantity",
    ("Gradation des lampes", "Dimming of lamps"),
    ("Niveau des lampes choisies, vingt courbes au plus.", "Level of the chosen lamps, twenty curves at most."),
    "", 12, 8, quantities=("dimming_level",), types=("street_light",),
)  # fmt: skip
CABINETS = Card(
    "table", "list_cabinets",
    ("Armoires", "Cabinets"),
    (
        "Puissance de l’instant, énergie de la dernière nuit, heures du mois allumées de jour et éteintes à tort.",
        "Power now, energy of the newest night, hours of the month lit by day and dark when owed.",
    ),
    "asset_id asset lamps power_w energy_kwh hours_by_day hours_dark n_findings", 24, 9,
)  # fmt: skip

BOARD = Board(
    "lighting",
    ("Éclairage public", "Street lighting"),
    ("Ce qui brûle, ce qui ne brûle pas, et ce qui est économisé", "What burns, what does not, and what was saved"),
    (
        LAMPS, replace(recurring.OPEN_ASSET_FINDINGS, width=5),
        recurring.newest(
            "street_light_availability", "percentunit",
            ("Disponibilité", "Availability"),
            ("Part des heures dues où les lampes brûlaient.", "Share of the owed hours in which lamps burned."), 5,
        ),
        recurring.newest(
            "lighting_saving_ratio", "percentunit",
            ("Énergie économisée", "Energy saved"),
            ("Part de ce qui aurait été consommé.", "Share of what would have been used."), 5,
        ),
        POWER,
        VOLTAGES, DIMMING,
        recurring.days(
            "light_cabinet_energy", "kwatth",
            ("Énergie par nuit", "Energy by night"),
            ("Énergie des armoires, de midi à midi.", "Energy of the cabinets, from noon to noon."),
        ),
        recurring.months(
            "lighting_energy_saved", "kwatth",
            ("Énergie économisée par mois", "Energy saved by month"),
            (
                "Référence mesurée moins consommation, pannes ôtées ; intervalle à 90 %.",
                "Metered baseline less use, outages taken out; interval of 90 %.",
            ),
        ),
        recurring.months(
            "lighting_cost_saved", "currencyEUR",
            ("Économie à prix constant", "Saved at constant price"),
            (
                "L’énergie économisée, au tarif du dernier jour de la référence.",
                "The energy saved, at the tariff of the baseline's last day.",
            ),
        ),
        recurring.months(
            "lighting_bill_reduction", "currencyEUR",
            ("Baisse de la facture", "Reduction of the bill"),
            (
                "Facture des mêmes nuits de la référence moins celle d’aujourd’hui, chacune à son prix.",
                "Bill of the same nights of the baseline less that of now, each at its price.",
            ),
        ),
        CABINETS,
        recurring.ASSET_FINDINGS,
        recurring.WORK_ORDERS,
        recurring.KPIS,
        recurring.ASSET_CURVE,
    ),
    domains=("lighting",),
    kpis=("lighting",),
)  # fmt: skip
