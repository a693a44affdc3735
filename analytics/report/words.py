"""The fixed words of a report, in French and in English."""

from collections.abc import Mapping

from sensors.language import Language

FIELDS: Mapping[str, tuple[str, str]] = {
    "lighting": ("Éclairage", "Lighting"),
    "waste": ("Déchets", "Waste"),
    "parking": ("Stationnement", "Parking"),
    "building": ("Bâtiments", "Buildings"),
    "water": ("Eau", "Water"),
    "project": ("Projets et retour sur investissement", "Projects and return on investment"),
    "maintenance": ("Maintenance", "Maintenance"),
    "platform": ("Empreinte de Vigie", "Footprint of Vigie"),
    "other": ("Autres", "Other"),
}
WORDS: Mapping[str, tuple[str, str]] = {
    "title": ("Rapport d’indicateurs", "KPI report"),
    "figures": ("Chiffres clés", "Key figures"),
    "kpi": ("Indicateur", "KPI"),
    "value": ("Valeur", "Value"),
    "interval": ("Intervalle", "Interval"),
    "baseline": ("Référence", "Baseline"),
    "completeness": ("Complétude", "Completeness"),
    "withheld": ("Non publié", "Withheld"),
    "withheld_title": ("Ce qui n’est pas publié, et pourquoi", "What is withheld, and why"),
    "withheld_none": ("Tous les chiffres ont pu être établis.", "Every figure could be told."),
    "reason": ("Motif", "Reason"),
    "charts": ("Évolution pendant la période", "Course within the period"),
    "compared": ("Comparé à ce qui aurait été", "Compared with what would have been"),
    "without": ("sans l’action", "without the action"),
    "with": ("constaté", "as found"),
    "restated": ("Chiffres révisés", "Restated figures"),
    "restated_none": ("Aucun chiffre publié de cette période n’a été révisé.",
                      "No published figure of this period was restated."),
    "restated_more": ("Les révisions suivantes sont dans l’interface (/v1/kpis?history=true).",
                      "Further restatements are in the API (/v1/kpis?history=true)."),
    "old": ("Avant", "Before"),
    "new": ("Après", "After"),
    "cause": ("Cause", "Cause"),
    "who": ("Par", "By"),
    "unknown": ("inconnu", "not known"),
    "when": ("Le", "On"),
    "about": ("Objet", "About"),
    "period": ("Période", "Period"),
    "territory": ("territoire", "territory"),
    "methods": ("Annexe : méthodes et preuves", "Annex: methods and proof"),
    "method": ("Méthode", "Method"),
    "version": ("version", "version"),
    "hash": ("Empreinte des données d’entrée (SHA-256)", "Hash of inputs (SHA-256)"),
    "proof": ("Nombres derrière le chiffre", "Numbers behind the figure"),
    "inputs": ("Données d’entrée dans le dossier de preuve", "Inputs in the evidence"),
    "left_out": ("Ce que ce rapport ne dit pas", "What this report does not say"),
    "footprint": ("Empreinte de la plateforme", "Footprint of the platform"),
    "as_of": ("Chiffres calculés jusqu’au", "Figures as computed up to"),
    "key": ("Clé de signature", "Signing key"),
    "data": ("Données du graphique", "Data of the chart"),
    "part": ("Partie", "Part"),
    "entries": ("lignes, voir figures.parquet", "entries, see figures.parquet"),
    "day": ("jour", "day"),
    "month": ("mois", "month"),
    "page": ("page", "page"),
    "how_to_read": (
        "Chaque valeur est donnée avec l’intervalle qui contient la vraie valeur : 90 % de confiance, ou le pire des"
        " cas quand la méthode l’indique. La complétude est la part de la période dont les données sont connues ; sous"
        " 75 %, la valeur n’est pas publiée. La référence est ce qui aurait été sans l’action.",
        "Each value comes with the interval that holds the true one: at 90 % confidence, or the worst case where the"
        " method says so. Completeness is the share of the period of which data are known; below 75 % the value is"
        " withheld. The baseline is what would have been without the action.",
    ),
    "how_to_verify": (
        "Ce rapport est signé (Ed25519). Le dossier de preuve contient les données d’entrée de chaque chiffre ;"
        " « vigie report --verify FICHIER » vérifie la signature et recalcule tous les chiffres, sans base de données.",
        "This report is signed (Ed25519). The evidence holds the inputs of every figure; “vigie report --verify FILE”"
        " checks the signature and tells every figure again, without a database.",
    ),
}  # fmt: skip


def say(word: str, language: Language) -> str:
    """Give a word or sentence in the reader's language."""
    return WORDS[word][language == "en"]


def titled(word: str, language: Language) -> str:
    """Give a word or sentence with the colon after it, as the language sets it."""
    return f"{say(word, language)}{' :' if language == 'fr' else ':'}"


def field_name(field: str, language: Language) -> str:
    """Name a field of work; one that is not in the table goes by its own word."""
    return FIELDS[field][language == "en"] if field in FIELDS else field.capitalize()
