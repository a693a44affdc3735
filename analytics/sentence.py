"""What a finding says to a technician, in French and in English: the value, what was expected, since when."""

import math
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from analytics.detectors import Score
from sensors.unit_sign import sign_of

NARROW = "\u202f"  # the narrow no-break space that French puts between thousands
READABLE = 1e9  # longer numbers are written with an exponent

WITHDRAWN = (
    "Values that came late show that nothing was unusual.",
    "Des valeurs arrivées en retard montrent que rien n'était inhabituel.",
)  # English, French


@dataclass(frozen=True, slots=True)
class Subject:
    """What a finding is about: asset or device, the quantity in both languages, unit (UCUM), zone of its clock.

    `low` and `high` bound what is possible, in that unit: nothing beyond them can be usual.
    """

    name: str
    quantity_en: str
    quantity_fr: str
    unit: str
    time_zone: str
    low: float = -math.inf
    high: float = math.inf


def tell_unusual(subject: Subject, score: Score, at: datetime, started_at: datetime) -> tuple[str, str]:
    """Give (English, French) for a value, or what it is compared by (a day, the last values), out of its range."""
    sign = sign_of(subject.unit)
    found, low, high = (number(n) for n in (score.looked_at, *usual_span(subject, score)))
    what_en, what_fr = {
        "day_low": (": the lowest value of the day is", " : la valeur la plus basse du jour est de"),
        "day_mean": (": the mean of the day is", " : la moyenne du jour est de"),
        "day_high": (": the highest value of the day is", " : la valeur la plus haute du jour est de"),
        "shape": (": in the course of the day an hour is", " : dans l'allure du jour, une heure est à"),
        "level": (": the level has shifted to", " : le niveau est passé à"),
        "short_mean": (": the mean of the last 10 values is", " : la moyenne des 10 dernières valeurs est de"),
        "long_mean": (": the mean of the last 48 values is", " : la moyenne des 48 dernières valeurs est de"),
        "step": (": the step from the value before is", " : l'écart avec la valeur d'avant est de"),
        "spread": (": the spread of the last 24 values is", " : l'écart type des 24 dernières valeurs est de"),
    }.get(score.aspect, (" is", " :"))
    english = (
        f"{subject.name}: {lowered(subject.quantity_en)}{what_en} {found}{spaced(sign)} on {clock(at, subject)};"
        f" between {low} and {high}{spaced(sign)} is usual. Unusual since {clock(started_at, subject)}."
        " To do: look at what is measured, then at the sensor."
    )
    french = (
        f"{subject.name} : {lowered(subject.quantity_fr)}{what_fr} {french_number(found)}{spaced(sign)} le"
        f" {french_clock(at, subject)} ; d'habitude entre {french_number(low)} et {french_number(high)}{spaced(sign)}."
        f" Inhabituel depuis le {french_clock(started_at, subject)}. À faire : contrôler ce qui est mesuré, puis le"
        " capteur."
    )
    return english, french


def usual_span(subject: Subject, score: Score) -> tuple[float, float]:
    """Give what is usual from low to high, within what is possible: no flow is usually -3 m³/h."""
    low, high = score.expected_low, score.expected_high
    if score.aspect == "spread":
        return max(low, 0.0), high
    if score.aspect in ("step", "shape"):  # differences, which have either sign
        return low, high
    least, most = subject.low, subject.high
    return (max(low, least) if high >= least else low), (min(high, most) if low <= most else high)


def tell_silent(name: str, time_zone: str, last_at: datetime, score: Score) -> tuple[str, str]:
    """Give (English, French) for a device that says nothing any more."""
    subject = Subject(name, "", "", "", time_zone)
    pause, usual = duration(score.looked_at), duration(score.expected_high)
    english = (
        f"{name} has been silent since {clock(last_at, subject)}, for {pause}; its longest usual pause is {usual}."
        " To do: check its battery or supply, its place and its network."
    )
    french = (
        f"{name} ne dit plus rien depuis le {french_clock(last_at, subject)}, soit {french_duration(pause)} ; sa plus"
        f" longue pause habituelle est de {french_duration(usual)}. À faire : contrôler sa pile ou son alimentation,"
        " son emplacement et son réseau."
    )
    return english, french


def number(value: float) -> str:
    """Write a number with four significant digits, and no exponent where people can read it without."""
    short = f"{value:.4g}"
    return f"{float(short):.0f}" if "e+" in short and abs(value) < READABLE else short


def french_number(text: str) -> str:
    """Write the decimal mark as French does."""
    return text.replace(".", ",")


def spaced(sign: str) -> str:
    """Put a space before a unit that there is; degrees of an angle stand close."""
    return f" {sign}" if sign not in ("", "°") else sign


def lowered(name: str) -> str:
    """Begin a name within a sentence with a small letter, and leave the rest: it may hold pH, PM10 or IRI.

    >>> lowered("Roughness (IRI)"), lowered("pH"), lowered("CO2")
    ('roughness (IRI)', 'pH', 'CO2')
    """
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def clock(at: datetime, subject: Subject) -> str:
    """Write an instant in the territory's civil time."""
    return at.astimezone(ZoneInfo(subject.time_zone)).strftime("%Y-%m-%d at %H:%M")


def french_clock(at: datetime, subject: Subject) -> str:
    """Write an instant in the territory's civil time, the French way."""
    return at.astimezone(ZoneInfo(subject.time_zone)).strftime("%d/%m/%Y à %H h %M")


def duration(seconds: float) -> str:
    """Write a duration in the unit that suits it."""
    for unit, unit_s in (("d", 86_400.0), ("h", 3600.0)):
        if seconds >= 2 * unit_s:
            return f"{seconds / unit_s:.0f} {unit}"
    return f"{seconds / 60:.0f} min"


def french_duration(text: str) -> str:
    """Write a duration's unit in French."""
    return text.replace(" d", " j")


def local_clock(at: datetime, time_zone: str) -> str:
    """Write an instant in civil time."""
    return clock(at, Subject("", "", "", "", time_zone))


def local_clock_fr(at: datetime, time_zone: str) -> str:
    """Write an instant in civil time, the French way."""
    return french_clock(at, Subject("", "", "", "", time_zone))


def local_day(at: datetime, time_zone: str) -> str:
    """Write a civil day."""
    return at.astimezone(ZoneInfo(time_zone)).strftime("%Y-%m-%d")


def local_day_fr(at: datetime, time_zone: str) -> str:
    """Write a civil day, the French way."""
    return at.astimezone(ZoneInfo(time_zone)).strftime("%d/%m/%Y")
