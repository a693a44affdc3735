"""The fields of a project: what was invested where, the subsidy's rule, assumptions, declared results."""

from sensors.reference.field import Choice, Field

DOMAINS = (
    Choice("lighting", "éclairage", "lighting"),
    Choice("building", "bâtiments", "buildings"),
    Choice("waste", "déchets", "waste"),
    Choice("parking", "stationnement", "parking"),
    Choice("water", "eau", "water"),
)
BONUS_READINGS = (
    Choice("points", "points ajoutés à la part (40 % + 10 points)", "points added to the share (40 % + 10 points)"),
    Choice("share", "part qui grandit (40 % × 1,10)", "share that grows (40 % × 1.10)"),
)
INVOICE_FIELDS = (
    Field("number", "text", "Numéro", "Number"),
    Field("invoiced_on", "day", "Date de facture", "Invoiced on"),
    Field("amount_eur", "number", "Montant hors taxe (avoir : négatif)", "Amount without tax (credit: below 0)",
          unit="{EUR}", least=-1e10, most=1e10),
    Field("what", "text", "Objet", "What for", is_required=False),
    Field("is_eligible", "flag", "Éligible à la subvention", "Eligible for the subsidy", is_required=False),
)  # fmt: skip
SUBSIDY_FIELDS = (
    Field("eligible_from", "day", "Dépenses éligibles à partir du", "Expenses eligible from"),
    Field("granted_on", "day", "Accordée le", "Granted on", is_required=False),
    Field("share", "number", "Part (0 à 1)", "Share (0 to 1)", is_required=False, least=0, most=1),
    Field("ceiling_eur", "number", "Plafond", "Ceiling", False, "{EUR}", 0, 1e10),
    Field(
        "bonus", "number", "Bonus d’ambition environnementale (0 à 1)", "Bonus for ambition (0 to 1)", False, "", 0, 1
    ),
    Field("bonus_read_as", "choice", "Le bonus se lit en", "The bonus is read as", False, choices=BONUS_READINGS),
    Field("is_ambitious", "flag", "Ambition environnementale reconnue", "Ambition recognised", is_required=False),
    Field("least_own_share", "number", "Autofinancement minimal (0 à 1)", "Least own share (0 to 1)", False, "", 0, 1),
    Field("years_to_finish", "whole", "Années pour achever", "Years to finish", False, "", 1, 20),
    Field("other_subsidies_eur", "number", "Autres subventions", "Other subsidies", False, "{EUR}", 0, 1e10),
)
ASSUMPTION_FIELDS = (
    Field("horizon_years", "whole", "Horizon (années)", "Horizon (years)", False, "", 1, 60),
    Field("discount_rate", "number", "Taux d’actualisation par an (0,04)", "Discount rate a year (0.04)",
          False, "", -0.49, 0.99),
    Field("price_growth", "number", "Hausse des prix par an", "Growth of prices a year", False, "", -0.49, 0.99),
    Field("upkeep_eur", "number", "Entretien par an", "Upkeep a year", False, "{EUR}", -1e10, 1e10),
)  # fmt: skip
INDICATOR_FIELDS = (
    Field("indicator", "text", "Indicateur social", "Social indicator"),
    Field("value", "number", "Valeur", "Value"),
    Field("unit", "text", "Unité", "Unit"),
    Field("observed_on", "day", "Observé le", "Observed on"),
    Field("source", "text", "Source", "Source"),
)
WORTH_FIELDS = (
    Field("kpi", "word", "Indicateur", "KPI"),
    Field("source", "text", "Source", "Source"),
    Field("eur", "number", "Valeur d’une unité", "Worth of one unit", is_required=False, unit="{EUR}"),
    Field("kgco2e", "number", "kgCO2e d’une unité", "kgCO2e of one unit", is_required=False),
)
PROJECT_FIELDS = (
    Field("slug", "slug", "Identifiant (minuscules, chiffres, tirets)", "Identifier (lower case, digits, hyphens)"),
    Field("name", "text", "Nom", "Name"),
    Field("domain", "word", "Domaine", "Domain", choices=DOMAINS),
    Field("assets", "assets", "Équipements concernés", "Assets it is about"),
    Field("started_on", "day", "Effet à partir du", "Acts from"),
    Field("baseline_from", "day", "Période de référence du", "Baseline from"),
    Field("baseline_to", "day", "au (jour non compris)", "to (day not included)"),
    Field("cost_eur", "number", "Coût hors taxe (sans facture)", "Cost without tax (where no invoice)",
          unit="{EUR}", least=0, most=1e10),
    Field("invoices", "parts", "Factures", "Invoices", is_required=False, parts=INVOICE_FIELDS),
    Field("subsidy", "part", "Subvention", "Subsidy", is_required=False, parts=SUBSIDY_FIELDS),
    Field("assumptions", "part", "Hypothèses", "Assumptions", is_required=False, parts=ASSUMPTION_FIELDS),
    Field("indicators", "parts", "Résultats sociaux", "Social results", False, parts=INDICATOR_FIELDS),
    Field("worths", "parts", "Ce que vaut un indicateur", "What a KPI is worth", False, parts=WORTH_FIELDS),
)  # fmt: skip
