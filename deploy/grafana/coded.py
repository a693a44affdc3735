"""Codes of the store as words in a colour."""

from collections.abc import Mapping

from deploy.grafana.card import BLUE, DARK_RED, GREEN, GREY, ORANGE, RED, Words
from sensors.quantity import QUANTITIES
from sensors.unit_sign import SIGN_BY_UNIT, WORD_BY_UNIT, unit_in

UNITS = sorted({one.unit for one in QUANTITIES.values()} | set(SIGN_BY_UNIT) | set(WORD_BY_UNIT["fr"]))

# column -> code -> (words, colour)
CODES: Mapping[str, Mapping[str, tuple[Words, str]]] = {
    "severity": {
        "info": (("information", "information"), BLUE),
        "warning": (("à surveiller", "warning"), ORANGE),
        "urgent": (("urgent", "urgent"), RED),
        "critical": (("critique", "critical"), DARK_RED),
    },
    "verdict": {
        "confirmed": (("confirmé", "confirmed"), RED),
        "false_alarm": (("fausse alerte", "false alarm"), GREY),
        "known": (("déjà connu", "known"), GREY),
        "other_cause": (("autre cause", "other cause"), ORANGE),
        "to_judge": (("à juger", "to be judged"), BLUE),
    },
    "work_state": {
        "open": (("à faire", "open"), ORANGE),
        "assigned": (("attribuée", "assigned"), ORANGE),
        "planned": (("planifiée", "planned"), BLUE),
        "started": (("en cours", "started"), BLUE),
        "closed": (("close", "closed"), GREEN),
        "cancelled": (("annulée", "cancelled"), GREY),
    },
    "basis": {
        "signals": (("constats", "findings"), RED),
        "life": (("durée de vie", "lives of its type"), BLUE),
        "entered": (("taux saisi", "entered rate"), BLUE),
        "prior": (("taux supposé", "assumed rate"), GREY),
        "unknown": (("inconnu", "unknown"), GREY),
    },
    "presence": {
        "online": (("présent", "online"), GREEN),
        "offline": (("absent", "offline"), RED),
        "unknown": (("inconnue", "unknown"), GREY),
    },
    "device_state": {
        "pending": (("en attente", "pending"), ORANGE),
        "accepted": (("accepté", "accepted"), BLUE),
        "active": (("en service", "active"), GREEN),
        "retired": (("retiré", "retired"), GREY),
        "ignored": (("ignoré", "ignored"), GREY),
    },
    "gap_cause": {
        "device": (("capteur", "device"), ORANGE),
        "gateway": (("passerelle", "gateway"), ORANGE),
        "broker": (("courtier", "broker"), RED),
        "platform": (("plateforme", "platform"), DARK_RED),
        "unknown": (("inconnue", "unknown"), GREY),
    },
    "clock": {
        "ok": (("à l’heure", "right"), GREEN),
        "local_time": (("heure locale", "local time"), BLUE),
        "hour_off": (("décalée d’heures", "hours off"), BLUE),
        "ahead": (("en avance", "ahead"), ORANGE),
        "drift": (("dérive", "drifts"), ORANGE),
        "no_clock": (("sans horloge", "no clock"), GREY),
        "late": (("messages tardifs", "late messages"), GREY),
        "unknown": (("inconnue", "unknown"), GREY),
    },
    "connected": {
        "true": (("connecté", "connected"), GREEN),
        "false": (("coupé", "cut"), RED),
    },
    "withheld": {
        "incomplete": (("données incomplètes", "incomplete data"), ORANGE),
    },
    "moved_because": {
        "mostly_false": (("trop de fausses alertes", "mostly false"), ORANGE),
        "over_budget": (("trop d’alertes", "over the budget"), ORANGE),
        "well_confirmed": (("bien confirmé", "well confirmed"), GREEN),
        "room": (("budget libre", "room in the budget"), GREEN),
        "by_hand": (("à la main", "by hand"), BLUE),
        "released": (("relâché", "released"), BLUE),
    },
    "unit": {unit: ((unit_in(unit, "fr") or "–", unit_in(unit, "en") or "–"), GREY) for unit in UNITS},
}
