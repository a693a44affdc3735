"""The kinds of entries that people make, field by field: forms, checks and documents come from here."""

from collections.abc import Mapping
from types import MappingProxyType

from sensors.reference.factors import FACTORS
from sensors.reference.field import Choice, Field, Resource
from sensors.reference.project import PROJECT_FIELDS

VALID_FROM = Field("valid_from", "day", "Valable à partir du", "Valid from")
VALID_TO = Field("valid_to", "day", "Jusqu’au (jour non compris)", "Until (day not included)", is_required=False)
SECTOR = Field("sector", "text", "Secteur", "Sector")
WASTE_STREAM = Field(
    "waste_stream",
    "text",  # as containers have it
    "Flux de déchets",
    "Waste stream",
    choices=(
        Choice("residual", "ordures ménagères", "residual waste"),
        Choice("recycling", "emballages et papiers", "recycling"),
        Choice("glass", "verre", "glass"),
        Choice("organic", "biodéchets", "organic waste"),
    ),
)
ENERGIES = (
    Choice("electricity", "électricité", "electricity", "kW.h"),
    Choice("gas", "gaz", "gas", "kW.h"),
    Choice("heat", "chaleur", "heat", "kW.h"),
    Choice("water", "eau", "water", "m3"),
)
USES = (
    Choice("lighting", "éclairage", "lighting"),
    Choice("building", "bâtiments", "buildings"),
    Choice("network", "réseau d’eau", "water network"),
)
SCHEDULE_KINDS = (
    Choice("switch_off", "extinction", "switched off"),
    Choice("dimming", "abaissement", "dimmed"),
    Choice("opening", "ouverture", "opening hours"),
    Choice("heating", "chauffage", "heating hours"),
)
ROUND_SOURCES = (
    Choice("declared", "déclarée", "declared"),
    Choice("telematics", "télématique du camion", "truck telematics"),
    Choice("inferred", "déduite des niveaux", "inferred from levels"),
)

PLAN_RANGES = (
    Field("distance_low_km", "number", "Kilomètres d’une tournée, au moins", "Kilometres of a round, least",
          False, "km", 0, 10_000),
    Field("distance_high_km", "number", "Kilomètres, au plus", "Kilometres, most", False, "km", 0, 10_000),
    Field("duration_low_h", "number", "Heures d’une tournée, au moins", "Hours of a round, least", False, "h", 0, 100),
    Field("duration_high_h", "number", "Heures, au plus", "Hours, most", False, "h", 0, 100),
    Field("cost_low_eur", "number", "Coût d’une tournée, au moins", "Cost of a round, least", False, "{EUR}", 0, 1e6),
    Field("cost_high_eur", "number", "Coût, au plus", "Cost, most", False, "{EUR}", 0, 1e6),
    Field("tonnage_t", "number", "Tonnes d’une tournée moyenne", "Tonnes of a mean round", False, "t", 0, 1000),
)  # fmt: skip

