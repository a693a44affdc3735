"""What a finding about a clock says, in French and in English: since when, by how much, corrected or not."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from analytics.sentence import french_number, local_clock, local_clock_fr, number

Correction = Literal["none", "proposed", "active"]

DONE: dict[Correction, tuple[str, str]] = {
    "active": (
        " Its times are corrected, those sent are kept.",
        " Ses dates sont corrigées, celles reçues sont gardées.",
    ),
    "proposed": (
        " A correction is proposed and waits for a decision; until then its times are stored as sent.",
        " Une correction est proposée et attend une décision ; d'ici là ses dates sont gardées telles quelles.",
    ),
    "none": (" Its times are stored as sent.", " Ses dates sont gardées telles quelles."),
}


@dataclass(frozen=True, slots=True)
class Told:
    """What is to be said: of which device, how far its clock is ahead (negative: behind) [s], since when."""

    name: str
    time_zone: str
    ahead_s: float
    since: datetime
    correction: Correction
    drift_s_per_day: float = 0.0


def tell(verdict: str, told: Told) -> tuple[str, str]:
    """Give (English, French) for a verdict that is worth a finding."""
    since, since_fr = local_clock(told.since, told.time_zone), local_clock_fr(told.since, told.time_zone)
    if verdict == "no_clock":
        return (
            f"{told.name} has lost its clock: its messages have carried no time since {since}."
            " The time of their arrival is used and marked. To do: check its battery and have its clock set.",
            f"{told.name} a perdu son horloge : ses messages ne portent plus de date depuis le {since_fr}."
            " L'heure d'arrivée est utilisée et signalée. À faire : contrôler sa pile et régler son horloge.",
        )
    if verdict == "drift":
        gains, gagne = ("gains", "avance") if told.drift_s_per_day > 0 else ("loses", "retarde")
        pace = number(abs(told.drift_s_per_day))
        return (
            f"The clock of {told.name} {gains} {pace} s a day. To do: have it set by the network.",
            f"L'horloge de {told.name} {gagne} de {french_number(pace)} s par jour. À faire : la régler par le réseau.",
        )
    corrected, corrected_fr = DONE[told.correction]
    way, sens = ("ahead", "avance") if told.ahead_s > 0 else ("behind", "retarde")
    if verdict == "local_time":
        return (
            f"The clock of {told.name} has been {span(told.ahead_s)} {way} since {since}, as if it sent local time for"
            f" UTC.{corrected} To do: set it to UTC.",
            f"L'horloge de {told.name} {sens} de {span_fr(told.ahead_s)} depuis le {since_fr}, comme si elle donnait"
            f" l'heure locale pour UTC.{corrected_fr} À faire : la régler sur UTC.",
        )
    return (
        f"The clock of {told.name} has been {span(told.ahead_s)} {way} since {since}.{corrected} To do: have it set by"
        " the network.",
        f"L'horloge de {told.name} {sens} de {span_fr(told.ahead_s)} depuis le {since_fr}.{corrected_fr} À faire : la"
        " régler par le réseau.",
    )


def span(seconds: float) -> str:
    """Write how far, to the minute; more than two days in days.

    >>> span(5400), span(-3600), span(31_536_010), span(100)
    ('1 h 30 min', '1 h', '365 d', '2 min')
    """
    minutes = round(abs(seconds) / 60)
    if minutes >= 2 * 1440:
        return f"{round(minutes / 1440)} d"
    hours, rest = divmod(minutes, 60)
    return " ".join(part for part in (f"{hours} h" if hours else "", f"{rest} min" if rest else "") if part) or "0 min"


def span_fr(seconds: float) -> str:
    """Write how far, in French."""
    return span(seconds).replace(" d", " j")
