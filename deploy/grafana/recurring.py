"""Panels that several dashboards show: findings, the delivery ledger, KPIs."""

from grafana_foundation_sdk.builders import barchart, table
from grafana_foundation_sdk.models.common import StackingMode
from grafana_foundation_sdk.models.dashboard import DynamicConfigValue

from deploy.grafana import panel
from deploy.grafana.audience import Audience
from deploy.grafana.panel import BLUE, GREEN, GREY, ORANGE, RED, Look
from store.sql import load_queries

QUERIES = load_queries(__file__)
# The page shows the asset with its findings; verdicts are given there.
PAGE_ASSET = "${vigie}/#asset=${__data.fields.asset_id}"


def query(audience: Audience, name: str) -> str:
    """Give a query of these panels in the readers' language."""
    return audience.complete(QUERIES[name])


def nothing(audience: Audience) -> str:
    """What a panel shows that has nothing to show."""
    return audience.say("aucune donnée", "no data")


def severities(audience: Audience) -> dict[str, tuple[str, str]]:
    """Severities as words with their colour."""
    return {
        "info": ("information", BLUE),
        "warning": (audience.say("à surveiller", "warning"), ORANGE),
        "urgent": ("urgent", RED),
        "critical": (audience.say("critique", "critical"), "dark-red"),
    }


def findings(audience: Audience) -> table.Panel:
    """Findings of the period, open ones first, each with a link to Vigie's page, where it is judged."""
    look = Look(
        audience.say("Constats", "Findings"),
        audience.say(
            "Constats de la période, en cours d’abord. Un clic ouvre la page de Vigie, où l’on rend son avis.",
            "Findings of the period, open ones first. A click opens Vigie's page, where the verdict is given.",
        ),
        14, 10,
    )  # fmt: skip
    made = panel.dress(table.Panel(), look, query(audience, "list_findings"), "table", nothing(audience))
    opened = panel.link(audience.say("Ouvrir dans Vigie", "Open in Vigie"), PAGE_ASSET)
    verdicts = {
        "confirmed": (audience.say("confirmé", "confirmed"), RED),
        "false_alarm": (audience.say("fausse alerte", "false alarm"), GREY),
        "known": (audience.say("déjà connu", "known"), GREY),
        "to_judge": (audience.say("à juger", "to be judged"), BLUE),
    }
    judged = panel.link(audience.say("Rendre un avis dans Vigie", "Give a verdict in Vigie"), PAGE_ASSET)
    return panel.with_columns(
        made,
        [
            ("asset_id", panel.hidden()),
            ("started_at", panel.named(audience.say("depuis", "since"), panel.width(160))),
            ("ended_at", panel.named(audience.say("fin", "end"), panel.width(160))),
            (
                "severity",
                panel.named(
                    audience.say("gravité", "severity"), panel.width(110), *panel.colored_words(severities(audience))
                ),
            ),
            ("asset", panel.named(audience.say("équipement", "asset"))),
            ("sentence", panel.named(audience.say("constat", "finding"), opened)),
            (
                "score",
                panel.named(audience.say("étrangeté", "score"), panel.width(90), DynamicConfigValue("decimals", 1)),
            ),
            (
                "verdict",
                panel.named(audience.say("avis", "verdict"), panel.width(110), judged, *panel.colored_words(verdicts)),
            ),
        ],
    )


def precisions(audience: Audience) -> table.Panel:
    """How right findings were, by what technicians said of them."""
    look = Look(
        audience.say("Fiabilité des constats", "How right findings were"),
        audience.say(
            "Part confirmée des constats jugés en 365 jours, intervalle à 95 % ; avance : du début à la panne.",
            "Confirmed share of findings judged in 365 days, interval of 95 %; lead: from begin to failure.",
        ),
        24, 8,
    )  # fmt: skip
    made = panel.dress(table.Panel(), look, query(audience, "list_precisions"), "table", nothing(audience))
    titles = {
        "kind": ("constat", "finding"), "territory": ("territoire", "territory"), "asset_type": ("équipement", "asset"),
        "n_findings": ("constats", "findings"), "n_confirmed": ("confirmés", "confirmed"),
        "n_false": ("fausses alertes", "false alarms"), "n_known": ("déjà connus", "known"),
        "n_lead": ("n (avance)", "n (lead)"), "factor": ("facteur du seuil", "factor on threshold"),
    }  # fmt: skip
    shares = {"precision": ("part confirmée", "confirmed share"), "low": ("bas", "low"), "high": ("haut", "high")}
    return panel.with_columns(
        made,
        [
            *((name, panel.named(audience.say(*words))) for name, words in titles.items()),
            *((name, panel.named(audience.say(*words), panel.unit("percentunit"))) for name, words in shares.items()),
            ("lead_h", panel.named(audience.say("avance médiane", "median lead"), panel.unit("h"))),
        ],
    )


def ledger(audience: Audience) -> barchart.Panel:
    """What became of everything that arrived."""
    look = Look(
        audience.say("Registre des livraisons", "Delivery ledger"),
        audience.say(
            "Valeurs reçues, par issue. Par heure jusqu’à deux jours, par jour au-delà.",
            "Values received, by outcome. By the hour up to two days, beyond by the day.",
        ),
        12, 9, "short",
    )  # fmt: skip
    base = barchart.Panel().x_field("time").stacking(StackingMode.NORMAL).x_tick_label_spacing(100)
    made = panel.dress(base, look, query(audience, "read_ledger"), "table", nothing(audience))
    outcomes = {
        "stored": (audience.say("enregistrées", "stored"), GREEN),
        "duplicate": (audience.say("en double", "duplicate"), BLUE),
        "revised": (audience.say("corrigées", "revised"), ORANGE),
        "rejected": (audience.say("rejetées", "rejected"), RED),
    }
    return panel.with_columns(
        made, [(name, panel.named(title, panel.color(shade))) for name, (title, shade) in outcomes.items()]
    )


def kpis(audience: Audience) -> table.Panel:
    """Indicators with what proves them."""
    look = Look(
        audience.say("Indicateurs", "KPIs"),
        audience.say(
            "Indicateurs de la période, avec fourchette, référence et méthode ; sans valeur, la raison est dite.",
            "KPIs of the period, with range, baseline and method; without a value, the reason is given.",
        ),
        12, 9,
    )  # fmt: skip
    made = panel.dress(table.Panel(), look, query(audience, "list_kpis"), "table", nothing(audience))
    titles = {
        "kpi": ("indicateur", "KPI"), "territory": ("territoire", "territory"), "asset": ("équipement", "asset"),
        "from": ("du", "from"), "to": ("au", "to"), "value": ("valeur", "value"), "unit": ("unité", "unit"),
        "low": ("bas", "low"), "high": ("haut", "high"), "baseline": ("référence", "baseline"),
        "withheld": ("pourquoi sans valeur", "why no value"), "method": ("méthode", "method"),
    }  # fmt: skip
    columns = [(name, panel.named(audience.say(*words))) for name, words in titles.items()]
    completeness = panel.named(audience.say("complétude", "completeness"), panel.unit("percentunit"))
    return panel.with_columns(made, [*columns, ("completeness", completeness)])
