"""What is written on sheets, in French and in English."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from analytics.rounds.day_plan import DayPlan, LeftOut, Outlook, PlannedStop
from sensors.language import MONTHS, Language

WEEKDAYS = {
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}


@dataclass(frozen=True, slots=True)
class Words:
    """The headings of a sheet."""

    title: str
    round: str
    order: str
    arrives: str
    container: str
    address: str
    fill: str
    reason: str
    load: str
    left_out: str
    assumptions: str
    nothing: str


WORDS: dict[Language, Words] = {
    "fr": Words(
        "Tournées du",
        "Tournée",
        "N°",
        "Heure",
        "Conteneur",
        "Adresse",
        "Remplissage attendu",
        "Pourquoi",
        "Volume cumulé",
        "Conteneurs non collectés",
        "Hypothèses",
        "Aucune tournée : aucun conteneur ne vaut le trajet.",
    ),
    "en": Words(
        "Rounds of",
        "Round",
        "No.",
        "Time",
        "Container",
        "Address",
        "Expected fill",
        "Why",
        "Volume so far",
        "Containers left out",
        "Assumptions",
        "No round: no container is worth the way.",
    ),
}


def day_in(language: Language, day: date) -> str:
    """Write a day out."""
    weekday = WEEKDAYS[language][day.weekday()]
    if language == "fr":
        return f"{weekday} {'1er' if day.day == 1 else day.day} {MONTHS['fr'][day.month - 1]} {day.year}"
    return f"{weekday} {day.day} {MONTHS['en'][day.month - 1]} {day.year}"


def percent(language: Language, share: float) -> str:
    """Write a share, 0 to 1, in whole percent; what is not nothing is never written as 0."""
    whole = f"{share * 100:.0f}"
    text = "< 1" if share > 0 and whole == "0" else whole
    return f"{text} %" if language == "fr" else f"{text}%"


def decimal(language: Language, value: float, unit: str) -> str:
    """Write a number with one decimal and its unit."""
    text = f"{value:.1f}"
    return f"{text.replace('.', ',') if language == 'fr' else text} {unit}"


def fill_in(language: Language, outlook: Outlook | None) -> str:
    """Write the expected fill level with its interval."""
    if outlook is None:
        return "inconnu" if language == "fr" else "not known"
    middle = percent(language, outlook.expected_percent / 100)
    return f"{middle} ({outlook.low_percent:.0f}–{outlook.high_percent:.0f})"


def why_served(language: Language, stop: PlannedStop, zone: ZoneInfo) -> str:
    """Say why a container is on the list."""
    day = day_in(language, stop.next_at.astimezone(zone).date())
    if stop.outlook is None:
        return (
            "niveau inconnu, passage prévu au plan de collecte"
            if language == "fr"
            else "level not known, the fixed plan sends a vehicle"
        )
    risk = percent(language, stop.outlook.probability)
    if language == "fr":
        return f"{risk} de risque de débordement avant le passage suivant ({day})"
    return f"{risk} risk of overflow before the next vehicle ({day})"


def why_left(language: Language, left: LeftOut, zone: ZoneInfo) -> str:
    """Say why a container is left out."""
    is_french = language == "fr"
    if left.reason == "no_position":
        return "position inconnue" if is_french else "no position"
    if left.reason == "level_not_known":
        return (
            "niveau inconnu, aucun passage prévu ce jour" if is_french else "level not known, no round planned that day"
        )
    day = day_in(language, left.next_at.astimezone(zone).date())
    chance = 1.0 if left.outlook is None else left.outlook.probability
    risk = percent(language, chance)
    detour, worth = (decimal(language, km or 0.0, "km") for km in (left.detour_km, left.worth_km))
    if left.reason == "no_room":
        return (
            f"{risk} de risque avant le {day} : plus de place ou de temps dans les véhicules"
            if is_french
            else f"{risk} risk before {day}: no vehicle had room or time left"
        )
    if is_french:
        return f"{risk} de risque avant le {day} : vaut {worth}, détour de {detour}"
    return f"{risk} risk before {day}: worth {worth}, {detour} of detour"


def assumptions_in(language: Language, plan: DayPlan) -> list[str]:
    """Say what the rounds rest on."""
    given = plan.assumptions
    if language == "fr":
        said = [
            f"distances : {plan.distances}",
            f"éviter un débordement vaut {given.overflow_km:g} km de trajet ; sortir un véhicule de plus compte"
            f" {given.vehicle_km:g} km",
            f"{given.service_s:g} s par conteneur, sauf indication contraire",
            f"sans plan de collecte, passage suivant sous {given.next_days} jours",
            f"calcul : {plan.solver}, graine {plan.seed}",
        ]
        estimated = f"{plan.n_estimated} trajets inconnus de cette source ont été estimés"
    else:
        said = [
            f"distances: {plan.distances}",
            f"preventing an overflow is worth {given.overflow_km:g} km of way; one more vehicle counts"
            f" {given.vehicle_km:g} km",
            f"{given.service_s:g} s a container, unless it says otherwise",
            f"without a collection plan, the next vehicle comes within {given.next_days} days",
            f"planned by {plan.solver}, seed {plan.seed}",
        ]
        estimated = f"{plan.n_estimated} ways unknown to that source were estimated"
    return [*said, estimated] if plan.n_estimated else said


def clock(at: datetime, zone: ZoneInfo) -> str:
    """Write a civil hour."""
    return at.astimezone(zone).strftime("%H:%M")
