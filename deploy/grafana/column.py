"""What the columns of our queries are called and measured in: one table for all panels."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from deploy.grafana.card import BLUE, GREEN, GREY, ORANGE, RED, Words

SHARE, HOURS, EUROS, ENERGY = "percentunit", "h", "currencyEUR", "kwatth"
AGO, INSTANT = "dateTimeFromNow", "dateTimeAsLocal"


@dataclass(frozen=True, slots=True)
class Column:
    """A column's title, Grafana's unit, width in pixels, fixed colour, the codes it holds, and where its cells lead."""

    title: Words
    unit: str = ""
    width: int = 0
    color: str = ""
    codes: str = ""
    leads_to: str = ""
    is_hidden: bool = False
    decimals: int | None = None


def column(fr: str, en: str, unit: str = "", width: int = 0, color: str = "") -> Column:
    """Make an ordinary column."""
    return Column((fr, en), unit, width, color)


def coded(fr: str, en: str, codes: str) -> Column:
    """Make a column whose codes are shown as words."""
    return Column((fr, en), width=130, codes=codes)


def hidden(name: str) -> Column:
    """Make a column that only links and places use."""
    return Column((name, name), is_hidden=True)


COLUMNS: Mapping[str, Column] = MappingProxyType({
    # who and what
    "asset": Column(("équipement", "asset"), leads_to="asset"),
    "asset_id": hidden("asset_id"),
    "latitude": hidden("latitude"),
    "longitude": hidden("longitude"),
    "rank": hidden("rank"),
    "type": column("type", "type"),
    "asset_type": column("type d’équipement", "asset type"),
    "territory": column("territoire", "territory"),
    "zone": column("zone", "zone"),
    "device": column("capteur", "device"),
    "model": column("modèle", "model"),
    "channel": column("voie", "channel"),
    "fact": column("propriété", "fact"),
    "content": column("valeur", "value"),
    "quantity": column("grandeur", "quantity"),
    "state": column("état", "state"),
    "unit": Column(("unité", "unit"), width=90, codes="unit"),
    "value": column("valeur", "value"),
    "address": column("adresse", "address"),
    "since": column("depuis", "since", INSTANT),
    "until": column("jusqu’au", "until", INSTANT),
    # findings and incidents
    "started_at": column("depuis", "since", INSTANT, 170),
    "ended_at": column("fin", "end", INSTANT, 170),
    "severity": coded("gravité", "severity", "severity"),
    "sentence": Column(("constat", "finding"), leads_to="page"),
    "score": Column(("score", "score"), width=90, decimals=1),
    "verdict": Column(("avis", "verdict"), width=120, codes="verdict", leads_to="verdict"),
    "findings": column("constats", "findings"),
    "kind": column("constat", "finding"),
    "cause": column("cause", "cause"),
    "incidents": column("incidents", "incidents"),
    "n_findings": column("constats", "findings", width=90),
    "n_assets": column("équipements", "assets", width=110),
    "n_confirmed": column("confirmés", "confirmed"),
    "n_false": column("fausses alertes", "false alarms"),
    "n_known": column("déjà connus", "known"),
    "precision": column("part confirmée", "confirmed share", SHARE),
    "n_lead": column("n (avance)", "n (lead)"),
    "lead_h": column("avance médiane", "median lead", HOURS),
    "factor": column("facteur du seuil", "factor on threshold"),
    "factor_before": column("facteur d’avant", "factor before"),
    "moved_at": column("déplacé", "moved", INSTANT),
    "moved_because": coded("pourquoi", "why", "moved_because"),
    "alarms": column("alertes", "alarms", color=ORANGE),
    "budget": column("budget", "budget", color=GREY),
    # health and work
    "health": column("santé", "health", SHARE, 80),
    "within_7": column("panne sous 7 j", "fails within 7 d", SHARE),
    "within_30": column("panne sous 30 j", "fails within 30 d", SHARE, 130),
    "within_90": column("panne sous 90 j", "fails within 90 d", SHARE),
    "left_d": column("temps restant", "time left", "d", 110),
    "expected_loss_eur": column("perte attendue en 30 j", "expected loss in 30 d", EUROS, 160),
    "waiting_eur_per_day": column("coût d’un jour d’attente", "a day of waiting", EUROS, 160),
    "basis": coded("repose sur", "rests on", "basis"),
    "reason": column("pourquoi", "why"),
    "open_orders": column("à faire", "open", color=ORANGE),
    "planned_orders": column("planifiées", "planned", color=BLUE),
    "overdue_orders": column("en retard", "overdue", color=RED),
    "opened_orders": column("ouvertes", "opened", color=ORANGE),
    "closed_orders": column("closes", "closed", color=GREEN),
    "work_order_id": column("n°", "no.", width=60),
    "work_state": coded("état", "state", "work_state"),
    "work": Column(("intervention", "work"), leads_to="page"),
    "technician": column("technicien", "technician"),
    "opened_at": column("ouverte", "opened", INSTANT, 170),
    "planned_at": column("prévue", "planned", INSTANT, 170),
    "closed_at": column("close", "closed", INSTANT, 170),
    "worked_min": column("temps passé", "worked", "m"),
    "cost_eur": column("coût", "cost", EUROS),
    "time": column("heure", "time"),
    "week": column("semaine", "week"),
    "day": column("jour", "day"),
    "month": column("mois", "month"),
    # KPIs
    "kpi": column("indicateur", "KPI"),
    "begins_at": column("du", "from", INSTANT, 170),
    "ends_at": column("au", "to", INSTANT, 170),
    "figure": Column(("valeur", "value"), color=GREEN),
    "low": Column(("bas", "low"), color=GREY),
    "high": Column(("haut", "high"), color=BLUE),
    "low_share": column("bas", "low", SHARE),
    "high_share": column("haut", "high", SHARE),
    "baseline": column("référence", "baseline"),
    "completeness": column("complétude", "completeness", SHARE),
    "withheld": coded("pourquoi sans valeur", "why no value", "withheld"),
    "method": column("méthode", "method"),
    "inputs_hash": column("empreinte des données", "hash of the inputs"),
    "computed_at": column("calculé", "computed", INSTANT, 170),
    "before": column("avant", "before"),
    "restated_by": column("par", "by"),
    "n_told": column("avec valeur", "with a value", color=GREEN),
    "n_withheld": column("retenus", "withheld", color=ORANGE),
    "n_restated": column("révisés", "restated", color=BLUE),
    # delivery
    "seen": column("vus", "seen"),
    "expected": column("attendus", "expected", color=GREY),
    "received": column("reçues", "received", color=GREY),
    "stored": column("enregistrées", "stored", color=GREEN),
    "duplicate": column("en double", "duplicate", color=BLUE),
    "revised": column("corrigées", "revised", color=ORANGE),
    "rejected": column("rejetées", "rejected", color=RED),
    "unexplained": column("sans issue", "without outcome", color=RED),
    "rejections": column("rejets", "rejections"),
    "n_measurements": column("mesures", "measurements"),
    "n_messages": column("messages", "messages"),
    "n_missing": column("manquants", "missing"),
    "n_gaps": column("lacunes", "gaps"),
    "format": column("format", "format"),
    "received_at": column("reçu", "received", INSTANT, 170),
    "observed_at": column("mesuré", "measured", AGO),
    "heard_at": column("entendu", "heard", AGO),
    "presence": coded("présence", "presence", "presence"),
    "device_state": coded("état", "state", "device_state"),
    "gap_cause": coded("cause", "cause", "gap_cause"),
    "clock": coded("horloge", "clock", "clock"),
    "offset_s": column("écart", "offset", "s"),
    "drift_s_per_day": column("dérive par jour", "drift a day", "s"),
    "n_devices": column("capteurs", "devices"),
    "silent": column("muets", "silent", color=RED),
    "unknown": column("inconnus", "unknown", color=GREY),
    "heard": column("entendus", "heard", color=GREEN),
    "pending": column("en attente", "pending", color=ORANGE),
    # platform
    "source": column("source", "source"),
    "session": column("session", "session"),
    "connected": coded("connexion", "connection", "connected"),
    "changed_at": column("depuis", "since", AGO),
    "last_message_at": column("dernier message", "last message", AGO),
    "error": column("erreur", "error"),
    "n_connected": column("connectées", "connected", color=GREEN),
    "n_sessions": column("sessions", "sessions", color=GREY),
    "lag_s": column("retard", "lag", "s"),
    "rollup": column("agrégat", "rollup"),
    "computed_to": column("calculé jusqu’à", "computed to", INSTANT),
    "requested_at": column("demandé", "requested", INSTANT),
    "done_at": column("fait", "done", INSTANT),
    # lighting
    "lamps": column("lampes", "lamps", color=GREY),
    "lit": column("allumées", "lit", color=GREEN),
    "faulty": column("en défaut", "faulty", color=RED),
    "power_w": column("puissance", "power", "watt"),
    "energy_kwh": column("énergie de la nuit", "energy of the night", ENERGY),
    "hours_by_day": column("allumées de jour", "lit by day", HOURS, color=ORANGE),
    "hours_dark": column("éteintes à tort", "dark when owed", HOURS, color=RED),
    # waste
    "waste_stream": column("flux", "waste stream"),
    "fill_percent": column("remplissage", "fill level", "percent"),
    "full_percent": column("à vider dès", "to be emptied from", "percent"),
    "containers": column("conteneurs", "containers", color=GREY),
    "to_empty": column("à vider", "to be emptied", color=ORANGE),
    "overflowing": column("débordent", "overflowing", color=RED),
    "n_rounds": column("tournées", "rounds"),
    "n_stops": column("arrêts", "stops"),
    "n_left_out": column("laissés", "left out"),
    "distance_km": column("distance", "distance", "lengthkm"),
    "made_at": column("calculé", "made", INSTANT),
    "round": column("tournée", "round", width=90),
    "stop": column("arrêt", "stop", width=80),
    "arrives_at": column("arrivée", "arrives", INSTANT),
    "expected_percent": column("attendu", "expected", "percent"),
    "overflow_share": column("risque de débordement", "risk of overflow", SHARE),
    # parking
    "free": column("libres", "free", color=GREEN),
    "occupied": column("occupées", "occupied", color=ORANGE),
    "closed": column("fermées ou inconnues", "closed or unknown", color=GREY),
    "bays": column("places", "bays", color=GREY),
    "occupancy": column("occupation", "occupancy", SHARE),
    "turnover": column("rotation par jour", "turnover a day"),
    "stay_min": column("durée moyenne", "mean stay", "m"),
    "overstay": column("trop longs", "too long", SHARE),
    "for_at": column("pour", "for", INSTANT),
    "expected_share": column("attendu", "expected", SHARE),
    # buildings
    "temperature": column("température", "temperature", "celsius"),
    "co2": column("CO2", "CO2", "ppm"),
    "humidity": column("humidité", "humidity", "percent"),
    "people": column("personnes", "people"),
    "too_cold": column("trop froides", "too cold", color=BLUE),
    "too_warm": column("trop chaudes", "too warm", color=RED),
    "stale_air": column("air confiné", "stale air", color=ORANGE),
    "rooms": column("zones suivies", "zones watched", color=GREY),
    # water
    "night_m3_h": column("débit de nuit (m³/h)", "night flow (m³/h)"),
    "leak_m3": column("fuites du mois", "leaks of the month", "m3"),
    "leak_eur": column("coût des fuites", "cost of leaks", EUROS),
    "leaks": column("fuites signalées", "leaks found", color=RED),
    "pipes": column("points suivis", "points watched", color=GREY),
    # structures
    "structures": column("ouvrages suivis", "structures watched", color=GREY),
    "roads": column("sections de route", "road sections", color=GREY),
    "roughness": column("uni (IRI, m/km)", "roughness (IRI, m/km)"),
    "rut_mm": column("orniérage", "ruts", "lengthmm"),
    "cracking": column("fissuration", "cracking", "percent"),
    "surface": column("chaussée", "surface"),
})  # fmt: skip
