"""Parking: what is free now, how full it was, how long people stay."""

from dataclasses import replace

from deploy.grafana import recurring
from deploy.grafana.board import Board
from deploy.grafana.card import GREEN, ORANGE, RED, Card

BUSY = ((None, GREEN), (0.85, ORANGE), (0.95, RED))
BAYS = Card(
    "figure", "count_bays",
    ("Places équipées", "Bays with a sensor"),
    (
        "Places choisies : libres, occupées, fermées ou sans état depuis deux jours.",
        "Chosen bays: free, occupied, closed or without a state for two days.",
    ),
    "bays free occupied closed", 9, 4, "short",
)  # fmt: skip
PLACES = Card(
    "table", "list_places",
    ("Libre en ce moment", "Free now"),
    (
        "Rues et parcs dont les places ont un capteur, les plus pleins d’abord.",
        "Streets and car parks whose bays have a sensor, the fullest first.",
    ),
    "zone bays free occupied occupancy", 14, 10,
)  # fmt: skip
OCCUPANCY = Card(
    "curve", "read_occupancy",
    ("Occupation des places", "Occupancy of bays"),
    (
        "Part du temps connu où les places étaient occupées, par rue ou parc ; par heure jusqu’à deux semaines.",
        "Share of known time in which bays were occupied, by street or car park; by the hour up to two weeks.",
    ),
    "", 24, 9, "percentunit", BUSY,
)  # fmt: skip
CAR_PARKS = Card(
    "curve", "read_quantity",
    ("Parcs comptés à l’entrée", "Car parks counted at the gate"),
    ("Taux d’occupation et places occupées.", "Ratio of occupancy and occupied places."),
    "", 24, 8, quantities=("occupancy_ratio", "occupied_places"), types=("car_park",),
)  # fmt: skip
FORECASTS = Card(
    "table", "list_forecasts",
    ("Occupation attendue", "Occupancy expected"),
    (
        "Prévision à 30 minutes, 1 h et 24 h, avec l’intervalle qui contient neuf cas sur dix.",
        "Forecast for 30 minutes, 1 h and 24 h, with the interval that holds nine cases in ten.",
    ),
    "asset_id asset for_at expected_share low_share high_share made_at", 12, 8,
)  # fmt: skip
ZONES = Card(
    "table", "list_zone_figures",
    ("Le mois par rue et par place", "The month by street and bay"),
    (
        "Dernier mois dit : occupation, rotation, durée moyenne, part de stationnements trop longs.",
        "Newest month told: occupancy, turnover, mean stay, share of stays that were too long.",
    ),
    "asset_id asset occupancy turnover stay_min overstay begins_at", 12, 8,
)  # fmt: skip

BOARD = Board(
    "parking",
    ("Stationnement", "Parking"),
    ("Places libres, occupation, rotation", "Free bays, occupancy, turnover"),
    (
        BAYS, replace(recurring.OPEN_ASSET_FINDINGS, width=5),
        recurring.newest(
            "bay_occupancy", "percentunit",
            ("Occupation du mois", "Occupancy of the month"),
            ("Temps occupé sur temps connu.", "Occupied over known time."), 5,
        ),
        recurring.newest(
            "bay_stay_duration", "m",
            ("Durée moyenne", "Mean stay"),
            ("Temps occupé par arrivée.", "Occupied time by arrival."), 5,
        ),
        PLACES, recurring.MAP,
        OCCUPANCY,
        CAR_PARKS,
        FORECASTS, ZONES,
        recurring.days(
            "bay_occupancy", "percentunit",
            ("Occupation par jour", "Occupancy by day"),
            ("Temps occupé sur temps connu, territoire.", "Occupied over known time, territory."),
        ),
        recurring.months(
            "bay_turnover", "short",
            ("Rotation par mois", "Turnover by month"),
            ("Arrivées par place et par jour connu.", "Arrivals by bay and known day."),
        ),
        recurring.months(
            "parking_search_emissions", "masskg",
            ("CO2e de la recherche de place", "CO2e of the search for a bay"),
            (
                "Arrivées par une recherche supposée d’après l’occupation : une fourchette, pas une mesure.",
                "Arrivals times a search assumed from the occupancy: a range, not a measurement.",
            ),
        ),
        recurring.months(
            "bay_overstay_hours", "h",
            ("Heures au-delà de la durée autorisée", "Hours beyond the stay allowed"),
            ("Places à durée limitée.", "Bays with a longest stay."),
        ),
        recurring.ASSET_FINDINGS,
        recurring.KPIS,
    ),
    domains=("parking",),
    kpis=("parking",),
)  # fmt: skip
