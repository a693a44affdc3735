"""KPIs and their proof: figures with range, baseline and method, what was restated, what is withheld and why."""

from deploy.grafana import recurring
from deploy.grafana.board import Board
from deploy.grafana.card import Card

COUNTS = Card(
    "figure", "count_kpis",
    ("Indicateurs de la période", "KPIs of the time shown"),
    (
        "Indicateurs du territoire avec une valeur, retenus faute de données, révisés depuis leur première annonce.",
        "KPIs of the territory with a value, withheld for want of data, restated since they were first told.",
    ),
    "n_told n_withheld n_restated", 8, 4, "short",
)  # fmt: skip
NEWEST = Card(
    "table", "list_newest",
    ("Le dernier mois de chaque indicateur", "The newest month of each KPI"),
    (
        "Valeur, fourchette où se trouve la vraie, référence, complétude ; sous 75 % la valeur est retenue.",
        "Value, range that holds the true one, baseline, completeness; below 75 % the value is withheld.",
    ),
    "kpi territory value unit low high baseline completeness withheld begins_at ends_at", 24, 10,
)  # fmt: skip
CHOSEN = Card(
    "bars", "read_chosen",
    ("L’indicateur choisi, par mois", "The chosen KPI by month"),
    (
        "Treize mois jusqu’à la fin de la période, avec bornes et référence ; l’unité est dans la preuve.",
        "Thirteen months up to the end of the time shown, with bounds and baseline; the unit is in the proof.",
    ),
    "month low figure high baseline", 12, 10,
)  # fmt: skip
RANKED = Card(
    "table", "rank_chosen",
    ("L’indicateur choisi, par équipement", "The chosen KPI by asset"),
    ("Dernier mois dit de chaque équipement.", "Newest month told of each asset."),
    "asset_id asset value unit low high baseline completeness begins_at", 12, 10,
)  # fmt: skip
PROOF = Card(
    "table", "list_proof",
    ("La preuve", "The proof"),
    (
        "Méthode et version, empreinte SHA-256 des données d’entrée, date du calcul : de quoi le refaire.",
        "Method and version, SHA-256 of the inputs, day of the reckoning: what it takes to tell it again.",
    ),
    "territory begins_at ends_at value unit low high baseline completeness method inputs_hash computed_at", 24, 9,
)  # fmt: skip
RESTATED = Card(
    "table", "list_restatements",
    ("Révisions", "Restatements"),
    (
        "Indicateurs dits à nouveau dans la période : valeur d’avant, valeur d’après, cause, et pour le compte de qui.",
        "KPIs told anew within the time shown: value before, value after, cause, and on whose account.",
    ),
    "kpi territory begins_at ends_at before value unit cause restated_by computed_at", 24, 8,
)  # fmt: skip
WITHHELD = Card(
    "table", "list_withheld",
    ("Retenus, et pourquoi", "Withheld, and why"),
    ("Indicateurs sans valeur de la période.", "KPIs of the time shown that have no value."),
    "kpi territory begins_at ends_at withheld completeness method", 24, 8,
)  # fmt: skip

BOARD = Board(
    "kpi",
    ("Indicateurs et preuves", "KPIs and proof"),
    ("Ce qui a été économisé, et ce qui le prouve", "What was saved, and what proves it"),
    (
        COUNTS,
        recurring.newest(
            "project_saving_per_year", "currencyEUR",
            ("Économie annuelle des projets", "Saving of projects in a year"),
            ("Douze mois d’indicateurs, entretien ôté.", "Twelve months of KPIs, less upkeep."), 5,
        ),
        recurring.newest(
            "project_payback", "short",
            ("Temps de retour (années)", "Payback (years)"),
            ("Années jusqu’à ce que l’économie vaille l’investissement.", "Years until savings are worth the cost."), 5,
        ),
        recurring.newest(
            "project_emissions_per_euro", "masskg",
            ("CO2e évité par euro", "CO2e avoided per euro"),
            ("Sur l’horizon des projets, par euro investi.", "Over the projects' horizon, per euro invested."),
        ),
        NEWEST,
        CHOSEN, RANKED,
        PROOF,
        RESTATED,
        WITHHELD,
    ),
    since="now-90d",
    with_kpi=True,
)  # fmt: skip
