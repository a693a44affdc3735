"""The fields of a project."""

from sensors.reference.field import Choice, Field

DOMAINS = (
    Choice("lighting", "éclairage", "lighting"),
    Choice("building", "bâtiments", "buildings"),
    Choice("waste", "déchets", "waste"),
    Choice("parking", "stationnement", "parking"),
    Choice("water", "eau", "water"),
)
PROJECT_FIELDS = (
    Field("slug", "slug", "Identifiant (minuscules, chiffres, tirets)", "Identifier (lower case, digits, hyphens)"),
    Field("name", "text", "Nom", "Name"),
    Field("domain", "word", "Domaine", "Domain", choices=DOMAINS),
    Field("assets", "assets", "Équipements concernés", "Assets it is about"),
    Field("started_on", "day", "Effet à partir du", "Acts from"),
    Field("baseline_from", "day", "Période de référence du", "Baseline from"),
    Field("baseline_to", "day", "au (jour non compris)", "to (day not included)"),
    Field("cost_eur", "number", "Coût hors taxe", "Cost without tax", unit="{EUR}", least=0, most=1e10),
)