TARIFFS = Resource(
    "tariffs",
    "Tarifs",
    "Tariffs",
    (
        Field("energy", "word", "Énergie ou fluide", "Energy or water", choices=ENERGIES),
        Field("use", "word", "Usage", "Use", choices=USES),
        Field("unit", "unit", "Unité", "Unit", choices=(Choice("kW.h", "kWh", "kWh"), Choice("m3", "m³", "m³"))),
        Field("price_eur", "number", "Prix hors taxe", "Price without tax", unit="{EUR}", least=0, most=10_000),
        VALID_FROM,
        VALID_TO,
        Field("off_peak_price_eur", "number", "Prix en heures creuses", "Off-peak price", False, "{EUR}", 0, 10_000),
        Field("off_peak_from_hour", "hour", "Heures creuses à partir de", "Off-peak from", False),
        Field("off_peak_to_hour", "hour", "Heures creuses jusqu’à", "Off-peak until", False),
    ),
    alike=("energy", "use"),
)
FACTORS_ENTERED = Resource(
    "factors",
    "Facteurs",
    "Factors",
    (
        Field("factor", "word", "Facteur", "Factor", choices=FACTORS),
        Field("value", "number", "Valeur", "Value"),
        Field("unit", "unit", "Unité", "Unit"),
        Field("source", "text", "Source (facture, publication)", "Source (invoice, publication)"),
        VALID_FROM,
        VALID_TO,
    ),
    alike=("factor",),
)
SCHEDULES = Resource(
    "schedules",
    "Horaires",
    "Schedules",
    (
        Field("asset", "asset", "Équipement", "Asset"),
        Field("kind", "choice", "Nature", "Kind", choices=SCHEDULE_KINDS),
        Field("from_hour", "hour", "De", "From"),
        Field("to_hour", "hour", "À", "To"),
        Field("level", "number", "Niveau qui reste (0 à 1)", "Level that remains (0 to 1)", least=0, most=1),
        Field("weekdays", "weekdays", "Jours", "Days", is_required=False),
        VALID_FROM,
        VALID_TO,
    ),
)
COLLECTION_PLANS = Resource(
    "collection_plans",
    "Plans de collecte",
    "Collection plans",
    (
        SECTOR,
        WASTE_STREAM,
        Field("weekdays", "weekdays", "Jours de collecte", "Days of collection"),
        Field("every_weeks", "whole", "Toutes les … semaines", "Every … weeks", least=1, most=52),
        Field("first_on", "day", "À partir du", "From"),
        Field("start_hour", "hour", "Départ à", "Starts at"),
        VALID_TO,
        *PLAN_RANGES,
    ),
    alike=("sector", "waste_stream"),
    begins="first_on",
)
PROJECTS = Resource("projects", "Projets", "Projects", PROJECT_FIELDS, alike=("slug",), begins="", ends="")
ROUNDS_DONE = Resource(
    "rounds_done",
    "Tournées faites",
    "Rounds done",
    (
        SECTOR,
        WASTE_STREAM,
        Field("started_at", "instant", "Départ", "Started"),
        Field("ended_at", "instant", "Retour", "Ended"),
        Field("source", "choice", "Source", "Source", is_required=False, choices=ROUND_SOURCES),
    ),
    alike=("sector", "waste_stream", "source"),
    begins="started_at",
    ends="ended_at",
)
NOTICES = Resource(
    "notices",
    "Annonces",
    "Notices",
    (
        Field(
            "kind",
            "word",
            "Nature",
            "Kind",
            choices=(
                Choice("fair", "fête, marché", "fair, market"),
                Choice("roadworks", "travaux", "roadworks"),
                Choice("meter_swap", "compteur remplacé", "meter replaced"),
                Choice("calibration", "étalonnage", "calibration"),
                Choice("pipe_break", "rupture de conduite", "pipe break"),
                Choice("school_holiday", "vacances scolaires", "school holiday"),
            ),
        ),
        Field("asset", "asset", "Équipement (vide : tout le territoire)", "Asset (empty: whole territory)", False),
        Field("from_at", "instant", "De", "From"),
        Field("to_at", "instant", "À", "To"),
    ),
    begins="from_at",
    ends="to_at",
)
INTERVALS = Resource(
    "intervals",
    "Rythmes d’envoi",
    "Sending intervals",
    (
        Field("interval_s", "whole", "Intervalle", "Interval", unit="s", least=1, most=31_622_400),
        Field("valid_from", "instant", "Valable à partir du", "Valid from"),
        Field("device", "device", "Appareil", "Device", is_required=False),
        Field("profile", "text", "ou modèle d’appareil", "or model of devices", is_required=False),
        Field("valid_to", "instant", "Jusqu’au", "Until", is_required=False),
    ),
    alike=("device", "profile"),
)
COUNTER_RANGES = Resource(
    "counter_ranges",
    "Plages de compteurs",
    "Counter ranges",
    (
        Field("device", "device", "Appareil", "Device"),
        Field("quantity", "word", "Grandeur", "Quantity"),
        Field("rolls_over_at", "number", "Repasse à 0 à", "Shows 0 again at", least=0),
        Field("channel", "text", "Voie (vide : la seule)", "Channel (empty: the only one)", is_required=False),
    ),
    alike=("device", "quantity", "channel"),
    begins="",
    ends="",
)

ALARM_BUDGETS = Resource(
    "alarm_budgets",
    "Alertes supportables",
    "Alarm budget",
    (
        Field("alarms_per_technician", "number", "Alertes par technicien et par semaine",
              "Alarms a technician and week", least=0.1, most=10_000),
        Field("n_technicians", "whole", "Techniciens", "Technicians", least=1, most=10_000),
    ),
    begins="",
    ends="",
)  # fmt: skip

FAILURE_COSTS = Resource(
    "failure_costs",
    "Coûts des pannes",
    "Costs of failures",
    (
        Field("asset_type", "word", "Type d’équipement", "Type of asset"),
        Field("people_eur", "number", "Gêne des usagers, par panne", "Inconvenience to users, per failure",
              unit="{EUR}", least=0, most=1e9),
        Field("safety_eur", "number", "Sécurité des personnes, par panne", "Safety, per failure", unit="{EUR}",
              least=0, most=1e9),
        Field("repair_eur", "number", "Réparation et dégâts, par panne", "Repair and damage, per failure",
              unit="{EUR}", least=0, most=1e9),
        Field("waiting_eur_per_day", "number", "Chaque jour en panne", "Each day out of order", unit="{EUR}/d",
              least=0, most=1e9),
        Field("source", "text", "Source (facture, étude, estimation)", "Source (invoice, study, estimate)"),
        VALID_FROM,
        VALID_TO,
        Field("failures_per_year", "number", "Pannes par équipement et par an (vide : taux supposé)",
              "Failures per asset and year (empty: assumed)", False, "1/a", 0, 1000),
    ),
    alike=("asset_type",),
)  # fmt: skip

RESOURCES: Mapping[str, Resource] = MappingProxyType(
    {
        resource.name: resource
        for resource in (
            TARIFFS,
            FACTORS_ENTERED,
            SCHEDULES,
            COLLECTION_PLANS,
            PROJECTS,
            ROUNDS_DONE,
            NOTICES,
            INTERVALS,
            COUNTER_RANGES,
            ALARM_BUDGETS,
            FAILURE_COSTS,
        )
    }
)
